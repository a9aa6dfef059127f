//! The intermediate representation: the user's function in A-normal form with structured control flow.
//!
//! Every value is an immutable variable defined once (`Let`), or lives in *memory*: a mutable variable, a
//! slice, an array, reached through a [`Place`]. A read of memory is a `Let` of its own, so a derivative
//! rule only ever sees immutable operands. Both derivative transforms map this representation to itself.

mod expr;
mod place;
mod stmt;

pub use expr::*;
pub use place::*;
pub use stmt::*;

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
    /// What the sweeps use it for.
    pub role: Role,
    /// Where the operator stands that gives its value.
    pub operator: Option<Span>,
    /// What a method gives that may be a view of ndarray's: here it is an array, which is passed on as a view.
    pub part: bool,
}

impl Var {
    /// An immutable variable of which nothing else is known.
    pub fn new(ident: Ident, ty: Ty) -> Var {
        Var {
            ident,
            ty,
            mutable: false,
            deferred: false,
            alias: None,
            temp: false,
            generated: false,
            ascription: None,
            role: Role::Value,
            operator: None,
            part: false,
        }
    }
}

/// What the sweeps use a variable for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A value of the function, or what is computed from values.
    Value,
    /// An item of a sequence of which nothing is known, and which may be a reference.
    Item,
    /// Likewise, made once and still there when the reverse sweep runs, which looks at what it may refer to.
    Lasting,
    /// Made in the forward sweep for the reverse sweep alone, so it can be moved there.
    Moved,
    /// Holds one saved value.
    Slot,
    /// Holds a saved value for each trip of a loop.
    Lane,
    /// Likewise, by the number of the trip, which may have none.
    Cells,
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
    /// For each variable that holds the way of an index, whose memory it leads into.
    pub ways: Vec<(VarId, VarId)>,
    /// Names that are taken.
    pub names: crate::names::Names,
    /// What the signature tells of types.
    pub types: crate::ty::Types,
    /// For a closure: how many parameters are its own. What it captures and receives is not there any more when the
    /// reverse sweep runs.
    pub closure: Option<usize>,
    /// The locals whose cotangents `gradients` tells.
    pub watched: Vec<crate::watch::Watched>,
    /// The results of calls whose watched locals it tells, by the number of the watched local here.
    pub asked: std::collections::HashMap<VarId, usize>,
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
            temp: true,
            ..Var::new(ident, ty)
        });
        self.vars.len() - 1
    }
}
