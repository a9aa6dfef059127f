//! The tangent as a vector space: zero, sums and multiples, part by part.

use super::impls::{active, arms, bound, build, clause, field_ty, pattern};
use super::input::Input;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The vector space.
pub(super) fn tangent(input: &Input) -> TokenStream {
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
    let one_shape = one_shape(input);
    quote! {
        #[automatically_derived]
        impl #generics #rt::Varied for #name #args #predicates {}

        #one_shape

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

/// A struct's tangents are of one shape if those of its fields are, which is for rustc to see: with a lifetime in front
/// it takes a condition that does not hold for one that is not fulfilled, and not for a mistake.
fn one_shape(input: &Input) -> Option<TokenStream> {
    if input.is_enum() {
        return None;
    }
    let g = &input.generics;
    let (generics, args, name) = (&g.tangent_impl, &g.tangent_args, &input.tangent);
    let rt = &input.rt;
    let fields = input.fields().filter(|f| f.ty.is_some()).map(|f| {
        let ty = field_ty(input, f);
        quote!(for<'__use> #ty: #rt::OneShape)
    });
    let predicates: Vec<TokenStream> = g.tangent_where.iter().cloned().chain(fields).collect();
    let predicates = clause(&predicates);
    Some(quote! {
        #[automatically_derived]
        #[allow(private_bounds)]
        impl #generics #rt::OneShape for #name #args #predicates {}
    })
}
