//! A method of the user's own is not taken for that of `Vec`.

use pullback::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Sum {
    total: f64,
}

impl Sum {
    fn push(&mut self, x: f64) {
        self.total += x;
    }
}

#[derive(Clone, Differentiable)]
struct Holder {
    sum: Sum,
}

#[differentiable]
fn f(holder: &Holder, x: f64) -> f64 {
    let mut holder = holder.clone();
    holder.sum.push(x);
    holder.sum.total * x
}

fn main() {
    let holder = Holder { sum: Sum { total: 1.0 } };
    assert_eq!(f(&holder, 2.0), 6.0);
}
