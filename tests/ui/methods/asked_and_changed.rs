//! A method in a condition that changes what carries a derivative.

use pullback::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Counter {
    count: f64,
}

#[differentiable]
impl Counter {
    fn advance(&mut self) -> f64 {
        self.count *= 1.5;
        self.count
    }
}

#[differentiable]
fn f(x: f64) -> f64 {
    let mut c = Counter { count: x };
    let mut sum = 0.0;
    while c.advance() < 10.0 {
        sum += c.count;
    }
    sum
}

fn main() {
    f(2.0);
}
