//! Vectors that grow and shrink, and values that are moved out of a place.

use super::Lower;
use super::infer::peel;
use crate::diagnostics::Code;
use crate::ir::*;
use crate::ty::{Scalar, Ty, Types};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// Methods of `Vec` that change its length, with their number of arguments and whether they give a value.
const METHODS: [(&str, usize, bool); 12] = [
    ("push", 1, false),
    ("insert", 2, false),
    ("truncate", 1, false),
    ("clear", 0, false),
    ("extend_from_slice", 1, false),
    ("extend", 1, false),
    ("append", 1, false),
    ("resize", 2, false),
    ("pop", 0, true),
    ("remove", 1, true),
    ("swap_remove", 1, true),
    ("split_off", 1, true),
];

impl Lower {
    /// A method of `Vec` that changes its length; `None` if it is another's. A receiver whose type is not
    /// known is asked to be a `Vec` where it carries a derivative.
    pub(super) fn vector_method(
        &mut self,
        m: &syn::ExprMethodCall,
        for_effect: bool,
    ) -> Option<Option<Expr>> {
        let name = m.method.to_string();
        let (_, _, gives) = METHODS
            .iter()
            .find(|(n, arity, _)| *n == name && *arity == m.args.len())?;
        let known = match self.infer(&m.receiver).peeled() {
            Ty::Vec(_) => true,
            Ty::Unknown => false,
            _ => return None,
        };
        // A set's `insert` gives a value, and a map's `remove` takes a reference.
        let plain = m.args.iter().all(|a| !is_reference(a));
        // Of an iterator, the elements are pushed one by one.
        if name == "extend" && !self.infer(&m.args[0]).is_sequence() {
            return None;
        }
        let slice = matches!(name.as_str(), "extend_from_slice" | "extend" | "append");
        if !known && ((!gives && !for_effect) || (!plain && !slice)) {
            return None;
        }
        let mut receiver = &*m.receiver;
        while let syn::Expr::Reference(r) = peel(receiver) {
            receiver = &r.expr;
        }
        let place = self.place(receiver)?;
        Some(self.resized(m, &name, place))
    }

    fn resized(&mut self, m: &syn::ExprMethodCall, name: &str, place: Place) -> Option<Expr> {
        let span = m.span();
        let how = match name {
            "push" => {
                let x = self.element(&m.args[0], &place)?;
                Resize::Push(x)
            }
            "insert" => {
                let i = self.index(&m.args[0])?;
                Resize::Insert(i, self.element(&m.args[1], &place)?)
            }
            "truncate" => {
                let n = self.index(&m.args[0])?;
                Resize::Truncate(Some(n), self.length_before(&place, span))
            }
            "clear" => Resize::Truncate(None, self.length_before(&place, span)),
            "resize" => {
                let n = self.index(&m.args[0])?;
                let x = self.element(&m.args[1], &place)?;
                Resize::Resize(n, x, self.length_before(&place, span))
            }
            "extend_from_slice" | "extend" | "append" => {
                let Some(from) = self.other_vector(&m.args[0]) else {
                    let e = syn::Expr::MethodCall(m.clone());
                    let detail = "it is not clear which memory is read";
                    return Some(self.refused(&e, Code::ActiveReference, detail));
                };
                let element = self.f.place_ty(&from).element();
                self.learn_element(&place, element);
                let before = self.length_before(&place, span);
                if name == "append" {
                    let others = self.length_before(&from, span);
                    Resize::Append(from, before, others)
                } else {
                    Resize::Extend(from, before)
                }
            }
            "pop" => {
                let some = self.f.fresh("some", Ty::Bool);
                let mut opaque = self.of_place(&place, span, |p| quote!(!#p.is_empty()));
                opaque.cut = Cut::NoDerivative("`is_empty`".into());
                self.push(Kind::Let(some, Expr::Opaque(opaque)), span);
                return Some(Expr::Removed(place, Removal::Pop(some)));
            }
            _ => {
                let i = self.index(&m.args[0])?;
                let how = match name {
                    "remove" => Removal::At(i),
                    "swap_remove" => Removal::SwapAt(i),
                    _ => Removal::SplitOff(i),
                };
                return Some(Expr::Removed(place, how));
            }
        };
        self.push(Kind::Resize(place, how), span);
        Some(Expr::Use(Operand::Lit(quote!(()))))
    }

    /// The type of what is moved out of a place.
    pub(super) fn removed_ty(&self, place: &Place, how: &Removal) -> Ty {
        let ty = self.f.place_ty(place);
        match how {
            Removal::Pop(_) => Ty::Option(Box::new(ty.element())),
            Removal::At(_) | Removal::SwapAt(_) => ty.element(),
            Removal::SplitOff(_) => Ty::Vec(Box::new(ty.element())),
            Removal::Take(_) | Removal::Replace(..) => ty,
        }
    }

    /// A value that goes into a vector, which tells the type of its elements.
    fn element(&mut self, e: &syn::Expr, place: &Place) -> Option<Operand> {
        let x = self.value(e)?;
        self.no_reference(&x, e);
        let ty = self.f.operand_ty(&x);
        self.learn_element(place, ty);
        Some(x)
    }

    fn learn_element(&mut self, place: &Place, element: Ty) {
        let var = &mut self.f.vars[place.base];
        if !place.path.is_empty() || var.ascription.is_some() {
            return;
        }
        if let Ty::Vec(of) = &mut var.ty
            && matches!(**of, Ty::Unknown | Ty::Float(Scalar::Literal))
        {
            **of = match (&**of, element) {
                (Ty::Unknown, known) => known,
                (one, other @ Ty::Float(_)) => one.join(&other),
                (one, _) => one.clone(),
            };
        }
    }

    /// The vector or slice behind `&w`, `&mut w[..]` or a variable that is a reference.
    fn other_vector(&mut self, e: &syn::Expr) -> Option<Place> {
        match peel(e) {
            syn::Expr::Reference(r) => self.referent(&r.expr),
            e => self.referent(e),
        }
    }

    fn length_before(&mut self, place: &Place, span: proc_macro2::Span) -> VarId {
        let opaque = self.of_place(place, span, |p| quote!(#p.len()));
        let var = self.f.fresh("before", Ty::Int(Some("usize".into())));
        self.push(Kind::Let(var, Expr::Opaque(opaque)), span);
        var
    }

    /// Something about a place that is read from it without a derivative.
    fn of_place(
        &self,
        place: &Place,
        span: proc_macro2::Span,
        tokens: impl FnOnce(proc_macro2::TokenStream) -> proc_macro2::TokenStream,
    ) -> Opaque {
        let mut reads = vec![place.base];
        for o in place.operands() {
            if let Operand::Var(v) = o {
                reads.push(*v);
            }
        }
        Opaque {
            cut: Cut::NoDerivative("`len`".into()),
            ..Opaque::reading(
                tokens(crate::emit::place_tokens(&self.f, place, false).unwrap_or_default()),
                reads,
                span,
            )
        }
    }

    /// `let (a, b) = v.split_at_mut(n);` of a sequence, or of something that may be one.
    pub(super) fn is_split(&self, p: &syn::PatTuple, m: &syn::ExprMethodCall) -> bool {
        let is_name = |p: &syn::Pat| match p {
            syn::Pat::Ident(i) => i.subpat.is_none() && i.by_ref.is_none(),
            p => matches!(p, syn::Pat::Wild(_)),
        };
        let ty = self.infer(&m.receiver);
        (m.method == "split_at" || m.method == "split_at_mut")
            && m.args.len() == 1
            && p.elems.len() == 2
            && p.elems.iter().all(is_name)
            && !ty.is_constant()
            && (ty.is_sequence() || matches!(ty.peeled(), Ty::Unknown))
    }

    /// The two parts are names for ranges of the same memory.
    pub(super) fn split(
        &mut self,
        p: &syn::PatTuple,
        m: &syn::ExprMethodCall,
        span: proc_macro2::Span,
    ) {
        let Some(place) = self.referent(&m.receiver) else {
            let detail = "it is not clear which memory is split";
            return self.refuse(Code::ActiveReference, &m.receiver, detail);
        };
        self.sequence(&place, m.method.span());
        let Some(at) = self.index(&m.args[0]) else {
            return;
        };
        let tokens = crate::emit::place_tokens(&self.f, &place, true);
        let (method, n) = (&m.method, super::operand_tokens(&self.f, &at));
        self.push(Kind::Raw(quote!(let #p = #tokens.#method(#n);)), span);
        let element = self.f.place_ty(&place).element();
        let exclusive = m.method == "split_at_mut";
        let ranges = [
            Proj::Range(None, Some(at.clone()), false),
            Proj::Range(Some(at), None, false),
        ];
        for (p, range) in p.elems.iter().zip(ranges) {
            if let syn::Pat::Ident(i) = p {
                let ty = Ty::Ref(Box::new(Ty::Slice(Box::new(element.clone()))), exclusive);
                let var = self.declare(&i.ident, ty, false);
                self.f.vars[var].alias = Some(place.clone().then(range));
            }
        }
    }

    /// `mem::take(&mut place)` and `mem::replace(&mut place, value)`.
    pub(super) fn mem_removal(&mut self, path: &syn::ExprPath, c: &syn::ExprCall) -> Option<Expr> {
        let place = match peel(&c.args[0]) {
            syn::Expr::Reference(r) => self.referent(&r.expr),
            other => self.place(other).map(|p| p.then(Proj::Deref)),
        };
        let Some(place) = place else {
            let e = syn::Expr::Call(c.clone());
            let detail = "it is not clear which memory is changed";
            return Some(self.refused(&e, Code::ActiveReference, detail));
        };
        let tokens = path.to_token_stream();
        let how = match c.args.get(1) {
            Some(value) => {
                let x = self.value(value)?;
                self.no_reference(&x, value);
                Removal::Replace(tokens, x)
            }
            None => Removal::Take(tokens),
        };
        Some(Expr::Removed(place, how))
    }
}

fn is_reference(e: &syn::Expr) -> bool {
    matches!(peel(e), syn::Expr::Reference(_))
}

/// `Vec::new()`, `Vec::<f64>::with_capacity(n)`: the type of the elements, if it is written.
pub(super) fn empty_vector_of(types: &Types, c: &syn::ExprCall) -> Option<Ty> {
    let syn::Expr::Path(p) = peel(&c.func) else {
        return None;
    };
    let segments = &p.path.segments;
    if p.qself.is_some() || segments.len() < 2 {
        return None;
    }
    let (ty, method) = (&segments[segments.len() - 2], &segments[segments.len() - 1]);
    let fits = match method.ident.to_string().as_str() {
        "new" => c.args.is_empty(),
        "with_capacity" => c.args.len() == 1,
        _ => false,
    };
    if ty.ident != "Vec" || !fits {
        return None;
    }
    Some(match &ty.arguments {
        syn::PathArguments::AngleBracketed(a) => match a.args.first() {
            Some(syn::GenericArgument::Type(t)) => types.of(t),
            _ => Ty::Unknown,
        },
        _ => Ty::Unknown,
    })
}
