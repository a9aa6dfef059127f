//! Fields that are marked `#[constant]`, which cut a way as a local does, and methods of types that the signature names:
//! both are known across functions.

use pullback::{Differentiable, Reach, differentiable};

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Frozen {
    weights: Vec<f64>,
    bias: f64,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Model {
    weight: f64,
    #[constant]
    scale: f64,
    #[constant]
    frozen: Frozen,
    head: Frozen,
}

fn model() -> Model {
    let part = Frozen {
        weights: vec![0.5, -1.0],
        bias: 0.2,
    };
    Model {
        weight: 1.5,
        scale: 2.0,
        frozen: part.clone(),
        head: part,
    }
}

#[differentiable]
fn dot(part: &Frozen, x: f64) -> f64 {
    let mut sum = part.bias;
    for w in &part.weights {
        sum += w * x;
    }
    sum
}

#[differentiable(detached = "allow")]
fn by_marked_fields(m: &Model, x: f64) -> f64 {
    m.scale * x + dot(&m.frozen, x)
}

#[differentiable]
fn by_a_field(m: &Model, x: f64, take: bool) -> f64 {
    let mut y = m.scale * x;
    if take {
        y += dot(&m.head, x);
    }
    y
}

#[differentiable]
fn by_every_field(m: &Model, x: f64) -> f64 {
    m.weight * m.scale * x
}

/// What a callee reads is its own affair, and is told to its callers.
#[differentiable(detached = "allow")]
fn by_a_callee(m: &Model, x: f64) -> f64 {
    by_marked_fields(m, x) * x
}

#[differentiable(detached = "allow")]
impl Model {
    fn scaled(&self, x: f64) -> f64 {
        self.scale * x
    }

    fn written(&mut self, x: f64) {
        self.head.bias = self.scale * x;
    }
}

#[test]
fn a_field_that_is_marked_does_not_connect() {
    let m = model();
    let g = by_marked_fields::gradients(&m, 0.7);
    assert_eq!((g.m.is_none(), g.x.is_some()), (true, true));
    let told = by_marked_fields::reachability();
    assert!(matches!(told.of("m"), Some(Reach::Never { cuts }) if cuts.len() >= 2));
    assert_eq!(told.of("x"), Some(&Reach::Always));
    let g = by_a_field::gradients(&m, 0.7, false);
    assert_eq!(g.m, None);
    let g = by_a_field::gradients(&m, 0.7, true);
    assert_eq!(g.m.map(|m| (m.head.bias, m.weight)), Some((1.0, 0.0)));
    let told = by_a_field::reachability();
    assert!(matches!(told.of("m"), Some(Reach::Sometimes { .. })));
    let g = by_every_field::gradients(&m, 0.7);
    assert_eq!(g.m.map(|m| m.weight), Some(1.4));
    let told = by_every_field::reachability();
    assert_eq!(told.of("m"), Some(&Reach::Always));
    assert_eq!(by_a_callee::gradients(&m, 0.7).m, None);
    let told = by_a_callee::reachability();
    assert!(matches!(told.of("m"), Some(Reach::Never { .. })));
    let g = m.scaled_gradients(0.7);
    assert_eq!((g.self_.is_none(), g.x), (true, Some(2.0)));
}

#[differentiable(detached = "allow")]
impl Frozen {
    fn counted(&self, x: f64, y: f64) -> f64 {
        self.bias * x.floor() * y
    }
}

#[differentiable(detached = "allow")]
fn by_a_method(part: &Frozen, x: f64, y: f64) -> f64 {
    part.counted(x, y)
}

/// Not the method of an annotated block: nothing is known, and nothing is claimed.
#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Single(f64);

impl Single {
    #[differentiable(detached = "allow")]
    fn counted(&self, x: f64, y: f64) -> f64 {
        self.0 * x.floor() * y
    }
}

#[differentiable]
fn by_a_single_method(part: &Single, x: f64, y: f64) -> f64 {
    part.counted(x, y)
}

#[test]
fn a_method_of_a_type_that_is_written_is_known() {
    let part = model().head;
    let g = by_a_method::gradients(&part, 1.5, 2.0);
    assert_eq!((g.x, g.y), (None, Some(0.2)));
    let told = by_a_method::reachability();
    assert!(matches!(told.of("x"), Some(Reach::Never { .. })));
    assert_eq!(told.of("y"), Some(&Reach::Always));
    let g = by_a_single_method::gradients(&Single(0.5), 1.5, 2.0);
    assert_eq!((g.x, g.y), (None, Some(0.5)));
    let told = by_a_single_method::reachability();
    assert!(matches!(told.of("x"), Some(Reach::Sometimes { .. })));
}
