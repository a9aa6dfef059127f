//! Enums: variants built, matched by value and by reference, changed in place, recursive ones included.

use crate::harness::{flat, programs};
use pullback::{Differentiable, differentiable};

#[derive(Differentiable, Clone, Debug)]
enum Shape {
    Empty,
    Circle(f64),
    Rect { w: f64, h: f64 },
    Polygon(Vec<f64>, #[constant] usize),
    Twice(Box<Shape>),
}

flat!(Shape: Empty {}, Circle { 0 r }, Rect { w w, h h }, Polygon { 0 s }, Twice { 0 s });

fn polygon() -> Shape {
    Shape::Polygon(vec![0.4, -0.7, 1.2], 2)
}

#[derive(Differentiable, Clone, Copy, Debug)]
enum Motion {
    Still,
    Along(f64, f64),
    Round { radius: f64, speed: f64 },
}

flat!(Motion: Still {}, Along { 0 x, 1 y }, Round { radius r, speed s });

#[derive(Differentiable, Clone, Debug)]
struct Thing {
    motion: Motion,
    weight: Option<f64>,
    shapes: Vec<Shape>,
    #[constant]
    kind: usize,
}

flat!(Thing {
    motion,
    weight,
    shapes
});

fn thing() -> Thing {
    Thing {
        motion: Motion::Round {
            radius: 0.7,
            speed: 1.3,
        },
        weight: Some(0.9),
        shapes: vec![Shape::Circle(0.4), polygon(), Shape::Empty],
        kind: 1,
    }
}

#[differentiable]
fn area(shape: &Shape) -> f64 {
    match shape {
        Shape::Empty => 0.0,
        Shape::Circle(r) => 3.0 * r * r,
        Shape::Rect { w, h } => w * h,
        Shape::Polygon(sides, n) => {
            let mut sum = 0.0;
            for s in sides {
                sum += s * s.sin();
            }
            sum * *n as f64
        }
        Shape::Twice(inner) => 2.0 * area(inner),
    }
}

#[differentiable]
fn by_value(shape: Shape, k: f64) -> f64 {
    match shape {
        Shape::Circle(r) => r * k,
        Shape::Rect { w, h: height } => w * height * k,
        Shape::Polygon(sides, _) => sides[1] * k + sides[2],
        _ => k * k,
    }
}

#[differentiable]
fn builds(x: f64, y: f64, n: usize) -> f64 {
    let shape = match n {
        0 => Shape::Empty,
        1 => Shape::Circle(x * y),
        2 => Shape::Rect { w: x, h: y * y },
        3 => Shape::Polygon(vec![x, y, x * y], 3),
        _ => Shape::Twice(Box::new(Shape::Circle(x))),
    };
    area(&shape) + x
}

#[differentiable]
fn returns_an_enum(x: f64, y: f64) -> Motion {
    if x > y {
        Motion::Along(x * y, y)
    } else {
        Motion::Round {
            radius: x * x,
            speed: y,
        }
    }
}

#[differentiable]
fn changes_in_place(shape: &mut Shape, k: f64) {
    match shape {
        Shape::Circle(r) => *r *= k,
        Shape::Rect { w, h } => {
            *w += k * *h;
            *h = *w * *w;
        }
        Shape::Polygon(sides, _) => {
            for s in sides.iter_mut() {
                *s = *s * k + s.sin();
            }
            sides[0] += sides[1];
        }
        _ => {}
    }
}

#[differentiable]
fn replaced(m: Motion, k: f64) -> f64 {
    let mut m = m;
    for i in 0..3 {
        m = match m {
            Motion::Still => Motion::Along(k, 1.0),
            Motion::Along(x, y) if i == 1 => Motion::Round {
                radius: x * k,
                speed: y,
            },
            Motion::Along(x, y) => Motion::Along(x * y, k),
            Motion::Round { radius, speed } => Motion::Along(radius + speed, k * radius),
        };
    }
    match m {
        Motion::Along(x, y) => x * y,
        Motion::Round {
            radius: r,
            speed: s,
        } => r * s * s,
        Motion::Still => 0.0,
    }
}

#[differentiable]
fn fields_of_structs(t: &mut Thing, k: f64) -> f64 {
    let mut sum = match t.motion {
        Motion::Round { radius, speed } => radius * speed,
        Motion::Along(x, _) => x,
        Motion::Still => 0.0,
    };
    if let Some(w) = &mut t.weight {
        *w *= k;
    }
    if let Motion::Round { speed, .. } = &mut t.motion {
        *speed += k;
        sum += *speed;
    }
    for s in &t.shapes {
        sum += area(s) * t.kind as f64;
    }
    if let Some(w) = t.weight { sum * w } else { sum }
}

#[differentiable]
fn alternatives(a: &Motion, b: Motion) -> f64 {
    let x = match a {
        Motion::Along(x, _) | Motion::Round { radius: x, .. } => x * x,
        Motion::Still => 1.0,
    };
    let y = if let Motion::Round { speed: y, .. } | Motion::Along(_, y) = b {
        y
    } else {
        0.0
    };
    x * y
}

#[differentiable]
fn imported(m: &Motion) -> f64 {
    use Motion::*;
    match m {
        Still => 0.0,
        Along(x, y) => x * y,
        Round { radius, speed } => radius * speed * speed,
    }
}

#[differentiable]
fn nested(pair: (Option<Motion>, f64), k: f64) -> f64 {
    match pair {
        (Some(Motion::Along(x, y)), z) if z > 0.0 => x * y * z,
        (Some(m @ Motion::Round { .. }), _) => imported(&m) * k,
        (Some(_), z) => z,
        (None, z) => z * k,
    }
}

#[derive(Differentiable, Clone, Debug)]
enum Expr {
    X,
    Const(f64),
    Add(Box<Expr>, Box<Expr>),
    Mul(Box<Expr>, Box<Expr>),
    Sin(Box<Expr>),
}

flat!(Expr: X {}, Const { 0 c }, Add { 0 a, 1 b }, Mul { 0 a, 1 b }, Sin { 0 a });

#[differentiable]
fn eval(e: &Expr, x: f64) -> f64 {
    match e {
        Expr::X => x,
        Expr::Const(c) => *c,
        Expr::Add(a, b) => eval(a, x) + eval(b, x),
        Expr::Mul(a, b) => eval(a, x) * eval(b, x),
        Expr::Sin(a) => {
            let inner = eval(a, x);
            inner.sin()
        }
    }
}

fn expression() -> Expr {
    use Expr::*;
    let b = Box::new;
    // (0.7 x + 1.3) sin(x · 0.4)
    Mul(
        b(Add(b(Mul(b(Const(0.7)), b(X))), b(Const(1.3)))),
        b(Sin(b(Mul(b(X), b(Const(0.4)))))),
    )
}

mod of_shapes {
    use super::*;

    programs! {
        area { shape: refer = Shape::Circle(0.7) } exact [ShapeTangent::Circle(4.2)];
        by_value { shape: val = Shape::Rect { w: 0.4, h: 1.3 }, k: val = 0.8 };
        builds { x: val = 0.4, y: val = 1.3, n: konst = 1_usize };
        vector returns_an_enum { x: val = 0.4, y: val = 1.3 };
        vector changes_in_place { shape: inout_ref = Shape::Rect { w: 0.4, h: 1.3 }, k: val = 0.8 };
        replaced { m: val = Motion::Still, k: val = 0.8 };
        fields_of_structs { t: inout_ref = thing(), k: val = 0.8 };
        alternatives { a: refer = Motion::Along(0.3, 0.4), b: val = Motion::Along(0.7, 1.2) };
        imported { m: refer = Motion::Round { radius: 0.7, speed: 1.3 } };
        nested { pair: val = (Some(Motion::Along(0.3, 0.4)), 0.6), k: val = 0.8 };
        eval { e: refer = expression(), x: val = 0.8 };
    }
}

/// The same functions along other arms.
mod along_other_arms {
    use super::*;
    use super::{alternatives, area, builds, by_value, changes_in_place, nested, replaced};

    mod first {
        use super::*;
        programs! {
            area { shape: refer = polygon() };
            by_value { shape: val = polygon(), k: val = 0.8 };
            builds { x: val = 0.4, y: val = 1.3, n: konst = 2_usize };
            vector changes_in_place { shape: inout_ref = polygon(), k: val = 0.8 };
            replaced { m: val = Motion::Along(0.4, 1.3), k: val = 0.8 };
            alternatives {
                a: refer = Motion::Round { radius: 0.3, speed: 0.1 },
                b: val = Motion::Round { radius: 0.2, speed: 0.9 }
            };
            nested { pair: val = (Some(Motion::Round { radius: 0.3, speed: 0.4 }), 0.6), k: val = 0.8 };
        }
    }

    mod second {
        use super::*;
        programs! {
            area { shape: refer = Shape::Twice(Box::new(Shape::Twice(Box::new(polygon())))) };
            builds { x: val = 0.4, y: val = 1.3, n: konst = 3_usize };
            vector changes_in_place { shape: inout_ref = Shape::Circle(0.4), k: val = 0.8 };
            nested { pair: val = (None, 0.6), k: val = 0.8 };
        }
    }

    mod third {
        use super::*;
        programs! {
            area { shape: refer = Shape::Rect { w: 0.4, h: 0.9 } };
            builds { x: val = 0.4, y: val = 1.3, n: konst = 4_usize };
        }
    }
}
