//! References that are exchanged in a loop that is left early, while somebody looks at the memory afterwards.

use pullback::differentiable;

#[differentiable]
fn relaxed(u: &mut [f64], k: f64) -> Option<f64> {
    let mut v = u.to_vec();
    let (mut now, mut next) = (&mut u[..], &mut v[..]);
    for _ in 0..3 {
        next[0] = now[0] * k;
        if next[0] > 9.0 {
            return None;
        }
        std::mem::swap(&mut now, &mut next);
    }
    Some(now[0])
}

fn main() {}
