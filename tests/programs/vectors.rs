//! Vectors that grow and shrink.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn recurrence(x: f64, n: usize) -> f64 {
    let mut v = Vec::new();
    v.push(1.0);
    v.push(x);
    for i in 2..n {
        v.push(v[i - 1] * x + v[i - 2]);
    }
    let mut s = 0.0;
    for a in &v {
        s += a * a;
    }
    s + v[n - 1]
}

#[differentiable]
fn returned(x: f64, n: usize) -> Vec<f64> {
    let mut powers = Vec::with_capacity(n);
    let mut p = 1.0;
    for _ in 0..n {
        powers.push(p);
        p *= x;
    }
    powers
}

/// A vector made anew in each trip, and left early in every way.
#[differentiable]
fn left_early(x: f64, y: f64, n: usize) -> f64 {
    let mut s = y;
    for i in 0..n {
        let mut v = vec![x];
        for j in 0..i {
            if j == 3 {
                break;
            }
            if j == 1 && i % 2 == 0 {
                continue;
            }
            v.push(x * v[v.len() - 1] + s);
            if s > 1e4 {
                return s * v[0];
            }
        }
        s += v[v.len() - 1] * v[0];
    }
    s
}

#[differentiable]
fn in_branches(x: f64, y: f64) -> f64 {
    let mut v = vec![x];
    if y > 0.0 {
        v.push(y);
        v.push(x * y);
    } else {
        v.clear();
    }
    if x > 10.0 {
        v.push(1.0);
        return v[0] * y;
    }
    let last = v.len() - 1;
    v[last] *= x;
    v.push(v[last] * v[0]);
    v[last + 1] * v[1]
}

/// What is read before a change, and never after it.
#[differentiable]
fn read_before(x: f64, y: f64) -> f64 {
    let mut v = Vec::new();
    v.push(x);
    let a = v[0] * y;
    v.push(y);
    v = vec![y, y, y * y];
    v.push(a);
    let b = v[2];
    v.clear();
    v.push(3.0);
    a * b
}

#[differentiable]
fn every_method(x: f64, y: f64) -> f64 {
    let mut v = vec![x, y, x * y];
    let a = v.pop();
    v.push(x.sin());
    v.insert(1, y * y);
    let b = v.remove(0);
    let c = v.swap_remove(0);
    v.truncate(1);
    v.extend_from_slice(&[b, c]);
    let mut w = vec![x * 3.0];
    v.append(&mut w);
    v.resize(6, y);
    v.resize(5, x);
    let tail = v.split_off(2);
    let mut s = match a {
        Some(t) => t,
        None => 0.0,
    };
    for i in 0..v.len() {
        s += v[i] * tail[i] * (i + 1) as f64;
    }
    w.push(s);
    v.clear();
    v.push(w[0] * tail[2]);
    v.pop();
    v.pop();
    v.pop();
    v.push(s * x);
    v[0]
}

#[differentiable]
fn swap_removed(x: f64, y: f64) -> f64 {
    let mut v = vec![x, y, x * y, x + y];
    let last = v.swap_remove(3);
    let first = v.swap_remove(0);
    v[0] * last * last + v[1] * first * first * first
}

#[differentiable]
fn dropped(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let whole = v[0] * v[3];
    v.truncate(2);
    let half = v[0] * v[1];
    v.truncate(5);
    v.clear();
    v.extend_from_slice(x);
    v.extend_from_slice(&x[1..3]);
    v.remove(0);
    v.resize(2, 7.0);
    whole * half + v[0] * v[1]
}

#[differentiable]
fn stack_machine(x: f64, y: f64) -> f64 {
    let program = [0, 1, 2, 0, 3, 1, 2, 3, 2];
    let mut stack: Vec<f64> = Vec::new();
    for op in program {
        match op {
            0 => stack.push(x),
            1 => stack.push(y),
            2 => {
                let b = stack.remove(stack.len() - 1);
                let a = stack.remove(stack.len() - 1);
                stack.push(a * b + a);
            }
            _ => {
                let top = stack.len() - 1;
                let t = stack[top];
                stack.push(t.sin());
            }
        }
    }
    let mut s = 0.0;
    for a in &stack {
        s += a;
    }
    s
}

/// Rows of different lengths.
#[differentiable]
fn ragged(x: f64, y: f64) -> f64 {
    let mut m: Vec<Vec<f64>> = Vec::with_capacity(4);
    for i in 0..4 {
        let mut row = Vec::new();
        for j in 0..=i {
            row.push(x * (j as f64) + y);
        }
        m.push(row);
    }
    m[1].push(x * y);
    let last = m.pop();
    m.swap(0, 2);
    let r = m.remove(1);
    m[0].truncate(2);
    m.insert(0, vec![x]);
    m.truncate(2);
    let mut s = 0.0;
    for row in &m {
        for a in row {
            s = s * 1.5 + a * a;
        }
    }
    for a in &r {
        s *= a;
    }
    if let Some(l) = last {
        s += l[3] * l[1];
    }
    s
}

#[differentiable]
fn taken(x: f64, y: f64) -> f64 {
    let mut current = vec![x];
    let mut all = Vec::new();
    for i in 0..5 {
        current.push(x * current[current.len() - 1]);
        if i % 2 == 0 {
            all.push(std::mem::take(&mut current));
            current.push(y);
        }
    }
    let old = std::mem::replace(&mut current, vec![x, y]);
    let mut s = current[0] * current[1] * old[0];
    for r in &all {
        for a in r {
            s += a * a * y;
        }
    }
    s
}

#[differentiable]
fn replaced_numbers(x: f64, y: f64) -> f64 {
    let mut a = x * y;
    let old = std::mem::replace(&mut a, y);
    let mut v = [old, a];
    let first = std::mem::replace(&mut v[0], x);
    let second = std::mem::take(&mut v[1]);
    old * a + v[0] * first * second + v[1]
}

#[differentiable]
fn grown_buffer(v: &mut Vec<f64>, x: f64) -> f64 {
    let n = v.len();
    v.push(x * v[0]);
    v[0] *= x;
    v.remove(1);
    v.push(v[0] * v[1]);
    v[n]
}

#[differentiable]
fn shrunk_buffer(v: &mut Vec<f64>, x: f64) {
    let last = v.pop();
    if let Some(last) = last {
        v[0] += last * x;
    }
    v.truncate(2);
}

#[differentiable]
fn callers_vector(x: f64, y: f64) -> f64 {
    let mut s = 0.0;
    for _ in 0..3 {
        let mut v = vec![x, y, x * y];
        let r = grown_buffer(&mut v, x + s);
        v.push(r);
        let q = grown_buffer(&mut v, r);
        shrunk_buffer(&mut v, q);
        for j in 0..v.len() {
            s += v[j] * q * 0.1;
        }
    }
    s
}

/// A vector by value that shrinks, and one that is moved away and made anew.
#[differentiable]
fn by_value(mut v: Vec<f64>, x: f64) -> f64 {
    let a = v.remove(1);
    v.push(x * a);
    let w = v;
    v = vec![w[0]];
    v.push(w[1] * x);
    v[1] * w[w.len() - 1] * v[0]
}

#[differentiable]
fn pairs(x: f64, y: f64) -> f64 {
    let mut points = Vec::new();
    for i in 0..4 {
        points.push((x * i as f64, i, y));
    }
    points.push((y, 7, x));
    let (a, _, b) = points.remove(2);
    let mut s = a * b;
    for p in &points {
        s += p.0 * p.2 * p.1 as f64;
    }
    s
}

#[differentiable]
fn declared_late(x: f64, y: f64, n: usize) -> f64 {
    let mut v;
    if y > 0.0 {
        v = vec![x, y];
    } else {
        v = vec![y];
    }
    for i in 0..n {
        v.push(v[i] * x);
        if v[i] > 100.0 {
            return v[0];
        }
    }
    let w = if x > 0.0 { vec![y] } else { Vec::new() };
    let mut u = w;
    u.push(v[n]);
    u[0] * u[1]
}

/// Indices and text are kept in vectors as before.
#[differentiable]
fn without_derivative(x: &[f64]) -> f64 {
    let mut order = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for i in 0..x.len() {
        order.push(x.len() - 1 - i);
        names.push(format!("{i}"));
    }
    order.swap(0, 1);
    let dropped = order.pop();
    let mut s = 0.0;
    for (k, i) in order.iter().enumerate() {
        s += x[*i] * x[k];
    }
    if dropped == Some(0) { s } else { s * 2.0 }
}

programs! {
    recurrence { x: val = 0.7, n: konst = 6_usize };
    vector returned { x: val = 0.7, n: konst = 5_usize };
    left_early { x: val = 0.7, y: val = 0.4, n: konst = 8_usize };
    in_branches { x: val = 0.7, y: val = 0.4 } exact [3.0 * x * x * y * y, 2.0 * x * x * x * y];
    read_before { x: val = 0.7, y: val = 0.4 } exact [y * y * y, 3.0 * x * y * y];
    every_method { x: val = 0.7, y: val = 0.3 };
    swap_removed { x: val = 0.7, y: val = 0.3 };
    dropped { x: slice = vector(4, 3) };
    stack_machine { x: val = 0.7, y: val = 0.3 };
    ragged { x: val = 0.7, y: val = 0.3 };
    taken { x: val = 0.7, y: val = 0.3 };
    replaced_numbers { x: val = 0.7, y: val = 0.3 };
    grown_buffer { v: inout_ref = vector(3, 2), x: val = 0.6 };
    vector shrunk_buffer { v: inout_ref = vector(4, 2), x: val = 0.6 };
    callers_vector { x: val = 0.7, y: val = 0.3 };
    by_value { v: val = vector(3, 4), x: val = 0.6 };
    pairs { x: val = 0.7, y: val = 0.3 };
    declared_late { x: val = 0.7, y: val = 0.3, n: konst = 4_usize };
    without_derivative { x: slice = vector(5, 4) };
}
