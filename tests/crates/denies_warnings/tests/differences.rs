//! The gradients are those of differences.

use denies_warnings::{model, relax, smooth, spring};

fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-6 * (1.0 + b.abs()), "{a} {b}");
}

#[test]
fn gradients_are_those_of_differences() {
    let h = 1e-6;
    let (ds, _) = spring::grad(0.3, 0.7, 3);
    close(
        ds,
        (spring(0.3 + h, 0.7, 3) - spring(0.3 - h, 0.7, 3)) / (2.0 * h),
    );
    let signal = [0.5, 1.5, -0.25, 2.0, 0.75];
    let (_, rate) = smooth::grad(&signal, 0.3);
    close(
        rate,
        (smooth(&signal, 0.3 + h) - smooth(&signal, 0.3 - h)) / (2.0 * h),
    );
    for kind in [None, Some(0), Some(2)] {
        let (_, x) = model::grad(&signal, 0.3, kind);
        close(
            x,
            (model(&signal, 0.3 + h, kind) - model(&signal, 0.3 - h, kind)) / (2.0 * h),
        );
    }
    let (mut grid, mut bars) = ([1.0_f32, 0.0, 1.0], [0.0, 1.0, 0.0]);
    assert_eq!(
        relax::vjp(&mut grid, 0.5).1(pullback::NoTangent, &mut bars),
        1.0
    );
}
