//! `for` over ranges, `while`, `loop`, and what they carry from one iteration to the next.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn power_by_repetition(x: f64, n: usize) -> f64 {
    let mut product = 1.0;
    for _ in 0..n {
        product *= x;
    }
    product
}

#[differentiable]
fn power_of_nothing(x: f64, n: usize) -> f64 {
    let mut product = x;
    for _ in 0..n {
        product *= x;
    }
    product
}

#[differentiable]
fn sum_of_squares(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i] * x[i];
    }
    s
}

#[differentiable]
fn horner(coefficients: &[f64], x: f64) -> f64 {
    let mut value = 0.0;
    for i in (0..coefficients.len()).rev() {
        value = value * x + coefficients[i];
    }
    value
}

#[differentiable]
fn stepped(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for i in (0..x.len()).step_by(3) {
        s = s * 0.5 + x[i] * x[i];
    }
    s
}

#[differentiable]
fn reversed_steps(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for i in (1..x.len()).rev().step_by(2) {
        s = s * x[i] + x[i - 1];
    }
    s
}

#[differentiable]
fn steps_reversed(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for i in (1..x.len()).step_by(2).rev() {
        s = s * x[i] + x[i - 1];
    }
    s
}

#[differentiable]
fn inclusive(x: f64, n: i32) -> f64 {
    let mut s = 0.0;
    for k in 1..=n {
        s += x.powi(k) / k as f64;
    }
    s
}

#[differentiable]
fn negative_range(x: f64) -> f64 {
    let mut s = 0.0;
    for k in -3..=3 {
        s += (x * f64::from(k)).cos() * x;
    }
    s
}

#[differentiable]
fn empty_ranges(x: f64) -> f64 {
    let mut s = x;
    for i in 5..2 {
        s = s * x + i as f64;
    }
    for _ in (0..0).rev() {
        s = s.sin();
    }
    s * s
}

#[differentiable]
fn range_in_a_local(x: f64, n: usize) -> f64 {
    let range = 1..n;
    let mut s = x;
    for i in range {
        s = (s * i as f64).sin();
    }
    s
}

#[differentiable]
fn double_loop(a: &[f64], n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        for j in 0..n {
            s += a[i * n + j] * a[j * n + i] * (i as f64 - j as f64 + 0.5);
        }
    }
    s
}

#[differentiable]
fn triangular_loop(x: &[f64]) -> f64 {
    let mut energy = 0.0;
    for i in 0..x.len() {
        for j in i + 1..x.len() {
            let d = x[i] - x[j];
            energy += 1.0 / (d * d + 0.1);
        }
    }
    energy
}

#[differentiable]
fn inner_loop_carries(x: &[f64], w: f64) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        let mut inner = x[i];
        for _ in 0..i {
            inner = (inner * w).tanh();
        }
        total = total * 0.9 + inner * inner;
    }
    total
}

#[differentiable]
fn while_data_decides(x: f64) -> f64 {
    let mut y = x;
    while y < 10.0 {
        y = y * y + 0.5 * y;
    }
    y.ln()
}

#[differentiable]
fn newton_square_root(a: f64) -> f64 {
    let mut x = a;
    let mut trips = 0;
    while (x * x - a).abs() > 1e-13 && trips < 50 {
        x = 0.5 * (x + a / x);
        trips += 1;
    }
    x
}

#[differentiable]
fn while_counts(x: f64, n: usize) -> f64 {
    let mut i = 0;
    let mut s = x;
    while i < n {
        s = s.sin() + x * i as f64;
        i += 1;
    }
    s
}

#[differentiable]
fn while_never(x: f64) -> f64 {
    let mut y = x * 2.0;
    while y > 100.0 {
        y = y.sqrt();
    }
    y * x
}

#[differentiable]
fn fibonacci_like(a: f64, b: f64, n: usize) -> f64 {
    let mut previous = a;
    let mut current = b;
    for _ in 0..n {
        let next = 0.5 * previous * current + previous;
        previous = current;
        current = next;
    }
    current
}

#[differentiable]
fn logistic_map(r: f64, x0: f64) -> f64 {
    let mut x = x0;
    for _ in 0..20 {
        x = r * x * (1.0 - x);
    }
    x
}

#[differentiable]
fn exponential_average(x: &[f64], alpha: f64) -> f64 {
    let mut mean = x[0];
    let mut variance = 0.0;
    for i in 1..x.len() {
        let delta = x[i] - mean;
        mean += alpha * delta;
        variance = (1.0 - alpha) * (variance + alpha * delta * delta);
    }
    mean * variance.sqrt()
}

#[differentiable]
fn log_sum_exp(x: &[f64]) -> f64 {
    let mut m = f64::NEG_INFINITY;
    for i in 0..x.len() {
        if x[i] > m {
            m = x[i];
        }
    }
    let mut s = 0.0;
    for i in 0..x.len() {
        s += (x[i] - m).exp();
    }
    m + s.ln()
}

#[differentiable]
fn branch_in_a_loop(x: &[f64], w: f64) -> f64 {
    let mut s = 1.0;
    for i in 0..x.len() {
        if x[i] > 0.0 {
            s += x[i] * w;
        } else {
            s = s * w.sin();
        }
    }
    s
}

#[differentiable]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() - 1 {
        let a = x[i + 1] - x[i] * x[i];
        let b = 1.0 - x[i];
        s += 100.0 * a * a + b * b;
    }
    s
}

#[differentiable]
fn runge_kutta(y0: f64, k: f64, steps: usize) -> f64 {
    let h = 1.0 / steps as f64;
    let mut y = y0;
    for _ in 0..steps {
        let k1 = -k * y * y;
        let k2 = -k * (y + 0.5 * h * k1) * (y + 0.5 * h * k1);
        let k3 = -k * (y + 0.5 * h * k2) * (y + 0.5 * h * k2);
        let k4 = -k * (y + h * k3) * (y + h * k3);
        y += h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0;
    }
    y
}

/// The bound is computed from data, and changes inside the loop without changing the range.
#[differentiable]
fn bound_reassigned(x: f64, start: usize) -> f64 {
    let mut n = start;
    let mut s = x;
    for i in 0..n {
        n = i;
        s = s * x + n as f64;
    }
    s * n as f64
}

/// Indices come from a table and from arithmetic with wrap-around.
#[differentiable]
fn indirect(x: &[f64], order: &[usize]) -> f64 {
    let mut s = 0.0;
    for i in 0..order.len() {
        let j = order[i];
        let k = (j + x.len() - 1) % x.len();
        s = 0.7 * s + x[j] * x[k] * x[j];
    }
    s
}

#[differentiable]
fn loop_variable_as_number(x: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..6_u32 {
        let t = f64::from(i) * 0.25;
        s += (t * x).sin() * t;
    }
    s
}

programs! {
    power_by_repetition { x: val = 1.1, n: konst = 5_usize } exact [5.0 * x.powi(4)] connected [true];
    power_of_nothing { x: val = 1.1, n: konst = 0_usize } exact [1.0] connected [true];
    sum_of_squares { x: slice = vector(7, 1) } exact [x.iter().map(|x| 2.0 * x).collect::<Vec<_>>()];
    horner { coefficients: slice = vector(5, 2), x: val = 0.7 };
    stepped { x: slice = vector(8, 3) };
    reversed_steps { x: slice = vector(8, 4) };
    steps_reversed { x: slice = vector(8, 4) };
    inclusive { x: val = 0.7, n: konst = 4 } exact [1.0 + x + x * x + x * x * x];
    negative_range { x: val = 0.7 };
    empty_ranges { x: val = 0.7 } exact [2.0 * x];
    range_in_a_local { x: val = 0.7, n: konst = 5_usize };
    double_loop { a: slice = vector(9, 5), n: konst = 3_usize };
    triangular_loop { x: slice = vector(5, 6) };
    inner_loop_carries { x: slice = vector(5, 7), w: val = 1.3 };
    while_data_decides { x: val = 1.3 };
    newton_square_root { a: val = 2.3 } exact [0.5 / a.sqrt()];
    while_counts { x: val = 0.3, n: konst = 4_usize };
    while_never { x: val = 0.3 } exact [4.0 * x];
    fibonacci_like { a: val = 0.3, b: val = 0.8, n: konst = 6_usize };
    logistic_map { r: val = 2.9, x0: val = 0.3 };
    exponential_average { x: slice = vector(9, 8), alpha: val = 0.3 };
    log_sum_exp { x: slice = vector(6, 9) };
    branch_in_a_loop { x: slice = vector(8, 10), w: val = 0.6 };
    rosenbrock { x: slice = vector(6, 11) };
    runge_kutta { y0: val = 1.2, k: val = 0.8, steps: konst = 10_usize };
    bound_reassigned { x: val = 1.2, start: konst = 4_usize };
    indirect { x: slice = vector(5, 12), order: konst_slice = vec![3_usize, 0, 0, 4, 2, 3] };
    loop_variable_as_number { x: val = 0.8 };
}
