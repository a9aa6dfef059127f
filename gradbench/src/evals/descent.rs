//! The descent along the gradient that `particle` and `saddle` ask for: its steps grow while they succeed, and
//! shrink when one does not. All tools use the same, so that they take the same path.

use pullback::differentiable;

/// Where the gradient, or a step, becomes shorter than this, the descent ends.
const SHORT: f64 = 1e-5;

/// Where `objective` is least, looked for from `start` along its `gradient`.
#[differentiable]
pub fn argmin<const N: usize>(
    objective: impl Fn([f64; N]) -> f64,
    gradient: impl Fn([f64; N]) -> [f64; N],
    start: [f64; N],
) -> [f64; N] {
    let mut x = start;
    let mut least = objective(x);
    let mut slope = gradient(x);
    let mut rate = 1e-5;
    let mut successes = 0;
    while length(slope) > SHORT {
        if successes == 10 {
            rate *= 2.0;
            successes = 0;
            continue;
        }
        let mut moved = x;
        let mut step = [0.0; N];
        for i in 0..N {
            step[i] = rate * slope[i];
            moved[i] -= step[i];
        }
        if length(step) <= SHORT {
            break;
        }
        let value = objective(moved);
        if value < least {
            x = moved;
            least = value;
            slope = gradient(x);
            successes += 1;
        } else {
            rate /= 2.0;
            successes = 0;
        }
    }
    x
}

/// The length of a vector.
#[differentiable]
fn length<const N: usize>(v: [f64; N]) -> f64 {
    let mut sum = 0.0;
    for i in 0..N {
        sum += v[i] * v[i];
    }
    sum.sqrt()
}
