use pullback::differentiable;

struct Line {
    slope: f64,
}

impl Line {
    fn at(&self, x: f64) -> f64 {
        self.slope * x
    }
}

#[differentiable]
fn error(#[constant] line: &Line, x: f64, y: f64) -> f64 {
    (line.at(x) - y).powi(2)
}

fn main() {
    println!("{:?}", error::grad(&Line { slope: 1.0 }, 2.0, 1.0));
}
