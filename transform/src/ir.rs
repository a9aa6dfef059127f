//! The intermediate representation: the user's function in A-normal form with structured control flow.
//!
//! Every value is an immutable variable defined once (`Let`), or lives in *memory*: a mutable variable, a
//! slice, an array, reached through a [`Place`]. A read of memory is a `Let` of its own, so a derivative
//! rule only ever sees immutable operands. Both derivative transforms map this representation to itself.

use crate::ty::Ty;
use proc_macro2::{Ident, Span, TokenStream};

/// Names a variable in [`Function::vars`].
pub type VarId = usize;
/// Names a loop, a labelled block, or (0) the function itself.
pub type ScopeId = usize;

/// The scope that `return` leaves.
pub const FUNCTION: ScopeId = 0;

/// A variable and what is known of it.
#[derive(Clone, Debug)]
pub struct Var {
    /// Its name in the generated code, unique in the function.
    pub ident: Ident,
    /// Its type as far as syntax tells.
    pub ty: Ty,
    /// Whether it can change after its definition: `mut`, or initialised later.
    pub mutable: bool,
    /// Declared without a value, which it gets once on every path.
    pub deferred: bool,
    /// For a reference: the place it refers to.
    pub alias: Option<Place>,
    /// Made by the lowering, not by the user; may be printed at its only use.
    pub temp: bool,
    /// An adjoint or a tangent.
    pub generated: bool,
    /// The type that the user wrote.
    pub ascription: Option<TokenStream>,
}

/// A value that a rule can use: a variable that never changes, or tokens without variables.
#[derive(Clone, Debug)]
pub enum Operand {
    /// A variable.
    Var(VarId),
    /// A literal, a constant, or an expression of constants.
    Lit(TokenStream),
}

/// A step from a place to a part of it.
#[derive(Clone, Debug)]
pub enum Proj {
    /// `*p`.
    Deref,
    /// What an alias refers to, if it can be copied; else the reference itself.
    Value,
    /// `p.name` or `p.0`.
    Field(syn::Member),
    /// `p[i]`.
    Index(Operand),
    /// `p[expression]`, with the variables that the expression reads.
    At(TokenStream, Vec<VarId>),
    /// The same, which the type checker is asked to know as a slice, an array or a `Vec`.
    Run,
    /// `p[from..to]`, with the variables that the range reads.
    Span(TokenStream, Vec<VarId>),
    /// `p[p.len() - 1 - k]`.
    FromEnd(Operand),
    /// `p[a..b]`; the flag says `..=`.
    Range(Option<Operand>, Option<Operand>, bool),
    /// What a pattern binds: the variant's name, the last of its path, and the field.
    Part(Ident, syn::Member),
    /// All but so many elements at the front and at the back.
    Middle(usize, usize),
}

/// Memory: a variable and a path into it.
#[derive(Clone, Debug)]
pub struct Place {
    /// Where the path starts.
    pub base: VarId,
    /// The steps.
    pub path: Vec<Proj>,
}

impl Place {
    /// The variable itself.
    pub fn var(base: VarId) -> Place {
        Place {
            base,
            path: Vec::new(),
        }
    }

    /// The place one step further.
    pub fn then(mut self, step: Proj) -> Place {
        self.path.push(step);
        self
    }

    /// The operands in the path's indices.
    pub fn operands(&self) -> impl Iterator<Item = &Operand> {
        self.path.iter().flat_map(|p| match p {
            Proj::Index(i) | Proj::FromEnd(i) => vec![i],
            Proj::Range(a, b, _) => a.iter().chain(b.iter()).collect(),
            _ => vec![],
        })
    }
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
    /// Can be evaluated again for the same value while what it reads has not changed.
    pub pure: bool,
    /// Why no derivative passes.
    pub cut: Cut,
    /// Where it stands in the user's source.
    pub span: Span,
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
}

impl BinOp {
    /// The runtime's trait of the rules for this operator.
    pub fn rule(self) -> &'static str {
        match self {
            BinOp::Add => "AddRule",
            BinOp::Sub => "SubRule",
            BinOp::Mul => "MulRule",
            BinOp::Div => "DivRule",
            BinOp::Rem => "RemRule",
        }
    }
}

/// A sequence of statements in a scope of its own.
pub type Block = Vec<Stmt>;

/// A statement, with the place in the source that it came from.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it does.
    pub kind: Kind,
    /// Where it stands in the user's source.
    pub span: Span,
}

/// What a statement does.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `let var = expr;`
    Let(VarId, Expr),
    /// `let var;`
    Declare(VarId),
    /// `let var = &place;` or `&mut`; `var` is an alias.
    Alias(VarId, bool),
    /// `let pattern = var;`: what it binds follows as `Bind`s.
    Destructure(TokenStream, VarId),
    /// The variable was just bound by a pattern, to a part of a place or to something without a derivative.
    Bind(VarId, Option<Place>),
    /// `place = expr;`
    Assign(Place, Expr),
    /// `place op= operand;`, where `op` is `+` or `-`; another stands with the whole operation, of which the left
    /// operand is a copy of what was in the place.
    Update(Place, BinOp, Expr),
    /// `a.swap(i, j)`, `mem::swap(&mut a, &mut b)`: two places exchanged.
    Swap(Place, SwapKind),
    /// `place.fill(value);`
    Fill(Place, Operand),
    /// `to.copy_from_slice(from);`
    CopySlice {
        /// What is overwritten.
        to: Place,
        /// What is read.
        from: Place,
    },
    /// A vector that grows or shrinks; what it loses is dropped.
    Resize(Place, Resize),
    /// A branch; the condition has no derivative.
    If {
        /// The condition.
        cond: Operand,
        /// What runs if it holds.
        then: Block,
        /// What runs if not.
        els: Block,
    },
    /// A `match` or `if let`.
    Match(Match),
    /// A loop.
    Loop(Loop),
    /// `{ … }` or `'label: { … }`.
    Scope(ScopeId, Option<Ident>, Block),
    /// `break`, `continue` or `return`; the value was assigned before.
    Exit {
        /// The scope that is left.
        target: ScopeId,
        /// Whether the scope is a loop that goes on with its next iteration.
        again: bool,
    },
    /// The user's tokens, without a derivative.
    Opaque(Opaque),
    /// Likewise, refused if what it touches carries one.
    Refused(Opaque, Box<crate::diagnostics::Diagnostic>),
    /// Generated code that a transform made.
    Raw(TokenStream),
    /// What the type checker is asked to confirm, if the variable carries a derivative.
    Check(TokenStream, VarId),
    /// Adds a value to an adjoint whose type the tokens do not show.
    Accumulate(Place, Expr),
    /// Keeps a variable's value for the reverse sweep, in the storage named.
    Save(VarId, VarId),
}

/// How a vector grows or shrinks.
#[derive(Clone, Debug)]
pub enum Resize {
    /// `v.push(x)`.
    Push(Operand),
    /// `v.insert(i, x)`.
    Insert(Operand, Operand),
    /// `v.truncate(n)`, or `v.clear()` where there is no operand; the variable holds the length before.
    Truncate(Option<Operand>, VarId),
    /// `v.extend_from_slice(&place)`; the variable holds the length before.
    Extend(Place, VarId),
    /// `v.append(&mut place)`; the variables hold the lengths of both before.
    Append(Place, VarId, VarId),
    /// `v.resize(n, x)`; the variable holds the length before.
    Resize(Operand, Operand, VarId),
}

impl Resize {
    /// What is put into the vector by value.
    pub fn value(&self) -> Option<&Operand> {
        match self {
            Resize::Push(x) | Resize::Insert(_, x) | Resize::Resize(_, x, _) => Some(x),
            _ => None,
        }
    }

    /// The other place, whose elements are put into the vector.
    pub fn from(&self) -> Option<&Place> {
        match self {
            Resize::Extend(from, _) | Resize::Append(from, ..) => Some(from),
            _ => None,
        }
    }
}

/// How something is moved out of a place.
#[derive(Clone, Debug)]
pub enum Removal {
    /// `v.pop()`; the variable says whether there was an element.
    Pop(VarId),
    /// `v.remove(i)`.
    At(Operand),
    /// `v.swap_remove(i)`.
    SwapAt(Operand),
    /// `v.split_off(i)`.
    SplitOff(Operand),
    /// `mem::take(&mut place)`, or `place.take()`: the tokens of the function, applied to the reference.
    Take(TokenStream),
    /// `mem::replace(&mut place, value)`, likewise.
    Replace(TokenStream, Operand),
}

impl Removal {
    /// What is put in the place of what was moved out.
    pub fn value(&self) -> Option<&Operand> {
        match self {
            Removal::Replace(_, x) => Some(x),
            _ => None,
        }
    }
}

/// How two places are exchanged.
#[derive(Clone, Debug)]
pub enum SwapKind {
    /// `place.swap(i, j)`.
    Elements(Operand, Operand),
    /// `core::mem::swap`, and the user's path to it.
    With(Place, TokenStream),
}

/// A `match` on a variable's place, or on something without a derivative.
#[derive(Clone, Debug)]
pub struct Match {
    /// The scrutinee's tokens.
    pub tokens: TokenStream,
    /// What the tokens read.
    pub reads: Vec<VarId>,
    /// The arms.
    pub arms: Vec<Arm>,
}

/// An arm of a `match`.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The pattern, guard included.
    pub pat: TokenStream,
    /// The body.
    pub body: Block,
}

/// A loop and how its iterations are counted.
#[derive(Clone, Debug)]
pub struct Loop {
    /// Its name among the scopes.
    pub id: ScopeId,
    /// The label, the user's or ours.
    pub label: Ident,
    /// The header.
    pub head: Head,
    /// The body.
    pub body: Block,
}

/// A loop's header.
#[derive(Clone, Debug)]
pub enum Head {
    /// `loop` .
    Forever,
    /// `while cond`: evaluated before each iteration.
    While(Opaque),
    /// `for pattern in iterator`.
    For(Box<For>),
}

/// A `for` header.
#[derive(Clone, Debug)]
pub struct For {
    /// The user's pattern.
    pub pat: TokenStream,
    /// The user's iterator, its operands hoisted.
    pub iter: TokenStream,
    /// What the iterator reads.
    pub reads: Vec<VarId>,
    /// The number of the iteration, from 0: a variable that only derivative code uses.
    pub counter: VarId,
    /// How to run the header backwards without having counted, if that is possible.
    pub backward: Backward,
    /// The sequences that are run through, of which the shortest sets the number of trips; `None` where that
    /// cannot be told.
    pub length: Option<Vec<Place>>,
    /// The number of trips, where a variable holds it.
    pub trips: Option<VarId>,
}

/// How a `for` loop's integers are found again in the reverse sweep.
#[derive(Clone, Debug)]
pub enum Backward {
    /// One integer variable over a range: iterate over `(iter).rev()`.
    Reversed(VarId),
    /// The only integer is the iteration's number itself.
    Counter(VarId),
    /// The variable counts up from the operand, as the iteration's number does.
    Offset(VarId, Operand),
    /// The integers are saved.
    Saved,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// The variable.
    pub var: VarId,
    /// Its written type.
    pub ty: syn::Type,
    /// Whether a tangent is wanted.
    pub active: bool,
    /// Where its name stands.
    pub span: Span,
    /// Its name in `gradients`.
    pub field: Ident,
    /// What it takes and gives, if it is a function.
    pub function: Option<std::rc::Rc<crate::functions::Given>>,
}

impl Param {
    /// A function whose calls may carry derivatives.
    pub fn is_differentiable_function(&self) -> bool {
        self.function.as_ref().is_some_and(|f| f.differentiable)
    }
}

/// A function in this representation.
#[derive(Clone, Debug)]
pub struct Function {
    /// The variables.
    pub vars: Vec<Var>,
    /// The parameters, in order.
    pub params: Vec<Param>,
    /// The body; it defines or assigns `ret`.
    pub body: Block,
    /// The result.
    pub ret: VarId,
    /// Whether something leaves the function before its end.
    pub early_return: bool,
    /// Everything that the reverse sweep needs is saved: nothing is computed again, reordered or indexed. For
    /// tests, which want the same numbers either way.
    pub plain: bool,
    /// Single-use values are written where they are used; not while another transform follows.
    pub tidy: bool,
    /// For each variable that holds an array's length or shape, how it is told through a shared borrow.
    pub measures: Vec<(VarId, TokenStream)>,
    /// Names that are taken.
    pub names: crate::names::Names,
    /// What the signature tells of types.
    pub types: crate::ty::Types,
    /// For a closure: how many parameters are its own. What it captures and receives is not there any more when the
    /// reverse sweep runs.
    pub closure: Option<usize>,
    /// The function carries masks along.
    pub masked: bool,
}

impl Function {
    /// A parameter of a closure whose memory the reverse sweep cannot look at: only plain numbers go along.
    pub fn is_lent(&self, v: VarId) -> bool {
        self.closure.is_some()
            && self.params.iter().any(|p| p.var == v)
            && !matches!(self.vars[v].ty, Ty::Float(_) | Ty::Int(_) | Ty::Bool)
    }

    /// The parameter that is captured, by its number among the captured ones.
    pub fn captured(&self, v: VarId) -> Option<usize> {
        let own = self.closure?;
        self.params[own..].iter().position(|p| p.var == v)
    }

    /// A function that was given as a parameter.
    pub fn given(&self, v: VarId) -> Option<&std::rc::Rc<crate::functions::Given>> {
        let param = self.params.iter().find(|p| p.var == v)?;
        param.function.as_ref()
    }

    /// Whether what is known of a place's type leaves open that it is a field marked `#[constant]`.
    pub fn may_be_constant_field(&self, place: &Place) -> bool {
        matches!(self.place_ty(place), Ty::Unknown)
            && self.resolve(place).path.iter().any(|s| {
                matches!(
                    s,
                    Proj::Field(syn::Member::Named(_)) | Proj::Part(..) | Proj::Field(_)
                )
            })
    }

    /// The place with every alias expanded, down to a variable that owns or borrows the memory.
    pub fn resolve(&self, place: &Place) -> Place {
        let Some(target) = &self.vars[place.base].alias else {
            let mut place = place.clone();
            let by_reference = matches!(self.vars[place.base].ty, Ty::Ref(..));
            if by_reference && !matches!(place.path.first(), Some(Proj::Deref)) {
                // Auto-dereference, made explicit.
                place.path.insert(0, Proj::Deref);
            }
            return place;
        };
        let mut whole = self.resolve(target);
        let rest = match place.path.first() {
            Some(Proj::Deref | Proj::Value) => &place.path[1..],
            _ => &place.path[..],
        };
        whole.path.extend(rest.iter().cloned());
        whole
    }

    /// The variable whose memory a place is part of.
    pub fn root(&self, place: &Place) -> VarId {
        self.resolve(place).base
    }

    /// Whether a method called on the place may change it, as far as can be told without its signature.
    pub fn may_be_changed(&self, receiver: &Place) -> bool {
        let mut base = receiver.base;
        while let Some(place) = &self.vars[base].alias {
            // Nothing changes through a shared reference.
            if matches!(self.vars[base].ty, Ty::Ref(_, false)) {
                return false;
            }
            base = place.base;
        }
        let var = &self.vars[base];
        let settled = var.deferred && !var.temp;
        (var.mutable && !settled) || matches!(var.ty, Ty::Ref(_, true))
    }

    /// What is known of a place's type.
    pub fn place_ty(&self, place: &Place) -> Ty {
        let mut ty = self.vars[place.base].ty.clone();
        for step in &place.path {
            ty = match step {
                Proj::Run => ty,
                Proj::Deref | Proj::Value => match ty {
                    Ty::Ref(t, _) => *t,
                    _ => Ty::Unknown,
                },
                Proj::Index(_) | Proj::At(..) | Proj::FromEnd(_) => ty.element(),
                Proj::Range(..) | Proj::Span(..) | Proj::Middle(..) => {
                    Ty::Slice(Box::new(ty.element()))
                }
                Proj::Part(name, _) => match ty.peeled() {
                    Ty::Option(t) if name == "Some" => (**t).clone(),
                    Ty::Result(t) if name == "Ok" => (**t).clone(),
                    _ => Ty::Unknown,
                },
                Proj::Field(syn::Member::Unnamed(i)) => match ty.peeled() {
                    Ty::Tuple(ts) => ts.get(i.index as usize).cloned().unwrap_or_default(),
                    _ => Ty::Unknown,
                },
                Proj::Field(_) => Ty::Unknown,
            };
        }
        ty
    }

    /// What is known of an operand's type.
    pub fn operand_ty(&self, operand: &Operand) -> Ty {
        match operand {
            Operand::Var(v) => self.vars[*v].ty.clone(),
            Operand::Lit(tokens) => crate::lower::literal_ty(tokens),
        }
    }

    /// A new immutable variable.
    pub fn fresh(&mut self, name: &str, ty: Ty) -> VarId {
        let ident = self.names.fresh(name);
        self.vars.push(Var {
            ident,
            ty,
            mutable: false,
            deferred: false,
            alias: None,
            temp: true,
            generated: false,
            ascription: None,
        });
        self.vars.len() - 1
    }
}
