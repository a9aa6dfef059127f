//! What `checked_grad` says: the first operation whose value or cotangent is not finite.

#[allow(unused_imports)]
use crate::prelude::*;
use core::fmt;
use core::panic::Location;

/// The first operation, in the order of execution, whose value or cotangent is NaN or infinite, or the input that
/// is; what `f::checked_grad(…)` gives instead of a gradient.
///
/// ```
/// # mod pullback { pub use pullback_runtime::*; }
/// use pullback::{NonFinite, Sweep};
///
/// // As it is said of `x.sqrt()` at 0, whose derivative is infinite.
/// fn what_to_do(error: &NonFinite) -> String {
///     match (error.input(), error.sweep()) {
///         (Some(name), _) => format!("look where `{name}` comes from"),
///         (None, Sweep::Forward) => format!("the function itself is singular: {error}"),
///         (None, Sweep::Reverse) => format!("its derivative is singular: {error}"),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NonFinite {
    operation: Operation,
    operands: Vec<Option<f64>>,
    cotangent: Option<f64>,
    result: Option<f64>,
    value: f64,
    element: Option<usize>,
    sweep: Sweep,
    single: bool,
    location: &'static Location<'static>,
}

/// Which of the two passes over the function's operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sweep {
    /// The operations as they are written, which give values.
    Forward,
    /// The same in the reverse order, which gives cotangents.
    Reverse,
}

/// What gave a number that is not finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum Operation {
    /// An operator between its operands, or in front of one.
    Operator(&'static str),
    /// A method or a function, by its name.
    Named(&'static str),
    /// A cast to the type named.
    Cast(&'static str),
    /// Nothing: the input of this name came so.
    Input(&'static str),
    /// The sum of the cotangents of the input of this name.
    Sum(&'static str),
}

impl NonFinite {
    /// The operation: an operator such as `/`, the name of a method or a function such as `ln`, or `as` for a cast;
    /// `None` for an input that was not finite to begin with, and for the sum of an input's cotangents.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        match self.operation {
            Operation::Operator(name) | Operation::Named(name) => Some(name),
            Operation::Cast(_) => Some("as"),
            Operation::Input(_) | Operation::Sum(_) => None,
        }
    }

    /// The name of the input that is not finite itself.
    #[must_use]
    pub fn input(&self) -> Option<&'static str> {
        match self.operation {
            Operation::Input(name) => Some(name),
            _ => None,
        }
    }

    /// The operands, in the order in which they are written.
    ///
    /// `None` stands for an operand that is no number, or, in the reverse sweep, for one that this sweep has no use
    /// for and that was not kept.
    #[must_use]
    pub fn operands(&self) -> &[Option<f64>] {
        &self.operands
    }

    /// The number that is not finite: in the forward sweep a component of the operation's value, in the reverse sweep
    /// one of the cotangent of an operand.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Where the value has several components: which of them it is, counted from 0 in the order of
    /// [`Tangent::for_each`](crate::Tangent::for_each).
    #[must_use]
    pub fn element(&self) -> Option<usize> {
        self.element
    }

    /// In the reverse sweep, the cotangent of the operation's result, if that is one number.
    #[must_use]
    pub fn cotangent(&self) -> Option<f64> {
        self.cotangent
    }

    /// In which sweep.
    #[must_use]
    pub fn sweep(&self) -> Sweep {
        self.sweep
    }

    /// The source file, as the compiler names it.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.location.file()
    }

    /// The line of the operation, or of the input's name, counted from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.location.line()
    }

    /// The column, counted from 1 in characters.
    #[must_use]
    pub fn column(&self) -> u32 {
        self.location.column()
    }

    /// In the reverse sweep, the value that the operation gave, if that is one number and at hand.
    #[must_use]
    pub fn result(&self) -> Option<f64> {
        self.result
    }

    /// What was found, put together by a checker.
    pub(crate) fn new(
        operation: Operation,
        sweep: Sweep,
        found: Found,
        location: &'static Location<'static>,
    ) -> Self {
        Self {
            operation,
            operands: Vec::new(),
            cotangent: None,
            result: None,
            value: found.value,
            element: (found.count > 1).then_some(found.element),
            single: found.single,
            sweep,
            location,
        }
    }

    /// The same with what the operation was applied to.
    pub(crate) fn of(mut self, operands: &[Option<f64>]) -> Self {
        self.operands = operands.to_vec();
        self
    }

    /// The same with what the operation gave, and the cotangent of that.
    pub(crate) fn from(mut self, cotangent: Option<f64>, result: Option<f64>) -> Self {
        (self.cotangent, self.result) = (cotangent, result);
        self
    }

    /// A number as its own type prints it.
    fn number(&self, x: f64) -> Number {
        match self.single {
            true => Number::Single(x as f32),
            false => Number::Double(x),
        }
    }

    fn operand(&self, n: usize) -> Number {
        match self.operands.get(n).copied().flatten() {
            Some(x) => self.number(x),
            None => Number::Unknown,
        }
    }

    /// The operation with its operands, as far as they are known.
    fn write_operation(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.operands.iter().any(Option::is_some);
        match (self.operation, self.operands.len()) {
            (Operation::Operator(op), 2) if known => {
                write!(f, "`{op}` in {} {op} {}", self.operand(0), self.operand(1))
            }
            (Operation::Cast(ty), _) if known => {
                // What is cast has more digits than what comes out.
                let before = self.operands[0].map_or(Number::Unknown, Number::Double);
                write!(f, "the cast in {before} as {ty}")
            }
            (Operation::Cast(ty), _) => write!(f, "the cast to `{ty}`"),
            (Operation::Operator(name) | Operation::Named(name), _) => {
                write!(f, "`{name}`")?;
                let mut words = ["of", "and"].into_iter().chain(core::iter::repeat(","));
                let numbers = (0..self.operands.len()).map(|n| self.operand(n));
                for number in numbers.take(if known { self.operands.len() } else { 0 }) {
                    match words.next() {
                        Some(",") | None => write!(f, ", {number}")?,
                        Some(word) => write!(f, " {word} {number}")?,
                    }
                }
                Ok(())
            }
            (Operation::Input(name) | Operation::Sum(name), _) => write!(f, "`{name}`"),
        }
    }
}

/// The component of a value that is not finite, and of how many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) value: f64,
    pub(crate) element: usize,
    pub(crate) count: usize,
    pub(crate) single: bool,
}

/// A number on its way to the reader.
enum Number {
    Double(f64),
    Single(f32),
    Unknown,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Debug writes numbers that are long in plain digits with an exponent.
            Number::Double(x) if *x as i32 as f64 == *x => write!(f, "{x}"),
            Number::Single(x) if *x as i32 as f32 == *x => write!(f, "{x}"),
            Number::Double(x) => write!(f, "{x:?}"),
            Number::Single(x) => write!(f, "{x:?}"),
            Number::Unknown => f.write_str("…"),
        }
    }
}

impl fmt::Display for NonFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, location) = (self.number(self.value), self.location);
        match (self.operation, self.element) {
            (Operation::Input(name), None) => {
                return write!(f, "the input `{name}` is {value}, at {location}");
            }
            (Operation::Input(name), Some(n)) => {
                return write!(
                    f,
                    "element {n} of the input `{name}` is {value}, at {location}"
                );
            }
            (Operation::Sum(name), _) => {
                return write!(
                    f,
                    "the cotangents of the input `{name}` add up to {value}, in the reverse sweep, at {location}"
                );
            }
            _ => self.write_operation(f)?,
        }
        let sweep = match (self.sweep, self.cotangent) {
            (Sweep::Forward, _) => {
                write!(f, " gives {value}")?;
                "forward"
            }
            (Sweep::Reverse, cotangent) => {
                if let (Some(result), false) = (self.result, self.knows_operands()) {
                    write!(f, ", whose value is {},", self.number(result))?;
                }
                match cotangent {
                    Some(before) => {
                        write!(
                            f,
                            " turns a cotangent of {} into {value}",
                            self.number(before)
                        )?;
                    }
                    None => write!(f, " gives a cotangent of {value}")?,
                }
                "reverse"
            }
        };
        if let Some(n) = self.element {
            write!(f, " in element {n}")?;
        }
        write!(f, ", in the {sweep} sweep, at {location}")
    }
}

impl NonFinite {
    fn knows_operands(&self) -> bool {
        !self.operands.is_empty() && self.operands.iter().all(Option::is_some)
    }
}

impl core::error::Error for NonFinite {}
