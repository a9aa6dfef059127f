use pullback::differentiable;
use std::collections::HashMap;

#[differentiable]
fn total(weights: &HashMap<String, f64>, x: f64) -> f64 {
    let mut sum = 0.0;
    for (_, w) in weights {
        sum += w * x;
    }
    sum
}

fn main() {
    println!("{:?}", total(&HashMap::new(), 1.0));
}
