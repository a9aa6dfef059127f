//! The user's own mistake, which has nothing to do with derivatives.
use pullback::differentiable;

#[differentiable]
fn choose(x: f64, kind: u8) -> f64 {
    match kind {
        0 => x * x,
        1 => (x, x),
        _ => 0.0,
    }
}

fn main() {
    println!("{}", choose::grad(1.0, 0));
}
