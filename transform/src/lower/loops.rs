//! Loops, and how the elements and integers of a `for` header follow from the number of the iteration.

use super::Lower;
use super::control::contains_let;
use super::infer::peel;
use super::pattern::Subject;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::visit::Visit;

/// What an iterator gives in iteration `k`.
enum Item {
    /// An integer of a range: whether it runs `start..`, and from where.
    Integer {
        start: Option<Operand>,
        ty: Ty,
        reversible: bool,
    },
    /// `k` itself.
    Number,
    /// A part of memory.
    Element { place: Place, ty: Ty, by_ref: bool },
    /// Two of them.
    Pair(Box<Item>, Box<Item>),
    /// Something without a derivative.
    Other,
}

/// An iterator: its tokens with the operands hoisted, what they read, and its items.
struct Iter {
    tokens: TokenStream,
    reads: Vec<VarId>,
    item: Item,
    length: Option<Vec<Place>>,
}

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
            if contains_let(&w.cond) {
                lower.while_let(&w.cond);
            }
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
                        by_ref: false,
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
        let mut head = For {
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
                self.bind_item(&t.elems[0], &demote(a), head);
                let first = std::mem::replace(&mut head.backward, Backward::Saved);
                self.bind_item(&t.elems[1], &demote(b), head);
                if !matches!(first, Backward::Saved) {
                    head.backward = first;
                }
            }
            (pat, Item::Element { place, ty, by_ref }) => {
                let subject = Subject {
                    place: Some(place.clone()),
                    ty: ty.clone(),
                    by_ref: *by_ref,
                    refutable: false,
                };
                self.bind(pat, &subject);
            }
            (pat, Item::Other) => self.bind(
                pat,
                &Subject {
                    place: None,
                    ty: Ty::Unknown,
                    by_ref: false,
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

    /// Reads an iterator off the user's expression.
    fn iter(&mut self, e: &syn::Expr, k: VarId) -> Iter {
        let e = peel(e);
        match e {
            syn::Expr::Range(r) => self.range(e, r),
            syn::Expr::MethodCall(m) => self.iter_method(e, m, k),
            _ => self.elements(e, k),
        }
    }

    fn range(&mut self, e: &syn::Expr, r: &syn::ExprRange) -> Iter {
        let start_ty = r.start.as_ref().map(|s| self.infer(s)).unwrap_or_default();
        let end_ty = r.end.as_ref().map(|s| self.infer(s)).unwrap_or_default();
        let ty = match (&start_ty, &end_ty) {
            (Ty::Int(Some(n)), _) | (_, Ty::Int(Some(n))) => Ty::Int(Some(n.clone())),
            _ => Ty::Int(None),
        };
        let mut reads = Vec::new();
        let mut hoist = |lower: &mut Self, e: &Option<Box<syn::Expr>>| {
            let operand = e.as_deref().and_then(|e| lower.value(e));
            if let Some(Operand::Var(v)) = operand {
                reads.push(v);
            }
            operand
        };
        let start = hoist(self, &r.start);
        let end = hoist(self, &r.end);
        let a = start.as_ref().map(|o| super::operand_tokens(&self.f, o));
        let b = end.as_ref().map(|o| super::operand_tokens(&self.f, o));
        let limits = &r.limits;
        let _ = e;
        let usize_or_literal = matches!(&ty, Ty::Int(Some(n)) if n == "usize");
        Iter {
            tokens: quote!(#a #limits #b),
            reads,
            item: Item::Integer {
                start: start.filter(|_| usize_or_literal),
                ty,
                reversible: r.end.is_some(),
            },
            length: None,
        }
    }

    fn iter_method(&mut self, e: &syn::Expr, m: &syn::ExprMethodCall, k: VarId) -> Iter {
        let name = m.method.to_string();
        match (name.as_str(), m.args.len()) {
            ("iter" | "iter_mut" | "into_iter", 0)
                if !matches!(peel(&m.receiver), syn::Expr::Range(_)) =>
            {
                let mut iter = self.elements(&m.receiver, k);
                let (tokens, method) = (iter.tokens.clone(), &m.method);
                if let Item::Element { by_ref, .. } = &mut iter.item {
                    *by_ref |= name != "into_iter";
                }
                iter.tokens = quote!((#tokens).#method());
                iter
            }
            ("enumerate", 0) => {
                let inner = self.iter(&m.receiver, k);
                let tokens = inner.tokens;
                Iter {
                    tokens: quote!((#tokens).enumerate()),
                    reads: inner.reads,
                    item: Item::Pair(Box::new(Item::Number), Box::new(inner.item)),
                    length: inner.length,
                }
            }
            ("zip", 1) => {
                let a = self.iter(&m.receiver, k);
                let b = self.iter(&m.args[0], k);
                let (ta, tb) = (a.tokens, b.tokens);
                let length = match (a.length, b.length) {
                    (Some(a), Some(b)) => Some([a, b].concat()),
                    _ => None,
                };
                let mut reads = a.reads;
                reads.extend(b.reads);
                Iter {
                    tokens: quote!((#ta).zip(#tb)),
                    reads,
                    item: Item::Pair(Box::new(a.item), Box::new(b.item)),
                    length,
                }
            }
            ("copied" | "cloned", 0) => {
                let mut inner = self.iter(&m.receiver, k);
                if let Item::Element { by_ref, .. } = &mut inner.item {
                    *by_ref = false;
                }
                let (tokens, method) = (inner.tokens, &m.method);
                Iter {
                    tokens: quote!((#tokens).#method()),
                    ..inner
                }
            }
            ("rev", 0) => {
                let inner = self.iter(&m.receiver, k);
                let tokens = inner.tokens;
                let tokens = quote!((#tokens).rev());
                match (inner.item, inner.length) {
                    (Item::Integer { ty, reversible, .. }, length) => Iter {
                        tokens,
                        reads: inner.reads,
                        item: Item::Integer {
                            start: None,
                            ty,
                            reversible,
                        },
                        length,
                    },
                    (
                        Item::Element {
                            mut place,
                            ty,
                            by_ref,
                        },
                        Some(length),
                    ) if ends_with_counter(&place, k) => {
                        place.path.pop();
                        place = place.then(Proj::FromEnd(Operand::Var(k)));
                        Iter {
                            tokens,
                            reads: inner.reads,
                            item: Item::Element { place, ty, by_ref },
                            length: Some(length),
                        }
                    }
                    _ => self.other_iter(e),
                }
            }
            ("step_by", 1) => {
                let inner = self.iter(&m.receiver, k);
                let Some(step) = self.value(&m.args[0]) else {
                    return self.other_iter(e);
                };
                let mut reads = inner.reads;
                if let Operand::Var(v) = step {
                    reads.push(v);
                }
                let (tokens, step) = (inner.tokens, super::operand_tokens(&self.f, &step));
                match inner.item {
                    // `rev` of a stepped iterator wants an exact size, which few ranges have.
                    Item::Integer { ty, reversible, .. } => {
                        let sized = is_half_open(&m.receiver)
                            && matches!(&ty, Ty::Int(Some(n)) if SIZED.contains(&n.as_str()));
                        Iter {
                            tokens: quote!((#tokens).step_by(#step)),
                            reads,
                            item: Item::Integer {
                                start: None,
                                ty,
                                reversible: reversible && sized,
                            },
                            length: None,
                        }
                    }
                    _ => self.other_iter(e),
                }
            }
            ("take" | "skip", 1) => {
                let inner = self.iter(&m.receiver, k);
                let Some(count) = self.value(&m.args[0]) else {
                    return self.other_iter(e);
                };
                let mut reads = inner.reads;
                if let Operand::Var(v) = count {
                    reads.push(v);
                }
                let (tokens, count_tokens) = (inner.tokens, super::operand_tokens(&self.f, &count));
                let method = &m.method;
                let tokens = quote!((#tokens).#method(#count_tokens));
                match inner.item {
                    Item::Element {
                        mut place,
                        ty,
                        by_ref,
                    } if ends_with_counter(&place, k) => {
                        if name == "skip" {
                            place.path.pop();
                            let at = &self.f.vars[k].ident;
                            let mut at_reads = vec![k];
                            at_reads.extend(match count {
                                Operand::Var(v) => Some(v),
                                Operand::Lit(_) => None,
                            });
                            place = place.then(Proj::At(quote!(#at + #count_tokens), at_reads));
                        }
                        Iter {
                            tokens,
                            reads,
                            item: Item::Element { place, ty, by_ref },
                            length: None,
                        }
                    }
                    Item::Integer { start, ty, .. } if name == "take" => Iter {
                        tokens,
                        reads,
                        item: Item::Integer {
                            start,
                            ty,
                            reversible: false,
                        },
                        length: None,
                    },
                    _ => self.other_iter(e),
                }
            }
            _ => self.other_iter(e),
        }
    }

    /// A slice, array or vector, by value or by reference.
    fn elements(&mut self, e: &syn::Expr, k: VarId) -> Iter {
        let e = peel(e);
        let ty = self.infer(e);
        if ty.is_constant() {
            return self.other_iter(e);
        }
        let (inner, written_ref) = match e {
            syn::Expr::Reference(r) => (&*r.expr, Some(r.mutability.is_some())),
            e => (e, None),
        };
        let place = match self.place(inner) {
            Some(place) => place,
            None if matches!(peel(inner), syn::Expr::MethodCall(_)) && !ty.is_sequence() => {
                return self.other_iter(e);
            }
            None => match self.value(inner) {
                Some(Operand::Var(v)) => Place::var(v),
                _ => return self.other_iter(e),
            },
        };
        let place_ty = self.f.place_ty(&place);
        let is_ref = matches!(place_ty, Ty::Ref(..))
            || (place.path.is_empty() && self.f.vars[place.base].alias.is_some());
        let mut place = place;
        if matches!(place_ty, Ty::Ref(..)) {
            place = place.then(Proj::Deref);
        }
        let spelled = crate::emit::place_tokens(&self.f, &place, true)
            .unwrap_or_else(|| inner.to_token_stream());
        let tokens = match written_ref {
            Some(true) => quote!(&mut #spelled),
            Some(false) => quote!(&#spelled),
            None => match self.f.place_ty(&place) {
                // Iterating over a reference variable passes the reference itself.
                _ if is_ref => inner.to_token_stream(),
                _ => spelled,
            },
        };
        let element = place_ty.element();
        let mut reads: Vec<VarId> = place
            .operands()
            .filter_map(|o| match o {
                Operand::Var(v) => Some(*v),
                Operand::Lit(_) => None,
            })
            .collect();
        reads.push(place.base);
        let by_ref = written_ref.is_some() || is_ref;
        let length = Some(vec![place.clone()]);
        Iter {
            tokens,
            reads,
            item: Item::Element {
                place: place.then(Proj::Index(Operand::Var(k))),
                ty: element,
                by_ref,
            },
            length,
        }
    }

    /// An iterator that is not known: fine while it carries no derivative.
    fn other_iter(&mut self, e: &syn::Expr) -> Iter {
        let opaque = self.opaque(e, Cut::None);
        let detail = match peel(e) {
            syn::Expr::MethodCall(m) => format!(
                "`{}` on an iterator of values that carry a derivative",
                m.method
            ),
            _ => "an iterator of values that carry a derivative".to_string(),
        };
        let at: TokenStream = match peel(e) {
            syn::Expr::MethodCall(m) => m.method.to_token_stream(),
            e => e.to_token_stream(),
        };
        let diagnostic = Diagnostic::new(Code::IteratorNotYet, at, detail);
        let (tokens, reads) = (opaque.tokens.clone(), opaque.reads.clone());
        let check = Opaque {
            tokens: TokenStream::new(),
            ..opaque
        };
        self.push(Kind::Refused(check, Box::new(diagnostic)), e.span());
        Iter {
            tokens,
            reads,
            item: Item::Other,
            length: None,
        }
    }
}

/// Inside a pair, a range cannot drive the reverse loop by itself.
fn demote(item: &Item) -> Item {
    match item {
        Item::Integer { start, ty, .. } => Item::Integer {
            start: start.clone(),
            ty: ty.clone(),
            reversible: false,
        },
        Item::Number => Item::Number,
        Item::Element { place, ty, by_ref } => Item::Element {
            place: place.clone(),
            ty: ty.clone(),
            by_ref: *by_ref,
        },
        Item::Pair(a, b) => Item::Pair(Box::new(demote(a)), Box::new(demote(b))),
        Item::Other => Item::Other,
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

/// Integers whose half-open ranges have an exact size.
const SIZED: [&str; 8] = ["usize", "isize", "u32", "i32", "u16", "i16", "u8", "i8"];

/// `a..b`, or that reversed.
fn is_half_open(e: &syn::Expr) -> bool {
    match peel(e) {
        syn::Expr::Range(r) => matches!(r.limits, syn::RangeLimits::HalfOpen(_)),
        syn::Expr::MethodCall(m) => m.method == "rev" && is_half_open(&m.receiver),
        _ => false,
    }
}

fn ends_with_counter(place: &Place, k: VarId) -> bool {
    matches!(place.path.last(), Some(Proj::Index(Operand::Var(v))) if *v == k)
}
