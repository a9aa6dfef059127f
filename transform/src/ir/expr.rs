//! The right-hand sides of definitions: operators, calls, what is built, and the user's own tokens.

use super::*;

/// The right-hand side of a definition.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A copy or a move.
    Use(Operand),
    /// A read of memory.
    Load(Place),
    /// `-a`.
    Neg(Box<Expr>),
    /// `a op b`, with `op` one of `+ - * / %`.
    Binary(BinOp, Box<Expr>, Box<Expr>),
    /// A method of the rule table.
    Method(Box<Expr>, Ident, Vec<Expr>),
    /// A helper of the rule table, called by path.
    Helper(Ident, Vec<Expr>),
    /// A conversion between real numbers.
    Cast(Box<Expr>, Conversion),
    /// `(a, b)`.
    Tuple(Vec<Expr>),
    /// `[a, b]`; the flag says `vec![a, b]`.
    Array(Vec<Expr>, bool),
    /// `[a; n]`; the flag says `vec![a; n]`.
    Repeat(Box<Expr>, TokenStream, Vec<VarId>, bool),
    /// `Some(a)` or `Ok(a)`, by the variant's name.
    Wrap(Box<Expr>, Ident),
    /// A struct, a variant or a box, made of its parts.
    Build(Box<Build>),
    /// `place.to_vec()` or `place.clone()`: the name of the method.
    Copy(Place, Ident),
    /// A call of a differentiable function or method.
    Call(Callee, Vec<Arg>),
    /// What is moved out of a place, as by `v.pop()`; the place changes.
    Removed(Place, Removal),
    /// Something that has no derivative, in the user's own tokens.
    Opaque(Opaque),
    /// Something whose derivative is not known: an error if what it reads carries one.
    Refused(Opaque, Box<crate::diagnostics::Diagnostic>),
    /// The value that was kept last in the storage named.
    Restore(VarId),
    /// Generated code that a transform makes; it reads the variables named.
    Raw(TokenStream, Vec<VarId>),
}

/// A value that a rule can use: a variable that never changes, or tokens without variables.
#[derive(Clone, Debug)]
pub enum Operand {
    /// A variable.
    Var(VarId),
    /// A literal, a constant, or an expression of constants.
    Lit(TokenStream),
}

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
    /// `*=` of a type that is not known: its rule is its own, of what was in the place and of the operand.
    MulAssign,
    /// `/=`, likewise.
    DivAssign,
    /// `%=`, likewise.
    RemAssign,
}

/// What is called.
#[derive(Clone, Debug)]
pub enum Callee {
    /// A function, by its path.
    Function(syn::ExprPath),
    /// A method by its name, with its generic arguments; the receiver is the first argument.
    Method(Ident, Option<syn::AngleBracketedGenericArguments>),
    /// A function that was given as a parameter, which is the first argument.
    Value(Ident),
    /// The tangent function of another, which order two reverses.
    TangentOf(Box<Callee>),
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub enum Arg {
    /// By value.
    Value(Operand),
    /// `&place`; the flag says that the place is already a reference, passed as it is.
    Shared(Place, bool),
    /// `&mut place`; likewise.
    Exclusive(Place, bool),
    /// What a method is called on. Only rustc knows whether it is taken by value, shared or exclusive.
    Receiver(Place),
    /// A function that was given as a parameter; the flag says that it is borrowed.
    Function(VarId, bool),
    /// A closure; likewise.
    Closure(std::rc::Rc<Lifted>, bool),
}

/// A closure that is passed to a differentiable function: a function of its own whose last parameters are what it
/// captures.
#[derive(Clone, Debug)]
pub struct Lifted {
    /// The closure in the user's own tokens.
    pub tokens: TokenStream,
    /// Its parameters as they are written.
    pub inputs: Vec<TokenStream>,
    /// The closure as a function.
    pub f: Function,
    /// What the last parameters stand for around the closure.
    pub captures: Vec<VarId>,
    /// What in it is refused if the closure is asked for derivatives.
    pub diagnostics: Vec<crate::diagnostics::Diagnostic>,
    /// The function that stands here by its name, which has these forms of its own.
    pub named: Option<syn::ExprPath>,
}

/// `P { x: a, ..base }`, `P(a)`, `Shape::Circle(r)`, `Box::new(a)`.
#[derive(Clone, Debug)]
pub struct Build {
    /// The user's path.
    pub path: TokenStream,
    /// Written like a call.
    pub call: bool,
    /// The parts in the order in which they are evaluated, each with the way to it.
    pub parts: Vec<(Proj, Expr)>,
    /// Where the other fields come from: a place or a constant.
    pub base: Option<Expr>,
}

/// How one real number becomes one of another type.
#[derive(Clone, Debug)]
pub enum Conversion {
    /// `x as f32`.
    As(TokenStream),
    /// `x as Length`, where the type checker must say that this is a real number.
    Alias(TokenStream),
    /// From `f64` to a type parameter.
    FromF64(Ident),
    /// From a type parameter to `f64`.
    ToF64,
}

/// The user's own tokens, and what they touch.
#[derive(Clone, Debug)]
pub struct Opaque {
    /// The tokens.
    pub tokens: TokenStream,
    /// The variables read.
    pub reads: Vec<VarId>,
    /// The variables that may be changed.
    pub writes: Vec<VarId>,
    /// Those of them that are changed only if a method that is called on them takes `&mut self`.
    pub asks: Vec<VarId>,
    /// Can be evaluated again for the same value while what it reads has not changed.
    pub pure: bool,
    /// Why no derivative passes.
    pub cut: Cut,
    /// Where it stands in the user's source.
    pub span: Span,
}

impl Expr {
    /// Whether evaluating it changes nothing, so that it may be done later with nothing but such expressions in
    /// between.
    pub fn is_quiet(&self) -> bool {
        match self {
            Expr::Use(_) | Expr::Load(_) => true,
            Expr::Neg(a) | Expr::Cast(a, _) => a.is_quiet(),
            Expr::Binary(_, a, b) => a.is_quiet() && b.is_quiet(),
            Expr::Method(receiver, _, args) => {
                receiver.is_quiet() && args.iter().all(Expr::is_quiet)
            }
            Expr::Helper(_, args) => args.iter().all(Expr::is_quiet),
            Expr::Opaque(o) => o.pure && o.writes.is_empty(),
            _ => false,
        }
    }
}

impl Opaque {
    /// Tokens that read and change nothing, and may be evaluated again.
    pub fn reading(tokens: TokenStream, reads: Vec<VarId>, span: Span) -> Opaque {
        Opaque {
            tokens,
            reads,
            writes: Vec::new(),
            asks: Vec::new(),
            pure: true,
            cut: Cut::None,
            span,
        }
    }
}

/// Why a derivative does not pass through an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Cut {
    /// Nothing active is read, or nothing is known to be cut.
    None,
    /// `detach` or `stop_gradient`.
    Detach,
    /// A cast to an integer.
    IntegerCast,
    /// `floor`, `signum`, …: the name.
    Stepwise(String),
    /// A comparison, `len`, formatting: the name.
    NoDerivative(String),
    /// A local marked `#[constant]`.
    ConstantLocal,
}

impl BinOp {
    /// The operator that assigns, where it has a rule of its own.
    pub fn assigning(self) -> BinOp {
        match self {
            BinOp::Mul => BinOp::MulAssign,
            BinOp::Div => BinOp::DivAssign,
            BinOp::Rem => BinOp::RemAssign,
            op => op,
        }
    }

    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            BinOp::Add => "+",
            BinOp::Sub => "-",
            BinOp::Mul => "*",
            BinOp::Div => "/",
            BinOp::Rem => "%",
            BinOp::MulAssign => "*=",
            BinOp::DivAssign => "/=",
            BinOp::RemAssign => "%=",
        }
    }

    /// The runtime's trait of the rules for this operator.
    pub fn rule(self) -> &'static str {
        match self {
            BinOp::Add => "AddRule",
            BinOp::Sub => "SubRule",
            BinOp::Mul => "MulRule",
            BinOp::Div => "DivRule",
            BinOp::Rem => "RemRule",
            BinOp::MulAssign => "MulAssignRule",
            BinOp::DivAssign => "DivAssignRule",
            BinOp::RemAssign => "RemAssignRule",
        }
    }
}

impl Lifted {
    /// The parameters that are the closure's own.
    pub fn own(&self) -> &[Param] {
        &self.f.params[..self.inputs.len()]
    }

    /// The parameters that stand for captured variables, with these.
    pub fn captured(&self) -> impl Iterator<Item = (&Param, VarId)> {
        let captured = &self.f.params[self.inputs.len()..];
        captured.iter().zip(self.captures.iter().copied())
    }
}
