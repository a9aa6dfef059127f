//! Expressions that stay the user's own tokens: what they read, what they may change, and whether they can
//! be evaluated again.

use super::Lower;
use crate::ir::*;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::Visit;

struct Scan<'a> {
    lower: &'a Lower,
    reads: Vec<VarId>,
    writes: Vec<VarId>,
    pure: bool,
    leaves: bool,
    in_closure: usize,
}

impl Scan<'_> {
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

impl<'ast> Visit<'ast> for Scan<'_> {
    fn visit_expr(&mut self, e: &'ast syn::Expr) {
        match e {
            syn::Expr::Path(p) => {
                if let Some(v) = self.lower.lookup(&p.path) {
                    self.reads.push(v);
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
                syn::visit::visit_expr(self, e);
            }
            syn::Expr::Reference(r) => {
                if r.mutability.is_some() {
                    self.pure = false;
                    self.write(&r.expr);
                }
                syn::visit::visit_expr(self, e);
            }
            syn::Expr::MethodCall(m) => {
                let name = m.method.to_string();
                let pure = PURE_METHODS.contains(&name.as_str());
                if !pure {
                    self.pure = false;
                }
                if !pure
                    && !READING_METHODS.contains(&name.as_str())
                    && crate::rules::find(&name).is_none()
                    && let syn::Expr::Path(_) | syn::Expr::Field(_) | syn::Expr::Index(_) =
                        &*m.receiver
                {
                    let before = self.writes.len();
                    self.write(&m.receiver);
                    // Only what is mutable can be changed.
                    let lower = self.lower;
                    let mut at = before;
                    while at < self.writes.len() {
                        let var = &lower.f.vars[self.writes[at]];
                        if var.mutable || matches!(var.ty, crate::ty::Ty::Ref(_, true)) {
                            at += 1;
                        } else {
                            self.writes.remove(at);
                        }
                    }
                }
                syn::visit::visit_expr(self, e);
            }
            syn::Expr::Closure(_) => {
                self.pure = false;
                self.in_closure += 1;
                syn::visit::visit_expr(self, e);
                self.in_closure -= 1;
            }
            syn::Expr::Return(_) | syn::Expr::Break(_) | syn::Expr::Continue(_) => {
                self.leaves |= self.in_closure == 0;
                self.pure = false;
                syn::visit::visit_expr(self, e);
            }
            syn::Expr::Try(_) => {
                self.leaves |= self.in_closure == 0;
                syn::visit::visit_expr(self, e);
            }
            syn::Expr::Lit(_)
            | syn::Expr::Paren(_)
            | syn::Expr::Group(_)
            | syn::Expr::Unary(_)
            | syn::Expr::Cast(_)
            | syn::Expr::Field(_)
            | syn::Expr::Index(_)
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
        self.tokens(mac.tokens.clone());
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// `+=` and its kin.
pub(super) fn is_compound(op: &syn::BinOp) -> bool {
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
        let mut scan = Scan {
            lower: self,
            reads: Vec::new(),
            writes: Vec::new(),
            pure: true,
            leaves: false,
            in_closure: 0,
        };
        scan.visit_expr(e);
        let (mut reads, mut writes, pure, leaves) =
            (scan.reads, scan.writes, scan.pure, scan.leaves);
        for list in [&mut reads, &mut writes] {
            list.sort_unstable();
            list.dedup();
        }
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
            pure,
            cut,
            span: e.span(),
        }
    }

    /// Tokens that no parser of ours understands, and the variables named in them.
    pub(super) fn opaque_tokens(&self, tokens: TokenStream, span: proc_macro2::Span) -> Opaque {
        let mut scan = Scan {
            lower: self,
            reads: Vec::new(),
            writes: Vec::new(),
            pure: false,
            leaves: false,
            in_closure: 0,
        };
        scan.tokens(tokens.clone());
        let mut reads = scan.reads;
        reads.sort_unstable();
        reads.dedup();
        Opaque {
            tokens,
            reads,
            writes: Vec::new(),
            pure: false,
            cut: Cut::None,
            span,
        }
    }
}
