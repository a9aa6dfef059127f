use pullback::differentiable;

#[differentiable]
fn composed(x: f64) -> f64 {
    let steps: Vec<Box<dyn Fn(f64) -> f64>> = vec![Box::new(|v| v + 1.0), Box::new(|v| v * v)];
    let mut y = x;
    for step in &steps {
        y = step(y);
    }
    y
}

fn main() {
    println!("{}", composed::grad(1.0));
}
