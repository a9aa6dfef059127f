//! Which names are visible, what they hold, and which may be written.

use super::random::Random;

/// What a variable holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `f64`.
    Scalar,
    /// `&f64` or `&mut f64`, read through `*`.
    Reference,
    /// `usize`, small.
    Integer,
    /// `[f64; 4]`.
    Array,
    /// `Vec<f64>` of length 4.
    Vector,
    /// `&[f64]` or `&mut [f64]`, not empty.
    Slice,
    /// `(f64, f64)`.
    Pair,
    /// `Vec<f64>` of one element or more.
    Growing,
    /// Three rows of three.
    Matrix,
    /// The struct that all programs share.
    Body,
    /// The enum that all programs share; no scalar can be read from it without a match.
    Shape,
}

impl Kind {
    /// It has elements that an index reaches.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            Self::Array | Self::Vector | Self::Slice | Self::Growing
        )
    }
}

/// A visible variable.
#[derive(Clone)]
pub struct Var {
    pub name: String,
    pub kind: Kind,
    pub mutable: bool,
    /// Borrowed by a loop, so that naming it would not compile.
    pub hidden: bool,
}

impl Var {
    pub fn new(name: &str, kind: Kind, mutable: bool) -> Self {
        Self {
            name: name.to_string(),
            kind,
            mutable,
            hidden: false,
        }
    }
}

/// The visible variables, the innermost last.
pub struct Scope {
    vars: Vec<Var>,
}

/// Names that scalars get: ordinary ones and ones that a transform may choose for itself.
const SCALARS: &[&str] = &[
    "s", "t", "u", "acc", "x_bar", "a_bar", "tape", "seed", "t0", "pb", "value", "grad", "tmp",
    "y", "z", "result", "ret", "mask", "rt", "fwd", "rev", "adj", "dx", "s_bar", "a", "b", "flag",
    "jvp",
];
const INTEGERS: &[&str] = &["i", "j", "k", "m", "len", "idx", "trip", "count", "i_bar"];
const LISTS: &[&str] = &["v", "buf", "state", "row", "stack", "v_bar", "data"];
const GROWING: &[&str] = &["path", "heap", "q", "path_bar"];
const PAIRS: &[&str] = &["p", "pair", "p_bar", "both"];

impl Scope {
    pub fn new() -> Self {
        Self { vars: Vec::new() }
    }

    pub fn add(&mut self, var: Var) {
        self.vars.push(var);
    }

    /// Where the scope stands, to be given to [`Scope::leave`].
    pub fn mark(&self) -> usize {
        self.vars.len()
    }

    /// Forgets what was added since `mark`.
    pub fn leave(&mut self, mark: usize) {
        self.vars.truncate(mark);
    }

    /// A name for a new variable; it may shadow one of the same kind.
    pub fn fresh(&self, random: &mut Random, kind: Kind) -> String {
        let pool = match kind {
            Kind::Scalar | Kind::Reference => SCALARS,
            Kind::Integer => INTEGERS,
            Kind::Array | Kind::Vector | Kind::Slice => LISTS,
            Kind::Growing => GROWING,
            Kind::Matrix => &["mat", "g", "t_mat"],
            Kind::Body => &["body", "planet", "body_bar"],
            Kind::Shape => &["shape", "found"],
            Kind::Pair => PAIRS,
        };
        random.pick(pool).to_string()
    }

    /// A name that shadows nothing, for variables that must stay what they are (loop counters).
    pub fn unused(&self, random: &mut Random) -> String {
        let base = *random.pick(&["k", "round", "step"]);
        let mut number = 0;
        loop {
            let name = format!("{base}{number}");
            if self.vars.iter().all(|v| v.name != name) {
                return name;
            }
            number += 1;
        }
    }

    /// One of the visible variables that `fits`.
    pub fn any(&self, random: &mut Random, fits: impl Fn(&Var) -> bool) -> Option<Var> {
        let visible: Vec<&Var> = self
            .vars
            .iter()
            .enumerate()
            .filter(|(at, var)| {
                self.vars[at + 1..]
                    .iter()
                    .all(|later| later.name != var.name)
            })
            .map(|(_, var)| var)
            .filter(|var| fits(var))
            .collect();
        if visible.is_empty() {
            None
        } else {
            Some((*random.pick(&visible)).clone())
        }
    }

    /// Runs on a list that a loop iterates: `hide` makes it unreadable, otherwise only unwritable.
    /// The innermost variable of that name is meant.
    pub fn borrow(&mut self, name: &str, hide: bool) {
        if let Some(var) = self.vars.iter_mut().rev().find(|var| var.name == name) {
            var.mutable = false;
            var.hidden = hide;
        }
    }

    /// Ends a [`Scope::borrow`].
    pub fn release(&mut self, before: &Var) {
        if let Some(var) = self
            .vars
            .iter_mut()
            .rev()
            .find(|var| var.name == before.name)
        {
            var.mutable = before.mutable;
            var.hidden = before.hidden;
        }
    }
}
