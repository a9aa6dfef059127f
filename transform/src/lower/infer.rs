//! The type of an expression as far as tokens show it. Never a guess: what is not certain is `Unknown`.

use super::Lower;
use crate::rules;
use crate::ty::{Scalar, Ty};
use proc_macro2::TokenStream;

/// The type of a literal.
pub fn literal_ty(tokens: &TokenStream) -> Ty {
    match syn::parse2::<syn::Expr>(tokens.clone()) {
        Ok(expr) => constant_ty(&expr),
        Err(_) => Ty::Unknown,
    }
}

fn constant_ty(expr: &syn::Expr) -> Ty {
    match expr {
        syn::Expr::Lit(l) => lit_ty(&l.lit),
        syn::Expr::Unary(u) => constant_ty(&u.expr),
        syn::Expr::Paren(p) => constant_ty(&p.expr),
        syn::Expr::Group(g) => constant_ty(&g.expr),
        syn::Expr::Binary(b) => constant_ty(&b.left).join(&constant_ty(&b.right)),
        syn::Expr::Path(p) if p.path.is_ident("None") => Ty::Option(Box::new(Ty::Never)),
        syn::Expr::Path(p) => float_constant(&p.path).unwrap_or_default(),
        syn::Expr::Call(c) => lifted_ty(&c.func).unwrap_or_default(),
        _ => Ty::Unknown,
    }
}

/// `__rt::real::<T>`, which generated code writes around literals.
fn lifted_ty(function: &syn::Expr) -> Option<Ty> {
    let syn::Expr::Path(path) = function else {
        return None;
    };
    let last = path.path.segments.last()?;
    let ours = path.path.segments.len() == 2 && path.path.segments[0].ident == "__rt";
    match &last.arguments {
        syn::PathArguments::AngleBracketed(args) if ours && last.ident == "real" => {
            match args.args.first()? {
                syn::GenericArgument::Type(syn::Type::Path(p)) => p
                    .path
                    .get_ident()
                    .cloned()
                    .map(Scalar::Param)
                    .map(Ty::Float),
                _ => None,
            }
        }
        _ => None,
    }
}

fn lit_ty(lit: &syn::Lit) -> Ty {
    match lit {
        syn::Lit::Float(f) => Ty::Float(Scalar::named(f.suffix()).unwrap_or(Scalar::Literal)),
        syn::Lit::Int(i) => match Scalar::named(i.suffix()) {
            Some(scalar) => Ty::Float(scalar),
            None if i.suffix().is_empty() => Ty::Int(None),
            None => Ty::Int(Some(i.suffix().to_string())),
        },
        _ => Ty::Constant,
    }
}

/// `f64::EPSILON`, `std::f64::consts::PI`, `consts::PI`.
fn float_constant(path: &syn::Path) -> Option<Ty> {
    let names = crate::names::of_path(path);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match names.as_slice() {
        [f, _] => Scalar::named(f).map(Ty::Float),
        ["std" | "core", f, "consts", _] | ["std" | "core", f, _] => {
            Scalar::named(f).map(Ty::Float)
        }
        _ => None,
    }
}

/// Methods of every number that give no number.
const NUMBER_CONSTANTS: [&str; 8] = [
    "to_string",
    "partial_cmp",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
];

/// Methods of floats whose result has no tangent, besides. They are inherent or of traits that are always in scope, so
/// that no trait of the user's can be meant.
const FLOAT_CONSTANTS: [&str; 10] = [
    "is_nan",
    "is_infinite",
    "is_finite",
    "is_normal",
    "is_subnormal",
    "is_sign_positive",
    "is_sign_negative",
    "to_bits",
    "total_cmp",
    "classify",
];

/// Methods of integers that give an integer of the same type.
const INTEGER_METHODS: [&str; 26] = [
    "abs",
    "pow",
    "min",
    "max",
    "clamp",
    "signum",
    "isqrt",
    "clone",
    "rem_euclid",
    "div_euclid",
    "div_ceil",
    "next_multiple_of",
    "next_power_of_two",
    "wrapping_add",
    "wrapping_sub",
    "wrapping_mul",
    "wrapping_neg",
    "wrapping_shl",
    "wrapping_shr",
    "saturating_add",
    "saturating_sub",
    "saturating_mul",
    "rotate_left",
    "rotate_right",
    "swap_bytes",
    "reverse_bits",
];

/// Methods of integers that give an integer whose type is another, or a truth value.
const INTEGER_TO_INTEGER: [&str; 9] = [
    "abs_diff",
    "unsigned_abs",
    "count_ones",
    "count_zeros",
    "leading_zeros",
    "trailing_zeros",
    "ilog2",
    "ilog10",
    "ilog",
];

/// Methods of integers that give an `Option` of the same type.
const INTEGER_TO_OPTION: [&str; 5] = [
    "checked_add",
    "checked_sub",
    "checked_mul",
    "checked_div",
    "checked_pow",
];

/// Methods of integers that give no number, besides.
const INTEGER_CONSTANTS: [&str; 5] = [
    "is_power_of_two",
    "is_positive",
    "is_negative",
    "is_multiple_of",
    "cmp",
];

/// Whether a method of integers gives an integer of the same type.
pub(super) fn is_integer_method(name: &str) -> bool {
    INTEGER_METHODS.contains(&name)
}

impl Lower {
    /// The type of an expression, as far as it is certain.
    pub(super) fn infer(&self, e: &syn::Expr) -> Ty {
        match e {
            syn::Expr::Lit(l) => lit_ty(&l.lit),
            syn::Expr::Paren(p) => self.infer(&p.expr),
            syn::Expr::Group(g) => self.infer(&g.expr),
            syn::Expr::Path(p) => self.infer_path(&p.path),
            syn::Expr::Unary(u) => match u.op {
                syn::UnOp::Neg(_) => self.infer(&u.expr).peeled().clone(),
                syn::UnOp::Not(_) => match self.infer(&u.expr) {
                    Ty::Int(n) => Ty::Int(n),
                    Ty::Unknown => Ty::Unknown,
                    Ty::Bool => Ty::Bool,
                    _ => Ty::Constant,
                },
                _ => match self.infer(&u.expr) {
                    Ty::Ref(t, _) => *t,
                    _ => Ty::Unknown,
                },
            },
            syn::Expr::Reference(r) => {
                Ty::Ref(Box::new(self.infer(&r.expr)), r.mutability.is_some())
            }
            syn::Expr::Cast(c) => self.f.types.of(&c.ty),
            syn::Expr::Binary(b) => self.infer_binary(b),
            syn::Expr::MethodCall(m) => self.infer_method(m),
            syn::Expr::Call(c) => self.infer_call(c),
            syn::Expr::Index(i) => {
                let element = self.infer(&i.expr).element();
                if matches!(peel(&i.index), syn::Expr::Range(_)) {
                    Ty::Slice(Box::new(element))
                } else {
                    element
                }
            }
            syn::Expr::Field(f) => match (self.infer(&f.base).peeled(), &f.member) {
                (Ty::Tuple(ts), syn::Member::Unnamed(i)) => {
                    ts.get(i.index as usize).cloned().unwrap_or_default()
                }
                _ => Ty::Unknown,
            },
            syn::Expr::Tuple(t) => Ty::Tuple(t.elems.iter().map(|e| self.infer(e)).collect()),
            syn::Expr::Array(a) => {
                let n = a.elems.len();
                let element = a
                    .elems
                    .iter()
                    .map(|e| self.infer(e))
                    .reduce(|a, b| a.join(&b));
                Ty::Array(
                    Box::new(element.unwrap_or_default()),
                    Some(quote::quote!(#n)),
                )
            }
            syn::Expr::Repeat(r) => {
                let len = &r.len;
                Ty::Array(Box::new(self.infer(&r.expr)), Some(quote::quote!(#len)))
            }
            syn::Expr::Macro(m) => self.infer_macro(&m.mac),
            syn::Expr::Assign(_) => Ty::Tuple(Vec::new()),
            _ => Ty::Unknown,
        }
    }

    fn infer_path(&self, path: &syn::Path) -> Ty {
        if let Some(v) = self.lookup(path) {
            return self.f.vars[v].ty.clone();
        }
        if let Some(ty) = path
            .get_ident()
            .and_then(|i| self.constants.get(&i.to_string()))
        {
            return ty.clone();
        }
        if path.is_ident("None") {
            return Ty::Option(Box::new(Ty::Never));
        }
        float_constant(path).unwrap_or_default()
    }

    /// A path to something that is no local: a constant or a constant parameter.
    fn is_item(&self, e: &syn::Expr) -> bool {
        matches!(peel(e), syn::Expr::Path(p) if self.lookup(&p.path).is_none())
    }

    fn infer_binary(&self, b: &syn::ExprBinary) -> Ty {
        use syn::BinOp::*;
        let (left, right) = (&b.left, &b.right);
        let sides = || (self.infer(left), self.infer(right));
        match b.op {
            Add(_) | Sub(_) | Mul(_) | Div(_) | Rem(_) => match sides() {
                (a, b) if a.peeled().fits(b.peeled()) => a.peeled().join(b.peeled()),
                (a, b) => match (a.peeled(), b.peeled()) {
                    (Ty::Int(a), Ty::Int(b)) => Ty::Int(a.clone().or(b.clone())),
                    // A constant item beside an integer is an integer as well; a variable may be anything that
                    // an integer can be multiplied with.
                    (Ty::Int(Some(n)), Ty::Unknown) if self.is_item(right) => {
                        Ty::Int(Some(n.clone()))
                    }
                    (Ty::Unknown, Ty::Int(Some(n))) if self.is_item(left) => {
                        Ty::Int(Some(n.clone()))
                    }
                    _ => Ty::Unknown,
                },
            },
            Shl(_) | Shr(_) | BitAnd(_) | BitOr(_) | BitXor(_) => match sides() {
                (Ty::Int(a), Ty::Int(_)) => Ty::Int(a),
                (Ty::Bool, Ty::Bool) => Ty::Bool,
                (Ty::Constant, Ty::Constant) => Ty::Constant,
                _ => Ty::Unknown,
            },
            And(_) | Or(_) | Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_) => Ty::Bool,
            _ => Ty::Tuple(Vec::new()),
        }
    }

    fn infer_method(&self, m: &syn::ExprMethodCall) -> Ty {
        let receiver = self.infer(&m.receiver);
        let name = m.method.to_string();
        if matches!(peel(&m.receiver), syn::Expr::Path(p) if p.path.is_ident(crate::methods::RECEIVER))
            && let Some(ty) = self.f.types.methods.get(&name)
        {
            return ty.clone();
        }
        // What is chosen from a range is one of its integers.
        if crate::unfold::chain::selects(m)
            && let Some(range) = crate::unfold::chain::integers(&m.receiver)
        {
            let ends = [&range.start, &range.end];
            let mut ends = ends.into_iter().flatten().map(|e| self.infer(e));
            let known = ends.find(|ty| matches!(ty, Ty::Int(Some(_))));
            return Ty::Option(Box::new(known.unwrap_or(Ty::Int(None))));
        }
        match receiver.peeled() {
            Ty::Float(_) | Ty::Int(_) if NUMBER_CONSTANTS.contains(&name.as_str()) => Ty::Constant,
            Ty::Float(f) => {
                if FLOAT_CONSTANTS.contains(&name.as_str()) {
                    Ty::Constant
                } else if name == "to_f64" && matches!(f, Scalar::Param(_)) {
                    Ty::Float(Scalar::F64)
                } else if name == "sin_cos" {
                    Ty::Tuple(vec![Ty::Float(f.clone()), Ty::Float(f.clone())])
                } else if rules::find(&name).is_some() || name == "clone" || name == "to_owned" {
                    Ty::Float(f.clone())
                } else {
                    Ty::Unknown
                }
            }
            // Any other name may be of a trait of the user's, which can give a float.
            Ty::Int(n) => match name.as_str() {
                name if INTEGER_METHODS.contains(&name) => Ty::Int(n.clone()),
                name if INTEGER_TO_INTEGER.contains(&name) => Ty::Int(None),
                name if INTEGER_TO_OPTION.contains(&name) => {
                    Ty::Option(Box::new(Ty::Int(n.clone())))
                }
                name if INTEGER_CONSTANTS.contains(&name) => Ty::Constant,
                _ => Ty::Unknown,
            },
            Ty::Bool if matches!(name.as_str(), "then" | "then_some") && m.args.len() == 1 => {
                Ty::Option(Box::new(Ty::Unknown))
            }
            Ty::Bool | Ty::Constant => match name.as_str() {
                "clone" | "to_string" | "to_owned" => Ty::Constant,
                _ => Ty::Unknown,
            },
            Ty::Slice(_) | Ty::Array(..) | Ty::Vec(_) => match name.as_str() {
                "len" | "capacity" => Ty::Int(Some("usize".into())),
                "is_empty" => Ty::Constant,
                "to_vec" => Ty::Vec(Box::new(receiver.element())),
                "clone" | "to_owned" => match receiver.peeled() {
                    Ty::Slice(t) => Ty::Vec(t.clone()),
                    t => t.clone(),
                },
                "pop" if matches!(receiver.peeled(), Ty::Vec(_)) => {
                    Ty::Option(Box::new(receiver.element()))
                }
                "remove" | "swap_remove" if matches!(receiver.peeled(), Ty::Vec(_)) => {
                    receiver.element()
                }
                "first" | "last" if m.args.is_empty() => {
                    Ty::Option(Box::new(Ty::Ref(Box::new(receiver.element()), false)))
                }
                "get"
                    if m.args
                        .first()
                        .is_some_and(|i| !matches!(peel(i), syn::Expr::Range(_))) =>
                {
                    Ty::Option(Box::new(Ty::Ref(Box::new(receiver.element()), false)))
                }
                "split_off" if matches!(receiver.peeled(), Ty::Vec(_)) => receiver.peeled().clone(),
                _ => Ty::Unknown,
            },
            Ty::Option(_) | Ty::Result(_) => self.infer_fallible(receiver.peeled(), m),
            _ => Ty::Unknown,
        }
    }

    fn infer_call(&self, c: &syn::ExprCall) -> Ty {
        let syn::Expr::Path(p) = &*c.func else {
            return Ty::Unknown;
        };
        if let Some(given) = self.lookup(&p.path).and_then(|v| self.f.given(v)) {
            return self.f.types.of(&given.output);
        }
        if let Some((_, ty)) = self.f.types.itself.iter().find(|(n, _)| p.path.is_ident(n))
            && self.lookup(&p.path).is_none()
        {
            return ty.clone();
        }
        if let Some(ty) = self.infer_real_call(p) {
            return ty;
        }
        if let Some(element) = super::vectors::empty_vector_of(&self.f.types, c) {
            return Ty::Vec(Box::new(element));
        }
        if p.path.is_ident("Some") && c.args.len() == 1 {
            return Ty::Option(Box::new(self.infer(&c.args[0])));
        }
        if p.path.is_ident("Ok") && c.args.len() == 1 {
            return Ty::Result(Box::new(self.infer(&c.args[0])));
        }
        if p.path.is_ident("Err") && c.args.len() == 1 {
            return Ty::Result(Box::new(Ty::Never));
        }
        match p.path.segments.first() {
            Some(first) if p.path.segments.len() == 2 => {
                let name = p.path.segments[1].ident.to_string();
                if first.ident == "Self"
                    && let Some(ty) = self.f.types.methods.get(&name)
                {
                    return ty.clone();
                }
                match self.f.types.scalar(&first.ident.clone().into()) {
                    Some(f) if rules::find(&name).is_some() || name == "from" => Ty::Float(f),
                    _ => Ty::Unknown,
                }
            }
            _ => Ty::Unknown,
        }
    }

    fn infer_macro(&self, mac: &syn::Macro) -> Ty {
        if mac.path.is_ident("matches") || mac.path.is_ident("format") {
            return Ty::Constant;
        }
        if !mac.path.is_ident("vec") {
            return Ty::Unknown;
        }
        match super::macros::parse_vec(mac) {
            Some(super::macros::VecMacro::List(es)) => {
                let element = es.iter().map(|e| self.infer(e)).reduce(|a, b| a.join(&b));
                Ty::Vec(Box::new(element.unwrap_or_default()))
            }
            Some(super::macros::VecMacro::Repeat(parts)) => Ty::Vec(Box::new(self.infer(&parts.0))),
            None => Ty::Unknown,
        }
    }
}

/// The expression inside parentheses.
pub(super) fn peel(e: &syn::Expr) -> &syn::Expr {
    match e {
        syn::Expr::Paren(p) => peel(&p.expr),
        syn::Expr::Group(g) => peel(&g.expr),
        e => e,
    }
}
