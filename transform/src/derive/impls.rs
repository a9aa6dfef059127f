//! The tangent's definition and its impls.

use super::accessor;
use super::input::{Field, Input, Variant};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use std::collections::HashSet;
use syn::spanned::Spanned;

/// Everything that the derive adds.
pub(super) fn all(input: &Input) -> TokenStream {
    let definition = definition(input);
    let accessors = accessors(input);
    let standard = standard(input);
    let tangent = tangent(input);
    let differentiable = differentiable(input);
    quote!(#definition #accessors #standard #tangent #differentiable)
}

/// The type of a field in the tangent.
fn field_ty(input: &Input, field: &Field) -> TokenStream {
    let rt = &input.rt;
    match field.ty {
        None => quote!(#rt::NoTangent),
        Some(ty) => {
            let owned = input.generics.owned(ty);
            // At the field's type, so that rustc shows it where it is not differentiable.
            quote_spanned!(ty.span()=> <#owned as #rt::Differentiable>::Tangent)
        }
    }
}

fn clause(predicates: &[TokenStream]) -> TokenStream {
    if predicates.is_empty() {
        TokenStream::new()
    } else {
        quote!(where #(#predicates,)*)
    }
}

/// The fields of a variant in braces, parentheses or neither.
fn body(variant: &Variant, fields: &[TokenStream]) -> TokenStream {
    match variant.style {
        syn::Fields::Named(_) => quote!({ #(#fields),* }),
        syn::Fields::Unnamed(_) => quote!((#(#fields),*)),
        syn::Fields::Unit => TokenStream::new(),
    }
}

fn definition(input: &Input) -> TokenStream {
    let (vis, tangent) = (&input.item.vis, &input.tangent);
    let g = &input.generics;
    let (definition, predicates) = (&g.definition, clause(&g.tangent_where));
    let derives = (!input.derives.is_empty()).then(|| {
        let derives = &input.derives;
        quote!(#[derive(#(#derives),*)])
    });
    let name = &input.item.ident;
    let doc = format!("The tangent of [`{name}`]: a gradient, a cotangent or a direction.");
    let of_variant = |v: &Variant| {
        let is_enum = input.is_enum();
        let fields: Vec<TokenStream> = v
            .fields
            .iter()
            .map(|f| {
                let (vis, ty) = (f.vis, field_ty(input, f));
                let vis = (!is_enum).then_some(vis);
                match &f.member {
                    syn::Member::Named(name) => {
                        let doc = format!("The tangent of `{name}`.");
                        quote!(#[doc = #doc] #vis #name: #ty)
                    }
                    syn::Member::Unnamed(_) => quote!(#vis #ty),
                }
            })
            .collect();
        body(v, &fields)
    };
    if input.is_enum() {
        let zero = input.zero();
        let variants = input.variants.iter().map(|v| {
            let (ident, fields) = (v.ident, of_variant(v));
            let doc = format!("The tangent of `{}`.", ident.to_token_stream());
            quote!(#[doc = #doc] #ident #fields)
        });
        return quote! {
            #[doc = #doc]
            #derives
            #vis enum #tangent #definition #predicates {
                /// The zero of any value: adding it changes nothing.
                #zero,
                #(#variants,)*
            }
        };
    }
    let fields: TokenStream = input.variants.iter().map(of_variant).collect();
    match input.variants.first().map(|v| v.style) {
        Some(syn::Fields::Named(_)) => quote! {
            #[doc = #doc]
            #derives
            #vis struct #tangent #definition #predicates #fields
        },
        _ => quote! {
            #[doc = #doc]
            #derives
            #vis struct #tangent #definition #fields #predicates;
        },
    }
}

/// `Self::Circle` or `Self`.
fn path(variant: &Variant) -> TokenStream {
    match variant.ident {
        Some(ident) => quote!(Self::#ident),
        None => quote!(Self),
    }
}

/// `Self::Circle { 0: expr, … }`: braces do for every kind of struct and variant.
fn build(variant: &Variant, value: &dyn Fn(&Field) -> TokenStream) -> TokenStream {
    let path = path(variant);
    let fields = variant.fields.iter().map(|f| {
        let (member, value) = (&f.member, value(f));
        quote!(#member: #value)
    });
    quote!(#path { #(#fields),* })
}

/// The pattern that binds every field, under its name with a suffix.
fn pattern(variant: &Variant, suffix: &str) -> TokenStream {
    let path = path(variant);
    let fields = variant.fields.iter().map(|f| {
        let (member, name) = (&f.member, bound(f, suffix));
        quote!(#member: #name)
    });
    quote!(#path { #(#fields),* })
}

fn bound(field: &Field, suffix: &str) -> Ident {
    format_ident!("{}{}", field.name, suffix)
}

/// Hidden methods that give generated code the parts that a pattern binds.
fn accessors(input: &Input) -> TokenStream {
    let g = &input.generics;
    let (generics, args) = (&g.tangent_impl, &g.tangent_args);
    let (tangent, rt, predicates) = (&input.tangent, &input.rt, clause(&g.tangent_where));
    let mut methods = TokenStream::new();
    for v in &input.variants {
        let names: Vec<String> = match v.ident {
            Some(ident) => vec![ident.to_string()],
            // Inside an `impl` the type may be called by either name.
            None => vec![input.item.ident.to_string(), "Self".into()],
        };
        for f in &v.fields {
            let ty = field_ty(input, f);
            let vis = if input.is_enum() {
                &input.item.vis
            } else {
                f.vis
            };
            let (path, member) = (path(v), &f.member);
            let neutral = build(v, &|_| quote!(#rt::Tangent::neutral()));
            let (part_else, peek_else) = match v.ident {
                Some(_) => (
                    quote! {
                        if !::core::matches!(self, #path { .. }) {
                            *self = #neutral;
                        }
                    },
                    quote!(_ => #rt::neutral(),),
                ),
                None => (quote!(), quote!()),
            };
            let unreachable = v.ident.is_some().then(
                || quote!(_ => ::core::unreachable!("pullback: a variant changed under an exclusive borrow"),),
            );
            for name in &names {
                let part = accessor(name, member, true);
                let peek = accessor(name, member, false);
                methods.extend(quote! {
                    #[doc(hidden)]
                    #[inline(always)]
                    #vis fn #part(&mut self) -> &mut #ty {
                        #part_else
                        match self {
                            #path { #member: part, .. } => part,
                            #unreachable
                        }
                    }
                    #[doc(hidden)]
                    #[inline(always)]
                    #vis fn #peek(&self) -> &#ty {
                        match self {
                            #path { #member: part, .. } => part,
                            #peek_else
                        }
                    }
                });
            }
        }
    }
    if methods.is_empty() {
        return methods;
    }
    quote! {
        #[automatically_derived]
        #[allow(non_snake_case, dead_code, unreachable_patterns, private_interfaces, clippy::all)]
        impl #generics #tangent #args #predicates { #methods }
    }
}

/// `Clone`, `Debug` and `PartialEq`, and `Default` and `Copy` where every field has them.
fn standard(input: &Input) -> TokenStream {
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

/// An arm for each variant, over the fields that are active.
fn arms(input: &Input, each: &dyn Fn(&Field) -> TokenStream) -> TokenStream {
    let zero = input.is_enum().then(|| {
        let zero = input.zero();
        quote!(Self::#zero => {})
    });
    let arms = input.variants.iter().map(|v| {
        let pattern = pattern(v, "");
        let parts = active(v).map(each);
        quote!(#pattern => { #(#parts)* })
    });
    quote!(#(#arms)* #zero)
}

fn active<'a>(variant: &'a Variant) -> impl Iterator<Item = &'a Field<'a>> {
    variant.fields.iter().filter(|f| f.ty.is_some())
}

/// The vector space.
fn tangent(input: &Input) -> TokenStream {
    let g = &input.generics;
    let (generics, args) = (&g.tangent_impl, &g.tangent_args);
    let (name, rt, predicates) = (&input.tangent, &input.rt, clause(&g.tangent_where));
    let pairs = |by: &dyn Fn(&Ident, &Ident) -> TokenStream| -> TokenStream {
        input
            .variants
            .iter()
            .map(|v| {
                let (a, b) = (pattern(v, "_a"), pattern(v, "_b"));
                let parts = active(v).map(|f| by(&bound(f, "_a"), &bound(f, "_b")));
                quote!((#a, #b) => { #(#parts)* })
            })
            .collect()
    };
    let add = pairs(&|a, b| quote!(#rt::Tangent::add_assign(#a, #b);));
    let absorb = pairs(&|a, b| quote!(#rt::Tangent::absorb(#a, #b);));
    let dot = pairs(&|a, b| quote!(sum += #rt::Tangent::dot(#a, #b);));
    let zero = input.is_enum().then(|| input.zero());
    // Of two values of different variants, the tangent of the one that is there stays.
    let (mut add_else, mut absorb_else, mut dot_else) = (quote!(), quote!(), quote!());
    if let Some(zero) = &zero {
        add_else = quote!((this @ Self::#zero, other) => *this = ::core::clone::Clone::clone(other), _ => {});
        absorb_else = quote!((this @ Self::#zero, other) => *this = other, _ => {});
        dot_else = quote!(_ => {});
    }
    let each = |method: &str, rest: TokenStream| {
        let method = format_ident!("{}", method);
        arms(input, &|f| {
            let field = &f.name;
            quote!(#rt::Tangent::#method(#field #rest);)
        })
    };
    let scale = each("scale", quote!(, factor));
    let set_zero = each("set_zero", quote!());
    let for_each = each("for_each", quote!(, visit));
    let for_each_mut = each("for_each_mut", quote!(, visit));
    let finite = arms(input, &|f| {
        let field = &f.name;
        quote!(finite &= #rt::Tangent::is_finite(#field);)
    });
    let zeros = input.variants.iter().map(|v| {
        let pattern = pattern(v, "");
        let value = build(v, &|f| {
            let field = &f.name;
            quote!(#rt::Tangent::zero_like(#field))
        });
        quote!(#pattern => #value,)
    });
    let zero_zero = zero.iter().map(|z| quote!(Self::#z => Self::#z,));
    let neutral: TokenStream = match &zero {
        Some(zero) => quote!(Self::#zero),
        None => input
            .variants
            .iter()
            .map(|v| build(v, &|_| quote!(#rt::Tangent::neutral())))
            .collect(),
    };
    quote! {
        #[automatically_derived]
        impl #generics #rt::Varied for #name #args #predicates {}

        #[automatically_derived]
        #[allow(unused_variables, unused_mut, clippy::all, clippy::pedantic)]
        impl #generics #rt::Tangent for #name #args #predicates {
            #[inline]
            fn add_assign(&mut self, other: &Self) {
                match (self, other) { #add #add_else }
            }
            #[inline]
            fn absorb(&mut self, other: Self) {
                match (self, other) { #absorb #absorb_else }
            }
            #[inline]
            fn scale(&mut self, factor: f64) {
                match self { #scale }
            }
            #[inline]
            fn dot(&self, other: &Self) -> f64 {
                let mut sum = 0.0;
                match (self, other) { #dot #dot_else }
                sum
            }
            #[inline]
            fn set_zero(&mut self) {
                match self { #set_zero }
            }
            #[inline]
            fn zero_like(&self) -> Self {
                match self { #(#zeros)* #(#zero_zero)* }
            }
            #[inline]
            fn neutral() -> Self {
                #neutral
            }
            #[inline]
            fn for_each(&self, visit: &mut dyn FnMut(f64)) {
                match self { #for_each }
            }
            #[inline]
            fn for_each_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
                match self { #for_each_mut }
            }
            #[inline]
            fn is_finite(&self) -> bool {
                let mut finite = true;
                match self { #finite }
                finite
            }
        }
    }
}

/// The type's own impl.
fn differentiable(input: &Input) -> TokenStream {
    let g = &input.generics;
    let (generics, args) = (&g.type_impl, &g.type_args);
    let (tangent, tangent_args) = (&input.tangent, &g.tangent_args);
    let (name, rt, predicates) = (&input.item.ident, &input.rt, clause(&g.type_where));
    let arms = input.variants.iter().map(|v| {
        let pattern = pattern(v, "");
        let tangent = match v.ident {
            Some(ident) => quote!(#tangent::#ident),
            None => quote!(#tangent),
        };
        let fields = v.fields.iter().map(|f| {
            let (member, field) = (&f.member, &f.name);
            match f.ty {
                Some(ty) => quote_spanned! {ty.span()=>
                    #member: <#ty as #rt::Differentiable>::zero_tangent(#field)
                },
                None => quote!(#member: #rt::NoTangent),
            }
        });
        quote!(#pattern => #tangent { #(#fields),* },)
    });
    let visits = |visit: &str| -> TokenStream {
        let visit = format_ident!("{visit}");
        let arms = input.variants.iter().map(|v| {
            let pattern = pattern(v, "");
            let fields = v.fields.iter().filter_map(|f| {
                let (ty, field) = (f.ty?, &f.name);
                Some(quote_spanned!(ty.span()=> #rt::Differentiable::#visit(#field, visit);))
            });
            quote!(#pattern => { #(#fields)* })
        });
        quote!(#(#arms)*)
    };
    let (coordinates, coordinates_mut) = (visits("coordinates"), visits("coordinates_mut"));
    let parts = match input.variants.as_slice() {
        [one] if one.ident.is_none() => {
            let fields = one.fields.iter().filter(|f| f.ty.is_some());
            let names = fields.map(|f| f.member.to_token_stream().to_string());
            Some(quote!(const PARTS: &'static [&'static str] = &[#(#names),*];))
        }
        _ => None,
    };
    // An enum without variants has no value to be the zero of.
    let empty = input
        .variants
        .is_empty()
        .then(|| quote!(_ => match *self {},));
    quote! {
        #[automatically_derived]
        #[allow(unused_variables, clippy::all, clippy::pedantic)]
        impl #generics #rt::Differentiable for #name #args #predicates {
            type Tangent = #tangent #tangent_args;
            type Shadow = #tangent #tangent_args;
            #parts
            #[inline]
            fn zero_tangent(&self) -> Self::Tangent {
                match self { #(#arms)* #empty }
            }
            fn coordinates(&self, visit: &mut dyn ::core::ops::FnMut(f64)) {
                match self { #coordinates #empty }
            }
            fn coordinates_mut(&mut self, visit: &mut dyn ::core::ops::FnMut(&mut f64)) {
                match self { #coordinates_mut #empty }
            }
            #[inline(always)]
            fn shadow(tangent: &mut Self::Tangent) -> &mut Self::Shadow {
                tangent
            }
        }
    }
}
