use pullback::differentiable;

#[differentiable]
fn area(width: f64, height: f64) -> f64 {
    width * height
}

fn main() {
    println!("{:?}", area::jvp(1.0, 2.0));
}
