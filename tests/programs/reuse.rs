//! Memory that is read twice, with and without a write in between: the second read may be the first one's value, or
//! must not be.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};

// The same element before and after it is written, and once more.
#[differentiable]
fn around_a_write(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let a = v[0] * v[0];
    v[0] = a * v[1];
    let b = v[0] * v[1];
    v[1] *= b;
    a * b + v[0] * v[1] * v[1]
}

// Written through another name of the same memory.
#[differentiable]
fn through_an_alias(x: &[f64], c: f64) -> f64 {
    let mut v = x.to_vec();
    let a = v[0] * v[2];
    {
        let (left, right) = v.split_at_mut(2);
        left[0] += c * right[0] * right[0];
        right[0] *= left[0];
    }
    let b = v[0] * v[2];
    let last = &mut v[2];
    *last = b * c;
    a * b * v[2] + v[0]
}

// Each branch writes or does not.
#[differentiable]
fn in_branches(x: &[f64], c: f64) -> f64 {
    let mut v = x.to_vec();
    let mut s = v[0] * v[1];
    if c > 0.0 {
        s += v[0] * c;
        v[1] *= c;
        s *= v[1];
    } else {
        s -= v[1] * v[0];
    }
    if c > 10.0 {
        v[0] = s;
    }
    s * v[0] * v[1]
}

#[differentiable]
fn in_the_other_branch(x: &[f64], c: f64) -> f64 {
    in_branches(x, -c)
}

// In each trip the element is read, written and read again; the next trip reads what this one wrote.
#[differentiable]
fn from_trip_to_trip(x: &[f64], n: usize) -> f64 {
    let mut v = x.to_vec();
    let mut s = 1.0;
    for i in 0..n {
        let k = i % v.len();
        s += v[0] * v[k];
        v[k] = 0.5 * v[k] * s.sin() + v[0];
        s *= v[k] * v[0];
        if s > 20.0 {
            break;
        }
        v[0] += 0.1 * v[k];
    }
    s + v[0]
}

// The index changes, by its own name and by another of the same spelling.
#[differentiable]
fn another_index(x: &[f64]) -> f64 {
    let mut i = 0;
    let mut s = x[i] * x[i];
    i += 1;
    s *= x[i];
    let i = 2;
    s += x[i] * x[i];
    {
        let i = 0;
        s *= x[i];
    }
    s * x[i]
}

// A closure and a call write in between.
#[differentiable]
fn doubled(v: &mut [f64], k: usize) {
    v[k] *= 2.0 * v[0];
}

#[differentiable]
fn by_calls(x: &[f64], c: f64) -> f64 {
    let mut v = x.to_vec();
    let a = v[1] * v[0];
    doubled(&mut v, 1);
    let b = v[1] * v[0];
    let mut bump = |k: usize| v[k] += c * b;
    bump(0);
    bump(1);
    let d = v[1] * v[0];
    v.swap(0, 1);
    let e = v[1] * v[1] * v[0];
    v.insert(0, d);
    a * b + d * e * v[1] + v[0]
}

#[derive(Clone, Debug, Differentiable)]
struct Particle {
    mass: f64,
    at: [f64; 2],
}

#[differentiable]
impl Particle {
    fn drift(&mut self, dt: f64) {
        let speed = self.mass * self.at[0];
        self.at[0] += dt * speed;
        self.mass *= self.at[0];
        self.at[1] = self.mass * self.at[0] * speed;
    }
}

// Fields, through methods, references and copies of the whole.
#[differentiable]
fn of_fields(x: &[f64], dt: f64) -> f64 {
    let mut cell = Particle {
        mass: x[0],
        at: [x[1], x[2]],
    };
    let a = cell.mass * cell.at[0];
    cell.drift(dt);
    let b = cell.mass * cell.at[0];
    let r = &mut cell;
    r.at[0] = r.mass * r.at[0] + r.at[1];
    let c = cell.mass * cell.at[0];
    let old = std::mem::replace(
        &mut cell,
        Particle {
            mass: b,
            at: [c, a],
        },
    );
    cell.mass * cell.at[0] * cell.at[1] + old.at[0] * old.mass
}

// Closures that give values, nested, with names that are the function's own.
#[differentiable]
fn closures_inside(x: &[f64], w: f64) -> f64 {
    let gate = |x: f64| {
        let w = (-x).exp();
        1.0 / (1.0 + w)
    };
    let mut s = 0.0;
    let mut state = 0.1;
    for &v in x {
        let forget = gate(v * w);
        let keep = gate(gate(state) - forget);
        let w = forget * keep;
        state = state * forget + keep * w;
        s += state * gate(state) / w;
    }
    s
}

// What is divided and what divides are the same, an input, a constant, or one.
#[differentiable]
fn quotients(a: f64, b: f64) -> f64 {
    let q = a / b;
    let r = 1.0 / q;
    let mut t = q / r / a;
    t /= b;
    let one = 1.;
    q * r + t / t + one / (a * b) + 1.0 / (1.0 / b) + 2.0 / a + a / 4.0
}

// Vectors that change places in a loop and have different lengths.
#[differentiable]
fn changing_places(x: &[f64], y: &[f64], n: usize) -> f64 {
    let mut a = x.to_vec();
    let mut b = y.to_vec();
    for i in 0..n {
        let last = a.len() - 1;
        a[0] += b[0] * a[last];
        std::mem::swap(&mut a, &mut b);
        if i % 3 == 1 {
            b.push(a[0]);
        }
        a[0] *= b[b.len() - 1];
    }
    a.iter().sum::<f64>() * b.iter().map(|v| v * v).sum::<f64>()
}

// The outer loop's numbers are kept once for all trips of the inner ones.
#[differentiable]
fn strides(x: &[f64], c: f64) -> f64 {
    let mut v = x.to_vec();
    let mut half = 1;
    let mut scale = c;
    while half < v.len() {
        let stride = v.len() / (2 * half);
        let factor = scale * c;
        for start in (0..v.len() - half).step_by(2 * half) {
            for k in 0..half {
                let t = k * stride;
                v[start + k] += factor * v[start + k + half] * x[t] * v[start + k];
            }
        }
        half *= 2;
        scale = scale.sin() + factor;
    }
    v.iter().map(|v| v * v).sum()
}

// What a block gives is assigned again where the user wrote `mut`.
#[differentiable]
fn assigned_again(x: f64, w: f64) -> f64 {
    let mut s: f64 = {
        let f = |e: f64| (e * w).sin();
        f(x) * 0.5 + f(w)
    };
    let square = |e: f64| e * e;
    let mut t = square(s);
    s = s * 0.5 + t;
    while t < 3.0 {
        t += square(x);
        s *= t;
    }
    s
}

programs! {
    assigned_again { x: val = 0.7, w: val = 1.3 };
    around_a_write { x: slice = vector(2, 1) };
    through_an_alias { x: slice = vector(4, 2), c: val = 0.7 };
    in_branches { x: slice = vector(2, 3), c: val = 0.8 };
    in_the_other_branch { x: slice = vector(2, 3), c: val = 0.8 };
    from_trip_to_trip { x: slice = vector(3, 4), n: konst = 7_usize };
    another_index { x: slice = vector(3, 5) };
    by_calls { x: slice = vector(3, 6), c: val = 0.4 };
    of_fields { x: slice = vector(3, 7), dt: val = 0.3 };
    closures_inside { x: slice = vector(4, 8), w: val = 0.9 };
    quotients { a: val = 1.3, b: val = -0.7 } exact [
        0.25 - 1.0 / (a * a * b) - 2.0 / (a * a),
        -1.0 / (a * b * b) + 1.0
    ];
    changing_places { x: slice = vector(3, 9), y: slice = vector(2, 10), n: konst = 5_usize };
    strides { x: slice = vector(8, 11), c: val = 0.6 };
}
