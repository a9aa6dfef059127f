//! Chains and closures made to break what unfolds them: names that collide, effects in their order, empty
//! sources, early ends, references to what is changed.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn names_of_ours(x: &[f64]) -> f64 {
    let item = x[0];
    let sum = x[1];
    let folded = 2.0;
    let found = x[2];
    let a = x
        .iter()
        .map(|item_2| item_2 * item + sum)
        .fold(folded, |s, v| s * found + v * item);
    a + x.iter().map(|v| v * sum).sum::<f64>()
}

/// What is not asked for is not computed, and what is, in its order.
#[differentiable]
fn lazy_effects(x: &[f64]) -> f64 {
    let mut log: Vec<usize> = Vec::new();
    let n = std::cell::Cell::new(0);
    let s: f64 = x
        .iter()
        .inspect(|_| n.set(n.get() + 1))
        .map(|v| {
            log.push(n.get());
            v * n.get() as f64
        })
        .filter(|v| *v > -9.0)
        .take(3)
        .sum();
    s * (n.get() as f64) + log.len() as f64 * x[0]
}

#[differentiable]
fn empty_ends(x: &[f64]) -> f64 {
    let e: &[f64] = &x[..0];
    let a: f64 = x.windows(9).map(|w| w[0]).sum();
    let b: f64 = x.iter().zip(e.iter().cycle()).map(|(a, b)| a * b).sum();
    let c: f64 = x.chunks(100).map(|c| c.iter().sum::<f64>() * c[0]).sum();
    let d = x.iter().skip(50).map(|v| v * v).sum::<f64>();
    let kept: Vec<f64> = x.iter().copied().filter(|v| *v > 100.0).collect();
    let s: f64 = kept.iter().sum();
    let m = kept.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if s.is_sign_negative() && m < 0.0 {
        a + b + c + d + x.iter().take(0).product::<f64>() * x[0]
    } else {
        x[1]
    }
}

#[differentiable]
fn state_and_arguments(x: &[f64]) -> f64 {
    let mut u = [0.0; 3];
    let mut put = |i: usize, v: f64| {
        u[i] += v * u[(i + 1) % 3] + v;
        u[i] * v
    };
    let a = put(0, x[0]);
    let b = put(1, x[1] * a);
    let c = put(0, b);
    u[0] * u[1] + c
}

#[differentiable]
fn takes_a_vector_along(x: &[f64]) -> f64 {
    let v = x.to_vec();
    let g = move |i: usize| v[i] * v[i + 1];
    g(0) * g(1) + g(2)
}

#[differentiable]
fn writes_through_kept_references(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let k = x[0];
    y.iter_mut()
        .zip(x.iter().rev())
        .filter(|(a, _)| **a > 0.0)
        .for_each(|(a, b)| *a = *a * b + k);
    for v in y.iter_mut().map(|v| {
        *v *= 2.0;
        v
    }) {
        *v += 1.0;
    }
    y.iter().sum::<f64>() * y[0]
}

#[differentiable]
fn leaves_two_closures(x: &[f64]) -> f64 {
    let outer = |v: f64| {
        let inner = |w: f64| {
            if w < 0.0 {
                return -w * v;
            }
            w * w
        };
        let a = inner(v);
        if a > 2.0 {
            return a;
        }
        inner(a - v) + a
    };
    x.iter().map(|v| outer(*v)).sum::<f64>()
}

#[differentiable]
fn triples(x: &[f64]) -> f64 {
    let t: f64 = x
        .iter()
        .enumerate()
        .flat_map(|(i, a)| {
            x.iter()
                .take(i)
                .filter(|b| **b > 0.0)
                .map(move |b| (a, b, i))
        })
        .map(|(a, b, i)| a * b * i as f64)
        .sum();
    let s = x.iter().scan((0.0, 1.0), |st, v| {
        st.0 += v * st.1;
        st.1 *= 0.5;
        Some(st.0)
    });
    t * s.sum::<f64>()
}

#[differentiable]
fn zips_after_drops(x: &[f64]) -> f64 {
    let s: f64 = x
        .iter()
        .filter(|v| **v > -0.5)
        .zip(x.iter())
        .map(|(a, b)| a * b)
        .sum();
    let t: f64 = x
        .iter()
        .filter(|v| **v > -0.5)
        .zip(1..)
        .map(|(a, b)| a * b as f64)
        .sum();
    let r = x.iter().filter(|v| **v > 0.0).rev().take(2);
    s + t * r.fold(1.0, |a, b| a * b)
}

#[differentiable]
fn stepped_and_joined(x: &[f64]) -> f64 {
    x.iter()
        .skip_while(|v| **v > 0.0)
        .step_by(2)
        .map(|v| v * v)
        .chain(x.iter().map(|v| v.sin()).filter(|v| *v > 0.0))
        .enumerate()
        .take(4)
        .map(|(i, v)| v * (i + 1) as f64)
        .sum()
}

#[differentiable]
fn closures_all_the_way(x: &[f64]) -> f64 {
    let f = |a: f64, b: f64| a * b;
    let g = |a| f(a, x[0]);
    let h = |v: &[f64]| v.iter().map(|a| g(*a)).sum::<f64>();
    let mut total = 0.0;
    let mut bump = |v: f64| {
        total += h(&x[1..]) * v;
        total
    };
    let a = bump(x[1]);
    let b = bump(a);
    a * b + total + h(x)
}

#[differentiable]
fn random_walks(x: &[f64]) -> f64 {
    let mut state = x[0];
    let noise = std::iter::repeat_with(|| {
        state = (state * 1.3).sin();
        state
    })
    .take(3)
    .map(|v| v * x[1])
    .sum::<f64>();
    let twice = x.iter().flat_map(|v| std::iter::repeat(v * v).take(2));
    noise + twice.product::<f64>() + [x[0], x[2]].into_iter().map(|v| v.powi(3)).sum::<f64>()
}

#[differentiable]
fn in_conditions(x: &[f64]) -> f64 {
    let f = |v: f64| v * v * x[1];
    assert!(x.iter().all(|v| f(*v) < 100.0), "{}", f(x[0]));
    let mut s = x[0];
    let mut n = 0;
    while f(s) < 3.0 && n < 4 {
        s = s * 1.5 + f(s);
        n += 1;
    }
    match n {
        k if f(s) > 1.0 => s * k as f64,
        _ => f(s),
    }
}

#[differentiable]
fn sorted_by_value(x: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|a, b| x[*a].total_cmp(&x[*b]));
    let ranked = order
        .iter()
        .enumerate()
        .map(|(r, &i)| x[i] * (r + 1) as f64);
    ranked.sum::<f64>()
        + order
            .iter()
            .rev()
            .take(2)
            .map(|&i| x[i] * x[i])
            .sum::<f64>()
}

/// Steps backwards through parts that have names of their own, which the reverse sweep does not know.
#[differentiable]
fn steps_back_through_a_part(x: &[f64]) -> f64 {
    let (a, b) = x.split_at(x.len() / 2);
    let mut s = b.iter().rev().step_by(2).sum::<f64>();
    if let [first, .., last] = a {
        s += first * last;
    }
    for (v, w) in a.iter().rev().skip(1).zip(b.iter().rev()) {
        s += v * w * w;
    }
    let own: Vec<f64> = b.iter().map(|v| v * v).collect();
    s + own
        .iter()
        .rev()
        .zip(a)
        .step_by(2)
        .map(|(v, w)| v * w)
        .sum::<f64>()
}

programs! {
    names_of_ours { x: slice = vector(4, 1) };
    lazy_effects { x: slice = vector(6, 2) };
    empty_ends { x: slice = vector(4, 3) };
    state_and_arguments { x: slice = vector(2, 4) };
    takes_a_vector_along { x: slice = vector(4, 5) };
    writes_through_kept_references { x: slice = vec![0.7, -0.4, 1.3, 0.9] };
    leaves_two_closures { x: slice = vec![0.7, -0.4, 1.3, 1.9] };
    triples { x: slice = vec![0.7, -0.4, 1.3, 0.9] };
    zips_after_drops { x: slice = vec![0.7, -0.4, 1.3, 0.9, -1.1] };
    stepped_and_joined { x: slice = vec![0.7, -0.4, 1.3, 0.9, -1.1] };
    closures_all_the_way { x: slice = vector(3, 6) };
    random_walks { x: slice = vector(3, 7) };
    in_conditions { x: slice = vec![0.7, 0.4, 0.2] };
    steps_back_through_a_part { x: slice = vec![0.7, -0.4, 1.3, 0.9, -1.1, 0.3, 1.7] };
    sorted_by_value { x: slice = vec![0.7, -0.4, 1.3, 0.9] };
}
