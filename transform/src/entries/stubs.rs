//! What stands in for the derivatives of a function with errors, so that one mistake is one error.
//!
//! Callers, also differentiable ones, find every entry that a right function would have, with its number of
//! parameters and results. The types come from syntax alone and ask nothing of the user's types: where a
//! tangent's type is not known, the input's own type takes its place, which has the same fields. The bodies
//! are never run, because the crate does not compile.

use super::gradients::gradients_name;
use super::shape::{quiet, space};
use super::types::tuple;
use crate::args::Options;
use crate::diagnostics::{Code, Diagnostic};
use crate::lower::is_marked;
use crate::ty::{Ty, Types};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, ItemFn, Pat, ReturnType, Type};

/// Types that a name space of the same name would hide.
const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16",
    "u32", "u64", "u128", "usize",
];

fn is_primitive(name: &Ident) -> bool {
    PRIMITIVES.iter().any(|p| name.unraw() == p)
}

/// A name space called like a primitive type, which everything around it would then mean instead.
pub fn check_name(function: &ItemFn, options: &Options) -> Option<Diagnostic> {
    let name = options.name.as_ref().unwrap_or(&function.sig.ident);
    is_primitive(name).then(|| {
        let detail = format!("they would hide the type `{name}`");
        Diagnostic::new(Code::PrimitiveName, name, detail)
    })
}

/// The entries of a function with errors; none where a type cannot stand or would hide a primitive one.
pub fn stubs(function: &ItemFn, options: &Options) -> TokenStream {
    let name = space(function, options);
    let in_impl = function
        .sig
        .inputs
        .iter()
        .any(|i| matches!(i, FnArg::Receiver(_)))
        || crate::names::mentions(&function.sig.to_token_stream(), &format_ident!("Self"));
    if in_impl || is_primitive(&name) {
        return TokenStream::new();
    }
    let s = Signature::of(function, options);
    let vis = &function.vis;
    let quiet = quiet();
    let (gradients, public, hidden) = (
        s.gradients(function, options),
        s.public(&gradients_name(function, options)),
        s.hidden(),
    );
    let facts = super::facts::unknown(&s.rt, &name, s.params.len());
    quote! {
        #quiet
        #vis enum #name {}
        #facts
        #gradients
        #quiet
        impl #name { #public #hidden }
    }
}

/// The types of a function's entries.
struct Signature<'a> {
    generics: &'a syn::Generics,
    /// The types of the parameters.
    params: Vec<Type>,
    /// The differentiated parameters: their fields and types.
    inputs: Vec<(Ident, Type)>,
    /// How many parameters may have a tangent, differentiated or not.
    varying: usize,
    ret: Type,
    rt: TokenStream,
}

impl Signature<'_> {
    fn of<'a>(function: &'a ItemFn, options: &Options) -> Signature<'a> {
        let types = Types::of_generics(&function.sig.generics);
        let mut s = Signature {
            generics: &function.sig.generics,
            params: Vec::new(),
            inputs: Vec::new(),
            varying: 0,
            rt: super::shape::runtime(options),
            ret: match &function.sig.output {
                ReturnType::Default => Type::Verbatim(quote!(())),
                ReturnType::Type(_, ty) => (**ty).clone(),
            },
        };
        for (n, input) in function.sig.inputs.iter().enumerate() {
            let FnArg::Typed(input) = input else { continue };
            let mut ty = (*input.ty).clone();
            Parameter.visit_type_mut(&mut ty);
            s.params.push(ty);
            if types.of(&input.ty).is_constant() {
                continue;
            }
            s.varying += 1;
            let field = match &*input.pat {
                Pat::Ident(p) => p.ident.clone(),
                _ => Ident::new(&format!("arg{n}"), Span::call_site()),
            };
            let unwanted = options.wrt.as_ref().is_some_and(|w| !w.contains(&field));
            if !unwanted && !is_marked(&input.attrs, "constant") {
                s.inputs.push((field, (*input.ty).clone()));
            }
        }
        Value.visit_type_mut(&mut s.ret);
        s
    }

    fn results(&self) -> Vec<TokenStream> {
        self.inputs.iter().map(|(_, ty)| tangent(ty)).collect()
    }

    fn gradients(&self, function: &ItemFn, options: &Options) -> TokenStream {
        let (vis, quiet) = (&function.vis, quiet());
        let name = gradients_name(function, options);
        let fields = self.inputs.iter().map(|(field, _)| field);
        let params: Vec<Ident> = (0..self.inputs.len())
            .map(|n| format_ident!("T{}", n))
            .collect();
        // A default can be named where no parameter of the function's own is in it.
        let defaults = self.results().into_iter().map(|ty| {
            let is_plain = self.generics.params.is_empty();
            is_plain.then(|| quote!(= #ty))
        });
        quote! {
            #quiet
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            #vis struct #name<#(#params #defaults),*> { #(pub #fields: ::core::option::Option<#params>,)* }
        }
    }

    fn public(&self, gradients: &Ident) -> TokenStream {
        let (generics, bounds) = (self.generics, &self.generics.where_clause);
        let (params, ret) = (&self.params, &self.ret);
        let results = self.results();
        let result = tuple(&results);
        let buffers = self.inputs.iter().map(|_| quote!(&mut (impl ?Sized)));
        let seed = tangent(ret);
        let (exclusive, owned): (Vec<&Type>, Vec<&Type>) = self
            .inputs
            .iter()
            .map(|(_, ty)| ty)
            .partition(|ty| is_exclusive(ty));
        let shadows: Vec<TokenStream> = exclusive.iter().map(|ty| shadow(ty)).collect();
        let owned: Vec<TokenStream> = owned.iter().map(|ty| tangent(ty)).collect();
        let owned = tuple(&owned);
        let primals = tuple(
            &params
                .iter()
                .map(ToTokens::to_token_stream)
                .collect::<Vec<_>>(),
        );
        let directions: Vec<TokenStream> =
            self.inputs.iter().map(|(_, ty)| direction(ty)).collect();
        let directions = tuple(&directions);
        quote! {
            pub fn grad #generics (#(_: #params),*) -> #result #bounds { loop {} }
            pub fn grad_with #generics (_: &mut (impl ?Sized), #(_: #params),*) -> #result #bounds { loop {} }
            pub fn value_and_grad #generics (#(_: #params),*) -> (#ret, #result) #bounds { loop {} }
            pub fn value_and_grad_with #generics (
                _: &mut (impl ?Sized), #(_: #params),*
            ) -> (#ret, #result) #bounds { loop {} }
            pub fn accumulate_grad #generics (#(_: #params,)* #(_: #buffers),*) -> #ret #bounds { loop {} }
            pub fn gradients #generics (#(_: #params),*) -> #gradients<#(#results),*> #bounds { loop {} }
            pub fn vjp #generics (
                #(_: #params),*
            ) -> (#ret, impl ::core::ops::FnOnce(#seed #(, #shadows)*) -> #owned) #bounds {
                fn never<T>() -> T { loop {} }
                (never(), |_: #seed #(, _: #shadows)*| never())
            }
            pub fn jvp #generics (_: #primals, _: #directions) -> (#ret, #seed) #bounds { loop {} }
            pub fn hvp #generics (_: #primals, _: #directions) -> #result #bounds { loop {} }
        }
    }

    /// What the derivatives of a differentiable caller use.
    fn hidden(&self) -> TokenStream {
        let (generics, bounds) = (self.generics, &self.generics.where_clause);
        let (params, ret) = (&self.params, &self.ret);
        let dot = tangent(ret);
        let seed = &dot;
        let rt = &self.rt;
        let directions = (0..self.varying).map(|_| quote!(impl Sized));
        let is_shared = |ty: &Type| matches!(ty, Type::Reference(r) if r.mutability.is_none());
        let again: Vec<TokenStream> = params
            .iter()
            .map(|ty| match is_shared(ty) {
                true => super::types::elided(ty).into_token_stream(),
                false => quote!(#rt::Owned),
            })
            .collect();
        // The tangent function has the directions for parameters of its own.
        let types = Types::of_generics(generics);
        let varying = params.iter().filter(|ty| !types.of(ty).is_constant());
        let again_dot = varying.map(|ty| match is_shared(ty) {
            true => {
                let ty = borrowed(ty);
                quote!(&#ty)
            }
            false => quote!(#rt::Owned),
        });
        let unused_dot = (0..self.varying).map(|_| quote!(#rt::Unused));
        let unused: Vec<TokenStream> = params.iter().map(|_| quote!(#rt::Unused)).collect();
        // The tape comes by reference, so that the caller's is borrowed and not moved.
        let back = quote!(fn(#seed, (#(#again,)*), (#(#unused,)*), &mut #rt::Tape));
        let (observer, mut observed) = (super::functions::observer(), generics.clone());
        observed.params.push(syn::parse_quote!(#observer));
        let masked_back = quote!(fn(#seed, (#(#again,)*), (#(#unused,)*), &mut #observer));
        let tangent_back = quote! {
            fn((#seed, #seed), (#(#again,)* #(#again_dot,)*), (#(#unused,)* #(#unused_dot,)*), &mut #rt::Tape)
        };
        quote! {
            #[doc(hidden)]
            pub fn __call #generics (#(_: #params,)* _: &mut (impl ?Sized)) -> (#ret, #back) #bounds { loop {} }
            #[doc(hidden)]
            pub fn __masked_call #observed (
                #(_: #params,)* _: &mut #observer
            ) -> (#ret, u64, #masked_back) #bounds { loop {} }
            #[doc(hidden)]
            pub fn __jvp #generics (#(_: #params,)* _: (#(#unused,)*)) -> (#ret, #dot) #bounds { loop {} }
            #[doc(hidden)]
            pub fn __jvp_call #generics (
                #(_: #params,)* #(_: #directions,)* _: &mut (impl ?Sized)
            ) -> ((#ret, #dot), #tangent_back) #bounds { loop {} }
        }
    }
}

fn is_exclusive(ty: &Type) -> bool {
    matches!(ty, Type::Reference(r) if r.mutability.is_some())
}

/// Stands in for the tangent of a type.
fn tangent(ty: &Type) -> TokenStream {
    let mut ty = ty.clone();
    Tangent.visit_type_mut(&mut ty);
    ty.into_token_stream()
}

/// Stands in for what is borrowed of an exclusive parameter's tangent.
fn shadow(ty: &Type) -> TokenStream {
    if !matches!(ty, Type::Reference(_)) {
        return tangent(ty);
    }
    let ty = borrowed(ty);
    quote!(&mut #ty)
}

/// Stands in for what a reference to a parameter's tangent refers to.
fn borrowed(ty: &Type) -> TokenStream {
    match ty {
        Type::Reference(r) => match &*r.elem {
            Type::Slice(s) => {
                let elem = tangent(&s.elem);
                quote!([#elem])
            }
            elem => tangent(elem),
        },
        ty => tangent(ty),
    }
}

/// What a direction may be: of the known type, so that literals find theirs, or anything.
fn direction(ty: &Type) -> TokenStream {
    if is_exclusive(ty) || !is_known(&Types::default().of(ty)) {
        return quote!(impl Sized);
    }
    tangent(ty)
}

fn is_known(ty: &Ty) -> bool {
    match ty {
        Ty::Float(_) => true,
        Ty::Ref(t, _) | Ty::Slice(t) | Ty::Array(t, _) | Ty::Vec(t) => is_known(t),
        Ty::Tuple(ts) => ts.iter().all(is_known),
        Ty::Int(_)
        | Ty::Bool
        | Ty::Constant
        | Ty::Option(_)
        | Ty::Result(_)
        | Ty::Never
        | Ty::Function
        | Ty::Unknown => false,
    }
}

/// Takes out of a parameter's type what cannot stand there.
struct Parameter;

impl VisitMut for Parameter {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Infer(_) | Type::Never(_) => *ty = Type::Verbatim(quote!(impl Sized)),
            // An `impl Trait` may not be within another, and function types have no parts to change.
            Type::ImplTrait(_) | Type::FnPtr(_) | Type::TraitObject(_) => {}
            _ => visit_mut::visit_type_mut(self, ty),
        }
    }
}

/// Takes out of a result's type what has no meaning beside parameters that are not its own.
struct Value;

impl VisitMut for Value {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Infer(_) | Type::Never(_) | Type::ImplTrait(_) => {
                *ty = Type::Verbatim(quote!(()));
                return;
            }
            Type::FnPtr(_) => return,
            Type::Reference(r) if r.lifetime.is_none() => r.lifetime = Some(forever()),
            _ => {}
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = forever();
        }
    }
}

/// Makes a type one that a tangent may have: owned and sized.
struct Tangent;

impl VisitMut for Tangent {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        loop {
            let inner = match ty {
                Type::Reference(r) => (*r.elem).clone(),
                Type::Paren(p) => (*p.elem).clone(),
                Type::Group(g) => (*g.elem).clone(),
                _ => break,
            };
            *ty = inner;
        }
        let replacement = match ty {
            Type::Slice(s) => {
                self.visit_type_mut(&mut s.elem);
                let elem = &s.elem;
                quote!(::std::vec::Vec<#elem>)
            }
            Type::TraitObject(_) => quote!(()),
            Type::Path(p) if p.path.is_ident("str") => quote!(()),
            _ => return Value.visit_parts(ty, self),
        };
        *ty = Type::Verbatim(replacement);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
        Value.visit_lifetime_mut(lifetime);
    }
}

impl Value {
    /// What a value's type gives up, and then the parts by another's rules.
    fn visit_parts(&mut self, ty: &mut Type, parts: &mut impl VisitMut) {
        match ty {
            Type::Infer(_) | Type::Never(_) | Type::ImplTrait(_) => {
                *ty = Type::Verbatim(quote!(()));
            }
            Type::FnPtr(_) => {}
            _ => visit_mut::visit_type_mut(parts, ty),
        }
    }
}

fn forever() -> syn::Lifetime {
    syn::Lifetime::new("'static", Span::call_site())
}
