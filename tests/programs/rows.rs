//! Memory by parts: halves and rows, boxes, and references that point here or there.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn boxes(x: f64, y: f64) -> f64 {
    let mut b = Box::new(x * y);
    *b += x;
    let c = *b * y;
    let v = Box::new(vec![c, x]);
    v[0] * v[1] + *b
}

#[differentiable]
fn halves(x: f64, y: f64) -> f64 {
    let mut v = vec![x, y, x * y, x + y];
    let (a, b) = v.split_at_mut(2);
    for i in 0..a.len() {
        a[i] += b[i] * 0.5;
    }
    b[0] *= a[1];
    let (p, q) = v.split_at(1);
    let mut s = 0.0;
    for u in p {
        s += u * q[0];
    }
    for (u, w) in v.iter_mut().zip(&[1.0, 2.0, 3.0, 4.0]) {
        *u *= w;
    }
    for c in v.chunks_mut(2) {
        c[0] += c[1];
    }
    s + v[0] * v[2]
}

#[differentiable]
fn halves_of_a_buffer(u: &mut [f64], at: usize) {
    let (left, right) = u.split_at_mut(at);
    right[0] += left[at - 1] * left[0];
    let (a, _) = right.split_at_mut(1);
    a[0] *= left[1];
    left.swap(0, 1);
}

/// Elimination with rows that are exchanged.
#[differentiable]
fn eliminated(x: f64, y: f64) -> f64 {
    let mut m = vec![vec![x, y], vec![y, x * y], vec![1.0, x]];
    for row in m.iter_mut() {
        row[0] *= 2.0;
    }
    let row = &mut m[1];
    row[0] += x;
    row[1] *= row[0];
    m.swap(0, 1);
    let (a, b) = m.split_at_mut(1);
    let pivot = &a[0];
    for r in b.iter_mut() {
        let k = r[0] / pivot[0];
        for j in 0..2 {
            r[j] -= k * pivot[j];
        }
    }
    m[1][1] * m[2][1] + m[0][0]
}

#[differentiable]
fn here_or_there(x: f64, y: f64) -> f64 {
    let mut a = x;
    let mut b = y;
    let r = if x > y { &mut a } else { &mut b };
    *r += x * y;
    *r *= 2.0;
    a * b
}

/// In a loop, of three places, with an early end behind it.
#[differentiable]
fn one_of_three(x: f64, y: f64, n: usize) -> f64 {
    let (mut a, mut b, mut c) = (x, y, x * y);
    for i in 0..n {
        let r = match i % 3 {
            0 => &mut a,
            1 => &mut b,
            _ => &mut c,
        };
        *r *= y;
        if *r < 1e-3 {
            continue;
        }
        *r += x;
        if i == 6 {
            return *r * b;
        }
    }
    let longest = if a > b {
        if a > c { &a } else { &c }
    } else if b > c {
        &b
    } else {
        &c
    };
    longest * longest
}

#[differentiable]
fn state_in_options(xs: &[f64], y: f64) -> f64 {
    let mut best = None;
    let mut t = (None, 1.0);
    for x in xs {
        let c = x * y;
        if best.is_none() || c > best.unwrap() {
            best = Some(c);
        }
        t.0 = Some(c * 2.0);
        t.1 *= c;
    }
    let b: f64 = match best {
        Some(b) => b,
        None => 0.0,
    };
    let last: f64 = t.0.unwrap_or(0.0);
    b * b + last * t.1
}

#[differentiable]
fn many_elements(x: f64, y: f64) -> f64 {
    let a = [x; 40];
    let b = [a; 2];
    let mut c = vec![a; 3];
    c[1][3] = y;
    b[1][7] * c[1][3] + c[2][39]
}

#[differentiable]
fn slices_of_slices(rows: &[&[f64]], y: f64) -> f64 {
    let mut s = 0.0;
    for r in rows {
        for a in r.iter() {
            s += a * y;
        }
    }
    s + rows[0][0] * rows[1][0]
}

type Numbers = Vec<f64>;

#[differentiable]
fn under_another_name(x: f64) -> Numbers {
    vec![x, x * x]
}

/// The next element is taken and others are put on the stack until none is left.
#[differentiable]
fn work_list(x: f64, y: f64) -> f64 {
    let mut stack = vec![x, y, x * y];
    let mut s = 0.0;
    loop {
        let Some(a) = stack.pop() else { break };
        s += a * a * y;
        if s < 3.0 && stack.len() == 1 {
            stack.push(a * x);
            stack.push(y);
            s += 4.0;
        }
    }
    s
}

programs! {
    boxes { x: val = 0.7, y: val = 0.3 };
    halves { x: val = 0.7, y: val = 0.3 };
    vector halves_of_a_buffer { u: inout = vector(5, 1), at: konst = 2_usize };
    eliminated { x: val = 0.7, y: val = 0.3 };
    here_or_there { x: val = 0.7, y: val = 0.3 } exact [2.0 * (y + y * y), 2.0 * (x + 2.0 * x * y)];
    one_of_three { x: val = 0.7, y: val = 0.3, n: konst = 5_usize };
    state_in_options { xs: slice = vector(3, 2), y: val = 0.4 };
    many_elements { x: val = 0.7, y: val = 0.3 } exact [y + 1.0, x];
    vector under_another_name { x: val = 0.7 };
    work_list { x: val = 0.7, y: val = 0.3 };
}

#[test]
fn slices_in_slices_have_vectors_in_vectors_for_gradients() {
    let (rows, y) = slices_of_slices::grad(&[&[0.5, 2.0], &[0.25]], 3.0);
    assert_eq!(rows, vec![vec![3.25, 3.0], vec![3.5]]);
    assert_eq!(y, 2.75);
}
