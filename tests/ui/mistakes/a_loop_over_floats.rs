use pullback::differentiable;

#[differentiable]
fn integral(a: f64, b: f64) -> f64 {
    let mut sum = 0.0;
    for x in a..b {
        sum += x * x;
    }
    sum
}

fn main() {
    println!("{:?}", integral::grad(0.0, 1.0));
}
