//! Cotangents and directions that do not fit the value, and maps that carry no derivative.

use pullback::{Differentiable, differentiable};
#[derive(Differentiable, Clone, Debug, PartialEq)]
enum Shape {
    Circle(f64),
    Poly(Vec<f64>),
    Off,
}

#[differentiable]
fn grown(s: Shape, x: f64) -> Shape {
    match s {
        Shape::Circle(r) => Shape::Poly(vec![r * x, x]),
        Shape::Poly(p) => Shape::Poly(vec![p[0] * x, p[1] + x]),
        Shape::Off => Shape::Off,
    }
}
#[test]
fn a_seed_of_another_variant_is_zero() {
    let (v, back) = grown::vjp(Shape::Circle(2.0), 3.0);
    assert_eq!(v, Shape::Poly(vec![6.0, 3.0]));
    assert_eq!(
        back(ShapeTangent::Circle(1.0)),
        (ShapeTangent::Circle(0.0), 0.0)
    );
    let (_, back) = grown::vjp(Shape::Circle(2.0), 3.0);
    assert_eq!(back(ShapeTangent::Zero), (ShapeTangent::Circle(0.0), 0.0));
    let (_, back) = grown::vjp(Shape::Circle(2.0), 3.0);
    assert_eq!(
        back(ShapeTangent::Poly(vec![1.0])),
        (ShapeTangent::Circle(3.0), 2.0)
    );
    let p = || Shape::Poly(vec![1.0, 2.0]);
    for direction in [
        ShapeTangent::Circle(1.0),
        ShapeTangent::Zero,
        ShapeTangent::Poly(vec![]),
        ShapeTangent::Off,
    ] {
        assert_eq!(
            grown::jvp((p(), 3.0), (direction, 1.0)).1,
            ShapeTangent::Poly(vec![1.0, 1.0])
        );
    }
    assert_eq!(
        grown::jvp((p(), 3.0), (ShapeTangent::Poly(vec![1.0]), 1.0)).1,
        ShapeTangent::Poly(vec![4.0, 1.0])
    );
}
#[derive(Differentiable, Clone)]
struct P {
    x: f64,
}
#[differentiable]
fn maps(p: P, x: f64) -> f64 {
    let mut map = std::collections::HashMap::new();
    map.insert("k".to_string(), 2usize);
    let key = "k".to_string();
    let n = map[&key];
    let t = std::collections::BTreeMap::from([(1u8, 3.0)]);
    p.x * x * n as f64 + x * t[&1]
}
#[test]
fn constant_maps() {
    assert_eq!(maps::grad(P { x: 2.0 }, 3.0).1, 7.0);
}
