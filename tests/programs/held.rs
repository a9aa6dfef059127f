//! Iterators that are held in a variable and asked for items now and then.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn first_and_rest(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let first = it.next().unwrap();
    let mut s = *first;
    for v in it {
        s = s * 0.5 + v * first;
    }
    s
}

#[differentiable]
fn first_or(x: &[f64]) -> f64 {
    let mut it = x.iter().copied();
    let first = it.next().unwrap_or(0.5);
    it.map(|v| v * v).fold(first, f64::max)
}

#[differentiable]
fn differences(x: &[f64]) -> f64 {
    let mut it = x.iter();
    if let Some(first) = it.next() {
        let mut before = *first;
        let mut s = 0.0;
        for v in it {
            s += (v - before).powi(2);
            before = *v;
        }
        s
    } else {
        0.0
    }
}

#[differentiable]
fn or_leaves(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let Some(first) = it.next() else {
        return 0.0;
    };
    let mut s = first * 2.0;
    for v in it {
        s += v * first;
    }
    s
}

#[differentiable]
fn greatest(x: &[f64]) -> Option<f64> {
    let mut it = x.iter().copied();
    let mut best = it.next()?;
    for v in it {
        if v > best {
            best = v;
        }
    }
    Some(best * best)
}

#[differentiable]
fn by_pairs(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let mut s = 0.0;
    while let Some(a) = it.next() {
        if let Some(b) = it.next() {
            s += a * b;
        } else {
            s += a.sin();
        }
    }
    s
}

#[differentiable]
fn skips_some(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let mut s = 0.0;
    'all: while let Some(v) = it.next() {
        if *v < 0.0 {
            it.next();
            continue 'all;
        }
        s = s * 0.7 + v * v;
    }
    s
}

#[differentiable]
fn from_both_ends(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let a = it.next().unwrap();
    let b = it.next_back().unwrap();
    let n = it.len();
    a * b * n as f64 + it.map(|v| v * v).sum::<f64>()
}

#[differentiable]
fn towards_the_middle(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let mut s = 0.0;
    loop {
        let Some(a) = it.next() else { break };
        let Some(b) = it.next_back() else {
            s += a;
            break;
        };
        s += a * b;
    }
    s
}

#[differentiable]
fn some_by_reference(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let a: f64 = it.by_ref().take(2).sum();
    let b: f64 = it.map(|v| v * v).sum();
    a * b
}

#[differentiable]
fn until(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let mut s = 0.0;
    for v in it.by_ref() {
        s += v;
        if s > 0.4 {
            break;
        }
    }
    for v in it {
        s *= v;
    }
    s
}

#[differentiable]
fn looked_ahead(x: &[f64]) -> f64 {
    let mut it = x.iter().peekable();
    let mut s = 0.0;
    while let Some(v) = it.next() {
        if let Some(n) = it.peek() {
            s += v * **n;
        } else {
            s += v;
        }
    }
    s
}

#[differentiable]
fn merged(x: &[f64], y: &[f64]) -> f64 {
    let mut a = x.iter().copied().peekable();
    let mut b = y.iter().copied().peekable();
    let mut s = 0.0;
    let mut w = 1.0;
    loop {
        let next = match a.peek() {
            Some(&p) => match b.peek() {
                Some(&q) if q < p => b.next(),
                _ => a.next(),
            },
            None => b.next(),
        };
        let Some(v) = next else { break };
        s += w * v;
        w *= 0.7;
    }
    s
}

#[differentiable]
fn peeked_patterns(x: &[f64]) -> f64 {
    let mut it = x.iter().peekable();
    let mut s = 0.0;
    while let Some(&v) = it.next() {
        match it.peek() {
            Some(&&n) if n > v => s += n * v,
            Some(_) => s -= v,
            None => s += v * v,
        }
        if it.peek().is_none() {
            s *= 2.0;
        }
    }
    s
}

#[differentiable]
fn of_computed(x: &[f64], k: f64) -> f64 {
    let mut it = x.iter().enumerate().map(|(i, v)| v * k + i as f64);
    let first = it.next().unwrap();
    let second = it.next().unwrap();
    first * second + it.product::<f64>()
}

#[differentiable]
fn header_and_rows(x: &[f64]) -> f64 {
    let mut rows = x.chunks(2);
    let head = rows.next().unwrap();
    let mut s = 0.0;
    for row in rows {
        s += row[0] * head[0] + row[1] * head[1];
    }
    s
}

#[differentiable]
fn twice_by_clone(x: &[f64]) -> f64 {
    let it = x.iter().map(|v| v * v);
    let total: f64 = it.clone().sum();
    let most = it.fold(0.0, f64::max);
    total * most
}

#[differentiable]
fn in_a_loop(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let mut s = 0.0;
    loop {
        match it.next() {
            Some(v) => s = s * 0.5 + v * v,
            None => break s,
        }
    }
}

#[differentiable]
fn by_turns(x: &[f64], y: &[f64]) -> f64 {
    let (mut s, mut w) = (0.0, 1.0);
    let mut a = x.iter();
    for p in y {
        let q = a.next().copied().unwrap_or(1.0);
        s += w * p * q;
        w *= 0.9;
    }
    s + a.len() as f64 * w
}

/// Nothing comes after the end, however often it is asked for.
#[differentiable]
fn past_the_end(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let mut s = 0.0;
    for _ in 0..2 * x.len() {
        s = s * 0.9 + it.next().map_or(0.1, |v| v * v);
    }
    s + it.sum::<f64>()
}

/// The first item is asked for once, although what is missing leaves and what is there is used.
#[differentiable]
fn exponential_average(x: &[f64], k: f64) -> Option<f64> {
    let mut it = x.iter();
    let mut average = *it.next()?;
    for v in it {
        average += k * (v - average);
    }
    Some(average)
}

/// So is an index that changes with each look.
#[differentiable]
fn looked_up_once(x: &[f64]) -> Result<f64, &'static str> {
    let mut n = 0;
    let mut sum = 0.0;
    while n < 4 {
        let v = *x
            .get({
                n += 1;
                n - 1
            })
            .ok_or("too short")?;
        sum += v * v * n as f64;
    }
    Ok(sum)
}

programs! {
    fallible exponential_average { x: slice = vec![0.7, -0.4, 1.3, 0.9], k: val = 0.3 };
    fallible looked_up_once { x: slice = vec![0.7, -0.4, 1.3, 0.9] };
    first_and_rest { x: slice = vector(4, 1) };
    first_or { x: slice = vector(4, 2) };
    differences { x: slice = vector(4, 3) };
    or_leaves { x: slice = vector(4, 4) };
    fallible greatest { x: slice = vector(4, 5) };
    by_pairs { x: slice = vector(5, 6) };
    skips_some { x: slice = vec![0.7, -0.3, 0.4, 1.1, -0.2, 0.8, 0.6] };
    from_both_ends { x: slice = vector(5, 7) };
    towards_the_middle { x: slice = vector(5, 8) };
    some_by_reference { x: slice = vector(5, 9) };
    until { x: slice = vec![0.2, 0.3, 0.7, 1.3] };
    looked_ahead { x: slice = vector(5, 10) };
    merged { x: slice = vec![0.1, 0.5, 0.9], y: slice = vec![0.3, 0.4, 1.7] };
    peeked_patterns { x: slice = vector(5, 11) };
    of_computed { x: slice = vector(5, 12), k: val = 0.7 };
    header_and_rows { x: slice = vector(6, 13) };
    twice_by_clone { x: slice = vector(4, 14) };
    in_a_loop { x: slice = vector(4, 15) };
    by_turns { x: slice = vector(3, 16), y: slice = vector(5, 17) };
    past_the_end { x: slice = vector(3, 18) };
}
