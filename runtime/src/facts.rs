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
    /// There is no such method.
    const THERE: bool = false;
}

impl<Fact> Otherwise for Is<Fact> {}

impl<Fact: Send> Is<Fact> {
    /// It holds.
    pub const TRUE: bool = true;
}

/// Asks whether a type has such a method.
#[derive(Debug)]
pub struct Ask<T: ?Sized, const METHOD: u64, const PARAMETER: usize>(PhantomData<T>);

impl<T: ?Sized, const M: u64, const P: usize> Otherwise for Ask<T, M, P> {}

impl<T: Methods<M, P> + ?Sized, const M: u64, const P: usize> Ask<T, M, P> {
    /// There is.
    pub const THERE: bool = true;
}

/// Decides between the facts of a method and none.
#[derive(Debug)]
pub struct Pick<const THERE: bool>;

/// The facts of a type's method, or that nothing is known where it has none: as types, so that a circle of methods is
/// settled as one of functions is.
pub trait Picked<T: ?Sized, const METHOD: u64, const PARAMETER: usize> {
    /// As in [`Facts`].
    type First;
    /// As in [`Facts`].
    type Last;
    /// As in [`Facts`].
    type Whole;
}

impl<T: ?Sized, const M: u64, const P: usize> Picked<T, M, P> for Pick<false> {
    type First = Open;
    type Last = Open;
    type Whole = Open;
}

impl<T: Methods<M, P> + ?Sized, const M: u64, const P: usize> Picked<T, M, P> for Pick<true> {
    type First = T::First;
    type Last = T::Last;
    type Whole = T::Whole;
}

/// What a method's receiver is, where rustc alone knows its type.
#[derive(Debug)]
pub struct Asked<'a, T: ?Sized, const METHOD: u64, const PARAMETER: usize>(PhantomData<&'a T>);

/// Asks for the facts of a method of this value's type.
pub const fn asked<T: ?Sized, const M: u64, const P: usize>(_: &T) -> Asked<'_, T, M, P> {
    Asked(PhantomData)
}

/// The answers that a type gives without running anything.
pub trait Says {
    /// Yes or no.
    const YES: bool;
}

impl<const YES: bool> Says for Answer<YES> {
    const YES: bool = YES;
}

/// What the closure would answer, which is there for its type and never runs.
pub const fn told<T: ?Sized, A: Says, Lead: Fn(&T) -> A>(_: &Lead) -> bool {
    A::YES
}

/// The answer where a fact does not hold; that of [`Asked`] itself goes before.
pub trait Unknown {
    /// It does not hold.
    fn first(&self) -> Answer<false> {
        Answer
    }
    /// Likewise.
    fn last(&self) -> Answer<false> {
        Answer
    }
    /// Likewise.
    fn whole(&self) -> Answer<false> {
        Answer
    }
}

impl<T: ?Sized, const M: u64, const P: usize> Unknown for Asked<'_, T, M, P> {}

impl<T: Methods<M, P, First: Send> + ?Sized, const M: u64, const P: usize> Asked<'_, T, M, P> {
    /// It holds.
    pub fn first(&self) -> Answer<true> {
        Answer
    }
}

impl<T: Methods<M, P, Last: Send> + ?Sized, const M: u64, const P: usize> Asked<'_, T, M, P> {
    /// It holds.
    pub fn last(&self) -> Answer<true> {
        Answer
    }
}

impl<T: Methods<M, P, Whole: Send> + ?Sized, const M: u64, const P: usize> Asked<'_, T, M, P> {
    /// It holds.
    pub fn whole(&self) -> Answer<true> {
        Answer
    }
}

macro_rules! leads_to_its_methods {
    ($($pointer:ty),*) => {$(
        impl<T: Methods<M, P> + ?Sized, const M: u64, const P: usize> Methods<M, P> for $pointer {
            type First = T::First;
            type Last = T::Last;
            type Whole = T::Whole;
            type Locals = T::Locals;
        }
    )*};
}
leads_to_its_methods!(&T, &mut T, alloc::boxed::Box<T>);
