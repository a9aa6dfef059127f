//! Tangents of vectors that grow and shrink: they do the same.

use super::*;
use crate::emit::{operand_tokens, removal_assertion, vector_assertion};

impl Forward<'_> {
    /// The tangent of what goes into a vector, made before the value is moved.
    fn going_in(&mut self, x: &Operand) -> TokenStream {
        let tangent = self.operand_or_zero(&Expr::Use(x.clone()));
        expr_tokens(&self.f, &tangent)
    }

    pub(super) fn resize(&mut self, place: &Place, how: &Resize, stmt: &Stmt, out: &mut Block) {
        let span = stmt.span;
        let raw = |tokens| Stmt::raw(tokens, span);
        let Some(dot) = self.place(place) else {
            out.push(stmt.clone());
            // What this vector takes over without its tangent is gone from the other.
            if let Resize::Append(from, ..) = how
                && let Some(from) = self.place(from)
            {
                let from = place_tokens(&self.f, &from, true);
                out.push(raw(quote!(#from.clear();)));
            }
            return;
        };
        let dot = place_tokens(&self.f, &dot, true);
        out.extend(vector_assertion(&self.f, place, span).map(raw));
        let i = |f: &Function, o: &Operand| operand_tokens(f, o);
        let tangent = match how {
            Resize::Push(x) => {
                let x = self.going_in(x);
                quote!(#dot.push(#x);)
            }
            Resize::Insert(at, x) => {
                let (at, x) = (i(&self.f, at), self.going_in(x));
                quote!(#dot.insert(#at, #x);)
            }
            Resize::Truncate(Some(n), _) => {
                let n = i(&self.f, n);
                quote!(#dot.truncate(#n);)
            }
            Resize::Truncate(None, _) => quote!(#dot.clear();),
            Resize::Resize(n, x, _) => {
                let (n, x) = (i(&self.f, n), self.going_in(x));
                quote!(#dot.resize(#n, #x);)
            }
            Resize::Extend(from, _) => match self.place(from) {
                Some(from) => {
                    let from = place_tokens(&self.f, &from, false);
                    quote!(#dot.extend_from_slice(&#from);)
                }
                None => {
                    let from = place_tokens(&self.f, from, false);
                    quote!(#dot.extend(__rt::dropped(&#from[..], 0));)
                }
            },
            Resize::Append(from, ..) => match self.place(from) {
                Some(from) => {
                    let from = place_tokens(&self.f, &from, true);
                    quote!(#dot.append(&mut #from);)
                }
                None => {
                    let from = place_tokens(&self.f, from, false);
                    quote!(#dot.extend(__rt::dropped(&#from[..], 0));)
                }
            },
        };
        out.push(raw(tangent));
        out.push(stmt.clone());
    }

    pub(super) fn removed(
        &mut self,
        v: VarId,
        place: &Place,
        how: &Removal,
        stmt: &Stmt,
        out: &mut Block,
    ) {
        let span = stmt.span;
        let mut push = |kind| out.push(Stmt { kind, span });
        let Some(dot) = self.place(place) else {
            push(stmt.kind.clone());
            if self.is_active(v) {
                let zero = self.operand_or_zero_of(v);
                let dot = self.dot(v);
                push(Kind::Let(dot, zero));
            }
            return;
        };
        if let Some(tokens) = removal_assertion(&self.f, place, how, span) {
            push(Kind::Raw(tokens));
        }
        let going_in = how.value().map(|x| self.going_in(x));
        let dot_tokens = place_tokens(&self.f, &dot, true);
        let removed = match how {
            Removal::Pop(_) => quote!(__rt::popped(__rt::Vec::pop(&mut #dot_tokens))),
            Removal::At(i) => {
                let i = operand_tokens(&self.f, i);
                quote!(__rt::Vec::remove(&mut #dot_tokens, #i))
            }
            Removal::SwapAt(i) => {
                let i = operand_tokens(&self.f, i);
                quote!(__rt::Vec::swap_remove(&mut #dot_tokens, #i))
            }
            Removal::SplitOff(i) => {
                let i = operand_tokens(&self.f, i);
                quote!(__rt::Vec::split_off(&mut #dot_tokens, #i))
            }
            Removal::Take(_) => {
                // The zero of what is left behind is known once it is there.
                push(stmt.kind.clone());
                let left = place_tokens(&self.f, place, false);
                quote!(::core::mem::replace(&mut #dot_tokens, __rt::zero(&#left)))
            }
            Removal::Replace(..) => quote!(::core::mem::replace(&mut #dot_tokens, #going_in)),
        };
        let kind = match self.is_active(v) {
            true => Kind::Let(self.dot(v), Expr::Raw(removed, vec![])),
            false => Kind::Raw(quote!(#removed;)),
        };
        push(kind);
        if !matches!(how, Removal::Take(_)) {
            push(stmt.kind.clone());
        }
    }
}
