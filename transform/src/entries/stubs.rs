//! What stands in for the derivatives of a function with errors.

use super::shape::{quiet, space};
use crate::args::Options;
use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;

/// What stands in for the derivatives of a function with errors, so that one mistake is one error.
pub fn stubs(function: &syn::ItemFn, options: &Options) -> TokenStream {
    let name = space(function, options);
    let vis = &function.vis;
    let quiet = quiet();
    let names = [
        "grad",
        "grad_with",
        "value_and_grad",
        "value_and_grad_with",
        "gradients",
        "accumulate_grad",
        "vjp",
        "jvp",
    ];
    let _ = function.span();
    // Whatever is asked of a function that could not be differentiated type-checks as diverging.
    let methods = names.iter().map(|n| {
        let ident = Ident::new(n, Span::call_site());
        quote! {
            /// Stands in for a derivative that could not be generated.
            pub const #ident: fn() -> ! = || loop {};
        }
    });
    let _ = methods;
    quote! {
        #quiet
        #vis enum #name {}
    }
}
