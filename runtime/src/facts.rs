//! What a caller's warnings may know of its callees: facts in types, which rustc settles after every macro has run.
//!
//! A macro sees one function. Whether a callee passes a derivative on from an argument is written into a type that
//! stands for the fact: it is [`Send`] if the fact holds. The fact of a function that leads its argument through
//! calls is a struct of the facts of its callees; since `Send` is an auto trait, it holds of functions that call
//! each other in circles unless something in the circle says otherwise.

use core::marker::PhantomData;

/// What is known of a function's parameter, by its position.
pub trait Facts<const PARAMETER: usize> {
    /// No derivative passes, for what the argument meets first.
    type First;
    /// No derivative passes, for what the argument meets last.
    type Last;
    /// A derivative passes on every path.
    type Whole;
}

/// The fact holds.
#[derive(Debug)]
pub struct Holds;

/// The fact does not hold, or is not known.
#[derive(Debug)]
pub struct Open(PhantomData<*const ()>);

/// Asks whether a fact holds.
#[derive(Debug)]
pub struct Is<Fact>(PhantomData<Fact>);

/// The answer where a fact does not hold; the answer of [`Is`] itself goes before.
pub trait Otherwise {
    /// It does not hold.
    const TRUE: bool = false;
}

impl<Fact> Otherwise for Is<Fact> {}

impl<Fact: Send> Is<Fact> {
    /// It holds.
    pub const TRUE: bool = true;
}
