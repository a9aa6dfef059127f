//! What ends a way from an input, in words: what it is, why it has no derivative, what to write instead.

/// What ends a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The input is not used at all.
    Unused,
    /// `detach` or `stop_gradient`, as it is called.
    Detach(String),
    /// A cast to an integer.
    IntegerCast,
    /// A method or function whose derivative is 0 or of which there is none: `floor`, `signum`.
    Stepwise(String),
    /// `<`, `==`, …
    Comparison,
    /// A method that tells something else than a number that moves smoothly: `len`, `is_nan`.
    Method(String),
    /// A macro that only looks: `println!`.
    Macro(String),
    /// The condition of an `if` or a `while`.
    Condition,
    /// A `match` that looks and takes nothing out.
    Match,
    /// A bound of a loop or of a range.
    Bound,
    /// An index.
    Index,
    /// A local marked `#[constant]`.
    ConstantLocal,
    /// What holds it, the variable with this name, is overwritten.
    Overwritten(String),
    /// It is computed and not needed.
    Dropped,
    /// No path gets to where it is used.
    DeadCode,
    /// Something else that has no derivative, by its description.
    Other(String),
    /// The user's own tokens, which pass nothing on.
    NotPassed,
}

impl Why {
    /// Ends the sentence "the chain ends in …".
    pub fn noun(&self) -> String {
        match self {
            Why::Unused => "no use at all".into(),
            Why::Detach(name) => format!("`{name}`"),
            Why::IntegerCast => "a cast to an integer".into(),
            Why::Stepwise(name) | Why::Method(name) => format!("`{name}`"),
            Why::Comparison => "a comparison".into(),
            Why::Macro(name) => format!("`{name}!`"),
            Why::Condition => "a condition".into(),
            Why::Match => "a `match`".into(),
            Why::Bound => "the bound of a loop or a range".into(),
            Why::Index => "an index".into(),
            Why::ConstantLocal => "a `#[constant]` local".into(),
            Why::Overwritten(name) => format!("an assignment that overwrites `{name}`"),
            Why::Dropped => "a value that the result does not need".into(),
            Why::DeadCode => "code that no path gets to".into(),
            Why::Other(what) => what.clone(),
            Why::NotPassed => "an expression that passes no derivative on".into(),
        }
    }

    /// Why that has no derivative, as a sentence without its end.
    pub fn reason(&self) -> String {
        match self {
            Why::Unused => "it is not used".into(),
            Why::Detach(name) => {
                format!("`{name}` keeps the value and drops the derivative, as asked")
            }
            Why::IntegerCast => {
                "an integer has no derivative: it stays the same while the input moves a little"
                    .into()
            }
            Why::Stepwise(name) => {
                format!(
                    "`{name}` is constant between its steps, so its derivative is 0 wherever it has one"
                )
            }
            Why::Comparison => {
                "a comparison gives `true` or `false`, which have no derivative".into()
            }
            Why::Method(name) => format!("what `{name}` tells does not move with the numbers"),
            Why::Macro(name) => format!("`{name}!` looks at the value and passes nothing on"),
            Why::Condition => {
                "a condition chooses the path, and the choice has no derivative".into()
            }
            Why::Match => "this `match` chooses the path, and the choice has no derivative".into(),
            Why::Bound => "a bound says how often or how far, and a count has no derivative".into(),
            Why::Index => "an index chooses an element, and the choice has no derivative".into(),
            Why::ConstantLocal => {
                "the local is marked `#[constant]`, which drops the derivative, as asked".into()
            }
            Why::Overwritten(name) => {
                format!("`{name}` is overwritten before what it held is needed")
            }
            Why::Dropped => "what is computed here is not needed for the result".into(),
            Why::DeadCode => "no path through the function gets here".into(),
            Why::Other(_) | Why::NotPassed => "this has no derivative".into(),
        }
    }

    /// What to write instead, where there is something, of a parameter or a local.
    pub fn remedy(&self, is_local: bool) -> Option<&'static str> {
        match self {
            Why::Unused if is_local => Some("let the result depend on it"),
            Why::Unused => Some("use it, or remove the parameter"),
            Why::Detach(_) => Some("leave out the call"),
            Why::IntegerCast => Some("keep it a real number, or interpolate between the integers"),
            Why::Stepwise(_) => Some(
                "use something smooth in its place, or a function with a rule of its own (`vjp = …`) that says which \
                 slope to take",
            ),
            Why::Comparison | Why::Condition | Why::Match => {
                Some("let it enter the result as a number, as a weight such as a sigmoid does")
            }
            Why::Bound | Why::Index => Some("interpolate between the elements or the trips"),
            Why::ConstantLocal => Some("remove the mark"),
            Why::Overwritten(_) => Some("add to it instead, or write to another variable"),
            Why::Dropped => Some("let the result depend on it, or remove it"),
            Why::DeadCode => Some(
                "let a path get there: something before it always leaves, or its condition never holds",
            ),
            _ => None,
        }
    }

    /// Looks at a value for its effect alone.
    pub(super) fn is_aside(&self) -> bool {
        matches!(self, Why::Macro(_) | Why::Dropped)
    }
}
