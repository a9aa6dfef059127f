//! References that are exchanged: the two buffers of a stencil, and their relatives.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn diffusion(x: &[f64], k: f64, steps: usize) -> f64 {
    let n = x.len();
    let mut u = x.to_vec();
    let mut v = vec![0.0; n];
    let (mut now, mut next) = (&mut u[..], &mut v[..]);
    for _ in 0..steps {
        next[0] = now[0];
        next[n - 1] = now[n - 1] * k;
        for i in 1..n - 1 {
            next[i] = now[i] + k * (now[i - 1] - 2.0 * now[i] + now[i + 1]);
        }
        std::mem::swap(&mut now, &mut next);
    }
    now.iter().enumerate().map(|(i, v)| v * v * i as f64).sum()
}

#[differentiable]
fn whole_vectors(x: &[f64], k: f64) -> f64 {
    let mut u = x.to_vec();
    let mut v = vec![k; x.len()];
    let mut a = &mut u;
    let mut b = &mut v;
    for step in 0..3 {
        for i in 1..a.len() {
            b[i] = a[i - 1] * a[i] + k;
        }
        if step != 1 {
            (a, b) = (b, a);
        }
    }
    a[0] * a[2] + b.iter().sum::<f64>()
}

/// The memory behind the references is looked at afterwards.
#[differentiable]
fn looked_at_afterwards(x: &[f64], k: f64, steps: usize) -> f64 {
    let mut u = x.to_vec();
    let mut v = vec![0.0; x.len()];
    {
        let (mut a, mut b) = (&mut u[..], &mut v[..]);
        for _ in 0..steps {
            for (to, from) in b.iter_mut().zip(a.iter()) {
                *to = from * from * k;
            }
            std::mem::swap(&mut a, &mut b);
        }
        a[0] *= 3.0;
        b[1] += a[2];
    }
    let mut s = 0.0;
    for i in 0..u.len() {
        s += u[i] * v[i] * (i + 1) as f64 + u[i];
    }
    s
}

#[differentiable]
fn of_parameters<'a>(mut a: &'a mut [f64], mut b: &'a mut [f64], k: f64, n: usize) -> f64 {
    for _ in 0..n {
        for i in 0..a.len() {
            b[i] = a[i] * k + b[i];
        }
        std::mem::swap(&mut a, &mut b);
    }
    a[0] + b[1]
}

#[differentiable]
fn steps_of(from: &[f64], to: &mut [f64], k: f64) {
    for i in 0..from.len() {
        to[i] = from[i] * k + from[(i + 1) % from.len()];
    }
}

#[differentiable]
fn passed_on(x: &mut [f64], k: f64) -> f64 {
    let mut scratch = vec![0.0; x.len()];
    let (mut from, mut to) = (x, scratch.as_mut_slice());
    for _ in 0..3 {
        steps_of(from, to, k);
        std::mem::swap(&mut from, &mut to);
    }
    steps_of(&*from, &mut *to, k);
    from[0] * to[1]
}

#[differentiable]
fn three_in_a_ring(x: &[f64], k: f64) -> f64 {
    let mut u = x.to_vec();
    let mut v = [0.0; 4];
    let mut w = x.to_vec();
    let (mut a, mut b, mut c) = (&mut u[..], &mut v[..], &mut w[..]);
    for step in 0..5 {
        for i in 0..4 {
            c[i] = 2.0 * b[i] - k * a[i] + step as f64;
        }
        (a, b, c) = (b, c, a);
    }
    a[0] * b[1] * c[2]
}

#[differentiable]
fn halves(x: &[f64], k: f64) -> f64 {
    let mut u = x.to_vec();
    let n = u.len() / 2;
    let mut s = 0.0;
    {
        let (mut a, mut b) = u.split_at_mut(n);
        for _ in 0..3 {
            for i in 0..n {
                b[i] += k * a[i];
                s += b[i];
            }
            std::mem::swap(&mut a, &mut b);
        }
    }
    s * u[0] * u[n]
}

#[differentiable]
fn pairs(cells: &mut [(f64, f64)], k: f64, steps: usize) {
    let mut other = cells.to_vec();
    let (mut now, mut next) = (&mut cells[..], &mut other[..]);
    for _ in 0..steps {
        for i in 0..now.len() {
            next[i].0 = now[i].0 + k * now[i].1;
            next[i].1 = now[i].1 - k * now[i].0;
        }
        std::mem::swap(&mut now, &mut next);
    }
    next[0].0 *= 2.0;
}

#[differentiable]
fn shared(x: &[f64], y: &[f64], k: f64) -> f64 {
    let (mut a, mut b) = (&x[..], &y[..]);
    let mut s = 0.0;
    for i in 0..3 {
        s += a[i] * b[0] * k;
        std::mem::swap(&mut a, &mut b);
    }
    s * a[1]
}

#[differentiable]
fn smaller_and_greater(x: f64, y: f64) -> f64 {
    let (mut p, mut q) = (x * y, y);
    {
        let (mut a, mut b) = (&mut p, &mut q);
        if *a > *b {
            std::mem::swap(&mut a, &mut b);
        }
        *a *= *b;
        *b += 1.0;
    }
    p * p + q
}

/// Buffers of different lengths, which are looked at afterwards.
#[differentiable]
fn of_different_lengths(x: &[f64], k: f64) -> f64 {
    let mut u = x.to_vec();
    let mut v = [k; 2];
    let (mut a, mut b) = (&mut u[..], &mut v[..]);
    std::mem::swap(&mut a, &mut b);
    a[0] = b[3] * k + a[1];
    let here = a[0] * a.len() as f64;
    here * u[1] + v[0] * v[1]
}

/// By hand, with a definition that is not beside the other; left early, which nobody sees.
#[allow(deprecated)]
#[differentiable]
fn by_hand(x: &[f64], k: f64, limit: f64) -> f64 {
    let mut u = x.to_vec();
    let mut v = vec![k; x.len()];
    let mut a: &mut [f64] = &mut u;
    let n = a.len();
    let mut b: &mut [f64] = &mut v;
    for step in 0..6 {
        for i in 0..n {
            b[i] = a[i].sin() + x[i] * k;
        }
        if step == 1 {
            continue;
        }
        if b[0] > limit {
            return b[0] * a[1];
        }
        let other = a;
        a = b;
        b = other;
    }
    a[0] * b[1]
}

#[derive(Clone, pullback::Differentiable)]
struct Grid {
    now: Vec<f64>,
    next: Vec<f64>,
}

#[differentiable]
impl Grid {
    fn run(&mut self, k: f64, n: usize) -> f64 {
        let (mut a, mut b) = (&mut self.now, &mut self.next);
        for _ in 0..n {
            for i in 0..a.len() {
                b[i] += a[i] * k;
            }
            std::mem::swap(&mut a, &mut b);
        }
        a[0] + b[1]
    }
}

#[differentiable]
fn in_a_method(x: &[f64], k: f64) -> f64 {
    let mut grid = Grid {
        now: x.to_vec(),
        next: x.to_vec(),
    };
    let r = grid.run(k, 3);
    r * grid.now[0] + grid.next[2] * grid.run(r, 2)
}

programs! {
    of_different_lengths { x: slice = vector(4, 11), k: val = 0.8 };
    by_hand { x: slice = vector(3, 12), k: val = 0.8, limit: val = 9.0 } connected [true, true, false];
    in_a_method { x: slice = vector(3, 13), k: val = 0.8 };
    diffusion { x: slice = vector(6, 1), k: val = 0.2, steps: konst = 3 };
    whole_vectors { x: slice = vector(4, 2), k: val = 0.7 };
    looked_at_afterwards { x: slice = vector(4, 3), k: val = 0.7, steps: konst = 3 };
    of_parameters { a: inout = vector(3, 4), b: inout = vector(3, 5), k: val = 0.7, n: konst = 3 };
    passed_on { x: inout = vector(4, 6), k: val = 0.8 };
    three_in_a_ring { x: slice = vector(4, 7), k: val = 0.8 };
    halves { x: slice = vector(6, 8), k: val = 0.8 };
    vector pairs { cells: inout = vec![(0.3, 1.2), (-0.5, 0.4)], k: val = 0.3, steps: konst = 3 };
    shared { x: slice = vector(3, 9), y: slice = vector(3, 10), k: val = 0.8 };
    smaller_and_greater { x: val = 1.7, y: val = 0.8 };
}
