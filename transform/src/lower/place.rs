//! Places: which memory an expression names.

use super::Lower;
use super::infer::peel;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::ty::Ty;
use syn::spanned::Spanned;

impl Lower {
    /// The memory that an expression names, its indices evaluated; `None` if it is not a local's.
    pub(super) fn place(&mut self, e: &syn::Expr) -> Option<Place> {
        match peel(e) {
            syn::Expr::Path(p) => self.lookup(&p.path).map(Place::var),
            syn::Expr::Field(f) => {
                let base = match self.place(&f.base) {
                    Some(base) => base,
                    None => self.temporary(&f.base)?,
                };
                Some(base.then(Proj::Field(f.member.clone())))
            }
            syn::Expr::Unary(u)
                if matches!(u.op, syn::UnOp::Deref(_)) && self.is_element_unwrapped(&u.expr) =>
            {
                self.element_unwrapped(&u.expr)
            }
            syn::Expr::Unary(u)
                if matches!(u.op, syn::UnOp::Deref(_))
                    && matches!(peel(&u.expr), syn::Expr::MethodCall(m) if self.gives_a_place(m, true)) =>
            {
                match peel(&u.expr) {
                    syn::Expr::MethodCall(m) => self.place_of_method(m),
                    _ => None,
                }
            }
            syn::Expr::MethodCall(m) if self.gives_a_place(m, false) => self.place_of_method(m),
            syn::Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => {
                if let syn::Expr::Reference(r) = peel(&u.expr) {
                    return self.referent(&r.expr);
                }
                let place = self.place(&u.expr)?;
                let base = &self.f.vars[place.base];
                if let ([Proj::Deref], Ty::Ref(of, _), Some(_)) =
                    (place.path.as_slice(), &base.ty, &base.alias)
                    && matches!(**of, Ty::Ref(..))
                {
                    self.reference_to_reference(&place, e);
                }
                Some(place.then(Proj::Deref))
            }
            syn::Expr::Reference(r) => self.place(&r.expr),
            syn::Expr::Index(i) => {
                let base = match self.place(&i.expr) {
                    Some(base) => base,
                    None => self.temporary(&i.expr)?,
                };
                if self.leads_by_a_way(&base, &i.index) {
                    return self.way(base, &i.index);
                }
                let step = match peel(&i.index) {
                    syn::Expr::Range(r) => {
                        let start = self.bound(r.start.as_deref())?;
                        let end = self.bound(r.end.as_deref())?;
                        Proj::Range(start, end, matches!(r.limits, syn::RangeLimits::Closed(_)))
                    }
                    index => Proj::Index(self.index(index)?),
                };
                Some(base.then(step))
            }
            syn::Expr::MethodCall(m)
                if m.args.is_empty()
                    && matches!(
                        m.method.to_string().as_str(),
                        "as_slice" | "as_mut_slice" | "as_mut" | "as_ref"
                    )
                    && self.infer(&m.receiver).is_sequence() =>
            {
                self.place(&m.receiver)
            }
            syn::Expr::MethodCall(m)
                if m.args.is_empty()
                    && (m.method == "as_slice" || m.method == "as_mut_slice")
                    && matches!(self.infer(&m.receiver).peeled(), Ty::Unknown) =>
            {
                let place = self.place(&m.receiver)?;
                let at = m.method.span();
                let tokens = crate::emit::place_tokens(&self.f, &place, false)?;
                let check = quote::quote_spanned!(at=> __rt::assert_sequence(&#tokens););
                self.push(Kind::Raw(check), at);
                Some(place)
            }
            e => self.element_unwrapped(e),
        }
    }

    /// The references between a name and its memory are not told apart.
    fn reference_to_reference(&mut self, place: &Place, e: &syn::Expr) {
        let detail =
            "it is reached through a reference to a reference: leave out one `&` and one `*`";
        let opaque = Opaque {
            pure: false,
            ..Opaque::reading(
                proc_macro2::TokenStream::new(),
                vec![self.f.root(place)],
                e.span(),
            )
        };
        let diagnostic = Diagnostic::new(Code::ActiveReference, e, detail);
        self.push(Kind::Refused(opaque, Box::new(diagnostic)), e.span());
    }

    /// The place of a value that is computed here, for `f(x)[0]` or `&(a * b)`.
    pub(super) fn temporary(&mut self, e: &syn::Expr) -> Option<Place> {
        if self.is_part_of_constant(e) {
            return None;
        }
        match self.value(e)? {
            Operand::Var(v) => Some(Place::var(v)),
            Operand::Lit(_) => None,
        }
    }

    /// The same, to be changed by who borrows it.
    pub(super) fn changed_temporary(&mut self, e: &syn::Expr) -> Option<Place> {
        if self.is_part_of_constant(e) {
            return None;
        }
        let value = self.value(e)?;
        let ty = self.f.operand_ty(&value);
        let var = self.f.fresh("t", ty);
        self.f.vars[var].mutable = true;
        self.f.vars[var].temp = false;
        self.push(Kind::Let(var, Expr::Use(value)), e.span());
        Some(Place::var(var))
    }

    /// A name that is no local's, or a part of what it names: memory of its own that no derivative flows from.
    fn is_part_of_constant(&self, e: &syn::Expr) -> bool {
        match peel(e) {
            syn::Expr::Path(p) => self.lookup(&p.path).is_none(),
            syn::Expr::Index(i) => self.is_part_of_constant(&i.expr),
            syn::Expr::Field(f) => self.is_part_of_constant(&f.base),
            _ => false,
        }
    }

    #[allow(clippy::option_option)]
    fn bound(&mut self, e: Option<&syn::Expr>) -> Option<Option<Operand>> {
        match e {
            None => Some(None),
            Some(e) => Some(Some(self.index(e)?)),
        }
    }

    /// An index or a bound: a `usize` that does not change after.
    pub(super) fn index(&mut self, e: &syn::Expr) -> Option<Operand> {
        if self.is_integer_by_place(e) {
            // The written type makes anything but an integer a type error.
            let opaque = self.opaque(e, Cut::NoDerivative("an index".into()));
            let var = self.f.fresh("at", Ty::Int(Some("usize".into())));
            self.f.vars[var].ascription = Some(quote::quote_spanned!(e.span()=> usize));
            self.push(Kind::Let(var, Expr::Opaque(opaque)), e.span());
            return Some(Operand::Var(var));
        }
        let operand = self.value(e)?;
        if let Operand::Var(v) = &operand
            && matches!(self.f.vars[*v].ty, Ty::Int(None))
            && !self.f.vars[*v].temp
        {
            self.f.vars[*v].ty = Ty::Int(Some("usize".into()));
        }
        if let Operand::Var(v) = &operand
            && matches!(self.f.vars[*v].ty, Ty::Unknown | Ty::Int(None))
            && self.f.vars[*v].temp
        {
            self.f.vars[*v].ty = Ty::Int(Some("usize".into()));
            self.f.vars[*v].ascription = Some(quote::quote_spanned!(e.span()=> usize));
        }
        Some(operand)
    }

    /// The bound of a range that is run through, which is an integer.
    pub(super) fn bound_of_range(&mut self, e: &syn::Expr) -> Option<Operand> {
        if !self.is_integer_by_place(e) {
            return self.value(e);
        }
        let opaque = self.opaque(e, Cut::NoDerivative("a bound".into()));
        Some(self.name(Expr::Opaque(opaque), Ty::Int(None), e.span()))
    }

    /// An expression of unknown type that stands where only an integer can: nothing in it has a derivative.
    pub(super) fn is_integer_by_place(&self, e: &syn::Expr) -> bool {
        matches!(self.infer(e), Ty::Unknown)
            && matches!(
                peel(e),
                syn::Expr::Binary(_)
                    | syn::Expr::Field(_)
                    | syn::Expr::MethodCall(_)
                    | syn::Expr::Call(_)
                    | syn::Expr::Unary(_)
                    | syn::Expr::Index(_)
            )
            && !super::expr::is_structured_inside(e)
            // What may change something is looked at part by part.
            && self.changes_nothing(e)
    }

    /// What `&e` or `&mut e` refers to: a place, or the place of a temporary.
    pub(super) fn referent(&mut self, e: &syn::Expr) -> Option<Place> {
        match self.place(e) {
            Some(place) => Some(place),
            None => self.temporary(e),
        }
    }
}
