//! `gradients`: typed `None` for what the path taken does not connect.

use super::calls::Family;
use super::calls::call_entry;
use super::collect::{Collected, collect};
use super::functions::Way;
use super::outcome::Outcome;
use super::shape::{Shape, quiet};
use super::sweep::sweep_fn;
use super::types::{said_at, tuple};
use super::watched;
use crate::args::Options;
use crate::masks;
use crate::reverse::Sweep;
use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::format_ident;
use quote::{ToTokens, quote};

pub(super) fn gradients_name(function: &syn::ItemFn, options: &Options) -> Ident {
    let base = options
        .name
        .clone()
        .unwrap_or_else(|| function.sig.ident.clone())
        .to_string();
    let camel = camel(&base);
    Ident::new(
        &format!("{camel}Gradients"),
        Span::call_site().located_at(function.sig.ident.span()),
    )
}

/// A name in the case of types.
pub fn camel(name: &str) -> String {
    name.trim_start_matches("r#")
        .split('_')
        .map(|part| {
            let mut chars = part.chars();
            chars
                .next()
                .map(|c| c.to_uppercase().chain(chars).collect::<String>())
                .unwrap_or_default()
        })
        .collect()
}

pub(super) fn gradients_struct(s: &Shape) -> TokenStream {
    let Some(name) = &s.gradients else {
        return TokenStream::new();
    };
    let vis = &s.function.vis;
    let fields: Vec<&Ident> = s.inputs().iter().map(|p| &p.field).collect();
    let watched: Vec<&Ident> = s.f.watched.iter().map(|w| &w.field).collect();
    let watched_docs = s.f.watched.iter().map(watched::doc);
    let doc = format!(
        "The gradients of `{}`: `None` where the input is not connected to the result.",
        s.function.sig.ident
    );
    let field_docs = fields.iter().map(|f| format!("With respect to `{f}`."));
    let quiet = quiet();
    if s.gradients_are_generic() {
        let params: Vec<Ident> = (0..fields.len()).map(|n| format_ident!("T{}", n)).collect();
        let locals: Vec<Ident> = (0..watched.len())
            .map(|n| format_ident!("W{}", n))
            .collect();
        let told =
            s.f.watched
                .iter()
                .zip(&locals)
                .map(|(w, ty)| s.told(w, &quote!(#ty)));
        return quote! {
            #[doc = #doc]
            #quiet
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            #vis struct #name<#(#params,)* #(#locals),*> {
                #(#[doc = #field_docs] pub #fields: ::core::option::Option<#params>,)*
                #(#[doc = #watched_docs] pub #watched: #told,)*
            }
        };
    }
    let types = s.inputs().into_iter().map(|p| {
        let tangent = s.tangent(p);
        said_at(
            &Shape::referent(p),
            quote!(::core::option::Option<#tangent>),
        )
    });
    let told = s.f.watched.iter().map(|w| s.told_type(w));
    let shielded = s.where_clause();
    quote! {
        #[doc = #doc]
        #quiet
        #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
        #vis struct #name #shielded {
            #(#[doc = #field_docs] pub #fields: #types,)*
            #(#[doc = #watched_docs] pub #watched: #told,)*
        }
    }
}

pub(super) fn gradients_entry(
    s: &Shape,
    sweep: &Sweep,
    masked: &masks::Masked,
    always: Option<(TokenStream, TokenStream)>,
    items: &mut Vec<TokenStream>,
) {
    if s.rules.lacks_reverse() {
        return;
    }
    items.push(sweep_fn(s, sweep, Family::Masked.sweep(), Some(masked)));
    items.push(call_entry(s, sweep, Family::Masked));
    let Some(outcome) = Outcome::of(s) else {
        return;
    };
    if !s.takes_plain_functions() {
        return;
    }
    items.push(super::checked::checked_entry(s, sweep, &outcome));
    let run = s.path(Family::Masked.sweep());
    let entry = s.ident("gradients");
    let rt = &s.rt;
    let generics = &s.function.sig.generics;
    let number_clause = outcome.clause(s);
    let open_types = s.hidden(Way::Masked).open;
    let params = s.receiving_params();
    let receive = s.receive();
    let names = s.names().iter().map(ToTokens::to_token_stream).collect();
    let names = s.with_functions(names, Way::Masked);
    let ty = outcome.with(s.gradients_type());
    let Collected {
        makes,
        run: run_pullback,
        tangents,
    } = collect(s, sweep, quote!(__pullback), outcome.one());
    let values = s.inputs().into_iter().zip(tangents).map(|(p, value)| {
        let position = s.f.params.iter().position(|q| q.var == p.var);
        let bit = match masked.bits.iter().find(|(v, _)| *v == p.var) {
            Some((_, bit)) => Some(*bit as usize),
            // What an `impl` connects is its own affair.
            None => position.filter(|n| s.fixed && *n < 64),
        };
        match bit {
            Some(bit) => {
                let bit = proc_macro2::Literal::usize_unsuffixed(bit);
                quote!((__connected >> #bit & 1 == 1).then_some(#value))
            }
            None => quote!({ let _ = #value; ::core::option::Option::None }),
        }
    });
    let told = s.told_values(masked);
    let workspace = match s.f.watched.is_empty() {
        true => quote!(#rt::Tape::once()),
        false => quote!(<#rt::Watcher as #rt::Observer>::fresh()),
    };
    let heard = (!told.is_empty()).then(|| quote!(let mut __heard = __tape.heard();));
    let result = match &s.gradients {
        Some(name) => {
            let fields = s.inputs().into_iter().map(|p| &p.field);
            let watched = s.f.watched.iter().map(|w| &w.field);
            quote!(#name { #(#fields: #values,)* #(#watched: #told),* })
        }
        None => quote!((#(#values,)* #(#told,)*)),
    };
    let (open, result) = (outcome.open(), outcome.close(result));
    let mut body = quote! {
        #receive
        let __tape = &mut #workspace;
        #makes
        let (__value, __connected, __pullback) = #run #open_types(#(#names,)* __tape);
        #open
        #run_pullback
        #heard
        #result
    };
    if let Some((parts, always)) = always.filter(|_| s.f.watched.is_empty() && outcome.is_plain()) {
        let all = all_some(s);
        body = match always.to_string() == "true" {
            true => all,
            false => quote! {
                use #rt::Otherwise as _;
                #parts
                if #always { #all } else { #body }
            },
        };
    }
    items.push(quote! {
        /// The gradients with `None` for each input that the path taken does not connect to the result.
        #[inline]
        pub fn #entry #generics (#(#params),*) -> #ty #number_clause {
            #body
        }
    });
}

/// Where every input is known to be connected whatever the path, the gradient is that of `grad`, which carries nothing
/// along to find it out.
fn all_some(s: &Shape) -> TokenStream {
    let (grad, turbofish) = (s.path("grad"), &s.turbofish);
    let receiving = s.receiving_names();
    let names: Vec<TokenStream> = (0..s.inputs().len())
        .map(|n| format_ident!("__g{}", n).to_token_stream())
        .collect();
    let pattern = tuple(&names);
    let result = match &s.gradients {
        Some(name) => {
            let fields = s.inputs().into_iter().map(|p| &p.field);
            quote!(#name { #(#fields: ::core::option::Option::Some(#names)),* })
        }
        None => quote!((#(::core::option::Option::Some(#names),)*)),
    };
    quote! {
        let #pattern = #grad #turbofish(#(#receiving),*);
        #result
    }
}
