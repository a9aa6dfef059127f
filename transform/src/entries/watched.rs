//! The fields of watched locals, in what `gradients` gives and in what a caller is told that watches a call's inside.

use super::Around;
use super::shape::{Shape, quiet};
use super::types::{said_at, tangent_type};
use crate::masks::Masked;
use crate::watch::{Told, Watched};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

/// What is said of a field.
pub(super) fn doc(w: &Watched) -> String {
    let name = &w.field;
    match (&w.told, w.all) {
        (Told::Value(_), true) => {
            format!("With respect to every value of the local `{name}`, in the order of execution.")
        }
        (Told::Value(_), false) => format!("With respect to the last value of the local `{name}`."),
        (Told::Inside(inside), true) => {
            let callee = &inside.name;
            format!(
                "The watched locals of every call of `{callee}` there, in the order of execution."
            )
        }
        (Told::Inside(inside), false) => {
            format!(
                "The watched locals of the last call of `{}` there.",
                inside.name
            )
        }
    }
}

impl Shape<'_> {
    /// What a watched local is told as: the tangent's type, or that of the watched locals of a call.
    pub(super) fn watched_tangent(&self, w: &Watched) -> TokenStream {
        match &w.told {
            Told::Value(ty) => tangent_type(&self.rt, &self.f.types.of(ty), &ty.to_token_stream()),
            Told::Inside(inside) => said_at(&inside.name, inside.locals(&self.rt)),
        }
    }

    /// The type of its field: one if there is one, or every one.
    pub(super) fn told(&self, w: &Watched, one: &TokenStream) -> TokenStream {
        let rt = &self.rt;
        match (w.all, w.inside().is_some_and(|inside| inside.itself)) {
            (true, _) => quote!(#rt::Vec<#one>),
            (false, true) => quote!(::core::option::Option<#rt::Box<#one>>),
            (false, false) => quote!(::core::option::Option<#one>),
        }
    }

    /// The same, where it is written out.
    pub(super) fn told_type(&self, w: &Watched) -> TokenStream {
        let told = self.told(w, &self.watched_tangent(w));
        match &w.told {
            Told::Value(ty) => said_at(ty, told),
            Told::Inside(inside) => said_at(&inside.name, told),
        }
    }

    /// The values of the fields, from what was heard.
    pub(super) fn told_values(&self, masked: &Masked) -> Vec<TokenStream> {
        let each = self.f.watched.iter().enumerate().map(|(n, w)| {
            let (ty, number) = (self.watched_tangent(w), Literal::usize_unsuffixed(n));
            let rt = &self.rt;
            let boxed = w.inside().filter(|inside| inside.itself);
            let boxed = boxed.map(|_| quote!(.map(#rt::Box::new)));
            match (masked.watched.get(&n), w.all) {
                (_, true) => quote!(__heard.all::<#ty>(#number)),
                (Some(bit), false) => {
                    let bit = Literal::u32_unsuffixed(*bit);
                    quote!(__heard.last::<#ty>(#number, #bit) #boxed)
                }
                (None, false) => quote!(::core::option::Option::None),
            }
        });
        each.collect()
    }
}

/// What a caller is told that watches the inside of a call: a struct of the watched locals, and how it is filled.
/// What is generic has none, since its caller could not name the type.
pub(super) fn inside(s: &Shape, around: &Around, masked: &Masked) -> Option<Locals> {
    let is_type = |p: &syn::GenericParam| !matches!(p, syn::GenericParam::Lifetime(_));
    let lists = [Some(&s.function.sig.generics), around.generics];
    let is_generic = lists
        .into_iter()
        .flatten()
        .any(|g| g.params.iter().any(is_type));
    let (Some(gradients), false, false) = (&s.gradients, s.f.watched.is_empty(), is_generic) else {
        return None;
    };
    let base = gradients.to_string();
    let base = base.strip_suffix("Gradients").unwrap_or(&base);
    let name = Ident::new(&format!("{base}Watched"), gradients.span());
    // What is known of a method hangs on its type, which may be seen where the method is not.
    let vis = match around.generics {
        Some(_) => quote!(pub),
        None => s.function.vis.to_token_stream(),
    };
    let rt = &s.rt;
    let fields: Vec<&Ident> = s.f.watched.iter().map(|w| &w.field).collect();
    let docs = s.f.watched.iter().map(doc);
    let types: Vec<TokenStream> = s.f.watched.iter().map(|w| s.told_type(w)).collect();
    if types.iter().any(names_what_is_not_there) {
        return None;
    }
    let values = s.told_values(masked);
    let doc = format!(
        "What the watched locals of [`{}`] get in one call of it, told to who watches the inside of that call.",
        s.function.sig.ident
    );
    let quiet = quiet();
    let item = quote! {
        #[doc = #doc]
        #quiet
        #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
        #vis struct #name {
            #(#[doc = #docs] pub #fields: #types,)*
        }
        #quiet
        impl #rt::Locals for #name {
            fn of(__heard: &mut #rt::Heard) -> #name {
                #name { #(#fields: #values),* }
            }
        }
    };
    Some(Locals { name, item })
}

/// What the watched locals of a function are told as.
pub(super) struct Locals {
    /// The struct's name.
    pub(super) name: Ident,
    /// The struct.
    pub(super) item: TokenStream,
}

/// That the calls which are asked have something to tell.
pub(super) fn demands(s: &Shape) -> TokenStream {
    let rt = &s.rt;
    let asked = s.f.watched.iter().filter_map(Watched::inside);
    let demands = asked.map(|inside| {
        let (locals, at) = (inside.locals(rt), inside.name.span());
        let text = format!(
            "`{}` has no watched local to tell of: mark one there, as in `#[watch] let y: f64 = …;`. A generic function \
             has none to tell in any case: let it give back what is wanted",
            inside.name
        );
        quote_spanned!(at=> const _: () = ::core::assert!(<#locals as #rt::Locals>::WATCHED, #text);)
    });
    demands.collect()
}

/// A type of the user's that speaks of its surroundings, `Self` or a lifetime: beside the function it means nothing.
fn names_what_is_not_there(ty: &TokenStream) -> bool {
    let is = |name: &str| crate::names::mentions(ty, &Ident::new(name, Span::call_site()));
    is("Self") || ty.to_string().replace("'static", "").contains('\'')
}
