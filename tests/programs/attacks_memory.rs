//! Attacks on memory: parts written under other names, integers that live in collections and decide what is
//! read, and everything that a caller lends.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn payload_by_reference(x: f64, y: f64) -> f64 {
    let mut o = Some(x);
    if let Some(v) = &mut o {
        *v *= y;
    }
    match o {
        Some(ref mut v) => *v = *v * *v,
        None => {}
    }
    match o {
        Some(v) => v * y,
        None => 0.0,
    }
}

#[differentiable]
fn two_slices_run_through_and_written(x: &mut [f64], y: &mut [f64]) -> f64 {
    for (a, b) in x.iter_mut().zip(y.iter_mut()) {
        *a *= *b;
        *b = *a + 1.0;
    }
    for (i, a) in x.iter_mut().take(2).enumerate() {
        *a *= y[i];
    }
    let mut m = [[1.0; 2]; 2];
    for row in m.iter_mut() {
        for v in row.iter_mut() {
            *v = x[0] * y[1];
        }
        row[0] *= x[1];
    }
    for row in &mut m {
        row[1] *= row[0];
    }
    for (i, row) in m.iter().enumerate() {
        x[i] += row[1];
    }
    x[0] * y[0] + x[1]
}

#[differentiable]
fn tuple_by_mutable_reference(t: &mut (f64, [f64; 2]), x: f64) -> f64 {
    t.0 = t.1[0] * x;
    t.1[1] *= t.0;
    let u = &mut t.1;
    u[0] = u[1] * x;
    let (a, b) = *t;
    a * b[0]
}

#[differentiable]
fn mutable_parameters_by_value(mut a: [f64; 3], mut x: f64, mut v: Vec<f64>) -> f64 {
    x *= a[0];
    a[1] *= x;
    for i in 0..v.len() {
        v[i] *= a[i];
        x += v[i];
    }
    let b = a;
    a[0] = b[1] * x;
    a[0] * v[0] * x
}

#[differentiable]
fn shadowed_slices(x: &[f64], n: usize) -> f64 {
    let v = &x[1..=n];
    let v = &v[1..];
    let mut s = 1.0;
    for (i, e) in v.iter().enumerate() {
        s = s * e + x[i];
    }
    for e in v {
        s = s * e;
    }
    for w in v.iter().rev() {
        s += w * s;
    }
    s * v[0] * v.len() as f64
}

#[differentiable]
fn parameters_under_other_names(x: f64, y: &f64, z: &mut f64) -> f64 {
    let w = y;
    *z *= w * x;
    let p = *z;
    p * *w + *y * x.powf(*w)
}

#[differentiable]
fn three_results(x: &[f64]) -> (f64, Vec<f64>, [f64; 2]) {
    let mut v = vec![x[0]];
    v[0] *= x[1];
    let a = v[0] * x[2];
    (a, v, [a, x[1]])
}

#[differentiable]
fn sometimes_a_number(x: f64, y: f64) -> Option<f64> {
    if x > y { Some(x * y) } else { None }
}

#[differentiable]
fn calls_that_sometimes_give_a_number(x: f64, y: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..3 {
        match sometimes_a_number(x, y + i as f64 * 0.3) {
            Some(v) => s += v,
            None => s *= x,
        }
    }
    s
}

#[differentiable]
fn mutable_integers_of_the_caller(x: f64, k: &mut [usize]) -> f64 {
    let mut s = x;
    for i in 0..k.len() {
        k[i] += i;
        for j in 0..k[i] {
            s = s * x + j as f64 * 0.1;
            k[0] += 1;
        }
    }
    s
}

#[differentiable]
fn stacks_and_queues_of_indices(x: &[f64]) -> f64 {
    let mut stack = vec![0usize];
    let mut s = 1.0;
    while let Some(i) = stack.pop() {
        s = s * x[i] + 0.5;
        if 2 * i + 1 < x.len() {
            stack.push(2 * i + 1);
        }
        if 2 * i + 2 < x.len() {
            stack.push(2 * i + 2);
        }
    }
    let mut it = x.len();
    while it > 0 && {
        it -= 1;
        it != 1
    } {
        s = s * x[it];
    }
    let mut q = std::collections::VecDeque::from([0usize, 1]);
    while !q.is_empty() {
        let i = q.pop_front().unwrap();
        s = s * x[i];
        if i + 2 < x.len() {
            q.push_back(i + 2);
        }
    }
    s
}

#[differentiable]
fn indices_sorted_by_value(x: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| x[a].partial_cmp(&x[b]).unwrap());
    let mut s = 0.0;
    for (r, &i) in order.iter().enumerate() {
        s += x[i] * x[i] * r as f64;
    }
    let best = (0..x.len()).max_by(|&a, &b| x[a].total_cmp(&x[b])).unwrap();
    order.retain(|&i| i != best);
    for i in order.drain(1..) {
        s = s * x[i];
    }
    s * x[best] + x[order[0]]
}

#[differentiable]
fn index_of_the_best(x: &[f64], w: f64) -> f64 {
    let mut best = f64::NEG_INFINITY;
    let mut arg = 0;
    for (i, &v) in x.iter().enumerate() {
        let z = v * w;
        if z > best {
            best = z;
            arg = i;
        }
    }
    let (mut lo, mut hi) = (0.0, 1.0);
    for _ in 0..5 {
        let mid = 0.5 * (lo + hi);
        if mid * mid > w {
            hi = mid;
        } else {
            lo = mid;
        }
    }
    let mut c = [0usize; 3];
    for (i, v) in x.iter().enumerate() {
        if *v > 0.0 {
            c[i % 3] += 1;
        }
    }
    best * x[arg] + x[c[0]] * (c[1] as f64) + lo * w
}

#[differentiable]
fn destructuring_assignments(x: f64, n: usize) -> f64 {
    let (mut a, mut b) = (x, 1.0);
    let mut i = 0;
    let mut v = [x, 2.0, 3.0 * x, 1.0];
    while i < n {
        (a, b) = (b, a * b + x);
        (v[i], i) = (a, i + 1);
        [v[0], v[1]] = [v[1] * x, v[0]];
    }
    v[0] * v[1] + b * v[3]
}

#[differentiable]
fn control_flow_as_operands(x: f64, y: f64) -> f64 {
    let z = x * if y > 1.0 { return y * y } else { y + 2.0 };
    let t;
    loop {
        t = z * x;
        break;
    }
    let arr;
    arr = [t, y, z];
    let w = (if x > 0.0 { t } else { z }) * arr[0] - {
        let q = y;
        q * q
    };
    -w * -x - -1.0 * w.powi(2)
}

#[differentiable]
fn rows_replaced(x: &[f64]) -> f64 {
    let f = |i: usize| i * 2;
    let mut m = vec![vec![0.0; 3]; 2];
    let row = vec![x[0], x[1], 1.0];
    for k in 0..2 {
        m[k] = row.clone();
        m[k][f(k)] *= x[f(1) - k];
        m[1 - k][0] += m[k][2];
    }
    m[0][0] * m[1][2] + m[0][1] * m[1][0]
}

#[differentiable]
fn effects_in_indices(x: &[f64], y: f64) -> f64 {
    let mut i = 0;
    let mut a = [1.0, x[0], x[1], x[2], y];
    a[{
        i += 1;
        i
    }] *= {
        i += 1;
        y * i as f64
    };
    a[i] += a[{
        i -= 1;
        i
    }] * a[i + 1];
    a[i + 1] = {
        a[i] += y;
        a[i] * x[i]
    };
    a[1] * a[2] * a[3] + a[i]
}

#[differentiable]
fn bounds_that_move(x: &[f64]) -> f64 {
    let mut n = x.len();
    let mut s = 1.0;
    let mut lo = 0;
    while lo < n {
        let mid = (lo + n) / 2;
        s = s * x[mid] + 0.3;
        if s > 0.3 {
            n = mid;
        } else {
            lo = mid + 1;
        }
    }
    for k in lo..n.max(lo + 2).min(x.len()) {
        s *= x[k];
    }
    for k in (lo..x.len()).rev().take(2) {
        s += x[k] * s;
    }
    s
}

#[differentiable]
fn ranges_of_other_types(x: f64, k: u8, j: i64) -> f64 {
    let mut s = x;
    let m = k as usize * 2 + 1;
    let neg = -j;
    for a in neg..=j {
        for b in (a..j).step_by(2) {
            s = s * 0.9 + x * (a * b) as f64 * 0.1;
        }
    }
    for c in (b'a'..=b'e').rev() {
        s += x * c as f64 * 1e-2;
    }
    for c in 'a'..='c' {
        s *= c as u32 as f64 * 0.01;
    }
    s * m as f64
}

#[differentiable]
fn pairs_from_every_path(x: f64, y: f64) -> (f64, f64) {
    if x > y {
        return (x * y, y);
    }
    let (a, b) = if y > 2.0 { (x, y) } else { (y, x) };
    match (a > 0.0, b) {
        (true, q) if q > 0.5 => (q * a, a),
        (_, q) => (q, q * q),
    }
}

#[differentiable]
fn pairs_of_calls(x: f64, y: f64) -> f64 {
    let p = pairs_from_every_path(x, y);
    let (a, b) = pairs_from_every_path(y, x);
    let i10 = p.0 * a;
    i10 + p.1 * b
}

static TABLE: [usize; 3] = [2, 0, 1];
const W: [f64; 2] = [0.5, 2.0];
#[differentiable]
fn tables_of_constants(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, &t) in TABLE.iter().enumerate() {
        s += x[t] * W[i % 2] * x[i];
    }
    for w in W {
        s *= w + x[0];
    }
    for w in &W {
        s += w * x[1];
    }
    let Some(&last) = TABLE.last() else {
        return s;
    };
    s * x[last]
}

/// A user's own type with a method that is named like a harmless one and is not.
struct Counter(usize);

impl Counter {
    fn len(&mut self) -> usize {
        self.0 += 1;
        self.0
    }
}

#[differentiable]
fn counts_its_calls(x: &[f64]) -> f64 {
    let mut counter = Counter(0);
    let mut s = 1.0;
    for i in 0..3 {
        let n = counter.len();
        s = s * x[n] + x[i];
    }
    s * x[counter.len()]
}

programs! {
    destructuring_assignments { x: val = 0.6, n: konst = 3_usize };
    control_flow_as_operands { x: val = 0.6, y: val = 0.7 };
    rows_replaced { x: slice = vector(4, 1) };
    effects_in_indices { x: slice = vector(3, 1), y: val = 0.6 };
    bounds_that_move { x: slice = vector(7, 1) };
    ranges_of_other_types { x: val = 0.6, k: konst = 3_u8, j: konst = 2_i64 };
    tables_of_constants { x: slice = vector(3, 1) };
    counts_its_calls { x: slice = vector(5, 1) };
    vector pairs_from_every_path { x: val = 0.6, y: val = 0.7 };
    pairs_of_calls { x: val = 0.6, y: val = 0.7 };
    payload_by_reference { x: val = 0.6, y: val = 0.7 };
    two_slices_run_through_and_written { x: inout = vector(3, 1), y: inout = vector(2, 2) };
    tuple_by_mutable_reference { t: inout_ref = (0.3, [0.4, 0.5]), x: val = 0.7 };
    mutable_parameters_by_value { a: val = [0.3, 0.4, 0.5], x: val = 0.7, v: val = vec![0.4, 0.6] };
    shadowed_slices { x: slice = vector(6, 1), n: konst = 4_usize };
    parameters_under_other_names { x: val = 0.6, y: refer = 0.7, z: inout_ref = 0.8 };
    vector three_results { x: slice = vector(3, 1) };
    calls_that_sometimes_give_a_number { x: val = 0.6, y: val = 0.1 };
    mutable_integers_of_the_caller { x: val = 0.6, k: konst_mut = [1usize, 0, 2] };
    stacks_and_queues_of_indices { x: slice = vector(7, 1) };
    indices_sorted_by_value { x: slice = vector(5, 1) };
    index_of_the_best { x: slice = vector(5, 1), w: val = 0.8 };
}
