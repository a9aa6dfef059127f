//! Attacks on what the compiler must know without types: what user code may change in places where nobody
//! looks for it, and names that mean something else than they seem to.

use crate::harness::programs;
use pullback::differentiable;

/// A user's own trait on integers, whose methods give floats.
trait Times {
    fn times(self, x: f64) -> f64;
}

impl Times for usize {
    fn times(self, x: f64) -> f64 {
        self as f64 * x
    }
}

#[differentiable]
fn method_on_integers(x: f64, n: usize) -> f64 {
    let mut t = n.times(2.0);
    t *= x;
    t * t
}

#[differentiable]
fn collected_from_integers(x: f64) -> f64 {
    let indices = [1usize, 2];
    let mut v = indices.iter().map(|&i| i as f64).collect::<Vec<f64>>();
    v[0] = x;
    v[0] * v[1] + v[0] * v[0]
}

#[differentiable]
fn capital_variables(x: f64, y: f64) -> f64 {
    let t = (x * y, x + y);
    let (A, B) = t;
    A * B
}

#[differentiable]
fn capital_loop_variable(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for X in x.iter() {
        s += X * X;
    }
    s
}

const K: f64 = 2.0;

#[differentiable]
fn constant_of_an_inner_block(x: f64) -> f64 {
    {
        const K: usize = 3;
        let _ = K;
    }
    let mut t = K;
    t *= x;
    t * x
}

fn bump(n: &mut usize) -> usize {
    *n += 1;
    *n
}
fn pick(v: &mut Vec<Vec<usize>>) -> &mut Vec<usize> {
    &mut v[0]
}
macro_rules! inc {
    ($v:ident) => {
        $v += 1
    };
}

#[differentiable]
fn indices_reversed_in_parentheses(x: &[f64]) -> f64 {
    let mut idx = vec![0usize, 1, 2];
    let mut s = 1.0;
    for _ in 0..3 {
        s = s * x[idx[0]] + x[idx[1]];
        (idx).reverse();
        idx.swap(0, 1);
    }
    s
}
#[differentiable]
fn index_changed_through_a_reference_in_a_condition(x: &[f64]) -> f64 {
    let mut n = 0usize;
    let mut s = 1.0;
    for _ in 0..3 {
        s = s * x[n];
        let r = &mut n;
        if bump(r) > 2 {
            s *= 2.0;
        }
        s = s * x[n]
    }
    s
}
#[differentiable]
fn length_behind_a_returned_reference(x: &[f64]) -> f64 {
    let mut rows = vec![vec![0usize; 0]; 2];
    let row = pick(&mut rows);
    let mut s = 1.0;
    for i in 0..3 {
        row.push(i);
        s = s * x[row.len() - 1] * x[row[row.len() - 1]];
    }
    s
}
#[differentiable]
fn reference_moved_in_a_tuple(x: &[f64]) -> f64 {
    let mut n = 0usize;
    let mut s = 1.0;
    for _ in 0..3 {
        let t = &mut n;
        let (u, _z) = (t, 1);
        *u += 1;
        s = s * x[n];
    }
    s
}
#[differentiable]
fn index_changed_by_a_macro(x: &[f64]) -> f64 {
    let mut n = 0usize;
    let mut s = 1.0;
    for _ in 0..3 {
        inc!(n);
        s = s * x[n];
    }
    s
}
#[differentiable]
fn index_changed_by_an_assertion(x: &[f64]) -> f64 {
    let mut n = 0usize;
    let mut s = 1.0;
    for _ in 0..3 {
        assert!({
            n += 1;
            n < 10
        });
        s = s * x[n];
    }
    s
}
#[differentiable]
fn index_changed_in_a_scrutinee(x: &[f64]) -> f64 {
    let mut idx = [0usize, 1, 2];
    let mut s = 1.0;
    for k in 0..3 {
        if let Some(v) = idx.get_mut(0) {
            *v = k;
        }
        s = s * x[idx[0]];
    }
    s
}
#[differentiable]
fn index_changed_in_a_guard(x: &[f64]) -> f64 {
    let mut n = 0usize;
    let mut s = 1.0;
    for v in &x[..3] {
        match s {
            _ if {
                n += 1;
                n > 2
            } =>
            {
                s *= x[n]
            }
            _ => s += x[n],
        }
        s = s * x[n];
    }
    s
}
#[differentiable]
fn index_changed_by_ref_mut(x: &[f64]) -> f64 {
    let mut o = Some(0usize);
    let mut s = 1.0;
    for _ in 0..3 {
        match o {
            Some(ref mut k) => *k += 1,
            None => {}
        }
        if let Some(k) = o {
            s = s * x[k];
        }
    }
    s
}
#[differentiable]
fn none_first_and_some_later(x: &[f64], y: f64) -> f64 {
    let mut best = None;
    for v in x {
        if *v > 0.0 {
            best = Some(v * y);
        }
    }
    match best {
        Some(b) => b * b,
        None => 0.0,
    }
}
#[differentiable]
fn bounds_changed_inside(x: &[f64], n: usize) -> f64 {
    let mut m = n;
    let mut s = 1.0;
    for i in 0..m {
        m -= 1;
        s = s * x[m] + x[i];
    }
    while {
        m += 1;
        m < n
    } {
        s = s * x[m];
    }
    s
}
#[differentiable]
fn ranges_of_every_kind(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for i in -3i32..=3 {
        s = s * x[(i + 3) as usize] + i as f64;
    }
    for i in (-3i64..3).rev().step_by(2) {
        s = s * x[(i.abs()) as usize] + i as f64;
    }
    for mut i in 0..3usize {
        i += 1;
        s *= x[i];
    }
    for i in (0..7usize).step_by(3) {
        s += x[i] * s;
    }
    for i in (0..=usize::MAX).rev().step_by(usize::MAX / 2) {
        s = s * x[i % 7];
    }
    for i in (usize::MAX - 2)..=usize::MAX {
        s = s * x[i % 7];
    }
    for i in (0..10).step_by(3) {
        let k: u64 = 2;
        s += x[0] * (i * k) as f64;
    }
    s
}
#[differentiable]
fn combined_iterators(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 1.0;
    for (a, b) in x.iter().zip(y) {
        s = s * a + b;
    }
    for (a, b) in y.iter().zip(x.iter().skip(1)) {
        s = s * a + b;
    }
    for (i, a) in x.iter().skip(1).enumerate() {
        s = s * a + i as f64;
    }
    for (i, a) in x.iter().rev().enumerate() {
        s = s * a + x[i];
    }
    for (a, (i, b)) in x.iter().rev().zip(y.iter().enumerate()) {
        s = s * a + b * i as f64;
    }
    for a in x.iter().take(2) {
        s = s * a;
    }
    for a in x.iter().take(100).skip(2) {
        s = s * a;
    }
    for (i, a) in (2..).zip(x) {
        s = s * a + i as f64;
    }
    s
}
#[differentiable]
fn slices_of_slices_and_parts_of_parts(x: &mut [f64]) -> f64 {
    for (i, v) in x.iter_mut().enumerate() {
        *v = *v * *v + i as f64 * 0.1;
    }
    let a = &mut x[1..4][1..3];
    a[0] *= a[1];
    let b = &mut a[1..];
    b[0] = b[0] * b[0];
    let mut t = ([1.0, 2.0], 3.0);
    t.0[1] = x[2] * x[3];
    t.1 *= t.0[1];
    let r = &mut t;
    r.0[0] = r.1 * r.0[1];
    let q = &mut r.0;
    q[0] += q[1] * q[1];
    t.0[0] * t.1 + x[0]
}
#[differentiable]
fn effects_in_operands(x: f64, y: f64) -> f64 {
    let mut a = x;
    let mut i = 0;
    let v = [x, y, x * y];
    let p =
        a * {
            a += y;
            a
        } * a;
    let q = v[{
        i += 1;
        i
    }] * v[i]
        * v[{
            i += 1;
            i
        }];
    let c = if y > {
        i = 0;
        0.0
    } || {
        i = 1;
        a > 0.0
    } {
        v[i]
    } else {
        v[2]
    };
    p + q * c
}
/// What fixes the type of the literals is not part of the reverse sweep, in which they must not overflow.
#[differentiable]
fn literals_of_a_wide_integer(x: &[f64]) -> f64 {
    let mut s = 1.0;
    let mut total = 0u64;
    if s > 3.0 {
        return x[0];
    }
    for v in x {
        let k = 100_000;
        total += k;
        for i in 0..100_000 {
            if i % 25_000 != 5 {
                continue;
            }
            let q = (i * i) as f64 * 1e-9;
            s = s * x[0] * 0.1 + q * x[1] + (k * k) as f64 * 1e-9 * v;
            total += i;
        }
        for (i, v) in (0..).zip(x) {
            s = s * v + (i * total) as f64 * 1e-12;
        }
        for i in 4_000_000_000..4_000_000_003 {
            let j: u64 = i;
            s = s * x[1] + i as f64 * 1e-9;
        }
        if s > 0.0 {
            let m = 70_000;
            total += m;
            s *= (m * m) as f64 * 1e-10;
        }
    }
    s
}

#[differentiable]
fn references_in_a_tuple(x: &[f64]) -> f64 {
    let mut a = x.to_vec();
    a[0] *= a[2];
    let (p, q) = (&a, &x[1]);
    p[0] * p[1] * q
}

programs! {
    literals_of_a_wide_integer { x: slice = vector(3, 1) };
    references_in_a_tuple { x: slice = vector(3, 1) };
    method_on_integers { x: val = 0.7, n: konst = 3_usize };
    collected_from_integers { x: val = 0.7 } exact [2.0 + 2.0 * x];
    capital_variables { x: val = 0.7, y: val = -0.4 };
    capital_loop_variable { x: slice = vector(3, 1) };
    constant_of_an_inner_block { x: val = 0.7 } exact [4.0 * x];
    indices_reversed_in_parentheses { x: slice = vector(4, 1) };
    index_changed_through_a_reference_in_a_condition { x: slice = vector(4, 1) };
    length_behind_a_returned_reference { x: slice = vector(4, 1) };
    reference_moved_in_a_tuple { x: slice = vector(4, 1) };
    index_changed_by_a_macro { x: slice = vector(4, 1) };
    index_changed_by_an_assertion { x: slice = vector(4, 1) };
    index_changed_in_a_scrutinee { x: slice = vector(4, 1) };
    index_changed_in_a_guard { x: slice = vector(7, 1) };
    index_changed_by_ref_mut { x: slice = vector(4, 1) };
    none_first_and_some_later { x: slice = vector(4, 1), y: val = 0.3 };
    bounds_changed_inside { x: slice = vector(7, 1), n: konst = 6_usize };
    ranges_of_every_kind { x: slice = vector(7, 1) };
    combined_iterators { x: slice = vector(5, 1), y: slice = vector(3, 2) };
    slices_of_slices_and_parts_of_parts { x: inout = vector(5, 1) };
    effects_in_operands { x: val = 0.7, y: val = 0.3 };
}
