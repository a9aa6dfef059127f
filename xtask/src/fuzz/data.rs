//! Random statements about structs and enums: made, changed in parts, matched, taken apart, and given to methods.

use super::Writer;
use super::expressions::group;
use super::scope::{Kind, Var};

/// The types that all programs share, with methods that are differentiable.
pub const SHARED: &str = r#"pub mod shared {
    use pullback::{Differentiable, differentiable};

    #[derive(Clone, Debug, Differentiable)]
    pub struct Body {
        pub a: f64,
        pub b: f64,
        pub l: [f64; 3],
    }

    #[differentiable]
    impl Body {
        pub fn new(a: f64, b: f64) -> Body {
            Body { a, b: b * 0.5, l: [b, a * 0.3, 0.2] }
        }

        pub fn mixed(&self, t: f64) -> f64 {
            let mut sum = self.a * t;
            for (k, e) in self.l.iter().enumerate() {
                if *e > 0.1037 {
                    sum += e * (k as f64 + 1.0) * 0.2;
                } else {
                    sum -= self.b * 0.3;
                }
            }
            sum.tanh()
        }

        pub fn shift(&mut self, t: f64) {
            self.a = self.a * 0.5 + t;
            if t > 0.2037 {
                std::mem::swap(&mut self.a, &mut self.b);
            }
            self.l[1] *= t.cos();
        }

        pub fn summed(self) -> f64 {
            let Body { a, b, l } = self;
            (a + l.iter().sum::<f64>()) * b.cos()
        }
    }

    #[derive(Clone, Debug, Differentiable)]
    pub enum Shape {
        Disc(f64),
        Rect { w: f64, h: f64 },
        Nothing,
    }

    #[differentiable]
    impl Shape {
        pub fn area(&self, t: f64) -> f64 {
            match self {
                Shape::Disc(r) if *r > t => r * r,
                Shape::Disc(r) => r * 0.7,
                Shape::Rect { w, h } => w * h + t,
                Shape::Nothing => t * 0.1,
            }
        }

        pub fn grow(&mut self, t: f64) {
            match self {
                Shape::Disc(r) => *r = (*r * 0.5 + t).sin(),
                Shape::Rect { h, .. } => *h *= t.cos(),
                Shape::Nothing => {}
            }
        }
    }

    #[differentiable]
    pub fn checked(t: f64, limit: f64) -> Option<f64> {
        if t < limit {
            return None;
        }
        Some((t - limit + 0.5).ln())
    }

    #[differentiable]
    pub fn tried(t: f64, u: f64) -> Result<f64, u8> {
        let first = checked(t, 0.1037).ok_or(1_u8)?;
        if u > 0.9037 { Err(2) } else { Ok(first * u) }
    }

    #[differentiable]
    pub fn applied(f: impl Fn(f64) -> f64, t: f64) -> f64 {
        let mut sum = 0.0;
        for k in 0..2 {
            sum += f(t * (k as f64 + 0.5)) * 0.5;
        }
        sum
    }
}

"#;

impl Writer<'_> {
    /// A statement about a struct or an enum.
    pub fn data_statement(&mut self) {
        self.cost += 6 * self.trips;
        match self.random.below(9) {
            0 | 1 => self.body_binding(),
            2..=4 => self.body_change(),
            5 => self.shape_binding(),
            6 => self.shape_change(),
            7 => self.shape_match(),
            _ => self.fallible(),
        }
    }

    fn body_binding(&mut self) {
        let (a, b) = (self.scalar(1), self.scalar_leaf());
        let other = self
            .scope
            .any(self.random, |v| v.kind == Kind::Body && !v.hidden);
        let value = match (self.random.below(4), other) {
            (0, Some(other)) => format!("Body {{ a: {a}, ..{}.clone() }}", other.name),
            (1, Some(other)) => format!("{}.clone()", other.name),
            (2, _) => {
                let (c, d) = (self.scalar_leaf(), self.scalar(1));
                format!("Body {{ a: {a}, b: {b}, l: [{c}, 0.4, {d}] }}")
            }
            _ => format!("Body::new({a}, {b})"),
        };
        let name = self.declare(Kind::Body, true);
        self.line(format!("let mut {name} = {value};"));
    }

    fn body_change(&mut self) {
        let Some(body) = self
            .scope
            .any(self.random, |v| v.kind == Kind::Body && v.mutable)
        else {
            return self.body_binding();
        };
        let name = body.name.clone();
        match self.random.below(8) {
            0 => {
                let index = self.integer(1);
                self.assign(&format!("{name}.l[{} % 3]", group(&index)));
            }
            1 => {
                let field = *self.random.pick(&["a", "b"]);
                self.assign(&format!("{name}.{field}"));
            }
            2 => {
                self.scope.borrow(&name, true);
                let value = self.scalar(1);
                self.scope.release(&body);
                self.line(format!("{name}.shift({value});"));
            }
            3 => self.line(format!(
                "let Body {{ a: left, b: right, .. }} = &mut {name}; *left = *left * 0.6 + right.sin();"
            )),
            4 => self.line(format!("std::mem::swap(&mut {name}.a, &mut {name}.l[2]);")),
            5 => {
                self.scope.borrow(&name, true);
                let value = self.scalar(1);
                self.scope.release(&body);
                self.bind(format!(
                    "std::mem::replace(&mut {name}.b, {value}) + {name}.mixed(0.3)"
                ));
            }
            6 => {
                let value = self.scalar_leaf();
                self.bind(format!("{name}.mixed({value}) + {name}.clone().summed()"));
            }
            _ => {
                let value = self.scalar(1);
                self.line(format!(
                    "for e in {name}.l.iter_mut().rev() {{ *e = (*e + {name}.a * 0.2).sin(); }} {name}.a *= {}.cos();",
                    group(&value)
                ));
            }
        }
    }

    /// A new scalar of this value.
    pub fn bind(&mut self, value: String) {
        let name = self.declare(Kind::Scalar, true);
        self.line(format!("let mut {name}: f64 = {value};"));
    }

    fn shape(&mut self) -> String {
        let (first, second) = (self.condition(), self.condition());
        let (r, w, h) = (self.scalar(1), self.scalar(1), self.scalar_leaf());
        format!(
            "if {first} {{ Shape::Disc({r}) }} else if {second} {{ Shape::Rect {{ w: {w}, h: {h} }} }} else {{ Shape::Nothing }}"
        )
    }

    fn shape_binding(&mut self) {
        let value = self.shape();
        let name = self.declare(Kind::Shape, true);
        self.line(format!("let mut {name} = {value};"));
    }

    fn any_shape(&mut self) -> Option<String> {
        let shape = self
            .scope
            .any(self.random, |v| v.kind == Kind::Shape && v.mutable);
        if shape.is_none() {
            self.shape_binding();
        }
        shape.map(|shape| shape.name)
    }

    fn shape_change(&mut self) {
        let Some(name) = self.any_shape() else { return };
        let value = self.scalar(1);
        let text = match self.random.below(5) {
            0 => format!("{name} = {};", self.shape()),
            1 => format!("{name}.grow({value});"),
            2 => format!("if let Shape::Disc(r) = &mut {name} {{ *r = *r * 0.3 + {value}; }}"),
            3 => {
                let limit = self.limit();
                format!(
                    "if let Shape::Rect {{ w, .. }} = {name} && w > {limit} {{ {name} = Shape::Disc(w * 0.5); }}"
                )
            }
            _ => format!(
                "if matches!({name}, Shape::Nothing | Shape::Rect {{ .. }}) {{ {name} = Shape::Disc({value}); }}"
            ),
        };
        self.line(text);
    }

    fn shape_match(&mut self) {
        let Some(name) = self.any_shape() else { return };
        let (y, z, limit) = (self.scalar_leaf(), self.scalar(1), self.limit());
        match self.random.below(4) {
            0 => self.bind(format!("{name}.area({y})")),
            1 => self.bind(format!(
                "match &{name} {{ Shape::Disc(r) if *r < {limit} => r.sin(), Shape::Disc(r) => r * {y}, Shape::Rect {{ w, h }} => w.tanh() * h, Shape::Nothing => {z} }}"
            )),
            2 => self.bind(format!(
                "match ({name}.clone(), {y} > {limit}) {{ (Shape::Disc(r), true) => r.tanh(), (Shape::Rect {{ w, .. }}, _) => w * 0.4, _ => {z} }}"
            )),
            _ if self.can_leave() => {
                let leaving = self.leaving();
                let inner = self.scope.fresh(self.random, Kind::Scalar);
                self.line(format!(
                    "let Shape::Disc({inner}) = {name}.clone() else {{ {leaving}; }};"
                ));
                self.scope.add(Var::new(&inner, Kind::Scalar, false));
            }
            _ => self.bind(format!(
                "if let Shape::Disc(r) | Shape::Rect {{ w: r, .. }} = {name} {{ r * {y} }} else {{ {z} }}"
            )),
        }
    }

    /// Functions whose value may be missing, and functions as arguments.
    fn fallible(&mut self) {
        let (y, z, limit) = (self.scalar(1), self.scalar_leaf(), self.limit());
        let value = match self.random.below(6) {
            0 => format!("checked({y}, {limit}).unwrap_or({z})"),
            1 => format!(
                "match tried({y}, {z}) {{ Ok(e) => e.tanh(), Err(1) => {z} * 0.3, Err(_) => 0.1 }}"
            ),
            2 => format!("tried({y}, {z}).map_or(0.2, |e| e * {z})"),
            3 => format!("applied(|e| (e * {z}).sin() + 0.2, {y})"),
            4 => format!(
                "applied(|e| match checked(e, {limit}) {{ Some(h) => h * 0.5, None => {z} * 0.7 }}, {y})"
            ),
            _ => format!(
                "{{ let f = |e: f64| -> Option<f64> {{ let h = checked(e, {limit})?; let k = tried(h, {z}).ok()?; Some(h + k) }}; f({y}).unwrap_or({z}).atan() }}"
            ),
        };
        self.bind(value);
    }
}
