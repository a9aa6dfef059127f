//! Random loops of every kind, with small trip counts and sometimes none.

use super::expressions::group;
use super::scope::{Kind, Var};
use super::{Loop, Writer};

/// The most often that a statement may be executed.
const MOST_TRIPS: usize = 64;
/// The most trips of one loop.
const TRIPS: usize = 4;

impl Writer<'_> {
    pub fn a_loop(&mut self) {
        if self.trips * TRIPS > MOST_TRIPS {
            return;
        }
        match self.random.below(9) {
            0..=2 => self.over_a_range(),
            3 => self.over_a_list(),
            4 => self.over_elements(),
            5 => self.over_pairs(),
            6 => self.counted_while(),
            7 => self.data_while(),
            _ => self.loop_with_value(),
        }
    }

    /// A loop around `body`; `variables` live in its body only.
    fn looping(
        &mut self,
        head: &str,
        has_value: bool,
        close: &str,
        variables: Vec<Var>,
        lead: &str,
    ) {
        let label = if self.random.chance(35) {
            Some(format!(
                "'{}",
                ["outer", "rows", "search"][self.loops.len() % 3]
            ))
        } else {
            None
        };
        let front = label
            .as_ref()
            .map_or(String::new(), |label| format!("{label}: "));
        let open = match head.split_once("loop {") {
            Some((before, _)) if has_value => format!("{before}{front}loop {{"),
            _ => format!("{front}{head} {{"),
        };
        self.loops.push(Loop { label, has_value });
        self.trips *= TRIPS;
        self.block(&open, close, |w| {
            for var in variables {
                w.scope.add(var);
            }
            if !lead.is_empty() {
                w.line(lead);
            }
            w.statements();
        });
        self.trips /= TRIPS;
        self.loops.pop();
    }

    fn over_a_range(&mut self) {
        let name = self.scope.fresh(self.random, Kind::Integer);
        let range = match self.random.below(8) {
            0 => "(0..4).rev()".to_string(),
            1 => "(0..7).step_by(2)".to_string(),
            2 => "1..=3".to_string(),
            3 => "(1..=4).rev()".to_string(),
            4 => "0..n.min(4)".to_string(),
            5 => "2..n.min(4)".to_string(),
            6 => format!("0..{} % 5", group(&self.integer(1))),
            _ => format!("0..{}", self.random.below(5)),
        };
        let variable = Var::new(&name, Kind::Integer, false);
        self.looping(
            &format!("for {name} in {range}"),
            false,
            "}",
            vec![variable],
            "",
        );
    }

    /// Over a list by reference, which stays readable.
    fn over_a_list(&mut self) {
        let Some(list) = self
            .scope
            .any(self.random, |v| v.kind.is_list() && !v.hidden)
        else {
            return self.over_a_range();
        };
        let name = self.scope.fresh(self.random, Kind::Scalar);
        let iter = format!("{}.iter()", list.name);
        let by_value = Var::new(&name, Kind::Scalar, false);
        let by_reference = Var::new(&name, Kind::Reference, false);
        let (head, variables) = match self.random.below(4) {
            0 => (format!("for &{name} in {iter}"), vec![by_value]),
            1 => (format!("for {name} in {iter}.rev()"), vec![by_reference]),
            2 => (format!("for {name} in {iter}"), vec![by_reference]),
            _ => {
                let index = self.scope.fresh(self.random, Kind::Integer);
                let at = Var::new(&index, Kind::Integer, false);
                (
                    format!("for ({index}, &{name}) in {iter}.enumerate()"),
                    vec![at, by_value],
                )
            }
        };
        self.scope.borrow(&list.name, false);
        self.looping(&head, false, "}", variables, "");
        self.scope.release(&list);
    }

    /// Over the elements of a list, to write them.
    fn over_elements(&mut self) {
        let Some(list) = self
            .scope
            .any(self.random, |v| v.kind.is_list() && v.mutable)
        else {
            return self.over_a_list();
        };
        self.scope.borrow(&list.name, true);
        let value = self.scalar_leaf();
        let name = self.fresh_unlike(&value);
        let variable = Var::new(&name, Kind::Reference, true);
        let head = format!("for {name} in {}.iter_mut()", list.name);
        let lead = format!("*{name} = *{name} * 0.8 + {value} * 0.1;");
        self.looping(&head, false, "}", vec![variable], &lead);
        self.scope.release(&list);
    }

    /// A name for a scalar that does not occur in `text`.
    fn fresh_unlike(&mut self, text: &str) -> String {
        loop {
            let name = self.scope.fresh(self.random, Kind::Scalar);
            if !text.contains(&name) {
                return name;
            }
        }
    }

    fn over_pairs(&mut self) {
        let readable = |v: &Var| v.kind.is_list() && !v.hidden;
        let (Some(left), Some(right)) = (
            self.scope.any(self.random, readable),
            self.scope.any(self.random, readable),
        ) else {
            return self.over_a_range();
        };
        let first = self.scope.fresh(self.random, Kind::Scalar);
        let second = format!("{first}_too");
        let variables = vec![
            Var::new(&first, Kind::Scalar, false),
            Var::new(&second, Kind::Reference, false),
        ];
        self.scope.borrow(&left.name, false);
        self.scope.borrow(&right.name, false);
        let head = format!(
            "for (&{first}, {second}) in {}.iter().zip({}.iter())",
            left.name, right.name
        );
        self.looping(&head, false, "}", variables, "");
        // In this order, so that a list zipped with itself gets back what it was at first.
        self.scope.release(&right);
        self.scope.release(&left);
    }

    /// The counter moves first, so that `continue` cannot run for ever.
    fn counted_while(&mut self) {
        let counter = self.scope.unused(self.random);
        self.line(format!("let mut {counter} = 0;"));
        self.scope.add(Var::new(&counter, Kind::Integer, false));
        let head = format!("while {counter} < {}", self.random.below(5));
        self.looping(&head, false, "}", Vec::new(), &format!("{counter} += 1;"));
    }

    fn data_while(&mut self) {
        let counter = self.scope.unused(self.random);
        self.line(format!("let mut {counter} = 0;"));
        self.scope.add(Var::new(&counter, Kind::Integer, false));
        let condition = self.condition();
        let head = format!("while {counter} < 4 && ({condition})");
        self.looping(&head, false, "}", Vec::new(), &format!("{counter} += 1;"));
    }

    fn loop_with_value(&mut self) {
        let counter = self.scope.unused(self.random);
        self.line(format!("let mut {counter} = 0;"));
        self.scope.add(Var::new(&counter, Kind::Integer, false));
        let (condition, value) = (self.condition(), self.scalar(1));
        let lead =
            format!("{counter} += 1; if {counter} > 3 || ({condition}) {{ break {value}; }}");
        let name = self.scope.fresh(self.random, Kind::Scalar);
        let head = format!("let mut {name} = loop {{");
        self.looping(&head, true, "};", Vec::new(), &lead);
        self.scope.add(Var::new(&name, Kind::Scalar, true));
    }
}
