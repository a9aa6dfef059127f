//! A user's own method that is called like a step function of std's.

use pullback::differentiable;

struct Wave(f64);

impl Wave {
    fn floor(&self) -> f64 {
        self.0 * self.0
    }
}

#[differentiable]
fn f(x: f64) -> f64 {
    let wave = Wave(x);
    wave.floor()
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
