//! The attribute is not in scope.
#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

fn main() {
    println!("{}", square(3.0));
}
