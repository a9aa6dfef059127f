//! `jvp`, and the form of it that other differentiable functions call.

use super::shape::{Shape, tuple};
use crate::Analysed;
use crate::emit;
use crate::emit::Style;
use crate::forward;
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::ToTokens;
use quote::format_ident;
use quote::quote;

pub(super) fn forward_entries(s: &Shape, analysed: &Analysed, items: &mut Vec<TokenStream>) {
    let t = forward::forward(&analysed.f, &analysed.activity);
    let f = &t.f;
    let (rt, ret, space) = (&s.rt, &s.ret, &s.space);
    let generics = &s.function.sig.generics;
    let where_clause = &generics.where_clause;
    let turbofish = &s.turbofish;
    let params = s.params();
    let names = s.names();
    let ret_dot_ty = s.seed();
    let mut style = Style::of(&t.body);
    style.duals = t.duals.clone();
    let value = &f.vars[f.ret].ident;
    let value_dot = match t.dots.get(&f.ret) {
        Some(dot) => f.vars[*dot].ident.to_token_stream(),
        None => quote!(__rt::zero(&#value)),
    };
    let body = if f.early_return {
        let label = Ident::new("body", Span::mixed_site());
        style.body = Some(label.clone());
        style.labelled.insert(FUNCTION);
        style.hidden.insert(f.ret);
        let mut dot_decl = quote!();
        if let Some(dot) = t.dots.get(&f.ret) {
            style.hidden.insert(*dot);
            let dot = &f.vars[*dot].ident;
            dot_decl = quote!(let #dot: #ret_dot_ty;);
        }
        let label = emit::lifetime(&label);
        let body = emit::block_tokens(f, &t.body, &style);
        quote!(let #value: #ret; #dot_decl #label: { #body })
    } else {
        emit::block_tokens(f, &t.body, &style)
    };
    let mut dot_types = Vec::new();
    let mut dot_names = Vec::new();
    let mut bounds = Vec::new();
    let mut opens = Vec::new();
    let mut public_types = Vec::new();
    let mut public_names = Vec::new();
    let mut public_args = Vec::new();
    for (n, p) in s.f.params.iter().enumerate() {
        let generic = format_ident!("__D{}", n);
        dot_types.push(generic.clone());
        let dot = t.dots.get(&p.var).map(|d| f.vars[*d].ident.clone());
        if p.active {
            let public = format_ident!("__dot{}", n);
            let ty = s.tangent(p);
            let arg = if Shape::is_exclusive(p) {
                let shadow = s.shadow(p);
                public_types.push(quote!(&mut #shadow));
                quote!(&mut *#public)
            } else {
                public_types.push(ty);
                match (Shape::is_reference(p), Ty::of(&p.ty).peeled()) {
                    (true, Ty::Slice(_)) => quote!(&#public[..]),
                    (true, _) => quote!(&#public),
                    _ => quote!(#public),
                }
            };
            public_names.push(public.clone());
            public_args.push(if dot.is_some() {
                arg
            } else {
                quote!({ let _ = #public; #rt::Skip })
            });
        } else {
            public_args.push(quote!(#rt::Skip));
        }
        let Some(dot) = dot else {
            dot_names.push(quote!(_));
            continue;
        };
        let shadow = s.shadow(p);
        let name = s.name(p);
        let hidden = format_ident!("__in{}", n);
        dot_names.push(quote!(mut #hidden));
        let of = Shape::referent(p);
        if Shape::is_exclusive(p) {
            let scratch = format_ident!("__scratch{}", n);
            bounds.push(quote!(#generic: #rt::Shadow<#shadow>));
            opens.push(quote! {
                let mut #scratch;
                let #dot = match #hidden.open() {
                    Some(s) => s,
                    None => {
                        #scratch = #rt::zero(&*#name);
                        <#of as #rt::Differentiable>::shadow(&mut #scratch)
                    }
                };
            });
        } else if Shape::is_reference(p) {
            let scratch = format_ident!("__scratch{}", n);
            bounds.push(quote!(#generic: #rt::Direction<#shadow>));
            opens.push(quote! {
                let mut #scratch;
                let #dot: &#shadow = match #hidden.look() {
                    Some(s) => s,
                    None => {
                        #scratch = #rt::zero(&*#name);
                        <#of as #rt::Differentiable>::shadow(&mut #scratch)
                    }
                };
            });
        } else {
            let ty = s.tangent(p);
            bounds.push(quote!(#generic: #rt::Given<#ty>));
            opens.push(
                quote!(let mut #dot: #ty = #hidden.given().unwrap_or_else(|| #rt::zero(&#name));),
            );
        }
    }
    let lifetimes: Vec<_> = generics
        .params
        .iter()
        .filter(|p| matches!(p, syn::GenericParam::Lifetime(_)))
        .collect();
    let others: Vec<_> = generics
        .params
        .iter()
        .filter(|p| !matches!(p, syn::GenericParam::Lifetime(_)))
        .collect();
    let where_predicates: Vec<_> = where_clause
        .as_ref()
        .map(|w| w.predicates.iter().collect())
        .unwrap_or_default();
    let types: Vec<TokenStream> = s.f.params.iter().map(|p| p.ty.to_token_stream()).collect();
    let (primal_pat, primal_ty) = match names.as_slice() {
        [one] => (quote!(#one), tuple(&types)),
        names => (quote!((#(#names),*)), tuple(&types)),
    };
    let dot_pat = match public_names.as_slice() {
        [one] => quote!(#one),
        names => quote!((#(#names),*)),
    };
    let dot_ty = tuple(&public_types);
    items.push(quote! {
        #[doc(hidden)]
        #[inline]
        pub fn __jvp<#(#lifetimes,)* #(#others,)* #(#dot_types),*>(
            #(#params,)*
            (#(#dot_names,)*): (#(#dot_types,)*),
        ) -> (#ret, #ret_dot_ty) where #(#bounds,)* #(#where_predicates,)* {
            use #rt as __rt;
            use #rt::{Direction as _, Given as _, Shadow as _};
            let _ = #space::__primal #turbofish;
            #(#opens)*
            #body
            (#value, #value_dot)
        }
        /// Forward mode: the value and its tangent along the inputs' tangents.
        #[inline]
        pub fn jvp #generics (#primal_pat: #primal_ty, #dot_pat: #dot_ty) -> (#ret, #ret_dot_ty) #where_clause {
            #space::__jvp(#(#names,)* (#(#public_args,)*))
        }
    });
}
