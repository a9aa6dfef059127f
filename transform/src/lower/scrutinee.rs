//! What a `match` or an `if let` looks at: a place that a derivative may flow from, or tokens without one.

use super::Lower;
use super::expr::is_structured;
use super::infer::peel;
use super::pattern::{By, Subject};
use crate::ir::*;
use crate::ty::Ty;
use quote::{ToTokens, quote};

impl Lower {
    /// What is matched: a place that a derivative may flow from, or tokens without one.
    pub(super) fn scrutinee(
        &mut self,
        e: &syn::Expr,
    ) -> (proc_macro2::TokenStream, Vec<VarId>, Subject) {
        let e = peel(e);
        let ty = self.infer(e);
        if ty.is_constant() && !is_structured(e) {
            return self.constant_scrutinee(e, ty);
        }
        if let Some(found) = self.found_element(e) {
            return found;
        }
        if let Some(found) = self.found_full(e) {
            return found;
        }
        let (tokens, by, place) = match e {
            syn::Expr::Reference(r) => match self.place(&r.expr) {
                Some(place) => {
                    let exclusive = r.mutability.is_some();
                    let tokens = crate::emit::place_tokens(&self.f, &place, exclusive);
                    let mutability = &r.mutability;
                    (quote!(&#mutability #tokens), By::of(exclusive), place)
                }
                None => return self.scrutinee(&r.expr),
            },
            syn::Expr::Path(p) if self.lookup(&p.path).is_some() => {
                let v = self.lookup(&p.path).unwrap_or_default();
                let by = By::behind(&self.f.vars[v].ty);
                let place = match by {
                    By::Value => Place::var(v),
                    _ => Place::var(v).then(Proj::Deref),
                };
                (e.to_token_stream(), by, place)
            }
            // A part of memory is matched where it is.
            syn::Expr::Field(_) | syn::Expr::Index(_) | syn::Expr::Unary(_)
                if let Some(mut place) = self.place(e) =>
            {
                let tokens = crate::emit::place_tokens(&self.f, &place, false);
                let by = By::behind(&self.f.place_ty(&place));
                if by != By::Value {
                    place = place.then(Proj::Deref);
                }
                (tokens.unwrap_or_default(), by, place)
            }
            syn::Expr::MethodCall(m)
                if (m.method == "as_slice" || m.method == "as_mut_slice")
                    && let Some(place) = self.place(e) =>
            {
                let by = By::of(m.method == "as_mut_slice");
                (e.to_token_stream(), by, place)
            }
            e => match self.value(e) {
                Some(Operand::Var(v)) => {
                    let by = By::behind(&self.f.vars[v].ty);
                    let mut place = Place::var(v);
                    if by != By::Value {
                        place = place.then(Proj::Deref);
                    }
                    (self.f.vars[v].ident.to_token_stream(), by, place)
                }
                Some(Operand::Lit(tokens)) => return (tokens, Vec::new(), Subject::constant(ty)),
                None => return (quote!(()), Vec::new(), Subject::constant(ty)),
            },
        };
        let reads = vec![place.base];
        let ty = self.f.place_ty(&place).peeled().clone();
        let subject = Subject {
            place: Some(place),
            ty,
            by,
            refutable: true,
        };
        (tokens, reads, subject)
    }

    /// What is matched carries no derivative.
    pub(super) fn constant_scrutinee(
        &mut self,
        e: &syn::Expr,
        ty: Ty,
    ) -> (proc_macro2::TokenStream, Vec<VarId>, Subject) {
        let opaque = self.opaque(e, Cut::NoDerivative("a `match`".into()));
        self.changes(&opaque);
        (opaque.tokens, opaque.reads, Subject::constant(ty))
    }

    /// `__rt::full(value)`, which stands for what is in an `Option` or a `Result`.
    fn found_full(
        &mut self,
        e: &syn::Expr,
    ) -> Option<(proc_macro2::TokenStream, Vec<VarId>, Subject)> {
        let syn::Expr::Call(c) = e else { return None };
        let syn::Expr::Path(p) = &*c.func else {
            return None;
        };
        let ours = p.path.segments.len() == 2
            && p.path.segments[0].ident == "__rt"
            && p.path.segments[1].ident == "full";
        if !ours {
            return None;
        }
        let operand = self.value(c.args.first()?)?;
        let tokens = crate::emit::operand_tokens(&self.f, &operand);
        let name = syn::Ident::new(super::pattern::FULL, proc_macro2::Span::call_site());
        let part = Proj::Part(name, syn::Member::Unnamed(syn::Index::from(0)));
        let (place, reads) = match operand {
            Operand::Var(v) => (Some(Place::var(v).then(part)), vec![v]),
            Operand::Lit(_) => (None, Vec::new()),
        };
        let subject = Subject {
            place,
            ty: Ty::Unknown,
            by: By::Value,
            refutable: true,
        };
        Some((quote!(__rt::full(#tokens)), reads, subject))
    }

    /// `v.last()` and its kin, which are looked into where they stand.
    fn found_element(
        &mut self,
        e: &syn::Expr,
    ) -> Option<(proc_macro2::TokenStream, Vec<VarId>, Subject)> {
        let syn::Expr::MethodCall(m) = e else {
            return None;
        };
        let place = self.element_of(e)?;
        let ty = Ty::Option(Box::new(self.f.place_ty(&place)));
        let of = Place {
            base: place.base,
            path: place.path[..place.path.len() - 1].to_vec(),
        };
        let of = crate::emit::place_tokens(&self.f, &of, false)?;
        let index = match place.path.last() {
            Some(Proj::Index(i)) if m.method.to_string().starts_with("get") => {
                Some(crate::emit::operand_tokens(&self.f, i))
            }
            _ => None,
        };
        let method = &m.method;
        let name = syn::Ident::new(super::pattern::ELEMENT, proc_macro2::Span::call_site());
        let marked = Proj::Part(name, syn::Member::Unnamed(syn::Index::from(0)));
        let subject = Subject {
            place: Some(place.then(marked)),
            ty,
            by: By::of(m.method.to_string().ends_with("_mut")),
            refutable: true,
        };
        Some((quote!(#of.#method(#index)), Vec::new(), subject))
    }

    /// Whether an expression gives a value and changes nothing that may carry a derivative.
    pub(super) fn only_gives(&mut self, e: &syn::Expr) -> bool {
        match peel(e) {
            e @ syn::Expr::Call(_) => self.opaque(e, Cut::None).writes.is_empty(),
            e => !is_structured(e),
        }
    }

    /// What an expression may change that is evaluated as part of the statement that follows.
    pub(super) fn changes(&mut self, opaque: &Opaque) {
        if !opaque.writes.is_empty() {
            let opaque = Opaque {
                tokens: proc_macro2::TokenStream::new(),
                reads: Vec::new(),
                ..opaque.clone()
            };
            self.push(Kind::Opaque(opaque.clone()), opaque.span);
        }
    }
}
