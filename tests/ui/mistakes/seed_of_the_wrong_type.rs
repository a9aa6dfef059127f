//! The pullback of a pair wants a pair.
use pullback::differentiable;

#[differentiable]
fn polar(r: f64, angle: f64) -> (f64, f64) {
    (r * angle.cos(), r * angle.sin())
}

fn main() {
    let (_, pullback) = polar::vjp(1.0, 0.5);
    let (by_r, _) = pullback(1.0);
    println!("{by_r}");
}
