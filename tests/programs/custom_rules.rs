//! Rules of the user's own: the body of such a function is never looked at, and all that is generated around it
//! is checked like that of any other.

use crate::harness::programs;
use pullback::{Differentiable, NoTangent, Real, differentiable};

fn opaque_sine_vjp(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x.sin(), move |seed| seed * x.cos())
}

fn opaque_sine_jvp(x: f64, dx: f64) -> (f64, f64) {
    (x.sin(), dx * x.cos())
}

/// Nothing in the body can be differentiated.
#[differentiable(vjp = opaque_sine_vjp, jvp = opaque_sine_jvp)]
fn opaque_sine(x: f64) -> f64 {
    let bytes = unsafe { *(&raw const x).cast::<u64>() };
    let text = f64::from_bits(bytes).to_string();
    text.parse::<f64>().unwrap().sin()
}

/// Newton's method to convergence; the rule knows that the derivative is that of the equation.
#[differentiable(vjp = rules::lambert_w_vjp)]
fn lambert_w(x: f64) -> f64 {
    let mut w = x.ln_1p();
    loop {
        let e = w.exp();
        let step = (w * e - x) / (e * (w + 1.0));
        w -= step;
        if step.abs() < 1e-15 * w.abs().max(1.0) {
            return w;
        }
    }
}

mod rules {
    /// w·eʷ = x, so dw/dx = 1 / (eʷ·(w + 1)).
    pub fn lambert_w_vjp(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
        let w = super::lambert_w(x);
        (w, move |seed| seed / (w.exp() * (w + 1.0)))
    }
}

fn weighted_vjp(
    x: &[f64],
    w: &[f64],
    power: i32,
) -> (f64, impl FnOnce(f64) -> (Vec<f64>, Vec<f64>) + use<>) {
    let pairs: Vec<(f64, f64)> = x.iter().copied().zip(w.iter().copied()).collect();
    let value = pairs.iter().map(|(x, w)| w * x.powi(power)).sum();
    let back = move |seed: f64| {
        let slope = |x: f64| f64::from(power) * x.powi(power - 1);
        pairs
            .iter()
            .map(|(x, w)| (seed * w * slope(*x), seed * x.powi(power)))
            .unzip()
    };
    (value, back)
}

/// No rule for forward mode: of one real number it is the gradient along the direction.
#[differentiable(vjp = weighted_vjp)]
fn weighted(x: &[f64], w: &[f64], power: i32) -> f64 {
    let terms = x.iter().zip(w);
    terms.fold(0.0, |sum, (x, w)| sum + w * x.powi(power))
}

fn half_vjp(x: f64, scale: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x * scale, move |seed| seed * scale)
}

/// The rule gives a tangent for what is differentiated and takes everything.
#[differentiable(vjp = half_vjp, wrt(x))]
fn scaled(x: f64, scale: f64) -> f64 {
    x * scale
}

fn constant_between_vjp(
    x: f64,
    name: &str,
    y: f64,
) -> (f64, impl FnOnce(f64) -> (f64, f64) + use<>) {
    let n = name.len() as f64;
    (x * y * n, move |seed| (seed * y * n, seed * x * n))
}

#[differentiable(vjp = constant_between_vjp)]
fn constant_between(x: f64, name: &str, y: f64) -> f64 {
    x * y * name.len() as f64
}

fn normalize_vjp(x: &[f64]) -> (Vec<f64>, impl FnOnce(Vec<f64>) -> Vec<f64> + use<>) {
    let y = normalize(x);
    let norm = x.iter().map(|v| v * v).sum::<f64>().sqrt();
    let kept = y.clone();
    let back = move |seed: Vec<f64>| {
        let along: f64 = kept.iter().zip(&seed).map(|(y, s)| y * s).sum();
        let each = kept.iter().zip(&seed);
        each.map(|(y, s)| (s - along * y) / norm).collect()
    };
    (y, back)
}

fn normalize_jvp(x: &[f64], dx: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (y, back) = normalize_vjp(x);
    // The Jacobian is symmetric.
    (y, back(dx.to_vec()))
}

#[differentiable(vjp = normalize_vjp, jvp = normalize_jvp)]
fn normalize(x: &[f64]) -> Vec<f64> {
    let norm = x.iter().map(|v| v * v).sum::<f64>().sqrt();
    x.iter().map(|v| v / norm).collect()
}

fn stretch_vjp(x: &mut [f64], a: f64) -> (f64, impl FnOnce(f64, &mut [f64]) -> f64 + use<>) {
    let before = x.to_vec();
    let first = stretch(x, a);
    let back = move |seed: f64, bar: &mut [f64]| {
        let da = bar.iter().zip(&before).map(|(b, x)| b * x).sum();
        bar.iter_mut().for_each(|b| *b *= a);
        bar[0] += seed;
        da
    };
    (first, back)
}

fn stretch_jvp((x, a): (&mut [f64], f64), (dx, da): (&mut [f64], f64)) -> (f64, f64) {
    let first = dx[0];
    for (x, dx) in x.iter().zip(&mut *dx) {
        *dx = *dx * a + x * da;
    }
    (stretch(x, a), first)
}

/// What is changed in place, next to a result.
#[differentiable(vjp = stretch_vjp, jvp = stretch_jvp)]
fn stretch(x: &mut [f64], a: f64) -> f64 {
    let first = x[0];
    x.iter_mut().for_each(|v| *v *= a);
    first
}

fn bump_vjp(state: &mut f64, x: f64) -> ((), impl FnOnce(NoTangent, &mut f64) -> f64 + use<>) {
    bump(state, x);
    ((), move |_, bar: &mut f64| *bar * 2.0 * x)
}

fn bump_jvp((state, x): (&mut f64, f64), (ds, dx): (&mut f64, f64)) -> ((), NoTangent) {
    bump(state, x);
    *ds += 2.0 * x * dx;
    ((), NoTangent)
}

#[differentiable(vjp = bump_vjp, jvp = bump_jvp)]
fn bump(state: &mut f64, x: f64) {
    *state += x * x;
}

fn smooth_max_vjp<T: Real>(x: &[T], sharpness: T) -> (T, impl FnOnce(T) -> (Vec<T>, T) + use<T>) {
    let value = smooth_max(x, sharpness);
    let x = x.to_vec();
    let back = move |seed: T| {
        let weights: Vec<T> = x.iter().map(|x| ((*x - value) * sharpness).exp()).collect();
        let mean = x
            .iter()
            .zip(&weights)
            .fold(T::zero(), |m, (x, w)| m + *x * *w);
        let slope = (mean - value) / sharpness;
        (weights.iter().map(|w| seed * *w).collect(), seed * slope)
    };
    (value, back)
}

#[differentiable(vjp = smooth_max_vjp)]
fn smooth_max<T: Real>(x: &[T], sharpness: T) -> T {
    let sum = x.iter().fold(T::zero(), |s, x| s + (*x * sharpness).exp());
    sum.ln() / sharpness
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Spring {
    stiffness: f64,
    length: f64,
    #[constant]
    turns: u32,
}

fn energy_vjp(
    spring: &Spring,
    at: (f64, f64),
) -> (f64, impl FnOnce(f64) -> (SpringTangent, (f64, f64)) + use<>) {
    let Spring {
        stiffness: k,
        length,
        ..
    } = *spring;
    let r = at.0.hypot(at.1);
    let stretch = r - length;
    let turns = spring.turns as f64;
    let back = move |seed: f64| {
        let pull = seed * turns * k * stretch / r;
        let spring = SpringTangent {
            stiffness: seed * turns * 0.5 * stretch * stretch,
            length: -seed * turns * k * stretch,
            turns: NoTangent,
        };
        (spring, (pull * at.0, pull * at.1))
    };
    (turns * 0.5 * k * stretch * stretch, back)
}

/// Values of user types and tuples go through a rule as their tangents.
#[differentiable(vjp = energy_vjp)]
fn energy(spring: &Spring, at: (f64, f64)) -> f64 {
    let stretch = at.0.hypot(at.1) - spring.length;
    spring.turns as f64 * 0.5 * spring.stiffness * stretch * stretch
}

#[differentiable]
fn spring_energy(k: f64, length: f64, x: f64, y: f64) -> f64 {
    let spring = Spring {
        stiffness: k,
        length,
        turns: 3,
    };
    energy(&spring, (x, y)) + energy(&spring, (y * 2.0, k))
}

impl Spring {
    fn force_rule(&self, x: f64) -> (f64, impl FnOnce(f64) -> (SpringTangent, f64) + use<>) {
        let Spring {
            stiffness, length, ..
        } = *self;
        let back = move |seed: f64| {
            let spring = SpringTangent {
                stiffness: seed * (x - length),
                length: -seed * stiffness,
                turns: NoTangent,
            };
            (spring, seed * stiffness)
        };
        (stiffness * (x - length), back)
    }
}

#[differentiable]
impl Spring {
    /// A rule beside methods that have none.
    #[differentiable(vjp = Self::force_rule)]
    fn force(&self, x: f64) -> f64 {
        let stretch = std::hint::black_box(x) - self.length;
        self.stiffness * stretch
    }

    fn work(&self, x: f64) -> f64 {
        self.force(x) * x + self.force(2.0 * x)
    }
}

#[differentiable]
fn work_of_a_spring(k: f64, length: f64, x: f64) -> f64 {
    let spring = Spring {
        stiffness: k,
        length,
        turns: 1,
    };
    spring.work(x) + spring.force(x * length)
}

#[differentiable]
trait Curve {
    fn at(&self, x: f64) -> f64;
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Parabola(f64);

impl Parabola {
    fn at_vjp(&self, x: f64) -> (f64, impl FnOnce(f64) -> (ParabolaTangent, f64) + use<>) {
        let a = self.0;
        (a * (x * x), move |seed| {
            (ParabolaTangent(seed * x * x), seed * 2.0 * a * x)
        })
    }

    fn at_jvp((this, x): (&Self, f64), (d, dx): (&ParabolaTangent, f64)) -> (f64, f64) {
        (this.0 * (x * x), d.0 * x * x + 2.0 * this.0 * x * dx)
    }
}

#[differentiable]
impl Curve for Parabola {
    #[differentiable(vjp = Self::at_vjp, jvp = Self::at_jvp)]
    fn at(&self, x: f64) -> f64 {
        self.0 * std::hint::black_box(x * x)
    }
}

#[differentiable]
fn twice<C: Curve>(curve: &C, x: f64) -> f64 {
    curve.at(curve.at(x))
}

#[differentiable]
fn parabola_twice(a: f64, x: f64) -> f64 {
    twice(&Parabola(a), x)
}

/// Callers of all kinds: in loops and branches, aliased, of what is changed in place.
#[differentiable]
fn everything(x: &[f64], a: f64) -> f64 {
    let mut u = normalize(x);
    let mut total = 0.0;
    for k in 0..3 {
        total += stretch(&mut u, a + 0.1 * k as f64);
        if total > 0.2 {
            total = opaque_sine(total) + lambert_w(1.0 + total * total);
        }
        bump(&mut total, u[1]);
    }
    total
        + weighted(&u, &u, 3)
        + smooth_max(&u, 2.0)
        + scaled(a, 2.0)
        + constant_between(a, "four", total)
}

#[differentiable]
fn detached_by_a_branch(x: f64, y: f64) -> f64 {
    if x > 10.0 {
        opaque_sine(y)
    } else {
        opaque_sine(x)
    }
}

/// The rule of another function, whose own entry has the shape that is wanted.
#[differentiable(vjp = square::vjp, jvp = square::jvp)]
fn square_of_another_kind(x: f64) -> f64 {
    x.powf(2.0)
}

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

programs! {
    opaque_sine { x: val = 0.7 } exact [f64::cos(0.7)];
    lambert_w { x: val = 1.5 };
    weighted { x: slice = vector(4, 1), w: slice = vector(4, 2), power: konst = 3 };
    scaled { x: val = 0.3, scale: konst = 2.0 } exact [2.0];
    constant_between { x: val = 0.3, name: konst = "abc", y: val = 1.5 } exact [4.5, 0.9];
    vector normalize { x: slice = vector(4, 3) };
    stretch { x: inout = vector(3, 4), a: val = 0.8 };
    vector bump { state: inout_ref = 0.4, x: val = 1.2 };
    smooth_max { x: slice = vector(4, 5), sharpness: val = 1.5 };
    spring_energy { k: val = 1.1, length: val = 0.6, x: val = 0.9, y: val = -0.7 };
    work_of_a_spring { k: val = 1.1, length: val = 0.6, x: val = 0.9 };
    parabola_twice { a: val = 0.7, x: val = 1.3 };
    everything { x: slice = vector(4, 6), a: val = 0.9 };
    detached_by_a_branch { x: val = 0.3, y: val = 0.4 } exact [f64::cos(0.3), 0.0]
        connected [true, false];
    square_of_another_kind { x: val = 3.0 } exact [6.0];
}

#[test]
fn a_generic_rule_serves_both_precisions() {
    let (dx, ds) = smooth_max::grad(&[0.5_f32, 1.0], 2.0_f32);
    let (ex, es) = smooth_max::grad(&[0.5_f64, 1.0], 2.0_f64);
    assert!((f64::from(dx[0]) - ex[0]).abs() < 1e-6 && (f64::from(ds) - es).abs() < 1e-6);
    let (_, slope) = smooth_max::jvp((&[0.5_f32, 1.0], 2.0_f32), (vec![0.0, 0.0], 1.0));
    assert!((f64::from(slope) - es).abs() < 1e-6);
}

/// The function itself is not run by its derivatives: only the rule is.
#[test]
fn the_rule_is_all_that_runs() {
    fn rule(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
        (42.0, move |seed| 7.0 * seed * x)
    }
    #[differentiable(vjp = rule)]
    fn never(x: f64) -> f64 {
        panic!("the body ran with {x}")
    }
    #[differentiable]
    fn caller(x: f64) -> f64 {
        never(x * 2.0)
    }
    assert_eq!(never::value_and_grad(2.0), (42.0, 14.0));
    assert_eq!(caller::value_and_grad(2.0), (42.0, 56.0));
    assert_eq!(caller::jvp(2.0, 0.5), (42.0, 28.0));
}
