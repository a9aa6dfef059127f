//! The user's own mistake, which has nothing to do with derivatives.
use pullback::differentiable;

#[differentiable]
fn smooth(u: &mut [f64], k: f64) {
    let first = &mut u[0];
    u[1] = k * u[0];
    *first = k;
}

fn main() {
    let mut u = [1.0, 2.0];
    smooth(&mut u, 0.5);
}
