//! The rule of an operator from its `impl`: `#[differentiable] impl Mul<f64> for Vec3` lets `v * k` differentiate.

use super::Around;
use super::collect::{Collected, collect};
use super::forward::forward_body;
use super::shape::{Shape, shape};
use super::sweep::sweep_body;
use crate::Analysed;
use crate::args::Options;
use crate::diagnostics::Diagnostic;
use crate::forward;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// An operator with a rule of its own, and how many operands it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operator {
    /// `a op b`: the rule trait's name.
    Binary(&'static str),
    /// `-a`.
    Neg,
    /// `a += b` and `a -= b`, which the body must show to be plain: the trait that says so.
    Plain(&'static str),
    /// `a *= b` and its kin, which are derived as a function that gives what is in `a` then: the rule trait's name.
    Assign(&'static str),
}

/// The operator whose trait has this name.
pub fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "Add" => Operator::Binary("AddRule"),
        "Sub" => Operator::Binary("SubRule"),
        "Mul" => Operator::Binary("MulRule"),
        "Div" => Operator::Binary("DivRule"),
        "Rem" => Operator::Binary("RemRule"),
        "Neg" => Operator::Neg,
        "AddAssign" => Operator::Plain("Adds"),
        "SubAssign" => Operator::Plain("Subtracts"),
        "MulAssign" => Operator::Assign("MulAssignRule"),
        "DivAssign" => Operator::Assign("DivAssignRule"),
        "RemAssign" => Operator::Assign("RemAssignRule"),
        _ => return None,
    })
}

/// The header of the rule's `impl`.
pub struct Header<'a> {
    /// The generics of the user's `impl`, each lifetime named.
    pub generics: &'a syn::Generics,
    /// What the operator is implemented for.
    pub self_ty: &'a syn::Type,
    /// What the operator gives.
    pub out: &'a syn::Type,
}

/// The rule of an operator that is derived from its body.
pub fn rule(
    function: &syn::ItemFn,
    options: &Options,
    analysed: &Analysed,
    kind: Operator,
    header: &Header,
    errors: &mut Vec<Diagnostic>,
) -> TokenStream {
    let around = Around {
        generics: Some(header.generics),
        receiver: None,
        self_ty: None,
        in_plain_impl: false,
        gradients: None,
        fixed: false,
        declares: false,
    };
    let s = shape(function, options, &around, &analysed.f);
    let rt = &s.rt;
    let (impl_generics, _, where_clause) = header.generics.split_for_impl();
    let (self_ty, out) = (header.self_ty, header.out);
    let tangent_of = |ty: &dyn ToTokens| {
        let ty = ty.to_token_stream();
        quote!(<#ty as #rt::Differentiable>::Tangent)
    };
    let given: Vec<Ident> = (0..s.f.params.len())
        .map(|n| format_ident!("__x{}", n))
        .collect();
    let types: Vec<&syn::Type> = s.f.params.iter().map(|p| &p.ty).collect();
    let sweep = crate::reverse::reverse(&analysed.f, &analysed.activity);
    errors.extend(sweep.diagnostics.iter().cloned());
    let reverse = |n: usize| {
        let Collected {
            makes,
            run,
            mut tangents,
        } = collect(
            &s,
            &sweep,
            quote!(__pullback),
            quote!(::core::clone::Clone::clone(__t)),
        );
        let body = sweep_body(&s, &sweep, None);
        let copies = copies(&s, &given);
        let inputs: Vec<_> = s.inputs().iter().map(|p| p.var).collect();
        let result = match inputs.iter().position(|v| *v == s.f.params[n].var) {
            Some(at) => tangents.swap_remove(at),
            None => {
                let x = &given[n];
                quote!(#rt::zero(#x))
            }
        };
        quote! {
            use #rt as __rt;
            use #rt::methods::*;
            let __tape = &mut #rt::Tape::once();
            #copies
            #makes
            let (_, mut __pullback) = { #body };
            #run
            #result
        }
    };
    let t = forward::forward(&analysed.f, &analysed.activity);
    let directions: Vec<Ident> = (0..given.len())
        .map(|n| format_ident!("__d{}", n))
        .collect();
    let copies_forward = copies(&s, &given);
    let mut opens = TokenStream::new();
    for (n, p) in s.f.params.iter().enumerate() {
        let Some(dot) = t.dots.get(&p.var) else {
            continue;
        };
        let (dot, direction, scratch) = (
            &t.f.vars[*dot].ident,
            &directions[n],
            format_ident!("__scratch{}", n),
        );
        opens.extend(match Shape::is_reference(p) {
            true => {
                let (lent, shadow) = (s.lent(p, &scratch), s.shadow(p));
                quote! {
                    let mut #scratch = ::core::clone::Clone::clone(#direction);
                    let #dot: &#shadow = #lent;
                }
            }
            false => quote!(let mut #dot = ::core::clone::Clone::clone(#direction);),
        });
    }
    let forward_body = forward_body(&s, &t);
    let out_tangent = tangent_of(out);
    let direction_types: Vec<TokenStream> = types.iter().map(|ty| tangent_of(ty)).collect();
    let jvp = quote! {
        #[inline]
        fn jvp(#(#given: &#types,)* #(#directions: &#direction_types),*) -> #out_tangent {
            use #rt as __rt;
            use #rt::methods::*;
            #copies_forward
            #opens
            { #forward_body }.1
        }
    };
    let quiet = super::quiet();
    match (kind, types.as_slice()) {
        (Operator::Binary(rule) | Operator::Assign(rule), [lhs, rhs]) => {
            let gives = matches!(kind, Operator::Binary(_)).then(|| quote!(type Out = #out;));
            let rule = Ident::new(rule, Span::call_site());
            let (a, b) = (reverse(0), reverse(1));
            let (lhs_tangent, rhs_tangent) = (tangent_of(lhs), tangent_of(rhs));
            quote! {
                #quiet
                impl #impl_generics #rt::#rule<#rhs> for #self_ty #where_clause {
                    #gives
                    #[inline]
                    fn vjp_lhs(#(#given: &#types,)* __t: &#out_tangent) -> #lhs_tangent { #a }
                    #[inline]
                    fn vjp_rhs(#(#given: &#types,)* __t: &#out_tangent) -> #rhs_tangent { #b }
                    #jvp
                }
            }
        }
        (Operator::Neg, [operand]) => {
            let a = reverse(0);
            let tangent = tangent_of(operand);
            quote! {
                #quiet
                impl #impl_generics #rt::NegRule for #self_ty #where_clause {
                    type Out = #out;
                    #[inline]
                    fn vjp(#(#given: &#types,)* __t: &#out_tangent) -> #tangent { #a }
                    #jvp
                }
            }
        }
        _ => TokenStream::new(),
    }
}

/// The operands under the names that the function's parameters have.
fn copies(s: &Shape, given: &[Ident]) -> TokenStream {
    let lets = s.f.params.iter().zip(given).map(|(p, x)| {
        let (name, ty) = (s.name(p), &p.ty);
        let mutable = s.f.vars[p.var].mutable.then(|| quote!(mut));
        quote!(let #mutable #name: #ty = ::core::clone::Clone::clone(#x);)
    });
    quote!(#(#lets)*)
}
