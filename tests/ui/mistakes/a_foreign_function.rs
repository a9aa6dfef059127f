use pullback::differentiable;

unsafe extern "C" {
    safe fn j0(x: f64) -> f64;
}

#[differentiable]
fn wave(x: f64, k: f64) -> f64 {
    j0(k * x)
}

fn main() {
    println!("{:?}", wave::grad(1.0, 2.0));
}
