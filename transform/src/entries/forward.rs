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

/// How the hidden entry takes tangents, and how the public one hands them on.
#[derive(Default)]
struct Directions {
    types: Vec<TokenStream>,
    names: Vec<TokenStream>,
    opens: Vec<TokenStream>,
    public_types: Vec<TokenStream>,
    public_names: Vec<TokenStream>,
    public_args: Vec<TokenStream>,
}

impl Directions {
    fn of(s: &Shape, t: &forward::Tangents) -> Directions {
        let mut d = Directions::default();
        for (n, p) in s.f.params.iter().enumerate() {
            let dot = t.dots.get(&p.var).map(|d| &t.f.vars[*d].ident);
            d.public(s, n, p, dot.is_some());
            d.hidden(s, n, p, dot);
        }
        d
    }

    fn public(&mut self, s: &Shape, n: usize, p: &Param, taken: bool) {
        let rt = &s.rt;
        let taken = taken || s.fixed;
        if !p.active {
            self.public_args.push(match taken {
                true => quote!(#rt::along(#rt::Skip)),
                false => quote!(#rt::Unused),
            });
            return;
        }
        let public = format_ident!("__dot{}", n);
        let exclusive = Shape::is_exclusive(p);
        let shadow = s.shadow(p);
        self.public_types.push(match exclusive {
            true => quote!(&mut #shadow),
            false => s.tangent(p),
        });
        self.public_args
            .push(match (exclusive, Shape::is_reference(p)) {
                _ if !taken => quote!({ let _ = #public; #rt::Unused }),
                (true, _) => quote!(#rt::along(&mut *#public)),
                (_, true) => quote!(#rt::along(&#public)),
                _ => quote!(#rt::along(#public)),
            });
        self.public_names.push(quote!(#public));
    }

    fn hidden(&mut self, s: &Shape, n: usize, p: &Param, dot: Option<&Ident>) {
        let rt = &s.rt;
        if dot.is_none() && !(s.fixed && p.active) {
            self.types.push(quote!(#rt::Unused));
            self.names.push(quote!(_));
            return;
        }
        let (name, hidden) = (s.name(p), format_ident!("__in{}", n));
        let by_value = !Shape::is_reference(p);
        let mutable = Shape::is_exclusive(p).then(|| quote!(mut));
        let shadow = s.shadow(p);
        let ty = s.tangent(p);
        self.types.push(match by_value {
            true => quote!(#rt::Given<#ty>),
            false => quote!(::core::option::Option<& #mutable #shadow>),
        });
        let Some(dot) = dot else {
            self.names.push(quote!(_));
            return;
        };
        self.names.push(match by_value {
            true => quote!(#rt::Given(#hidden)),
            false => quote!(#hidden),
        });
        let scratch = format_ident!("__scratch{}", n);
        let (zero, lent) = (s.zero(p), s.lent(p, &scratch));
        self.opens.push(match by_value {
            true => quote!(let mut #dot: #ty = #hidden.unwrap_or_else(|| #zero(&#name));),
            false => quote! {
                let mut #scratch;
                let #dot: & #mutable #shadow = match #hidden {
                    #rt::Some(s) => s,
                    #rt::None => {
                        #scratch = #zero(&*#name);
                        #lent
                    }
                };
            },
        });
    }
}

/// What differentiable callers call in forward mode.
pub(super) fn forward_entry(s: &Shape, analysed: &Analysed) -> TokenStream {
    let t = forward::forward(&analysed.f, &analysed.activity);
    let (rt, ret, ret_dot) = (&s.rt, &s.ret, s.seed());
    let generics = &s.function.sig.generics;
    let d = Directions::of(s, &t);
    let (dot_names, dot_types, opens) = (&d.names, &d.types, &d.opens);
    // As in a call: the receiver is borrowed, whatever the method does with it.
    let receive = s.receive().map(|_| {
        let (name, value) = (s.names().remove(0), s.calling_names().remove(0));
        quote!(let #name = #value;)
    });
    let (entry, params, bounds) = (s.ident("__jvp"), s.calling_params(), s.calling_where());
    let own = s.f.params.iter().filter(|p| s.f.vars[p.var].mutable);
    let own = own.map(|p| s.name(p));
    let (body, primal_use) = (forward_body(s, &t), s.primal_use());
    quote! {
        #[doc(hidden)]
        #[inline]
        pub fn #entry #generics (
            #(#params,)*
            (#(#dot_names,)*): (#(#dot_types,)*),
        ) -> (#ret, #ret_dot) #bounds {
            use #rt as __rt;
            use #rt::methods::*;
            #primal_use
            #receive
            #(let mut #own = #own;)*
            #(#opens)*
            #body
        }
    }
}

/// `jvp`, and what it calls.
pub(super) fn forward_entries(s: &Shape, analysed: &Analysed, items: &mut Vec<TokenStream>) {
    let t = forward::forward(&analysed.f, &analysed.activity);
    let (ret, ret_dot) = (&s.ret, s.seed());
    let generics = &s.function.sig.generics;
    let turbofish = &s.turbofish;
    let d = Directions::of(s, &t);
    let dots = match d.public_names.as_slice() {
        [one] => quote!(#one),
        names => quote!((#(#names),*)),
    };
    let dots_ty = tuple(&d.public_types);
    let args = &d.public_args;
    let (receiver, primal) = s.primal_tuple();
    let (lent, receiving) = (s.receiver_lent(), s.receiving_names());
    let (entry, hidden, bounds) = (s.ident("jvp"), s.path("__jvp"), s.calling_where());
    items.push(forward_entry(s, analysed));
    items.push(quote! {
        /// Forward mode: the value and its tangent along the inputs' tangents.
        #[inline]
        pub fn #entry #generics (#receiver #primal #dots: #dots_ty) -> (#ret, #ret_dot) #bounds {
            #hidden #turbofish(#lent #(#receiving,)* (#(#args,)*))
        }
    });
}
