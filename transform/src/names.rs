//! Names for generated variables: readable, after the user's own, and never one that the user has.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use std::collections::{HashMap, HashSet};

/// The names that are taken in a function.
#[derive(Clone, Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
    /// The number that was given last for a name: a function of a thousand statements asks a thousand times for `t`.
    last: HashMap<String, usize>,
}

impl Names {
    /// Every identifier that occurs in the tokens is taken.
    pub fn of(tokens: TokenStream) -> Names {
        let mut names = Names::default();
        names.collect(tokens);
        names
    }

    fn collect(&mut self, tokens: TokenStream) {
        for tree in tokens {
            match tree {
                TokenTree::Ident(i) => drop(self.taken.insert(i.to_string())),
                TokenTree::Group(g) => self.collect(g.stream()),
                _ => {}
            }
        }
    }

    /// The names that are taken elsewhere are taken here as well.
    pub fn join(&mut self, other: &Names) {
        self.taken.extend(other.taken.iter().cloned());
    }

    /// A name like `wanted` that nothing else has, hygienic besides.
    pub fn fresh(&mut self, wanted: &str) -> Ident {
        let wanted = wanted.strip_prefix("r#").unwrap_or(wanted);
        // What the user writes `r#type` is `type_` here.
        let mut name = match syn::parse_str::<Ident>(wanted) {
            Ok(_) => wanted.to_string(),
            Err(_) => format!("{wanted}_"),
        };
        let n = self.last.entry(wanted.to_string()).or_insert(1);
        while !self.taken.insert(name.clone()) {
            *n += 1;
            name = format!("{wanted}_{n}");
        }
        Ident::new(&name, Span::mixed_site())
    }
}

/// The names along a path.
pub fn of_path(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|s| s.ident.to_string()).collect()
}

/// Whether a path leads into the user's own crate.
pub fn is_own_path(path: &syn::Path) -> bool {
    let first = path.segments.first().filter(|_| path.segments.len() > 1);
    first.is_some_and(|s| s.ident == "crate" || s.ident == "self" || s.ident == "super")
}

/// Whether an identifier stands among the tokens.
pub fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|t| match t {
        TokenTree::Ident(i) => i == *name,
        TokenTree::Group(g) => mentions(&g.stream(), name),
        _ => false,
    })
}
