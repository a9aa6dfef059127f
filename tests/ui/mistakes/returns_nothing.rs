use pullback::differentiable;

#[differentiable]
fn square(x: f64) {
    x * x;
}

fn main() {
    println!("{:?}", square::grad(1.0));
}
