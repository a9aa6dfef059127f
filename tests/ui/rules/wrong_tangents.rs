//! A pullback that gives one tangent too few.

use pullback::differentiable;

mod rules {
    pub fn my_rule(x: f64, y: f64) -> (f64, impl FnOnce(f64) -> f64) {
        (x * y, move |seed| seed * y)
    }
}

#[differentiable(vjp = rules::my_rule)]
fn f(x: f64, y: f64) -> f64 {
    x * y
}

fn main() {
    f::grad(1.0, 2.0);
}
