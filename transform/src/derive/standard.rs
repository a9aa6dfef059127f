//! The standard library's traits for the tangent: `Clone`, `Debug`, `PartialEq`, `Default` and `Copy`.

use super::impls::{bound, build, clause, field_ty, pattern};
use super::input::Input;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::collections::HashSet;

/// `Clone`, `Debug` and `PartialEq`, and `Default` and `Copy` where every field has them.
pub(super) fn standard(input: &Input) -> TokenStream {
    let g = &input.generics;
    let (generics, args) = (&g.tangent_impl, &g.tangent_args);
    let tangent = &input.tangent;
    let plain = clause(&g.tangent_where);
    let with = |bound: TokenStream| {
        let mut predicates = g.tangent_where.clone();
        let mut seen = HashSet::new();
        for f in input.fields().filter(|f| f.ty.is_some()) {
            let ty = field_ty(input, f);
            if seen.insert(ty.to_string()) {
                // The lifetime makes rustc take a bound that does not hold for one that never applies.
                predicates.push(quote!(for<'__any> #ty: #bound));
            }
        }
        clause(&predicates)
    };
    let zero = input.is_enum().then(|| input.zero());
    let clones = input.variants.iter().map(|v| {
        let pattern = pattern(v, "");
        let value = build(v, &|f| {
            let name = &f.name;
            quote!(::core::clone::Clone::clone(#name))
        });
        quote!(#pattern => #value,)
    });
    let clone_zero = zero.iter().map(|z| quote!(Self::#z => Self::#z,));
    let debugs = input.variants.iter().map(|v| {
        let pattern = pattern(v, "");
        let title = v.ident.unwrap_or(tangent).to_string();
        let parts = v.fields.iter().map(|f| {
            let (name, member) = (&f.name, f.member.to_token_stream().to_string());
            match v.style {
                syn::Fields::Named(_) => quote!(.field(#member, #name)),
                _ => quote!(.field(#name)),
            }
        });
        match v.style {
            syn::Fields::Named(_) => {
                quote!(#pattern => f.debug_struct(#title)#(#parts)*.finish(),)
            }
            syn::Fields::Unnamed(_) => {
                quote!(#pattern => f.debug_tuple(#title)#(#parts)*.finish(),)
            }
            syn::Fields::Unit => quote!(#pattern => f.write_str(#title),),
        }
    });
    let debug_zero = zero.iter().map(|z| {
        let title = z.to_string();
        quote!(Self::#z => f.write_str(#title),)
    });
    let equals = input.variants.iter().map(|v| {
        let (a, b) = (pattern(v, "_a"), pattern(v, "_b"));
        let parts = v.fields.iter().map(|f| {
            let (a, b) = (bound(f, "_a"), bound(f, "_b"));
            quote!(&& *#a == *#b)
        });
        quote!((#a, #b) => true #(#parts)*,)
    });
    let equal_zero = zero
        .iter()
        .map(|z| quote!((Self::#z, Self::#z) => true, _ => false,));
    let default = match &zero {
        Some(zero) => quote!(Self::#zero),
        None => input
            .variants
            .iter()
            .map(|v| build(v, &|_| quote!(::core::default::Default::default())))
            .collect(),
    };
    let has = |name: &str| {
        input
            .derives
            .iter()
            .any(|d| d.segments.last().is_some_and(|s| s.ident == name))
    };
    let default_where = match &zero {
        Some(_) => plain.clone(),
        None => with(quote!(::core::default::Default)),
    };
    let default = (!has("Default")).then(|| {
        quote! {
            #[automatically_derived]
            impl #generics ::core::default::Default for #tangent #args #default_where {
                fn default() -> Self { #default }
            }
        }
    });
    let copy_where = with(quote!(::core::marker::Copy));
    let copy = (!has("Copy")).then(|| {
        quote! {
            #[automatically_derived]
            impl #generics ::core::marker::Copy for #tangent #args #copy_where {}
        }
    });
    let equal = (!has("PartialEq")).then(|| {
        quote! {
            #[automatically_derived]
            impl #generics ::core::cmp::PartialEq for #tangent #args #plain {
                fn eq(&self, other: &Self) -> bool {
                    match (self, other) { #(#equals)* #(#equal_zero)* }
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(clippy::all, clippy::pedantic)]
        impl #generics ::core::clone::Clone for #tangent #args #plain {
            #[inline]
            fn clone(&self) -> Self { match self { #(#clones)* #(#clone_zero)* } }
        }
        #[automatically_derived]
        impl #generics ::core::fmt::Debug for #tangent #args #plain {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self { #(#debugs)* #(#debug_zero)* }
            }
        }
        #equal
        #default
        #copy
    }
}
