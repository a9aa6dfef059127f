//! A function's signature in the forms that the entries need.

use crate::args::Options;
use crate::ir::*;
use crate::reverse::Sweep;
use crate::ty::Ty;
use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::ToTokens;
use quote::quote;
use syn::visit_mut::VisitMut;

/// A function's signature in the forms that the entries need.
pub(super) struct Shape<'a> {
    pub(super) f: &'a Function,
    pub(super) function: &'a syn::ItemFn,
    pub(super) rt: TokenStream,
    /// The name space.
    pub(super) space: Ident,
    /// Type and constant arguments by name, for calls of generated functions.
    pub(super) turbofish: TokenStream,
    /// `use<…>` of an opaque type that may live as long as `'static`.
    pub(super) captures: TokenStream,
    pub(super) ret: TokenStream,
}

impl Shape<'_> {
    pub(super) fn is_reference(p: &Param) -> bool {
        matches!(p.ty, syn::Type::Reference(_))
    }

    pub(super) fn is_exclusive(p: &Param) -> bool {
        matches!(&p.ty, syn::Type::Reference(r) if r.mutability.is_some())
    }

    pub(super) fn referent(p: &Param) -> TokenStream {
        match &p.ty {
            syn::Type::Reference(r) => r.elem.to_token_stream(),
            ty => ty.to_token_stream(),
        }
    }

    /// The owned tangent's type.
    pub(super) fn tangent(&self, p: &Param) -> TokenStream {
        tangent_type(&self.rt, &Ty::of(&p.ty), &Self::referent(p))
    }

    /// What is borrowed to add to.
    pub(super) fn shadow(&self, p: &Param) -> TokenStream {
        let of = Self::referent(p);
        match Ty::of(&p.ty).peeled() {
            Ty::Slice(t) if t.is_float() => of,
            ty if ty.is_float() => of,
            _ => {
                let rt = &self.rt;
                quote!(<#of as #rt::Differentiable>::Shadow)
            }
        }
    }

    pub(super) fn seed(&self) -> TokenStream {
        tangent_type(&self.rt, &self.f.vars[self.f.ret].ty, &self.ret)
    }

    pub(super) fn name(&self, p: &Param) -> Ident {
        self.f.vars[p.var].ident.clone()
    }

    /// The parameters as the user has them, but for patterns, which get a name.
    pub(super) fn params(&self) -> Vec<TokenStream> {
        self.f
            .params
            .iter()
            .map(|p| {
                let (name, ty) = (self.name(p), &p.ty);
                let mutable = self.f.vars[p.var].mutable.then(|| quote!(mut));
                quote!(#mutable #name: #ty)
            })
            .collect()
    }

    pub(super) fn plain_params(&self) -> Vec<TokenStream> {
        self.f
            .params
            .iter()
            .map(|p| {
                let (name, ty) = (self.name(p), &p.ty);
                quote!(#name: #ty)
            })
            .collect()
    }

    pub(super) fn names(&self) -> Vec<Ident> {
        self.f.params.iter().map(|p| self.name(p)).collect()
    }

    /// The parameters by shared reference, which the pullback looks at again.
    pub(super) fn passed_again(&self) -> impl Iterator<Item = TokenStream> {
        self.f
            .params
            .iter()
            .filter(|p| Self::is_reference(p) && !Self::is_exclusive(p))
            .map(|p| self.name(p).to_token_stream())
    }

    pub(super) fn inputs(&self) -> Vec<&Param> {
        self.f.params.iter().filter(|p| p.active).collect()
    }
}

/// The tangent of a type, spelled out where syntax tells it.
pub(super) fn tangent_type(rt: &TokenStream, ty: &Ty, written: &TokenStream) -> TokenStream {
    match ty.peeled() {
        Ty::Float(_) => written.clone(),
        Ty::Slice(t) if t.is_float() => {
            let name = match **t {
                Ty::Float(Some("f32")) => quote!(f32),
                _ => quote!(f64),
            };
            quote!(::std::vec::Vec<#name>)
        }
        _ => quote!(<#written as #rt::Differentiable>::Tangent),
    }
}

/// One type or a tuple of several; a bare one where there is one.
pub(super) fn tuple(parts: &[TokenStream]) -> TokenStream {
    match parts {
        [one] => one.clone(),
        parts => quote!((#(#parts),*)),
    }
}

/// Lints that generated code is exempt from.
pub(super) fn quiet() -> TokenStream {
    // Unused variables are denied by name more often than forbidden; naming more groups would meet `forbid`.
    quote!(#[allow(warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)])
}

pub(super) fn shape<'a>(
    function: &'a syn::ItemFn,
    options: &Options,
    f: &'a Function,
) -> Shape<'a> {
    let krate = match &options.krate {
        Some(path) => path.to_token_stream(),
        None => quote!(::pullback),
    };
    let generics = &function.sig.generics;
    let args: Vec<Ident> = generics
        .params
        .iter()
        .filter_map(|p| match p {
            syn::GenericParam::Type(t) => Some(t.ident.clone()),
            syn::GenericParam::Const(c) => Some(c.ident.clone()),
            syn::GenericParam::Lifetime(_) => None,
        })
        .collect();
    let turbofish = if args.is_empty() {
        quote!()
    } else {
        quote!(::<#(#args),*>)
    };
    let ret = match &function.sig.output {
        syn::ReturnType::Default => quote!(()),
        syn::ReturnType::Type(_, ty) => ty.to_token_stream(),
    };
    Shape {
        f,
        function,
        rt: quote!(#krate::rt),
        space: space(function, options),
        turbofish,
        captures: quote!(use<#(#args),*>),
        ret,
    }
}

pub(super) fn space(function: &syn::ItemFn, options: &Options) -> Ident {
    let mut name = options
        .name
        .clone()
        .unwrap_or_else(|| function.sig.ident.clone());
    // A name from the attribute's own span is exempt from the lint on the case of type names.
    name.set_span(Span::call_site().located_at(name.span()));
    name
}

/// The types of the pullback's parameters after the seed.
pub(super) fn pullback_params(s: &Shape, sweep: &Sweep) -> Vec<TokenStream> {
    let mut out = Vec::new();
    for p in
        s.f.params
            .iter()
            .filter(|p| Shape::is_reference(p) && !Shape::is_exclusive(p))
    {
        let ty = elided(&p.ty);
        out.push(quote!(#ty));
    }
    for p in
        s.f.params
            .iter()
            .filter(|p| sweep.adjoints.contains_key(&p.var) && Shape::is_reference(p))
    {
        let ty = elided_tokens(&s.shadow(p));
        out.push(quote!(&mut #ty));
    }
    out
}

/// A type with its lifetimes left out.
pub(super) fn elided(ty: &syn::Type) -> syn::Type {
    struct Elide;
    impl VisitMut for Elide {
        fn visit_lifetime_mut(&mut self, l: &mut syn::Lifetime) {
            if l.ident != "static" {
                l.ident = Ident::new("_", l.ident.span());
            }
        }
        fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
            r.lifetime = None;
            self.visit_type_mut(&mut r.elem);
        }
    }
    let mut ty = ty.clone();
    Elide.visit_type_mut(&mut ty);
    ty
}

pub(super) fn elided_tokens(ty: &TokenStream) -> TokenStream {
    match syn::parse2::<syn::Type>(ty.clone()) {
        Ok(ty) => elided(&ty).to_token_stream(),
        Err(_) => ty.clone(),
    }
}

/// The inputs by value that have an adjoint, in order.
pub(super) fn by_value<'a>(s: &'a Shape, sweep: &'a Sweep) -> Vec<&'a Param> {
    s.f.params
        .iter()
        .filter(|p| sweep.adjoints.contains_key(&p.var) && !Shape::is_reference(p))
        .collect()
}
