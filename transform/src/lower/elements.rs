//! `v.first()`, `v.last()` and `v.get(i)`: an element of a sequence that is there or not, looked at where it stands.

use super::Lower;
use super::fallible::is_plain;
use super::infer::peel;
use crate::ty::Ty;
use syn::parse_quote_spanned;
use syn::spanned::Spanned;

impl Lower {
    /// Whether an expression is an element of a sequence that carries a derivative, by reference and if it is there.
    pub(super) fn is_element(&self, e: &syn::Expr) -> bool {
        let syn::Expr::MethodCall(m) = peel(e) else {
            return false;
        };
        let name = m.method.to_string();
        let fits = match (name.trim_end_matches("_mut"), m.args.first()) {
            ("first" | "last", None) => true,
            ("get", Some(i)) => !is_range(i),
            _ => false,
        };
        let ty = self.infer(&m.receiver);
        fits && ty.is_sequence() && !ty.is_constant() || self.is_end_of_unknown(m)
    }

    /// `v.last()` where nobody wrote the type of `v`, as for what a call gives or a field holds: a sequence, and
    /// rustc is asked to agree.
    pub(super) fn is_end_of_unknown(&self, m: &syn::ExprMethodCall) -> bool {
        const ENDS: [&str; 4] = ["first", "last", "first_mut", "last_mut"];
        if !m.args.is_empty() || !ENDS.iter().any(|end| m.method == end) {
            return false;
        }
        let written = match peel(&m.receiver) {
            syn::Expr::Path(p) => self.lookup(&p.path).is_some_and(|v| {
                self.f.vars[v].ascription.is_some() || self.f.params.iter().any(|p| p.var == v)
            }),
            _ => false,
        };
        let ty = self.infer(&m.receiver);
        let known = self.is_place(&m.receiver) || self.ends_a_call(m);
        !written && known && matches!(ty.peeled(), Ty::Unknown)
    }

    /// A call that may be of the user's own, and gives a sequence: `last` on what a method gives may as well be an
    /// iterator's.
    fn ends_a_call(&self, m: &syn::ExprMethodCall) -> bool {
        match peel(&m.receiver) {
            syn::Expr::Call(c) => {
                !c.args.is_empty()
                    && matches!(peel(&c.func), syn::Expr::Path(p) if !super::data::is_constructor(&p.path))
            }
            syn::Expr::MethodCall(of) => {
                m.method == "first" && self.may_be_ours(of) && self.is_place(&of.receiver)
            }
            _ => false,
        }
    }

    /// `f(x).last()` and its kin.
    pub(super) fn is_end_of_a_call(&self, e: &syn::Expr) -> bool {
        matches!(peel(e), syn::Expr::MethodCall(m) if self.ends_a_call(m))
    }

    /// `v.first()`, `v.last()` or `v.get(i)` on a sequence: the element that it refers to, if there is one.
    pub(super) fn element_of(&mut self, e: &syn::Expr) -> Option<crate::ir::Place> {
        use crate::ir::{Operand, Proj};
        let syn::Expr::MethodCall(m) = peel(e) else {
            return None;
        };
        if !self.is_element(e) {
            return None;
        }
        let name = m.method.to_string();
        let zero = || Operand::Lit(quote::quote!(0));
        let place = match self.place(&m.receiver) {
            Some(place) => place,
            // What a call gives has no name yet.
            None => match self.value(&m.receiver)? {
                crate::ir::Operand::Var(v) => crate::ir::Place::var(v),
                Operand::Lit(_) => return None,
            },
        };
        self.sequence(&place, m.method.span());
        let step = match (name.trim_end_matches("_mut"), m.args.first()) {
            ("first", None) => Proj::Index(zero()),
            ("last", None) => Proj::FromEnd(zero()),
            ("get", Some(i)) => Proj::Index(self.index(i)?),
            _ => return None,
        };
        Some(place.then(step))
    }

    /// The element behind `v.last().unwrap()` and its kin.
    pub(super) fn element_unwrapped(&mut self, e: &syn::Expr) -> Option<crate::ir::Place> {
        match peel(e) {
            syn::Expr::MethodCall(m) if m.method == "unwrap" || m.method == "expect" => {
                self.element_of(&m.receiver)
            }
            syn::Expr::Match(m) if self.is_element(&m.expr) => {
                let leaves = passes_on(m)?;
                let (element, pat, body) =
                    (self.looked_up_once(&m.expr), &leaves.pat, &leaves.body);
                let check: syn::Expr = parse_quote_spanned! {e.span()=>
                    match #element { Some(_) => {} #pat => #body }
                };
                self.structured(&check, None);
                self.element_of(&element)
            }
            syn::Expr::Match(m) => {
                let (element, error) = self.element_or_error(m)?;
                let leaves = passes_on(m)?;
                let element = self.looked_up_once(&element);
                let syn::Pat::TupleStruct(pat) = &leaves.pat else {
                    return None;
                };
                let (bound, body) = (pat.elems.first()?, &leaves.body);
                let check: syn::Expr = parse_quote_spanned! {e.span()=>
                    match #element { Some(_) => {} None => { let #bound = #error; #body } }
                };
                self.structured(&check, None);
                self.element_of(&element)
            }
            _ => None,
        }
    }

    /// The element with a name for its index and for what a call gives, which are written twice and computed once.
    fn looked_up_once(&mut self, element: &syn::Expr) -> syn::Expr {
        let mut named = peel(element).clone();
        let syn::Expr::MethodCall(m) = &mut named else {
            return named;
        };
        let receiver = &mut *m.receiver;
        if matches!(
            peel(receiver),
            syn::Expr::Call(_) | syn::Expr::MethodCall(_)
        ) {
            let of = self.f.names.fresh("of");
            self.stmts(&[parse_quote_spanned!(receiver.span()=> let #of = #receiver;)]);
            *receiver = parse_quote_spanned!(receiver.span()=> #of);
        }
        for index in &mut m.args {
            if !matches!(peel(index), syn::Expr::Lit(_) | syn::Expr::Path(_)) {
                let at = self.f.names.fresh("at");
                self.stmts(&[parse_quote_spanned!(index.span()=> let #at: usize = #index;)]);
                *index = parse_quote_spanned!(index.span()=> #at);
            }
        }
        named
    }

    /// Whether an expression is such an element.
    pub(super) fn is_element_unwrapped(&self, e: &syn::Expr) -> bool {
        match peel(e) {
            syn::Expr::MethodCall(m) if m.method == "unwrap" || m.method == "expect" => {
                self.is_element(&m.receiver)
            }
            syn::Expr::Match(m) => {
                (self.is_element(&m.expr) || self.element_or_error(m).is_some())
                    && passes_on(m).is_some()
            }
            _ => false,
        }
    }

    /// An element that `ok_or` gives an error for if it is missing, and the error.
    fn element_or_error(&self, m: &syn::ExprMatch) -> Option<(syn::Expr, syn::Expr)> {
        let syn::Expr::MethodCall(call) = peel(&m.expr) else {
            return None;
        };
        let error = match (
            call.method.to_string().as_str(),
            call.args.first().map(peel)?,
        ) {
            ("ok_or", error) => error.clone(),
            ("ok_or_else", syn::Expr::Closure(c)) if c.inputs.is_empty() && is_plain(c) => {
                (*c.body).clone()
            }
            _ => return None,
        };
        let element = (*call.receiver).clone();
        self.is_element(&element).then_some((element, error))
    }
}

/// `match … { Some(x) => x, None => return … }`, as `?` is: the arm that leaves.
fn passes_on(m: &syn::ExprMatch) -> Option<&syn::Arm> {
    let [some, none] = m.arms.as_slice() else {
        return None;
    };
    let syn::Pat::TupleStruct(pat) = &some.pat else {
        return None;
    };
    let (Some(syn::Pat::Ident(bound)), syn::Expr::Path(given)) =
        (pat.elems.first(), peel(&some.body))
    else {
        return None;
    };
    let is_full = pat.path.is_ident("Some") || pat.path.is_ident("Ok");
    let same = is_full && given.path.is_ident(&bound.ident);
    (same && matches!(peel(&none.body), syn::Expr::Return(_))).then_some(none)
}

pub(super) fn is_range(e: &syn::Expr) -> bool {
    matches!(peel(e), syn::Expr::Range(_))
}
