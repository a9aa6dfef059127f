//! Alpha-renaming: afterwards every local binding of a function has a name of its own.
//!
//! With unique names, scopes no longer matter: a value of an inner block can be used after the block, and
//! two variables called `x` can never be mistaken for each other. The first binding of a name keeps it, so
//! that generated code reads like the user's; later ones become `x_2`, `x_3`, …
//!
//! Rust's scoping rules are followed exactly: an initialiser does not see its own pattern, the alternatives
//! of an or-pattern bind the same variables, bindings of a `let` condition are seen by the rest of the
//! condition and by the block that it guards, and items see no locals at all. A name that the function also
//! uses for something that is not local (a function `scale` beside a variable `scale`) is never kept for a
//! local, since the local's scope becomes wider.

mod hygiene;
mod macros;
use hygiene::{Origins, plain};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::HashSet;
use syn::ext::IdentExt;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Attribute, Block, Expr, ExprClosure, ExprConst, ExprForLoop, ExprIf, ExprLet, ExprPath,
    ExprRepeat, ExprWhile, FieldValue, FnArg, GenericArgument, Item, ItemFn, Local, Macro, Member,
    Pat, Stmt, Token, Type, UseTree,
};

/// Gives each local binding of `item` a unique name and renames its uses.
///
/// `reserved` says of a name that no binding may have it, not even the first. Spans are kept; labels,
/// types, nested items and names that are not local are left alone. What is returned are uses of which it cannot be
/// told what they name.
pub fn rename(item: &mut ItemFn, reserved: &dyn Fn(&str) -> bool) -> Vec<Ident> {
    let mut used = HashSet::new();
    identifiers(item.to_token_stream(), &mut used);

    // A first walk over a copy finds the names that are used for something that is not local, once it is known
    // which names are several.
    let mut survey = Renamer::new(&used, reserved, Origins::default());
    survey.function(&mut item.clone());
    let origins = std::mem::take(&mut survey.bound).of_several();
    if !origins.is_empty() {
        survey = Renamer::new(&used, reserved, origins.clone());
        survey.function(&mut item.clone());
    }
    let (free, ambiguous) = (survey.free, survey.ambiguous);

    let reserved = |name: &str| free.contains(name) || reserved(name);
    Renamer::new(&used, &reserved, origins).function(item);
    ambiguous
}

/// Whether the pattern `name`, which may be refuted, binds a variable. Without types this cannot be told
/// from a constant or a variant such as `None`; a capital letter decides, as Rust's naming lints do.
pub fn is_binding(pat: &syn::PatIdent) -> bool {
    pat.by_ref.is_some()
        || pat.mutability.is_some()
        || pat.subpat.is_some()
        || !pat
            .ident
            .unraw()
            .to_string()
            .starts_with(char::is_uppercase)
}

/// Every identifier in the tokens, without `r#`.
fn identifiers(tokens: TokenStream, names: &mut HashSet<String>) {
    for tree in tokens {
        match tree {
            TokenTree::Ident(i) => drop(names.insert(i.unraw().to_string())),
            TokenTree::Group(g) => identifiers(g.stream(), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// What a name stands for in a scope.
#[derive(Clone)]
enum Meaning {
    /// A local variable, with its new name when that differs.
    Local(Option<String>),
    /// An item of an enclosing block, which hides the locals outside of that block.
    Item {
        /// A constant, which a pattern of that name compares with.
        constant: bool,
    },
}

/// Whether a pattern always matches; then a capital letter does not make a constant of a name.
#[derive(Clone, Copy, PartialEq)]
enum Refutable {
    Yes,
    No,
}

struct Renamer<'a> {
    /// Every identifier of the function, so that a new name is new.
    used: &'a HashSet<String>,
    reserved: &'a dyn Fn(&str) -> bool,
    /// The names that some binding already has.
    taken: HashSet<String>,
    /// The scopes, innermost last.
    scope: Vec<(String, Meaning)>,
    /// Names used for something that is not local.
    free: HashSet<String>,
    /// Names that are several, told apart by where they were written.
    origins: Origins,
    /// Where each binding was written.
    bound: Origins,
    /// Uses of a name that is several which could be of any.
    ambiguous: Vec<Ident>,
}

impl<'a> Renamer<'a> {
    fn new(
        used: &'a HashSet<String>,
        reserved: &'a dyn Fn(&str) -> bool,
        origins: Origins,
    ) -> Renamer<'a> {
        Renamer {
            used,
            reserved,
            taken: HashSet::new(),
            scope: vec![],
            free: HashSet::new(),
            origins,
            bound: Origins::default(),
            ambiguous: vec![],
        }
    }

    fn function(&mut self, item: &mut ItemFn) {
        let mut bound = vec![];
        for input in &mut item.sig.inputs {
            if let FnArg::Typed(input) = input {
                self.pat(&mut input.pat, Refutable::No, &mut bound);
            }
        }
        self.enter(bound);
        self.visit_block_mut(&mut item.block);
    }

    /// Runs `walk` in a scope of its own.
    fn scoped(&mut self, walk: impl FnOnce(&mut Self)) {
        let outside = self.scope.len();
        walk(self);
        self.scope.truncate(outside);
    }

    /// Makes the bindings of a pattern visible.
    fn enter(&mut self, bound: Vec<(String, Option<String>)>) {
        self.scope.extend(
            bound
                .into_iter()
                .map(|(name, new)| (name, Meaning::Local(new))),
        );
    }

    fn lookup(&self, key: &str) -> Option<&Meaning> {
        self.scope
            .iter()
            .rev()
            .find(|(name, meaning)| match meaning {
                Meaning::Local(_) => name == key,
                // An item is the same wherever its name was written.
                Meaning::Item { .. } => name == plain(key),
            })
            .map(|(_, meaning)| meaning)
    }

    /// The new name for a use of a name, when it has one.
    fn resolve(&mut self, ident: &Ident) -> Option<String> {
        let key = self.origins.key(ident);
        if self.origins.is_ambiguous(ident) {
            self.ambiguous.push(ident.clone());
        }
        match self.lookup(&key) {
            Some(Meaning::Local(new)) => new.clone(),
            Some(Meaning::Item { .. }) | None => {
                self.free.insert(plain(&key).to_string());
                None
            }
        }
    }

    /// Renames a use, and says whether it changed.
    fn use_of(&mut self, ident: &mut Ident) -> bool {
        let Some(new) = self.resolve(ident) else {
            return false;
        };
        *ident = Ident::new(&new, ident.span());
        true
    }

    /// The name that a binding of `name` gets, when it cannot keep its own.
    fn allocate(&mut self, name: &str) -> Option<String> {
        if !(self.reserved)(name) && self.taken.insert(name.to_string()) {
            return None;
        }
        let mut n = 2;
        loop {
            let new = format!("{name}_{n}");
            if !self.used.contains(&new) && !(self.reserved)(&new) && self.taken.insert(new.clone())
            {
                return Some(new);
            }
            n += 1;
        }
    }

    /// Renames one binding occurrence. The same name twice in a pattern is one variable, since only the
    /// alternatives of an or-pattern may repeat a name.
    fn binding(&mut self, ident: &mut Ident, bound: &mut Vec<(String, Option<String>)>) -> bool {
        self.bound.note(ident);
        let key = self.origins.key(ident);
        let new = match bound.iter().find(|b| b.0 == key) {
            Some((_, new)) => new.clone(),
            None => {
                let new = self.allocate(plain(&key));
                bound.push((key, new.clone()));
                new
            }
        };
        let Some(new) = new else { return false };
        *ident = Ident::new(&new, ident.span());
        true
    }

    /// Renames what a pattern binds and collects it in `bound`; the caller says where it is visible.
    fn pat(
        &mut self,
        pat: &mut Pat,
        refutable: Refutable,
        bound: &mut Vec<(String, Option<String>)>,
    ) {
        match pat {
            Pat::Ident(p) => {
                let name = p.ident.unraw().to_string();
                let constant = matches!(self.lookup(&name), Some(Meaning::Item { constant: true }));
                if is_binding(p) && !constant || refutable == Refutable::No {
                    self.binding(&mut p.ident, bound);
                } else {
                    self.free.insert(name);
                }
                if let Some((_, sub)) = &mut p.subpat {
                    self.pat(sub, refutable, bound);
                }
            }
            Pat::Struct(p) => {
                for field in &mut p.fields {
                    self.field_pat(field, refutable, bound);
                }
            }
            Pat::Or(p) => p
                .cases
                .iter_mut()
                .for_each(|p| self.pat(p, refutable, bound)),
            Pat::Tuple(p) => p
                .elems
                .iter_mut()
                .for_each(|p| self.pat(p, refutable, bound)),
            Pat::TupleStruct(p) => p
                .elems
                .iter_mut()
                .for_each(|p| self.pat(p, refutable, bound)),
            Pat::Slice(p) => p
                .elems
                .iter_mut()
                .for_each(|p| self.pat(p, refutable, bound)),
            Pat::Paren(p) => self.pat(&mut p.pat, refutable, bound),
            Pat::Reference(p) => self.pat(&mut p.pat, refutable, bound),
            Pat::Type(p) => self.pat(&mut p.pat, refutable, bound),
            // A guard belongs to a match arm, which walks it once the bindings are visible.
            Pat::Guard(p) => self.pat(&mut p.pat, refutable, bound),
            // Constants, and what the fence refuses: nothing is bound.
            _ => {}
        }
    }

    /// A field of a struct pattern, where `x` is short for `x: x`.
    fn field_pat(
        &mut self,
        field: &mut syn::FieldPat,
        refutable: Refutable,
        bound: &mut Vec<(String, Option<String>)>,
    ) {
        match (&field.colon_token, &mut *field.pat) {
            (None, Pat::Ident(p)) => {
                // The short form always binds, whatever the first letter.
                if self.binding(&mut p.ident, bound) {
                    field.colon_token = Some(Token![:](p.ident.span()));
                }
            }
            (_, pat) => self.pat(pat, refutable, bound),
        }
    }

    /// Binds a pattern from here to the end of the scope.
    fn bind(&mut self, pat: &mut Pat, refutable: Refutable) {
        let mut bound = vec![];
        self.pat(pat, refutable, &mut bound);
        self.enter(bound);
    }

    /// The items of a block are visible in the whole of it, and hide locals outside.
    fn enter_items(&mut self, block: &Block) {
        for stmt in &block.stmts {
            let Stmt::Item(item) = stmt else { continue };
            let mut names = vec![];
            let constant = match item {
                Item::Const(i) => {
                    names.push(i.ident.unraw().to_string());
                    true
                }
                Item::Static(i) => {
                    names.push(i.ident.unraw().to_string());
                    true
                }
                Item::Fn(i) => {
                    names.push(i.sig.ident.unraw().to_string());
                    false
                }
                // A struct with braces is not a value, hence hides no variable.
                Item::Struct(i) if !matches!(i.fields, syn::Fields::Named(_)) => {
                    names.push(i.ident.unraw().to_string());
                    true
                }
                Item::Use(i) => {
                    imported(&i.tree, None, &mut names);
                    false
                }
                _ => continue,
            };
            self.scope
                .extend(names.into_iter().map(|n| (n, Meaning::Item { constant })));
        }
    }
}

/// The names that a `use` brings in.
fn imported(tree: &UseTree, parent: Option<&Ident>, names: &mut Vec<String>) {
    match tree {
        UseTree::Path(t) => imported(&t.tree, Some(&t.ident), names),
        UseTree::Name(t) if t.ident == "self" => {
            names.extend(parent.map(|p| p.unraw().to_string()));
        }
        UseTree::Name(t) => names.push(t.ident.unraw().to_string()),
        UseTree::Rename(t) => names.push(t.rename.unraw().to_string()),
        UseTree::Group(t) => t.items.iter().for_each(|t| imported(t, parent, names)),
        _ => {}
    }
}

impl VisitMut for Renamer<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        self.scoped(|this| {
            this.enter_items(block);
            block.stmts.iter_mut().for_each(|s| this.visit_stmt_mut(s));
        });
    }

    fn visit_local_mut(&mut self, local: &mut Local) {
        let mut refutable = Refutable::No;
        if let Some(init) = &mut local.init {
            self.scoped(|this| this.visit_expr_mut(&mut init.expr));
            if let Some((_, diverge)) = &mut init.diverge {
                refutable = Refutable::Yes;
                self.visit_expr_mut(diverge);
            }
        }
        self.bind(&mut local.pat, refutable);
    }

    fn visit_expr_if_mut(&mut self, e: &mut ExprIf) {
        self.scoped(|this| {
            this.visit_expr_mut(&mut e.cond);
            this.visit_block_mut(&mut e.then_branch);
        });
        if let Some((_, otherwise)) = &mut e.else_branch {
            self.visit_expr_mut(otherwise);
        }
    }

    fn visit_expr_while_mut(&mut self, e: &mut ExprWhile) {
        self.scoped(|this| {
            this.visit_expr_mut(&mut e.cond);
            this.visit_block_mut(&mut e.body);
        });
    }

    /// A condition: its bindings last until the scope that the `if`, `while` or arm has opened ends.
    fn visit_expr_let_mut(&mut self, e: &mut ExprLet) {
        self.visit_expr_mut(&mut e.expr);
        self.bind(&mut e.pat, Refutable::Yes);
    }

    fn visit_expr_for_loop_mut(&mut self, e: &mut ExprForLoop) {
        self.visit_expr_mut(&mut e.expr);
        self.scoped(|this| {
            this.bind(&mut e.pat, Refutable::No);
            this.visit_block_mut(&mut e.body);
        });
    }

    fn visit_expr_closure_mut(&mut self, e: &mut ExprClosure) {
        self.scoped(|this| {
            let mut bound = vec![];
            for input in &mut e.inputs {
                this.pat(input, Refutable::No, &mut bound);
            }
            this.enter(bound);
            this.visit_expr_mut(&mut e.body);
        });
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        self.scoped(|this| {
            this.bind(&mut arm.pat, Refutable::Yes);
            if let Pat::Guard(p) = &mut arm.pat {
                this.visit_expr_mut(&mut p.guard);
            }
            this.visit_expr_mut(&mut arm.body);
        });
    }

    fn visit_expr_path_mut(&mut self, e: &mut ExprPath) {
        if e.qself.is_some() || e.path.leading_colon.is_some() || e.path.segments.len() != 1 {
            return;
        }
        if let Some(segment) = e.path.segments.first_mut() {
            self.use_of(&mut segment.ident);
        }
    }

    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        if let (None, Expr::Path(e), Member::Named(name)) =
            (&field.colon_token, &mut field.expr, &field.member)
            && let Some(segment) = e.path.segments.first_mut()
        {
            if self.use_of(&mut segment.ident) {
                field.colon_token = Some(Token![:](name.span()));
            }
            return;
        }
        self.visit_expr_mut(&mut field.expr);
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        self.macro_call(mac);
    }

    /// The length is a constant, which sees no locals.
    fn visit_expr_repeat_mut(&mut self, e: &mut ExprRepeat) {
        self.visit_expr_mut(&mut e.expr);
        identifiers(e.len.to_token_stream(), &mut self.free);
    }

    // None of these sees locals.
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_type_mut(&mut self, _: &mut Type) {}
    fn visit_generic_argument_mut(&mut self, _: &mut GenericArgument) {}
    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}
    fn visit_expr_const_mut(&mut self, _: &mut ExprConst) {}
    // Patterns are walked by the construct that binds them.
    fn visit_pat_mut(&mut self, _: &mut Pat) {}

    fn visit_expr_mut(&mut self, e: &mut Expr) {
        visit_mut::visit_expr_mut(self, e);
    }
}
