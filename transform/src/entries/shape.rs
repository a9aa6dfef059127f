//! A function's signature in the forms that the entries need.

use super::Around;
use super::functions::{Way, observer};
use super::generics::{arguments, bounds, signature_types};
use super::rule::Rules;
use super::types::{elided, elided_tokens, said_at, tangent_type, without_lifetimes};
use crate::args::Options;
use crate::ir::*;
use crate::reverse::Sweep;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;

/// Where a function's entries stand, and so what they are called.
#[derive(Clone)]
pub(super) enum Home {
    /// In a type beside the function, under their own names.
    Space(Ident),
    /// Beside a method, in the same `impl`: `norm_grad` for `norm`. The method itself may be that of a trait.
    Siblings(Option<syn::Path>),
}

/// A function's signature in the forms that the entries need.
pub(super) struct Shape<'a> {
    pub(super) f: &'a Function,
    pub(super) function: &'a syn::ItemFn,
    pub(super) rt: TokenStream,
    /// Where the entries stand.
    pub(super) home: Home,
    /// The name of the struct that `gradients` gives; without one it gives a tuple.
    pub(super) gradients: Option<Ident>,
    /// The user's `self`, `&self` or `&mut self`.
    pub(super) receiver: Option<syn::Receiver>,
    /// Which parameters have adjoints is settled by a trait or a rule, whatever the body does with them.
    pub(super) fixed: bool,
    /// The user's own rules.
    pub(super) rules: Rules,
    /// The bounds that the entries need besides the user's.
    pub(super) bounds: Option<syn::WhereClause>,
    /// The `impl` has lifetimes of its own: no closure made in it is `'static`.
    pub(super) borrows: bool,
    /// Type and constant arguments by name, for calls of generated functions.
    pub(super) turbofish: TokenStream,
    /// What `use<…>` names of an opaque type that may live as long as `'static`.
    pub(super) captures: Vec<TokenStream>,
    pub(super) ret: TokenStream,
}

impl Shape<'_> {
    /// Whether the adjoint is borrowed from the caller: that of a function's environment always is.
    pub(super) fn is_reference(p: &Param) -> bool {
        p.function.is_some() || matches!(p.ty, syn::Type::Reference(_))
    }

    /// Whether the pullback looks at the parameter again.
    pub(super) fn is_shared(p: &Param) -> bool {
        p.function.is_none() && Self::is_reference(p) && !Self::is_exclusive(p)
    }

    pub(super) fn is_exclusive(p: &Param) -> bool {
        matches!(&p.ty, syn::Type::Reference(r) if r.mutability.is_some())
    }

    /// A buffer that may come back with another shape: its adjoint is made once the function has run.
    pub(super) fn is_reshaped(&self, p: &Param) -> bool {
        Self::is_exclusive(p) && !self.f.types.of(&p.ty).is_fixed()
    }

    /// Whether the tangents of a type may differ in more than their lengths, from value to value.
    pub(super) fn differs(&self, ty: &impl ToTokens) -> bool {
        let Ok(ty) = syn::parse2::<syn::Type>(ty.to_token_stream()) else {
            return false;
        };
        let ty = self.f.types.of(&ty);
        let elements = ty.is_sequence() && ty.element().is_fixed();
        !ty.is_fixed() && !elements
    }

    pub(super) fn referent(p: &Param) -> TokenStream {
        match &p.ty {
            syn::Type::Reference(r) => r.elem.to_token_stream(),
            ty => ty.to_token_stream(),
        }
    }

    /// The owned tangent's type.
    pub(super) fn tangent(&self, p: &Param) -> TokenStream {
        if let Some(given) = &p.function {
            return given.environment.to_token_stream();
        }
        tangent_type(&self.rt, &self.f.types.of(&p.ty), &Self::referent(p))
    }

    /// The function that makes a parameter's zero tangent.
    pub(super) fn zero(&self, p: &Param) -> TokenStream {
        let (rt, of) = (&self.rt, Self::referent(p));
        said_at(&of, quote!(#rt::Differentiable::zero_tangent))
    }

    /// What is borrowed to add to: of a slice's tangent a slice, of another the tangent itself.
    pub(super) fn shadow(&self, p: &Param) -> TokenStream {
        let (of, rt) = (Self::referent(p), &self.rt);
        match Self::slice(p) {
            Some(elem) if self.f.types.of(elem).is_float() => of,
            Some(_) => {
                let named = without_lifetimes(&of);
                said_at(&of, quote!(<#named as #rt::Differentiable>::Shadow))
            }
            None => self.tangent(p),
        }
    }

    /// The borrow of an owned tangent.
    pub(super) fn lent(&self, p: &Param, tangent: &Ident) -> TokenStream {
        match Self::slice(p) {
            Some(_) => quote!(&mut #tangent[..]),
            None => quote!(&mut #tangent),
        }
    }

    /// The element type of a parameter that is a reference to a slice.
    pub(super) fn slice(p: &Param) -> Option<&syn::Type> {
        let syn::Type::Reference(r) = &p.ty else {
            return None;
        };
        match &*r.elem {
            syn::Type::Slice(s) => Some(&s.elem),
            _ => None,
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
            .filter(|p| Self::is_shared(p))
            .map(|p| self.name(p).to_token_stream())
    }

    /// The name of an entry where it stands.
    pub(super) fn ident(&self, entry: &str) -> Ident {
        match self.home {
            Home::Space(_) => Ident::new(entry, Span::call_site()),
            Home::Siblings(_) => sibling(&self.function.sig.ident, entry),
        }
    }

    /// The path to an entry.
    pub(super) fn path(&self, entry: &str) -> TokenStream {
        let ident = self.ident(entry);
        match &self.home {
            Home::Space(space) => quote!(#space::#ident),
            Home::Siblings(_) => quote!(Self::#ident),
        }
    }

    /// Whether the pullback adds to an adjoint of the parameter.
    pub(super) fn has_adjoint(&self, p: &Param, sweep: &Sweep) -> bool {
        match self.fixed {
            true => p.active || p.is_differentiable_function(),
            false => sweep.adjoints.contains_key(&p.var),
        }
    }

    pub(super) fn where_clause(&self) -> Option<&syn::WhereClause> {
        self.bounds.as_ref()
    }

    /// What the opaque types of closures promise besides being callable.
    pub(super) fn opaque_bounds(&self, way: Way) -> TokenStream {
        let all = &self.captures;
        let observer = (way == Way::Masked).then(observer);
        let captures = quote!(use<#(#all,)* #observer>);
        if self.borrows {
            quote!(::core::marker::Send + #captures)
        } else {
            quote!(::core::marker::Send + 'static + #captures)
        }
    }

    /// A method's inputs may have types that only its `impl` can name.
    pub(super) fn gradients_are_generic(&self) -> bool {
        matches!(self.home, Home::Siblings(_)) || !self.function.sig.generics.params.is_empty()
    }

    /// A generated type that mentions several tangents, at the first parameter whose type could have none.
    pub(super) fn said(&self, ty: TokenStream) -> TokenStream {
        let known = |p: &&Param| {
            let ty = self.f.types.of(&p.ty);
            let ty = ty.peeled();
            ty.is_float() || ty.is_constant() || ty.is_sequence()
        };
        match self.f.params.iter().find(|p| p.active && !known(p)) {
            Some(p) => said_at(&Self::referent(p), ty),
            None => ty,
        }
    }

    /// What `gradients` gives.
    pub(super) fn gradients_type(&self) -> TokenStream {
        let types = self.inputs().into_iter().map(|p| self.tangent(p));
        let watched = self.f.watched.iter().map(|w| self.watched_tangent(w));
        match &self.gradients {
            Some(name) if self.gradients_are_generic() => quote!(#name<#(#types,)* #(#watched),*>),
            Some(name) => quote!(#name),
            None => {
                let watched = self
                    .f
                    .watched
                    .iter()
                    .map(|w| self.told(w, &self.watched_tangent(w)));
                quote!((#(::core::option::Option<#types>,)* #(#watched,)*))
            }
        }
    }

    /// Whether nothing that the function gives or changes can carry a derivative.
    pub(super) fn gives_nothing(&self) -> bool {
        self.f.vars[self.f.ret].ty.is_constant() && !self.f.params.iter().any(Self::is_exclusive)
    }

    /// Who uses a derivative uses the function, whatever the lint on dead code would say.
    pub(super) fn primal_entry(&self) -> Option<TokenStream> {
        let Home::Space(_) = self.home else {
            return None;
        };
        let (generics, name) = (&self.function.sig.generics, &self.function.sig.ident);
        let (rt, where_clause) = (&self.rt, self.where_clause());
        // That a bound called `Real` is ours is asked here, once.
        let reals = self.f.types.reals.iter().map(|param| {
            let at = Span::call_site().located_at(param.span());
            quote_spanned!(at=> #rt::assert_real::<#param>();)
        });
        // A parameter may have the function's own name, which it hides from what stands beside it, and not from here.
        let names = self.names().into_iter().map(|mut param| {
            if param == *name {
                param.set_span(Span::mixed_site().located_at(param.span()));
            }
            param
        });
        let names: Vec<Ident> = names.collect();
        let params = names.iter().zip(&self.f.params).map(|(name, p)| {
            let ty = &p.ty;
            quote!(#name: #ty)
        });
        let ret = &self.ret;
        // What stands for an `impl Trait` cannot be named in a call of the function.
        let written: Vec<Ident> = arguments(generics)
            .into_iter()
            .filter(|name| !crate::desugar::is_argument(name))
            .collect();
        let written = match written.as_slice() {
            [] => quote!(),
            names => quote!(::<#(#names),*>),
        };
        Some(quote! {
            #[doc(hidden)]
            fn __primal #generics (#(#params),*) -> #ret #where_clause {
                #(#reals)*
                #name #written(#(#names),*)
            }
        })
    }

    /// The statement that uses the function.
    pub(super) fn primal_use(&self) -> TokenStream {
        // What stands for an `impl Fn` of a method cannot be named.
        let generics = &self.function.sig.generics;
        let unnamed = arguments(generics).iter().any(crate::desugar::is_argument);
        if unnamed && matches!(self.home, Home::Siblings(_)) {
            return TokenStream::new();
        }
        let primal = self.primal_path();
        quote!(let _ = #primal;)
    }

    /// The path to the user's function.
    pub(super) fn primal_path(&self) -> TokenStream {
        let turbofish = &self.primal_turbofish();
        match &self.home {
            Home::Space(space) => quote!(#space::__primal #turbofish),
            Home::Siblings(of_trait) => {
                let name = &self.function.sig.ident;
                match of_trait {
                    Some(path) => quote!(<Self as #path>::#name #turbofish),
                    None => quote!(Self::#name #turbofish),
                }
            }
        }
    }

    pub(super) fn inputs(&self) -> Vec<&Param> {
        self.f.params.iter().filter(|p| p.active).collect()
    }
}

/// Lints that generated code is exempt from.
pub fn quiet() -> TokenStream {
    // A crate may forbid the group of unused things; this is the exemption from being told that it is exempt.
    // Unused variables are denied by name more often than forbidden; naming more groups would meet `forbid`.
    quote!(#[allow(forbidden_lint_groups, warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)])
}

/// The path of what generated code uses.
pub fn runtime(options: &Options) -> TokenStream {
    let krate = krate(options);
    quote!(#krate::rt)
}

/// Where the crate `pullback` is found.
pub fn krate(options: &Options) -> TokenStream {
    match &options.krate {
        Some(path) => path.to_token_stream(),
        None => quote!(::pullback),
    }
}

pub(super) fn shape<'a>(
    function: &'a syn::ItemFn,
    options: &Options,
    around: &Around,
    f: &'a Function,
) -> Shape<'a> {
    let args = arguments(&function.sig.generics);
    let outer = around.generics.map(arguments).unwrap_or_default();
    let in_impl = around.generics.is_some() || around.in_plain_impl;
    let borrows = around.fixed
        && around
            .generics
            .is_some_and(|g| g.lifetimes().next().is_some())
        && crate::names::mentions(
            &signature_types(function, f).map(|ty| quote!(#ty)).collect(),
            &Ident::new("Self", Span::call_site()),
        );
    let mut captured: Vec<TokenStream> = args.iter().map(|a| a.to_token_stream()).collect();
    let mut given: Vec<&crate::functions::Given> = Vec::new();
    for function in f.params.iter().filter_map(|p| p.function.as_deref()) {
        if given.iter().any(|g| g.name == function.name) {
            continue;
        }
        given.push(function);
        captured.push(function.pullback.to_token_stream());
        captured.push(function.environment.to_token_stream());
    }
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
        rt: runtime(options),
        home: match in_impl {
            // A trait with several implementations wants to be told which.
            true => Home::Siblings(match (around.fixed, &options.around) {
                (false, Some(item)) => item.trait_.as_ref().map(|(path, _)| path.clone()),
                _ => None,
            }),
            false => Home::Space(space(function, options)),
        },
        gradients: match in_impl {
            true => around.gradients.clone(),
            false => Some(super::gradients::gradients_name(function, options)),
        },
        receiver: around.receiver.clone(),
        fixed: around.fixed || Rules::of(options).any(),
        rules: Rules::of(options),
        bounds: bounds(function, options, around, f),
        borrows,
        turbofish,
        captures: outer
            .iter()
            .map(ToTokens::to_token_stream)
            .chain(captured)
            .collect(),
        ret,
    }
}

/// The name of an entry beside a method. What differentiable callers call is named so that rustc, when it finds
/// none, tells the reader what to do.
pub fn sibling(method: &Ident, entry: &str) -> Ident {
    let method = method.unraw();
    let name = match entry.strip_prefix("__") {
        Some("call") => format!("__differentiable_{method}"),
        Some("masked_call") => format!("__masked_{method}"),
        Some(entry) => format!("__{entry}_{method}"),
        None => format!("{method}_{entry}"),
    };
    Ident::new(&name, Span::call_site().located_at(method.span()))
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
    pullback_params_with(s, sweep, None)
}

/// The same where the tangent of every function's environment is known.
pub(super) fn pullback_params_with(
    s: &Shape,
    sweep: &Sweep,
    environment: Option<&TokenStream>,
) -> Vec<TokenStream> {
    let mut out = Vec::new();
    for p in s.f.params.iter().filter(|p| Shape::is_shared(p)) {
        let ty = elided(&p.ty);
        out.push(quote!(#ty));
    }
    for p in
        s.f.params
            .iter()
            .filter(|p| s.has_adjoint(p, sweep) && Shape::is_reference(p))
    {
        let ty = match (environment, &p.function) {
            (Some(environment), Some(_)) => environment.clone(),
            _ => elided_tokens(&s.shadow(p)),
        };
        out.push(quote!(&mut #ty));
    }
    out
}

/// The inputs by value that have an adjoint, in order.
pub(super) fn by_value<'a>(s: &'a Shape, sweep: &'a Sweep) -> Vec<&'a Param> {
    s.f.params
        .iter()
        .filter(|p| s.has_adjoint(p, sweep) && !Shape::is_reference(p))
        .collect()
}
