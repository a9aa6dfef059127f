//! `jvp`, and the form of it that other differentiable functions call.

use super::functions::{Hidden, Way};
use super::shape::Shape;
use super::types::tuple;
use crate::Analysed;
use crate::emit;
use crate::forward;
use crate::ir::*;
use proc_macro2::Ident;
use proc_macro2::TokenStream;
use quote::ToTokens;
use quote::format_ident;
use quote::quote;

/// The function with its tangents, and at its end the value and its tangent.
pub(super) fn forward_body(s: &Shape, t: &forward::Tangents) -> TokenStream {
    let f = &t.f;
    let (ret, ret_dot_ty) = (&s.ret, s.seed());
    let mut style = t.style();
    let value = &f.vars[f.ret].ident;
    // The value is moved last.
    let (zero, value_dot) = match t.dots.get(&f.ret) {
        Some(dot) => (quote!(), f.vars[*dot].ident.to_token_stream()),
        None => (quote!(let __dot = __rt::zero(&#value);), quote!(__dot)),
    };
    let body = if f.early_return {
        let label = style.leave_body();
        style.hidden.insert(f.ret);
        let mut dot_decl = quote!();
        if let Some(dot) = t.dots.get(&f.ret) {
            style.hidden.insert(*dot);
            let dot = &f.vars[*dot].ident;
            dot_decl = quote!(let #dot: #ret_dot_ty;);
        }
        let body = emit::block_tokens(f, &t.body, &style);
        quote!(let #value: #ret; #dot_decl #label: { #body })
    } else {
        emit::block_tokens(f, &t.body, &style)
    };
    quote!(#body #zero (#value, #value_dot))
}

/// How the hidden entry takes tangents, and how the public one hands them on.
#[derive(Default)]
pub(super) struct Directions {
    types: Vec<TokenStream>,
    names: Vec<TokenStream>,
    pub(super) opens: Vec<TokenStream>,
    public_types: Vec<TokenStream>,
    public_names: Vec<TokenStream>,
    public_args: Vec<TokenStream>,
    /// What users give in the shape of the values.
    fits: Vec<TokenStream>,
}

impl Directions {
    pub(super) fn of(s: &Shape, dot: impl Fn(&Param) -> Option<Ident>) -> Directions {
        let mut d = Directions::default();
        for (n, p) in s.f.params.iter().enumerate() {
            let dot = dot(p);
            d.public(s, n, p, dot.is_some());
            d.hidden(s, n, p, dot.as_ref());
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
        if taken && !exclusive && p.function.is_none() && s.differs(&p.ty) {
            let name = match &s.receiver {
                Some(receiver) if n == 0 => receiver.self_token.to_token_stream(),
                _ => s.name(p).to_token_stream(),
            };
            self.fits
                .push(quote!(let #public = #rt::fitted(#rt::shape!(#name), #public);));
        }
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
        if p.function.is_some() || dot.is_none() && !(s.fixed && p.active) {
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
    let d = Directions::of(s, |p| dot_of(&t, p));
    let (opens, body) = (&d.opens, forward_body(s, &t));
    hidden_entry(s, &d, Some(&quote!(#(#opens)* #body)))
}

fn dot_of(t: &forward::Tangents, p: &Param) -> Option<Ident> {
    t.dots.get(&p.var).map(|d| t.f.vars[*d].ident.clone())
}

/// The bounds of an entry in forward mode; without one that is given, nothing fulfils them.
fn bounds(s: &Shape, given: Option<&syn::WhereClause>, is_given: bool) -> Option<TokenStream> {
    let bounds = s.calling_where(given);
    if is_given {
        return bounds;
    }
    let rt = &s.rt;
    let given = bounds.and_then(|b| syn::parse2::<syn::WhereClause>(b).ok());
    let given = given.into_iter().flat_map(|w| w.predicates);
    Some(quote!(where #(#given,)* for<'__use> Self: #rt::ForwardRule))
}

/// The entry with the body given; without one, using it is the error.
pub(super) fn hidden_entry(s: &Shape, d: &Directions, body: Option<&TokenStream>) -> TokenStream {
    let (rt, ret, ret_dot) = (&s.rt, &s.ret, s.seed());
    let Hidden {
        generics,
        bounds: given,
        ..
    } = &s.hidden(Way::Forward);
    let (dot_names, dot_types) = (&d.names, &d.types);
    // As in a call: the receiver is borrowed, whatever the method does with it.
    let receive = s.receive().map(|_| {
        let (name, value) = (s.names().remove(0), s.calling_names().remove(0));
        quote!(let #name = #value;)
    });
    let (entry, params) = (s.ident("__jvp"), s.calling_params());
    let bounds = bounds(s, given.as_ref(), body.is_some());
    let body = body.cloned().unwrap_or_else(|| quote!(loop {}));
    let own = s.f.params.iter().filter(|p| s.f.vars[p.var].mutable);
    let own = own.map(|p| s.name(p));
    let plain_functions = s.plain_functions(Way::Forward, &body);
    let primal_use = s.primal_use();
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
            #plain_functions
            #receive
            #(let mut #own = #own;)*
            #body
        }
    }
}

/// `jvp`, and what it calls. Gives whether there is one.
pub(super) fn forward_entries(
    s: &Shape,
    analysed: &Analysed,
    items: &mut Vec<TokenStream>,
) -> bool {
    if s.rules.any() {
        return super::rule::forward_entries(s, analysed, items);
    }
    let t = forward::forward(&analysed.f, &analysed.activity);
    let d = Directions::of(s, |p| dot_of(&t, p));
    items.push(forward_entry(s, analysed));
    if s.takes_plain_functions() {
        items.push(public_entry(s, &d, true));
    }
    true
}

/// `jvp`.
pub(super) fn public_entry(s: &Shape, d: &Directions, is_given: bool) -> TokenStream {
    let (ret, ret_dot) = (&s.ret, s.seed());
    let generics = &s.function.sig.generics;
    let dots = match d.public_names.as_slice() {
        [one] => quote!(#one),
        names => quote!((#(#names),*)),
    };
    let dots_ty = tuple(&d.public_types);
    let (args, fits) = (&d.public_args, &d.fits);
    let (receiver, primal) = s.primal_tuple();
    let (lent, receiving) = (s.receiver_lent(), s.receiving_names());
    let (entry, hidden) = (s.ident("jvp"), s.path("__jvp"));
    let bounds = bounds(s, s.where_clause(), is_given);
    let open = s.hidden(Way::Forward).open;
    let receiving = receiving.iter().map(ToTokens::to_token_stream).collect();
    let receiving = s.with_functions(receiving, Way::Forward);
    quote! {
        /// Forward mode: the value and its tangent along the inputs' tangents.
        #[inline]
        pub fn #entry #generics (#receiver #primal #dots: #dots_ty) -> (#ret, #ret_dot) #bounds {
            #(#fits)*
            #hidden #open(#lent #(#receiving,)* (#(#args,)*))
        }
    }
}
