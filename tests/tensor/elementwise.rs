//! Functions of each element and choices between elements.

use crate::harness::programs;
use crate::{p, t};
use pullback::tensor::Mask;
use pullback::{Tensor, differentiable};

type T64 = Tensor<f64>;

#[differentiable]
fn exponentials(x: &T64) -> T64 {
    x.exp() * x.exp2() + x.exp_m1() * x.ln() - x.ln_1p() / x.log2().square() + x.log10() * x
}

#[differentiable]
fn roots_and_powers(x: &T64, y: f64, n: i32) -> T64 {
    x.sqrt() * x.cbrt() + x.recip() * x.powi(n) - x.powf(y) * x.square()
}

#[differentiable]
fn trigonometric(x: &T64) -> T64 {
    x.sin() * x.cos() + x.tan() * x.atan() + x.asin() * x.acos()
}

#[differentiable]
fn hyperbolic(x: &T64) -> T64 {
    x.sinh() * x.cosh() + x.tanh() * x.asinh() - x.atanh() * (x + 2.0).acosh()
}

#[differentiable]
fn piecewise(x: &T64, low: f64, high: f64) -> T64 {
    x.abs() * x.clamp(low, high) + x.relu() * 3.0 - x.leaky_relu(0.1).square()
        + x.elu(0.7) * x.relu6()
}

#[differentiable]
fn activations(x: &T64) -> T64 {
    x.sigmoid() * 1.1
        + x.silu() * 1.3
        + x.softplus() * 1.7
        + x.gelu() * 1.9
        + x.gelu_tanh() * 2.3
        + x.erf() * 2.9
}

#[differentiable]
fn steps(x: &T64) -> T64 {
    (x.floor() + x.ceil() * x.round() + x.trunc() - x.signum()) * x
}

#[differentiable]
fn two_tensors(x: &T64, y: &T64) -> T64 {
    x.maximum(y) * 2.0 + x.minimum(y) * y + x.pow(y)
}

#[differentiable]
fn chosen(x: &T64, y: &T64) -> T64 {
    let m = x.greater(y).either(&x.lt(0.0).both(&y.ge(0.5).inverted()));
    let a = m.where_(&(x * y), &x.square());
    let b = a.masked_fill(&x.le(0.2), 7.0);
    b * x.less(y).to_tensor() + x.gt(0.1).where_(x, &(y * 3.0))
}

/// What is not chosen contributes nothing, where its own derivative is infinite.
#[differentiable]
fn guarded(x: &T64) -> T64 {
    let zero = Tensor::zeros(x.shape());
    let positive = x.gt(0.0);
    positive.where_(&x.sqrt(), &zero)
        + positive.where_(&x.ln(), &zero)
        + positive.where_(&(1.0 / x), &zero)
}

programs! {
    vector exponentials { x: refer = p(&[2, 3], 1) };
    vector roots_and_powers { x: refer = p(&[2, 3], 1), y: val = 1.7, n: konst = 3 };
    vector trigonometric { x: refer = t(&[2, 3], 1) * 0.5 };
    vector hyperbolic { x: refer = t(&[2, 3], 1) * 0.5 };
    vector piecewise { x: refer = t(&[2, 4], 1), low: val = -0.45, high: val = 0.55 };
    vector activations { x: refer = t(&[2, 4], 1) * 2.0 };
    vector steps { x: refer = t(&[2, 4], 1) * 3.0 };
    vector two_tensors { x: refer = p(&[2, 3], 1), y: refer = t(&[3], 2) };
    vector chosen { x: refer = t(&[4, 3], 1), y: refer = t(&[3], 2) };
}

#[test]
fn what_is_not_chosen_contributes_nothing() {
    let x = Tensor::from([0.0, 4.0]);
    let (_, pullback) = guarded::vjp(&x);
    assert_eq!(
        pullback(Tensor::ones([2])).to_vec(),
        [0.0, 0.25 + 0.25 - 1.0 / 16.0]
    );
    let (_, tangent) = guarded::jvp(&x, Tensor::ones([2]));
    assert_eq!(tangent.to_vec(), [0.0, 0.25 + 0.25 - 1.0 / 16.0]);
}

/// One function's gradient at a few points.
macro_rules! slopes {
    ($($test:ident: $method:ident($($arg:expr),*) at $at:expr => $slopes:expr;)*) => { $(
        #[test]
        fn $test() {
            #[differentiable]
            fn f(x: &T64) -> T64 {
                x.$method($($arg),*)
            }
            let x = Tensor::from($at);
            let (_, pullback) = f::vjp(&x);
            assert_eq!(format!("{:?}", pullback(Tensor::ones([x.len()])).to_vec()), format!("{:?}", $slopes));
        }
    )* };
}

const INF: f64 = f64::INFINITY;

slopes! {
    abs_at_a_kink: abs() at [0.0, -0.0, -2.0, 3.0] => [0.0, 0.0, -1.0, 1.0];
    relu_at_a_kink: relu() at [0.0, -0.0, -2.0, 3.0] => [0.0, 0.0, 0.0, 1.0];
    relu6_at_its_kinks: relu6() at [0.0, 6.0, 5.0, 7.0] => [0.0, 0.0, 1.0, 0.0];
    leaky_relu_at_a_kink: leaky_relu(0.25) at [0.0, -1.0, 1.0] => [0.25, 0.25, 1.0];
    clamp_at_its_bounds: clamp(-1.0, 1.0) at [-1.0, 1.0, 1.5, 0.0] => [1.0, 1.0, 0.0, 1.0];
    roots_at_zero: sqrt() at [0.0, 4.0] => [INF, 0.25];
    logarithm_at_zero: ln() at [0.0] => [INF];
    reciprocal_at_zero: recip() at [0.0] => [-INF];
    powers_at_zero: powf(2.0) at [0.0, 3.0] => [0.0, 6.0];
    saturated: sigmoid() at [1000.0, -1000.0, 0.0] => [0.0, 0.0, 0.25];
    softplus_far_out: softplus() at [1000.0, -1000.0, 0.0] => [1.0, 0.0, 0.5];
}

#[test]
fn equal_elements_share_the_derivative() {
    #[differentiable]
    fn larger(x: &T64, y: &T64) -> f64 {
        x.maximum(y).sum()
    }
    let (dx, dy) = larger::grad(
        &Tensor::from([1.0, 2.0, 3.0]),
        &Tensor::from([1.0, 5.0, 2.0]),
    );
    assert_eq!(
        (dx.to_vec(), dy.to_vec()),
        (vec![0.5, 0.0, 1.0], vec![0.5, 1.0, 0.0])
    );
}

/// By Python's `math.erf`, `math.tanh`, `math.log1p` and `math.exp`.
#[test]
fn values_are_those_of_others() {
    let x = Tensor::from([-1.5, 0.0, 0.7]);
    let close = |a: Tensor<f64>, b: [f64; 3]| {
        let far = a
            .to_vec()
            .iter()
            .zip(b)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        assert!(far < 1e-15, "{a} {b:?}");
    };
    close(x.gelu(), [-0.10021080190328713, 0.0, 0.5306254434438489]);
    close(
        x.gelu_tanh(),
        [-0.10042842301976707, 0.0, 0.5305701347051167],
    );
    close(x.silu(), [-0.2736382857095345, 0.0, 0.46773144051771626]);
    close(
        x.softplus(),
        [0.2014132779827524, 0.6931471805599453, 1.103186048885458],
    );
    close(x.erf(), [-0.9661051464753108, 0.0, 0.6778011938374184]);
    assert_eq!(
        Tensor::from([1000.0, -1000.0]).softplus().to_vec(),
        [1000.0, 0.0]
    );
}

/// `f32` gives what `f64` gives, to its precision.
#[test]
fn single_precision_follows_double() {
    #[differentiable]
    fn singles(x: &Tensor) -> f32 {
        (x.gelu() * x.exp() + x.sigmoid().maximum(&x.tanh()) * x.softmax(0)).sum()
    }
    #[differentiable]
    fn doubles(x: &T64) -> f64 {
        (x.gelu() * x.exp() + x.sigmoid().maximum(&x.tanh()) * x.softmax(0)).sum()
    }
    let dx = singles::grad(&Tensor::from([0.3_f32, -1.2, 2.1]));
    let exact = doubles::grad(&Tensor::from([0.3_f32, -1.2, 2.1].map(f64::from)));
    for (a, b) in dx.to_vec().iter().zip(exact.to_vec()) {
        assert!(
            (f64::from(*a) - b).abs() < 1e-5 * b.abs().max(1.0),
            "{a} {b}"
        );
    }
}

#[test]
fn nan_is_passed_on() {
    let x = Tensor::from([f64::NAN, 1.0]);
    for y in [
        x.relu(),
        x.relu6(),
        x.softplus(),
        x.maximum(&Tensor::scalar(2.0)),
        x.minimum(&Tensor::scalar(0.0)),
        x.abs(),
    ] {
        assert!(y[[0]].is_nan() && !y[[1]].is_nan(), "{y}");
    }
}

#[test]
fn masks_combine() {
    let x = Tensor::from([[1.0, 2.0, 3.0]]);
    let m = x.gt(1.5) & x.less(&Tensor::from([[2.5], [9.0]]));
    assert_eq!(
        m,
        Mask::from_vec([2, 3], vec![false, true, false, false, true, true])
    );
    assert_eq!(
        (m.count(), m.any(), m.all(), (!m).count()),
        (3, true, false, 3)
    );
}
