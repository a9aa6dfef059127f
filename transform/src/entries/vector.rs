//! `grad` and its kin for a function that does not return one real number: using them is the error.

use super::shape::Shape;
use super::types::tuple;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// The bound of the entries of a function whose result is not one real number.
pub(super) fn one_real_number(s: &Shape) -> TokenStream {
    let rt = &s.rt;
    let at = Span::call_site().located_at(s.function.sig.output.span());
    let ret = &s.ret;
    quote_spanned!(at=> #ret: #rt::OneRealNumber)
}

/// Entries that have the right types and a bound that no result fulfils, so that rustc says at their use what
/// is wrong, and says nothing if they are not used.
pub(super) fn refusals(s: &Shape, bound: &TokenStream) -> TokenStream {
    let (rt, ret) = (&s.rt, &s.ret);
    let generics = &s.function.sig.generics;
    let given = s.where_clause().into_iter().flat_map(|w| &w.predicates);
    // The lifetime keeps rustc from judging the bound before the entry is used.
    let bounds = quote!(where #(#given,)* for<'__use> #bound);
    // Without names, which a user's denied lint would call unused.
    let (receiver, _) = s.split_params();
    let params = s.f.params.iter().skip(usize::from(receiver.is_some()));
    let params: Vec<_> = params.map(|p| &p.ty).collect();
    let tangents: Vec<TokenStream> = s.inputs().iter().map(|p| s.tangent(p)).collect();
    let result = tuple(&tangents);
    let buffers = tangents.iter().map(|_| quote!(_: &mut (impl ?Sized)));
    let gradients = s.gradients_type();
    let [
        grad,
        grad_with,
        value_and_grad,
        value_and_grad_with,
        accumulate_grad,
        gradients_entry,
        checked_grad,
    ] = [
        "grad",
        "grad_with",
        "value_and_grad",
        "value_and_grad_with",
        "accumulate_grad",
        "gradients",
        "checked_grad",
    ]
    .map(|e| s.ident(e));
    quote! {
        #[doc(hidden)]
        pub fn #grad #generics (#receiver #(_: #params),*) -> #result #bounds { loop {} }
        #[doc(hidden)]
        pub fn #grad_with #generics (#receiver _: &mut #rt::Tape, #(_: #params),*) -> #result #bounds { loop {} }
        #[doc(hidden)]
        pub fn #value_and_grad #generics (#receiver #(_: #params),*) -> (#ret, #result) #bounds { loop {} }
        #[doc(hidden)]
        pub fn #value_and_grad_with #generics (
            #receiver _: &mut #rt::Tape, #(_: #params),*
        ) -> (#ret, #result) #bounds {
            loop {}
        }
        #[doc(hidden)]
        pub fn #accumulate_grad #generics (#receiver #(_: #params,)* #(#buffers),*) -> #ret #bounds { loop {} }
        #[doc(hidden)]
        pub fn #gradients_entry #generics (#receiver #(_: #params),*) -> #gradients #bounds { loop {} }
        #[doc(hidden)]
        pub fn #checked_grad #generics (
            #receiver #(_: #params),*
        ) -> ::core::result::Result<#result, #rt::NonFinite> #bounds {
            loop {}
        }
    }
}

/// The same for a function that asks another function for derivatives, which a plain one does not have.
pub(super) fn no_plain_functions(s: &Shape) -> TokenStream {
    let (rt, ret, seed) = (&s.rt, &s.ret, s.seed());
    let Some((p, given)) = s.functions().find(|(_, given)| given.differentiable) else {
        return TokenStream::new();
    };
    let (name, at) = (&given.name, Span::call_site().located_at(p.span));
    let bound = quote_spanned!(at=> #name: #rt::KnowsItsDerivative);
    let refused = refusals(s, &bound);
    let generics = &s.function.sig.generics;
    let predicates = s.where_clause().into_iter().flat_map(|w| &w.predicates);
    let bounds = quote!(where #(#predicates,)* for<'__use> #bound);
    let (receiver, _) = s.split_params();
    let params = s.f.params.iter().skip(usize::from(receiver.is_some()));
    let params: Vec<_> = params.map(|p| &p.ty).collect();
    let tangents: Vec<TokenStream> = s.inputs().iter().map(|p| s.tangent(p)).collect();
    let (result, primal) = (
        tuple(&tangents),
        match params.as_slice() {
            [one] => quote!(#one),
            params => quote!((#(#params),*)),
        },
    );
    let [vjp, jvp] = ["vjp", "jvp"].map(|e| s.ident(e));
    quote! {
        #refused
        #[doc(hidden)]
        pub fn #vjp #generics (#receiver #(_: #params),*) -> (#ret, fn(#seed) -> #result) #bounds { loop {} }
        #[doc(hidden)]
        pub fn #jvp #generics (#receiver _: #primal, _: #result) -> (#ret, #seed) #bounds { loop {} }
    }
}
