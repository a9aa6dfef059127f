use pullback::differentiable;
use std::cell::RefCell;
use std::rc::Rc;

#[differentiable]
fn add(total: Rc<RefCell<f64>>, x: f64) -> f64 {
    *total.borrow_mut() += x * x;
    let value = *total.borrow();
    value
}

fn main() {
    println!("{}", add(Rc::new(RefCell::new(0.0)), 1.0));
}
