//! The tokens of a call's arguments, and of its pullback.

use super::Style;
use super::place::{operand_tokens, place_tokens};
use crate::ir::*;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

/// The arguments of a call as the user has them.
pub fn arg_tokens(f: &Function, args: &[Arg]) -> Vec<TokenStream> {
    args.iter()
        .map(|arg| match arg {
            Arg::Value(Operand::Var(v)) if f.vars[*v].part => {
                let part = &f.vars[*v].ident;
                quote!(__rt::passed(&#part))
            }
            Arg::Value(o) => operand_tokens(f, o),
            Arg::Shared(p, true) => f.vars[p.base].ident.to_token_stream(),
            Arg::Shared(p, false) => {
                let p = place_tokens(f, p, false).unwrap_or_default();
                quote!(&#p)
            }
            Arg::Receiver(p) => place_tokens(f, p, false).unwrap_or_default(),
            Arg::Exclusive(p, true) => {
                let p = &f.vars[p.base].ident;
                quote!(&mut *#p)
            }
            Arg::Exclusive(p, false) => {
                let p = place_tokens(f, p, true).unwrap_or_default();
                quote!(&mut #p)
            }
            Arg::Function(v, by_reference) => {
                let name = match f.given(*v) {
                    Some(given) => &given.plain,
                    None => &f.vars[*v].ident,
                };
                let borrow = by_reference.then(|| quote!(&));
                quote!(#borrow #name)
            }
            Arg::Closure(lifted, by_reference) => {
                let (borrow, closure) = (by_reference.then(|| quote!(&)), &lifted.tokens);
                quote!(#borrow #closure)
            }
        })
        .collect()
}

/// The same for a call that gives derivatives along with its result: so do the functions that it is given.
pub(super) fn entry_arg_tokens(
    f: &Function,
    v: VarId,
    args: &[Arg],
    style: &Style,
) -> Vec<TokenStream> {
    let mut tokens = arg_tokens(f, args);
    for (n, arg) in args.iter().enumerate() {
        match arg {
            Arg::Function(function, by_reference) => {
                let name = &f.vars[*function].ident;
                let borrow = by_reference.then(|| quote!(&));
                tokens[n] = quote!(#borrow #name);
            }
            Arg::Receiver(place) if f.may_be_object(place) => {
                let receiver = &tokens[n];
                tokens[n] = quote!(__rt::receiver!(#receiver));
            }
            Arg::Closure(_, by_reference) => {
                let closure = style.closures.get(&(v, n));
                let borrow = by_reference.then(|| quote!(&));
                tokens[n] = quote!(#borrow #closure);
            }
            _ => {}
        }
    }
    tokens
}

pub(super) fn pullback_binding(
    f: &Function,
    v: VarId,
    pullback: &Ident,
    mutable: &Option<TokenStream>,
    ident: &Ident,
) -> TokenStream {
    match &f.vars[v].ascription {
        Some(ty) => quote!(let (#mutable #ident, #pullback): (#ty, _) =),
        None => quote!(let (#mutable #ident, #pullback) =),
    }
}
