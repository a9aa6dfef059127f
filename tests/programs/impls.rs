//! Methods, associated functions, traits with static dispatch, default methods, generic implementations.

use crate::harness::{flat, programs, vector};
use pullback::{Differentiable, Real, differentiable};

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Spring {
    stiffness: f64,
    rest: f64,
    #[constant]
    segments: usize,
}

#[differentiable]
impl Spring {
    /// An associated function.
    pub fn new(stiffness: f64, rest: f64, segments: usize) -> Self {
        Self {
            stiffness,
            rest: rest / segments as f64,
            segments,
        }
    }

    pub fn energy(&self, length: f64) -> f64 {
        let stretch = length - self.length();
        0.5 * self.stiffness * stretch * stretch
    }

    fn length(&self) -> f64 {
        self.rest * self.count() as f64
    }

    /// Gives no derivative, and is called where one is needed.
    fn count(&self) -> usize {
        self.segments
    }

    pub fn stiffen(&mut self, by: f64) {
        self.stiffness *= 1.0 + by;
        self.rest -= 0.1 * by;
    }

    /// Borrows another of its kind, which may be the same.
    fn beside(&self, other: &Spring) -> f64 {
        self.stiffness * other.stiffness + self.rest * other.stiffness
    }

    pub fn consumed(self, length: f64) -> f64 {
        self.energy(length) + self.stiffness
    }

    /// Calls itself.
    fn folded(&self, length: f64, times: usize) -> f64 {
        if times == 0 {
            return self.energy(length);
        }
        0.5 * self.folded(length * 0.9, times - 1) + self.rest
    }

    /// Changes what it is called on and gives a value, with a slice beside.
    fn settle(&mut self, loads: &[f64]) -> f64 {
        let mut moved = 0.0;
        for load in loads {
            self.rest += load / self.stiffness;
            moved += self.rest * load;
        }
        moved
    }

    fn twice(mut self) -> Self {
        self.stiffness *= 2.0;
        self
    }
}

#[differentiable]
fn builds(stiffness: f64, length: f64) -> f64 {
    let spring = Spring::new(stiffness, 1.2, 3);
    spring.energy(length) + spring.clone().consumed(length * 2.0)
}

#[differentiable]
fn changes(spring: &mut Spring, by: f64, loads: &[f64]) -> f64 {
    let mut sum = 0.0;
    for _ in 0..3 {
        spring.stiffen(by);
        sum += spring.settle(loads);
    }
    sum + spring.energy(by)
}

#[differentiable]
fn recursion(spring: &Spring, length: f64) -> f64 {
    spring.folded(length, 4)
}

#[differentiable]
fn chained(stiffness: f64) -> f64 {
    Spring::new(stiffness, 0.4, 1)
        .twice()
        .twice()
        .energy(stiffness * 0.3)
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Truss {
    springs: Vec<Spring>,
    main: Spring,
}

#[differentiable]
impl Truss {
    fn energy(&self, lengths: &[f64]) -> f64 {
        let mut sum = self.main.energy(lengths[0]);
        for (spring, length) in self.springs.iter().zip(lengths) {
            sum += spring.energy(*length);
        }
        if self.main.count() > 100 { 0.0 } else { sum }
    }

    fn relax(&mut self, by: f64) {
        self.main.stiffen(by);
        for spring in self.springs.iter_mut() {
            spring.stiffen(-by);
        }
    }
}

#[differentiable]
fn method_calls_on_fields(truss: &Truss, lengths: &[f64]) -> f64 {
    truss.main.energy(lengths[1]) * truss.springs[1].energy(lengths[2]) + truss.energy(lengths)
}

#[differentiable]
fn changes_of_fields(truss: &mut Truss, by: f64) -> f64 {
    truss.relax(by);
    truss.springs[0].stiffen(by * by);
    truss.springs[0].energy(0.3) + truss.main.energy(by)
}

/// Lengths of any number, over any scalar.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Point<T, const N: usize> {
    at: [T; N],
}

#[differentiable]
impl<T: Real, const N: usize> Point<T, N> {
    fn dot(&self, other: &Point<T, N>) -> T {
        let mut sum = T::zero();
        for i in 0..N {
            sum += self.at[i] * other.at[i];
        }
        sum
    }

    fn norm(&self) -> T {
        self.dot(self).sqrt()
    }

    fn scaled(&self, k: T) -> Self {
        let mut at = self.at;
        for a in at.iter_mut() {
            *a *= k;
        }
        Point { at }
    }
}

#[differentiable]
fn generic_methods(p: Point<f64, 3>, q: Point<f64, 2>, k: f64) -> f64 {
    p.norm() * q.scaled(k).norm() + p.dot(&p.scaled(k))
}

#[differentiable]
fn generic_single(p: Point<f32, 2>) -> f32 {
    p.norm()
}

#[differentiable]
pub trait Layer {
    fn forward(&self, x: f64) -> f64;

    /// What the trait itself says.
    fn twice(&self, x: f64) -> f64 {
        self.forward(self.forward(x)) * self.gain()
    }

    fn gain(&self) -> f64 {
        1.5
    }

    fn train(&mut self, x: f64, rate: f64);

    fn parameters(&self) -> usize {
        0
    }
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Affine {
    weight: f64,
    bias: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Tanh;

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Then<A, B> {
    first: A,
    second: B,
}

#[differentiable]
impl Layer for Affine {
    fn forward(&self, x: f64) -> f64 {
        self.weight * x + self.bias
    }

    fn train(&mut self, x: f64, rate: f64) {
        let error = self.forward(x) - 1.0;
        self.weight -= rate * error * x;
        self.bias -= rate * error;
    }

    fn gain(&self) -> f64 {
        self.weight * self.weight
    }

    fn parameters(&self) -> usize {
        2
    }
}

#[differentiable]
impl Layer for Tanh {
    fn forward(&self, x: f64) -> f64 {
        x.tanh()
    }

    fn train(&mut self, _x: f64, _rate: f64) {}
}

#[differentiable]
impl<A: Layer, B: Layer> Layer for Then<A, B> {
    fn forward(&self, x: f64) -> f64 {
        let hidden = self.first.forward(x);
        self.second.forward(hidden)
    }

    fn train(&mut self, x: f64, rate: f64) {
        self.first.train(x, rate);
        let hidden = self.first.forward(x);
        self.second.train(hidden, rate);
    }
}

#[differentiable]
fn loss<L: Layer>(layer: &L, x: f64) -> f64 {
    let y = layer.twice(x);
    y * y + layer.parameters() as f64
}

#[differentiable]
fn loss_of_impl(layer: &impl Layer, x: f64) -> f64 {
    layer.forward(x) * x
}

#[differentiable]
fn static_dispatch(weight: f64, bias: f64, x: f64) -> f64 {
    let net = Then {
        first: Affine { weight, bias },
        second: Then {
            first: Tanh,
            second: Affine {
                weight: bias,
                bias: weight,
            },
        },
    };
    loss(&net, x) + loss_of_impl(&net, x)
}

#[differentiable]
fn trained(net: &mut Then<Affine, Tanh>, x: f64, rate: f64) -> f64 {
    for _ in 0..4 {
        net.train(x, rate);
    }
    loss(&*net, x)
}

/// A trait on numbers themselves.
#[differentiable]
trait Activation {
    fn relu(self) -> f64;
}

#[differentiable]
impl Activation for f64 {
    fn relu(self) -> f64 {
        if self > 0.0 { self } else { 0.01 * self }
    }
}

#[differentiable]
fn methods_of_numbers(x: f64, y: f64) -> f64 {
    x.relu() * y.relu() + (x * y).relu()
}

flat!(Spring { stiffness, rest });
flat!(Truss { springs, main });
flat!(Point < f64, 3 > { at });
flat!(Point < f64, 2 > { at });
flat!(Point < f32, 2 > { at });
flat!(Affine { weight, bias });
flat!(Then < Affine, Tanh > { first });

fn spring(seed: u64) -> Spring {
    let x = vector(2, seed);
    Spring {
        stiffness: 1.5 + x[0].abs(),
        rest: 0.5 + x[1].abs(),
        segments: 2,
    }
}

fn truss() -> Truss {
    Truss {
        springs: vec![spring(1), spring(2)],
        main: spring(3),
    }
}

fn net() -> Then<Affine, Tanh> {
    Then {
        first: Affine {
            weight: 0.7,
            bias: 0.2,
        },
        second: Tanh,
    }
}

/// The receiver of a call changes elsewhere, and is an argument of the call as well.
#[differentiable]
fn beside_itself(spring: &Spring, by: f64, n: usize) -> f64 {
    let mut current = spring.clone();
    let mut sum = 0.0;
    for _ in 0..n {
        sum += current.beside(&current) + current.beside(spring);
        current.stiffen(by);
    }
    sum
}

programs! {
    beside_itself { spring: refer = spring(4), by: val = 0.2, n: konst = 3 };
    builds { stiffness: val = 1.4, length: val = 0.9 };
    changes { spring: inout_ref = spring(4), by: val = 0.2, loads: slice = vector(3, 5) };
    recursion { spring: refer = spring(6), length: val = 2.0 };
    chained { stiffness: val = 1.3 };
    method_calls_on_fields { truss: refer = truss(), lengths: slice = vector(3, 7) };
    changes_of_fields { truss: inout_ref = truss(), by: val = 0.3 };
    generic_methods { p: val = Point { at: [0.3, -0.4, 1.2] }, q: val = Point { at: [0.6, 0.8] }, k: val = 1.1 };
    single generic_single { p: val = Point { at: [0.6_f32, 0.8] } } exact [PointTangent::<f32, 2> { at: [0.6, 0.8] }];
    static_dispatch { weight: val = 0.6, bias: val = -0.3, x: val = 0.8 };
    trained { net: inout_ref = net(), x: val = 0.8, rate: val = 0.1 };
    methods_of_numbers { x: val = 0.8, y: val = -0.6 } exact [-0.006 - 0.006, 0.008 + 0.008];
}

/// The entries beside a method, with the receiver's tangent first.
#[test]
fn siblings_of_a_method() {
    let spring = Spring {
        stiffness: 2.0,
        rest: 0.25,
        segments: 2,
    };
    let (value, (own, length)) = spring.energy_value_and_grad(1.5);
    assert_eq!(value, 1.0);
    assert_eq!(length, 2.0);
    assert_eq!((own.stiffness, own.rest), (0.5, -4.0));
    let g = spring.energy_gradients(1.5);
    assert_eq!(g.length, Some(2.0));
    assert_eq!(g.self_, Some(own.clone()));
    let (value, tangent) = spring.energy_jvp(1.5, (own.clone(), 1.0));
    assert_eq!((value, tangent), (1.0, 0.25 + 16.0 + 2.0));
    let (value, pullback) = spring.energy_vjp(1.5);
    let (bar, length) = pullback(2.0);
    assert_eq!((value, length, bar.rest), (1.0, 4.0, -8.0));
    let (mut bar, mut length) = (SpringTangent::default(), 1.0);
    assert_eq!(
        spring.energy_accumulate_grad(1.5, &mut bar, &mut length),
        1.0
    );
    assert_eq!((bar.stiffness, length), (0.5, 3.0));
    let (spring, pullback) = Spring::new_vjp(2.0, 0.5, 2);
    assert_eq!(spring.rest, 0.25);
    assert_eq!(pullback(own), (0.5, -2.0));
}

/// A trait's entries come with the trait.
#[test]
fn siblings_of_a_traits_method() {
    let affine = Affine {
        weight: 3.0,
        bias: 1.0,
    };
    let (own, x) = affine.forward_grad(2.0);
    assert_eq!((own.weight, own.bias, x), (2.0, 1.0, 3.0));
    assert_eq!(affine.forward_gradients(2.0), (Some(own), Some(3.0)));
    assert_eq!(Tanh.forward_gradients(0.0), (None, Some(1.0)));
}

pub struct Plain {
    k: f64,
}

impl Plain {
    /// One method of a plain `impl`, of a type without a tangent.
    #[differentiable]
    fn area(#[constant] &self, w: f64, h: f64) -> f64 {
        self.k * w * h
    }
}

#[test]
fn single_methods() {
    let p = Plain { k: 2.0 };
    assert_eq!(p.area_grad(3.0, 5.0), (10.0, 6.0));
    assert_eq!(p.area_gradients(3.0, 5.0), (Some(10.0), Some(6.0)));
}
