//! A value that carries a derivative, put where it is shared.

use pullback::differentiable;
use std::rc::Rc;

#[differentiable]
fn square(x: f64) -> f64 {
    let shared = Rc::new(x * x);
    let other = Rc::clone(&shared);
    *shared * *other
}

fn main() {
    println!("{}", square::grad(1.0));
}
