//! What `#[watch]` cannot mean: each mistake at its place, with a way out.

use pullback::differentiable;

#[differentiable]
fn no_type(x: f64) -> f64 {
    #[watch]
    let y = x * x;
    y
}

#[differentiable]
fn half_a_type(x: f64) -> f64 {
    #[watch]
    let y: Vec<_> = vec![x, x];
    y[0] * y[1]
}

#[differentiable]
fn pattern(x: f64) -> f64 {
    #[watch]
    let (a, b): (f64, f64) = (x, x * x);
    a * b
}

#[differentiable]
fn no_value(x: f64) -> f64 {
    #[watch]
    let y: f64;
    y = x * x;
    y
}

#[differentiable]
fn named_like_a_parameter(x: f64) -> f64 {
    #[watch]
    let x: f64 = x * x;
    x
}

#[differentiable]
fn twice(x: f64) -> f64 {
    #[watch]
    let y: f64 = x * x;
    #[watch]
    let y: f64 = y * y;
    y
}

#[differentiable]
fn integer(x: f64, n: usize) -> f64 {
    #[watch]
    let k: usize = n + 1;
    x * k as f64
}

#[differentiable]
fn reference(xs: &[f64]) -> f64 {
    #[watch]
    let first: &f64 = &xs[0];
    first * first
}

#[differentiable]
fn closure(xs: &[f64]) -> f64 {
    xs.iter()
        .map(|x| {
            #[watch]
            let y: f64 = x * x;
            y
        })
        .sum()
}

#[differentiable]
fn option(x: f64) -> f64 {
    #[watch(first)]
    let y: f64 = x * x;
    y
}

#[differentiable]
fn on_a_loop(x: f64) -> f64 {
    let mut y = x;
    #[watch]
    for _ in 0..3 {
        y *= x;
    }
    y
}

#[differentiable(mode = "forward")]
fn forward_alone(x: f64) -> f64 {
    #[watch]
    let y: f64 = x * x;
    y
}

fn rule(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x * x, move |seed| 2.0 * x * seed)
}

#[differentiable(vjp = rule)]
fn with_a_rule(x: f64) -> f64 {
    #[watch]
    let y: f64 = x * x;
    y
}

#[differentiable]
trait Energy {
    fn energy(&self, x: f64) -> f64;
}

#[derive(Clone, pullback::Differentiable)]
struct Spring(f64);

#[differentiable]
impl Energy for Spring {
    fn energy(&self, x: f64) -> f64 {
        #[watch]
        let force: f64 = self.0 * x;
        force * x
    }
}

#[differentiable(detached = "deny")]
fn in_vain(x: f64) -> f64 {
    #[watch]
    let y: f64 = x * x;
    x * y.floor()
}

fn main() {}
