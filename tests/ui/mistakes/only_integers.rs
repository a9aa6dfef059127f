use pullback::differentiable;

#[differentiable]
fn factorial(n: u32) -> f64 {
    let mut product = 1.0;
    for k in 1..=n {
        product *= f64::from(k);
    }
    product
}

fn main() {
    println!("{:?}", factorial::grad(5));
}
