//! What is seen while a function is followed: its calls, its conditions, and every dependence.

use super::cuts::Cut;
use super::link::Atom;
use crate::ir::{Callee, Place, VarId};
use proc_macro2::{Span, TokenStream};

/// A call of a differentiable function.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub callee: Callee,
    /// The callee's name in the user's text.
    pub span: Option<Span>,
    /// What a method is called on.
    pub receiver: Option<Place>,
}

/// What kind of statement a condition belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// `if`.
    If,
    /// `match` or `if let`.
    Match,
    /// A loop.
    Loop,
}

/// Something on which the path depends.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What it belongs to.
    pub header: Header,
    /// Where the statement begins.
    pub span: Span,
    /// The patterns of the arms.
    pub arms: Vec<TokenStream>,
}

/// A dependence of one variable on another.
#[derive(Clone, Debug)]
pub struct Flow {
    /// What is read.
    pub from: VarId,
    /// What it goes to; nothing where the way ends in a statement.
    pub to: Option<VarId>,
    /// What leads there, from the outside in.
    pub within: Vec<Atom>,
    /// Where the statement begins.
    pub span: Span,
    /// What ends the way.
    pub cut: Option<Cut>,
    /// The call that it leads through.
    pub call: Option<usize>,
}
