//! `jacobian`: all partial derivatives, by as many sweeps of `vjp` or `jvp` as the shape asks for.

use super::shape::Shape;
use super::types::{leaves_out_lifetimes, tuple};
use crate::args::Mode;
use crate::ir::Param;
use crate::ty::Ty;
use proc_macro2::TokenStream;
use quote::quote;

/// As many tangents as a tuple can have that is a tangent itself.
const MOST_INPUTS: usize = 12;

/// The entry; none where the inputs cannot be passed several times or the outputs are not the result alone.
pub(super) fn jacobian_entry(s: &Shape, mode: Mode) -> Option<TokenStream> {
    let inputs = s.inputs();
    // What is neither borrowed nor copied has to be cloned, and its type named in a bound.
    let is_cloned = |p: &Param| {
        let number = |ty| matches!(ty, Ty::Float(_) | Ty::Int(_) | Ty::Bool);
        !Shape::is_shared(p) && !number(s.f.types.of(&p.ty))
    };
    let can_be_named = |p: &Param| !leaves_out_lifetimes(&p.ty);
    if s.gives_nothing()
        || inputs.len() > MOST_INPUTS
        || s.f.params.iter().any(Shape::is_exclusive)
        || s.functions().next().is_some()
        || s.f.params.iter().any(|p| is_cloned(p) && !can_be_named(p))
    {
        return None;
    }
    let rt = &s.rt;
    let again: Vec<TokenStream> =
        s.f.params
            .iter()
            .map(|p| match (s.name(p), is_cloned(p)) {
                (name, false) => quote!(#name),
                (name, true) => quote!(::core::clone::Clone::clone(&#name)),
            })
            .collect();
    let zeros: Vec<TokenStream> = inputs
        .iter()
        .map(|p| {
            let (zero, name) = (s.zero(p), s.name(p));
            match Shape::is_shared(p) {
                true => quote!(#zero(&*#name)),
                false => quote!(#zero(&#name)),
            }
        })
        .collect();
    let (zero, primal) = (tuple(&zeros), s.primal_path());
    let (vjp, jvp) = (s.path("vjp"), s.path("jvp"));
    let turbofish = &s.turbofish;
    let others = tuple(&again[usize::from(s.receiver.is_some())..]);
    let receiver = s.receiver.as_ref().map(|_| {
        let first = &again[0];
        quote!(#first,)
    });
    let others = (again.len() > usize::from(s.receiver.is_some())).then(|| quote!(#others,));
    let pullback = quote!(|__seed| #vjp #turbofish(#(#again),*).1(__seed));
    let push = quote!(|__dot| #jvp #turbofish(#receiver #others __dot).1);
    let (way, sweeps) = match s.rules.mode().unwrap_or(mode) {
        Mode::Reverse => ("by_rows", quote!(#pullback)),
        Mode::Forward => ("by_columns", quote!(#push)),
        Mode::Both => ("by_either", quote!(#pullback, #push)),
    };
    let way = proc_macro2::Ident::new(way, proc_macro2::Span::call_site());
    let generics = &s.function.sig.generics;
    let (entry, params, receive) = (s.ident("jacobian"), s.receiving_params(), s.receive());
    let given = s.where_clause().into_iter().flat_map(|w| &w.predicates);
    let owned = s.f.params.iter().filter(|p| is_cloned(p));
    // The lifetime keeps rustc from judging the bound before the entry is used.
    let owned = owned.map(|p| {
        let ty = &p.ty;
        quote!(for<'__use> #ty: ::core::clone::Clone)
    });
    let bounds = quote!(#(#given,)* #(#owned,)*);
    let bounds = (!bounds.is_empty()).then(|| quote!(where #bounds));
    Some(quote! {
        /// All partial derivatives: a row for each number of the result, a column for each of the inputs.
        #[inline]
        pub fn #entry #generics (#(#params),*) -> #rt::Jacobian #bounds {
            #receive
            let __value = #primal(#(#again),*);
            #rt::jacobian::#way(&__value, &#zero, #sweeps)
        }
    })
}
