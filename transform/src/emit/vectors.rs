//! The tokens of what makes a vector grow or shrink and of what moves something out of a place, and the assertions that
//! a name means what it is taken for.

use super::place::{operand_tokens, place_tokens};
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

/// Asks a place to be a vector, if its type is not known to be.
pub fn vector_assertion(f: &Function, place: &Place, at: Span) -> Option<TokenStream> {
    let p = place_tokens(f, place, false)?;
    let at = Span::call_site().located_at(at);
    match f.place_ty(place).peeled() {
        Ty::Vec(_) => None,
        _ => Some(quote_spanned!(at=> __rt::assert_vector(&#p);)),
    }
}

/// Asks for the same of what something is moved out of, or a path to be that of the standard library.
pub fn removal_assertion(
    f: &Function,
    place: &Place,
    how: &Removal,
    at: Span,
) -> Option<TokenStream> {
    let p = place_tokens(f, place, false)?;
    match how {
        Removal::Take(path) => Some(quote!(__rt::same_take(#path, ::core::mem::take, &#p);)),
        Removal::Replace(path, _) => {
            Some(quote!(__rt::same_replace(#path, ::core::mem::replace, &#p);))
        }
        _ => vector_assertion(f, place, at),
    }
}

/// What is moved out of a place.
pub(super) fn removed_tokens(f: &Function, place: &Place, how: &Removal) -> TokenStream {
    let p = place_tokens(f, place, true);
    match how {
        Removal::Pop(_) => quote!(#p.pop()),
        Removal::At(i) => {
            let i = operand_tokens(f, i);
            quote!(#p.remove(#i))
        }
        Removal::SwapAt(i) => {
            let i = operand_tokens(f, i);
            quote!(#p.swap_remove(#i))
        }
        Removal::SplitOff(i) => {
            let i = operand_tokens(f, i);
            quote!(#p.split_off(#i))
        }
        Removal::Take(path) => quote!(#path(&mut #p)),
        Removal::Replace(path, x) => {
            let x = operand_tokens(f, x);
            quote!(#path(&mut #p, #x))
        }
    }
}

/// A vector that grows or shrinks.
pub(super) fn resize_tokens(f: &Function, place: &Place, how: &Resize) -> TokenStream {
    let p = place_tokens(f, place, true);
    match how {
        Resize::Push(x) => {
            let x = operand_tokens(f, x);
            quote!(#p.push(#x);)
        }
        Resize::Insert(i, x) => {
            let (i, x) = (operand_tokens(f, i), operand_tokens(f, x));
            quote!(#p.insert(#i, #x);)
        }
        Resize::Truncate(Some(n), _) => {
            let n = operand_tokens(f, n);
            quote!(#p.truncate(#n);)
        }
        Resize::Truncate(None, _) => quote!(#p.clear();),
        Resize::Extend(from, _) => {
            let from = place_tokens(f, from, false);
            quote!(#p.extend_from_slice(&#from);)
        }
        Resize::Append(from, ..) => {
            let from = place_tokens(f, from, true);
            quote!(#p.append(&mut #from);)
        }
        Resize::Resize(n, x, _) => {
            let (n, x) = (operand_tokens(f, n), operand_tokens(f, x));
            quote!(#p.resize(#n, #x);)
        }
    }
}
