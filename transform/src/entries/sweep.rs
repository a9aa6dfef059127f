//! The generated function that runs forward and gives what reverses it.

use super::calls::Family;
use super::functions::{Hidden, Way};
use super::shape::{Shape, by_value, pullback_params};
use super::types::borrows;
use crate::diagnostics::{Code, Diagnostic};
use crate::emit;
use crate::ir::Role;
use crate::masks;
use crate::reverse::Sweep;
use crate::ty::Ty;
use proc_macro2::Ident;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// The function that runs forward and gives what reverses it.
pub(super) fn sweep_fn(
    s: &Shape,
    sweep: &Sweep,
    name: &str,
    masks: Option<&masks::Masked>,
) -> TokenStream {
    let rt = &s.rt;
    let (ret_ty, seed_ty) = (&s.ret, s.seed());
    let types = pullback_params(s, sweep);
    let values = by_value(s, sweep);
    let value_types = values.iter().map(|p| s.tangent(p));
    let mask_ty = masks.map(|_| quote!(u64,));
    let way = way_of(masks);
    let workspace = way.workspace(rt);
    let Hidden {
        generics,
        bounds: where_clause,
        ..
    } = s.hidden(way);
    let function = s.ident(name);
    let (params, bounds, primal_use) = (s.params(), s.opaque_bounds(way), s.primal_use());
    let family = match masks {
        Some(_) => Family::Masked,
        None => Family::Plain,
    };
    let body = match super::rule::sweep_body(s, sweep, family) {
        Some(rule) => rule,
        None => sweep_body(s, sweep, masks),
    };
    let pullback = s.said(quote! {
        impl ::core::ops::FnOnce(#seed_ty, #(#types,)* &mut #workspace) -> (#(#value_types,)*) + #bounds
    });
    let plain_functions = s.plain_functions(way, &body);
    quote! {
        #[doc(hidden)]
        #[inline]
        pub fn #function #generics (#(#params,)* __tape: &mut #workspace) -> (
            #ret_ty,
            #mask_ty
            #pullback,
        ) #where_clause {
            use #rt as __rt;
            use #rt::methods::*;
            #primal_use
            #plain_functions
            #body
        }
    }
}

fn way_of(masks: Option<&masks::Masked>) -> Way {
    match masks {
        Some(_) => Way::Masked,
        None => Way::Reverse,
    }
}

/// The forward sweep, and at its end the value and the reverse sweep.
pub(super) fn sweep_body(s: &Shape, sweep: &Sweep, masks: Option<&masks::Masked>) -> TokenStream {
    let f = &sweep.f;
    let rt = &s.rt;
    let workspace = way_of(masks).workspace(rt);
    let (mut style, style_reverse) = sweep.styles(masks);
    let (storage, back) = (sweep.storage(), sweep.storage_back());
    let ret = &f.vars[f.ret].ident;
    let forward = if f.early_return {
        let label = style.leave_body();
        let body = emit::block_tokens(f, &sweep.forward, &style);
        let ty = &s.ret;
        quote!(let #ret: #ty; #label: { #body })
    } else {
        let forward = emit::block_tokens(f, &sweep.forward, &style);
        quote!(#forward)
    };
    let reverse = emit::block_tokens(f, &sweep.reverse, &style_reverse);
    let seed_ty = s.seed();
    let seed = &f.vars[sweep.seed].ident;
    let types = pullback_params(s, sweep);
    let mut names = Vec::new();
    for p in s.f.params.iter().filter(|p| Shape::is_shared(p)) {
        names.push(s.name(p));
    }
    for p in
        s.f.params
            .iter()
            .filter(|p| s.has_adjoint(p, sweep) && Shape::is_reference(p))
    {
        names.push(match sweep.adjoints.get(&p.var) {
            Some(bar) => f.vars[*bar].ident.clone(),
            None => format_ident!("_unused_{}", s.name(p)),
        });
    }
    let values = by_value(s, sweep);
    let mut zeros = TokenStream::new();
    let mut value_bars = Vec::new();
    for p in &values {
        value_bars.push(match sweep.adjoints.get(&p.var) {
            Some(bar) => f.vars[*bar].ident.clone(),
            None => {
                let (zero, name) = (format_ident!("__zero_{}", s.name(p)), s.name(p));
                zeros.extend(quote!(let #zero = #rt::zero(&#name);));
                zero
            }
        });
    }
    // As long as the primal, so that an index that was good there needs no check here.
    let cut = s.f.params.iter().filter_map(|p| {
        let bar = sweep.adjoints.get(&p.var)?;
        let shared = Shape::is_shared(p);
        let (bar, name) = (&f.vars[*bar].ident, s.name(p));
        (shared && matches!(s.f.types.of(&p.ty).peeled(), Ty::Slice(_)))
            .then(|| quote!(let #bar = &mut #bar[..#name.len()];))
    });
    let mask_value = match masks {
        None => quote!(),
        Some(m) => {
            let outputs =
                s.f.params
                    .iter()
                    .filter(|p| Shape::is_exclusive(p))
                    .map(|p| p.var);
            let masks: Vec<&Ident> = std::iter::once(s.f.ret)
                .chain(outputs)
                .filter_map(|v| m.masks.get(&v))
                .collect();
            let value = if masks.is_empty() {
                quote!(0_u64)
            } else {
                quote!(#(#masks)|*)
            };
            quote!(#value,)
        }
    };
    let mask_entry = masks.map(|m| &m.entry);
    // Whoever asked for the watched locals gets to know which of them are connected, too.
    let is_watched = masks.is_some() && !f.watched.is_empty();
    let own = is_watched.then(|| quote!(let __own = #rt::Observer::first(__tape);));
    let (bits, mask_value, tell) = match is_watched {
        true => (
            quote!(let __bits = (#mask_value).0;),
            quote!(__bits,),
            quote!(if __own { #rt::Observer::connected(__tape, __bits); }),
        ),
        false => (quote!(), mask_value, quote!()),
    };
    let entry = emit::block_tokens(f, &sweep.entry, &style_reverse);
    // What borrows without being a reference is not there any more when the reverse sweep looks at it.
    let lasting = s.f.params.iter().filter_map(|p| {
        let name = s.name(p);
        let kept =
            !Shape::is_reference(p) && borrows(&p.ty) && crate::names::mentions(&reverse, &name);
        kept.then(|| match crate::borrowed::is_view(&p.ty) {
            true => quote!(let #name = __rt::item!(#name);),
            false => Diagnostic::new(Code::BorrowingParameter, &p.ty, "").to_compile_error(),
        })
    });
    let looked_up = f.vars.iter().filter(|v| v.role == Role::Lasting);
    let looked_up = looked_up.map(|v| &v.ident);
    let looked_up = looked_up.filter(|name| crate::names::mentions(&reverse, name));
    let lasting = quote!(#(#lasting)* #(let #looked_up = __rt::lasting!(#looked_up);)*);
    let result = match sweep.keeps_result {
        true => quote!(#rt::copied(&#ret)),
        false => quote!(#ret),
    };
    quote! {
        #zeros
        #storage
        #entry
        #mask_entry
        #own
        #forward
        #lasting
        #bits
        (#result, #mask_value move |mut #seed: #seed_ty, #(#names: #types,)* __tape: &mut #workspace| {
            #tell
            #(#cut)*
            #reverse
            #back
            (#(#value_bars,)*)
        })
    }
}
