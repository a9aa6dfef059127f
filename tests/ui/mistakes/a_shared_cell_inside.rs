use pullback::differentiable;
use std::cell::RefCell;

#[differentiable]
fn add(x: f64) -> f64 {
    let total = RefCell::new(1.0);
    *total.borrow_mut() += x * x;
    total.into_inner()
}

fn main() {
    println!("{}", add::grad(1.0));
}
