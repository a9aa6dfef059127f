//! Iterators in `for` headers: which part of memory, or which integer, the iteration of a given number meets.

use super::Lower;
use super::infer::peel;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// What an iterator gives in iteration `k`.
pub(super) enum Item {
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
pub(super) struct Iter {
    pub tokens: TokenStream,
    pub reads: Vec<VarId>,
    pub item: Item,
    pub length: Option<Vec<Place>>,
}

impl Lower {
    /// Reads an iterator off the user's expression.
    pub(super) fn iter(&mut self, e: &syn::Expr, k: VarId) -> Iter {
        let e = peel(e);
        match e {
            syn::Expr::Range(r) => self.range(r),
            syn::Expr::MethodCall(m) => self.iter_method(e, m, k),
            _ => self.elements(e, k),
        }
    }

    fn range(&mut self, r: &syn::ExprRange) -> Iter {
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
        self.sequence(&place, e.span());
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
pub(super) fn demote(item: &Item) -> Item {
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
