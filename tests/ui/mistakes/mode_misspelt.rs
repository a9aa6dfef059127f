use pullback::differentiable;

#[differentiable(mode = "backward")]
fn loss(weight: f64) -> f64 {
    weight * weight
}

fn main() {
    println!("{:?}", loss::grad(1.0));
}
