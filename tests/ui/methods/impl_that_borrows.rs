//! An annotated trait for a type that borrows its data.

use pullback::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct View<'a> {
    values: &'a [f64],
}

#[differentiable]
trait Norm {
    fn norm(&self) -> f64;
}

#[differentiable]
impl<'a> Norm for View<'a> {
    fn norm(&self) -> f64 {
        self.values.iter().map(|v| v * v).sum()
    }
}

fn main() {
    println!("{}", View { values: &[1.0] }.norm());
}
