//! Random statements about memory in more than one piece: lists that grow and shrink, matrices, and views into lists.

use super::Writer;
use super::expressions::group;
use super::scope::{Kind, Var};

impl Writer<'_> {
    /// A statement about lists of changing length, matrices or views.
    pub fn memory_statement(&mut self) {
        self.cost += 10 * self.trips;
        match self.random.below(10) {
            0 => self.growing_binding(),
            1..=3 => self.growing_change(),
            4 => self.matrix_binding(),
            5 => self.matrix_change(),
            6 => self.view(),
            7 => self.view_change(),
            _ => self.moving_views(),
        }
    }

    fn growing_binding(&mut self) {
        let list = self
            .scope
            .any(self.random, |v| v.kind.is_list() && !v.hidden);
        let (first, second) = (self.scalar(1), self.scalar_leaf());
        let value = match (self.random.below(3), list) {
            (0, Some(list)) => format!(
                "{}.iter().map(|e| e * 0.5 + {second}).collect::<Vec<f64>>()",
                list.name
            ),
            (1, Some(list)) => format!("{}[..1].to_vec()", list.name),
            _ => format!("vec![{first}, {second}]"),
        };
        let name = self.declare(Kind::Growing, true);
        self.line(format!("let mut {name} = {value};"));
    }

    fn growing_change(&mut self) {
        let own = |v: &Var| v.kind == Kind::Growing && v.mutable;
        let Some(list) = self.scope.any(self.random, own) else {
            return self.growing_binding();
        };
        let name = list.name.clone();
        self.scope.borrow(&name, true);
        let (value, other, limit) = (self.scalar(1), self.scalar_leaf(), self.limit());
        self.scope.release(&list);
        // Never empty, and never long.
        let text = match self.random.below(12) {
            0..=2 => format!("if {name}.len() < 8 {{ {name}.push({value}); }}"),
            3 => format!("if {name}.len() > 1 {{ {name}.pop(); }}"),
            4 => {
                let (popped, word) = match self.random.chance(50) {
                    true => (format!("{name}.pop()"), "Some(last)"),
                    false => (format!("{name}.pop()"), "Some(mut last)"),
                };
                let touch = if word.contains("mut") {
                    "last *= 0.5; "
                } else {
                    ""
                };
                self.bind("0.0".to_string());
                let Some(sum) = self
                    .scope
                    .any(self.random, |v| v.kind == Kind::Scalar && v.mutable)
                else {
                    return;
                };
                format!(
                    "while let {word} = {popped} {{ {touch}{0} = {0} * 0.5 + last; if last > {limit} {{ break; }} }} {name}.push({value});",
                    sum.name
                )
            }
            5 => format!("{name}.insert(0, {value}); {name}.truncate(6);"),
            6 => format!("let gone = {name}.remove(0); {name}.push(gone * {other});"),
            7 => format!("{name}.extend([{value}, {other} * 0.3]); {name}.truncate(5);"),
            8 => format!(
                "let mut tail = {name}.split_off(1); tail.push({value}); {name}.append(&mut tail); {name}.truncate(6);"
            ),
            9 => format!(
                "if let Some(last) = {name}.last_mut() {{ *last = *last * 0.4 + {value}; }}"
            ),
            10 => {
                format!("let gone = {name}.swap_remove(0); {name}.insert(0, gone.sin() + {other});")
            }
            _ => format!(
                "let kept = std::mem::take(&mut {name}); {name} = kept.into_iter().rev().map(|e| e * 0.7).collect(); {name}.push({value}); {name}.truncate(7);"
            ),
        };
        self.line(text);
    }

    fn matrix_binding(&mut self) {
        let (a, b, c) = (self.scalar(1), self.scalar_leaf(), self.scalar_leaf());
        let value = match self.random.below(3) {
            0 => format!("[[{a}; 3]; 3]"),
            1 => format!("vec![vec![{a}, {b}, 0.2], vec![{b}, {c}, 0.7], vec![0.1; 3]]"),
            _ => format!("[[{a}, {b}, 0.3], [{c}, 0.6, {a}], [0.1, {b}, {c}]]"),
        };
        let name = self.declare(Kind::Matrix, true);
        self.line(format!("let mut {name} = {value};"));
    }

    fn matrix_change(&mut self) {
        let own = |v: &Var| v.kind == Kind::Matrix && v.mutable;
        let Some(matrix) = self.scope.any(self.random, own) else {
            return self.matrix_binding();
        };
        let name = matrix.name.clone();
        let (i, j) = (self.integer(1), self.integer(1));
        let (i, j) = (group(&i), group(&j));
        match self.random.below(7) {
            0 | 1 => self.assign(&format!("{name}[{i} % 3][{j} % 3]")),
            2 => self.line(format!("{name}.swap({i} % 3, {j} % 3);")),
            3 => self.line(format!(
                "for r in 0..3 {{ for c in 0..r {{ {name}[r][c] = {name}[c][r] * 0.8 + {name}[r][r] * 0.1; }} }}"
            )),
            4 => {
                let value = self.scalar_leaf();
                self.line(format!(
                    "for row in &mut {name} {{ for e in row.iter_mut() {{ *e = (*e * 0.6).sin(); }} row[0] += row[2] * 0.5; }} {name}[0][1] += {value};"
                ));
            }
            5 => self.bind(format!(
                "{{ let mut trace = 0.0; for (k, row) in {name}.iter().enumerate() {{ trace += row[k] * row[2 - k]; }} trace.atan() }}"
            )),
            _ => self.bind(format!(
                "{name}.iter().map(|row| row.iter().fold(1.0, |p, e| p * e.cos())).sum::<f64>() * 0.4"
            )),
        }
    }

    /// A list that may be read, and one that may be written besides.
    fn readable(&mut self) -> Option<String> {
        let list = self
            .scope
            .any(self.random, |v| v.kind.is_list() && !v.hidden)?;
        Some(list.name)
    }

    fn view(&mut self) {
        let Some(name) = self.readable() else {
            return self.growing_binding();
        };
        let (y, limit) = (self.scalar_leaf(), self.limit());
        let value = match self.random.below(7) {
            0 => format!(
                "{{ let (l, r) = {name}.split_at(1); l[0] * {y} + r.iter().sum::<f64>() * 0.3 }}"
            ),
            1 => format!("{name}.chunks(2).map(|c| c[0] * c[c.len() - 1]).sum::<f64>() * 0.5"),
            2 => {
                format!("if let [first, .., last] = &{name}[..] {{ first * last }} else {{ {y} }}")
            }
            3 => format!(
                "match &{name}[..] {{ [] => 0.3, [e] => e.sin(), [e, rest @ ..] => e * 0.5 + rest[0] * {y} }}"
            ),
            4 => format!(
                "{name}.first().map_or({y}, |e| e * 0.9) + {name}.get(2).copied().unwrap_or({y})"
            ),
            5 => format!(
                "{name}.iter().position(|e| *e > {limit}).map_or({y}, |k| {name}[k].tanh())"
            ),
            _ => format!(
                "{name}.rchunks(3).map(|c| c.iter().product::<f64>()).fold({y}, |h, e| h * 0.4 + e.sin())"
            ),
        };
        self.bind(value);
    }

    fn view_change(&mut self) {
        let own = |v: &Var| v.kind.is_list() && v.mutable;
        let Some(list) = self.scope.any(self.random, own) else {
            return self.growing_binding();
        };
        let name = list.name.clone();
        self.scope.borrow(&name, true);
        let y = self.scalar_leaf();
        self.scope.release(&list);
        let text = match self.random.below(5) {
            0 => format!(
                "{{ let (l, r) = {name}.split_at_mut(1); l[0] = l[0] * 0.5 + {y}; for e in r {{ *e += l[0] * 0.2; }} }}"
            ),
            1 => format!(
                "for c in {name}.chunks_mut(2) {{ c[0] = (c[0] * {y}).sin() + c[c.len() - 1] * 0.3; }}"
            ),
            2 => format!(
                "if let [first, .., last] = &mut {name}[..] {{ std::mem::swap(first, last); *last *= 0.8; }}"
            ),
            3 => format!(
                "{{ let mid = {name}.len() / 2; let tail = &mut {name}[mid..]; tail[0] *= {y}.cos(); tail.reverse(); }}"
            ),
            _ => format!(
                "{{ let l = {name}.len(); let k = {name}[l - 1] * 0.4 + {y}; {name}[..l].rotate_left(1); {name}[0] -= k; }}"
            ),
        };
        self.line(text);
    }

    /// Nested loops over views that start where the loops say.
    fn moving_views(&mut self) {
        let (Some(name), Some(other)) = (self.readable(), self.readable()) else {
            return self.growing_binding();
        };
        let (y, limit) = (self.scalar_leaf(), self.limit());
        let sum = format!("sum{}", self.lines.len());
        self.line(format!("let mut {sum} = {y};"));
        let text = match self.random.below(4) {
            0 => format!(
                "for j in 0..{name}.len() {{ let v = &{name}[j..]; for i in 0..v.len() {{ {sum} += v[i] * 0.2 * (i as f64 - 1.0); }} }}"
            ),
            1 => format!(
                "for j in 0..3 {{ for (e, h) in {name}[j.min({name}.len() - 1)..].iter().zip(&{other}[..]) {{ {sum} = ({sum} * 0.7 + e * h).sin(); }} }}"
            ),
            2 => format!(
                "for (k, w) in {name}.windows(2).enumerate().skip(1) {{ if w[0] < {limit} {{ continue; }} {sum} += w[1] * (k as f64) * 0.2; }}"
            ),
            _ => format!(
                "for i in (0..{name}.len()).rev() {{ let (l, r) = {name}.split_at(i); {sum} = {sum} * 0.5 + r[0]; for e in l.iter().rev().take(2) {{ {sum} -= e * 0.1; }} }}"
            ),
        };
        self.line(text);
        self.bind(format!("{sum}.tanh()"));
    }
}
