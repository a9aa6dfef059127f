//! Names that are spelled alike and still are two: one written by a `macro_rules!`, one given to it.
//!
//! A function that a macro writes may have a local `t` of the macro's own beside a `t` in an expression that the
//! macro was given. rustc tells them apart by where they were written. A macro of ours sees that only in how a span
//! prints, `#5 bytes(10..11)`, so it matters only where one name is bound in several places of origin; a use that
//! belongs to none of them is refused.

use proc_macro2::{Ident, Span};
use std::collections::{BTreeSet, HashMap};
use syn::ext::IdentExt;

/// Where the bindings of each name were written.
#[derive(Clone, Default)]
pub(super) struct Origins(HashMap<String, BTreeSet<String>>);

impl Origins {
    /// Notes a binding.
    pub(super) fn note(&mut self, ident: &Ident) {
        let name = ident.unraw().to_string();
        self.0.entry(name).or_default().insert(origin(ident.span()));
    }

    /// Keeps the names that are bound by more than one.
    pub(super) fn of_several(mut self) -> Origins {
        self.0.retain(|_, origins| origins.len() > 1);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What tells a name from others: its text, and its origin where that matters.
    pub(super) fn key(&self, ident: &Ident) -> String {
        let name = ident.unraw().to_string();
        match self.0.contains_key(&name) {
            true => format!("{name}{}", origin(ident.span())),
            false => name,
        }
    }

    /// Whether a use could be of more than one binding.
    pub(super) fn is_ambiguous(&self, ident: &Ident) -> bool {
        let origins = self.0.get(&ident.unraw().to_string());
        origins.is_some_and(|origins| !origins.contains(&origin(ident.span())))
    }
}

/// The text of a name without its origin.
pub(super) fn plain(key: &str) -> &str {
    key.split('#').next().unwrap_or(key)
}

/// `#5` of a span that prints as `#5 bytes(10..11)`; nothing outside of rustc.
fn origin(span: Span) -> String {
    let text = format!("{span:?}");
    match text.split_once(' ') {
        Some((origin, _)) if origin.starts_with('#') => origin.to_string(),
        _ => String::new(),
    }
}
