//! What a caller's warnings may know of its callees: facts in types, which rustc settles after every macro has run.
//!
//! A macro sees one function. Whether a callee passes a derivative on from an argument is written into a type that
//! stands for the fact: it is [`Send`] if the fact holds. The fact of a function that leads its argument through
//! calls is a struct of the facts of its callees; since `Send` is an auto trait, it holds of functions that call
//! each other in circles unless something in the circle says otherwise.

use crate::Differentiable;
use crate::heard::Locals;
use core::marker::PhantomData;

/// What is known of a function's parameter, by its position.
pub trait Facts<const PARAMETER: usize> {
    /// No derivative passes, for what the argument meets first.
    type First;
    /// No derivative passes, for what the argument meets last.
    type Last;
    /// A derivative passes on every path.
    type Whole;
    /// What the function's watched locals are told as.
    type Locals: Locals;
}

/// What is known of a parameter of a type's method, by a number for the method's name. Only what is known to hold can be
/// asked of a type that may have no such method, see [`Ask`].
pub trait Methods<const METHOD: u64, const PARAMETER: usize> {
    /// As in [`Facts`].
    type First;
    /// As in [`Facts`].
    type Last;
    /// As in [`Facts`].
    type Whole;
    /// As in [`Facts`].
    type Locals: Locals;
}

/// The fact holds.
#[derive(Debug)]
pub struct Holds;

/// The fact does not hold, or is not known.
#[derive(Debug)]
pub struct Open(PhantomData<*const ()>);

/// Whether the part of a value that the closure leads to has no derivative, as a field has that is marked
/// `#[constant]`: there is nothing in that part of the tangent. The closure is there for its type and never runs.
pub const fn ends<T, Of, Lead>(_: &Lead) -> bool
where
    T: Differentiable + ?Sized,
    Lead: Fn(&mut T::Tangent) -> &mut Of,
{
    size_of::<Of>() == 0
}

/// A fact that rustc computes.
#[derive(Debug)]
pub struct Known<const HOLDS: bool>(PhantomData<<Answer<HOLDS> as Decided>::Type>)
where
    Answer<HOLDS>: Decided;

/// Yes or no.
#[derive(Debug)]
pub struct Answer<const YES: bool>;

/// Gives a type that is [`Send`] for yes.
pub trait Decided {
    /// That type.
    type Type;
}

impl Decided for Answer<true> {
    type Type = ();
}

impl Decided for Answer<false> {
    type Type = *const ();
}

/// Asks whether a fact holds.
#[derive(Debug)]
pub struct Is<Fact>(PhantomData<Fact>);

/// The answer where a fact does not hold; the answer of [`Is`] itself goes before.
pub trait Otherwise {
    /// It does not hold.
    const TRUE: bool = false;
    /// Nor does it of a method, or it is not known.
    const FIRST: bool = false;
    /// Likewise.
    const LAST: bool = false;
    /// Likewise.
    const WHOLE: bool = false;
}

impl<Fact> Otherwise for Is<Fact> {}

impl<Fact: Send> Is<Fact> {
    /// It holds.
    pub const TRUE: bool = true;
}

/// Asks for the facts of a method.
#[derive(Debug)]
pub struct Ask<T: ?Sized, const METHOD: u64, const PARAMETER: usize>(PhantomData<T>);

impl<T: ?Sized, const M: u64, const P: usize> Otherwise for Ask<T, M, P> {}

impl<T: Methods<M, P, First: Send> + ?Sized, const M: u64, const P: usize> Ask<T, M, P> {
    /// It holds.
    pub const FIRST: bool = true;
}

impl<T: Methods<M, P, Last: Send> + ?Sized, const M: u64, const P: usize> Ask<T, M, P> {
    /// It holds.
    pub const LAST: bool = true;
}

impl<T: Methods<M, P, Whole: Send> + ?Sized, const M: u64, const P: usize> Ask<T, M, P> {
    /// It holds.
    pub const WHOLE: bool = true;
}
