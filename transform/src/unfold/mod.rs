//! Closures and chains of iterators unfolded: a call of a closure becomes its body, a chain the loop that one
//! would write. What cannot carry a derivative stays as it is.
//!
//! This runs on the syntax, between two renamings: names are unique before it, so that no name can be captured,
//! and the copies that it makes get names of their own after it.

mod aggregates;
mod arrays;
mod attempts;
mod bound;
pub(crate) mod chain;
mod chosen;
pub(crate) mod closures;
mod consumers;
mod deques;
mod drained;
mod effects;
mod elements;
mod for_loops;
mod foreign;
mod header;
mod held;
mod items;
mod replaced;
pub(crate) mod selection;
mod sides;
mod slices;
mod stages;
mod survey;
mod swapped;
mod tables;
mod tainted;
mod values;

use crate::diagnostics::Diagnostic;
use crate::fence::macro_args::{self, MacroArgs};
use crate::names::Names;
use crate::ty::Types;
use quote::ToTokens;
use std::collections::{HashMap, HashSet};
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprClosure, Pat, Stmt, Type, parse_quote};

use chain::Chain;
use survey::{Survey, defined};
use tainted::Tainted;

/// Unfolds what may carry a derivative. Gives whether anything changed.
pub fn unfold(
    item: &mut syn::ItemFn,
    options: &crate::args::Options,
    errors: &mut Vec<Diagnostic>,
) -> bool {
    let types = Types::of_generics(&item.sig.generics).within(options.around.as_deref());
    let wrt = options.wrt.as_deref();
    let mut settled = aggregates::taken_apart(item);
    settled |= swapped::spelled_out(item, &tainted::tainted(item, wrt, &types));
    settled |= tables::spelled_out(item, &tainted::tainted(item, wrt, &types));
    settled |= values::settle(item);
    settled |= deques::spelled_out(item, &tainted::tainted(item, wrt, &types));
    settled |= foreign::marked(item, &tainted::of_iterators(item, wrt, &types));
    settled |= chosen::spelled_out(item, &tainted::tainted(item, wrt, &types));
    settled |= slices::spelled_out(item, &tainted::tainted(item, wrt, &types));
    settled |= elements::spelled_out(item, &tainted::tainted(item, wrt, &types));
    settled |= arrays::spelled_out(item, &tainted::tainted(item, wrt, &types));
    settled |= held::spelled_out(item, &tainted::tainted(item, wrt, &types));
    let mut survey = Survey::default();
    survey.visit_block(&item.block);
    if !survey.wanted {
        return settled;
    }
    let tainted = tainted::tainted(item, wrt, &types);
    let inlined = survey.inlined(&tainted);
    let mutable = closures::mutable(item);
    let moved = bound::put_in_place(item, &tainted, &mutable);
    let output = match &item.sig.output {
        syn::ReturnType::Type(_, ty) => Some((**ty).clone()),
        syn::ReturnType::Default => None,
    };
    let mut unfold = Unfold {
        types: &types,
        names: Names::of(item.to_token_stream()),
        tainted: &tainted,
        mutable: &mutable,
        inlined: &inlined,
        closures: HashMap::new(),
        leaves: Vec::new(),
        asked: 0,
        expected: None,
        by_value: false,
        changed: moved || settled,
        errors,
    };
    unfold.block(&mut item.block, output);
    unfold.changed
}

/// The state of the pass.
struct Unfold<'a> {
    types: &'a Types,
    names: Names,
    tainted: &'a Tainted,
    /// What is bound as `mut`.
    mutable: &'a HashSet<String>,
    /// The closures whose calls become their bodies.
    inlined: &'a HashSet<String>,
    /// Their definitions, as far as they were met.
    closures: HashMap<String, ExprClosure>,
    /// The patterns of loop headers.
    leaves: Vec<Option<Pat>>,
    /// How many expressions are around that have no derivative: conditions, comparisons, indices.
    asked: usize,
    /// The type that the next expression is written to have.
    expected: Option<Type>,
    /// Whether the items of the next selection, which are references, are kept by value.
    by_value: bool,
    changed: bool,
    errors: &'a mut Vec<Diagnostic>,
}

impl Unfold<'_> {
    /// A block whose value has the type, if it is known.
    fn block(&mut self, block: &mut syn::Block, output: Option<Type>) {
        let stmts = std::mem::take(&mut block.stmts);
        let count = stmts.len();
        for (n, mut stmt) in stmts.into_iter().enumerate() {
            if let Some(lets) = self.definition(&mut stmt) {
                block.stmts.extend(lets);
                continue;
            }
            if let Some(stmts) = self.dropped(&stmt) {
                self.changed = true;
                block.stmts.extend(stmts);
                continue;
            }
            if n + 1 == count {
                self.expected = output.clone();
            }
            self.visit_stmt_mut(&mut stmt);
            self.expected = None;
            block.stmts.push(stmt);
        }
    }

    /// `let f = |…| …;` of a closure that is inlined: what it takes along, if anything.
    fn definition(&mut self, stmt: &mut Stmt) -> Option<Vec<Stmt>> {
        let (name, closure) = defined(stmt)?;
        if !self.inlined.contains(&name) {
            return None;
        }
        let mut closure = closure.clone();
        self.visit_expr_mut(&mut closure.body);
        self.changed = true;
        let lets = closures::take_along(&mut closure, self.mutable, &mut self.names);
        let lets = self.reported(lets).unwrap_or_default();
        self.closures.insert(name, closure);
        Some(lets)
    }

    /// Something that has no derivative.
    fn asking(&mut self, walk: impl FnOnce(&mut Self)) {
        self.asked += 1;
        walk(self);
        self.asked -= 1;
    }

    fn visit_args(&mut self, method: &syn::Ident, args: &mut [&mut Expr]) {
        for arg in args {
            match arg {
                Expr::Closure(c) if chain::asks(method) => {
                    self.asking(|this| this.visit_expr_mut(&mut c.body));
                }
                arg => self.visit_expr_mut(arg),
            }
        }
    }

    /// The closures of a chain take along what they need when the chain is made.
    fn prepare(&mut self, chain: &mut Chain) -> stages::Result<Vec<Stmt>> {
        let mut lets = self.drained(chain);
        for stage in &mut chain.stages {
            for arg in &mut stage.args {
                if let Expr::Closure(c) = arg {
                    lets.extend(closures::take_along(c, self.mutable, &mut self.names)?);
                }
            }
        }
        Ok(lets)
    }

    /// What came out, if nothing was wrong; otherwise the error is told with the others.
    fn reported<T>(&mut self, result: stages::Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(diagnostic) => {
                self.errors.push(diagnostic);
                None
            }
        }
    }

    fn chain(&mut self, m: &syn::ExprMethodCall, expected: Option<Type>) -> Option<Expr> {
        let mut chain = chain::parse(&m.receiver)?;
        let result = self.prepare(&mut chain).and_then(|mut lets| {
            let mut m = m.clone();
            for arg in &mut m.args {
                if let Expr::Closure(c) = arg {
                    lets.extend(closures::take_along(c, self.mutable, &mut self.names)?);
                }
            }
            Ok(self
                .consume(chain, &m, expected.as_ref())?
                .map(|value| items::block(lets, value)))
        });
        self.reported(result).flatten()
    }
}

impl VisitMut for Unfold<'_> {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        let output = self.expected.take();
        self.block(block, output);
    }

    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        if let Some(init) = &mut local.init {
            self.expected = match &local.pat {
                Pat::Type(t) => Some((*t.ty).clone()),
                _ => None,
            };
            self.visit_expr_mut(&mut init.expr);
            self.expected = None;
        }
    }

    fn visit_expr_mut(&mut self, e: &mut Expr) {
        let expected = self.expected.take();
        let whole = match e {
            Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => self.choose(&u.expr, true),
            Expr::MethodCall(_) if selection::number(e).is_some() => None,
            Expr::MethodCall(m) if m.method == "extend" => self.extended(m),
            Expr::MethodCall(_) => self.choose(e, false),
            _ => None,
        };
        if let Some(value) = whole {
            self.changed = true;
            *e = value;
            return;
        }
        match e {
            Expr::If(i) => {
                if !matches!(*i.cond, Expr::Let(_)) {
                    self.asking(|this| this.visit_expr_mut(&mut i.cond));
                } else {
                    self.visit_expr_mut(&mut i.cond);
                }
                self.block(&mut i.then_branch, expected.clone());
                if let Some((_, els)) = &mut i.else_branch {
                    self.expected = expected;
                    self.visit_expr_mut(els);
                }
                return;
            }
            Expr::While(w) => {
                if !matches!(*w.cond, Expr::Let(_)) {
                    self.asking(|this| this.visit_expr_mut(&mut w.cond));
                } else {
                    self.visit_expr_mut(&mut w.cond);
                }
                self.visit_block_mut(&mut w.body);
                return;
            }
            Expr::Match(m) => {
                self.visit_expr_mut(&mut m.expr);
                for arm in &mut m.arms {
                    if let Pat::Guard(g) = &mut arm.pat {
                        self.asking(|this| this.visit_expr_mut(&mut g.guard));
                    }
                    self.expected = expected.clone();
                    self.visit_expr_mut(&mut arm.body);
                }
                self.expected = None;
                return;
            }
            Expr::Block(b) => {
                self.block(&mut b.block, expected);
                return;
            }
            Expr::Paren(p) => {
                self.expected = expected;
                return self.visit_expr_mut(&mut p.expr);
            }
            Expr::Binary(b) if comparison(&b.op) => {
                self.asking(|this| {
                    this.visit_expr_mut(&mut b.left);
                    this.visit_expr_mut(&mut b.right);
                });
                return;
            }
            Expr::Index(i) => {
                self.visit_expr_mut(&mut i.expr);
                self.asking(|this| this.visit_expr_mut(&mut i.index));
                return;
            }
            Expr::Macro(m) => {
                let vec = m.mac.path.is_ident("vec");
                self.macro_call(&mut m.mac, vec);
                return;
            }
            Expr::Field(_) if selection::number(e).is_some() => {
                self.asking(|this| visit_mut::visit_expr_mut(this, e));
                return;
            }
            Expr::MethodCall(_) if selection::number(e).is_some() => {
                self.asking(|this| visit_mut::visit_expr_mut(this, e));
                return;
            }
            Expr::MethodCall(m) => {
                self.visit_children(m);
                if self.asked == 0
                    && consumers::is_consumer(m)
                    && !(chain::selects(m) && chain::integers(&m.receiver).is_some())
                    && self.tainted.meets(m)
                    && let Some(value) = self.chain(m, expected)
                {
                    self.changed = true;
                    *e = value;
                }
                return;
            }
            Expr::Closure(c) => {
                // A `return` in it has the closure's own type.
                return self.visit_expr_mut(&mut c.body);
            }
            _ => visit_mut::visit_expr_mut(self, e),
        }
        match e {
            Expr::Call(c) => {
                c.args.iter_mut().for_each(|arg| self.put_closure(arg));
                if let Some(value) = self.called(c) {
                    self.changed = true;
                    *e = value;
                }
            }
            Expr::ForLoop(f) => {
                if let Some(value) = self.for_loop(f) {
                    self.changed = true;
                    *e = value;
                }
            }
            // In a chain that stays as it is.
            Expr::Path(p) => {
                if let Some(name) = p.path.get_ident()
                    && let Some(closure) = self.closures.get(&name.to_string())
                    && self.asked > 0
                {
                    *e = Expr::Closure(closure.clone());
                }
            }
            _ => {}
        }
    }

    fn visit_stmt_macro_mut(&mut self, m: &mut syn::StmtMacro) {
        self.macro_call(&mut m.mac, false);
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    fn visit_pat_mut(&mut self, _: &mut Pat) {}
    fn visit_type_mut(&mut self, _: &mut Type) {}
}

impl Unfold<'_> {
    fn visit_children(&mut self, m: &mut syn::ExprMethodCall) {
        self.visit_expr_mut(&mut m.receiver);
        let method = m.method.clone();
        let mut args: Vec<&mut Expr> = m.args.iter_mut().collect();
        self.visit_args(&method, &mut args);
        if chain::parse(&m.receiver).is_none() {
            m.args.iter_mut().for_each(|arg| self.put_closure(arg));
        }
    }

    /// Puts the value of a selection in the place of the expression, if it is one.
    fn choose(&mut self, e: &Expr, dereferenced: bool) -> Option<Expr> {
        if self.asked > 0 || !self.tainted.meets(e) {
            return None;
        }
        let selection = selection::selection(e)?;
        let selected = self.selected(selection, dereferenced);
        match self.reported(selected) {
            Some(value) => value,
            // One error is enough.
            None => Some(e.clone()),
        }
    }

    /// `v.extend(chain)` as a loop that pushes.
    fn extended(&mut self, m: &syn::ExprMethodCall) -> Option<Expr> {
        if self.asked > 0
            || m.method != "extend"
            || m.args.len() != 1
            || !self.tainted.meets(m)
            || !matches!(*m.receiver, Expr::Path(_) | Expr::Field(_))
        {
            return None;
        }
        let mut m = m.clone();
        self.visit_children(&mut m);
        if let Expr::Path(_) = chain::peel(without_borrow(&m.args[0])) {
            // A slice, an array or a vector, which the compiler is asked to agree to.
            let (to, from) = (&m.receiver, without_borrow(&m.args[0]));
            return Some(parse_quote!(#to.extend_from_slice(&#from[..])));
        }
        let mut chain = chain::parse(&m.args[0])?;
        let copies = chain.gives_references();
        let to = &m.receiver;
        let result = self.prepare(&mut chain).and_then(|lets| {
            let stmts = self.drive(chain, &mut |this, item, _| {
                let mut out = Vec::new();
                let value = this.value(item, &mut out);
                out.push(match copies {
                    true => parse_quote!(#to.push(*#value);),
                    false => parse_quote!(#to.push(#value);),
                });
                Ok(out)
            })?;
            Ok(items::block(lets, parse_quote!({ #(#stmts)* })))
        });
        self.reported(result)
    }

    /// A call of a closure by its name, or of one that is written in place.
    fn called(&mut self, c: &mut syn::ExprCall) -> Option<Expr> {
        let closure = match chain::peel(&c.func) {
            Expr::Closure(closure) => {
                let mut closure = closure.clone();
                closures::take_along(&mut closure, &HashSet::new(), &mut self.names).ok()?;
                closure
            }
            Expr::Path(p) => self.closures.get(&p.path.get_ident()?.to_string())?.clone(),
            _ => return None,
        };
        let args = c.args.iter().cloned().collect();
        let applied = closures::apply(&closure, args, &mut self.names);
        self.reported(applied)
    }

    /// A closure with a name that is passed to a function, written where it is passed.
    fn put_closure(&mut self, arg: &mut Expr) {
        match arg {
            Expr::Path(p) => {
                let name = p.path.get_ident().map(ToString::to_string);
                if let Some(closure) = name.and_then(|name| self.closures.get(&name)) {
                    *arg = Expr::Closure(closure.clone());
                }
            }
            Expr::Reference(r) => self.put_closure(&mut r.expr),
            Expr::Paren(p) => self.put_closure(&mut p.expr),
            _ => {}
        }
    }

    fn macro_call(&mut self, mac: &mut syn::Macro, values: bool) {
        let asked = usize::from(!values);
        self.asked += asked;
        let mut args = macro_args::parse(mac);
        match &mut args {
            MacroArgs::List(list) => list.iter_mut().for_each(|e| self.visit_expr_mut(e)),
            MacroArgs::Repeat { value, len, .. } => {
                self.visit_expr_mut(value);
                self.asking(|this| this.visit_expr_mut(len));
            }
            MacroArgs::Matches { value, guard, .. } => {
                self.visit_expr_mut(value);
                if let Some((_, guard)) = guard {
                    self.visit_expr_mut(guard);
                }
            }
            MacroArgs::Opaque => {}
        }
        self.asked -= asked;
        if !matches!(args, MacroArgs::Opaque) {
            mac.tokens = args.into_token_stream();
        }
    }
}

fn without_borrow(e: &Expr) -> &Expr {
    match e {
        Expr::Reference(r) if r.mutability.is_none() => &r.expr,
        e => e,
    }
}

fn comparison(op: &syn::BinOp) -> bool {
    use syn::BinOp::*;
    matches!(op, Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_))
}
