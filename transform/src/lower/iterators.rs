//! Iterators in `for` headers, read off the user's expression: the tokens with their operands hoisted, and the
//! item of the iteration of a given number.

use super::Lower;
use super::infer::peel;
use super::pattern::By;
use super::positions::{Count, Element, Item, Part, Position, Step};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// An iterator: its tokens with the operands hoisted, what they read, and its items.
pub(super) struct Iter {
    pub tokens: TokenStream,
    pub reads: Vec<VarId>,
    pub item: Item,
    /// The sequences of which the shortest gives the number of items.
    pub length: Option<Vec<Place>>,
    /// The number of items as a formula.
    pub count: Option<Count>,
}

impl Lower {
    /// Reads an iterator off the user's expression.
    pub(super) fn iter(&mut self, e: &syn::Expr, k: VarId) -> Iter {
        // What a method of the user's lends is run through like any other memory.
        if let syn::Expr::MethodCall(m) = peel(e)
            && self.gives_a_place(m, false)
        {
            return self.elements(&syn::parse_quote!(&mut *#m));
        }
        let e = peel(e);
        match e {
            syn::Expr::Range(r) => self.range(r),
            syn::Expr::MethodCall(m) => self.iter_method(e, m, k),
            _ => self.elements(e),
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
            let operand = e.as_deref().and_then(|e| lower.bound_of_range(e));
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
        let tokens = quote!(#a #limits #b);
        let usize_or_literal = matches!(&ty, Ty::Int(Some(n)) if n == "usize");
        Iter {
            count: Some(Count {
                tokens: quote!(::core::iter::Iterator::size_hint(&(#tokens)).0),
                reads: reads.clone(),
            }),
            tokens,
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
                let mut iter = self.elements(&m.receiver);
                let (tokens, method) = (iter.tokens.clone(), &m.method);
                if let Item::Element(e) = &mut iter.item {
                    e.by = match name.as_str() {
                        "iter" => By::Shared,
                        "iter_mut" => By::Exclusive,
                        _ => e.by,
                    };
                }
                iter.tokens = quote!((#tokens).#method());
                iter
            }
            ("windows" | "chunks" | "chunks_mut" | "chunks_exact" | "chunks_exact_mut", 1) => {
                self.slices(e, m)
            }
            ("enumerate", 0) => {
                let inner = self.iter(&m.receiver, k);
                let tokens = inner.tokens;
                Iter {
                    tokens: quote!((#tokens).enumerate()),
                    item: Item::Pair(Box::new(Item::Number), Box::new(inner.item)),
                    ..inner
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
                    count: a.count.zip(b.count).map(|(a, b)| a.min(b)),
                }
            }
            ("copied" | "cloned", 0) => {
                let mut inner = self.iter(&m.receiver, k);
                if let Item::Element(e) = &mut inner.item {
                    e.by = By::Value;
                }
                let (tokens, method) = (inner.tokens, &m.method);
                Iter {
                    tokens: quote!((#tokens).#method()),
                    ..inner
                }
            }
            ("rev", 0) => self.reversed(e, m, k),
            ("step_by", 1) => self.stepped(e, m, k),
            ("take" | "skip", 1) => {
                let inner = self.iter(&m.receiver, k);
                let Some((operand, n)) = self.count_argument(&m.args[0]) else {
                    return self.other_iter(e);
                };
                let (tokens, method, argument) = (inner.tokens, &m.method, &n.tokens);
                let tokens = quote!((#tokens).#method(#argument));
                let mut reads = inner.reads;
                reads.extend(&n.reads);
                let (item, count) = if name == "take" {
                    let count = inner.count.map(|c| c.min(n));
                    (inner.item.demoted(), count)
                } else {
                    let count = inner.count.map(|c| {
                        let (a, b) = (&c.tokens, &n.tokens);
                        let tokens = quote!(usize::saturating_sub(#a, #b));
                        c.with(tokens, &n)
                    });
                    let step = Step::From(operand, n);
                    (inner.item.after(&step, self, k, m.span()), count)
                };
                Iter {
                    tokens,
                    reads,
                    item,
                    length: None,
                    count,
                }
            }
            ("cycle", 0) => {
                let inner = self.iter(&m.receiver, k);
                let Some(count) = inner.count else {
                    return self.other_iter(e);
                };
                let n = self.hoisted(count, m.span());
                let (tokens, all) = (inner.tokens, &n.tokens);
                let endless = Count {
                    tokens: quote!(if #all == 0 { 0 } else { usize::MAX }),
                    reads: n.reads.clone(),
                };
                Iter {
                    tokens: quote!((#tokens).cycle()),
                    reads: inner.reads,
                    item: inner.item.after(&Step::Again(n), self, k, m.span()),
                    length: None,
                    count: Some(endless),
                }
            }
            _ if self.may_be_ours(m) => self.elements(e),
            _ => self.other_iter(e),
        }
    }

    /// `rev`.
    fn reversed(&mut self, e: &syn::Expr, m: &syn::ExprMethodCall, k: VarId) -> Iter {
        let inner = self.iter(&m.receiver, k);
        let tokens = inner.tokens;
        let tokens = quote!((#tokens).rev());
        match (inner.item, &inner.count) {
            (Item::Integer { ty, reversible, .. }, _) => Iter {
                tokens,
                item: Item::Integer {
                    start: None,
                    ty,
                    reversible,
                },
                ..inner
            },
            (
                Item::Element(
                    mut element @ Element {
                        at: Position::Same,
                        part: None,
                        ..
                    },
                ),
                Some(all),
            ) if inner.length.is_some() => {
                element.at = Position::FromEnd(all.clone());
                Iter {
                    tokens,
                    item: Item::Element(element),
                    ..inner
                }
            }
            (item, Some(count)) => {
                let n = self.hoisted(count.clone(), m.span());
                Iter {
                    tokens,
                    reads: inner.reads,
                    item: item.after(&Step::Back(n.clone()), self, k, m.span()),
                    length: inner.length,
                    count: Some(n),
                }
            }
            (_, None) => self.other_iter(e),
        }
    }

    /// `step_by`.
    fn stepped(&mut self, e: &syn::Expr, m: &syn::ExprMethodCall, k: VarId) -> Iter {
        let inner = self.iter(&m.receiver, k);
        let Some((_, step)) = self.count_argument(&m.args[0]) else {
            return self.other_iter(e);
        };
        let mut reads = inner.reads;
        reads.extend(&step.reads);
        let (tokens, argument) = (inner.tokens, &step.tokens);
        let tokens = quote!((#tokens).step_by(#argument));
        // A step of zero is the function's own panic.
        let count = inner.count.map(|c| {
            let a = &c.tokens;
            let tokens = quote!(usize::div_ceil(#a, usize::max(#argument, 1)));
            c.with(tokens, &step)
        });
        let item = match inner.item {
            // `rev` of a stepped iterator wants an exact size, which few ranges have.
            Item::Integer { ty, reversible, .. } => {
                let sized = is_half_open(&m.receiver)
                    && matches!(&ty, Ty::Int(Some(n)) if SIZED.contains(&n.as_str()));
                Item::Integer {
                    start: None,
                    ty,
                    reversible: reversible && sized,
                }
            }
            item => item.after(&Step::Every(step), self, k, m.span()),
        };
        Iter {
            tokens,
            reads,
            item,
            length: None,
            count,
        }
    }

    /// `windows`, `chunks` and their kin.
    fn slices(&mut self, e: &syn::Expr, m: &syn::ExprMethodCall) -> Iter {
        let inner = self.elements(&m.receiver);
        let (Item::Element(mut element), Some(all)) = (inner.item, inner.count) else {
            return self.other_iter(e);
        };
        let Some((_, n)) = self.count_argument(&m.args[0]) else {
            return self.other_iter(e);
        };
        let all = self.hoisted(all, m.span());
        let (total, size) = (&all.tokens, &n.tokens);
        let count = match m.method.to_string().as_str() {
            "windows" => {
                element.part = Some(Part::Windows(n.clone()));
                quote!(usize::saturating_sub(#total + 1, #size))
            }
            "chunks" | "chunks_mut" => {
                element.part = Some(Part::Chunks(n.clone(), all.clone()));
                quote!(usize::div_ceil(#total, usize::max(#size, 1)))
            }
            _ => {
                element.part = Some(Part::Exact(n.clone()));
                quote!(#total / usize::max(#size, 1))
            }
        };
        element.by = By::of(m.method.to_string().ends_with("_mut"));
        element.ty = Ty::Slice(Box::new(element.ty));
        let (tokens, method) = (inner.tokens, &m.method);
        let mut reads = inner.reads;
        reads.extend(&n.reads);
        Iter {
            tokens: quote!((#tokens).#method(#size)),
            reads,
            item: Item::Element(element),
            length: None,
            count: Some(all.with(count, &n)),
        }
    }

    /// A slice, array or vector, by value or by reference.
    fn elements(&mut self, e: &syn::Expr) -> Iter {
        let e = peel(e);
        let ty = self.infer(e);
        if ty.is_constant() {
            let other = self.other_iter(e);
            let tokens = &other.tokens;
            let count = ty.is_sequence().then(|| Count {
                tokens: quote!((#tokens).len()),
                reads: other.reads.clone(),
            });
            return Iter { count, ..other };
        }
        let (inner, written_ref) = match e {
            syn::Expr::Reference(r) => (&*r.expr, Some(r.mutability.is_some())),
            e => (e, None),
        };
        let place = match self.place(inner) {
            Some(place) => place,
            None if matches!(peel(inner), syn::Expr::MethodCall(m) if !ty.is_sequence() && !self.may_be_ours(m)) =>
            {
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
        let by = match (written_ref, &place_ty) {
            (Some(exclusive), _) => By::of(exclusive),
            (None, Ty::Ref(_, exclusive)) => By::of(*exclusive),
            (None, _) if is_ref => By::Shared,
            (None, _) => By::Value,
        };
        // What is read again by its number has to be what the iterator gives.
        if matches!(place_ty.peeled(), Ty::Unknown) {
            place = place.then(Proj::Run);
        }
        Iter {
            tokens,
            reads,
            length: Some(vec![place.clone()]),
            count: crate::emit::place_tokens(&self.f, &place, false).map(|of| Count {
                tokens: quote!(#of.len()),
                reads: vec![place.base],
            }),
            item: Item::Element(Element {
                of: place,
                ty: element,
                by,
                at: Position::Same,
                part: None,
            }),
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
            count: None,
        }
    }

    /// A count that is asked once, before the loop.
    pub(super) fn hoisted(&mut self, count: Count, span: proc_macro2::Span) -> Count {
        let var = self.hoist(count, span);
        Count {
            tokens: self.f.vars[var].ident.to_token_stream(),
            reads: vec![var],
        }
    }

    /// Likewise, as a variable.
    pub(super) fn hoist(&mut self, count: Count, span: proc_macro2::Span) -> VarId {
        let var = self.f.fresh("n", Ty::Int(Some("usize".into())));
        self.f.vars[var].ascription = Some(quote!(usize));
        let opaque = Opaque {
            cut: Cut::NoDerivative("`len`".into()),
            ..Opaque::reading(count.tokens, count.reads, span)
        };
        self.push(Kind::Let(var, Expr::Opaque(opaque)), span);
        var
    }

    /// An argument that is a `usize`.
    fn count_argument(&mut self, e: &syn::Expr) -> Option<(Operand, Count)> {
        let operand = self.value(e)?;
        let reads = match operand {
            Operand::Var(v) => vec![v],
            Operand::Lit(_) => Vec::new(),
        };
        let tokens = super::operand_tokens(&self.f, &operand);
        Some((operand, Count { tokens, reads }))
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
