//! The fence around the language: every kind of syntax is named here, and either accepted or refused.
//!
//! A construct that is not understood must never be differentiated by guess, so the matches over `syn`'s
//! enums name every variant; their `_` arms exist only because the enums may grow, and refuse as well.
//! The whole function is walked and all refusals are returned, each at the user's own token. What needs
//! more than the kind of syntax (is this method known? does this value carry a derivative?) is decided
//! later. Nested items are passed through as they are, hence their bodies are not looked into.

mod attributes;
mod expressions;
pub mod macro_args;
mod signature;

use crate::diagnostics::{Code, Diagnostic};
use quote::ToTokens;
use std::collections::HashSet;
use syn::visit::Visit;
use syn::{
    Block, Expr, Ident, Item, ItemFn, ItemImpl, Local, Macro, Pat, Path, StaticMutability, Stmt,
    Type,
};

use attributes::Place;
use macro_args::MacroArgs;

/// Everything in the function that is refused for its kind of syntax, in the order of the source.
pub fn fence(item: &ItemFn) -> Vec<Diagnostic> {
    let mut fence = Fence::default();
    fence.visit_block(&item.block);
    fence.function(item);
    fence.block(&item.block);
    fence.refused
}

#[derive(Default)]
struct Fence {
    refused: Vec<Diagnostic>,
    /// The types and traits that the body defines.
    defined: HashSet<Ident>,
}

/// Collects what the body defines before anything is judged, since items may be used before they stand.
impl<'ast> Visit<'ast> for Fence {
    fn visit_item(&mut self, item: &'ast Item) {
        self.defined.extend(match item {
            Item::Enum(i) => Some(i.ident.clone()),
            Item::Struct(i) => Some(i.ident.clone()),
            Item::Trait(i) => Some(i.ident.clone()),
            Item::Union(i) => Some(i.ident.clone()),
            _ => None,
        });
    }
}

impl Fence {
    /// Refuses the tokens.
    fn refuse(&mut self, code: Code, tokens: impl ToTokens, detail: impl Into<String>) {
        self.refused.push(Diagnostic::new(code, tokens, detail));
    }

    fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Local(local) => self.local(local),
            Stmt::Item(item) => self.item(item),
            // A lone `;` is parsed as an expression without tokens.
            Stmt::Expr(Expr::Verbatim(tokens), Some(_)) if tokens.is_empty() => {}
            Stmt::Expr(expr, _) => self.expr(expr),
            Stmt::Macro(stmt) => {
                self.attributes(&stmt.attrs, Place::Other);
                self.mac(&stmt.mac);
            }
        }
    }

    fn local(&mut self, local: &Local) {
        self.attributes(&local.attrs, Place::Let);
        if local.modifiers.require_empty().is_err() {
            self.refuse(Code::UnsupportedStmt, local.let_token, "");
        }
        self.pat(&local.pat);
        if let Some(init) = &local.init {
            self.expr(&init.expr);
            if let Some((_, diverge)) = &init.diverge {
                self.expr(diverge);
            }
        }
    }

    /// An item in the body: passed through as it is when nothing of it concerns the surrounding code.
    fn item(&mut self, item: &Item) {
        match item {
            Item::Const(_)
            | Item::Enum(_)
            | Item::ExternCrate(_)
            | Item::Fn(_)
            | Item::Struct(_)
            | Item::Trait(_)
            | Item::Type(_)
            | Item::Union(_)
            | Item::Use(_) => {}
            Item::Impl(i) if self.defines(i) => {}
            Item::Impl(i) => self.refuse(Code::InnerImpl, i.impl_token, ""),
            // The derivative has a copy of the body, where a `static` would be another variable.
            Item::Static(i) => match &i.mutability {
                StaticMutability::Mut(mutability) => {
                    let mut tokens = i.static_token.to_token_stream();
                    mutability.to_tokens(&mut tokens);
                    self.refuse(Code::StaticMut, tokens, format!("`{}`", i.ident));
                }
                _ => self.refuse(Code::InnerStatic, i.static_token, format!("`{}`", i.ident)),
            },
            Item::ForeignMod(i) => self.refuse(Code::ForeignBlock, &i.abi, ""),
            Item::Macro(i) => {
                let name = i.ident.as_ref().map(|n| format!("`{n}!`"));
                self.refuse(Code::InnerMacro, &i.mac.path, name.unwrap_or_default());
            }
            Item::Mod(i) => self.refuse(Code::InnerModule, i.mod_token, format!("`{}`", i.ident)),
            Item::TraitAlias(i) => {
                self.refuse(Code::TraitAlias, i.trait_token, format!("`{}`", i.ident));
            }
            Item::Verbatim(tokens) => self.refuse(Code::UnsupportedItem, tokens, ""),
            _ => self.refuse(Code::UnsupportedItem, item, ""),
        }
    }

    /// Whether an `impl` is for a type or a trait of the body. Otherwise every copy of the body that the
    /// derivative makes would implement the same thing again.
    fn defines(&self, item: &ItemImpl) -> bool {
        let is_defined = |path: &Path| {
            path.segments
                .first()
                .is_some_and(|s| self.defined.contains(&s.ident))
        };
        let of_type = matches!(&*item.self_ty, Type::Path(t) if is_defined(&t.path));
        of_type
            || item
                .trait_
                .as_ref()
                .is_some_and(|(path, _)| is_defined(path))
    }

    /// A pattern; which of them can be taken apart is decided with the value that is matched.
    fn pat(&mut self, pat: &Pat) {
        match pat {
            Pat::Const(p) => self.refuse(Code::ConstPattern, p.const_token, ""),
            Pat::Guard(p) => {
                self.refuse(Code::NestedGuard, p.if_token, "");
                self.pat(&p.pat);
                self.expr(&p.guard);
            }
            Pat::Ident(p) => {
                if let Some((_, sub)) = &p.subpat {
                    self.pat(sub);
                }
            }
            Pat::Lit(_) | Pat::Path(_) | Pat::Range(_) | Pat::Rest(_) | Pat::Wild(_) => {}
            Pat::Macro(p) => {
                let name = p.mac.path.to_token_stream().to_string().replace(' ', "");
                self.refuse(Code::MacroPattern, &p.mac.path, format!("`{name}!`"));
            }
            Pat::Or(p) => p.cases.iter().for_each(|p| self.pat(p)),
            Pat::Paren(p) => self.pat(&p.pat),
            Pat::Reference(p) => self.pat(&p.pat),
            Pat::Slice(p) => p.elems.iter().for_each(|p| self.pat(p)),
            Pat::Struct(p) => {
                for field in &p.fields {
                    self.attributes(&field.attrs, Place::Other);
                    self.pat(&field.pat);
                }
            }
            Pat::Tuple(p) => p.elems.iter().for_each(|p| self.pat(p)),
            Pat::TupleStruct(p) => p.elems.iter().for_each(|p| self.pat(p)),
            Pat::Type(p) => self.pat(&p.pat),
            Pat::Verbatim(tokens) => match tokens.clone().into_iter().next() {
                Some(first) if first.to_string() == "box" => {
                    self.refuse(Code::BoxPattern, first, "")
                }
                _ => self.refuse(Code::UnsupportedPattern, tokens, ""),
            },
            _ => self.refuse(Code::UnsupportedPattern, pat, ""),
        }
    }

    /// A macro call: assembly is refused, the arguments that can be read are walked like any expression,
    /// and whether the macro may see values that carry a derivative is decided later.
    fn mac(&mut self, mac: &Macro) {
        let name = macro_args::name(mac);
        if matches!(name.as_str(), "asm" | "global_asm" | "naked_asm") {
            return self.refuse(Code::InlineAsm, &mac.path, format!("`{name}!`"));
        }
        match macro_args::parse(mac) {
            MacroArgs::List(list) => list.iter().for_each(|e| self.expr(e)),
            MacroArgs::Repeat { value, len, .. } => {
                self.expr(&value);
                self.expr(&len);
            }
            MacroArgs::Matches {
                value, pat, guard, ..
            } => {
                self.expr(&value);
                self.pat(&pat);
                if let Some((_, guard)) = guard {
                    self.expr(&guard);
                }
            }
            MacroArgs::Opaque => {}
        }
    }
}
