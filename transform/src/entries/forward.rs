//! `jvp`, and the form of it that other differentiable functions call.

use super::shape::{Shape, tuple};
use crate::Analysed;
use crate::emit;
use crate::emit::Style;
use crate::forward;
use crate::ir::*;
use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::ToTokens;
use quote::format_ident;
use quote::quote;

/// The function with its tangents, and at its end the value and its tangent.
pub(super) fn forward_body(s: &Shape, t: &forward::Tangents) -> TokenStream {
    let f = &t.f;
    let (ret, ret_dot_ty) = (&s.ret, s.seed());
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
    quote!(#body (#value, #value_dot))
}

pub(super) fn forward_entries(s: &Shape, analysed: &Analysed, items: &mut Vec<TokenStream>) {
    let t = forward::forward(&analysed.f, &analysed.activity);
    let f = &t.f;
    let (rt, ret) = (&s.rt, &s.ret);
    let generics = &s.function.sig.generics;
    let turbofish = &s.turbofish;
    let ret_dot_ty = s.seed();
    let body = forward_body(s, &t);
    let mut dot_types = Vec::new();
    let mut dot_names = Vec::new();
    let mut opens = Vec::new();
    let mut public_types = Vec::new();
    let mut public_names = Vec::new();
    let mut public_args = Vec::new();
    for (n, p) in s.f.params.iter().enumerate() {
        let dot = t.dots.get(&p.var).map(|d| f.vars[*d].ident.clone());
        if p.active {
            let public = format_ident!("__dot{}", n);
            let shadow = s.shadow(p);
            let exclusive = Shape::is_exclusive(p);
            public_types.push(match exclusive {
                true => quote!(&mut #shadow),
                false => s.tangent(p),
            });
            public_args.push(match (exclusive, Shape::is_reference(p)) {
                _ if dot.is_none() => quote!({ let _ = #public; #rt::Unused }),
                (true, _) => quote!(#rt::along(&mut *#public)),
                (_, true) => quote!(#rt::along(&#public)),
                _ => quote!(#rt::along(#public)),
            });
            public_names.push(public);
        } else if dot.is_some() {
            public_args.push(quote!(#rt::along(#rt::Skip)));
        } else {
            public_args.push(quote!(#rt::Unused));
        }
        let Some(dot) = dot else {
            dot_types.push(quote!(#rt::Unused));
            dot_names.push(quote!(_));
            continue;
        };
        let (name, hidden) = (s.name(p), format_ident!("__in{}", n));
        let (zero, borrow) = s.differentiable(p);
        if !Shape::is_reference(p) {
            let ty = s.tangent(p);
            dot_types.push(quote!(#rt::Given<#ty>));
            dot_names.push(quote!(#rt::Given(#hidden)));
            opens.push(quote!(let mut #dot: #ty = #hidden.unwrap_or_else(|| #zero(&#name));));
            continue;
        }
        let shadow = s.shadow(p);
        let scratch = format_ident!("__scratch{}", n);
        let mutable = Shape::is_exclusive(p).then(|| quote!(mut));
        dot_types.push(quote!(::core::option::Option<& #mutable #shadow>));
        dot_names.push(quote!(#hidden));
        opens.push(quote! {
            let mut #scratch;
            let #dot: & #mutable #shadow = match #hidden {
                Some(s) => s,
                None => {
                    #scratch = #zero(&*#name);
                    #borrow(&mut #scratch)
                }
            };
        });
    }
    let dot_pat = match public_names.as_slice() {
        [one] => quote!(#one),
        names => quote!((#(#names),*)),
    };
    let dot_ty = tuple(&public_types);
    let (receiver, primal) = s.primal_tuple();
    let receiving = s.receiving_names();
    // As in a call: the receiver is borrowed, whatever the method does with it.
    let receive = s.receive().map(|_| {
        let (name, value) = (s.names().remove(0), s.calling_names().remove(0));
        quote!(let #name = #value;)
    });
    let hidden_params = s.calling_params();
    let hidden_where = s.calling_where();
    let to_hidden = s.receiver_lent();
    let own = s.f.params.iter().filter(|p| s.f.vars[p.var].mutable);
    let own = own.map(|p| s.name(p));
    let (hidden, public) = (s.ident("__jvp"), s.ident("jvp"));
    let hidden_path = s.path("__jvp");
    let primal_use = s.primal_use();
    items.push(quote! {
        #[doc(hidden)]
        #[inline]
        pub fn #hidden #generics (
            #(#hidden_params,)*
            (#(#dot_names,)*): (#(#dot_types,)*),
        ) -> (#ret, #ret_dot_ty) #hidden_where {
            use #rt as __rt;
            #primal_use
            #receive
            #(let mut #own = #own;)*
            #(#opens)*
            #body
        }
        /// Forward mode: the value and its tangent along the inputs' tangents.
        #[inline]
        pub fn #public #generics (#receiver #primal #dot_pat: #dot_ty) -> (#ret, #ret_dot_ty) #hidden_where {
            #hidden_path #turbofish(#to_hidden #(#receiving,)* (#(#public_args,)*))
        }
    });
}
