//! The rule table as the compiler reads it: names, arguments and partial derivatives as expressions.

use crate::ir::{BinOp, Conversion, Expr, Function, Operand};
use crate::ty::{Scalar, Ty};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

/// An argument of a primitive.
#[derive(Debug)]
pub struct Param {
    /// Its name in the partials.
    pub name: &'static str,
    /// Whether it has a tangent; an exponent such as `powi`'s has none.
    pub tangent: bool,
}

/// A primitive and its partial derivatives.
#[derive(Debug)]
pub struct Rule {
    /// The method's or helper's name.
    pub name: &'static str,
    /// The receiver first.
    pub args: &'static [Param],
    /// The result's name in the partials.
    pub result: &'static str,
    /// The partial derivatives, by argument.
    pub partials: &'static [(&'static str, &'static str)],
}

impl Rule {
    /// The result is piecewise constant: a derivative ends here.
    pub fn is_cut(&self) -> bool {
        self.partials.is_empty()
    }

    /// The partial derivative with respect to an argument, with operands in place of names.
    pub fn partial(&self, arg: usize, args: &[Expr], result: &Expr) -> Option<Expr> {
        let name = self.args.get(arg)?.name;
        let (_, text) = self.partials.iter().find(|(of, _)| *of == name)?;
        let e: syn::Expr = syn::parse_str(text).ok()?;
        self.instantiate(&e, args, result)
    }

    fn instantiate(&self, e: &syn::Expr, args: &[Expr], result: &Expr) -> Option<Expr> {
        let go = |e: &syn::Expr| self.instantiate(e, args, result).map(Box::new);
        Some(match e {
            syn::Expr::Paren(p) => return self.instantiate(&p.expr, args, result),
            syn::Expr::Group(p) => return self.instantiate(&p.expr, args, result),
            syn::Expr::Lit(l) => Expr::Use(Operand::Lit(l.to_token_stream())),
            syn::Expr::Path(p) => {
                let name = p.path.get_ident()?.to_string();
                if name == self.result {
                    return Some(result.clone());
                }
                let at = self.args.iter().position(|a| a.name == name)?;
                args.get(at)?.clone()
            }
            syn::Expr::Unary(u) => Expr::Neg(go(&u.expr)?),
            syn::Expr::Binary(b) => Expr::Binary(
                crate::lower::arithmetic(&b.op)?,
                go(&b.left)?,
                go(&b.right)?,
            ),
            syn::Expr::MethodCall(m) => {
                let rest: Option<Vec<Expr>> = m
                    .args
                    .iter()
                    .map(|a| self.instantiate(a, args, result))
                    .collect();
                let method = Ident::new(&m.method.to_string(), Span::mixed_site());
                Expr::Method(go(&m.receiver)?, method, rest?)
            }
            syn::Expr::Call(c) => {
                let syn::Expr::Path(p) = &*c.func else {
                    return None;
                };
                let name = p.path.segments.last()?.ident.to_string();
                let rest: Option<Vec<Expr>> = c
                    .args
                    .iter()
                    .map(|a| self.instantiate(a, args, result))
                    .collect();
                Expr::Helper(Ident::new(&name, Span::mixed_site()), rest?)
            }
            _ => return None,
        })
    }
}

/// Whether the expression is the literal 1.
pub fn is_one(e: &Expr) -> bool {
    matches!(e, Expr::Use(Operand::Lit(tokens)) if matches!(tokens.to_string().as_str(), "1.0" | "1."))
}

/// The operator's partials, in the same form as the table's: by the left and by the right operand.
pub fn operator_partial(op: BinOp, right: bool, a: &Expr, b: &Expr, result: &Expr) -> Expr {
    let one = || Expr::Use(Operand::Lit(quote::quote!(1.0)));
    let boxed = |e: &Expr| Box::new(e.clone());
    match (op, right) {
        (BinOp::Add, _) | (BinOp::Sub | BinOp::Rem | BinOp::RemAssign, false) => one(),
        (BinOp::Sub, true) => Expr::Neg(Box::new(one())),
        (BinOp::Mul | BinOp::MulAssign, false) => b.clone(),
        (BinOp::Mul | BinOp::MulAssign, true) => a.clone(),
        (BinOp::Div | BinOp::DivAssign, false) => {
            Expr::Binary(BinOp::Div, Box::new(one()), boxed(b))
        }
        // That of a reciprocal needs no division, and not what it is the reciprocal of.
        (BinOp::Div, true) if is_one(a) => Expr::Neg(Box::new(Expr::Binary(
            BinOp::Mul,
            boxed(result),
            boxed(result),
        ))),
        (BinOp::Div | BinOp::DivAssign, true) => {
            Expr::Neg(Box::new(Expr::Binary(BinOp::Div, boxed(result), boxed(b))))
        }
        (BinOp::Rem | BinOp::RemAssign, true) => {
            let quotient = Expr::Binary(BinOp::Div, boxed(a), boxed(b));
            let trunc = Ident::new("trunc", Span::mixed_site());
            Expr::Neg(Box::new(Expr::Method(
                Box::new(quotient),
                trunc,
                Vec::new(),
            )))
        }
    }
}

impl Function {
    /// What is known of the type of a real number.
    pub fn scalar_of(&self, e: &Expr) -> Scalar {
        let of = |ty: Ty| match ty.peeled() {
            Ty::Float(scalar) => scalar.clone(),
            _ => Scalar::Literal,
        };
        match e {
            Expr::Use(o) => of(self.operand_ty(o)),
            Expr::Load(p) => of(self.place_ty(p)),
            Expr::Neg(a) | Expr::Method(a, ..) => self.scalar_of(a),
            Expr::Binary(_, a, b) => self.scalar_of(a).join(&self.scalar_of(b)),
            Expr::Helper(_, args) => args
                .iter()
                .map(|a| self.scalar_of(a))
                .reduce(|a, b| a.join(&b))
                .unwrap_or(Scalar::Literal),
            Expr::Cast(_, Conversion::FromF64(name)) => Scalar::Param(name.clone()),
            Expr::Cast(_, Conversion::ToF64) => Scalar::F64,
            _ => Scalar::Literal,
        }
    }
}

/// A contribution with its literals in the type of the operand that it belongs to, where a literal alone would
/// not have it: in a function that is generic over the scalar. `seed` has the type wanted.
pub fn lifted(f: &Function, contribution: Expr, operand: &Expr, seed: &Expr) -> Expr {
    let scalar = match f.scalar_of(operand) {
        Scalar::Literal => f.scalar_of(seed),
        scalar => scalar,
    };
    if !f.types.generic {
        // A literal has methods once its type is known.
        return receivers(contribution, &|x| match scalar {
            Scalar::F64 => suffixed(x, "f64"),
            Scalar::F32 => suffixed(x, "f32"),
            _ => {
                let like = crate::emit::expr_tokens(f, seed);
                quote!(__rt::real_like(&#like, #x))
            }
        });
    }
    let known = matches!(operand, Expr::Use(o) if f.operand_ty(o).is_float());
    match scalar {
        Scalar::Param(name) => lift(contribution, &|x| quote!(__rt::real::<#name>(#x))),
        Scalar::Literal if !known => {
            let like = crate::emit::expr_tokens(f, seed);
            lift(contribution, &|x| quote!(__rt::real_like(&#like, #x)))
        }
        _ => contribution,
    }
}

fn lift(e: Expr, number: &impl Fn(&TokenStream) -> TokenStream) -> Expr {
    let go = |e: Expr| lift(e, number);
    match e {
        Expr::Use(Operand::Lit(t)) if is_float_literal(&t) => Expr::Use(Operand::Lit(number(&t))),
        Expr::Neg(a) => Expr::Neg(Box::new(go(*a))),
        Expr::Binary(op, a, b) => Expr::Binary(op, Box::new(go(*a)), Box::new(go(*b))),
        Expr::Method(recv, name, args) => Expr::Method(
            Box::new(go(*recv)),
            name,
            args.into_iter().map(go).collect(),
        ),
        Expr::Helper(name, args) => Expr::Helper(name, args.into_iter().map(go).collect()),
        e => e,
    }
}

/// `2.0_f64`.
fn suffixed(literal: &TokenStream, suffix: &str) -> TokenStream {
    let digits = literal.to_string();
    let zero = if digits.ends_with('.') { "0" } else { "" };
    syn::parse_str(&format!("{digits}{zero}_{suffix}")).unwrap_or_else(|_| literal.clone())
}

/// The same for literals whose method is called, and no others.
fn receivers(e: Expr, number: &impl Fn(&TokenStream) -> TokenStream) -> Expr {
    let go = |e: Expr| receivers(e, number);
    match e {
        Expr::Neg(a) => Expr::Neg(Box::new(go(*a))),
        Expr::Binary(op, a, b) => Expr::Binary(op, Box::new(go(*a)), Box::new(go(*b))),
        Expr::Method(recv, name, args) => {
            let recv = match *recv {
                Expr::Use(Operand::Lit(t)) if is_float_literal(&t) => {
                    Expr::Use(Operand::Lit(number(&t)))
                }
                recv => go(recv),
            };
            Expr::Method(Box::new(recv), name, args.into_iter().map(go).collect())
        }
        Expr::Helper(name, args) => Expr::Helper(name, args.into_iter().map(go).collect()),
        e => e,
    }
}

fn is_float_literal(tokens: &TokenStream) -> bool {
    matches!(syn::parse2::<syn::LitFloat>(tokens.clone()), Ok(lit) if lit.suffix().is_empty())
}

impl Function {
    /// Whether a method of the table is called on what may be no real number, for all that syntax tells. In a
    /// function that is generic over the scalar it is taken for one, and rustc is asked to agree.
    pub fn is_method_of_unknown(&self, all: &[Expr]) -> bool {
        matches!(all.first(), Some(Expr::Use(o)) if self.may_be_no_number(o))
    }

    fn may_be_no_number(&self, o: &Operand) -> bool {
        !self.types.generic && matches!(self.operand_ty(o).peeled(), Ty::Unknown)
    }

    /// An operand as the runtime's rules for methods take it: by one reference.
    pub fn by_reference(&self, o: &Operand, tokens: TokenStream) -> TokenStream {
        match self.operand_ty(o) {
            Ty::Ref(..) => tokens,
            _ => quote!(&#tokens),
        }
    }
}

/// A rule was chosen by a method's name: the receiver's type must bear it out. A step function cuts the derivative
/// only where it is std's.
pub fn assertion(f: &Function, receiver: crate::ir::VarId, name: &Ident) -> TokenStream {
    let operand = Operand::Var(receiver);
    let x = f.by_reference(&operand, f.vars[receiver].ident.to_token_stream());
    let at = Span::call_site().located_at(name.span());
    match find(&name.to_string()) {
        Some(rule) if rule.is_cut() => quote::quote_spanned!(at=> __rt::assert_stepwise(#x);),
        Some(rule) if f.may_be_no_number(&operand) => {
            let method = quote::format_ident!("{}", rule.name);
            quote::quote_spanned!(at=> __rt::assert_method(__rt::method::#method, #x);)
        }
        _ => quote::quote_spanned!(at=> __rt::assert_scalar(#x);),
    }
}

/// The arguments of a runtime rule for methods, which has three.
pub fn padded(mut args: Vec<TokenStream>, by: &TokenStream) -> Vec<TokenStream> {
    args.resize(3, by.clone());
    args
}

/// The rule of a method of `f32` and `f64`.
pub fn find(name: &str) -> Option<&'static Rule> {
    METHODS.iter().find(|r| r.name == name)
}

/// The rule of a helper that occurs in partials.
pub fn find_helper(name: &str) -> Option<&'static Rule> {
    HELPERS.iter().find(|r| r.name == name)
}

macro_rules! has_tangent {
    () => {
        true
    };
    ($ty:tt) => {
        false
    };
}

macro_rules! entries {
    ($($name:ident ($($arg:ident $(: $ty:tt)?),*) -> $result:ident : {
        $($of:ident : $partial:expr),* $(,)?
    } on ($($domain:tt)*);)*) => {
        &[$(Rule {
            name: stringify!($name),
            args: &[$(Param { name: stringify!($arg), tangent: has_tangent!($($ty)?) }),*],
            result: stringify!($result),
            partials: &[$((stringify!($of), stringify!($partial))),*],
        }),*]
    };
}

macro_rules! rules {
    (methods { $($methods:tt)* } helpers { $($helpers:tt)* }) => {
        static METHODS: &[Rule] = entries!($($methods)*);
        static HELPERS: &[Rule] = entries!($($helpers)*);
    };
}

include!("../rules/table.rs");
