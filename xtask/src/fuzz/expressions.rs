//! Random expressions: scalars that stay bounded, small integers, conditions, calls.

use super::scope::{Kind, Var};
use super::{MOST_COST, Writer};

impl Writer<'_> {
    /// A scalar expression of at most `depth` levels that names at least one variable.
    pub fn scalar(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.scalar_leaf();
        }
        let inner = self.scalar(depth - 1);
        let grouped = group(&inner);
        match self.random.below(19) {
            0 => format!("{grouped}.sin()"),
            1 => format!("{grouped}.tanh()"),
            2 => format!("(0.7 * {grouped}).cos()"),
            3 => format!("{grouped}.atan()"),
            4 => format!("(-{grouped} * {grouped}).exp()"),
            5 => format!("(1.0 + {grouped} * {grouped}).ln()"),
            6 => format!("(1.5 + {grouped}.sin()).sqrt()"),
            7 => {
                let other = self.scalar(depth - 1);
                format!("{grouped} / (1.0 + {}.powi(2))", group(&other))
            }
            8 => {
                let other = self.scalar_leaf();
                format!("{grouped}.tanh() * {other}")
            }
            9 => {
                let other = self.scalar(depth - 1);
                format!("0.5 * ({inner} - {})", group(&other))
            }
            10 => {
                let other = self.scalar_leaf();
                format!("{grouped}.max({other})")
            }
            11 => {
                let other = self.scalar_leaf();
                format!("{grouped}.mul_add(0.4, {other})")
            }
            12 => format!("{grouped}.abs()"),
            13 => {
                let number = self.integer(1);
                format!("{grouped} * {} as f64 * 0.2", group(&number))
            }
            14 => {
                let condition = self.condition();
                let other = self.scalar_leaf();
                format!("(if {condition} {{ {inner} }} else {{ {other} * 0.5 }})")
            }
            15 => self.call().unwrap_or(inner),
            16 => {
                let number = self.number();
                format!("({inner} + {number})")
            }
            17 => format!("-{grouped}"),
            _ => {
                let other = self.scalar_leaf();
                format!("({inner} + {other})")
            }
        }
    }

    /// A variable, an element or a field.
    pub fn scalar_leaf(&mut self) -> String {
        let leaf = |var: &Var| !var.hidden && !matches!(var.kind, Kind::Integer | Kind::Shape);
        let Some(var) = self.scope.any(self.random, leaf) else {
            return "x[0]".to_string();
        };
        match var.kind {
            Kind::Reference => format!("*{}", var.name),
            Kind::Pair => format!("{}.{}", var.name, self.random.below(2)),
            Kind::Matrix => {
                let (row, number) = (self.random.below(3), self.integer(1));
                format!("{}[{row}][{} % 3]", var.name, group(&number))
            }
            Kind::Body => match self.random.below(4) {
                0 => format!("{}.l[{}]", var.name, self.random.below(3)),
                1 => format!("{}.b", var.name),
                _ => format!("{}.a", var.name),
            },
            kind if kind.is_list() => self.element(&var),
            _ => var.name,
        }
    }

    /// `list[index]` with an index that is always inside.
    pub fn element(&mut self, list: &Var) -> String {
        let index = self.index(list);
        format!("{}[{index}]", list.name)
    }

    fn index(&mut self, list: &Var) -> String {
        let known = !matches!(list.kind, Kind::Slice | Kind::Growing);
        if known && self.random.chance(40) {
            return self.random.below(4).to_string();
        }
        let number = self.integer(1);
        let number = group(&number);
        if known {
            format!("{number} % 4")
        } else {
            format!("{number} % {}.len()", list.name)
        }
    }

    /// A small integer expression, never negative.
    pub fn integer(&mut self, depth: usize) -> String {
        let leaf = match self
            .scope
            .any(self.random, |v| v.kind == Kind::Integer && !v.hidden)
        {
            Some(var) if self.random.chance(75) => var.name,
            _ => return self.random.below(4).to_string(),
        };
        if depth == 0 {
            return leaf;
        }
        match self.random.below(4) {
            0 => format!("{leaf} + {}", self.random.below(4)),
            1 => format!("{leaf} * {} + 1", 1 + self.random.below(3)),
            2 => format!("{leaf} / 2"),
            _ => leaf,
        }
    }

    /// A literal with two decimals in 0.05..1.5.
    pub fn number(&mut self) -> String {
        let hundredths = 5 + self.random.below(145);
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }

    /// A condition on data, on integers, or on both.
    pub fn condition(&mut self) -> String {
        match self.random.below(8) {
            0 => {
                let number = self.integer(1);
                format!(
                    "{} % {} == {}",
                    group(&number),
                    2 + self.random.below(2),
                    self.random.below(2)
                )
            }
            1 => format!("{} && {}", self.comparison(), self.comparison()),
            2 => format!("{} || {}", self.comparison(), self.comparison()),
            3 => format!("!({})", self.comparison()),
            _ => self.comparison(),
        }
    }

    fn comparison(&mut self) -> String {
        let leaf = self.scalar_leaf();
        let threshold = self.random.below(160) as f64 / 100.0 - 0.8;
        let operator = if self.random.chance(50) { ">" } else { "<" };
        // A prime factor keeps the thresholds off the values that programs like to produce.
        format!("{leaf} {operator} {:.4}", threshold + 0.0037)
    }

    /// A call of an earlier program, when one is cheap enough here.
    pub fn call(&mut self) -> Option<String> {
        if self.callees.is_empty() {
            return None;
        }
        let callee = self.random.pick(self.callees).clone();
        let cost = self.trips * callee.cost;
        if self.cost + cost > MOST_COST {
            return None;
        }
        // The written list is borrowed while the other arguments are evaluated.
        let written = if callee.writes {
            Some(
                self.scope
                    .any(self.random, |v| v.kind.is_list() && v.mutable)?,
            )
        } else {
            None
        };
        self.cost += cost;
        if let Some(list) = &written {
            self.scope.borrow(&list.name, true);
        }
        let first = self.scalar_leaf();
        let second = self.scalar(1);
        let list = self
            .scope
            .any(self.random, |v| v.kind.is_list() && !v.hidden);
        let slice = list.map_or("&[0.3, 0.9]".to_string(), |list| self.slice_of(&list));
        let number = self.random.below(4);
        if let Some(list) = &written {
            self.scope.release(list);
        }
        let name = if self.random.chance(50) {
            format!("{0}::{0}", callee.name)
        } else {
            format!("super::{0}::{0}", callee.name)
        };
        let last = match written {
            None => String::new(),
            Some(list) if matches!(list.kind, Kind::Slice | Kind::Growing) => {
                format!(", &mut {}[..]", list.name)
            }
            Some(list) if self.random.chance(40) => format!(", &mut {}[1..3]", list.name),
            Some(list) => format!(", &mut {}", list.name),
        };
        Some(format!(
            "{name}({first}, {second}, {slice}, {number}{last})"
        ))
    }

    /// A shared slice of a list, whole or in part.
    fn slice_of(&mut self, list: &Var) -> String {
        if matches!(list.kind, Kind::Slice | Kind::Growing) {
            return format!("&{}[..]", list.name);
        }
        match self.random.below(3) {
            0 => format!("&{}[1..3]", list.name),
            1 => format!("&{}[2..]", list.name),
            _ => format!("&{}", list.name),
        }
    }
}

/// The expression in parentheses, where it needs them as an operand or a receiver.
pub fn group(text: &str) -> String {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let name = text.trim_start_matches(word);
    let element = name.starts_with('[') && name.find(']') == Some(name.len() - 1);
    if text.starts_with(word) && (name.is_empty() || element) {
        return text.to_string();
    }
    format!("({text})")
}
