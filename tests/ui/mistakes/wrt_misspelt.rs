use pullback::differentiable;

#[differentiable(wrt(wieght))]
fn loss(weight: f64, bias: f64) -> f64 {
    weight * weight + bias
}

fn main() {
    println!("{:?}", loss::grad(1.0, 2.0));
}
