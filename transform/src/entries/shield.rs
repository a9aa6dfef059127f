//! One error for a type without a tangent, however many generated signatures name it.

use super::types::said_at;
use crate::diagnostics::{Code, Diagnostic};
use crate::ty::{Ty, Types};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};

/// What the entries assume of the types in a signature: that they are differentiable. The lifetime keeps rustc
/// from judging that before an entry is used, so that a type for which it is wrong is reported by
/// [`demand`] alone. Types with parameters or lifetimes are left to rustc.
pub(super) fn assumptions<'a>(
    rt: &TokenStream,
    types: impl Iterator<Item = &'a syn::Type>,
    parameters: &[Ident],
) -> Vec<syn::WherePredicate> {
    let leaves = leaves(types, parameters);
    let bound = |ty: &TokenStream| syn::parse_quote!(for<'__use> #ty: #rt::Differentiable);
    leaves.iter().map(bound).collect()
}

/// Asks for what was assumed, at the user's own types.
pub(super) fn demand<'a>(
    rt: &TokenStream,
    types: impl Iterator<Item = &'a syn::Type>,
    parameters: &[Ident],
) -> TokenStream {
    let leaves = leaves(types, parameters);
    let demands = leaves.iter().map(|ty| {
        said_at(
            ty,
            quote!(const _: ::core::option::Option<<#ty as #rt::Differentiable>::Tangent> = ::core::option::Option::None;),
        )
    });
    quote!(#(#demands)*)
}

/// The types of the user's own in a signature, each once.
fn leaves<'a>(
    types: impl Iterator<Item = &'a syn::Type>,
    parameters: &[Ident],
) -> Vec<TokenStream> {
    let mut found = Leaves {
        parameters,
        types: Vec::new(),
    };
    types.for_each(|ty| found.leaf(ty));
    found.types
}

struct Leaves<'a> {
    parameters: &'a [Ident],
    types: Vec<TokenStream>,
}

impl Leaves<'_> {
    fn leaf(&mut self, ty: &syn::Type) {
        match ty {
            syn::Type::Reference(r) => self.leaf(&r.elem),
            syn::Type::Slice(s) => self.leaf(&s.elem),
            syn::Type::Array(a) => self.leaf(&a.elem),
            syn::Type::Paren(p) => self.leaf(&p.elem),
            syn::Type::Group(g) => self.leaf(&g.elem),
            syn::Type::Tuple(t) => t.elems.iter().for_each(|t| self.leaf(t)),
            syn::Type::Path(p) if p.qself.is_none() => match container(&p.path) {
                Some(inner) => self.leaf(inner),
                None => self.path(p),
            },
            _ => {}
        }
    }

    fn path(&mut self, path: &syn::TypePath) {
        struct Open<'a>(&'a [Ident], bool);
        impl<'ast> Visit<'ast> for Open<'_> {
            fn visit_ident(&mut self, ident: &'ast Ident) {
                self.1 |= ident == "Self" || self.0.contains(ident);
            }
            fn visit_lifetime(&mut self, _: &'ast syn::Lifetime) {
                self.1 = true;
            }
            fn visit_type(&mut self, ty: &'ast syn::Type) {
                self.1 |= matches!(
                    ty,
                    syn::Type::Infer(_)
                        | syn::Type::ImplTrait(_)
                        | syn::Type::Macro(_)
                        | syn::Type::Reference(_)
                );
                visit::visit_type(self, ty);
            }
        }
        let mut open = Open(self.parameters, false);
        open.visit_type_path(path);
        let known = path
            .path
            .get_ident()
            .is_some_and(|i| i == "f64" || i == "f32");
        let tokens = path.to_token_stream();
        let again = self
            .types
            .iter()
            .any(|t| t.to_string() == tokens.to_string());
        if !open.1 && !known && !again {
            self.types.push(tokens);
        }
    }
}

/// The type of std's that a type is or holds, if it is one that nobody can give a tangent. Std's are generic; what is
/// written without arguments, or by a path into the user's own crate, is the user's type of that name.
pub(super) fn without_tangent(ty: &syn::Type) -> Option<String> {
    const NAMES: [&str; 11] = [
        "HashMap",
        "BTreeMap",
        "HashSet",
        "BTreeSet",
        "BinaryHeap",
        "Rc",
        "Arc",
        "RefCell",
        "Cell",
        "Mutex",
        "RwLock",
    ];
    struct Find(Option<String>);
    impl<'ast> Visit<'ast> for Find {
        fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
            let last = path.path.segments.last();
            let generic = last.is_some_and(|s| !s.arguments.is_empty());
            let is_std = generic && !crate::names::is_own_path(&path.path);
            let name = last.map(|s| s.ident.to_string()).filter(|_| is_std);
            match name.filter(|name| NAMES.contains(&name.as_str())) {
                Some(name) if self.0.is_none() => self.0 = Some(name),
                _ => visit::visit_type_path(self, path),
            }
        }
    }
    let mut find = Find(None);
    find.visit_type(ty);
    find.0
}

/// Type parameters that arithmetic is asked of, as of a number, and that are not known to be one.
pub(super) fn unknown_numbers(generics: &syn::Generics, types: &Types) -> Vec<Diagnostic> {
    const ARITHMETIC: [&str; 11] = [
        "Add",
        "Sub",
        "Mul",
        "Div",
        "Rem",
        "Neg",
        "AddAssign",
        "SubAssign",
        "MulAssign",
        "Float",
        "Num",
    ];
    let asks = |bounds: &Bounds| {
        bounds.iter().any(|b| match b {
            syn::TypeParamBound::Trait(t) => t
                .path
                .segments
                .last()
                .is_some_and(|s| ARITHMETIC.iter().any(|a| s.ident == a)),
            _ => false,
        })
    };
    let open = |name: &Ident| matches!(types.of(&syn::parse_quote!(#name)), Ty::Unknown);
    let later = |name: &Ident| {
        let predicates = generics.where_clause.iter().flat_map(|w| &w.predicates);
        predicates.into_iter().any(|p| match p {
            syn::WherePredicate::Type(t) => {
                t.bounded_ty == syn::parse_quote!(#name) && asks(&t.bounds)
            }
            _ => false,
        })
    };
    generics
        .type_params()
        .filter(|p| open(&p.ident) && (asks(&p.bounds) || later(&p.ident)))
        .map(|p| {
            Diagnostic::new(
                Code::UnknownNumber,
                &p.ident,
                format!("`{}` has arithmetic of its own", p.ident),
            )
        })
        .collect()
}

type Bounds = syn::punctuated::Punctuated<syn::TypeParamBound, syn::Token![+]>;

/// What `Vec<T>`, `Option<T>` and `Box<T>` hold.
fn container(path: &syn::Path) -> Option<&syn::Type> {
    let last = path.segments.last()?;
    let syn::PathArguments::AngleBracketed(list) = &last.arguments else {
        return None;
    };
    let is_known = ["Vec", "Option", "Box"]
        .iter()
        .any(|name| last.ident == name);
    match list.args.first() {
        Some(syn::GenericArgument::Type(ty)) if is_known && list.args.len() == 1 => Some(ty),
        _ => None,
    }
}
