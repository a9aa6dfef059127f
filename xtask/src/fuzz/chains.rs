//! Random chains of iterators, closures, options and vectors whose elements move, each as one bounded scalar.

use super::Writer;
use super::expressions::group;
use super::scope::{Kind, Var};

impl Writer<'_> {
    /// A scalar, or a new vector, that comes out of the richer half of the language.
    pub fn chain_statement(&mut self) {
        // What is computed goes on as a variable of its own, or into one that is there.
        let Some(value) = self.rich() else {
            return;
        };
        let scalar = |v: &Var| v.mutable && v.kind == Kind::Scalar;
        match self.scope.any(self.random, scalar) {
            Some(var) if self.random.chance(60) => {
                self.line(format!("{0} = {0} * 0.5 + {1};", var.name, group(&value)));
            }
            _ => {
                let mutable = self.random.chance(40);
                let name = self.scope.fresh(self.random, Kind::Scalar);
                let word = if mutable { "mut " } else { "" };
                self.line(format!("let {word}{name}: f64 = {value};"));
                self.scope.add(Var::new(&name, Kind::Scalar, mutable));
            }
        }
    }

    fn rich(&mut self) -> Option<String> {
        self.cost += 8 * self.trips;
        match self.random.below(6) {
            0 => Some(self.closure()),
            1 => Some(self.option()),
            2 => self.moved(),
            _ => self.chain(),
        }
    }

    /// A list and one more, both readable.
    fn lists(&mut self) -> Option<(String, String)> {
        let readable = |v: &Var| v.kind.is_list() && !v.hidden;
        let one = self.scope.any(self.random, readable)?;
        let other = self.scope.any(self.random, readable)?;
        Some((one.name, other.name))
    }

    fn chain(&mut self) -> Option<String> {
        let (list, other) = self.lists()?;
        let (y, z) = (self.scalar_leaf(), self.scalar_leaf());
        let limit = self.limit();
        let head = match self.random.below(6) {
            0 => format!("{list}.iter().rev()"),
            1 => format!("{list}.iter().skip(1)"),
            2 => format!("{list}.iter().take({})", 1 + self.random.below(4)),
            3 => format!("{list}.iter().chain(&{other}[1..])"),
            _ => format!("{list}.iter()"),
        };
        Some(match self.random.below(13) {
            0 => format!("{head}.map(|e| (e * {y}).sin()).sum::<f64>() * 0.3"),
            1 => format!(
                "{head}.enumerate().filter(|(k, _)| k % 2 == {}).map(|(_, e)| e.tanh() * {y}).sum::<f64>() * 0.4",
                self.random.below(2)
            ),
            2 => format!(
                "{list}.iter().zip({other}.iter().rev()).map(|(e, h)| e * h.cos()).sum::<f64>() * 0.3"
            ),
            3 => format!("{head}.copied().fold({y}, |h, e| (h * 0.6 + e).tanh())"),
            4 => {
                format!("{head}.copied().map(f64::sin).fold(f64::NEG_INFINITY, f64::max).max(-2.0)")
            }
            5 => format!(
                "{head}.scan({y}, |h, e| {{ *h = (*h * 0.5 + e).sin(); Some(*h) }}).take(3).sum::<f64>() * 0.3"
            ),
            6 => format!("{list}.windows(2).map(|e| (e[1] - e[0]) * {y}).sum::<f64>() * 0.5"),
            7 => format!(
                "{head}.filter_map(|e| {{ let h = if *e > {limit} {{ Some(e * {y}) }} else {{ None }}; let h = h?; Some(h.atan()) }}).sum::<f64>() * 0.4"
            ),
            8 => format!("{head}.flat_map(|e| [*e, e * {y}]).map(|e| e.cos()).sum::<f64>() * 0.1"),
            9 => format!(
                "{head}.try_fold({y}, |h, e| if *e > {limit} {{ Some((h + e) * 0.5) }} else {{ None }}).unwrap_or({z})"
            ),
            10 => format!("{head}.copied().min_by(|e, h| e.total_cmp(h)).unwrap_or({z})"),
            11 => format!(
                "{head}.map(|e| if *e < {limit} {{ None }} else {{ Some(e * {y}) }}).sum::<Option<f64>>().map_or({z}, |e| e.tanh())"
            ),
            _ => format!(
                "{head}.map(|e| e * {y}).enumerate().collect::<Vec<(usize, f64)>>().iter().map(|p| p.1 * (p.0 as f64 * 0.2 + 0.1)).sum::<f64>() * 0.5"
            ),
        })
    }

    /// A closure that captures and is called twice, or a function that is chosen.
    fn closure(&mut self) -> String {
        let (y, z) = (self.scalar_leaf(), self.scalar_leaf());
        let (first, second) = (self.scalar_leaf(), self.scalar(1));
        let limit = self.limit();
        let closure = match self.random.below(4) {
            0 => format!("|e: f64| (e * {y}).sin() + {z} * 0.3"),
            1 => format!("|e: f64| {{ if e > {limit} {{ return e * {y}; }} (e + {z}).cos() }}"),
            2 => {
                let condition = self.condition();
                format!("if {condition} {{ f64::sin }} else {{ f64::tanh }}")
            }
            _ => {
                let y = group(&y);
                format!("|e: f64| if {y} > e {{ e.atan() }} else {{ {y}.tanh() * {z} }}")
            }
        };
        // A call may change a list that the closure has captured, so it comes before.
        format!("{{ let given = {second}; let f = {closure}; f({first}) * 0.5 + f(given).tanh() }}")
    }

    fn option(&mut self) -> String {
        let condition = self.condition();
        let (value, y, z) = (self.scalar(1), self.scalar_leaf(), self.scalar_leaf());
        let limit = self.limit();
        let found = format!("let o = if {condition} {{ Some({value}) }} else {{ None }};");
        match self.random.below(3) {
            0 => format!(
                "{{ {found} o.map(|e| e * {y}).filter(|e| *e > {limit}).unwrap_or({z}).tanh() }}"
            ),
            1 => format!(
                "{{ {found} if let Some(e) = o {{ (e + {y}).sin() }} else {{ {z} * 0.5 }} }}"
            ),
            _ => format!(
                "{{ {found} let f = |o: Option<f64>| -> Option<f64> {{ let e = o?; if e > {limit} {{ return None; }} Some(e * {y}) }}; f(o).unwrap_or({z}).atan() }}"
            ),
        }
    }

    /// A copy of a list whose elements move.
    fn moved(&mut self) -> Option<String> {
        let (list, _) = self.lists()?;
        let (y, limit) = (self.scalar_leaf(), self.limit());
        let step = match self.random.below(6) {
            0 => "l.sort_by(|e, h| e.total_cmp(h));".to_string(),
            1 => "l.sort_by(|e, h| h.partial_cmp(e).unwrap()); l.rotate_left(1);".to_string(),
            2 => "l.reverse(); let end = l.len() - 1; l.copy_within(..1, end);".to_string(),
            3 => format!("l.retain(|e| *e > {limit}); l.push({y});"),
            4 => format!("let e: f64 = l.drain(..1).sum(); l.push(e * {y});"),
            _ => {
                format!("l.sort_unstable_by(f64::total_cmp); l.iter_mut().for_each(|e| *e *= {y});")
            }
        };
        Some(format!(
            "{{ let mut l = {list}.to_vec(); {step} l[0] * 0.7 - l[l.len() - 1] * l.iter().sum::<f64>() * 0.2 }}"
        ))
    }

    /// A threshold that programs do not produce themselves.
    pub fn limit(&mut self) -> String {
        let threshold = self.random.below(120) as f64 / 100.0 - 0.6;
        format!("{:.4}", threshold + 0.0037)
    }
}
