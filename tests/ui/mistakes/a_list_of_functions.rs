use pullback::differentiable;

#[differentiable]
fn composed(x: f64, n: usize) -> f64 {
    let mut steps: Vec<Box<dyn Fn(f64) -> f64>> = Vec::new();
    for i in 0..n {
        steps.push(Box::new(move |v| v + i as f64));
    }
    let mut y = x;
    for step in &steps {
        y = step(y);
    }
    y
}

fn main() {
    println!("{}", composed::grad(1.0, 2));
}
