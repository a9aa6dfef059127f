//! The zero tangent of a variable that changes its shape waits in the forward sweep and follows each change, so that the
//! adjoint begins in the last shape, and so that an earlier one is at hand where the variable itself is moved away.

use super::vectors::may_reshape;
use super::*;
use crate::emit::place_tokens;
use crate::lower::operand_tokens;

/// What happens to a zero tangent when its variable gets another shape.
pub(super) enum Reshape {
    /// A variable as a whole has another value; the place is what it was written by, which may be a reference.
    New(Place),
    /// A part of it has another shape.
    Fit(Place),
    /// A vector has one more element, whose zero is given; it is taken before the element is moved.
    Push(Place, TokenStream),
    /// A vector has one element less, if it had one.
    Pop(Place),
    /// Two elements of a sequence change places.
    Swap(Place, TokenStream, TokenStream),
    /// Two variables change places, and with them their zeros.
    Exchange(VarId, VarId),
}

impl Reverse<'_> {
    /// The shape of a variable, or a part of one, that may have been moved away, as its zero tangent has it.
    pub(super) fn shape_kept(
        &mut self,
        root: VarId,
        path: Vec<Proj>,
        forward: &mut Block,
    ) -> TokenStream {
        let zero = self.zero_variable(root);
        self.need(zero);
        let kept = self.kept_before(root, TokenStream::new(), forward);
        if let Some(Stmt {
            kind: Kind::Let(v, _),
            ..
        }) = forward.first()
        {
            self.old_shapes.insert(*v, Place { base: zero, path });
        }
        kept
    }

    /// The shape that a zero tangent, or a part of one, has at this point of the forward sweep.
    pub(super) fn old_shape(&mut self, zero: &Place) -> Expr {
        let (base, lent) = self.zero_at_hand(zero.base);
        if zero.path.is_empty() {
            let name = &self.f.vars[zero.base].ident;
            let zero = match self.saved.get(&zero.base) {
                Some(storage) => {
                    let storage = &self.f.vars[*storage].ident;
                    quote!(#storage.top())
                }
                None => quote!(&#name),
            };
            return Expr::Raw(quote!(::core::clone::Clone::clone(#zero)), Vec::new());
        }
        self.count_forward(zero);
        let part = self.part_of_zero(zero.base, base, zero.path.clone());
        Expr::Raw(quote!({ #lent __rt::shape_of_zero!(#part) }), Vec::new())
    }

    /// The zero tangent of the forward sweep under the name that it is reached by, and what gives it that name.
    fn zero_at_hand(&mut self, zero: VarId) -> (VarId, TokenStream) {
        let (base, lent) = match self.saved.get(&zero) {
            Some(storage) => {
                let storage = self.f.vars[*storage].ident.clone();
                let lent = self.f.fresh("shape", Ty::Ref(Box::default(), true));
                let name = &self.f.vars[lent].ident;
                (lent, quote!(let #name = #storage.top();))
            }
            None => (zero, quote!()),
        };
        // It is reached as an adjoint is.
        self.f.vars[base].generated = true;
        (base, lent)
    }

    /// A part of a zero tangent, which is behind a reference where the storage lends it.
    fn part_of_zero(&self, zero: VarId, base: VarId, mut path: Vec<Proj>) -> TokenStream {
        if base != zero {
            path.insert(0, Proj::Deref);
        }
        place_tokens(&self.f, &Place { base, path }, true).unwrap_or_default()
    }

    /// The changes of shape in a statement, of variables whose zero tangent was asked for.
    pub(super) fn changes_of_shape(&self, stmt: &Stmt) -> Vec<Reshape> {
        let mut out = Vec::new();
        if let Kind::Swap(p, SwapKind::Elements(i, j)) = &stmt.kind
            && self.zeros.contains_key(&self.f.root(p))
            && !self.f.place_ty(p).element().is_fixed()
        {
            let [i, j] = [i, j].map(|o| operand_tokens(&self.f, o));
            out.push(Reshape::Swap(p.clone(), i, j));
        }
        if let Kind::Swap(p, SwapKind::With(q, _)) = &stmt.kind
            && let Some((v, w)) = self.exchanged_shapes(p, q)
        {
            return vec![Reshape::Exchange(v, w)];
        }
        let mut changed = |p: &Place, how: Option<&Resize>| {
            let resolved = self.f.resolve(p);
            let root = resolved.base;
            if !self.zeros.contains_key(&root) {
                return;
            }
            let whole = resolved.path.is_empty();
            let late = self.unset.contains(&root) && !self.reshaped.contains(&root);
            out.push(match how {
                Some(Resize::Push(x)) => {
                    let ty = self.f.operand_ty(x);
                    let zero = super::zero_tokens(&ty).unwrap_or_else(|| {
                        let x = operand_tokens(&self.f, x);
                        quote!(__rt::zero(&#x))
                    });
                    Reshape::Push(resolved, zero)
                }
                Some(_) => Reshape::Fit(p.clone()),
                None if self.f.place_ty(p).is_fixed() || late => return,
                None if whole => Reshape::New(p.clone()),
                None => Reshape::Fit(p.clone()),
            });
        };
        match &stmt.kind {
            Kind::Assign(p, e) if self.f.resolve(p).path.is_empty() || self.reshapes(p, e) => {
                changed(p, None);
            }
            Kind::Update(p, _, e @ Expr::Binary(..)) if self.reshapes(p, e) => changed(p, None),
            Kind::Swap(p, SwapKind::With(q, _)) => {
                changed(p, None);
                changed(q, None);
            }
            Kind::CopySlice { to, .. } => changed(to, None),
            Kind::Resize(p, how) => {
                changed(p, Some(how));
                if let Resize::Append(from, ..) = how {
                    changed(from, Some(how));
                }
            }
            _ => {}
        }
        if let Kind::Let(_, e) | Kind::Assign(_, e) = &stmt.kind {
            match e {
                Expr::Removed(p, Removal::Pop(_)) => {
                    let resolved = self.f.resolve(p);
                    if self.zeros.contains_key(&resolved.base) {
                        out.push(Reshape::Pop(resolved));
                    }
                }
                Expr::Removed(p, Removal::Take(_) | Removal::Replace(..)) => changed(p, None),
                Expr::Removed(p, _) => {
                    let resolved = self.f.resolve(p);
                    if self.zeros.contains_key(&resolved.base) {
                        out.push(Reshape::Fit(p.clone()));
                    }
                }
                Expr::Call(_, args) => {
                    for arg in args {
                        if let Some(p) = may_reshape(&self.f, arg) {
                            changed(p, None);
                        }
                    }
                }
                _ => {}
            }
        }
        out
    }

    /// Two variables that are exchanged as a whole, where both have a zero tangent in the forward sweep's scope.
    fn exchanged_shapes(&self, p: &Place, q: &Place) -> Option<(VarId, VarId)> {
        let whole = |p: &Place| {
            let resolved = self.f.resolve(p);
            let zero = self.zeros.get(&resolved.base)?;
            let is_at_hand = resolved.path.is_empty()
                && !self.saved.contains_key(zero)
                && !self.unset.contains(&resolved.base)
                && !self.f.place_ty(p).is_fixed();
            is_at_hand.then_some(resolved.base)
        };
        Some((whole(p)?, whole(q)?))
    }

    /// The number of the trip in a path, which the forward sweep has to know then.
    fn count_forward(&mut self, place: &Place) {
        self.counted_forward.extend(place.index_reads());
    }

    /// Statements of the forward sweep that keep zero tangents in their variables' shape: before the
    /// statement that changes them, and after it.
    pub(super) fn follow_shape(
        &mut self,
        change: Reshape,
        span: Span,
    ) -> (Option<Stmt>, Option<Stmt>) {
        let raw = |tokens| Some(Stmt::raw(tokens, span));
        let place = match change {
            Reshape::New(p) => return (None, self.new_shape(&p, span)),
            Reshape::Exchange(v, w) => {
                let [v, w] = [v, w].map(|v| self.zeros.get(&v).copied());
                let (Some(v), Some(w)) = (v, w) else {
                    return (None, None);
                };
                let [v, w] = [v, w].map(|zero| {
                    self.f.vars[zero].mutable = true;
                    self.f.vars[zero].ident.clone()
                });
                return (None, raw(quote!(::core::mem::swap(&mut #v, &mut #w);)));
            }
            Reshape::Fit(ref p) => p.clone(),
            Reshape::Push(ref p, _) | Reshape::Pop(ref p) | Reshape::Swap(ref p, ..) => p.clone(),
        };
        let resolved = self.f.resolve(&place);
        let is_slice = matches!(resolved.path.last(), Some(Proj::Range(..)));
        let Some(zero) = self.zeros.get(&resolved.base).copied() else {
            return (None, None);
        };
        let (base, lent) = self.zero_at_hand(zero);
        if base == zero {
            self.f.vars[zero].mutable = true;
        }
        self.count_forward(&resolved);
        let part = self.part_of_zero(zero, base, resolved.path);
        let code = match &change {
            Reshape::Push(_, x) => quote!(#part.push(#x);),
            Reshape::Pop(_) => quote!(#part.pop();),
            Reshape::Swap(_, i, j) => quote!(#part.swap(#i, #j);),
            _ => {
                let value = place_tokens(&self.f, &place, false).unwrap_or_default();
                if is_slice {
                    quote!(__rt::fit_elements(&#value[..], &mut #part);)
                } else if matches!(self.f.place_ty(&place), Ty::Unknown) {
                    quote!(__rt::fit_part!(#value, #part);)
                } else {
                    quote!(__rt::fit(&#value, &mut #part);)
                }
            }
        };
        let code = if lent.is_empty() {
            code
        } else {
            quote!({ #lent #code })
        };
        match change {
            Reshape::Push(..) => (raw(code), None),
            _ => (None, raw(code)),
        }
    }
}
