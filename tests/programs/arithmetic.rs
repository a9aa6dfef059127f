//! Straight-line arithmetic: operators, precedence, constants, casts, reuse of values.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn affine(w: f64, x: f64, b: f64) -> f64 {
    w * x + b
}

#[differentiable]
fn horner(x: f64) -> f64 {
    ((2.0 * x - 3.0) * x + 0.5) * x - 7.0
}

#[differentiable]
fn rational(x: f64, y: f64) -> f64 {
    (x * x - y) / (1.0 + x * x + y * y)
}

#[differentiable]
fn negations(x: f64, y: f64) -> f64 {
    -(-x * y) - (-(x - y)) * -2.0
}

/// The same value feeds both sides of each operator.
#[differentiable]
fn reused(x: f64) -> f64 {
    let y = x * x;
    let z = y * y + y / x - (y - y);
    z * z + x
}

#[differentiable]
fn remainder(x: f64, y: f64) -> f64 {
    (x % 0.7) * y + 5.3 % y
}

#[differentiable]
fn compound(x: f64, y: f64) -> f64 {
    let mut s = x;
    s += y * 2.0;
    s *= x;
    s -= y / x;
    s /= 3.0 + y;
    s %= 10.0;
    s
}

#[differentiable]
fn with_itself(x: f64) -> f64 {
    let mut s = x;
    s += s;
    s *= s;
    s = s - s * x;
    s /= s + 2.0;
    s
}

#[differentiable]
fn integers_mixed_in(x: f64, n: usize, k: i32) -> f64 {
    let half = n / 2;
    let scale = half as f64 + f64::from(k);
    x * scale + x.powi(k) / (n as f64)
}

#[differentiable]
fn casts(x: f64, n: u8) -> f64 {
    let steps = (n as usize + 3) % 4;
    let narrow = n as i16 - 300;
    x * x * steps as f64 + x * f64::from(narrow)
}

#[differentiable]
fn consts(r: f64) -> f64 {
    const FOUR_THIRDS: f64 = 4.0 / 3.0;
    let area = 4.0 * std::f64::consts::PI * r * r;
    FOUR_THIRDS * std::f64::consts::PI * r.powi(3) + area
}

#[differentiable]
fn blocks(x: f64, y: f64) -> f64 {
    let a = {
        let b = x * y;
        b + {
            let c = b * x;
            c * c
        }
    };
    a * y
}

#[differentiable]
fn references(x: &f64, y: &f64) -> f64 {
    let z = &(*x * *y);
    *z + x * 2.0 - *y
}

#[differentiable]
fn early_value_of_a_later_name(a: f64, b: f64) -> f64 {
    let c = a;
    let a = b * 2.0;
    let b = c * a;
    a * b + c
}

#[differentiable]
fn wide_expression(a: f64, b: f64, c: f64) -> f64 {
    a * b * c + a * b - c * c / a + (a + b + c) * (a - b - c) * 0.5 - 1.0 / (a * a + b * b + 1.0)
}

#[differentiable(wrt(w, b))]
fn only_some(w: f64, x: f64, b: f64) -> f64 {
    (w * x + b) * (w - x)
}

#[differentiable]
fn constant_parameter(x: f64, #[constant] scale: f64) -> f64 {
    (x * scale).sin() * scale
}

#[differentiable]
fn identity(x: f64) -> f64 {
    x
}

#[differentiable]
fn returned_early_on_purpose(x: f64, y: f64) -> f64 {
    let z = x / y;
    return z * z;
}

/// A literal alone is of no type in the partial derivatives, where its own methods are called.
#[differentiable]
fn logarithms_of_every_base(x: f64, y: &[f64]) -> f64 {
    let like = y[0] * x;
    x.log(3.) + x.log(2.5) * like.log(10.0) + y.iter().map(|v| v.log(7.0)).sum::<f64>()
}

programs! {
    logarithms_of_every_base { x: val = 1.7, y: slice = vec![0.7, 2.4] };
    affine { w: val = 0.7, x: val = -1.3, b: val = 0.2 } exact [x, w, 1.0];
    horner { x: val = 0.7 } exact [6.0 * x * x - 6.0 * x + 0.5];
    rational { x: val = 0.8, y: val = -0.4 };
    negations { x: val = 0.8, y: val = -0.4 } exact [y - 2.0, x + 2.0];
    reused { x: val = 1.1 };
    remainder { x: val = 1.6, y: val = 0.9 } exact [y, x % 0.7 - (5.3_f64 / y).trunc()];
    compound { x: val = 1.4, y: val = 0.6 };
    with_itself { x: val = 0.45 };
    integers_mixed_in { x: val = 0.9, n: konst = 7_usize, k: konst = 3_i32 }
        exact [3.0 + 3.0 + 3.0 * x * x / 7.0];
    casts { x: val = 0.3, n: konst = 200_u8 } exact [6.0 * x - 100.0];
    consts { r: val = 0.6 }
        exact [4.0 * std::f64::consts::PI * r * r + 8.0 * std::f64::consts::PI * r];
    blocks { x: val = 0.7, y: val = 1.2 };
    references { x: refer = 0.3, y: refer = -0.8 } exact [y + 2.0, x - 1.0];
    early_value_of_a_later_name { a: val = 0.4, b: val = 1.5 }
        exact [4.0 * b * b + 1.0, 8.0 * a * b];
    wide_expression { a: val = 1.2, b: val = -0.7, c: val = 0.4 };
    only_some { w: val = 0.4, x: konst = 1.3, b: val = -0.2 }
        exact [x * (w - x) + w * x + b, w - x];
    constant_parameter { x: val = 0.3, scale: konst = 1.7 } exact [(x * scale).cos() * scale * scale];
    identity { x: val = 0.3 } exact [1.0] connected [true];
    returned_early_on_purpose { x: val = 0.3, y: val = 0.9 }
        exact [2.0 * x / (y * y), -2.0 * x * x / (y * y * y)];
}
