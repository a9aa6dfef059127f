//! A struct has a derive.
use pullback::differentiable;

#[differentiable]
struct Line {
    slope: f64,
}

fn main() {
    println!("{}", Line { slope: 1.0 }.slope);
}
