//! `if` in all its forms, as statement and as value.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn as_value(w: f64, b: f64) -> f64 {
    let y = w * 2.0 + b;
    if y > 0.0 { y * y } else { y.exp() }
}

#[differentiable]
fn as_statement(x: f64, y: f64) -> f64 {
    let mut s = x * y;
    if s > 0.1 {
        s = s * s;
    }
    s + x
}

#[differentiable]
fn else_if_chain(x: f64) -> f64 {
    if x < -1.0 {
        -x
    } else if x < 0.0 {
        x * x
    } else if x < 1.0 {
        x.sin()
    } else {
        x.ln()
    }
}

/// Copies with other inputs, so that each arm of the chain is taken.
#[differentiable]
fn else_if_second(x: f64) -> f64 {
    if x < -1.0 {
        -x
    } else if x < 0.0 {
        x * x
    } else {
        x.sin()
    }
}

#[differentiable]
fn huber(residual: f64, delta: f64) -> f64 {
    let a = residual.abs();
    if a <= delta {
        0.5 * residual * residual
    } else {
        delta * (a - 0.5 * delta)
    }
}

#[differentiable]
fn nested(x: f64, y: f64) -> f64 {
    if x > 0.0 {
        if y > 0.0 {
            x * y
        } else if x > y.abs() {
            x - y
        } else {
            x / y
        }
    } else {
        let z = if y > 0.0 { y } else { -y };
        z * z
    }
}

/// Both variables are assigned in both arms, one of them in terms of the other.
#[differentiable]
fn both_assigned(x: f64, y: f64) -> f64 {
    let mut a = x;
    let mut b = y;
    if x * y < 0.0 {
        a = b * 2.0;
        b = a + x;
    } else {
        b = a * b;
        a = b - a;
    }
    a * b
}

#[differentiable]
fn swapped_when_unordered(x: f64, y: f64) -> f64 {
    let (mut low, mut high) = (x, y);
    if low > high {
        let t = low;
        low = high;
        high = t;
    }
    (high - low) * (high - low) + low
}

#[differentiable]
fn conditions_with_logic(x: f64, y: f64, flag: bool) -> f64 {
    if x > 0.0 && (y < 1.0 || flag) && !(x > 5.0) {
        x * y
    } else {
        x + y
    }
}

#[differentiable]
fn condition_in_a_local(x: f64, y: f64) -> f64 {
    let big = x * x > y;
    let small = !big;
    let mut s = 0.0;
    if big {
        s += x * 3.0;
    }
    if small {
        s += y * y;
    }
    s
}

#[differentiable]
fn if_inside_an_expression(x: f64, y: f64) -> f64 {
    x * (if y > 0.0 { y } else { 1.0 }) + if x > 0.5 { 2.0 * x } else { y } * 3.0
}

#[differentiable]
fn if_in_an_argument(x: f64, y: f64) -> f64 {
    f64::hypot(
        if x > y { x } else { y },
        if x < y { 2.0 * x } else { 3.0 * y },
    )
}

#[differentiable]
fn if_as_an_index(v: &[f64], up: bool) -> f64 {
    let i = if up { 2 } else { 0 };
    v[i] * v[if v[1] > 0.0 { 1 } else { 3 }]
}

#[differentiable]
fn tuple_from_branches(x: f64, y: f64) -> f64 {
    let (a, b) = if x > y { (x * 2.0, y) } else { (y * y, x) };
    a * b
}

#[differentiable]
fn early_return(x: f64, y: f64) -> f64 {
    if x < 0.0 {
        return y * y;
    }
    let z = x.sqrt() * y;
    if z > 10.0 {
        return z;
    }
    z * x
}

#[differentiable]
fn early_return_taken(x: f64, y: f64) -> f64 {
    if x < 0.0 {
        return y * y * x;
    }
    x.sqrt() * y
}

#[differentiable]
fn guard_with_let_else(x: f64, choice: Option<usize>) -> f64 {
    let Some(power) = choice else {
        return x;
    };
    x * x * power as f64
}

#[differentiable]
fn if_let_on_a_constant(x: f64, #[constant] choice: Option<f64>) -> f64 {
    let mut s = x * x;
    if let Some(factor) = choice {
        s *= factor;
    } else {
        s = x;
    }
    s
}

#[differentiable]
fn optional_intermediate(x: f64, y: f64) -> f64 {
    let root = if x > 0.0 { Some(x.sqrt() * y) } else { None };
    if let Some(r) = root { r * r + y } else { y }
}

#[differentiable]
fn equal_arms(x: f64, y: f64) -> f64 {
    if x > y { x * y } else { x * y }
}

/// An arm that leaves the value as it was.
#[differentiable]
fn unchanged_in_one_arm(x: f64, y: f64) -> f64 {
    let mut s = x * y;
    if y > 100.0 {
        s = 0.0;
    }
    let t = s * s;
    if y < 100.0 {
        s = t * x;
    }
    s + t
}

programs! {
    as_value { w: val = 1.0, b: val = 3.0 } exact [20.0, 10.0] connected [true, true];
    as_statement { x: val = 0.8, y: val = 0.7 } exact [2.0 * x * y * y + 1.0, 2.0 * x * x * y];
    else_if_chain { x: val = 1.7 } exact [1.0 / x];
    else_if_second { x: val = -0.4 } exact [2.0 * x];
    huber { residual: val = -2.0, delta: val = 0.7 } exact [-delta, 2.0 - delta];
    nested { x: val = 0.3, y: val = -0.8 } exact [1.0 / y, -x / (y * y)];
    both_assigned { x: val = 0.3, y: val = -0.8 };
    swapped_when_unordered { x: val = 0.9, y: val = -0.8 }
        exact [2.0 * (x - y), 1.0 - 2.0 * (x - y)];
    conditions_with_logic { x: val = 0.9, y: val = 1.8, flag: konst = true } exact [y, x];
    condition_in_a_local { x: val = 0.9, y: val = 1.8 } exact [0.0, 2.0 * y];
    if_inside_an_expression { x: val = 0.9, y: val = -1.8 } exact [7.0, 0.0];
    if_in_an_argument { x: val = 0.9, y: val = 1.4 };
    if_as_an_index { v: slice = vec![0.3, -0.7, 1.1, 0.9], up: konst = true }
        exact [vec![0.0, 0.0, 0.9, 1.1]];
    tuple_from_branches { x: val = 0.9, y: val = 1.4 } exact [y * y, 2.0 * y * x];
    early_return { x: val = 0.9, y: val = 1.4 };
    early_return_taken { x: val = -0.9, y: val = 1.4 } exact [y * y, 2.0 * x * y];
    guard_with_let_else { x: val = 0.9, choice: konst = Some(3_usize) } exact [6.0 * x];
    if_let_on_a_constant { x: val = 0.9, choice: konst = Some(3.0_f64) } exact [6.0 * x];
    optional_intermediate { x: val = 0.9, y: val = 1.4 } exact [y * y, 2.0 * x * y + 1.0];
    equal_arms { x: val = 0.9, y: val = 1.4 } exact [y, x];
    unchanged_in_one_arm { x: val = 0.9, y: val = 1.4 };
}
