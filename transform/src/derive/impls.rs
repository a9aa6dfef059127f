//! The tangent's definition and its impls.

use super::accessor;
use super::input::{Field, Input, Variant};
use super::parameters::parameters;
use super::space::tangent;
use super::standard::standard;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

/// Everything that the derive adds.
pub(super) fn all(input: &Input) -> TokenStream {
    let definition = definition(input);
    let accessors = accessors(input);
    let standard = standard(input);
    let tangent = tangent(input);
    let differentiable = differentiable(input);
    let parameters = parameters(input);
    quote!(#definition #accessors #standard #tangent #differentiable #parameters)
}

/// The type of a field in the tangent.
pub(super) fn field_ty(input: &Input, field: &Field) -> TokenStream {
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

pub(super) fn clause(predicates: &[TokenStream]) -> TokenStream {
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
pub(super) fn build(variant: &Variant, value: &dyn Fn(&Field) -> TokenStream) -> TokenStream {
    let path = path(variant);
    let fields = variant.fields.iter().map(|f| {
        let (member, value) = (&f.member, value(f));
        quote!(#member: #value)
    });
    quote!(#path { #(#fields),* })
}

/// The pattern that binds every field, under its name with a suffix.
pub(super) fn pattern(variant: &Variant, suffix: &str) -> TokenStream {
    let path = path(variant);
    let fields = variant.fields.iter().map(|f| {
        let (member, name) = (&f.member, bound(f, suffix));
        quote!(#member: #name)
    });
    quote!(#path { #(#fields),* })
}

pub(super) fn bound(field: &Field, suffix: &str) -> Ident {
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

/// An arm for each variant, over the fields that are active.
pub(super) fn arms(input: &Input, each: &dyn Fn(&Field) -> TokenStream) -> TokenStream {
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

pub(super) fn active<'a>(variant: &'a Variant) -> impl Iterator<Item = &'a Field<'a>> {
    variant.fields.iter().filter(|f| f.ty.is_some())
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
