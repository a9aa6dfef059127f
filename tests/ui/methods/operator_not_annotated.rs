//! An operator whose `impl` has no attribute.

use pullback::{Differentiable, differentiable};
use std::ops::Mul;

#[derive(Clone, Copy, Differentiable)]
struct Vec2 {
    x: f64,
    y: f64,
}

impl Mul<f64> for Vec2 {
    type Output = Vec2;
    fn mul(self, k: f64) -> Vec2 {
        Vec2 {
            x: self.x * k,
            y: self.y * k,
        }
    }
}

#[differentiable]
fn scaled(v: Vec2, k: f64) -> Vec2 {
    v * k
}

fn main() {}
