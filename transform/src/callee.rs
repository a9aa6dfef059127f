//! What a differentiable call turns into: the callee's entry that the generated code calls instead.

use crate::ir::Callee;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;

impl Callee {
    /// The callee's own name, for the names of what belongs to its call.
    pub fn name(&self) -> String {
        match self {
            Callee::Function(path) => match path.path.segments.last() {
                Some(last) => last.ident.unraw().to_string(),
                None => String::new(),
            },
            Callee::Method(name, _) | Callee::Value(name) => name.unraw().to_string(),
            Callee::TangentOf(callee) => callee.name(),
        }
    }

    /// Where the callee's own name stands.
    pub fn span(&self) -> Option<Span> {
        match self {
            Callee::Function(path) => path.path.segments.last().map(|last| last.ident.span()),
            Callee::Method(name, _) | Callee::Value(name) => Some(name.span()),
            Callee::TangentOf(callee) => callee.span(),
        }
    }

    /// The call of the callee itself, with the tokens of the arguments.
    pub fn call(&self, args: &[TokenStream]) -> TokenStream {
        match self {
            Callee::Function(path) => quote!(#path(#(#args),*)),
            Callee::Method(name, generics) => match args {
                [receiver, rest @ ..] => quote!(#receiver.#name #generics(#(#rest),*)),
                [] => TokenStream::new(),
            },
            Callee::Value(_) => called(args),
            Callee::TangentOf(callee) => callee.entry("__jvp", args),
        }
    }

    /// The call of one of the callee's entries, `__call`, `__masked_call` or `__jvp`.
    pub fn entry(&self, entry: &str, args: &[TokenStream]) -> TokenStream {
        match self {
            Callee::Function(path) => {
                let at = path.path.segments.last().map(|last| last.ident.span());
                let at = Span::call_site().located_at(at.unwrap_or_else(Span::call_site));
                let path = entry_path(path, entry);
                quote_spanned!(at=> #path(#(#args),*))
            }
            Callee::Method(name, generics) => match args {
                [receiver, rest @ ..] => {
                    let mut generics = generics.clone();
                    if let (true, Some(generics)) = (is_observed(entry), &mut generics) {
                        generics.args.push(syn::parse_quote!(_));
                    }
                    let mut entry = crate::sibling(name, entry);
                    // What panics in the callee names the line of the caller, which rustc takes from the name and
                    // the parentheses.
                    entry.set_span(name.span());
                    let rest = quote_spanned!(name.span()=> (#(#rest),*));
                    let receiver = beside(receiver, name.span());
                    quote!(#receiver.#entry #generics #rest)
                }
                [] => TokenStream::new(),
            },
            // What gives the derivative as well is called in the same way.
            Callee::Value(_) => called(args),
            Callee::TangentOf(callee) => {
                let entry = match entry {
                    "__call" => "__jvp_call",
                    entry => entry,
                };
                callee.entry(entry, args)
            }
        }
    }
}

/// A variable that a method is called on, as if it stood where the method's name does: what rustc has against the call
/// is said there, and not from where the variable is defined.
fn beside(receiver: &TokenStream, at: Span) -> TokenStream {
    match syn::parse2::<Ident>(receiver.clone()) {
        Ok(mut name) => {
            name.set_span(name.span().located_at(at));
            name.into_token_stream()
        }
        Err(_) => receiver.clone(),
    }
}

/// Whether the entry has a type parameter for the observer besides the callee's own.
fn is_observed(entry: &str) -> bool {
    entry == "__masked_call" || entry == "__masked_by_name"
}

/// The path to an entry of the function that a path names.
pub fn entry_path(path: &syn::ExprPath, entry: &str) -> TokenStream {
    let mut path = path.clone();
    let of_type = path.qself.is_some() || names_a_type(&path.path);
    let Some(last) = path.path.segments.last_mut() else {
        return TokenStream::new();
    };
    if let (true, syn::PathArguments::AngleBracketed(generics)) =
        (is_observed(entry), &mut last.arguments)
    {
        generics.args.push(syn::parse_quote!(_));
    }
    if of_type {
        last.ident = crate::sibling(&last.ident, entry);
        return path.to_token_stream();
    }
    let mut generics = std::mem::replace(&mut last.arguments, syn::PathArguments::None);
    if entry == "__again" {
        generics = syn::PathArguments::None;
    }
    // What rustc has against the call is said at the callee's name.
    let at = Span::call_site().located_at(last.ident.span());
    let entry = Ident::new(entry, at);
    match generics {
        syn::PathArguments::AngleBracketed(mut generics) => {
            generics.colon2_token = Some(Default::default());
            quote_spanned!(at=> <#path>::#entry #generics)
        }
        _ => quote_spanned!(at=> <#path>::#entry),
    }
}

/// The call of the first.
fn called(args: &[TokenStream]) -> TokenStream {
    match args {
        [function, rest @ ..] => quote!(#function(#(#rest),*)),
        [] => TokenStream::new(),
    }
}

/// Whether the last but one segment is a type's: `Point::new`, `Self::energy`. Modules and functions begin with a
/// small letter.
fn names_a_type(path: &syn::Path) -> bool {
    let mut segments = path.segments.iter().rev();
    segments.next();
    segments
        .next()
        .is_some_and(|s| s.ident.unraw().to_string().starts_with(char::is_uppercase))
}
