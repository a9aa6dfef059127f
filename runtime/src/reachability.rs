//! What `f::reachability()` tells: which inputs a derivative can reach the result from, when, and where the ways
//! of the others end.

use core::fmt;

/// For each input of a function: whether a chain of differentiable operations leads from it to the result.
///
/// `f::reachability()` gives it, as data that the compiler put together; nothing runs. Its `Display` is made to be
/// read.
///
/// ```text
/// use pullback::{Reach, differentiable};
///
/// #[differentiable(detached = "allow")]
/// fn price(weight: f64, discount: f64, floor: f64) -> f64 {
///     let steps = weight as i64;
///     if discount > 0.0 { floor * (1.0 - discount) } else { floor * steps as f64 }
/// }
///
/// let told = price::reachability();
/// assert_eq!(told.function, "price");
/// assert!(matches!(told.of("weight"), Some(Reach::Never { cuts }) if cuts[0].text == "weight as i64"));
/// assert!(matches!(told.of("discount"), Some(Reach::Sometimes { .. })));
/// assert_eq!(told.of("floor"), Some(&Reach::Always));
/// assert_eq!(told.of("steps"), None);
/// println!("{told}");
/// ```
///
/// # What it promises
/// `gradients` gives `None` for an input that is *never* connected, whatever the arguments are, and `Some` for one
/// that is *always* connected. For one that is *sometimes* connected it is `Some` on some of the paths; where the
/// same condition is asked twice, a path may be told that no arguments lead along.
///
/// Calls are looked into where the callee is a function by its path, in whatever crate. What a callee that is a
/// method, a closure or a parameter connects is not known here, and its arguments count as sometimes connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reachability {
    /// The function's name.
    pub function: &'static str,
    /// The file that it stands in, as the compiler was given it.
    pub file: &'static str,
    /// The line of its name, from 1.
    pub line: u32,
    /// The inputs, in the order of the parameters.
    pub inputs: &'static [ReachOf],
}

/// One input and what reaches the result from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReachOf {
    /// The parameter's name, as in what `gradients` gives.
    pub input: &'static str,
    /// Whether a derivative reaches the result from it.
    pub reach: Reach,
}

/// Whether a derivative reaches the result from an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// On every path: `gradients` gives `Some`.
    Always,
    /// On some paths: `Some` or `None`, by the path that a call takes.
    Sometimes {
        /// What leads there, as alternatives in words, with the source text of the conditions.
        when: &'static [&'static str],
    },
    /// On no path: `None`.
    Never {
        /// Where the ways from the input end, in the order of the text.
        cuts: &'static [Cut],
    },
}

/// A place where the ways from an input end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// What is there: "a cast to an integer".
    pub what: &'static str,
    /// Why it has no derivative, in a sentence without its end.
    pub why: &'static str,
    /// The source text; empty where there is no place, as for an input that is not used.
    pub text: &'static str,
    /// From 1, in the file of the function.
    pub line: u32,
    /// From 1.
    pub column: u32,
}

impl Reachability {
    /// What is known of the input with this name; `None` if the function has no such input.
    pub fn of(&self, input: &str) -> Option<&'static Reach> {
        let found = self.inputs.iter().find(|of| of.input == input);
        found.map(|of| &of.reach)
    }
}

impl fmt::Display for Reachability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}:{})", self.function, self.file, self.line)?;
        let width = self.inputs.iter().map(|of| of.input.chars().count()).max();
        let width = width.unwrap_or(0);
        for ReachOf { input, reach } in self.inputs {
            write!(f, "\n  {input:width$}  ")?;
            match reach {
                Reach::Always => f.write_str("always")?,
                Reach::Sometimes { when } => {
                    f.write_str("sometimes: ")?;
                    for (n, when) in when.iter().enumerate() {
                        let or = if n == 0 { "when" } else { "or when" };
                        if n > 0 {
                            write!(f, ",\n  {:width$}             ", "")?;
                        }
                        write!(f, "{or} {when}")?;
                    }
                }
                Reach::Never { cuts } => {
                    f.write_str("never: ")?;
                    for (n, cut) in cuts.iter().enumerate() {
                        if n > 0 {
                            write!(f, "\n  {:width$}         ", "")?;
                        }
                        match cut.text {
                            "" => write!(f, "{}", cut.why)?,
                            text => write!(
                                f,
                                "`{text}` at line {}, column {}: {}",
                                cut.line, cut.column, cut.why
                            )?,
                        }
                    }
                }
            }
        }
        Ok(())
    }
}
