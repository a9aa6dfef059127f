//! `match` on literals, ranges, tuples, options and guards, as statement and as value.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn on_a_literal(x: f64, kind: usize) -> f64 {
    match kind {
        0 => x,
        1 => x * x,
        2 | 3 => x.sin(),
        _ => x.exp(),
    }
}

#[differentiable]
fn on_a_range(x: f64, n: i32) -> f64 {
    match n {
        i32::MIN..=-1 => -x,
        0 => 1.0,
        1..=9 => x * n as f64,
        10.. => x.powi(n / 10),
    }
}

#[differentiable]
fn on_a_tuple(x: f64, y: f64) -> f64 {
    match (x > 0.0, y > 0.0) {
        (true, true) => x * y,
        (true, false) => x - y,
        (false, true) => y / x,
        (false, false) => x * x,
    }
}

#[differentiable]
fn binds_from_a_tuple(x: f64, y: f64, n: usize) -> f64 {
    match (x * y, n) {
        (p, 0) => p,
        (p, 1) => p * x,
        (p, k) => p * p * k as f64,
    }
}

#[differentiable]
fn with_guards(x: f64, n: i32) -> f64 {
    match n {
        k if k < 0 => x / 2.0,
        k if x > 0.5 => x * x * k as f64,
        _ => x,
    }
}

/// The guard looks at a value that depends on the inputs.
#[differentiable]
fn guards_on_data(x: f64, y: f64) -> f64 {
    match x * y {
        p if p > 1.0 => p.ln() * x,
        p if p > 0.0 => p.sqrt() + y,
        p => p * p,
    }
}

#[differentiable]
fn on_an_option(x: f64, y: f64) -> f64 {
    let candidate = if x > y { Some(x * x) } else { None };
    match candidate {
        Some(v) if v > 100.0 => v,
        Some(v) => v * y,
        None => y,
    }
}

#[differentiable]
fn on_an_option_none(x: f64, y: f64) -> f64 {
    let candidate = if x > y { Some(x * x) } else { None };
    match candidate {
        Some(v) => v * y,
        None => y * y,
    }
}

#[differentiable]
fn optional_pair(x: f64, y: f64, n: usize) -> f64 {
    let pair = if n > 2 { Some((x * y, n)) } else { None };
    match pair {
        Some((p, k)) => p * p * k as f64,
        None => x,
    }
}

#[differentiable]
fn as_statement(x: f64, op: char) -> f64 {
    let mut s = x;
    match op {
        '+' => s += 2.0 * x,
        '*' => {
            s *= x;
            s *= x;
        }
        _ => {}
    }
    s + 1.0
}

#[differentiable]
fn in_a_loop(x: f64, program: &[u8]) -> f64 {
    let mut accumulator = x;
    for &instruction in program {
        accumulator = match instruction {
            0 => accumulator + x,
            1 => accumulator * x,
            2 => accumulator.sin(),
            _ => 1.0 / (1.0 + accumulator * accumulator),
        };
    }
    accumulator
}

#[differentiable]
fn arms_that_return(x: f64, n: usize) -> f64 {
    let y = match n {
        0 => return x,
        1 => x * 2.0,
        _ => {
            if x > 10.0 {
                return 0.0;
            }
            x * x
        }
    };
    y * y
}

#[differentiable]
fn nested(x: f64, a: u8, b: u8) -> f64 {
    match a {
        0 => match b {
            0 => x,
            _ => x * x,
        },
        1 => {
            let y = match b {
                0 => x.exp(),
                _ => x.cos(),
            };
            y * x
        }
        _ => 0.0,
    }
}

#[differentiable]
fn with_bindings_at(x: f64, n: u32) -> f64 {
    match n {
        0 => x,
        small @ 1..=4 => x * f64::from(small),
        large => x / f64::from(large),
    }
}

#[differentiable]
fn on_a_reference(x: &f64, modes: &[bool]) -> f64 {
    let mut s = 1.0;
    for mode in modes {
        match mode {
            true => s *= *x,
            false => s += *x,
        }
    }
    s
}

#[differentiable]
fn on_a_boolean_expression(x: f64, y: f64) -> f64 {
    let largest = match x > y {
        true => x,
        false => y,
    };
    largest * x
}

#[differentiable]
fn piecewise_polynomial(t: f64) -> f64 {
    let cell = (t * 4.0).floor() as i64;
    let u = t * 4.0 - cell as f64;
    match cell {
        0 => u * u * u / 6.0,
        1 => (1.0 + 3.0 * u * (1.0 + u * (1.0 - u))) / 6.0,
        2 => (4.0 - 6.0 * u * u + 3.0 * u * u * u) / 6.0,
        3 => (1.0 - u) * (1.0 - u) * (1.0 - u) / 6.0,
        _ => 0.0,
    }
}

programs! {
    on_a_literal { x: val = 0.7, kind: konst = 3_usize } exact [x.cos()];
    on_a_range { x: val = 0.7, n: konst = 35 } exact [3.0 * x * x];
    on_a_tuple { x: val = -0.7, y: val = 0.4 } exact [-y / (x * x), 1.0 / x];
    binds_from_a_tuple { x: val = -0.7, y: val = 0.4, n: konst = 3_usize }
        exact [6.0 * x * y * y, 6.0 * x * x * y];
    with_guards { x: val = 0.7, n: konst = 3 } exact [6.0 * x];
    guards_on_data { x: val = 0.7, y: val = 0.9 };
    on_an_option { x: val = 0.7, y: val = 0.3 } exact [2.0 * x * y, x * x] connected [true, true];
    on_an_option_none { x: val = 0.2, y: val = 0.3 } exact [0.0, 2.0 * y] connected [false, true];
    optional_pair { x: val = 0.2, y: val = 0.3, n: konst = 4_usize };
    as_statement { x: val = 0.6, op: konst = '*' } exact [3.0 * x * x];
    in_a_loop { x: val = 0.6, program: konst_slice = vec![0_u8, 1, 2, 3, 1, 0, 7] };
    arms_that_return { x: val = 0.6, n: konst = 5_usize } exact [4.0 * x * x * x];
    nested { x: val = 0.6, a: konst = 1_u8, b: konst = 1_u8 } exact [x.cos() - x * x.sin()];
    with_bindings_at { x: val = 0.6, n: konst = 3_u32 } exact [3.0];
    on_a_reference { x: refer = 0.6, modes: konst_slice = vec![true, false, true, true, false] };
    on_a_boolean_expression { x: val = 0.6, y: val = 0.9 } exact [y, x];
    piecewise_polynomial { t: val = 0.61 };
}
