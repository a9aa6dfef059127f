//! What `grad` and its kin make of a function's result: one real number, or an `Option` or a `Result` of one.

use super::shape::Shape;
use crate::ty::Ty;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

/// A result that has a gradient.
pub(super) struct Outcome<'a> {
    ret: &'a TokenStream,
    rt: &'a TokenStream,
    kind: Kind,
    /// Whether the tokens show the number's type.
    known: bool,
}

enum Kind {
    /// The number itself.
    Plain,
    /// `Option` or `Result`, with the tokens of the number's type.
    Option(TokenStream),
    Result(TokenStream),
}

impl<'a> Outcome<'a> {
    /// `None` where the result is no number.
    pub(super) fn of(s: &'a Shape) -> Option<Outcome<'a>> {
        let is_number = |ty: &Ty| matches!(ty, Ty::Float(_) | Ty::Unknown);
        let kind = match &s.f.vars[s.f.ret].ty {
            ty if is_number(ty) => Kind::Plain,
            Ty::Option(t) if is_number(t) => Kind::Option(first_argument(&s.ret)?),
            Ty::Result(t) if is_number(t) => Kind::Result(first_argument(&s.ret)?),
            _ => return None,
        };
        let (ret, rt) = (&s.ret, &s.rt);
        let known = match &s.f.vars[s.f.ret].ty {
            Ty::Option(t) | Ty::Result(t) => t.is_float(),
            ty => ty.is_float(),
        };
        Some(Outcome {
            ret,
            rt,
            kind,
            known,
        })
    }

    /// Whether every call gives a number.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.kind, Kind::Plain)
    }

    /// The bounds of an entry: a number whose type the tokens do not show is asked to be one where the entry is
    /// used.
    pub(super) fn clause(&self, s: &Shape) -> TokenStream {
        let given = s.where_clause();
        if self.known {
            return given.to_token_stream();
        }
        let (rt, number) = (self.rt, self.number());
        let at = Span::call_site().located_at(s.function.sig.output.span());
        let bound = quote_spanned!(at=> #rt::OneRealNumber);
        let given = given.iter().flat_map(|w| &w.predicates);
        // The lifetime keeps rustc from judging the bound before the entry is used.
        quote!(where #(#given,)* for<'__use> #number: #bound)
    }

    /// The type of the number.
    pub(super) fn number(&self) -> &TokenStream {
        match &self.kind {
            Kind::Plain => self.ret,
            Kind::Option(number) | Kind::Result(number) => number,
        }
    }

    /// The type of an entry that gives `inner` if there is a number.
    pub(super) fn with(&self, inner: TokenStream) -> TokenStream {
        match &self.kind {
            Kind::Plain => inner,
            _ => with_first_argument(self.ret, inner),
        }
    }

    /// The seed of a gradient.
    pub(super) fn one(&self) -> TokenStream {
        let (rt, number) = (self.rt, self.number());
        let one = if self.known {
            quote!(<#number as #rt::Real>::one())
        } else {
            quote!(<#number as #rt::OneRealNumber>::one())
        };
        match &self.kind {
            Kind::Plain => one,
            Kind::Option(_) => quote!(#rt::OptionTangent::Some(#one)),
            Kind::Result(_) => quote!(#rt::ResultTangent::Ok(#one)),
        }
    }

    /// Goes on with the number in `__value`, or leaves the entry.
    pub(super) fn open(&self) -> TokenStream {
        match &self.kind {
            Kind::Plain => quote!(),
            Kind::Option(_) => quote! {
                let ::core::option::Option::Some(__value) = __value else {
                    return ::core::option::Option::None;
                };
            },
            Kind::Result(_) => quote! {
                let __value = match __value {
                    ::core::result::Result::Ok(__value) => __value,
                    ::core::result::Result::Err(__error) => {
                        return ::core::result::Result::Err(__error);
                    }
                };
            },
        }
    }

    /// What an entry gives if there is a number.
    pub(super) fn close(&self, inner: TokenStream) -> TokenStream {
        match &self.kind {
            Kind::Plain => inner,
            Kind::Option(_) => quote!(::core::option::Option::Some(#inner)),
            Kind::Result(_) => quote!(::core::result::Result::Ok(#inner)),
        }
    }

    /// The gradient alone, of value and gradient.
    pub(super) fn second(&self, both: TokenStream) -> TokenStream {
        match &self.kind {
            Kind::Plain => quote!(#both.1),
            _ => quote!(#both.map(|__both| __both.1)),
        }
    }
}

fn arguments(ret: &TokenStream) -> Option<syn::TypePath> {
    match syn::parse2(ret.clone()) {
        Ok(syn::Type::Path(path)) => Some(path),
        _ => None,
    }
}

fn argument(path: &mut syn::TypePath) -> Option<&mut syn::Type> {
    let syn::PathArguments::AngleBracketed(list) = &mut path.path.segments.last_mut()?.arguments
    else {
        return None;
    };
    list.args.iter_mut().find_map(|a| match a {
        syn::GenericArgument::Type(t) => Some(t),
        _ => None,
    })
}

/// `T` of `Result<T, E>`.
fn first_argument(ret: &TokenStream) -> Option<TokenStream> {
    let mut path = arguments(ret)?;
    argument(&mut path).map(|t| t.to_token_stream())
}

/// `Result<U, E>` of `Result<T, E>`.
fn with_first_argument(ret: &TokenStream, inner: TokenStream) -> TokenStream {
    let Some(mut path) = arguments(ret) else {
        return ret.clone();
    };
    if let Some(t) = argument(&mut path) {
        *t = syn::Type::Verbatim(inner);
    }
    path.to_token_stream()
}
