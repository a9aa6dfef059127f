//! Conditions and places in words.

use super::cuts::number;
use super::{Atom, Cut, Header, Input, Reach, When, Why};
use proc_macro2::TokenStream;

/// More alternatives than this are not told one by one.
const MOST: usize = 4;

impl Input {
    /// Where the ways from the input end, a phrase for each place.
    pub fn ends(&self) -> Vec<String> {
        self.cuts.iter().map(Cut::sentence).collect()
    }
}

impl Cut {
    /// The place and what is there.
    pub fn sentence(&self) -> String {
        if self.why == Why::Unused {
            return self.why.reason();
        }
        let text = match &self.text {
            Some(piece) => format!(": `{}`", piece.short()),
            None => String::new(),
        };
        format!("{}, in {}{text}", self.place(), self.why.noun())
    }
}

impl Reach {
    /// When a connection is there: alternatives, each a sentence without its end, of which the last says so where
    /// they are not all.
    pub fn when(&self, when: &When) -> Vec<String> {
        let told = when.iter().filter(|term| !term.contains(&Atom::Untold));
        let mut out: Vec<String> = told.take(MOST).map(|term| self.term(term)).collect();
        out.dedup();
        let all = out.len() == when.len();
        if out.is_empty() && !all {
            out.push("one of many paths is taken".into());
        } else if !all {
            out.push("other paths are taken".into());
        }
        out
    }

    fn term(&self, term: &[Atom]) -> String {
        // That a loop gets to its second trip says that it runs.
        let implied = |atom: &Atom| match atom {
            Atom::Runs(n) => term.contains(&Atom::Again(*n)),
            _ => false,
        };
        let mut told: Vec<Atom> = term.iter().copied().filter(|a| !implied(a)).collect();
        told.sort_by_key(|atom| number(*atom));
        let told: Vec<String> = told.into_iter().map(|atom| self.atom(atom)).collect();
        match told.is_empty() {
            true => "some of the trips of its loops connect it".into(),
            false => told.join(" and "),
        }
    }

    /// One condition in words, with its line.
    pub fn atom(&self, atom: Atom) -> String {
        let Some(condition) = self.conditions.get(number(atom)) else {
            return String::new();
        };
        let header = self.source.header(condition.span);
        let (text, line) = match &header {
            Some(piece) => (piece.short(), piece.line),
            None => ("…".into(), condition.span.start().line),
        };
        let pattern = |tokens: &TokenStream| match self.source.covering(tokens) {
            Some(piece) => piece.short(),
            None => tokens.to_string(),
        };
        match (atom, condition.header) {
            (Atom::Holds(_), _) => format!("`{text}` holds (line {line})"),
            (Atom::Fails(_), _) => format!("`{text}` does not hold (line {line})"),
            (Atom::Arm(_, k, _), Header::Match) => {
                let arm = condition.arms.get(k).map(pattern).unwrap_or_default();
                let text = text.strip_prefix("let ").unwrap_or(&text);
                match (arm.as_str(), condition.arms.first()) {
                    ("_", Some(first)) if condition.arms.len() == 2 => {
                        let text = text.split_once(" = ").map_or(text, |(_, of)| of);
                        format!("`{text}` is not `{}` (line {line})", pattern(first))
                    }
                    ("_", _) => format!("`{text}` is none of the other patterns (line {line})"),
                    _ => {
                        let text = text.split_once(" = ").map_or(text, |(_, of)| of);
                        format!("`{text}` is `{arm}` (line {line})")
                    }
                }
            }
            (Atom::Again(_), _) => format!("`{text}` runs more than once (line {line})"),
            (Atom::Skips(_), _) => format!("`{text}` does not run (line {line})"),
            (_, _) => format!("`{text}` runs (line {line})"),
        }
    }
}
