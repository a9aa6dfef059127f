//! Calls of methods: rules of the table, what std's containers are asked, and methods of the user's own.

use super::Lower;
use super::calls::{UNIT, strip_reference};
use super::infer::peel;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::rules;
use crate::ty::{Scalar, Ty};
use crate::unfold::chain;
use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;

/// Methods of sequences that give an iterator.
const ITERATORS: [&str; 6] = [
    "iter",
    "into_iter",
    "iter_mut",
    "windows",
    "chunks",
    "chunks_exact",
];

/// Methods of std's types, and of ndarray's, that take a closure and are not followed.
const CLOSURES_OF_STD: [&str; 22] = [
    "retain_mut",
    "dedup_by",
    "sort_by_cached_key",
    "extract_if",
    "split",
    "split_mut",
    "rsplit",
    "splitn",
    "chunk_by",
    "chunk_by_mut",
    "fill_with",
    "resize_with",
    "or_insert_with",
    "and_modify",
    "get_or_insert_with",
    "is_none_or",
    "inspect",
    "map_axis",
    "fold_axis",
    "mapv_inplace",
    "map_inplace",
    "zip_mut_with",
];

/// Methods of `f32` and `f64` that have no rule.
const STD_FLOAT_METHODS: [&str; 14] = [
    "gamma",
    "ln_gamma",
    "erf",
    "erfc",
    "next_up",
    "next_down",
    "maximum",
    "minimum",
    "to_int_unchecked",
    "abs_sub",
    "algebraic_add",
    "algebraic_sub",
    "algebraic_mul",
    "algebraic_div",
];

impl Lower {
    pub(super) fn method(&mut self, m: &syn::ExprMethodCall) -> Option<Expr> {
        let name = m.method.to_string();
        if let Some(counted) = self.on_a_count(m) {
            return self.rhs(&counted);
        }
        let receiver = self.infer(&m.receiver);
        let arity = m.args.len();
        let for_effect = std::mem::take(&mut self.for_effect);
        if let Some(expr) = self.vector_method(m, for_effect) {
            return expr;
        }
        if let Some(expr) = self.rearranged(m, for_effect) {
            return expr;
        }
        let e = syn::Expr::MethodCall(m.clone());
        // Of what a call gives, nothing tells here whether an element can be copied.
        if !self.is_end_of_a_call(&m.receiver)
            && let Some(place) = self.element_unwrapped(&e)
            && self.f.place_ty(&place).is_copy()
        {
            let ty = self.f.place_ty(&place);
            return Some(Expr::Use(self.name(Expr::Load(place), ty, m.span())));
        }
        if let Some(expr) = self.fallible_method(m) {
            return expr;
        }
        if let Some(expr) = self.option_of_bool(m) {
            return expr;
        }
        if let Some(expr) = self.array_map(m) {
            return expr;
        }
        if name == "sin_cos" && arity == 0 && !receiver.is_sequence() {
            return self.sin_cos(m);
        }
        if let Some(rule) = rules::find(&name)
            && rule.args.len() == arity + 1
            && !receiver.is_sequence()
            && !matches!(
                receiver.peeled(),
                Ty::Option(_) | Ty::Result(_) | Ty::Tuple(_)
            )
        {
            return self.rule_method(m, rule);
        }
        let is_unknown = matches!(receiver.peeled(), Ty::Unknown);
        // A field is memory of a type that is not known.
        let may_be_sequence = receiver.is_sequence() || is_unknown && self.is_place(&m.receiver);
        match name.as_str() {
            "to_f64" if arity == 0 && matches!(receiver.peeled(), Ty::Float(Scalar::Param(_))) => {
                self.as_f64(&m.receiver)
            }
            "clone" | "to_owned" if arity == 0 && receiver.peeled().is_float() => {
                Some(Expr::Use(self.number(&m.receiver)?))
            }
            "clone" | "to_vec" | "to_owned" if arity == 0 => match self.place(&m.receiver) {
                Some(place)
                    if self.f.place_ty(&place).peeled().is_copy()
                        || self.f.place_ty(&place).is_sequence() =>
                {
                    Some(Expr::Copy(place, m.method.clone()))
                }
                // What is not made of numbers alone: the type checker sees that it is one with a tangent.
                Some(place)
                    if matches!(
                        self.f.place_ty(&place).peeled(),
                        Ty::Unknown | Ty::Tuple(_) | Ty::Option(_) | Ty::Result(_)
                    ) =>
                {
                    Some(self.copy(m, place))
                }
                _ => Some(self.unknown_method(m)),
            },
            // A number has no length: this is a method of the user's own.
            "len" if arity == 0 && !receiver.peeled().is_float() => {
                Some(self.measure(m, Ty::Int(Some("usize".into())), quote!(usize)))
            }
            "nrows" | "ncols" | "ndim" if arity == 0 && is_unknown => {
                Some(self.measure(m, Ty::Int(Some("usize".into())), quote!(usize)))
            }
            "len_of" if arity == 1 && is_unknown => {
                Some(self.measure(m, Ty::Int(Some("usize".into())), quote!(usize)))
            }
            "shape" if arity == 0 && is_unknown => {
                let integers = Ty::Slice(Box::new(Ty::Int(Some("usize".into()))));
                let ty = Ty::Ref(Box::new(integers), false);
                Some(self.measure(m, ty, quote!(&[usize])))
            }
            "dim" | "raw_dim" if arity == 0 && is_unknown => {
                let answer = self.measure(m, Ty::Constant, quote!(_));
                if let Expr::Use(Operand::Var(v)) = &answer {
                    let name = &self.f.vars[*v].ident;
                    let check = Kind::Raw(quote!(__rt::assert_measure(&#name);));
                    self.push(check, m.span());
                }
                Some(answer)
            }
            _ if let Some(answer) = chain::answer(m) => {
                let e = syn::Expr::MethodCall(m.clone());
                Some(self.answered(&e, answer, &format!("`{name}`")))
            }
            "swap" if arity == 2 && may_be_sequence => {
                let place = self.referent(&m.receiver)?;
                self.sequence(&place, m.method.span());
                let a = self.value(&m.args[0])?;
                let b = self.value(&m.args[1])?;
                self.push(Kind::Swap(place, SwapKind::Elements(a, b)), m.span());
                Some(UNIT())
            }
            "fill" if arity == 1 && may_be_sequence => {
                let place = self.referent(&m.receiver)?;
                self.sequence(&place, m.method.span());
                let value = self.number(&m.args[0])?;
                self.push(Kind::Fill(place, value), m.span());
                Some(UNIT())
            }
            "copy_from_slice" | "clone_from_slice" if arity == 1 && may_be_sequence => {
                let to = self.referent(&m.receiver)?;
                let from = self.referent(strip_reference(&m.args[0]))?;
                self.sequence(&to, m.method.span());
                self.sequence(&from, m.method.span());
                self.push(Kind::CopySlice { to, from }, m.span());
                Some(UNIT())
            }
            _ => self.user_method(m),
        }
    }

    /// What is told of a container's shape. The written type makes a user's own method of that name that gives a
    /// float a type error. Where the container carries a derivative, it is told through a shared borrow, so that a
    /// method that changes something is one as well.
    fn measure(&mut self, m: &syn::ExprMethodCall, ty: Ty, written: TokenStream) -> Expr {
        let cut = Cut::NoDerivative(format!("`{}`", m.method));
        let opaque = self.opaque(&syn::Expr::MethodCall(m.clone()), cut);
        let var = self.f.fresh("n", ty);
        if !opaque.writes.is_empty()
            && let Some(place) = self.place(&m.receiver)
            && let Some(place) = crate::emit::place_tokens(&self.f, &place, false)
        {
            let (method, args) = (&m.method, &m.args);
            self.f
                .measures
                .push((var, quote!((&#place).#method(#args))));
        }
        self.f.vars[var].ascription = Some(written);
        self.push(Kind::Let(var, Expr::Opaque(opaque)), m.span());
        Expr::Use(Operand::Var(var))
    }

    /// A method of the user's own, which has its entries beside it; what is known to have none is refused.
    fn user_method(&mut self, m: &syn::ExprMethodCall) -> Option<Expr> {
        if let Some(refused) = self.conversion_without_type(m) {
            return Some(refused);
        }
        let receiver = self.infer(&m.receiver);
        let name = m.method.to_string();
        let of_std = match receiver.peeled() {
            Ty::Float(_) => STD_FLOAT_METHODS.contains(&name.as_str()),
            Ty::Unknown => false,
            _ => true,
        };
        let takes_closure = m
            .args
            .iter()
            .any(|a| matches!(peel(a), syn::Expr::Closure(_)));
        // Of a type of the user's own; what std's types do with closures has been spelled out before.
        let takes_closure = takes_closure
            && (!matches!(receiver.peeled(), Ty::Unknown)
                || CLOSURES_OF_STD.contains(&name.as_str())
                || chain::is_adaptor(m));
        if of_std || takes_closure || is_iterator(&m.receiver) || ITERATORS.contains(&name.as_str())
        {
            return Some(self.unknown_method(m));
        }
        let place = match self.place(&m.receiver) {
            Some(place) => place,
            None => {
                let expr = self.rhs(&m.receiver)?;
                let ty = self.expr_ty(&expr, &m.receiver);
                let var = match self.name(expr, ty.clone(), m.receiver.span()) {
                    Operand::Var(v) => v,
                    operand => {
                        let var = self.f.fresh("t", ty);
                        self.push(Kind::Let(var, Expr::Use(operand)), m.receiver.span());
                        var
                    }
                };
                Place::var(var)
            }
        };
        let mut args = vec![Arg::Receiver(place)];
        for arg in &m.args {
            args.push(self.arg(arg)?);
        }
        super::calls::share_twice(&mut args);
        let callee = Callee::Method(m.method.clone(), m.turbofish.clone());
        Some(Expr::Call(callee, args))
    }

    /// What has no derivative because of its type, which is written out, so that the compiler agrees.
    pub(super) fn answered(
        &mut self,
        e: &syn::Expr,
        written: proc_macro2::TokenStream,
        what: &str,
    ) -> Expr {
        let opaque = self.opaque(e, Cut::NoDerivative(what.into()));
        let ty = match written.to_string().as_str() {
            "bool" => Ty::Bool,
            "usize" => Ty::Int(Some("usize".into())),
            _ => Ty::Option(Box::new(Ty::Int(Some("usize".into())))),
        };
        let var = self.f.fresh("t", ty);
        self.f.vars[var].ascription = Some(written);
        self.push(Kind::Let(var, Expr::Opaque(opaque)), e.span());
        Expr::Use(Operand::Var(var))
    }

    /// The method on an integer that another method gives, such as `n` in `x.partition_point(…).clamp(1, n)`: with a
    /// name of its own, whose written type the compiler agrees to.
    fn on_a_count(&mut self, m: &syn::ExprMethodCall) -> Option<syn::Expr> {
        let syn::Expr::MethodCall(inner) = peel(&m.receiver) else {
            return None;
        };
        let is_length = inner.method == "len" && inner.args.is_empty();
        let gives_usize =
            is_length || chain::answer(inner).is_some_and(|answer| answer.to_string() == "usize");
        if !gives_usize
            || !super::infer::is_integer_method(&m.method.to_string())
            || !matches!(self.infer(&m.receiver), Ty::Unknown)
        {
            return None;
        }
        let Expr::Use(Operand::Var(v)) = self.method(inner)? else {
            return None;
        };
        if !matches!(self.f.vars[v].ty, Ty::Int(_)) {
            return None;
        }
        let ident = self.f.vars[v].ident.clone();
        self.by_name.insert(ident.to_string(), v);
        let mut m = m.clone();
        *m.receiver = syn::parse_quote!(#ident);
        Some(syn::Expr::MethodCall(m))
    }

    fn unknown_method(&mut self, m: &syn::ExprMethodCall) -> Expr {
        let e = syn::Expr::MethodCall(m.clone());
        let name = m.method.to_string();
        let receiver = self.infer(&m.receiver);
        if ITERATORS.contains(&name.as_str()) || is_iterator(&m.receiver) {
            // The first method that is not understood is the one to name.
            let method = chain::unknown(&m.receiver).unwrap_or(&m.method);
            let kept = chain::is_source(m) || chain::is_adaptor(m);
            let detail = match chain::unknown(&m.receiver) {
                None if kept => format!(
                    "`{method}` gives an iterator that is kept, and used more than once or in a way that is not followed"
                ),
                _ => format!("`{method}` on an iterator of values that carry a derivative"),
            };
            let diagnostic = Diagnostic::new(Code::IteratorNotYet, method, detail);
            let opaque = self.opaque(&e, Cut::NoDerivative(format!("`{name}`")));
            return Expr::Refused(opaque, Box::new(diagnostic));
        }
        let (code, detail) = if receiver.is_float() {
            (
                Code::UnknownMethod,
                format!("`{name}` is not a method with a known derivative"),
            )
        } else {
            (
                Code::MethodCallNotYet,
                format!("the method `{name}` is called with a value that carries a derivative"),
            )
        };
        let diagnostic = Diagnostic::new(code, &m.method, detail);
        Expr::Refused(
            self.opaque(&e, Cut::NoDerivative(format!("`{name}`"))),
            Box::new(diagnostic),
        )
    }

    pub(super) fn rule_method(
        &mut self,
        m: &syn::ExprMethodCall,
        rule: &rules::Rule,
    ) -> Option<Expr> {
        let receiver = self.rule_receiver(&m.receiver)?;
        let mut args = Vec::new();
        for (arg, e) in rule.args[1..].iter().zip(&m.args) {
            let operand = if arg.tangent {
                self.number(e)?
            } else {
                self.value(e)?
            };
            args.push(Expr::Use(operand));
        }
        if let Operand::Lit(_) = receiver
            && args.iter().all(|a| matches!(a, Expr::Use(Operand::Lit(_))))
        {
            let e = syn::Expr::MethodCall(m.clone());
            return Some(Expr::Opaque(self.opaque(&e, Cut::None)));
        }
        Some(Expr::Method(
            Box::new(Expr::Use(receiver)),
            m.method.clone(),
            args,
        ))
    }

    /// What a method of the table is called on: a number, or a variable that may be anything and stays where it is.
    fn rule_receiver(&mut self, e: &syn::Expr) -> Option<Operand> {
        if self.f.types.generic {
            return self.number(e);
        }
        if let Some(v) = match peel(e) {
            syn::Expr::Path(p) => self.lookup(&p.path),
            _ => None,
        } {
            let var = &self.f.vars[v];
            if var.mutable && matches!(var.ty, Ty::Unknown) {
                let borrowed: syn::Expr = syn::parse_quote_spanned!(e.span()=> &#e);
                return self.scalar(&borrowed);
            }
            if matches!(&var.ty, Ty::Ref(of, _) if matches!(**of, Ty::Unknown)) {
                return self.scalar(e);
            }
        }
        self.number(e)
    }

    fn sin_cos(&mut self, m: &syn::ExprMethodCall) -> Option<Expr> {
        let x = self.number(&m.receiver)?;
        let ty = self.f.operand_ty(&x);
        let part = |name: &str| {
            let method = syn::Ident::new(name, m.method.span());
            Expr::Method(Box::new(Expr::Use(x.clone())), method, Vec::new())
        };
        let parts = [part("sin"), part("cos")];
        let parts = parts.map(|p| Expr::Use(self.name(p, ty.clone(), m.span())));
        Some(Expr::Tuple(parts.into()))
    }
}

/// A chain that begins with a method that gives an iterator.
fn is_iterator(e: &syn::Expr) -> bool {
    match peel(e) {
        syn::Expr::MethodCall(m) => {
            ITERATORS.contains(&m.method.to_string().as_str()) || is_iterator(&m.receiver)
        }
        syn::Expr::Range(_) => true,
        _ => false,
    }
}
