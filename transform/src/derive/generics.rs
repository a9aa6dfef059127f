//! The type parameters of a tangent: those of the type that its active fields use, without lifetimes.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::HashSet;
use syn::visit_mut::VisitMut;

/// The parameters of the type and of its tangent.
pub(super) struct Generics {
    /// `<T: Bound = Default, const N: usize = 3>` for the tangent's definition.
    pub(super) definition: TokenStream,
    /// `<T: Bound, const N: usize>` for the tangent's impls.
    pub(super) tangent_impl: TokenStream,
    /// `<T, N>` for the tangent.
    pub(super) tangent_args: TokenStream,
    /// What the tangent's impls ask for.
    pub(super) tangent_where: Vec<TokenStream>,
    /// `<'a, T: Bound>` for the impls of the type itself.
    pub(super) type_impl: TokenStream,
    /// `<'a, T>`.
    pub(super) type_args: TokenStream,
    pub(super) type_where: Vec<TokenStream>,
    /// The type's lifetimes, which its tangent does not have.
    lifetimes: HashSet<String>,
}

impl Generics {
    /// Sorts the parameters out, `active` being the types of the fields that carry a derivative.
    pub(super) fn of(generics: &syn::Generics, active: &[&syn::Type], rt: &TokenStream) -> Self {
        let mut used = HashSet::new();
        for ty in active {
            identifiers(ty.to_token_stream(), &mut used);
        }
        let lifetimes: HashSet<String> = generics
            .lifetimes()
            .map(|l| l.lifetime.ident.to_string())
            .collect();
        let mut dropped = HashSet::new();
        let mut kept: Vec<syn::GenericParam> = Vec::new();
        let mut args = Vec::new();
        let mut varied = Vec::new();
        for param in &generics.params {
            let name = match param {
                syn::GenericParam::Lifetime(_) => continue,
                syn::GenericParam::Type(t) => &t.ident,
                syn::GenericParam::Const(c) => &c.ident,
            };
            if !used.contains(&name.to_string()) {
                dropped.insert(name.to_string());
                continue;
            }
            args.push(name.clone());
            if let syn::GenericParam::Type(t) = param {
                varied.push(t.ident.clone());
            }
            kept.push(param.clone());
        }
        // A bound that speaks of something that the tangent does not have is not the tangent's.
        let foreign = |tokens: TokenStream| {
            let mut names = HashSet::new();
            identifiers(tokens.clone(), &mut names);
            names.iter().any(|n| dropped.contains(n))
                || lifetimes_in(tokens).iter().any(|l| lifetimes.contains(l))
        };
        for param in &mut kept {
            if let syn::GenericParam::Type(t) = param {
                t.bounds = std::mem::take(&mut t.bounds)
                    .into_iter()
                    .filter(|b| !foreign(b.to_token_stream()))
                    .collect();
            }
        }
        let own_where: Vec<TokenStream> = generics
            .where_clause
            .iter()
            .flat_map(|w| &w.predicates)
            .map(ToTokens::to_token_stream)
            .collect();
        let mut find = Find::default();
        for ty in active {
            syn::visit::Visit::visit_type(&mut find, ty);
        }
        let mut needed: Vec<TokenStream> = Vec::new();
        for t in &varied {
            let itself = find.alone.contains(&t.to_string());
            let differentiable = itself.then(|| quote!(#rt::Differentiable +));
            needed.push(quote!(#t: #differentiable 'static));
        }
        needed.extend(
            find.associated(&varied)
                .map(|t| quote!(#t: #rt::Differentiable)),
        );
        let mut tangent_where: Vec<TokenStream> = own_where
            .iter()
            .filter(|w| !foreign((*w).clone()))
            .cloned()
            .collect();
        tangent_where.extend(needed.iter().cloned());
        let mut type_where = own_where;
        type_where.extend(needed);
        let definition = quote!(<#(#kept),*>);
        for param in &mut kept {
            match param {
                syn::GenericParam::Type(t) => t.default = None,
                syn::GenericParam::Const(c) => c.default = None,
                syn::GenericParam::Lifetime(_) => {}
            }
        }
        let (type_impl, type_args, _) = generics.split_for_impl();
        Generics {
            definition,
            tangent_impl: quote!(<#(#kept),*>),
            tangent_args: quote!(<#(#args),*>),
            tangent_where,
            type_impl: type_impl.to_token_stream(),
            type_args: type_args.to_token_stream(),
            type_where,
            lifetimes,
        }
    }

    /// A type of the tangent's, in which no lifetime of the type is left.
    pub(super) fn owned(&self, ty: &syn::Type) -> syn::Type {
        struct Static<'a>(&'a HashSet<String>);
        impl VisitMut for Static<'_> {
            fn visit_lifetime_mut(&mut self, l: &mut syn::Lifetime) {
                if self.0.contains(&l.ident.to_string()) {
                    l.ident = Ident::new("static", l.ident.span());
                }
            }
        }
        let mut ty = ty.clone();
        Static(&self.lifetimes).visit_type_mut(&mut ty);
        ty
    }
}

/// Type parameters and `T::Item` and the like in the fields' types, which must be differentiable.
#[derive(Default)]
struct Find {
    /// Names that are a type by themselves.
    alone: HashSet<String>,
    /// Paths of more than one name, with the first of them.
    paths: Vec<(String, TokenStream)>,
}

impl Find {
    fn associated<'a>(&'a self, params: &'a [Ident]) -> impl Iterator<Item = &'a TokenStream> {
        self.paths
            .iter()
            .filter(|(first, _)| params.iter().any(|p| p == first))
            .map(|(_, path)| path)
    }
}

impl<'ast> syn::visit::Visit<'ast> for Find {
    fn visit_type_path(&mut self, p: &'ast syn::TypePath) {
        let tokens = p.to_token_stream();
        match (&p.qself, p.path.get_ident(), p.path.segments.first()) {
            (Some(of), _, _) => {
                let first = of.ty.to_token_stream().to_string();
                self.paths.push((first, tokens));
                return;
            }
            (None, Some(name), _) => drop(self.alone.insert(name.to_string())),
            (None, None, Some(first)) if p.path.segments.len() > 1 => {
                self.paths.push((first.ident.to_string(), tokens));
            }
            _ => {}
        }
        syn::visit::visit_type_path(self, p);
    }
}

fn identifiers(tokens: TokenStream, names: &mut HashSet<String>) {
    let mut lifetime = false;
    for tree in tokens {
        match tree {
            TokenTree::Ident(i) if !lifetime => drop(names.insert(i.to_string())),
            TokenTree::Group(g) => identifiers(g.stream(), names),
            TokenTree::Punct(p) if p.as_char() == '\'' => {
                lifetime = true;
                continue;
            }
            _ => {}
        }
        lifetime = false;
    }
}

fn lifetimes_in(tokens: TokenStream) -> Vec<String> {
    let mut out = Vec::new();
    let mut lifetime = false;
    for tree in tokens {
        match tree {
            TokenTree::Ident(i) if lifetime => out.push(i.to_string()),
            TokenTree::Group(g) => out.extend(lifetimes_in(g.stream())),
            TokenTree::Punct(p) if p.as_char() == '\'' => {
                lifetime = true;
                continue;
            }
            _ => {}
        }
        lifetime = false;
    }
    out
}
