//! Loops, and how the variables of a `for` pattern follow from the number of the iteration.

use super::Lower;
use super::infer::peel;
use super::pattern::{By, Subject};
use super::positions::Item;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::visit::Visit;

impl Lower {
    pub(super) fn forever(&mut self, l: &syn::ExprLoop, target: Option<VarId>) {
        let (id, label) = self.enter_loop(l.label.as_ref(), target);
        let body = self.block(|lower| lower.block_into(&l.body, None));
        self.scopes.pop();
        self.push(
            Kind::Loop(Loop {
                id,
                label,
                head: Head::Forever,
                body,
            }),
            l.span(),
        );
    }

    pub(super) fn while_(&mut self, w: &syn::ExprWhile) {
        let (id, label) = self.enter_loop(w.label.as_ref(), None);
        let mut head = self.opaque(&w.cond, Cut::NoDerivative("a condition".into()));
        head.pure = false;
        let body = self.block(|lower| {
            lower.while_let(&w.cond);
            lower.block_into(&w.body, None);
        });
        self.scopes.pop();
        self.push(
            Kind::Loop(Loop {
                id,
                label,
                head: Head::While(head),
                body,
            }),
            w.span(),
        );
    }

    /// The pattern of `while let` may bind only what has no derivative.
    fn while_let(&mut self, cond: &syn::Expr) {
        match peel(cond) {
            syn::Expr::Let(l) => {
                let opaque = self.opaque(&l.expr, Cut::None);
                let detail = "`while let` takes apart a value that carries a derivative";
                let diagnostic = Diagnostic::new(Code::UnsupportedExpr, &l.expr, detail);
                let opaque = Opaque {
                    tokens: TokenStream::new(),
                    ..opaque
                };
                self.push(Kind::Refused(opaque, Box::new(diagnostic)), l.span());
                self.bind(
                    &l.pat,
                    &Subject {
                        place: None,
                        ty: Ty::Unknown,
                        by: By::Value,
                        refutable: true,
                    },
                );
            }
            syn::Expr::Binary(b) => {
                self.while_let(&b.left);
                self.while_let(&b.right);
            }
            _ => {}
        }
    }

    fn enter_loop(
        &mut self,
        label: Option<&syn::Label>,
        value: Option<VarId>,
    ) -> (ScopeId, syn::Ident) {
        let name = label.map(|l| l.name.ident.to_string());
        let id = self.enter(name, true, value);
        let ident = match label {
            Some(l) => l.name.ident.clone(),
            None => self.f.names.fresh("iterations"),
        };
        (id, ident)
    }

    pub(super) fn for_(&mut self, f: &syn::ExprForLoop) {
        let counter = self.f.fresh("k", Ty::Int(Some("usize".into())));
        let iter = self.iter(&f.expr, counter);
        let (id, label) = self.enter_loop(f.label.as_ref(), None);
        // Where no sequence tells how often, a formula may, if it is not the loop's own integer that does.
        let own = matches!(
            iter.item,
            Item::Integer {
                reversible: true,
                ..
            }
        );
        let trips = match iter.count {
            Some(count) if iter.length.is_none() && !own => Some(self.hoist(count, f.expr.span())),
            _ => None,
        };
        let mut head = For {
            trips,
            apart: Vec::new(),
            pat: f.pat.to_token_stream(),
            iter: iter.tokens,
            reads: iter.reads,
            counter,
            backward: Backward::Saved,
            length: iter.length,
        };
        let body = self.block(|lower| {
            lower.bind_item(&f.pat, &iter.item, &mut head);
            lower.block_into(&f.body, None);
        });
        self.scopes.pop();
        self.settle_integer(f, &mut head);
        self.push(
            Kind::Loop(Loop {
                id,
                label,
                head: Head::For(Box::new(head)),
                body,
            }),
            f.span(),
        );
    }

    /// A range of literals has the type that the body gives to its integer; where the reverse sweep might give
    /// it another, the type is tied.
    fn settle_integer(&mut self, f: &syn::ExprForLoop, head: &mut For) {
        let (Backward::Reversed(i) | Backward::Offset(i, _)) = head.backward else {
            return;
        };
        let var = &self.f.vars[i];
        if !matches!(var.ty, Ty::Int(None))
            || (small_literals(&head.iter) && only_any_integer(&f.body, &var.ident))
        {
            return;
        }
        let range = syn::parse2::<syn::ExprRange>(head.iter.clone());
        match range {
            Ok(syn::ExprRange {
                start: Some(start),
                limits,
                end,
                ..
            }) if head.reads.is_empty() => {
                let same = self.same_integer(f.span());
                let ident = &self.f.vars[same].ident;
                head.iter = quote!(#ident(#start) #limits #end);
                head.reads.push(same);
            }
            _ if head.reads.is_empty() || matches!(head.backward, Backward::Offset(..)) => {
                head.backward = Backward::Saved;
            }
            _ => {}
        }
    }

    /// Binds a `for` pattern to the items.
    fn bind_item(&mut self, pat: &syn::Pat, item: &Item, head: &mut For) {
        match (pat, item) {
            (syn::Pat::Wild(_), _) => {
                if let Item::Integer {
                    reversible: true,
                    ty,
                    ..
                } = item
                {
                    // Nobody names the integer, but the range still tells the number of trips.
                    let unnamed = self.f.fresh("i", ty.clone());
                    head.backward = Backward::Reversed(unnamed);
                }
            }
            (syn::Pat::Paren(p), _) => self.bind_item(&p.pat, item, head),
            (
                syn::Pat::Ident(p),
                Item::Integer {
                    start,
                    ty,
                    reversible,
                },
            ) => {
                let var = self.declare(&p.ident, ty.clone(), p.mutability.is_some());
                self.push(Kind::Bind(var, None), p.span());
                head.backward = match start {
                    _ if p.mutability.is_some() => Backward::Saved,
                    _ if *reversible => Backward::Reversed(var),
                    Some(start) => Backward::Offset(var, start.clone()),
                    None => Backward::Saved,
                };
            }
            (syn::Pat::Ident(p), Item::Number) => {
                let var = self.declare(
                    &p.ident,
                    Ty::Int(Some("usize".into())),
                    p.mutability.is_some(),
                );
                self.push(Kind::Bind(var, None), p.span());
                head.backward = match p.mutability {
                    None => Backward::Counter(var),
                    Some(_) => Backward::Saved,
                };
            }
            (syn::Pat::Tuple(t), Item::Pair(a, b)) if t.elems.len() == 2 => {
                // Only one of the integers can be found again from the counter; the others are saved.
                self.bind_item(&t.elems[0], &a.demoted(), head);
                let first = std::mem::replace(&mut head.backward, Backward::Saved);
                self.bind_item(&t.elems[1], &b.demoted(), head);
                if !matches!(first, Backward::Saved) {
                    head.backward = first;
                }
            }
            (pat, Item::Element(e)) => {
                let subject = Subject {
                    place: Some(e.place(&self.f, head.counter)),
                    ty: e.ty.clone(),
                    by: e.by,
                    refutable: false,
                };
                let known = self.f.vars.len();
                self.bind(pat, &subject);
                for bound in &mut self.f.vars[known..] {
                    if matches!(
                        (e.by, &e.ty, &bound.ty),
                        (By::Value, Ty::Unknown, Ty::Unknown)
                    ) {
                        bound.role = Role::Item;
                    }
                }
            }
            (pat, Item::Other) => self.bind(
                pat,
                &Subject {
                    place: None,
                    ty: Ty::Unknown,
                    by: By::Value,
                    refutable: false,
                },
            ),
            (pat, _) => self.refuse(
                Code::UnsupportedPattern,
                pat,
                "a loop pattern that hides which element is meant",
            ),
        }
    }
}

/// Whether the integer is used only where its type makes no difference: as an index, in a comparison or a
/// remainder, or cast as it is.
fn only_any_integer(body: &syn::Block, integer: &syn::Ident) -> bool {
    struct Uses<'a> {
        integer: &'a syn::Ident,
        other: bool,
    }
    impl Uses<'_> {
        fn is_integer(&self, e: &syn::Expr) -> bool {
            matches!(peel(e), syn::Expr::Path(p) if p.path.is_ident(self.integer))
        }
    }
    impl<'ast> Visit<'ast> for Uses<'_> {
        fn visit_expr(&mut self, e: &'ast syn::Expr) {
            use syn::BinOp::{Eq, Ge, Gt, Le, Lt, Ne, Rem};
            match e {
                syn::Expr::Index(i) => self.visit_expr(&i.expr),
                syn::Expr::Cast(c) if self.is_integer(&c.expr) => {}
                syn::Expr::Binary(b)
                    if matches!(b.op, Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_) | Rem(_)) =>
                {
                    for side in [&b.left, &b.right] {
                        if !self.is_integer(side) {
                            self.visit_expr(side);
                        }
                    }
                }
                e => {
                    self.other |= self.is_integer(e);
                    syn::visit::visit_expr(self, e);
                }
            }
        }

        fn visit_macro(&mut self, mac: &'ast syn::Macro) {
            let tokens = mac.tokens.to_string();
            self.other |= tokens.contains(&self.integer.to_string());
        }
    }
    let mut uses = Uses {
        integer,
        other: false,
    };
    uses.visit_block(body);
    !uses.other
}

/// Whether every literal is an `i32`, which is what rustc takes it for where nothing else is known.
fn small_literals(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().all(|tree| match tree {
        TokenTree::Group(g) => small_literals(&g.stream()),
        TokenTree::Literal(l) => syn::parse_str::<syn::LitInt>(&l.to_string())
            .is_ok_and(|l| l.base10_parse::<i32>().is_ok()),
        _ => true,
    })
}
