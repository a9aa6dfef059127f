//! What callers may know of a function: for each parameter a type that says whether a derivative passes.
//!
//! The types are settled by rustc after every macro has run, so what they say holds across functions and crates;
//! `runtime/src/facts.rs` tells how. Where a callee's name space cannot be named here, as that of a method on a
//! value of some type, nothing is known, and nothing is claimed.

use super::Around;
use super::shape::Shape;
use crate::analysis::reach::{Call, Edge, Link, Part, Reach};
use crate::args::Options;
use crate::ir::{Callee, Place};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};
use std::collections::HashSet;
use syn::ext::IdentExt;
use syn::visit::Visit;

/// Which of the facts about a parameter.
#[derive(Clone, Copy)]
enum Fact {
    First,
    Last,
    Whole,
}

/// Where the facts of the functions that are called are found.
#[derive(Clone, Copy)]
pub(super) struct Callees<'a> {
    pub(super) rt: &'a TokenStream,
    pub(super) options: &'a Options,
    pub(super) reach: &'a Reach,
    /// The function is a method of a whole block, whose other methods are known.
    pub(super) block: bool,
    /// Names that mean something inside the function alone.
    pub(super) inner: &'a Inner,
    /// What the list of the parts of parameters is called, where it does not stand in the code that reads it.
    pub(super) list: Option<&'a str>,
}

/// The name of the list of parts.
fn parts_name(list: Option<&str>) -> Ident {
    Ident::new(list.unwrap_or("__parts"), Span::call_site())
}

/// Names that items inside a function's body define, which are not there beside it.
pub(super) struct Inner {
    names: HashSet<String>,
    /// A `use` of everything, by which any name may have come.
    all: bool,
}

impl<'ast> Visit<'ast> for Inner {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        match item {
            syn::Item::Fn(f) => drop(self.names.insert(f.sig.ident.to_string())),
            syn::Item::Mod(m) => drop(self.names.insert(m.ident.to_string())),
            syn::Item::Use(u) => self.visit_use_tree(&u.tree),
            syn::Item::Macro(_) => self.all = true,
            _ => {}
        }
    }
    fn visit_use_tree(&mut self, tree: &'ast syn::UseTree) {
        match tree {
            syn::UseTree::Name(n) => drop(self.names.insert(n.ident.to_string())),
            syn::UseTree::Rename(r) => drop(self.names.insert(r.rename.to_string())),
            syn::UseTree::Glob(_) => self.all = true,
            tree => syn::visit::visit_use_tree(self, tree),
        }
    }
}

/// The names that are defined inside a function's body.
pub(super) fn inner(function: &syn::ItemFn) -> Inner {
    let mut inner = Inner {
        names: HashSet::new(),
        all: false,
    };
    inner.visit_block(&function.block);
    inner
}

impl Callees<'_> {
    /// The type that stands for what is known of a call's argument.
    fn fact(&self, edge: Edge, fact: Fact) -> Option<TokenStream> {
        let (call, position) = edge;
        let (call, rt) = (self.reach.calls.get(call)?, self.rt);
        if call.part.is_some() {
            let holds = self.holds(edge, fact)?;
            return Some(quote!(#rt::Known<{ #holds }>));
        }
        let Some(space) = self.space(call) else {
            let (name, on) = call.method()?;
            return on.fact(rt, name, position, fact.name());
        };
        let position = Literal::usize_unsuffixed(position);
        let name = Ident::new(fact.name(), Span::call_site());
        Some(quote!(<#space as #rt::Facts<#position>>::#name))
    }

    /// The type that the facts of a callee belong to.
    fn space(&self, call: &Call) -> Option<TokenStream> {
        match &call.callee {
            Callee::Function(path) => {
                let segments = &path.path.segments;
                let last = segments.last()?;
                if path.qself.is_some() || segments.first().is_some_and(|s| s.ident == "__rt") {
                    return None;
                }
                let first = segments
                    .first()
                    .map(|s| s.ident.to_string())
                    .unwrap_or_default();
                if self.inner.all || self.inner.names.contains(&first) {
                    return None;
                }
                let owner = segments.iter().rev().nth(1);
                if owner.is_some_and(|s| s.ident == "Self" && segments.len() == 2) {
                    return self.beside(&last.ident);
                }
                if owner
                    .is_some_and(|s| s.ident.unraw().to_string().starts_with(char::is_uppercase))
                {
                    return None;
                }
                let mut path = path.path.clone();
                if let Some(last) = path.segments.last_mut() {
                    last.arguments = syn::PathArguments::None;
                }
                Some(quote!(#path))
            }
            Callee::Method(name, _) => {
                let receiver = call.receiver.as_ref()?;
                let itself = self.is_receiver(receiver);
                itself.then(|| self.beside(name)).flatten()
            }
            _ => None,
        }
    }

    /// Whether a function of this name calls itself there. A field's method of the same name is another one.
    pub(super) fn is_itself(&self, own: &Ident, call: &Call) -> bool {
        let on_itself = |place: &Place| self.is_receiver(place);
        let is_method = matches!(call.callee, Callee::Method(..));
        *own == call.callee.name() && (!is_method || call.receiver.as_ref().is_none_or(on_itself))
    }

    fn is_receiver(&self, place: &Place) -> bool {
        let whole = place
            .path
            .iter()
            .all(|s| matches!(s, crate::ir::Proj::Deref));
        let first = self
            .reach
            .inputs
            .iter()
            .find(|input| input.var == place.base);
        whole && first.is_some_and(|input| input.field == crate::methods::RECEIVER)
    }

    /// The facts of another method of the same block.
    fn beside(&self, method: &Ident) -> Option<TokenStream> {
        let item = self.options.around.as_deref()?;
        if !self.block {
            return None;
        }
        let found = item.items.iter().find_map(|member| match member {
            syn::ImplItem::Fn(f) if f.sig.ident == *method => Some(f),
            _ => None,
        })?;
        crate::methods::is_wanted(&crate::methods::as_function(found)).then(|| {
            let name = of_method(&item.self_ty, method);
            quote!(#name)
        })
    }

    /// The parts of parameters that ways lead through, by their numbers among the calls.
    fn parts(&self) -> Vec<(usize, &Part)> {
        let links = self.reach.inputs.iter().map(|input| &input.link);
        let edges = links.flat_map(|link| link.ways.iter().chain(&link.always));
        let mut asked: Vec<usize> = edges.flatten().map(|edge| edge.0).collect();
        asked.sort_unstable();
        asked.dedup();
        let part = |n: usize| Some((n, self.reach.calls.get(n)?.part.as_ref()?));
        asked.into_iter().filter_map(part).collect()
    }

    /// The list of which of them have no derivative: each is asked once, and by its number from then on.
    pub(super) fn list_of_parts(&self) -> TokenStream {
        let parts = self.parts();
        if parts.is_empty() {
            return TokenStream::new();
        }
        let (list, count) = (
            parts_name(self.list),
            Literal::usize_unsuffixed(parts.len()),
        );
        let ends = parts.iter().map(|(_, part)| part.ends(self.rt));
        let quiet = super::quiet();
        quote! {
            #[doc(hidden)]
            #quiet
            const #list: [bool; #count] = [#(#ends),*];
        }
    }

    /// Whether a fact holds, as an expression that is settled while compiling.
    fn holds(&self, edge: Edge, fact: Fact) -> Option<TokenStream> {
        let rt = self.rt;
        if let Some(n) = self.parts().iter().position(|(call, _)| *call == edge.0) {
            let (list, n) = (parts_name(self.list), Literal::usize_unsuffixed(n));
            return Some(match fact {
                Fact::Whole => quote!(!#list[#n]),
                Fact::First | Fact::Last => quote!(#list[#n]),
            });
        }
        if let Some(fact) = self.fact(edge, fact) {
            return Some(quote!(#rt::Is::<#fact>::TRUE));
        }
        // No type can be made of what rustc says of a field.
        let (name, on) = self.reach.calls.get(edge.0)?.method()?;
        Some(on.holds(rt, name, edge.1, fact.name()))
    }

    /// Whether a call passes no derivative on from an argument, as an expression that is settled while compiling.
    pub(super) fn is_cut(&self, edge: Edge) -> Option<TokenStream> {
        let (first, last) = (
            self.holds(edge, Fact::First)?,
            self.holds(edge, Fact::Last)?,
        );
        Some(quote!((#first || #last)))
    }

    /// Whether nothing passes at all, though some way leads through calls alone.
    pub(super) fn is_detached(&self, link: &Link) -> Option<TokenStream> {
        let mut ways = Vec::new();
        for way in &link.ways {
            let edges: Vec<TokenStream> =
                way.iter().filter_map(|edge| self.is_cut(*edge)).collect();
            if edges.is_empty() {
                return None;
            }
            ways.push(quote!((#(#edges)||*)));
        }
        (!ways.is_empty()).then(|| quote!(#(#ways)&&*))
    }

    /// Whether something passes on every path; `None` if that is known not to be so.
    pub(super) fn is_whole(&self, link: &Link) -> Option<TokenStream> {
        let all = |edges: &Vec<Edge>| {
            let facts = edges.iter().map(|edge| self.holds(*edge, Fact::Whole));
            let facts: Option<Vec<TokenStream>> = facts.collect();
            facts.map(|facts| match facts.is_empty() {
                true => quote!(true),
                false => quote!((#(#facts)&&*)),
            })
        };
        let known: Vec<TokenStream> = link.always.iter().filter_map(all).collect();
        (!known.is_empty()).then(|| quote!(#(#known)||*))
    }

    /// Whether every input is connected on every path, as an expression that is settled while compiling; `None` if
    /// that is known not to be so.
    pub(super) fn always(&self) -> Option<TokenStream> {
        let inputs = &self.reach.inputs;
        let known: Option<Vec<TokenStream>> =
            inputs.iter().map(|i| self.is_whole(&i.link)).collect();
        let mut known = known.filter(|known| !known.is_empty())?;
        known.retain(|known| known.to_string() != "true");
        Some(match known.is_empty() {
            true => quote!(true),
            false => quote!(#((#known))&&*),
        })
    }

    /// Whether a link asks anything of callees.
    pub(super) fn asks(link: &Link) -> bool {
        let edges = link
            .always
            .iter()
            .flatten()
            .chain(link.ways.iter().flatten());
        edges.count() > 0
    }
}

impl Fact {
    fn name(self) -> &'static str {
        match self {
            Fact::First => "First",
            Fact::Last => "Last",
            Fact::Whole => "Whole",
        }
    }

    /// The arguments that must have the fact for the parameter to have it; `None` where it does not hold.
    fn needs(self, link: &Link) -> Option<Vec<Edge>> {
        let pick = |way: &Vec<Edge>| match self {
            Fact::First => way.first().copied(),
            _ => way.last().copied(),
        };
        let mut edges = match self {
            Fact::Whole => link.always.first().cloned()?,
            _ => link.ways.iter().map(pick).collect::<Option<Vec<Edge>>>()?,
        };
        edges.sort_unstable();
        edges.dedup();
        Some(edges)
    }
}

/// The name of what stands for the facts of a method.
pub(super) fn of_method(self_ty: &syn::Type, method: &Ident) -> Ident {
    let ty = match self_ty {
        syn::Type::Path(p) => p.path.segments.last().map(|s| s.ident.unraw().to_string()),
        _ => None,
    };
    let name = format!("__{}_{}", ty.unwrap_or_default(), method.unraw());
    Ident::new(&name, Span::call_site())
}

/// What callers may know of the function.
pub(super) fn facts(
    s: &Shape,
    callees: &Callees,
    around: &Around,
    locals: Option<Ident>,
    known: bool,
) -> TokenStream {
    let (space, own) = match (around.generics, callees.options.around.as_deref()) {
        (None, _) => (super::shape::space(s.function, callees.options), None),
        (Some(_), Some(item)) if item.trait_.is_none() && s.gradients.is_some() => {
            let name = of_method(&item.self_ty, &s.function.sig.ident);
            let quiet = super::quiet();
            let own = quote!(#[doc(hidden)] #quiet #[derive(Debug)] pub enum #name {});
            (name, Some(own))
        }
        _ => return TokenStream::new(),
    };
    let vis = match own {
        Some(_) => quote!(pub),
        None => {
            let vis = &s.function.vis;
            quote!(#vis)
        }
    };
    let list = format!("__{}_parts", space.unraw());
    let list = Some(list.as_str());
    let callees = &Callees { list, ..*callees };
    let rt = callees.rt;
    let mut out = own.unwrap_or_default();
    if known {
        out.extend(callees.list_of_parts());
    }
    let locals = match locals {
        Some(name) => quote!(#name),
        None => quote!(#rt::Unwatched),
    };
    let method = crate::watch::number_of(&s.function.sig.ident);
    let method = Literal::u64_unsuffixed(method);
    for position in 0..s.f.params.len() {
        let input = callees
            .reach
            .inputs
            .iter()
            .find(|input| input.position == position);
        let types = [Fact::First, Fact::Last, Fact::Whole].map(|fact| {
            let needs = match input {
                _ if !known => None,
                Some(input) => fact.needs(&input.link),
                // What has no derivative passes none on.
                None if matches!(fact, Fact::Whole) || s.f.params[position].function.is_some() => {
                    None
                }
                None => Some(Vec::new()),
            };
            let types: Option<Vec<TokenStream>> = needs.and_then(|needs| {
                needs
                    .into_iter()
                    .map(|edge| callees.fact(edge, fact))
                    .collect()
            });
            match types {
                None => quote!(#rt::Open),
                Some(types) if types.is_empty() => quote!(#rt::Holds),
                Some(mut types) => {
                    let mut seen = HashSet::new();
                    types.retain(|ty| seen.insert(ty.to_string()));
                    let label = fact.name().to_lowercase();
                    let name = format_ident!("__{}_{}_{}", space.unraw(), position, label);
                    let name = Ident::new(&name.to_string(), Span::call_site());
                    out.extend(quote! {
                        #[doc(hidden)]
                        #[allow(non_camel_case_types, missing_debug_implementations)]
                        #vis struct #name(::core::marker::PhantomData<(#(#types,)*)>);
                    });
                    quote!(#name)
                }
            }
        });
        let [first, last, whole] = types;
        let n = Literal::usize_unsuffixed(position);
        out.extend(quote! {
            impl #rt::Facts<#n> for #space {
                type First = #first;
                type Last = #last;
                type Whole = #whole;
                type Locals = #locals;
            }
        });
        // Who has a value of the type at hand knows the method's name, and nothing else.
        if let (Some(generics), Some(ty)) = (around.generics, around.self_ty) {
            let (generics, _, clause) = generics.split_for_impl();
            out.extend(quote! {
                impl #generics #rt::Methods<#method, #n> for #ty #clause {
                    type First = <#space as #rt::Facts<#n>>::First;
                    type Last = <#space as #rt::Facts<#n>>::Last;
                    type Whole = <#space as #rt::Facts<#n>>::Whole;
                    type Locals = #locals;
                }
            });
        }
    }
    out
}

/// The facts of a function that has errors: nothing is known of so many parameters.
pub(super) fn unknown(rt: &TokenStream, space: &Ident, parameters: usize) -> TokenStream {
    (0..parameters)
        .map(|n| {
            let n = Literal::usize_unsuffixed(n);
            quote! {
                impl #rt::Facts<#n> for #space {
                    type First = #rt::Open;
                    type Last = #rt::Open;
                    type Whole = #rt::Open;
                    type Locals = #rt::Untold;
                }
            }
        })
        .collect()
}
