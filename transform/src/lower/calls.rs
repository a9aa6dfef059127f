//! Calls of functions and methods.

use super::Lower;
use super::infer::peel;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::rules;
use crate::ty::Ty;
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned;

pub(super) const UNIT: fn() -> Expr = || Expr::Use(Operand::Lit(quote!(())));

/// Types of std's that share, lock or look up what they hold, which no derivative follows.
const NO_TANGENT: [&str; 8] = [
    "Rc", "Arc", "RefCell", "Mutex", "RwLock", "HashMap", "BTreeMap", "VecDeque",
];

/// What makes a value of one of these, of one argument.
const MAKERS: [&str; 4] = ["new", "from", "from_iter", "clone"];

impl Lower {
    pub(super) fn call(&mut self, c: &syn::ExprCall) -> Option<Expr> {
        let e = syn::Expr::Call(c.clone());
        let syn::Expr::Path(path) = peel(&c.func) else {
            return Some(self.refused(
                &e,
                Code::ClosureNotYet,
                "this call is not of a function by its name",
            ));
        };
        if let Some(v) = self.lookup(&path.path)
            && self.f.given(v).is_some()
        {
            return self.call_of_given(c, v);
        }
        if self.lookup(&path.path).is_some() {
            return Some(self.refused(
                &e,
                Code::ClosureNotYet,
                "a closure or function value is called with a value that carries a derivative",
            ));
        }
        if let Ok(lowered) = self.real_call(c, path) {
            return lowered;
        }
        let names = crate::names::of_path(&path.path);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if super::vectors::empty_vector_of(&self.f.types, c).is_some() {
            return Some(Expr::Opaque(self.opaque(&e, Cut::None)));
        }
        // A type of the user's own may have such a name: its functions take what they like.
        if let ([.., ty, maker], 1) = (names.as_slice(), c.args.len())
            && NO_TANGENT.contains(ty)
            && MAKERS.contains(maker)
            && !crate::names::is_own_path(&path.path)
        {
            let detail = format!("what is put into `{ty}` is not followed");
            let help = format!(
                "keep values that carry a derivative in a `Vec`, a `Box` or a struct; if `{ty}` is a type of your \
                 own, call it by its path, as in `self::{ty}::new(…)`"
            );
            let diagnostic = Diagnostic::new(Code::UnsupportedExpr, &e, detail).with_help(help);
            return Some(Expr::Refused(
                self.opaque(&e, Cut::None),
                Box::new(diagnostic),
            ));
        }
        match (names.as_slice(), c.args.len()) {
            ([.., "Some"] | [.., "Ok"], 1) if is_std_variant(&path.path) => {
                let payload = self.value(&c.args[0])?;
                self.no_reference(&payload, &c.args[0]);
                let variant = path.path.segments.last().map(|s| s.ident.clone());
                return variant.map(|v| Expr::Wrap(Box::new(Expr::Use(payload)), v));
            }
            // An error carries no derivative, whatever is in it.
            ([.., "Err"], 1) if is_std_variant(&path.path) => {
                let cut = Cut::NoDerivative("`Err`".into());
                return Some(Expr::Opaque(self.opaque(&e, cut)));
            }
            (["f64" | "f32", "from"], 1) => {
                let to = &path.path.segments[0].ident;
                let operand = self.number(&c.args[0])?;
                return Some(match operand {
                    Operand::Lit(_) => Expr::Opaque(self.opaque(&e, Cut::None)),
                    operand if self.f.operand_ty(&operand).is_constant() => {
                        Expr::Opaque(self.opaque(&e, Cut::None))
                    }
                    operand => {
                        let how = Conversion::As(to.to_token_stream());
                        Expr::Cast(Box::new(Expr::Use(operand)), how)
                    }
                });
            }
            (["f64" | "f32", name], n) if n > 0 => {
                if let Some(rule) = rules::find(name)
                    && rule.args.len() == n
                {
                    let method =
                        format_ident!("{}", name, span = path.path.segments[1].ident.span());
                    let receiver = &c.args[0];
                    let rest = c.args.iter().skip(1);
                    let m: syn::ExprMethodCall = syn::parse_quote!((#receiver).#method(#(#rest),*));
                    return self.rule_method(&m, rule);
                }
            }
            ([.., "detach" | "stop_gradient"], 1) => return self.detach(&e, path, &c.args[0]),
            ([.., "mem", "swap"], 2) => return self.mem_swap(path, c),
            ([.., "mem", "replace"], 2) | ([.., "mem", "take"], 1) => {
                return self.mem_removal(path, c);
            }
            (["__rt", "assert_sequence"], 1) => {
                let place = self.referent(strip_reference(&c.args[0]))?;
                self.sequence(&place, c.span());
                return Some(UNIT());
            }
            (["__rt", "chunks_by" | "split_at"], 2) => {
                let cut = Cut::NoDerivative("the bounds of a part".into());
                let parts = Ty::Tuple(vec![Ty::Int(None), Ty::Int(None)]);
                let var = self.f.fresh("parts", Ty::Vec(Box::new(parts)));
                let opaque = self.opaque(&e, cut);
                self.push(Kind::Let(var, Expr::Opaque(opaque)), c.span());
                return Some(Expr::Use(Operand::Var(var)));
            }
            (["__rt", "nd", "assert_array" | "assert_alike"], _) => {
                let mut of = Vec::new();
                for arg in &c.args {
                    let place = self.referent(strip_reference(arg))?;
                    of.push(crate::emit::place_tokens(&self.f, &place, false)?);
                }
                self.push(Kind::Raw(quote!(#path(#(&#of),*);)), c.span());
                return Some(UNIT());
            }
            (_, 1)
                if super::arrays::is_from_fn(&path.path)
                    && let Some(array) = self.array_from_fn(path, &c.args[0]) =>
            {
                return array;
            }
            ([.., "Box", "new"], 1) => return self.boxed(path, &c.args[0]),
            ([.., "mem", "replace" | "take"], _) => {
                return Some(self.refused(
                    &e,
                    Code::UnsupportedExpr,
                    "this moves a value that carries a derivative in a way that is not followed yet; \
                     copy it to a variable and assign the new one",
                ));
            }
            _ => {}
        }
        if super::data::is_constructor(&path.path) {
            return self.constructor(c, path);
        }
        let mut args = Vec::new();
        for arg in &c.args {
            args.push(self.arg(arg)?);
        }
        share_twice(&mut args);
        Some(Expr::Call(Callee::Function(path.clone()), args))
    }

    pub(super) fn arg(&mut self, e: &syn::Expr) -> Option<Arg> {
        if let Some(function) = self.function_arg(e) {
            return Some(function);
        }
        match peel(e) {
            syn::Expr::Reference(r) => {
                let exclusive = r.mutability.is_some();
                let place = match self.place(&r.expr) {
                    Some(place) => Some(place),
                    None if exclusive => self.changed_temporary(&r.expr),
                    None => self.temporary(&r.expr),
                };
                let Some(place) = place else {
                    let operand = Expr::Opaque(self.opaque(e, Cut::None));
                    return Some(Arg::Value(self.name_reference(operand, e)));
                };
                Some(if exclusive {
                    Arg::Exclusive(place, false)
                } else {
                    Arg::Shared(place, false)
                })
            }
            syn::Expr::Path(p) => match self.lookup(&p.path) {
                Some(v) => match (&self.f.vars[v].ty, &self.f.vars[v].alias) {
                    (Ty::Ref(_, true), _) => {
                        Some(Arg::Exclusive(Place::var(v).then(Proj::Deref), true))
                    }
                    (Ty::Ref(_, false), _) => {
                        Some(Arg::Shared(Place::var(v).then(Proj::Deref), true))
                    }
                    (_, Some(_)) => Some(Arg::Shared(Place::var(v), true)),
                    _ => Some(Arg::Value(self.value(e)?)),
                },
                None => Some(Arg::Value(self.value(e)?)),
            },
            // Of a box, what is in it.
            syn::Expr::MethodCall(m)
                if m.method == "as_ref"
                    && m.args.is_empty()
                    && !matches!(
                        self.infer(&m.receiver).peeled(),
                        Ty::Option(_) | Ty::Result(_)
                    ) =>
            {
                let receiver = &m.receiver;
                let lent = matches!(peel(receiver), syn::Expr::Path(p) if self
                    .lookup(&p.path)
                    .is_some_and(|v| matches!(self.f.vars[v].ty, Ty::Ref(..)) || self.f.vars[v].alias.is_some()));
                self.arg(&match lent {
                    true => syn::parse_quote!(&**#receiver),
                    false => syn::parse_quote!(&*#receiver),
                })
            }
            syn::Expr::MethodCall(m) if self.gives_a_place(m, false) => {
                Some(Arg::Exclusive(self.place_of_method(m)?, false))
            }
            _ => Some(Arg::Value(self.value(e)?)),
        }
    }

    /// A reference to something that is no local: passed in the user's own tokens.
    fn name_reference(&mut self, operand: Expr, e: &syn::Expr) -> Operand {
        match operand {
            Expr::Opaque(o) if o.reads.is_empty() && o.pure => Operand::Lit(o.tokens),
            operand => self.name(operand, Ty::Unknown, e.span()),
        }
    }

    fn detach(&mut self, e: &syn::Expr, path: &syn::ExprPath, arg: &syn::Expr) -> Option<Expr> {
        let ty = self.infer(arg);
        let operand = self.value(arg)?;
        let tokens = super::operand_tokens(&self.f, &operand);
        // A user's own function of that name is not taken for ours: the two must be the same item.
        let ours = path.path.segments.last().map(|s| &s.ident);
        self.push(
            Kind::Raw(quote!(__rt::same_function(#path, __rt::#ours, &#tokens);)),
            e.span(),
        );
        let mut opaque = self.opaque(e, Cut::Detach);
        opaque.tokens = quote!(#path(#tokens));
        opaque.reads = match operand {
            Operand::Var(v) => vec![v],
            Operand::Lit(_) => vec![],
        };
        opaque.pure = false;
        let var = self.f.fresh("t", ty);
        self.push(Kind::Let(var, Expr::Opaque(opaque)), e.span());
        Some(Expr::Use(Operand::Var(var)))
    }

    fn mem_swap(&mut self, path: &syn::ExprPath, c: &syn::ExprCall) -> Option<Expr> {
        let mut sides = Vec::new();
        for arg in &c.args {
            if let syn::Expr::Reference(r) = peel(arg)
                && let syn::Expr::Path(p) = peel(&r.expr)
                && let Some(v) = self.lookup(&p.path)
                && (self.f.vars[v].alias.is_some() || matches!(self.f.vars[v].ty, Ty::Ref(..)))
            {
                let e = syn::Expr::Call(c.clone());
                let detail = "the references are made to point elsewhere";
                let help = "define both right before the loop that exchanges them, from vectors that are not looked at before it has ended, and leave it by its end; or exchange the vectors themselves, as in `std::mem::swap(&mut u, &mut v)`";
                let refused = self.refused(&e, Code::ActiveReference, detail);
                return Some(match refused {
                    Expr::Refused(o, d) => Expr::Refused(o, Box::new(d.with_help(help))),
                    e => e,
                });
            }
            let place = match peel(arg) {
                syn::Expr::Reference(r) => self.referent(&r.expr),
                other => self.referent(other).map(|p| p.then(Proj::Deref)),
            };
            match place {
                Some(place) => sides.push(place),
                None => {
                    let e = syn::Expr::Call(c.clone());
                    return Some(self.refused(
                        &e,
                        Code::ActiveReference,
                        "it is not clear which memory is swapped",
                    ));
                }
            }
        }
        if let (Some(b), Some(a)) = (sides.pop(), sides.pop()) {
            self.push(
                Kind::Swap(a, SwapKind::With(b, path.to_token_stream())),
                c.span(),
            );
        }
        Some(UNIT())
    }
}

/// `Some`, `Option::Some`, `core::result::Result::Ok`: a variant of the standard library's.
pub(super) fn is_std_variant(path: &syn::Path) -> bool {
    let names = crate::names::of_path(path);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    matches!(
        names.as_slice(),
        ["Some" | "Ok" | "Err"] | [.., "Option", "Some"] | [.., "Result", "Ok" | "Err"]
    )
}

pub(super) fn strip_reference(e: &syn::Expr) -> &syn::Expr {
    match peel(e) {
        syn::Expr::Reference(r) => &r.expr,
        e => e,
    }
}

/// An exclusive reference that is passed by its name, and another time to the same call, is shared by both: rustc would
/// not let the call change it.
pub(super) fn share_twice(args: &mut [Arg]) {
    let bases: Vec<Option<VarId>> = args.iter().map(borrowed).collect();
    for (n, arg) in args.iter_mut().enumerate() {
        if let Arg::Exclusive(place, true) = arg
            && (bases.iter().enumerate()).any(|(m, base)| m != n && *base == Some(place.base))
        {
            *arg = Arg::Shared(place.clone(), true);
        }
    }
}

/// The variable by which an argument borrows memory.
fn borrowed(arg: &Arg) -> Option<VarId> {
    match arg {
        Arg::Shared(p, _) | Arg::Exclusive(p, _) | Arg::Receiver(p) => Some(p.base),
        Arg::Value(_) | Arg::Function(..) | Arg::Closure(..) => None,
    }
}
