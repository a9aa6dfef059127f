//! Expressions that stay the user's own tokens: what they read, what they may change, and whether they can
//! be evaluated again.

use super::Lower;
use super::infer::peel;
use crate::fence::macro_args::{self, MacroArgs};
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::Visit;

struct Scan<'a> {
    lower: &'a Lower,
    reads: Vec<VarId>,
    writes: Vec<VarId>,
    /// What a method is called on that may change it, for all that is known.
    asks: Vec<VarId>,
    pure: bool,
    leaves: bool,
    in_closure: usize,
    /// The labels inside the expression, and how many loops are around.
    labels: Vec<String>,
    loops: usize,
    /// A variable of unknown type is handed to something, which may write through it.
    hands_on: bool,
}

impl<'a> Scan<'a> {
    fn new(lower: &'a Lower) -> Scan<'a> {
        Scan {
            lower,
            reads: Vec::new(),
            writes: Vec::new(),
            asks: Vec::new(),
            pure: true,
            leaves: false,
            in_closure: 0,
            labels: Vec::new(),
            loops: 0,
            hands_on: false,
        }
    }
}

impl Scan<'_> {
    /// An operand of an operator, which takes numbers by value and compares what references refer to.
    fn operand(&mut self, e: &syn::Expr) {
        match peel(e) {
            syn::Expr::Path(p) => {
                if let Some(v) = self.lower.lookup(&p.path) {
                    self.reads.push(v);
                }
            }
            e => self.visit_expr(e),
        }
    }

    /// An expression of which only the value behind it is looked at, however it is reached.
    fn look(&mut self, e: &syn::Expr) {
        let syn::Expr::Path(p) = peel(e) else {
            return self.visit_expr(e);
        };
        let Some(v) = self.lower.lookup(&p.path) else {
            return;
        };
        self.reads.push(v);
        // It may be an exclusive reference, and what it refers to may change without a trace.
        let var = &self.lower.f.vars[v];
        if matches!(var.ty, Ty::Unknown) && !var.mutable && var.alias.is_none() {
            self.pure = false;
        }
    }

    /// A macro may assign to whatever variable it is given.
    fn unknown_macro(&mut self, tokens: TokenStream) {
        let mut inner = Scan::new(self.lower);
        inner.tokens(tokens);
        for v in inner.reads {
            self.reads.push(v);
            let var = &self.lower.f.vars[v];
            if var.mutable || matches!(var.ty, Ty::Ref(_, true)) {
                self.writes.push(v);
            }
        }
    }

    /// Whether a `break` or `continue` stays inside the expression.
    fn stays(&self, e: &syn::Expr) -> bool {
        let label = match e {
            syn::Expr::Break(b) => &b.label,
            syn::Expr::Continue(c) => &c.label,
            _ => return false,
        };
        match label {
            Some(label) => self.labels.contains(&label.ident.to_string()),
            None => self.loops > 0,
        }
    }

    fn write(&mut self, e: &syn::Expr) {
        match e {
            syn::Expr::Path(p) => {
                if let Some(v) = self.lower.lookup(&p.path) {
                    self.writes.push(v);
                }
            }
            syn::Expr::Field(f) => self.write(&f.base),
            syn::Expr::Index(i) => self.write(&i.expr),
            syn::Expr::Paren(p) => self.write(&p.expr),
            syn::Expr::Unary(u) => self.write(&u.expr),
            syn::Expr::MethodCall(m) => self.write(&m.receiver),
            syn::Expr::Tuple(t) => t.elems.iter().for_each(|e| self.write(e)),
            syn::Expr::Array(t) => t.elems.iter().for_each(|e| self.write(e)),
            _ => {}
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut after_dot = false;
        for tree in tokens {
            match tree {
                TokenTree::Ident(i) => {
                    let known = self.lower.by_name.get(&i.to_string());
                    if let (Some(v), false) = (known, after_dot) {
                        self.reads.push(*v);
                    }
                    after_dot = false;
                }
                TokenTree::Group(g) => {
                    after_dot = false;
                    self.tokens(g.stream());
                }
                TokenTree::Literal(l) => {
                    after_dot = false;
                    self.captures(&l.to_string());
                }
                TokenTree::Punct(p) => after_dot = p.as_char() == '.',
            }
        }
    }

    /// What is read, what may be changed, and what of that only by methods of an unknown kind.
    fn touched(self) -> (Vec<VarId>, Vec<VarId>, Vec<VarId>) {
        let Scan {
            mut reads,
            mut writes,
            mut asks,
            ..
        } = self;
        asks.retain(|v| !writes.contains(v));
        writes.extend(&asks);
        for list in [&mut reads, &mut writes, &mut asks] {
            list.sort_unstable();
            list.dedup();
        }
        (reads, writes, asks)
    }

    /// Names captured inside a format string.
    fn captures(&mut self, text: &str) {
        for part in text.split('{').skip(1) {
            let name: String = part
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if let Some(v) = self.lower.by_name.get(&name) {
                self.reads.push(*v);
            }
        }
    }
}

/// Methods without effects whose result depends on the receiver's value alone, cheap to call again.
const PURE_METHODS: [&str; 14] = [
    "len",
    "is_empty",
    "min",
    "max",
    "abs",
    "pow",
    "saturating_sub",
    "wrapping_add",
    "wrapping_sub",
    "wrapping_mul",
    "rem_euclid",
    "is_nan",
    "is_finite",
    "abs_diff",
];

/// Methods that take `&mut self` on a value are not known by name: any other method might.
const READING_METHODS: [&str; 12] = [
    "iter", "clone", "to_vec", "get", "first", "last", "contains", "sqrt", "exp", "ln", "is_some",
    "is_none",
];

/// Methods that change an `Option`; all others take it by value or look at it.
const CHANGING_OPTIONS: [&str; 9] = [
    "take",
    "take_if",
    "replace",
    "insert",
    "get_or_insert",
    "get_or_insert_with",
    "as_mut",
    "as_deref_mut",
    "iter_mut",
];

impl<'ast> Visit<'ast> for Scan<'_> {
    fn visit_expr(&mut self, e: &'ast syn::Expr) {
        match e {
            syn::Expr::Path(p) => {
                if let Some(v) = self.lower.lookup(&p.path) {
                    self.reads.push(v);
                    self.hands_on |= matches!(self.lower.f.vars[v].ty, Ty::Unknown);
                    // An exclusive reference that is handed on can be written through.
                    if matches!(self.lower.f.vars[v].ty, Ty::Ref(_, true)) {
                        self.pure = false;
                        self.writes.push(v);
                    }
                }
            }
            syn::Expr::Assign(a) => {
                self.pure = false;
                self.write(&a.left);
                syn::visit::visit_expr(self, e);
            }
            syn::Expr::Binary(b) => {
                if is_compound(&b.op) {
                    self.pure = false;
                    self.write(&b.left);
                }
                self.operand(&b.left);
                self.operand(&b.right);
            }
            syn::Expr::Reference(r) => {
                if r.mutability.is_some() {
                    self.pure = false;
                    self.write(&r.expr);
                }
                self.look(&r.expr);
            }
            syn::Expr::MethodCall(m) => {
                let name = m.method.to_string();
                // Of a type that is not known, the name may be a method of the user's.
                let receiver = self.lower.infer(&m.receiver);
                let known = !matches!(receiver.peeled(), Ty::Unknown);
                let by_value = matches!(receiver.peeled(), Ty::Option(_) | Ty::Result(_))
                    && !CHANGING_OPTIONS.contains(&name.as_str());
                let pure = known && PURE_METHODS.contains(&name.as_str());
                if !pure {
                    self.pure = false;
                }
                if !pure
                    && !by_value
                    && !READING_METHODS.contains(&name.as_str())
                    && crate::rules::find(&name).is_none()
                    && let syn::Expr::Path(_)
                    | syn::Expr::Field(_)
                    | syn::Expr::Index(_)
                    | syn::Expr::Unary(_) = peel(&m.receiver)
                {
                    let before = self.writes.len();
                    self.write(&m.receiver);
                    // Only what is mutable can be changed; a name for a part of something is bound by reference,
                    // shared or not.
                    let changed = self.writes.split_off(before);
                    let lower = self.lower;
                    let changed = changed
                        .into_iter()
                        .filter(|v| lower.f.may_be_changed(&Place::var(*v)));
                    match !known && crate::analysis::shared::is_plain(peel(&m.receiver)) {
                        true => self.asks.extend(changed),
                        false => self.writes.extend(changed),
                    }
                }
                self.look(&m.receiver);
                m.args.iter().for_each(|a| self.visit_expr(a));
            }
            syn::Expr::Closure(_) => {
                self.pure = false;
                self.in_closure += 1;
                syn::visit::visit_expr(self, e);
                self.in_closure -= 1;
            }
            syn::Expr::Return(_) | syn::Expr::Break(_) | syn::Expr::Continue(_) => {
                self.leaves |= self.in_closure == 0 && !self.stays(e);
                self.pure = false;
                syn::visit::visit_expr(self, e);
            }
            syn::Expr::Block(_)
            | syn::Expr::Loop(_)
            | syn::Expr::While(_)
            | syn::Expr::ForLoop(_) => {
                self.pure = false;
                let (label, is_loop) = match e {
                    syn::Expr::Block(b) => (&b.label, 0),
                    syn::Expr::Loop(l) => (&l.label, 1),
                    syn::Expr::While(l) => (&l.label, 1),
                    syn::Expr::ForLoop(l) => (&l.label, 1),
                    _ => return,
                };
                let labels = self.labels.len();
                self.labels
                    .extend(label.iter().map(|l| l.name.ident.to_string()));
                self.loops += is_loop;
                syn::visit::visit_expr(self, e);
                self.loops -= is_loop;
                self.labels.truncate(labels);
            }
            syn::Expr::Try(_) => {
                self.leaves |= self.in_closure == 0;
                syn::visit::visit_expr(self, e);
            }
            syn::Expr::Unary(u) => self.look(&u.expr),
            syn::Expr::Cast(c) => self.look(&c.expr),
            syn::Expr::Field(f) => self.look(&f.base),
            syn::Expr::Index(i) => {
                self.look(&i.expr);
                self.visit_expr(&i.index);
            }
            syn::Expr::Lit(_)
            | syn::Expr::Paren(_)
            | syn::Expr::Group(_)
            | syn::Expr::Range(_)
            | syn::Expr::Tuple(_) => syn::visit::visit_expr(self, e),
            _ => {
                self.pure = false;
                syn::visit::visit_expr(self, e);
            }
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.pure = false;
        let name = macro_args::name(mac);
        if !super::macros::is_known(&name) {
            return self.unknown_macro(mac.tokens.clone());
        }
        // The arguments do not live as long as the tokens that the other methods borrow.
        let mut inner = Scan::new(self.lower);
        match macro_args::parse(mac) {
            MacroArgs::List(list) => {
                for e in &list {
                    match e {
                        // `name = value` gives a name to an argument.
                        syn::Expr::Assign(a) => inner.visit_expr(&a.right),
                        syn::Expr::Lit(l) => inner.captures(&l.to_token_stream().to_string()),
                        e => inner.visit_expr(e),
                    }
                }
            }
            MacroArgs::Repeat { value, len, .. } => {
                inner.visit_expr(&value);
                inner.visit_expr(&len);
            }
            MacroArgs::Matches { value, guard, .. } => {
                inner.visit_expr(&value);
                if let Some((_, guard)) = &guard {
                    inner.visit_expr(guard);
                }
            }
            MacroArgs::Opaque => inner.unknown_macro(mac.tokens.clone()),
        }
        self.reads.extend(inner.reads);
        self.writes.extend(inner.writes);
        self.asks.extend(inner.asks);
        self.leaves |= inner.leaves && self.in_closure == 0;
        self.hands_on |= inner.hands_on;
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// `+=` and its kin.
pub(crate) fn is_compound(op: &syn::BinOp) -> bool {
    use syn::BinOp::*;
    matches!(
        op,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitXorAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}

impl Lower {
    /// An expression in the user's own tokens.
    pub(super) fn opaque(&mut self, e: &syn::Expr, cut: Cut) -> Opaque {
        let mut scan = Scan::new(self);
        scan.visit_expr(e);
        let (pure, leaves) = (scan.pure, scan.leaves);
        let (reads, writes, asks) = scan.touched();
        if leaves {
            self.refuse(
                crate::diagnostics::Code::UnsupportedExpr,
                e,
                "`return`, `break`, `continue` or `?` inside this expression",
            );
        }
        Opaque {
            tokens: e.to_token_stream(),
            reads,
            writes,
            asks,
            pure,
            cut,
            span: e.span(),
        }
    }

    /// Whether an expression certainly writes to no variable.
    pub(super) fn changes_nothing(&self, e: &syn::Expr) -> bool {
        let mut scan = Scan::new(self);
        scan.visit_expr(e);
        scan.writes.is_empty() && scan.asks.is_empty()
    }

    /// Whether a method called for its effect changes nothing but memory without a derivative: sorting indices by
    /// the values that they stand for, say.
    pub(super) fn changes_constants_only(&self, m: &syn::ExprMethodCall) -> bool {
        if !self.infer(&m.receiver).is_constant() {
            return false;
        }
        let mut scan = Scan::new(self);
        scan.visit_expr(&syn::Expr::MethodCall(m.clone()));
        let mut changed = scan.writes.iter().chain(&scan.asks);
        !scan.hands_on && changed.all(|v| self.f.vars[*v].ty.is_constant())
    }

    /// A macro call in the user's own tokens.
    pub(super) fn opaque_macro(
        &self,
        mac: &syn::Macro,
        tokens: TokenStream,
        span: proc_macro2::Span,
    ) -> Opaque {
        let mut scan = Scan::new(self);
        scan.visit_macro(mac);
        let (reads, writes, asks) = scan.touched();
        Opaque {
            tokens,
            reads,
            writes,
            asks,
            pure: false,
            cut: Cut::None,
            span,
        }
    }
}
