//! Statements: definitions, writes to memory, and structured control flow.

use super::*;

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

impl Stmt {
    /// Tokens as they are.
    pub fn raw(tokens: TokenStream, span: Span) -> Stmt {
        Stmt {
            kind: Kind::Raw(tokens),
            span,
        }
    }

    /// The blocks inside, in the order of the source.
    pub fn blocks(&self) -> Vec<&Block> {
        match &self.kind {
            Kind::If { then, els, .. } => vec![then, els],
            Kind::Match(m) => m.arms.iter().map(|arm| &arm.body).collect(),
            Kind::Loop(Loop { body, .. }) | Kind::Scope(_, _, body) => vec![body],
            _ => Vec::new(),
        }
    }

    /// The same, to be changed.
    pub fn blocks_mut(&mut self) -> Vec<&mut Block> {
        match &mut self.kind {
            Kind::If { then, els, .. } => vec![then, els],
            Kind::Match(m) => m.arms.iter_mut().map(|arm| &mut arm.body).collect(),
            Kind::Loop(Loop { body, .. }) | Kind::Scope(_, _, body) => vec![body],
            _ => Vec::new(),
        }
    }
}

/// Visits statements and those inside them, in the order of the source.
pub fn each_stmt(stmts: &[Stmt], visit: &mut dyn FnMut(&Stmt)) {
    for stmt in stmts {
        visit(stmt);
        for inner in stmt.blocks() {
            each_stmt(inner, visit);
        }
    }
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
    /// The variable was just given its value, and is watched, under this number.
    Watch(VarId, usize),
    /// Looks at the adjoints that the statement before contributed to.
    Observe(Box<crate::checks::Observation>),
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
    /// Slices of numbers that the body writes to, and gets as arguments of a closure.
    pub apart: Vec<VarId>,
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

impl Removal {
    /// What is put in the place of what was moved out.
    pub fn value(&self) -> Option<&Operand> {
        match self {
            Removal::Replace(_, x) => Some(x),
            _ => None,
        }
    }
}
