//! Expressions that give values.

use super::infer::peel;
use super::{Lower, opaque::is_compound};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::ty::{Scalar, Ty};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::spanned::Spanned;

/// The argument of `vec!`.
pub(super) enum VecMacro {
    List(Vec<syn::Expr>),
    Repeat(Box<(syn::Expr, syn::Expr)>),
}

pub(super) fn parse_vec(mac: &syn::Macro) -> Option<VecMacro> {
    let parser = |input: syn::parse::ParseStream| {
        if input.is_empty() {
            return Ok(VecMacro::List(Vec::new()));
        }
        let first: syn::Expr = input.parse()?;
        if input.peek(syn::Token![;]) {
            input.parse::<syn::Token![;]>()?;
            return Ok(VecMacro::Repeat(Box::new((first, input.parse()?))));
        }
        let mut list = vec![first];
        while input.peek(syn::Token![,]) {
            input.parse::<syn::Token![,]>()?;
            if input.is_empty() {
                break;
            }
            list.push(input.parse()?);
        }
        Ok(VecMacro::List(list))
    };
    parser.parse2(mac.tokens.clone()).ok()
}

/// Macros that only look at their arguments.
const READING_MACROS: [&str; 12] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "print",
    "println",
    "eprint",
    "eprintln",
    "format",
    "matches",
];

const DIVERGING_MACROS: [&str; 4] = ["panic", "unreachable", "todo", "unimplemented"];

impl Lower {
    /// The expression as one step; `None` if it never gives a value.
    pub(super) fn rhs(&mut self, e: &syn::Expr) -> Option<Expr> {
        let e = peel(e);
        if !is_structured(e) && self.infer(e).is_constant() && !self.is_plain(e) {
            let cut = self.cut_of(e);
            return Some(Expr::Opaque(self.opaque(e, cut)));
        }
        if let Some(number) = crate::unfold::selection::number(e) {
            return Some(self.answered(e, number, "an index"));
        }
        match e {
            syn::Expr::Lit(l) => Some(Expr::Use(Operand::Lit(l.to_token_stream()))),
            syn::Expr::Path(p) => Some(match self.lookup(&p.path) {
                Some(v) if self.f.vars[v].mutable => Expr::Load(Place::var(v)),
                Some(v) => Expr::Use(Operand::Var(v)),
                None => Expr::Use(Operand::Lit(p.to_token_stream())),
            }),
            syn::Expr::Unary(u) => self.unary(u),
            syn::Expr::Binary(b) if is_compound(&b.op) => {
                self.compound(b);
                Some(Expr::Use(Operand::Lit(quote!(()))))
            }
            syn::Expr::Binary(b) => self.binary(b),
            syn::Expr::Cast(c) => self.cast(c),
            syn::Expr::Field(_) | syn::Expr::Index(_) => match self.place(e) {
                Some(place) => Some(Expr::Load(place)),
                None => Some(Expr::Opaque(self.opaque(e, Cut::None))),
            },
            syn::Expr::MethodCall(m) => self.method(m),
            syn::Expr::Call(c) => self.call(c),
            syn::Expr::Tuple(t) if t.elems.is_empty() => Some(Expr::Use(Operand::Lit(quote!(())))),
            syn::Expr::Tuple(t) => Some(Expr::Tuple(self.operands(t.elems.iter())?)),
            syn::Expr::Array(a) => Some(Expr::Array(self.operands(a.elems.iter())?, false)),
            syn::Expr::Repeat(r) => self.repeat(&r.expr, &r.len, false),
            syn::Expr::Macro(m) => self.macro_value(e, &m.mac),
            syn::Expr::Reference(r) => self.reference_value(e, r),
            syn::Expr::Closure(_) => Some(self.refused(
                e,
                Code::ClosureNotYet,
                "this closure captures or receives a value that carries a derivative",
            )),
            syn::Expr::Try(t) => {
                self.refuse(Code::TryNotYet, &t.question_token, "");
                None
            }
            syn::Expr::Struct(s) => self.struct_literal(s),
            syn::Expr::Range(_) => Some(self.refused(
                e,
                Code::UnsupportedExpr,
                "a range is built here from values that carry a derivative",
            )),
            syn::Expr::Return(_) | syn::Expr::Break(_) | syn::Expr::Continue(_) => {
                self.exit(e);
                None
            }
            syn::Expr::Assign(a) => {
                self.assign(a);
                Some(Expr::Use(Operand::Lit(quote!(()))))
            }
            syn::Expr::Match(_) if self.is_element_unwrapped(e) => {
                let place = self.element_unwrapped(e)?;
                let ty = self.f.place_ty(&place);
                Some(Expr::Use(self.name(Expr::Load(place), ty, e.span())))
            }
            syn::Expr::If(_) | syn::Expr::Match(_) | syn::Expr::Block(_) | syn::Expr::Loop(_) => {
                self.structured_value(e)
            }
            syn::Expr::While(_) | syn::Expr::ForLoop(_) => {
                self.structured(e, None);
                Some(Expr::Use(Operand::Lit(quote!(()))))
            }
            _ => Some(self.refused(
                e,
                Code::UnsupportedExpr,
                "this kind of expression sees a value that carries a derivative",
            )),
        }
    }

    /// The user's tokens, refused if they touch a value that carries a derivative.
    pub(super) fn refused(&mut self, e: &syn::Expr, code: Code, detail: &str) -> Expr {
        let diagnostic = Diagnostic::new(code, e, detail);
        Expr::Refused(self.opaque(e, Cut::None), Box::new(diagnostic))
    }

    /// The expression as an operand; `None` if it never gives a value.
    pub(super) fn value(&mut self, e: &syn::Expr) -> Option<Operand> {
        let expr = self.rhs(e)?;
        let ty = self.expr_ty(&expr, e);
        // What is wrong with an operator is said at the operator, as rustc does.
        let span = match e {
            syn::Expr::Binary(b) => b.op.span(),
            e => e.span(),
        };
        Some(self.name(expr, ty, span))
    }

    /// The type of what was just lowered.
    pub(super) fn expr_ty(&self, expr: &Expr, e: &syn::Expr) -> Ty {
        let inferred = self.infer(e);
        match (expr, inferred) {
            (Expr::Use(o), Ty::Unknown) => self.f.operand_ty(o),
            (Expr::Load(p), Ty::Unknown) => self.f.place_ty(p),
            (Expr::Removed(p, how), Ty::Unknown) => self.removed_ty(p, how),
            (Expr::Binary(_, a, b), Ty::Unknown) => match (&**a, &**b) {
                (Expr::Use(a), Expr::Use(b)) => {
                    let (a, b) = (self.f.operand_ty(a), self.f.operand_ty(b));
                    if a.fits(&b) { a.join(&b) } else { Ty::Unknown }
                }
                _ => Ty::Unknown,
            },
            (Expr::Neg(a), Ty::Unknown) => match &**a {
                Expr::Use(a) => self.f.operand_ty(a).peeled().clone(),
                _ => Ty::Unknown,
            },
            (Expr::Method(a, ..), Ty::Unknown) => match &**a {
                Expr::Use(a) if self.f.operand_ty(a).is_float() => self.f.operand_ty(a),
                _ => Ty::Unknown,
            },
            (Expr::Tuple(es), _) => Ty::Tuple(es.iter().map(|e| self.leaf_ty(e)).collect()),
            (Expr::Array(es, vec), inferred) => {
                let element = es.iter().map(|e| self.leaf_ty(e)).reduce(|a, b| a.join(&b));
                let element = Box::new(element.unwrap_or_default());
                match inferred {
                    _ if *vec => Ty::Vec(element),
                    Ty::Array(_, n) => Ty::Array(element, n),
                    _ => Ty::Array(element, None),
                }
            }
            (Expr::Repeat(e, _, _, vec), inferred) => {
                let element = Box::new(self.leaf_ty(e));
                match inferred {
                    _ if *vec => Ty::Vec(element),
                    Ty::Array(_, n) => Ty::Array(element, n),
                    _ => Ty::Array(element, None),
                }
            }
            (Expr::Wrap(e, variant), _) => {
                let payload = Box::new(self.leaf_ty(e));
                if variant == "Ok" {
                    Ty::Result(payload)
                } else {
                    Ty::Option(payload)
                }
            }
            (_, ty) => ty,
        }
    }

    fn leaf_ty(&self, e: &Expr) -> Ty {
        match e {
            Expr::Use(o) => self.f.operand_ty(o),
            _ => Ty::Unknown,
        }
    }

    /// An operand by reference, as in `&v * k`: a number is read, anything else keeps its reference, since the
    /// operator may be implemented for that alone.
    fn by_reference(&mut self, e: &syn::Expr) -> Option<Operand> {
        let syn::Expr::Reference(r) = peel(e) else {
            return None;
        };
        if r.mutability.is_some() || self.infer(&r.expr).is_constant() {
            return None;
        }
        let place = self.place(&r.expr).or_else(|| self.temporary(&r.expr))?;
        let ty = self.f.place_ty(&place);
        if ty.peeled().is_float() {
            return Some(self.name(Expr::Load(place), ty, e.span()));
        }
        let reference = self.f.names.fresh("operand");
        self.alias(&reference, place, false, e.span());
        let alias = *self.by_name.get(&reference.to_string())?;
        Some(Operand::Var(alias))
    }

    /// A number, read through a reference where it must be.
    pub(super) fn number(&mut self, e: &syn::Expr) -> Option<Operand> {
        match self.scalar(e)? {
            Operand::Var(v) if self.f.vars[v].alias.is_some() => {
                let place = Place::var(v).then(Proj::Deref);
                let ty = self.f.place_ty(&place);
                Some(self.name(Expr::Load(place), ty, e.span()))
            }
            operand => Some(operand),
        }
    }

    /// A number rather than a reference to one.
    pub(super) fn scalar(&mut self, e: &syn::Expr) -> Option<Operand> {
        if let Some(operand) = self.by_reference(e) {
            return Some(operand);
        }
        let operand = self.value(e)?;
        let Operand::Var(v) = operand else {
            return Some(operand);
        };
        let place = match &self.f.vars[v].ty {
            Ty::Ref(t, _) if t.is_float() => Place::var(v).then(Proj::Deref),
            Ty::Ref(..) if self.bound.contains(&v) => Place::var(v).then(Proj::Value),
            // A parameter that is a reference stands for what it leads to, under its own name.
            Ty::Ref(..) if self.f.vars[v].alias.is_none() => {
                let mut var = self.f.vars[v].clone();
                var.alias = Some(Place::var(v).then(Proj::Deref));
                self.f.vars.push(var);
                return Some(Operand::Var(self.f.vars.len() - 1));
            }
            _ => return Some(operand),
        };
        let ty = self.f.place_ty(&place);
        Some(self.name(Expr::Load(place), ty, e.span()))
    }

    pub(super) fn operands<'e>(
        &mut self,
        es: impl Iterator<Item = &'e syn::Expr>,
    ) -> Option<Vec<Expr>> {
        let mut operands = Vec::new();
        for e in es {
            let operand = self.value(e)?;
            self.no_reference(&operand, e);
            operands.push(Expr::Use(operand));
        }
        Some(operands)
    }

    /// A reference to memory that carries a derivative can be followed while it has a name, not inside a value.
    pub(super) fn no_reference(&mut self, operand: &Operand, e: &syn::Expr) {
        if let Operand::Var(v) = operand
            && self.f.vars[*v].alias.is_some()
            && matches!(self.f.vars[*v].ty, Ty::Ref(..))
        {
            let name = &self.f.vars[*v].ident;
            let detail =
                format!("`{name}` is a reference, and is stored here; `*{name}` is its value");
            self.refuse(Code::ActiveReference, e, detail);
        }
    }

    fn unary(&mut self, u: &syn::ExprUnary) -> Option<Expr> {
        let e = syn::Expr::Unary(u.clone());
        match u.op {
            syn::UnOp::Deref(_) => match self.place(&e) {
                Some(place) => Some(Expr::Load(place)),
                None => Some(self.refused(
                    &e,
                    Code::ActiveReference,
                    "it is not clear which memory this refers to",
                )),
            },
            syn::UnOp::Neg(_) => match self.scalar(&u.expr)? {
                Operand::Lit(tokens) => Some(Expr::Use(Operand::Lit(quote!(-#tokens)))),
                operand => Some(Expr::Neg(Box::new(Expr::Use(operand)))),
            },
            _ => Some(Expr::Opaque(
                self.opaque(&e, Cut::NoDerivative("`!`".into())),
            )),
        }
    }

    fn binary(&mut self, b: &syn::ExprBinary) -> Option<Expr> {
        let Some(op) = arithmetic(&b.op) else {
            let e = syn::Expr::Binary(b.clone());
            return Some(self.refused(
                &e,
                Code::UnsupportedExpr,
                "this operator has no derivative for the type it is used with",
            ));
        };
        let mut left = self.scalar(&b.left)?;
        let mut right = self.scalar(&b.right)?;
        if self.f.operand_ty(&left).is_float() {
            let beside = self.f.operand_ty(&left);
            self.number_beside(&mut right, &beside, b.span());
        } else if self.f.operand_ty(&right).is_float() {
            let beside = self.f.operand_ty(&right);
            self.number_beside(&mut left, &beside, b.span());
        }
        if self.mixed(&left, &right, b) {
            return None;
        }
        Some(match (&left, &right) {
            (Operand::Lit(l), Operand::Lit(r)) => {
                let op = &b.op;
                Expr::Use(Operand::Lit(quote!((#l #op #r))))
            }
            _ => Expr::Binary(op, Box::new(Expr::Use(left)), Box::new(Expr::Use(right))),
        })
    }

    /// Beside a float, a named constant is a number; the type checker is asked to agree.
    fn number_beside(&mut self, operand: &mut Operand, beside: &Ty, span: proc_macro2::Span) {
        let ty = match beside {
            Ty::Float(scalar @ Scalar::Param(_)) => Ty::Float(scalar.clone()),
            // It could be a reference to one.
            _ => Ty::Float(Scalar::Literal),
        };
        if !matches!(self.f.operand_ty(operand), Ty::Unknown) {
            return;
        }
        let tokens = super::operand_tokens(&self.f, operand);
        let check = Kind::Raw(quote!(__rt::assert_number(&#tokens);));
        match operand {
            Operand::Lit(path) if is_constant_name(path) => {
                self.push(check, span);
                let var = self.f.fresh("t", ty);
                self.push(Kind::Let(var, Expr::Use(operand.clone())), span);
                *operand = Operand::Var(var);
            }
            _ => {}
        }
    }

    fn cast(&mut self, c: &syn::ExprCast) -> Option<Expr> {
        let e = syn::Expr::Cast(c.clone());
        if self.infer(&c.expr).is_constant() {
            return Some(Expr::Opaque(self.opaque(&e, Cut::None)));
        }
        let to = c.ty.to_token_stream();
        let how = match (self.f.types.of(&c.ty), &*c.ty) {
            (Ty::Float(_), _) => Conversion::As(to),
            (Ty::Unknown, syn::Type::Path(_)) => Conversion::Alias(to),
            _ => {
                let what = "a cast to a type that is neither a float nor an integer";
                return Some(self.refused(&e, Code::UnsupportedExpr, what));
            }
        };
        match self.number(&c.expr)? {
            Operand::Lit(_) => Some(Expr::Opaque(self.opaque(&e, Cut::None))),
            operand => Some(Expr::Cast(Box::new(Expr::Use(operand)), how)),
        }
    }

    pub(super) fn repeat(
        &mut self,
        element: &syn::Expr,
        len: &syn::Expr,
        vec: bool,
    ) -> Option<Expr> {
        let element = self.value(element)?;
        // The length is a constant for an array; a vector's is evaluated once, here.
        let (len, reads) = match vec.then(|| self.value(len)) {
            Some(Some(Operand::Var(v))) => (self.f.vars[v].ident.to_token_stream(), vec![v]),
            Some(None) => return None,
            _ => (len.to_token_stream(), vec![]),
        };
        Some(Expr::Repeat(Box::new(Expr::Use(element)), len, reads, vec))
    }

    fn macro_value(&mut self, e: &syn::Expr, mac: &syn::Macro) -> Option<Expr> {
        if mac.path.is_ident("vec") {
            self.std_vec(&mac.path);
            return match parse_vec(mac) {
                Some(VecMacro::List(es)) => Some(Expr::Array(self.operands(es.iter())?, true)),
                Some(VecMacro::Repeat(parts)) => self.repeat(&parts.0, &parts.1, true),
                None => Some(self.refused(e, Code::UnknownMacro, "this `vec!` is not understood")),
            };
        }
        if self.reading_macro(mac, e.span()) {
            return if mac_diverges(mac) {
                None
            } else {
                Some(Expr::Use(Operand::Lit(quote!(()))))
            };
        }
        let name = mac.path.to_token_stream().to_string();
        let opaque = self.opaque_macro(mac, e.to_token_stream(), e.span());
        if READING_MACROS.contains(&name.as_str()) {
            return Some(Expr::Opaque(opaque));
        }
        let diagnostic = Diagnostic::new(
            Code::UnknownMacro,
            e,
            format!("`{name}!` sees a value that carries a derivative"),
        );
        Some(Expr::Refused(opaque, Box::new(diagnostic)))
    }

    /// Emits a macro that stands as a statement and only looks at its arguments.
    pub(super) fn reading_macro(&mut self, mac: &syn::Macro, span: proc_macro2::Span) -> bool {
        let Some(name) = mac.path.get_ident().map(ToString::to_string) else {
            return false;
        };
        let diverges = DIVERGING_MACROS.contains(&name.as_str());
        if !diverges
            && (!READING_MACROS.contains(&name.as_str()) || name == "format" || name == "matches")
        {
            return false;
        }
        let mut opaque = self.opaque_macro(mac, quote!(#mac;), span);
        opaque.cut = Cut::NoDerivative(format!("`{name}!`"));
        self.push(Kind::Opaque(opaque), span);
        true
    }

    /// `&place` where a value is wanted: only an argument or a `let` can be a reference.
    fn reference_value(&mut self, e: &syn::Expr, _: &syn::ExprReference) -> Option<Expr> {
        Some(self.refused(
            e,
            Code::ActiveReference,
            "this reference is stored or returned, so it is not clear which memory it refers to",
        ))
    }

    /// Nothing to compute: a literal or a variable.
    fn is_plain(&self, e: &syn::Expr) -> bool {
        match peel(e) {
            syn::Expr::Lit(_) => true,
            syn::Expr::Unary(u) => {
                matches!(u.op, syn::UnOp::Neg(_)) && matches!(peel(&u.expr), syn::Expr::Lit(_))
            }
            syn::Expr::Path(p) => match self.lookup(&p.path) {
                Some(v) => !self.f.vars[v].mutable,
                None => true,
            },
            syn::Expr::Tuple(t) => t.elems.is_empty(),
            _ => false,
        }
    }

    /// Why no derivative passes through an expression without a tangent.
    fn cut_of(&self, e: &syn::Expr) -> Cut {
        match e {
            syn::Expr::Cast(c) if matches!(self.f.types.of(&c.ty), Ty::Int(_)) => Cut::IntegerCast,
            syn::Expr::Binary(b) if arithmetic(&b.op).is_none() => {
                Cut::NoDerivative("a comparison".into())
            }
            syn::Expr::MethodCall(m) => Cut::NoDerivative(format!("`{}`", m.method)),
            syn::Expr::Macro(m) => {
                Cut::NoDerivative(format!("`{}!`", m.mac.path.to_token_stream()))
            }
            _ => Cut::None,
        }
    }
}

/// `DT` or `model::GRAVITY`: a path that ends in capitals.
fn is_constant_name(tokens: &proc_macro2::TokenStream) -> bool {
    let Ok(path) = syn::parse2::<syn::Path>(tokens.clone()) else {
        return false;
    };
    path.segments.last().is_some_and(|s| {
        let name = s.ident.to_string();
        s.arguments.is_none()
            && name.chars().any(char::is_alphabetic)
            && name
                .chars()
                .all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_')
    })
}

fn mac_diverges(mac: &syn::Macro) -> bool {
    mac.path
        .get_ident()
        .is_some_and(|i| DIVERGING_MACROS.iter().any(|d| i == d))
}

/// Control flow and effects, which are lowered whatever their type.
pub(super) fn is_structured(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::If(_)
        | syn::Expr::Match(_)
        | syn::Expr::Block(_)
        | syn::Expr::Loop(_)
        | syn::Expr::While(_)
        | syn::Expr::ForLoop(_)
        | syn::Expr::Return(_)
        | syn::Expr::Break(_)
        | syn::Expr::Continue(_)
        | syn::Expr::Assign(_)
        | syn::Expr::Macro(_) => true,
        // A call may be of a differentiable function with effects on active memory.
        syn::Expr::Call(_) => true,
        syn::Expr::MethodCall(m) => {
            matches!(
                m.method.to_string().as_str(),
                "swap" | "fill" | "copy_from_slice" | "clone_from_slice"
            )
        }
        syn::Expr::Binary(b) => is_compound(&b.op),
        _ => false,
    }
}

/// The arithmetic operators, also as compound assignment.
pub fn arithmetic(op: &syn::BinOp) -> Option<BinOp> {
    use syn::BinOp::*;
    Some(match op {
        Add(_) | AddAssign(_) => BinOp::Add,
        Sub(_) | SubAssign(_) => BinOp::Sub,
        Mul(_) | MulAssign(_) => BinOp::Mul,
        Div(_) | DivAssign(_) => BinOp::Div,
        Rem(_) | RemAssign(_) => BinOp::Rem,
        _ => return None,
    })
}

/// Whether control flow or an assignment is inside an expression.
pub(super) fn is_structured_inside(e: &syn::Expr) -> bool {
    struct Find(bool);
    impl<'ast> syn::visit::Visit<'ast> for Find {
        fn visit_expr(&mut self, e: &'ast syn::Expr) {
            self.0 |= matches!(
                e,
                syn::Expr::If(_)
                    | syn::Expr::Match(_)
                    | syn::Expr::Block(_)
                    | syn::Expr::Return(_)
                    | syn::Expr::Break(_)
                    | syn::Expr::Continue(_)
                    | syn::Expr::Assign(_)
                    | syn::Expr::Closure(_)
                    | syn::Expr::Macro(_)
                    | syn::Expr::Try(_)
            );
            syn::visit::visit_expr(self, e);
        }
    }
    let mut find = Find(false);
    syn::visit::Visit::visit_expr(&mut find, e);
    find.0
}
