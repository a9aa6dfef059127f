use pullback::differentiable;

#[differentiable]
async fn loss(weight: f64) -> f64 {
    weight * weight
}

fn main() {
    let _ = loss(1.0);
}
