//! What could go wrong with vectors that change their length, with errors as values, and with references that
//! point here or there.

use crate::harness::programs;
use pullback::{Differentiable, Real, differentiable};
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};

#[derive(Clone, Debug, Differentiable)]
pub struct Pt {
    pub x: f64,
    pub w: Vec<f64>,
}
#[derive(Clone, Debug, Differentiable)]
pub struct Net {
    pub items: Vec<f64>,
    pub pts: Vec<Pt>,
    pub k: f64,
}

#[differentiable]
fn options_in_a_vector(x: f64, y: f64) -> f64 {
    let mut v: Vec<Option<f64>> = Vec::new();
    for i in 0..4 {
        v.push(if i % 2 == 0 { Some(x * i as f64) } else { None });
    }
    v.push(Some(y));
    let mut s = 0.0;
    loop {
        match v.pop() {
            Some(Some(a)) => s += a * a * y,
            Some(None) => s *= 2.0,
            None => break,
        }
    }
    s
}
#[differentiable]
fn vectors_in_structs(x: f64, y: f64) -> f64 {
    let mut n = Net {
        items: vec![x],
        pts: Vec::new(),
        k: y,
    };
    for i in 0..3 {
        let last = n.items[i];
        n.items.push(last * y);
        n.pts.push(Pt {
            x: last,
            w: vec![y; i],
        });
    }
    n.pts[1].w.push(x * x);
    let p = n.pts.remove(1);
    n.items.truncate(3);
    n.items[2] * p.x + p.w[1] * p.w[0] + n.k * n.pts[1].x
}
#[differentiable]
fn collections_without_derivative(x: f64, y: f64) -> f64 {
    let mut seen = HashSet::new();
    let mut map = HashMap::new();
    let mut heap = BinaryHeap::new();
    let mut q = VecDeque::new();
    q.push_back(1usize);
    let mut s = x;
    for i in 0..5usize {
        if !seen.insert(i % 3) {
            continue;
        }
        map.insert(i, i + 1);
        heap.push(i);
        s += y * map[&i] as f64;
    }
    while let Some(i) = heap.pop() {
        s *= 1.0 + i as f64 * 0.1;
        seen.remove(&i);
    }
    let old = map.remove(&1).unwrap_or(0);
    let front = q.pop_front().unwrap();
    s * old as f64 * front as f64
}
#[differentiable]
fn grow_rows(m: &mut Vec<Vec<f64>>, x: f64) -> f64 {
    let row = vec![x, m[0][0] * x];
    m.push(row);
    m[0].push(x);
    let n = m.len() - 1;
    let mut extra = m[n].clone();
    extra.push(m[n][1]);
    m.insert(1, extra);
    m[1][2] * m[0][0]
}
#[differentiable]
fn rows_through_a_callee(x: f64, y: f64) -> f64 {
    let mut m = vec![vec![x]];
    let a = grow_rows(&mut m, y);
    let b = grow_rows(&mut m, a);
    let mut s = a * b;
    for r in &m {
        for e in r {
            s += e * e;
        }
    }
    s
}
#[differentiable]
fn names_of_ours(x: f64, y: f64) -> f64 {
    let found = x * 2.0;
    let error = y;
    let some = 3.0;
    let before = found + error;
    let mut v = vec![found];
    v.push(error * some);
    v.clear();
    v.pop();
    v.truncate(7);
    v.push(before);
    let shape = v.pop().unwrap();
    let t: Option<f64> = v.pop();
    shape * t.unwrap_or(y)
}
#[differentiable]
fn here_or_there_and_away(x: f64, y: f64) -> f64 {
    let mut s = 0.0;
    'outer: for i in 0..6 {
        let mut a = x;
        let mut b = [y, x];
        let r = if i % 2 == 0 {
            &mut a
        } else {
            &mut b[i % 3 % 2]
        };
        for j in 0..4 {
            *r *= 1.1;
            if j == 2 && i == 1 {
                continue 'outer;
            }
            if *r > 1.0 {
                s += 0.1 * a;
                break;
            }
        }
        if i == 5 {
            return s * b[0] + a;
        }
        s += a * b[0] * b[1];
    }
    s
}
fn validate(n: usize) -> Result<usize, String> {
    if n > 9 { Err("big".into()) } else { Ok(n) }
}
#[differentiable]
fn inner(x: f64) -> Option<f64> {
    if x > 0.0 { Some(x.sqrt()) } else { None }
}
#[differentiable]
fn errors_in_a_loop(x: f64, n: usize) -> Result<f64, String> {
    let n = validate(n)?;
    let mut s = x;
    for i in 0..n {
        let v: Vec<f64> = (0..i).map(|k| s * k as f64).collect();
        let total: f64 = v.iter().sum();
        s += inner(total + 0.5).ok_or_else(|| format!("bad {i}"))? * 0.1;
        if inner(s).is_none() {
            return Err("none".to_string());
        }
    }
    match inner(s) {
        Some(r) if r > 0.1 => Ok(r),
        Some(_) => Err("small".into()),
        None => Err("neg".into()),
    }
}
#[derive(Clone, Debug, Differentiable)]
pub struct Stack {
    pub items: Vec<f64>,
    pub scale: f64,
}
#[differentiable]
impl Stack {
    fn add(&mut self, x: f64) -> f64 {
        self.items.push(x * self.scale);
        self.items[0]
    }
    fn take(&mut self) -> Option<f64> {
        let t = self.items.pop()?;
        Some(t * self.scale)
    }
    fn total(&self) -> Result<f64, String> {
        if self.items.is_empty() {
            return Err("empty".to_string());
        }
        let mut s = 0.0;
        for i in 0..self.items.len() {
            s += self.items[i];
        }
        Ok(s)
    }
}
#[differentiable]
fn methods_that_push(x: f64, y: f64) -> f64 {
    let mut s = Stack {
        items: Vec::new(),
        scale: y,
    };
    let a = s.add(x);
    let b = s.add(x * x);
    s.scale += 1.0;
    let c: f64 = s.take().unwrap_or(0.0);
    s.add(c);
    let d: f64 = s.total().unwrap_or(1.0);
    a * b + d
}
#[differentiable]
fn extended(x: f64, y: f64) -> f64 {
    let mut v = vec![x];
    v.extend([y, x * y].iter());
    v.extend(vec![x, x]);
    let w: Vec<f64> = v.iter().map(|a| a * y).collect();
    v.extend(w.iter().copied());
    let tail = v.split_off(4);
    v.extend(tail.iter().map(|t| t * x));
    v.iter().sum::<f64>() * v[v.len() - 1]
}
#[differentiable]
fn swapped_and_taken(x: f64, y: f64) -> f64 {
    let mut a = vec![x, y];
    let mut b = vec![y];
    for i in 0..3 {
        std::mem::swap(&mut a, &mut b);
        a.push(x * b[0]);
        if i == 1 {
            b = a.clone();
            b.push(y * y);
        }
        let c = std::mem::take(&mut b);
        b.extend_from_slice(&c[..1]);
        a[0] += c[c.len() - 1];
    }
    let mut s = 0.0;
    for (u, w) in a.iter().zip(b.iter()) {
        s += u * w;
    }
    s + a[a.len() - 1]
}
#[differentiable]
fn drained_by_hand(x: f64, y: f64) -> f64 {
    let mut v = vec![x, y, x];
    let mut out = Vec::new();
    while !v.is_empty() {
        let k = v.len() / 2;
        let p = v.swap_remove(k);
        out.push(p * out.len() as f64);
        if out.len() == 2 {
            v.insert(0, p * p);
            v.insert(v.len(), y);
        }
    }
    let mut s = 1.0;
    for i in (0..out.len()).rev() {
        s = s * 0.5 + out[i];
    }
    s
}
#[differentiable]
fn errors_with_a_buffer(xs: &mut Vec<f64>, y: f64) -> Result<f64, String> {
    let first = *xs.first().ok_or("no first")?;
    xs.push(first * y);
    if xs.len() > 4 {
        xs.clear();
        return Err("long".into());
    }
    let r = &mut xs[1];
    *r *= y;
    xs.resize(6, y);
    Ok(xs[1] * xs[5])
}
#[differentiable]
fn callers_of_errors(x: f64, y: f64) -> f64 {
    let mut v = vec![x, y];
    let r: Option<f64> = errors_with_a_buffer(&mut v, y).ok();
    let q: f64 = match errors_with_a_buffer(&mut v, x) {
        Ok(q) => q,
        Err(_) => x * y,
    };
    r.unwrap_or(2.0) * q + v.len() as f64 * x
}
#[differentiable]
fn history(x: f64, y: f64) -> f64 {
    let mut hist: Vec<(f64, [f64; 2])> = vec![];
    let mut state = [x, y];
    for _ in 0..4 {
        let e = state[0] * state[1];
        hist.push((e, state));
        state = [state[1] + e, state[0] * 0.5];
        if let Some((last, s)) = hist.last() {
            state[0] += last * s[0];
        }
    }
    let (e, s) = hist[2];
    let (f, _) = hist.pop().unwrap();
    e * s[0] + f * hist[0].1[1]
}
#[differentiable]
fn moved_between_rows(x: f64, y: f64) -> f64 {
    let v = {
        let mut t = Vec::new();
        t.push(x);
        t.push(y);
        t
    };
    let w = if y > 0.0 {
        let mut t = v.clone();
        t.push(x * y);
        t
    } else {
        v.clone()
    };
    let mut all = vec![v, w];
    let (a, b) = all.split_at_mut(1);
    a[0].push(b[0][2]);
    b[0].truncate(1);
    let last = all.pop().unwrap();
    all[0][2] * all[0][0] + last[0]
}
#[differentiable]
fn of_any_number<T: Real>(x: T, n: usize) -> Option<T> {
    let mut v = Vec::new();
    v.push(x);
    for i in 0..n {
        let l = v[i];
        v.push(l * x + T::one());
    }
    let last = v.pop()?;
    if last > T::from_f64(1e6) {
        return None;
    }
    Some(last * v[0])
}
#[differentiable]
fn rows_of_any_number<T: Real>(xs: &[T], y: T) -> Result<T, String> {
    let first = *xs.first().ok_or("empty")?;
    let mut m: Vec<Vec<T>> = Vec::new();
    for x in xs {
        m.push(vec![*x, *x * y]);
    }
    m.swap(0, 1);
    let (a, b) = m.split_at_mut(1);
    a[0][0] += b[0][1];
    let best = m.last().map(|r| r[1]).unwrap_or(y);
    Ok(m[0][0] * first + best)
}
#[allow(deprecated)]
#[differentiable]
fn borrowed_for_a_lifetime<'a>(xs: &'a [f64], k: &'a [&'a [f64]], y: f64) -> Option<f64> {
    let r = if y > 0.0 { &xs[0] } else { &xs[1] };
    let s = k.get(1)?[0] * k[0].first()?;
    Some(*r * s)
}

#[differentiable]
fn parts_exchanged(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let (l, r) = v.split_at_mut(2);
    for (a, b) in l.iter_mut().zip(r.iter_mut()) {
        std::mem::swap(a, b);
        *a *= *b;
    }
    let (first, rest) = v.split_at_mut(1);
    std::mem::swap(&mut first[0], &mut rest[1]);
    rest[0] *= first[0];
    v.iter().enumerate().map(|(i, a)| a * (i + 1) as f64).sum()
}

/// The last element is changed in place where it is no number and has parts.
#[differentiable]
fn last_in_place(x: &[f64]) -> f64 {
    let mut rows: Vec<Vec<f64>> = x.iter().map(|v| vec![*v; 2]).collect();
    let last = rows.last_mut().unwrap();
    last.iter_mut().for_each(|v| *v = v.sin());
    last.push(x[0]);
    let mut stacks = vec![
        Stack {
            items: x.to_vec(),
            scale: x[1],
        },
        Stack {
            items: vec![x[1]],
            scale: 2.0,
        },
    ];
    if let Some(stack) = stacks.last_mut() {
        stack.items[0] *= x[0];
        stack.items.push(x[2]);
    }
    let end = stacks.last_mut().unwrap();
    end.items.iter_mut().for_each(|v| *v = *v * *v);
    end.scale *= x[2];
    let a: f64 = rows.iter().map(|row| row.iter().product::<f64>()).sum();
    let b: f64 = stacks
        .iter()
        .map(|s| s.scale * s.items.iter().sum::<f64>())
        .sum();
    a * b
}

#[differentiable]
fn scaled(x: &[f64], k: f64) -> Vec<f64> {
    x.iter().map(|v| v * k).collect()
}

/// Nobody says that a call gives a vector, or that a field is one.
#[differentiable]
fn ends_without_a_type(x: &[f64]) -> f64 {
    let twice = scaled(x, x[1]);
    let mut stack = Stack {
        items: scaled(&twice, 0.5),
        scale: x[0],
    };
    if let Some(top) = stack.items.last_mut() {
        *top *= stack.scale;
    }
    *stack.items.first_mut().unwrap() += x[2];
    let last = twice.last().copied().unwrap();
    let first = twice.first().map_or(0.0, |v| v * v);
    let none = scaled(&x[..0], 2.0);
    let top = match stack.items.last() {
        Some(v) => v.sin(),
        None => 0.0,
    };
    last * first + top * stack.items[0] + none.first().copied().unwrap_or(x[0])
}

programs! {
    ends_without_a_type { x: slice = vec![0.7, -0.4, 1.3] };
    parts_exchanged { x: slice = vec![0.7, -0.4, 1.3, 0.9] };
    last_in_place { x: slice = vec![0.7, -0.4, 1.3] };
    options_in_a_vector { x: val = 0.7, y: val = 0.3 };
    vectors_in_structs { x: val = 0.7, y: val = 0.3 };
    collections_without_derivative { x: val = 0.7, y: val = 0.3 };
    rows_through_a_callee { x: val = 0.7, y: val = 0.3 };
    names_of_ours { x: val = 0.7, y: val = 0.3 };
    here_or_there_and_away { x: val = 0.7, y: val = 0.3 };
    fallible errors_in_a_loop { x: val = 0.7, n: konst = 4_usize };
    methods_that_push { x: val = 0.7, y: val = 0.3 };
    extended { x: val = 0.7, y: val = 0.3 };
    swapped_and_taken { x: val = 0.7, y: val = 0.3 };
    drained_by_hand { x: val = 0.7, y: val = 0.3 };
    fallible errors_with_a_buffer { xs: inout_ref = vector(2, 3), y: val = 0.6 };
    callers_of_errors { x: val = 0.7, y: val = 0.3 };
    history { x: val = 0.7, y: val = 0.3 };
    moved_between_rows { x: val = 0.7, y: val = 0.3 };
    fallible of_any_number { x: val = 0.7, n: konst = 3_usize };
    fallible rows_of_any_number { xs: slice = vector(3, 1), y: val = 0.6 };
}

#[test]
fn errors_come_out_before_anything_is_derived() {
    assert_eq!(errors_in_a_loop::grad(0.7, 12), Err("big".to_string()));
    assert_eq!(
        rows_of_any_number::grad(&[] as &[f32], 0.3),
        Err("empty".to_string())
    );
    let mut long = vec![1.0; 4];
    assert_eq!(
        errors_with_a_buffer::grad(&mut long, 1.0),
        Err("long".to_string())
    );
    assert_eq!(of_any_number::grad(0.5_f32, 1), Some(1.75));
    let rows: [&[f64]; 2] = [&[0.2], &[0.4]];
    let expected = Some((vec![0.2 * 0.4], vec![vec![0.2], vec![0.1]], 0.0));
    assert_eq!(borrowed_for_a_lifetime::grad(&[0.5], &rows, 1.0), expected);
}
