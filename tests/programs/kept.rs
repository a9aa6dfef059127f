//! Values that are the same in every trip of a loop, integers that count along, and what only looks like one.

use crate::harness::programs;
use pullback::differentiable;

/// The packed triangle of a matrix times a vector: the element read is the same in the inner loop, and the
/// position counts along through both.
#[differentiable]
fn packed_triangle(l: &[f64], x: &[f64], times: usize) -> f64 {
    let d = x.len();
    let mut state = x.to_vec();
    let mut product = vec![0.0; d];
    let mut s = 0.0;
    for _ in 0..times {
        for i in 0..d {
            product[i] = state[i] * state[i];
        }
        let mut next = 0;
        for i in 0..d {
            for j in i + 1..d {
                product[j] += l[next] * state[i].sin();
                next += 1;
            }
        }
        for i in 0..d {
            s += product[i] * state[i];
            state[i] = 0.5 * product[i];
        }
    }
    s
}

/// Read before and after it steps, by three, in loops of different lengths, of which some have no trips.
#[differentiable]
fn strided(x: &[f64], n: usize) -> f64 {
    let mut s = 1.0;
    let mut at = 0_usize;
    for i in 0..n {
        for _ in 0..i % 3 {
            let before = at;
            s = s * x[before % x.len()] + 0.3;
            at += 3;
            let after = at;
            s = s * x[after % x.len()] + 0.1;
        }
        at += 1;
        s = s * x[at % x.len()] + 0.2;
    }
    s
}

/// Counts only in some trips, so it does not count along.
#[differentiable]
fn counts_now_and_then(x: &[f64]) -> f64 {
    let mut s = 1.0;
    let mut at = 0_usize;
    for i in 0..x.len() {
        let here = at;
        s = s * x[here] + 0.1;
        if x[i] > 0.5 {
            at += 1;
        }
    }
    s
}

/// Counts twice in a trip, and is put back in another loop.
#[differentiable]
fn counts_twice(x: &[f64], n: usize) -> f64 {
    let mut s = 1.0;
    let mut at = 0_usize;
    for _ in 0..n {
        at += 1;
        let here = at % x.len();
        s = s * x[here] + 0.1;
        at += 1;
    }
    for i in 0..n {
        at = i;
        let here = at % x.len();
        s = s * x[here] + 0.1;
        at += 1;
    }
    s
}

/// Some trips go on before it counts.
#[differentiable]
fn goes_on_before(x: &[f64]) -> f64 {
    let mut s = 1.0;
    let mut at = 0_usize;
    for i in 0..x.len() {
        let here = at;
        s = s * x[here] + 0.1;
        if x[i] < 0.4 {
            continue;
        }
        at += 1;
    }
    s
}

/// The inner loop is left in the middle, and with it the trip of the outer one.
#[differentiable]
fn leaves_both(x: &[f64], w: f64, n: usize) -> f64 {
    let mut s = 1.0;
    let mut scale = w;
    let mut at = 0_usize;
    'outer: for i in 0..n {
        scale *= 0.9;
        for j in 0..n {
            let here = at % x.len();
            s = s * scale.sin() + x[here];
            if (i + j) % 4 == 3 {
                continue 'outer;
            }
            if i + j > 6 {
                break 'outer;
            }
            at += 1;
        }
        s *= scale;
    }
    s
}

/// The same in the inner loop, another in each trip of the outer, overwritten behind it.
#[differentiable]
fn same_inside(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut scale = w;
    let mut weights = x.to_vec();
    let mut s = 0.1;
    for i in 0..n {
        for j in 0..i {
            let factor = scale.exp() * weights[i];
            s = s * factor + weights[i] * x[j] / scale.cosh();
        }
        scale = 0.3 * s;
        weights[i] = s * scale;
        if i + 1 < n {
            weights[i + 1] *= s;
        }
    }
    s * scale
}

/// One branch writes what the other reads in a later trip.
#[differentiable]
fn written_in_the_other_branch(x: &[f64], w: f64) -> f64 {
    let mut scale = w;
    let mut s = 0.1;
    for i in 0..x.len() {
        for j in 0..3 {
            if (i + j) % 2 == 0 {
                s = s * scale.sin() + x[i];
            } else {
                scale = s * 0.5;
            }
        }
    }
    s
}

/// What the loop never reaches is not there.
#[differentiable]
fn no_trips(x: &[f64], w: f64, n: usize) -> f64 {
    let mut s = w;
    for i in 0..x.len() {
        let mut at = i;
        for _ in 0..n {
            let here = at;
            s = s * x[i].exp() + x[here];
            at += 1;
        }
        s = s * x[i] + 0.2;
    }
    s
}

/// A wrap-around that counting along would not see.
#[differentiable]
fn wraps(x: &[f64], n: usize) -> f64 {
    let mut s = 1.0;
    let mut at = 0_usize;
    for _ in 0..n {
        let here = at;
        s = s * x[here] + 0.3;
        at = (at + 1) % x.len();
    }
    s
}

/// Several loops deep, and the value is the same in two of them.
#[differentiable]
fn same_in_two(a: &[f64], n: usize) -> f64 {
    let mut state = a.to_vec();
    let mut s = 0.2;
    for i in 0..n {
        for j in 0..n {
            for k in 0..n {
                s = s * 0.3 + state[i].tanh() * a[j] * a[k] * s;
            }
        }
        state[i] = s;
        s += state[n - 1 - i];
    }
    s
}

programs! {
    packed_triangle { l: slice = vector(6, 1), x: slice = vector(4, 2), times: konst = 3_usize };
    strided { x: slice = vector(5, 3), n: konst = 8_usize };
    counts_now_and_then { x: slice = vec![0.9, 0.2, 0.7, 0.1, 0.8] };
    counts_twice { x: slice = vector(5, 4), n: konst = 6_usize };
    goes_on_before { x: slice = vec![0.9, 0.2, 0.7, 0.1, 0.8] };
    leaves_both { x: slice = vector(5, 5), w: val = 1.2, n: konst = 5_usize };
    same_inside { x: slice = vector(5, 6), w: val = 0.8 };
    written_in_the_other_branch { x: slice = vector(6, 7), w: val = 0.8 };
    no_trips { x: slice = vector(4, 8), w: val = 0.8, n: konst = 0_usize };
    wraps { x: slice = vector(4, 9), n: konst = 9_usize };
    same_in_two { a: slice = vector(3, 10), n: konst = 3_usize };
}
