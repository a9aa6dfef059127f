//! The attribute was forgotten.
fn square(x: f64) -> f64 {
    x * x
}

fn main() {
    println!("{}", square::grad(3.0));
}
