use pullback::differentiable;
use std::collections::HashMap;

#[differentiable]
fn total(x: &[f64]) -> f64 {
    let mut bins: HashMap<i64, f64> = HashMap::new();
    for v in x {
        *bins.entry(v.floor() as i64).or_insert(0.0) += v;
    }
    let mut sum = 0.0;
    for w in bins.values() {
        sum += w * w;
    }
    sum
}

fn main() {
    println!("{:?}", total::grad(&[1.0]));
}
