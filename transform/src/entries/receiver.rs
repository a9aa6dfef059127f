//! How an entry takes a method's receiver: as the user's call gives it, or borrowed, as differentiable callers pass it.

use super::shape::Shape;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

impl Shape<'_> {
    /// The parameters of an entry that a user's call looks like: a method's begin with its receiver.
    pub(super) fn receiving_params(&self) -> Vec<TokenStream> {
        let mut params = self.plain_params();
        if let (Some(receiver), Some(first)) = (&self.receiver, params.first_mut()) {
            let mut receiver = receiver.clone();
            receiver.attrs.clear();
            receiver.mutability = None;
            *first = receiver.to_token_stream();
        }
        params
    }

    /// The parameters of an entry that differentiable callers call. A receiver is borrowed, also where the method
    /// takes it by value: the caller cannot know, and must not lose it.
    pub(super) fn calling_params(&self) -> Vec<TokenStream> {
        let mut params = self.receiving_params();
        if let (true, Some(first)) = (self.receiver_by_value(), params.first_mut()) {
            *first = quote!(&self);
        }
        params
    }

    /// The arguments that lead from there to the sweep.
    pub(super) fn calling_names(&self) -> Vec<TokenStream> {
        let mut names: Vec<TokenStream> = self
            .receiving_names()
            .iter()
            .map(ToTokens::to_token_stream)
            .collect();
        if let (true, Some(first)) = (self.receiver_by_value(), names.first_mut()) {
            *first = quote!(::core::clone::Clone::clone(self));
        }
        names
    }

    /// The bounds of such an entry.
    pub(super) fn calling_where(&self, given: Option<&syn::WhereClause>) -> Option<TokenStream> {
        let given = given.map(|w| &w.predicates);
        match (self.receiver_by_value(), given) {
            // The lifetime keeps rustc from judging the bound before the entry is used.
            (true, given) => {
                let given = given.into_iter().flatten();
                Some(quote!(where #(#given,)* for<'__use> Self: ::core::clone::Clone))
            }
            (false, Some(given)) => Some(quote!(where #given)),
            (false, None) => None,
        }
    }

    /// The `&` with which a public entry passes its receiver on to one that borrows it.
    pub(super) fn receiver_lent(&self) -> Option<TokenStream> {
        self.receiver_by_value().then(|| quote!(&))
    }

    fn receiver_by_value(&self) -> bool {
        match self.receiver.as_ref().map(|r| &r.kind) {
            Some(syn::ReceiverKind::Reference(..)) | None => false,
            Some(_) => true,
        }
    }

    /// The receiver of such an entry, and its other parameters.
    pub(super) fn split_params(&self) -> (Option<TokenStream>, Vec<TokenStream>) {
        let mut params = self.receiving_params();
        if self.receiver.is_none() {
            return (None, params);
        }
        let receiver = params.remove(0);
        (Some(quote!(#receiver,)), params)
    }

    /// The receiver, and the other parameters as forward mode takes them: a tuple, the bare one where there is
    /// one, nothing where there is none.
    pub(super) fn primal_tuple(&self) -> (Option<TokenStream>, TokenStream) {
        let (receiver, _) = self.split_params();
        let others = self.f.params.iter().skip(usize::from(receiver.is_some()));
        let (names, types): (Vec<_>, Vec<_>) = others.map(|p| (self.name(p), &p.ty)).unzip();
        let primal = match (names.as_slice(), &receiver) {
            ([], Some(_)) => quote!(),
            ([one], _) => quote!(#one: #(#types)*,),
            _ => quote!((#(#names),*): (#(#types),*),),
        };
        (receiver, primal)
    }

    /// The arguments that lead from such an entry to one that has no receiver.
    pub(super) fn receiving_names(&self) -> Vec<Ident> {
        let mut names = self.names();
        if let (Some(receiver), Some(first)) = (&self.receiver, names.first_mut()) {
            *first = receiver.self_token.into();
        }
        names
    }

    /// Gives the receiver the name that the other entries know it by.
    pub(super) fn receive(&self) -> Option<TokenStream> {
        let receiver = self.receiver.as_ref()?.self_token;
        let name = self.names().into_iter().next()?;
        Some(quote!(let #name = #receiver;))
    }
}
