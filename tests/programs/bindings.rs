//! `let` in all its forms: shadowing, patterns, deferred initialisation, destructuring assignment.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn shadowing(x: f64) -> f64 {
    let y = x * 2.0;
    let x = y.sin();
    let y = x * y;
    let x = x + y;
    x * y
}

#[differentiable]
fn shadowing_in_blocks(x: f64, y: f64) -> f64 {
    let z = {
        let x = x * y;
        let y = x + 1.0;
        x * y
    };
    let w = {
        let x = z;
        x * x
    };
    x * w + y
}

#[differentiable]
fn shadowing_in_loops(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for x in x {
        let x = x * s;
        let s_new = x + 0.1;
        s = s_new.sin() + x;
    }
    s
}

#[differentiable]
fn shadowing_in_branches(x: f64, y: f64) -> f64 {
    let s = x * y;
    let s = if s > 0.0 {
        let s = s.sqrt();
        s + x
    } else {
        let y = -s;
        y * s
    };
    s * y
}

#[differentiable]
fn shadowed_parameter(x: f64) -> f64 {
    let x = x * x;
    let x = x * x;
    let mut x = x + 1.0;
    x *= x;
    x
}

#[differentiable]
fn deferred(x: f64, y: f64) -> f64 {
    let z;
    let w;
    if x > y {
        z = x * y;
        w = z + y;
    } else {
        w = x;
        z = w * w;
    }
    z * w
}

#[differentiable]
fn deferred_in_a_match(x: f64, n: usize) -> f64 {
    let power: f64;
    match n {
        0 => power = 1.0,
        1 => power = x,
        _ => {
            let half = x * x;
            power = half * half;
        }
    }
    power + x
}

#[differentiable]
fn deferred_past_a_loop(x: f64) -> f64 {
    let result;
    let mut s = x;
    loop {
        s = s * 1.3 + 0.2;
        if s > 2.0 {
            result = s * s;
            break;
        }
    }
    result * x
}

#[differentiable]
fn tuple_patterns(x: f64, y: f64) -> f64 {
    let (a, b) = (x * y, x + y);
    let (c, (d, _)) = (a * b, (a - b, 100.0 * x));
    let ((e, f), g) = ((c, d), c * d);
    e * f + g * a
}

#[differentiable]
fn array_patterns(v: [f64; 3]) -> f64 {
    let [a, b, c] = v;
    let [d, ..] = [a * b, b * c, c * a];
    let [.., e] = [a, d * c];
    e * d + a
}

#[differentiable]
fn destructuring_assignment(x: f64, y: f64) -> f64 {
    let mut a = x;
    let mut b = y;
    for _ in 0..3 {
        (a, b) = (a * 0.5 + b, a * b * 0.5);
    }
    [a, b] = [b + x, a];
    (a, _) = (a * b, b);
    a + b
}

#[differentiable]
fn swap_by_tuple(x: f64, y: f64) -> f64 {
    let (mut a, mut b) = (x, y);
    (a, b) = (b, a);
    a *= 2.0;
    (b, a) = (a, b);
    a * a + b
}

#[differentiable]
fn typed_bindings(x: f64) -> f64 {
    let y: f64 = x * 2.0;
    let (a, b): (f64, f64) = (y, y * x);
    let list: [f64; 2] = [a, b];
    let v: Vec<f64> = vec![list[0], list[1]];
    let n: usize = v.len();
    v[0] * v[1] * n as f64
}

#[differentiable]
fn pattern_parameters((x, y): (f64, f64), [a, b]: [f64; 2]) -> f64 {
    x * a + y * b * x
}

#[differentiable]
fn mutable_parameters(mut x: f64, mut y: f64) -> f64 {
    x *= y;
    y += x;
    x * y
}

#[differentiable]
fn underscore_bindings(x: f64, y: f64) -> f64 {
    let _ = x * y;
    let _kept = x + y;
    let (_, b) = (x, y * y);
    _kept * b
}

#[differentiable]
fn reference_patterns(v: &[f64], p: &(f64, f64)) -> f64 {
    let &(a, b) = p;
    let &first = &v[0];
    let second = &v[1];
    let mut s = a * first + *second;
    let (c, d) = p;
    s += c * d * b;
    s
}

#[differentiable]
fn mutable_reference_local(x: f64, y: f64) -> f64 {
    let mut a = x;
    let mut v = [x, y];
    {
        let r = &mut a;
        *r *= y;
        *r += x;
    }
    let e = &mut v[1];
    *e *= *e;
    v[0] * v[1] + a
}

programs! {
    shadowing { x: val = 0.7 };
    shadowing_in_blocks { x: val = 0.7, y: val = -0.4 };
    shadowing_in_loops { x: slice = vector(4, 1) };
    shadowing_in_branches { x: val = 0.7, y: val = 0.4 };
    shadowed_parameter { x: val = 0.7 } exact [8.0 * x.powi(3) * (x.powi(4) + 1.0)];
    deferred { x: val = 0.7, y: val = 0.4 };
    deferred_in_a_match { x: val = 0.7, n: konst = 4_usize } exact [4.0 * x.powi(3) + 1.0];
    deferred_past_a_loop { x: val = 0.7 };
    tuple_patterns { x: val = 0.7, y: val = -0.4 };
    array_patterns { v: val = array::<3>(2) };
    destructuring_assignment { x: val = 0.7, y: val = -0.4 };
    swap_by_tuple { x: val = 0.7, y: val = -0.4 } exact [2.0 * x, 2.0];
    typed_bindings { x: val = 0.7 } exact [24.0 * x * x];
    pattern_parameters { arg0: val = (0.4, 1.3), arg1: val = array::<2>(4) };
    mutable_parameters { x: val = 0.7, y: val = -0.4 };
    underscore_bindings { x: val = 0.7, y: val = -0.4 } exact [y * y, 2.0 * x * y + 3.0 * y * y];
    reference_patterns { v: slice = vector(2, 3), p: refer = (0.4, -0.9) };
    mutable_reference_local { x: val = 0.7, y: val = -0.4 } exact [y * y + y + 1.0, 2.0 * x * y + x];
}
