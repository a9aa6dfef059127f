//! What is refused in a method is one error, also where the method is called and where a trait asks for it.

use pullback::{Differentiable, differentiable};

macro_rules! doubled {
    ($x:expr) => {
        2.0 * $x
    };
}

#[derive(Clone, Differentiable)]
struct Line {
    slope: f64,
}

#[differentiable]
trait Curve {
    fn at(&self, x: f64) -> f64;

    fn twice(&self, x: f64) -> f64 {
        doubled!(self.at(x))
    }
}

#[differentiable]
impl Curve for Line {
    fn at(&self, x: f64) -> f64 {
        doubled!(self.slope * x)
    }
}

#[differentiable]
impl Line {
    fn own(&self, x: f64) -> f64 {
        doubled!(self.slope * x)
    }
}

#[differentiable]
fn all(line: &Line, x: f64) -> f64 {
    line.at(x) + line.twice(x) + line.own(x)
}

fn main() {
    let line = Line { slope: 1.0 };
    println!("{:?} {:?}", all::grad(&line, 2.0), line.own_grad(1.0));
}
