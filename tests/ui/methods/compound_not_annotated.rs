//! A compound assignment without the attribute on its `impl`.

use pullback::{Differentiable, differentiable};
use std::ops::MulAssign;

#[derive(Clone, Copy, Differentiable)]
struct Vec2 {
    x: f64,
    y: f64,
}

impl MulAssign<f64> for Vec2 {
    fn mul_assign(&mut self, k: f64) {
        self.x *= k;
        self.y *= k;
    }
}

#[differentiable]
fn stretched(mut v: Vec2, k: f64) -> f64 {
    v *= k;
    v.x + v.y
}

fn main() {}
