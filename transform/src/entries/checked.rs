//! `checked_grad`: the gradient, or the first operation whose value or cotangent is not finite.

use super::calls::Family;
use super::collect::{Collected, collect};
use super::functions::Way;
use super::outcome::Outcome;
use super::shape::Shape;
use super::types::tuple;
use crate::checks;
use crate::ir::Param;
use crate::reverse::Sweep;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The entry, which runs the observed sweeps under a checker.
pub(super) fn checked_entry(s: &Shape, sweep: &Sweep, outcome: &Outcome) -> TokenStream {
    let rt = &s.rt;
    let (run, entry) = (s.path(Family::Masked.sweep()), s.ident("checked_grad"));
    let generics = &s.function.sig.generics;
    let number_clause = outcome.clause(s);
    let open_types = s.hidden(Way::Masked).open;
    let (params, receive) = (s.receiving_params(), s.receive());
    let names = s.names().iter().map(ToTokens::to_token_stream).collect();
    let names = s.with_functions(names, Way::Masked);
    let types: Vec<TokenStream> = s.inputs().iter().map(|p| s.tangent(p)).collect();
    let gradient = outcome.with(tuple(&types));
    let Collected {
        makes,
        run: run_pullback,
        tangents,
    } = collect(s, sweep, quote!(__pullback), outcome.one());
    let inputs = s.inputs().into_iter().map(|p| {
        let name = s.name(p);
        said(p, "Input", quote!(__rt::seen!(#name)))
    });
    let sums = s.inputs().into_iter().zip(&tangents);
    let sums = sums.map(|(p, tangent)| said(p, "Sum", quote!(__rt::Cotangents(&#tangent))));
    let (open, result) = (outcome.open(), outcome.close(tuple(&tangents)));
    let ok = quote!(::core::result::Result::Ok);
    let leave = quote! {
        if let __rt::Some(__found) = __tape.found() {
            return ::core::result::Result::Err(__found);
        }
    };
    quote! {
        /// The gradient, as `grad` gives it, if every number on the way to it is finite; otherwise the first
        /// operation, in the order of execution, whose value or cotangent is not.
        ///
        /// # Errors
        ///
        /// The operation, or the input that was not finite to begin with.
        pub fn #entry #generics (
            #(#params),*
        ) -> ::core::result::Result<#gradient, #rt::NonFinite> #number_clause {
            use #rt as __rt;
            #receive
            let __tape = &mut <__rt::Checker as __rt::Observer>::fresh();
            #(#inputs)*
            #leave
            #makes
            let (__value, _, __pullback) = #run #open_types(#(#names,)* __tape);
            #leave
            // What leaves here has no number to take the gradient of.
            let __gradient = (|| -> #gradient {
                #open
                #run_pullback
                #(#sums)*
                #result
            })();
            #leave
            #ok(__gradient)
        }
    }
}

/// Looks at an input, or at the sum of its cotangents.
fn said(p: &Param, what: &str, value: TokenStream) -> TokenStream {
    let (field, what) = (p.field.to_string(), quote::format_ident!("{}", what));
    let field = field.trim_start_matches("r#");
    let arguments = quote!(__tape, __rt::#what(#field), &#value);
    checks::call("check_input", arguments, p.span)
}
