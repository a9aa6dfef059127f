//! `#[differentiable]` where it has no meaning: what to write instead depends on what it stands on.

use crate::diagnostics::{Code, Diagnostic};
use proc_macro2::TokenStream;
use quote::ToTokens;

/// The refusal of an item that is neither a function nor an `impl` block.
pub fn misplaced(item: &TokenStream) -> Diagnostic {
    let first: TokenStream = item.clone().into_iter().take(1).collect();
    let (what, help) = match syn::parse2::<syn::Stmt>(item.clone()) {
        Ok(syn::Stmt::Item(syn::Item::Struct(s))) => {
            (s.struct_token.to_token_stream(), Some(DERIVE))
        }
        Ok(syn::Stmt::Item(syn::Item::Enum(e))) => (e.enum_token.to_token_stream(), Some(DERIVE)),
        Ok(syn::Stmt::Item(syn::Item::Mod(m))) => (
            m.mod_token.to_token_stream(),
            Some("put the attribute on each function of the module that is to be differentiated"),
        ),
        Ok(syn::Stmt::Local(local)) => (
            local.let_token.to_token_stream(),
            Some(
                "write a function, as in `#[differentiable] fn f(x: f64) -> f64 { … }`; a closure inside a differentiable function needs no attribute",
            ),
        ),
        _ => (first, None),
    };
    let refusal = Diagnostic::new(Code::NotAFunction, what, "");
    match help {
        Some(help) => refusal.with_help(help),
        None => refusal,
    }
}

const DERIVE: &str = "a type has a derive for that: `#[derive(Differentiable)]`";

/// The refusal of a second attribute on the same function, of which one would define everything again.
pub fn twice(attrs: &[syn::Attribute]) -> Option<Diagnostic> {
    let is_ours = |a: &&syn::Attribute| {
        let last = a.path().segments.last();
        last.is_some_and(|s| s.ident == "differentiable")
    };
    let again = attrs.iter().find(is_ours)?;
    Some(Diagnostic::new(Code::AttributeTwice, again.path(), ""))
}
