//! What other differentiable functions call.

use super::shape::{Shape, by_value, elided, pullback_params};
use crate::reverse::Sweep;
use proc_macro2::Ident;
use proc_macro2::TokenStream;
use quote::ToTokens;
use quote::format_ident;
use quote::quote;

/// What other differentiable functions call.
/// Which of the generated functions a set of call entries belongs to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Family {
    /// The function itself.
    Plain,
    /// The function with masks.
    Masked,
    /// The function's tangent function.
    Tangent,
}

impl Family {
    /// The names of the sweep of a function that calls others, of the call, and of its way back.
    pub(super) fn names(self) -> [Ident; 3] {
        let names = match self {
            Family::Plain => ["__sweep", "__call", "__back"],
            Family::Masked => ["__masked", "__masked_call", "__masked_back"],
            Family::Tangent => ["__jvp_sweep", "__jvp_call", "__jvp_back"],
        };
        names.map(|n| format_ident!("{}", n))
    }
}

pub(super) fn call_entries(s: &Shape, sweep: &Sweep, family: Family) -> TokenStream {
    let (rt, ret, space) = (&s.rt, &s.ret, &s.space);
    let generics = &s.function.sig.generics;
    let where_clause = &generics.where_clause;
    let turbofish = &s.turbofish;
    let params = s.plain_params();
    let names = s.names();
    let seed = s.seed();
    let [sweep_name, call_name, back_name] = family.names();
    let masked = family == Family::Masked;
    let (bits_ty, bits) = if masked {
        (quote!(u64,), quote!(__bits,))
    } else {
        (quote!(), quote!())
    };
    let call = (!sweep.is_leaf).then(|| quote! {
        #[doc(hidden)]
        #[inline]
        pub fn #call_name #generics (#(#params,)* __tape: &mut #rt::Tape) -> (#ret, #bits_ty #rt::OnTape) #where_clause {
            let (__value, #bits __pullback) = #space::#sweep_name #turbofish(#(#names,)* __tape);
            __tape.push_frame(__pullback);
            (__value, #bits #rt::OnTape)
        }
    });
    let mut again_types = Vec::new();
    let mut again_names = Vec::new();
    let mut shadow_types = Vec::new();
    let mut shadow_names = Vec::new();
    let mut bounds = Vec::new();
    let mut opens = Vec::new();
    let mut args = Vec::new();
    let mut shadow_args = Vec::new();
    let mut values = Vec::new();
    let mut adds = Vec::new();
    for (n, p) in s.f.params.iter().enumerate() {
        let name = s.name(p);
        let shared = Shape::is_reference(p) && !Shape::is_exclusive(p);
        if shared {
            again_types.push(p.ty.to_token_stream());
            again_names.push(quote!(#name));
            args.push(quote!(#name));
        } else {
            again_types.push(quote!(#rt::Owned));
            again_names.push(quote!(_));
        }
        let generic = format_ident!("__S{}", n);
        shadow_types.push(generic.clone());
        if !sweep.adjoints.contains_key(&p.var) {
            shadow_names.push(quote!(_));
            continue;
        }
        let shadow_name = format_ident!("__shadow{}", n);
        shadow_names.push(quote!(mut #shadow_name));
        let shadow = s.shadow(p);
        bounds.push(quote!(#generic: #rt::Shadow<#shadow>));
        if !Shape::is_reference(p) {
            let t = format_ident!("__t{}", n);
            values.push(quote!(#t));
            adds.push(quote!(if let Some(s) = #shadow_name.open() { #rt::accumulate(s, #t); }));
            continue;
        }
        let (scratch, bar) = (format_ident!("__scratch{}", n), format_ident!("__bar{}", n));
        let of = Shape::referent(p);
        opens.push(if shared {
            quote! {
                let mut #scratch;
                let #bar = match #shadow_name.open() {
                    Some(s) => s,
                    None => {
                        #scratch = #rt::zero(#name);
                        <#of as #rt::Differentiable>::shadow(&mut #scratch)
                    }
                };
            }
        } else {
            quote!(let Some(#bar) = #shadow_name.open() else { return; };)
        });
        shadow_args.push(quote!(#bar));
    }
    let types = pullback_params(s, sweep);
    let value_types = by_value(s, sweep)
        .into_iter()
        .map(|p| s.tangent(p))
        .collect::<Vec<_>>();
    let where_predicates = where_clause
        .as_ref()
        .map(|w| w.predicates.iter().collect::<Vec<_>>())
        .unwrap_or_default();
    let generic_params = generics.params.iter();
    let tuple_args = s.f.params.iter().map(|p| elided(&p.ty));
    let (pullback_ty, pullback_bound, take) = if sweep.is_leaf {
        (
            quote!(__P),
            quote!(__P: FnOnce(#seed, #(#types,)* &mut #rt::Tape) -> (#(#value_types,)*),),
            quote!(),
        )
    } else {
        (
            quote!(#rt::OnTape),
            quote!(),
            quote! {
                let __pullback = __tape.pop_frame(#rt::frame_type(
                    |(#(#names,)* __tape): (#(#tuple_args,)* &mut #rt::Tape)| {
                        let (__value, #bits __pullback) = #space::#sweep_name #turbofish(#(#names,)* __tape);
                        (__value, __pullback)
                    }
                ));
            },
        )
    };
    let leaf_generic = sweep.is_leaf.then(|| quote!(__P,));
    // Lifetimes come first among generic parameters, and ours are types.
    let lifetimes = generics
        .params
        .iter()
        .filter(|p| matches!(p, syn::GenericParam::Lifetime(_)));
    let others = generic_params.filter(|p| !matches!(p, syn::GenericParam::Lifetime(_)));
    quote! {
        #call
        #[doc(hidden)]
        #[inline]
        pub fn #back_name<#(#lifetimes,)* #(#others,)* #leaf_generic #(#shadow_types),*>(
            __pullback: #pullback_ty,
            __seed: #seed,
            (#(#again_names,)*): (#(#again_types,)*),
            (#(#shadow_names,)*): (#(#shadow_types,)*),
            __tape: &mut #rt::Tape,
        ) where #pullback_bound #(#bounds,)* #(#where_predicates,)* {
            use #rt::Shadow as _;
            #take
            #(#opens)*
            let (#(#values,)*) = __pullback(__seed, #(#args,)* #(#shadow_args,)* __tape);
            #(#adds)*
        }
    }
}
