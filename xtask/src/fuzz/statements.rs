//! Random statements without loops: bindings, assignments, branches, matches, memory, exits.

use super::Writer;
use super::expressions::group;
use super::scope::{Kind, Var};

impl Writer<'_> {
    /// Statements until the fuel of this level is spent.
    pub fn statements(&mut self) {
        let most = 2 + self.random.below(5);
        for _ in 0..most {
            if self.fuel == 0 {
                return;
            }
            self.fuel -= 1;
            self.cost += self.trips;
            self.statement();
        }
        if self.indent == 2 && self.fuel > 0 {
            self.statements();
        }
    }

    fn statement(&mut self) {
        let nested = self.indent < 6;
        // A binding in a block is soon forgotten; an assignment reaches what comes after.
        let inner = self.indent > 2;
        match self.random.below(36) {
            0..=3 if inner && self.random.chance(70) => self.assignment(),
            0..=3 => self.binding(),
            4..=6 => self.assignment(),
            7 | 8 => self.list_write(),
            9 => self.list_binding(),
            10 => self.list_method(),
            11 => self.integer_statement(),
            12 => self.pair_statement(),
            13 | 14 if nested => self.branch(),
            15 if nested => self.match_statement(),
            16 if nested => self.branch_value(),
            17 if nested => self.option_match(),
            18 if nested => self.deferred(),
            19..=21 if nested => self.a_loop(),
            22 => self.exit(),
            23..=26 => self.chain_statement(),
            27..=30 => self.data_statement(),
            31..=34 => self.memory_statement(),
            _ => self.call_statement(),
        }
    }

    /// A new variable of the kind, which the next line declares.
    pub fn declare(&mut self, kind: Kind, mutable: bool) -> String {
        let name = self.scope.fresh(self.random, kind);
        self.scope.add(Var::new(&name, kind, mutable));
        name
    }

    fn binding(&mut self) {
        let value = self.scalar(2);
        let mutable = self.random.chance(60);
        let name = self.declare(Kind::Scalar, mutable);
        let word = if mutable { "mut " } else { "" };
        let kind = if self.random.chance(15) { ": f64" } else { "" };
        self.line(format!("let {word}{name}{kind} = {value};"));
    }

    fn assignment(&mut self) {
        let scalar = |v: &Var| v.mutable && matches!(v.kind, Kind::Scalar | Kind::Reference);
        let Some(var) = self.scope.any(self.random, scalar) else {
            return self.binding();
        };
        let place = if var.kind == Kind::Reference {
            format!("*{}", var.name)
        } else {
            var.name
        };
        self.assign(&place);
    }

    /// An assignment of any form to a scalar place, which stays bounded.
    pub fn assign(&mut self, place: &str) {
        let value = self.scalar(2);
        let text = match self.random.below(7) {
            0 => format!("{place} += {value};"),
            1 => format!("{place} -= {value};"),
            2 => format!("{place} *= {}.cos();", group(&value)),
            3 => format!("{place} /= 1.2 + {}.tanh();", group(&value)),
            4 => format!("{place} = {place} * 0.5 + {value};"),
            5 => format!("{place} = ({place} * {}).sin();", group(&value)),
            _ => format!("{place} = {value};"),
        };
        self.line(text);
    }

    fn list_write(&mut self) {
        let Some(list) = self
            .scope
            .any(self.random, |v| v.kind.is_list() && v.mutable)
        else {
            return self.list_binding();
        };
        let mut place = self.element(&list);
        // rustc borrows a `Vec` before it evaluates the index.
        if list.kind == Kind::Growing {
            let (at, index) = (format!("at{}", self.lines.len()), self.integer(1));
            self.line(format!("let {at} = ({index}) % {}.len();", list.name));
            place = format!("{}[{at}]", list.name);
        }
        self.assign(&place);
    }

    fn list_binding(&mut self) {
        let list = self
            .scope
            .any(self.random, |v| v.kind == Kind::Array && !v.hidden);
        let (value, kind) = match (self.random.below(4), list) {
            (0, _) => {
                let first = self.scalar(1);
                let second = self.scalar_leaf();
                (
                    format!("vec![{first}, {second}, 0.3, {second}]"),
                    Kind::Vector,
                )
            }
            (1, _) => (format!("vec![{}; 4]", self.scalar(1)), Kind::Vector),
            (2, Some(list)) => (format!("{}.to_vec()", list.name), Kind::Vector),
            _ => {
                let first = self.scalar(1);
                let second = self.scalar_leaf();
                let third = self.number();
                let fourth = self.scalar(1);
                (
                    format!("[{first}, {second}, {third}, {fourth}]"),
                    Kind::Array,
                )
            }
        };
        let name = self.declare(kind, true);
        self.line(format!("let mut {name} = {value};"));
    }

    fn list_method(&mut self) {
        let own = |v: &Var| matches!(v.kind, Kind::Array | Kind::Vector) && v.mutable;
        let Some(list) = self.scope.any(self.random, own) else {
            return self.list_binding();
        };
        let name = list.name.clone();
        let text = match self.random.below(4) {
            0 => {
                let (i, j) = (self.random.below(4), self.random.below(4));
                format!("{name}.swap({i}, {j});")
            }
            1 => {
                self.scope.borrow(&name, true);
                let value = self.scalar(1);
                self.scope.release(&list);
                format!("{name}[1..3].fill({value});")
            }
            2 => {
                let size4 = |v: &Var| {
                    matches!(v.kind, Kind::Array | Kind::Vector) && !v.hidden && v.name != name
                };
                match self.scope.any(self.random, size4) {
                    Some(other) => format!("{name}.copy_from_slice(&{});", other.name),
                    None => format!("{name}[..2].copy_from_slice(&[{}, 0.4]);", self.plain()),
                }
            }
            _ => {
                let (i, j) = (self.random.below(4), self.random.below(4));
                format!("({name}[{i}], {name}[{j}]) = ({name}[{j}] * 0.9, {name}[{i}]);")
            }
        };
        self.line(text);
    }

    /// A scalar variable, or a number when there is none.
    fn plain(&mut self) -> String {
        let scalar = |v: &Var| v.kind == Kind::Scalar && !v.hidden;
        self.scope
            .any(self.random, scalar)
            .map_or("0.25".to_string(), |var| var.name)
    }

    fn integer_statement(&mut self) {
        let value = self.integer(1);
        let mutable = |v: &Var| v.kind == Kind::Integer && v.mutable;
        match self.scope.any(self.random, mutable) {
            Some(var) if self.random.chance(60) => {
                self.line(format!("{0} = ({0} + {value}) % 5;", var.name));
            }
            _ => {
                let name = self.declare(Kind::Integer, true);
                self.line(format!("let mut {name} = {} % 5;", group(&value)));
            }
        }
    }

    fn pair_statement(&mut self) {
        let (first, second) = (self.scalar(1), self.scalar(1));
        let pair = |v: &Var| v.kind == Kind::Pair && v.mutable;
        match (self.random.below(4), self.scope.any(self.random, pair)) {
            (0, Some(var)) => self.line(format!("{} = ({first}, {second});", var.name)),
            (1, Some(var)) => {
                let place = format!("{}.{}", var.name, self.random.below(2));
                self.assign(&place);
            }
            (2, _) => {
                let left = self.declare(Kind::Scalar, false);
                let right = loop {
                    let name = self.scope.fresh(self.random, Kind::Scalar);
                    if name != left {
                        break name;
                    }
                };
                self.scope.add(Var::new(&right, Kind::Scalar, false));
                self.line(format!("let ({left}, {right}) = ({first}, {second});"));
            }
            _ => {
                let name = self.declare(Kind::Pair, true);
                self.line(format!("let mut {name} = ({first}, {second});"));
            }
        }
    }

    fn branch(&mut self) {
        let condition = self.condition();
        self.block(&format!("if {condition} {{"), "}", Self::statements);
        if self.random.chance(60) {
            let last = self.lines.pop();
            let open = if self.random.chance(30) {
                format!("}} else if {} {{", self.condition())
            } else {
                "} else {".to_string()
            };
            debug_assert!(last.is_some_and(|line| line.trim() == "}"));
            self.block(&open, "}", Self::statements);
        }
    }

    /// `let t = if … { …; value } else { value };`
    fn branch_value(&mut self) {
        let condition = self.condition();
        let probe = self.scope.mark();
        self.block(
            &format!("let chosen = if {condition} {{"),
            "} else {",
            |w| {
                w.statements();
                let value = w.scalar(1);
                w.line(value);
            },
        );
        self.indent += 1;
        let other = if self.random.chance(25) && self.can_leave() {
            self.leaving()
        } else {
            self.scalar(1)
        };
        self.line(other);
        self.indent -= 1;
        self.line("};");
        self.scope.leave(probe);
        let name = self.declare(Kind::Scalar, true);
        self.line(format!("let mut {name} = chosen;"));
    }

    fn match_statement(&mut self) {
        let number = self.integer(1);
        let as_value = self.random.chance(50);
        let front = if as_value { "let picked = " } else { "" };
        let back = if as_value { "};" } else { "}" };
        self.block(
            &format!("{front}match {} % 4 {{", group(&number)),
            back,
            |w| {
                let guard = w.comparison_guard();
                for pattern in ["0".to_string(), guard, "1 | 2".to_string(), "_".to_string()] {
                    w.block(&format!("{pattern} => {{"), "}", |w| {
                        w.statements();
                        if as_value {
                            let value = w.scalar(1);
                            w.line(value);
                        }
                    });
                }
            },
        );
        if as_value {
            let name = self.declare(Kind::Scalar, false);
            self.line(format!("let {name} = picked;"));
        }
    }

    fn comparison_guard(&mut self) -> String {
        format!(
            "kind if kind < 3 && {}",
            self.condition().replace("||", "&&")
        )
    }

    fn option_match(&mut self) {
        let condition = self.condition();
        let (some, none) = (self.scalar(2), self.scalar(1));
        self.line(format!(
            "let maybe = if {condition} {{ Some({some}) }} else {{ None }};"
        ));
        let inner = self.scope.fresh(self.random, Kind::Scalar);
        let mark = self.scope.mark();
        self.scope.add(Var::new(&inner, Kind::Scalar, false));
        let value = self.scalar(1);
        self.scope.leave(mark);
        let name = self.declare(Kind::Scalar, false);
        if self.random.chance(50) {
            self.line(format!("let {name} = match maybe {{"));
            self.line(format!("    Some({inner}) => {value} + {inner},"));
            self.line(format!("    None => {none},"));
            self.line("};");
        } else {
            self.line(format!(
                "let {name} = if let Some({inner}) = maybe {{ {value} * {inner} }} else {{ {none} }};"
            ));
        }
    }

    fn deferred(&mut self) {
        let condition = self.condition();
        // A deferred binding inside the branches must not take the name from this one.
        let later = format!("later{}", self.lines.len());
        self.line(format!("let {later};"));
        self.block(&format!("if {condition} {{"), "} else {", |w| {
            w.statements();
            let value = w.scalar(2);
            w.line(format!("{later} = {value};"));
        });
        self.indent += 1;
        let value = self.scalar(1);
        self.line(format!("{later} = {value};"));
        self.indent -= 1;
        self.line("}");
        let name = self.declare(Kind::Scalar, true);
        self.line(format!("let mut {name} = {later};"));
    }

    fn call_statement(&mut self) {
        let Some(call) = self.call() else {
            return self.binding();
        };
        let name = self.declare(Kind::Scalar, true);
        self.line(format!("let mut {name} = {call};"));
    }

    /// A conditional way out of a loop or of the function.
    fn exit(&mut self) {
        if !self.can_leave() {
            return self.binding();
        }
        let condition = self.condition();
        let leaving = self.leaving();
        if self.random.chance(40) {
            self.block(&format!("if {condition} {{"), "}", |w| {
                w.assignment();
                w.line(format!("{leaving};"));
            });
        } else {
            self.line(format!("if {condition} {{ {leaving}; }}"));
        }
    }

    /// Inside a loop anything may leave; outside only now and then, so that most programs run on.
    pub fn can_leave(&mut self) -> bool {
        !self.loops.is_empty() || self.random.chance(40)
    }

    /// `break`, `continue` or `return`, with what it needs.
    pub fn leaving(&mut self) -> String {
        let choice = self.random.below(6);
        if self.loops.is_empty() || choice == 0 {
            return format!("return {}", self.scalar(1));
        }
        let labelled: Vec<usize> = (0..self.loops.len())
            .filter(|&at| self.loops[at].label.is_some())
            .collect();
        let outer = !labelled.is_empty() && self.random.chance(50);
        let at = if outer {
            *self.random.pick(&labelled)
        } else {
            self.loops.len() - 1
        };
        let label = match (&self.loops[at].label, outer) {
            (Some(label), true) => format!(" {label}"),
            _ => String::new(),
        };
        if choice < 3 {
            return format!("continue{label}");
        }
        if self.loops[at].has_value {
            return format!("break{label} {}", self.scalar(1));
        }
        format!("break{label}")
    }
}
