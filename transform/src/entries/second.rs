//! Order two: `hvp`, and the entries of the tangent function.

use super::calls::Family;
use super::calls::call_entry;
use super::shape::Shape;
use super::sweep::sweep_fn;
use super::types::tuple;
use crate::diagnostics::Diagnostic;
use crate::ir::*;
use crate::reverse;
use crate::ty::Ty;
use proc_macro2::Ident;
use proc_macro2::TokenStream;
use quote::format_ident;
use quote::quote;

/// Order two: the reverse of the tangent function.
pub(super) fn second_entries(
    s: &Shape,
    tangent: &Function,
    errors: &mut Vec<Diagnostic>,
    items: &mut Vec<TokenStream>,
) {
    let activity = crate::analysis::activity::analyse(tangent);
    let sweep = reverse::reverse(tangent, &activity);
    errors.extend(sweep.diagnostics.iter().cloned());
    let ret = &s.ret;
    let s2 = Shape {
        f: tangent,
        function: s.function,
        rt: s.rt.clone(),
        home: s.home.clone(),
        gradients: None,
        receiver: s.receiver.clone(),
        borrows: s.borrows,
        fixed: s.fixed,
        rules: s.rules.clone(),
        bounds: s.bounds.clone(),
        turbofish: s.turbofish.clone(),
        captures: s.captures.clone(),
        ret: quote!((#ret, #ret)),
    };
    items.push(sweep_fn(&s2, &sweep, Family::Tangent.sweep(), None));
    items.push(call_entry(&s2, &sweep, Family::Tangent));
    if !matches!(s.f.vars[s.f.ret].ty, Ty::Float(_)) {
        return;
    }
    let (rt, turbofish) = (&s.rt, &s.turbofish);
    let generics = &s.function.sig.generics;
    let where_clause = s.where_clause();
    let names = s.names();
    let inputs = s.inputs();
    let tangents: Vec<TokenStream> = inputs.iter().map(|p| s.tangent(p)).collect();
    let directions: Vec<Ident> = inputs
        .iter()
        .map(|p| format_ident!("__{}_dot", s.name(p).to_string().trim_start_matches("r#")))
        .collect();
    let (receiver, primal) = s.primal_tuple();
    let receive = s.receive();
    let direction_pat = match directions.as_slice() {
        [one] => quote!(#one),
        all => quote!((#(#all),*)),
    };
    let result_ty = tuple(&tangents);
    // The tangent function takes the inputs, and then a direction for each that has one.
    let mut call = names.iter().map(|n| quote!(#n)).collect::<Vec<_>>();
    let mut zeros = Vec::new();
    for p in
        s.f.params
            .iter()
            .filter(|p| !s.f.vars[p.var].ty.is_constant())
    {
        let reference = Shape::is_reference(p);
        let direction = match inputs.iter().position(|q| q.var == p.var) {
            Some(n) => directions[n].clone(),
            None => {
                let zero =
                    format_ident!("__{}_zero", s.name(p).to_string().trim_start_matches("r#"));
                let (name, make) = (s.name(p), s.zero(p));
                zeros.push(quote!(let #zero = #make(&#name);));
                zero
            }
        };
        call.push(if reference {
            quote!(&#direction)
        } else {
            quote!(#direction)
        });
    }
    let mut again = Vec::new();
    let mut shadows = Vec::new();
    let mut values = Vec::new();
    let mut makes = Vec::new();
    let mut results = std::collections::HashMap::new();
    for (n, p) in tangent.params.iter().enumerate() {
        let is_direction = n >= s.f.params.len();
        let reference = Shape::is_reference(p);
        if reference {
            again.push(call[n].clone());
        }
        let Some(_) = sweep.adjoints.get(&p.var) else {
            continue;
        };
        let bar = format_ident!("__bar{}", n);
        let zero = s.zero(p);
        if reference {
            let argument = &call[n];
            makes.push(quote!(let mut #bar = #zero(&*#argument);));
            shadows.push(s.lent(p, &bar));
        } else {
            values.push(quote!(#bar));
        }
        if !is_direction {
            results.insert(p.var, bar);
        }
    }
    let parts: Vec<TokenStream> = inputs
        .iter()
        .map(|p| match results.get(&p.var) {
            Some(bar) => quote!(#bar),
            None => {
                let (name, zero) = (s.name(p), s.zero(p));
                quote!(#zero(&#name))
            }
        })
        .collect();
    let result = tuple(&parts);
    let (run, entry) = (s.path(Family::Tangent.sweep()), s.ident("hvp"));
    items.push(quote! {
        /// The Hessian times a direction.
        #[inline]
        pub fn #entry #generics (#receiver #primal #direction_pat: #result_ty) -> #result_ty #where_clause {
            #receive
            let __tape = &mut #rt::Tape::once();
            #(#zeros)*
            #(#makes)*
            let (_, __pullback) = #run #turbofish(#(#call,)* __tape);
            let (#(#values,)*) = __pullback(
                (<#ret as #rt::Real>::zero(), <#ret as #rt::Real>::one()), #(#again,)* #(#shadows,)* __tape,
            );
            #result
        }
    });
}
