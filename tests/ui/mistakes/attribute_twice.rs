use pullback::differentiable;

#[differentiable]
#[differentiable(order = 2)]
fn square(x: f64) -> f64 {
    x * x
}

fn main() {
    println!("{:?}", square::grad(2.0));
}
