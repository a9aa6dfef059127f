//! What a caller is told about the arguments that the pullback looks at again.

use super::shape::{Home, Shape};
use proc_macro2::TokenStream;
use quote::quote;

impl Shape<'_> {
    /// Which arguments the pullback looks at again, for callers that pass `&mut` where `&` may be asked for.
    pub(super) fn again_entry(&self) -> Option<TokenStream> {
        if !self
            .f
            .params
            .iter()
            .any(|p| matches!(p.ty, syn::Type::Reference(_)))
        {
            return None;
        }
        let (again, rt) = (self.ident("__again"), &self.rt);
        let receiver = self.receiver.as_ref().map(|_| quote!(&self));
        let kinds: Vec<TokenStream> = self
            .f
            .params
            .iter()
            .map(|p| match Self::is_shared(p) {
                true => quote!(#rt::Copied),
                false => quote!(#rt::NotLookedAt),
            })
            .collect();
        let in_trait = self.fixed && matches!(self.home, Home::Siblings(_));
        let sized = in_trait.then(|| quote!(where Self: ::core::marker::Sized));
        Some(quote! {
            #[doc(hidden)]
            #[inline]
            pub fn #again(#receiver) -> (#(#kinds,)*) #sized { (#(#kinds,)*) }
        })
    }

    /// How a caller keeps a receiver whose memory changes: a copy where the pullback will look at it again.
    pub(super) fn keep_entry(&self) -> Option<TokenStream> {
        let receiver = self.receiver.as_ref()?;
        let (keep, rt) = (self.ident("__keep"), &self.rt);
        let shared = matches!(receiver.kind, syn::ReceiverKind::Reference(_, _, None));
        // A trait's own bounds, without those of the method's type parameters.
        let sized = self.fixed.then(|| quote!(Self: ::core::marker::Sized,));
        Some(if shared {
            quote! {
                #[doc(hidden)]
                #[inline]
                pub fn #keep(&self) -> Self where #sized for<'__use> Self: ::core::clone::Clone {
                    ::core::clone::Clone::clone(self)
                }
            }
        } else {
            quote! {
                #[doc(hidden)]
                #[inline]
                pub fn #keep(&self) -> #rt::Owned { #rt::Owned }
            }
        })
    }
}
