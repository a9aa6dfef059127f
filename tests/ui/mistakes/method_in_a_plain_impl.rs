//! A method whose `impl` block has no attribute.
use pullback::differentiable;

struct Line {
    slope: f64,
}

impl Line {
    #[differentiable]
    fn at(&self, x: f64) -> f64 {
        self.slope * x
    }
}

fn main() {
    println!("{}", Line { slope: 1.0 }.at(2.0));
}
