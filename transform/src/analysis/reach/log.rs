//! What is seen while a function is followed: its calls, its conditions, and every dependence.

use super::cuts::Cut;
use super::link::Atom;
use super::part::Part;
use super::receiver::Receiver;
use crate::ir::{Callee, Place, VarId};
use proc_macro2::{Ident, Span, TokenStream};

/// A call of a differentiable function, or a part of a parameter: rustc knows what passes.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub callee: Callee,
    /// The callee's name in the user's text.
    pub span: Option<Span>,
    /// What a method is called on.
    pub receiver: Option<Place>,
    /// What a method is called on, as it is written beside the function.
    pub on: Option<Receiver>,
    /// No call, but the reading of this part.
    pub part: Option<Part>,
}

impl Call {
    /// The name of a method and what it is called on, where rustc can be asked for its facts.
    pub fn method(&self) -> Option<(&Ident, &Receiver)> {
        match (&self.callee, &self.on) {
            (Callee::Method(name, _), Some(on)) => Some((name, on)),
            _ => None,
        }
    }

    /// Where a way ends that ends here.
    pub fn place(&self) -> String {
        match &self.part {
            Some(part) => format!("in {}, which is marked `#[constant]`", part.text()),
            None => format!("in the call of `{}`", self.callee.name()),
        }
    }

    /// Why it ends.
    pub fn reason(&self) -> String {
        let name = self.callee.name();
        let told = match (&self.part, &self.callee) {
            (Some(part), _) => {
                return format!(
                    "{} is marked `#[constant]`, or holds nothing that has a derivative",
                    part.text()
                );
            }
            (None, Callee::Method(..)) => format!("{name}_reachability()"),
            (None, _) => format!("{name}::reachability()"),
        };
        format!("`{name}` passes no derivative on from this argument, as `{told}` tells")
    }
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
