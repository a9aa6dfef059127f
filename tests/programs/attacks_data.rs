//! Structs and enums where shapes change: variants replaced in place, vectors in fields exchanged and regrown.

use crate::harness::{flat, programs};
use pullback::{Differentiable, differentiable};

#[derive(Differentiable, Clone, Debug)]
enum Shape {
    Empty,
    Circle(f64),
    Poly(Vec<f64>),
}

flat!(Shape: Empty {}, Circle { 0 r }, Poly { 0 s });

#[derive(Differentiable, Clone, Debug)]
struct Holder {
    shape: Shape,
    other: Vec<f64>,
    best: Option<f64>,
}

flat!(Holder { shape, other, best });

fn holder() -> Holder {
    Holder {
        shape: Shape::Circle(0.7),
        other: vec![0.4, 1.3],
        best: None,
    }
}

/// The circle becomes a polygon while it is looked at.
#[differentiable]
fn replaced_while_matched(s: Shape, k: f64) -> f64 {
    let mut s = s;
    if let Shape::Circle(r) = &mut s {
        *r *= k;
        let side = *r * k;
        s = Shape::Poly(vec![side, k, side * side]);
    }
    match &s {
        Shape::Poly(v) => v[0] * v[1] + v[2],
        Shape::Circle(r) => *r,
        Shape::Empty => 0.0,
    }
}

#[differentiable]
fn exchanged(a: Holder, b: Holder, k: f64) -> f64 {
    let (mut a, mut b) = (a, b);
    std::mem::swap(&mut a.other, &mut b.other);
    a.other[0] *= k;
    let mut all = vec![a, b];
    all.swap(0, 1);
    all[0].other[1] += all[1].other[0];
    let moved = std::mem::take(&mut all[1].other);
    moved[0] * all[0].other[1] * k
}

#[differentiable]
fn name_collisions(r: f64, k: f64) -> f64 {
    // Names that generated code likes.
    let part_dot = Shape::Circle(r * k);
    let r_bar = match part_dot {
        Shape::Circle(seed) => seed * k,
        _ => 0.0,
    };
    let arm = r_bar * r;
    let chain = if let Some(zero) = Some(arm)
        && zero > -100.0
    {
        zero * zero
    } else {
        k
    };
    chain + arm
}

programs! {
    replaced_while_matched { s: val = Shape::Circle(0.7), k: val = 0.8 };
    exchanged { a: val = holder(), b: val = Holder { other: vec![0.2, 0.6, 0.9], ..holder() }, k: val = 0.8 };
    name_collisions { r: val = 0.7, k: val = 0.8 };
}
