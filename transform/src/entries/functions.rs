//! Parameters that are functions, in the signatures of the entries: in those that callers use a function gives what
//! reverses it, in the public ones it is a plain function.

use super::generics::arguments;
use super::shape::Shape;
use super::types::{elided, tangent_type};
use crate::functions::{self, Given};
use crate::ir::Param;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// In which way a function's derivative is asked for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Way {
    /// Reverse mode.
    Reverse,
    /// Reverse mode with masks, under an observer.
    Masked,
    /// Forward mode.
    Forward,
}

/// The generics of an entry in whose signature functions give derivatives.
pub(super) struct Hidden {
    pub(super) generics: TokenStream,
    pub(super) bounds: Option<syn::WhereClause>,
    /// The arguments by name, for calls among such entries.
    pub(super) turbofish: TokenStream,
    /// The arguments from a public entry, whose functions are of other types.
    pub(super) open: TokenStream,
}

impl Way {
    /// The type of the workspace: the tape itself, or an observer that has one.
    pub(super) fn workspace(self, rt: &TokenStream) -> TokenStream {
        match self {
            Way::Masked => observer(),
            Way::Reverse | Way::Forward => quote!(#rt::Tape),
        }
    }
}

/// The type parameter that stands for the observer.
pub(super) fn observer() -> TokenStream {
    quote!(__O)
}

impl Shape<'_> {
    /// The functions among the parameters.
    pub(super) fn functions(&self) -> impl Iterator<Item = (&Param, &Given)> {
        let params = self.f.params.iter();
        params.filter_map(|p| p.function.as_deref().map(|given| (p, given)))
    }

    /// One for each type parameter that stands for a function.
    fn function_types(&self) -> Vec<&Given> {
        let mut out: Vec<&Given> = Vec::new();
        for (_, given) in self.functions() {
            match out.iter_mut().find(|g| g.name == given.name) {
                Some(known) if given.differentiable => *known = given,
                Some(_) => {}
                None => out.push(given),
            }
        }
        out
    }

    /// The generics of the entries that callers use.
    pub(super) fn hidden(&self, way: Way) -> Hidden {
        let mut generics = self.function.sig.generics.clone();
        let mut bounds = self.bounds.clone();
        let types = self.function_types();
        if types.is_empty() && way != Way::Masked {
            return Hidden {
                generics: generics.to_token_stream(),
                bounds,
                turbofish: self.turbofish.clone(),
                open: self.turbofish.clone(),
            };
        }
        let names = arguments(&generics);
        let mut turbofish: Vec<TokenStream> = names.iter().map(|n| n.to_token_stream()).collect();
        let mut open: Vec<TokenStream> = names
            .iter()
            .map(|n| match types.iter().any(|t| t.name == *n) {
                true => quote!(_),
                false => n.to_token_stream(),
            })
            .collect();
        let mut added: Vec<syn::WherePredicate> = Vec::new();
        for given in types {
            let mut change = |arguments: &mut syn::ParenthesizedGenericArguments| {
                self.change(given, way, arguments);
            };
            for p in generics.type_params_mut().filter(|p| p.ident == given.name) {
                functions::rewrite(&mut p.bounds, &mut change);
            }
            for p in bounds.iter_mut().flat_map(|w| &mut w.predicates) {
                if let syn::WherePredicate::Type(t) = p
                    && functions::is_name(&t.bounded_ty, &given.name)
                {
                    functions::rewrite(&mut t.bounds, &mut change);
                }
            }
            if way == Way::Forward {
                continue;
            }
            let (pullback, environment) = (&given.pullback, &given.environment);
            generics.params.push(syn::parse_quote!(#pullback));
            turbofish.push(pullback.to_token_stream());
            open.push(quote!(_));
            generics.params.push(syn::parse_quote!(#environment));
            turbofish.push(environment.to_token_stream());
            open.push(quote!(_));
            added.extend(self.pullback_bounds(given, way));
        }
        if way == Way::Masked {
            let (rt, observer) = (&self.rt, observer());
            generics
                .params
                .push(syn::parse_quote!(#observer: #rt::Observer));
            turbofish.push(observer);
            open.push(quote!(_));
        }
        generics.where_clause = None;
        let given = bounds.iter().flat_map(|w| &w.predicates);
        let all: Vec<&syn::WherePredicate> = given.chain(&added).collect();
        let bounds = (!all.is_empty()).then(|| syn::parse_quote!(where #(#all),*));
        Hidden {
            generics: generics.to_token_stream(),
            bounds,
            turbofish: quote!(::<#(#turbofish),*>),
            open: quote!(::<#(#open),*>),
        }
    }

    /// The arguments of the user's function: any function will do that its parameter can be.
    pub(super) fn primal_turbofish(&self) -> TokenStream {
        let types = self.function_types();
        if types.is_empty() {
            return self.turbofish.clone();
        }
        let args = arguments(&self.function.sig.generics);
        let args = args.iter().map(
            |name| match types.iter().find(|given| given.name == *name) {
                Some(given) => {
                    let (inputs, output) = (given.inputs.iter().map(elided), &given.output);
                    quote!(fn(#(#inputs),*) -> #output)
                }
                None => name.to_token_stream(),
            },
        );
        quote!(::<#(#args),*>)
    }

    /// What the bound on a function says in the entries that callers use.
    fn change(&self, given: &Given, way: Way, arguments: &mut syn::ParenthesizedGenericArguments) {
        let (rt, output, pullback) = (&self.rt, &given.output, &given.pullback);
        let result: syn::Type = match way {
            Way::Reverse => syn::parse_quote!((#output, #pullback)),
            Way::Masked => syn::parse_quote!((#output, u64, #pullback)),
            Way::Forward => {
                let dot = self.tangent_of(output);
                syn::parse_quote!((#output, #dot))
            }
        };
        match way {
            Way::Forward => {
                for ty in &given.inputs {
                    let dot = self.lent_tangent(ty);
                    arguments.inputs.push(match ty {
                        syn::Type::Reference(_) => syn::parse_quote!(&#dot),
                        _ => syn::parse_quote!(#dot),
                    });
                }
            }
            _ => {
                let workspace = way.workspace(rt);
                arguments.inputs.push(syn::parse_quote!(&mut #workspace));
            }
        }
        arguments.output = syn::parse_quote!(-> #result);
    }

    /// What a function's pullback takes, and that its environment has a tangent.
    fn pullback_bounds(&self, given: &Given, way: Way) -> [syn::WherePredicate; 2] {
        let workspace = way.workspace(&self.rt);
        let (rt, pullback, environment) = (&self.rt, &given.pullback, &given.environment);
        let seed = self.tangent_of(&given.output);
        let shadows = given.inputs.iter().map(|ty| {
            let shadow = self.lent_tangent(ty);
            quote!(::core::option::Option<&mut #shadow>)
        });
        [
            syn::parse_quote! {
                #pullback: ::core::ops::FnOnce(
                    #seed, (#(#shadows,)*), &mut #environment, &mut #workspace,
                ) + ::core::marker::Send + 'static
            },
            syn::parse_quote!(#environment: #rt::Tangent),
        ]
    }

    fn tangent_of(&self, ty: &syn::Type) -> TokenStream {
        let ty = elided(ty);
        if self.f.types.of(&ty).is_constant() {
            let rt = &self.rt;
            return quote!(#rt::NoTangent);
        }
        tangent_type(&self.rt, &self.f.types.of(&ty), &ty.to_token_stream())
    }

    /// What is lent of the tangent of an argument: of a slice's a slice.
    pub(super) fn lent_tangent(&self, ty: &syn::Type) -> TokenStream {
        match ty {
            syn::Type::Reference(r) => {
                let elem = elided(&r.elem);
                match &elem {
                    syn::Type::Slice(s) if self.f.types.of(&s.elem).is_float() => {
                        elem.to_token_stream()
                    }
                    syn::Type::Slice(_) => {
                        let rt = &self.rt;
                        quote!(<#elem as #rt::Differentiable>::Shadow)
                    }
                    _ => self.tangent_of(&elem),
                }
            }
            ty => self.tangent_of(ty),
        }
    }

    /// The plain functions that the user's own tokens call.
    pub(super) fn plain_functions(&self, way: Way, body: &TokenStream) -> TokenStream {
        let rt = &self.rt;
        let mut out = TokenStream::new();
        for (p, given) in self.functions() {
            let plain = &given.plain;
            if !crate::names::mentions(body, plain) {
                continue;
            }
            let own = self.name(p);
            let names: Vec<Ident> = (0..given.inputs.len())
                .map(|n| format_ident!("__a{}", n))
                .collect();
            let types = given.inputs.iter().map(elided);
            let mutable = (given.kind == "FnMut").then(|| quote!(mut));
            let call = match way {
                Way::Forward => {
                    let dots: Vec<Ident> = (0..given.inputs.len())
                        .map(|n| format_ident!("__d{}", n))
                        .collect();
                    let lent = given.inputs.iter().zip(&dots).map(|(ty, dot)| match ty {
                        syn::Type::Reference(_) => quote!(&#dot),
                        _ => quote!(#dot),
                    });
                    quote!({ #(let #dots = #rt::zero(&#names);)* #own(#(#names,)* #(#lent),*).0 })
                }
                Way::Reverse => quote!(#own(#(#names,)* &mut #rt::Tape::once()).0),
                Way::Masked => {
                    let observer = observer();
                    quote!(#own(#(#names,)* &mut <#observer as #rt::Observer>::fresh()).0)
                }
            };
            out.extend(quote!(let #mutable #plain = |#(#names: #types),*| #call;));
        }
        out
    }

    /// Whether the public entries can take plain functions: no derivative passes through their calls.
    pub(super) fn takes_plain_functions(&self) -> bool {
        self.functions().all(|(p, given)| {
            !given.differentiable || !crate::analysis::activity::passes_derivatives(self.f, p.var)
        }) && !(self.functions().next().is_some() && self.inputs().is_empty())
    }

    /// The arguments of a public entry for one that callers use: plain functions get derivatives that nobody asks.
    pub(super) fn with_functions(&self, names: Vec<TokenStream>, way: Way) -> Vec<TokenStream> {
        let rt = &self.rt;
        let mut names = names;
        for (p, name) in self.f.params.iter().zip(&mut names) {
            let Some(given) = &p.function else { continue };
            let own = self.name(p);
            let takes: Vec<Ident> = (0..given.inputs.len())
                .map(|n| format_ident!("__a{}", n))
                .collect();
            let pullback = quote!(|_, _, _: &mut #rt::NoTangent, _| ());
            let wrapped = match way {
                Way::Reverse => {
                    quote!(|#(#takes,)* __tape: &mut #rt::Tape| (#own(#(#takes),*), #pullback))
                }
                Way::Masked => {
                    quote!(|#(#takes,)* _| (#own(#(#takes),*), 0_u64, #pullback))
                }
                Way::Forward => {
                    let dots = takes.iter().map(|_| quote!(_));
                    quote!(|#(#takes,)* #(#dots),*| {
                        let __value = #own(#(#takes),*);
                        let __dot = #rt::zero(&__value);
                        (__value, __dot)
                    })
                }
            };
            *name = match given.reference {
                true => quote!(&#wrapped),
                false => wrapped,
            };
        }
        names
    }
}
