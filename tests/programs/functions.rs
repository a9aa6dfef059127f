//! Functions as parameters: quadrature, root finding and integration of differential equations, given closures that
//! capture what is differentiated.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
pub fn trapezoid(f: impl Fn(f64) -> f64, a: f64, b: f64, n: usize) -> f64 {
    let h = (b - a) / n as f64;
    let mut s = 0.5 * (f(a) + f(b));
    for i in 1..n {
        s += f(a + i as f64 * h);
    }
    s * h
}

#[differentiable]
fn simpson<F: Fn(f64) -> f64>(f: F, a: f64, b: f64, n: usize) -> f64 {
    let h = (b - a) / (2 * n) as f64;
    let mut s = f(a) + f(b);
    for i in 1..2 * n {
        let w = if i % 2 == 1 { 4.0 } else { 2.0 };
        s += w * f(a + i as f64 * h);
    }
    s * h / 3.0
}

#[allow(deprecated)]
#[differentiable]
fn adaptive<F>(f: &F, a: f64, b: f64, tol: f64) -> f64
where
    F: Fn(f64) -> f64,
{
    let m = 0.5 * (a + b);
    let whole = (b - a) / 6.0 * (f(a) + 4.0 * f(m) + f(b));
    let (l, r) = (0.5 * (a + m), 0.5 * (m + b));
    let halves = (b - a) / 12.0 * (f(a) + 4.0 * f(l) + 2.0 * f(m) + 4.0 * f(r) + f(b));
    if (halves - whole).abs() < tol {
        return halves;
    }
    adaptive(f, a, m, tol * 0.5) + adaptive(f, m, b, tol * 0.5)
}

#[differentiable]
fn newton(f: impl Fn(f64) -> f64, df: impl Fn(f64) -> f64, start: f64) -> f64 {
    let mut x = start;
    for _ in 0..60 {
        let step = f(x) / df(x);
        x -= step;
        if step.abs() < 1e-15 {
            break;
        }
    }
    x
}

#[differentiable]
fn rk4<F: Fn(f64, &[f64]) -> Vec<f64>>(f: F, y0: &[f64], h: f64, steps: usize) -> Vec<f64> {
    let n = y0.len();
    let mut y = y0.to_vec();
    let mut t = 0.0;
    for _ in 0..steps {
        let k1 = f(t, &y);
        let mut z = y.clone();
        for i in 0..n {
            z[i] = y[i] + 0.5 * h * k1[i];
        }
        let k2 = f(t + 0.5 * h, &z);
        for i in 0..n {
            z[i] = y[i] + 0.5 * h * k2[i];
        }
        let k3 = f(t + 0.5 * h, &z);
        for i in 0..n {
            z[i] = y[i] + h * k3[i];
        }
        let k4 = f(t + h, &z);
        for i in 0..n {
            y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
        t += h;
    }
    y
}

#[differentiable]
fn area(k: f64, b: f64) -> f64 {
    trapezoid(|x| (k * x).sin() * x, 0.0, b, 20)
}

/// A polynomial of degree three, for which the rule is exact.
#[differentiable]
fn cubic(c: &[f64], b: f64) -> f64 {
    simpson(|x| c[0] + x * (c[1] + x * (c[2] + x * c[3])), 0.0, b, 1)
}

#[differentiable]
fn horner(c: &[f64], b: f64) -> f64 {
    simpson(
        |x| {
            let mut s = 0.0;
            for i in (0..c.len()).rev() {
                s = s * x + c[i];
            }
            s
        },
        0.0,
        b,
        2,
    )
}

#[differentiable]
fn recursive(k: f64, b: f64) -> f64 {
    adaptive(&|x: f64| (k * x).exp() / (1.0 + x * x), 0.0, b, 1e-6)
}

#[differentiable]
fn cube_root(a: f64) -> f64 {
    newton(|x| x * x * x - a, |x| 3.0 * x * x, 1.0)
}

/// The closure has a name, is called here and passed on.
#[differentiable]
fn named(a: f64, k: f64) -> f64 {
    let f = |x: f64| x * x * k - a;
    newton(f, |x| 2.0 * x * k, 1.0) + f(a) + simpson(&f, 0.0, k, 2)
}

#[differentiable]
fn pendulum(w: f64, y0: &[f64]) -> f64 {
    let y = rk4(|t, y| vec![y[1], -w * y[0].sin() + 0.1 * t], y0, 0.1, 4);
    y[0] * y[1]
}

#[differentiable]
fn written_types(w: f64, y0: &[f64], h: f64) -> Vec<f64> {
    rk4(
        |t: f64, y: &[f64]| -> Vec<f64> {
            let mut out = vec![0.0; y.len()];
            for i in 0..y.len() {
                out[i] = -w * y[i] * y[i] + t.cos();
            }
            out
        },
        y0,
        h,
        3,
    )
}

#[differentiable]
fn within(a: f64, b: f64) -> f64 {
    simpson(
        |x| simpson(|y| (a * x * y).sin() + b * y, 0.0, x * b, 2),
        0.0,
        a,
        2,
    )
}

#[differentiable]
fn bump(x: f64, width: f64) -> f64 {
    (-x * x / width).exp()
}

#[differentiable]
fn calls_a_function(w: f64, b: f64) -> f64 {
    simpson(|x| bump(x, w) * x.cos(), -1.0, b, 3)
}

#[differentiable]
fn in_a_loop(w: &[f64], b: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..w.len() {
        let k = w[i] * b;
        s += simpson(|x| (w[i] * x + k).sin() * s, 0.0, b, 2) + k;
    }
    s
}

#[differentiable]
fn hands_on(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    simpson(&f, 0.0, x, 3) + simpson(|t| f(t) * x, 0.0, 1.0, 3) * f(x)
}

#[differentiable]
fn handed_on(a: f64, x: f64) -> f64 {
    hands_on(|t| (a * t).sin() + t, x)
}

#[differentiable]
fn moved(a: f64, v: Vec<f64>) -> f64 {
    let mut k = a * 2.0;
    let f = move |x: f64| k * x * v[0] + v[1];
    k = 3.0;
    trapezoid(f, 0.0, a, 3) + k
}

#[differentiable]
fn never_called(k: f64, b: f64) -> f64 {
    repeated(|x| x * k, b, 0) + k * b
}

#[differentiable]
fn repeated(f: impl Fn(f64) -> f64, x: f64, times: usize) -> f64 {
    let mut y = x;
    for _ in 0..times {
        y = f(y);
    }
    y
}

#[differentiable]
fn iterated(r: f64, x: f64) -> f64 {
    repeated(|y| r * y * (1.0 - y), x, 5)
}

/// The closure leaves early, in a loop of its own.
#[differentiable]
fn leaves(k: f64, x: f64) -> f64 {
    repeated(
        |y| {
            if y > 1.0 {
                return k / y;
            }
            let mut p = y;
            for i in 0..4 {
                p *= k;
                if p > 1.2 {
                    break;
                }
                p += 0.1 * y * i as f64;
            }
            p
        },
        x,
        5,
    )
}

/// Names that the callee and generated code use as well.
#[differentiable]
fn shadowed(f: f64, s: f64, x: f64) -> f64 {
    let f = f * s;
    let s = |x: f64| {
        let s = s * x;
        let f = f + s;
        f * f + x
    };
    let y = trapezoid(s, f, x, 2);
    let x = y * x;
    trapezoid(|f| f * x, 0.0, x, 2)
}

#[differentiable]
fn two_functions<F: Fn(f64) -> f64, G: Fn(f64, f64) -> f64>(f: &F, g: G, x: f64) -> f64 {
    let y = f(x);
    g(y, f(y)) * g(x, 2.0)
}

#[differentiable]
fn both(a: f64, b: f64, x: f64) -> f64 {
    two_functions(&|t| a * t + b, |u, v| u * v * b, x)
}

/// A function of an integer: what it captures is all that carries a derivative.
#[differentiable]
fn weighted(weight: impl Fn(usize) -> f64, x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += weight(i) * x[i];
    }
    s
}

#[differentiable]
fn geometric(q: f64, x: &[f64]) -> f64 {
    weighted(|i| q.powi(i as i32), x)
}

#[differentiable]
fn selected(keep: impl Fn(usize) -> bool, x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        if keep(i) {
            s += x[i] * x[i];
        }
    }
    s
}

#[differentiable]
fn even(x: &[f64]) -> f64 {
    let step = 2;
    selected(|i| i % step == 0, x)
}

#[differentiable]
fn changes_in_place(f: impl Fn(f64) -> f64, x: &mut [f64]) {
    for v in x.iter_mut() {
        *v = f(*v) * *v;
    }
}

#[differentiable]
fn in_place(k: f64, x: &mut [f64]) -> f64 {
    changes_in_place(|v| (k * v).tanh(), x);
    x[0] * x[1]
}

#[differentiable]
fn in_one_arm(k: f64, x: f64, which: bool) -> f64 {
    let f = |t: f64| t * t * k;
    if which { trapezoid(f, 0.0, x, 2) } else { x }
}

#[differentiable]
fn generic<T: pullback::Real, F: Fn(T) -> T>(f: F, x: T, n: usize) -> T {
    let mut y = x;
    for _ in 0..n {
        y = f(y) * x;
    }
    y
}

#[differentiable]
fn at_f64(k: f64, x: f64) -> f64 {
    generic(|y| (k * y).cos(), x, 3)
}

#[derive(pullback::Differentiable, Clone, Debug, PartialEq)]
struct Spring {
    stiffness: f64,
    rest: f64,
}

#[differentiable]
fn struct_captured(stiffness: f64, rest: f64, x: f64) -> f64 {
    let spring = Spring { stiffness, rest };
    simpson(|t| spring.stiffness * (t - spring.rest), 0.0, x, 1)
}

#[differentiable]
fn of_vectors(m: &[f64], x: &[f64]) -> f64 {
    let scaled: Vec<f64> = m.iter().map(|v| v * x[0]).collect();
    let pairs = [scaled[0], m[1] * x[1]];
    trapezoid(|t| scaled[1] * t + pairs[0] * pairs[1] * t, 0.0, x[1], 3)
}

programs! {
    area { k: val = 1.5, b: val = 2.0 };
    cubic { c: slice = vector(4, 1), b: val = 1.3 } exact [
        vec![b, b * b / 2.0, b * b * b / 3.0, b * b * b * b / 4.0],
        c[0] + b * (c[1] + b * (c[2] + b * c[3]))
    ];
    horner { c: slice = vector(5, 2), b: val = 0.8 };
    recursive { k: val = 0.9, b: val = 1.5 };
    cube_root { a: val = 5.0 } exact [1.0 / (3.0 * a.cbrt() * a.cbrt())];
    named { a: val = 2.0, k: val = 1.5 };
    pendulum { w: val = 1.2, y0: slice = vector(2, 3) };
    vector written_types { w: val = 0.4, y0: slice = vector(3, 4), h: val = 0.1 };
    within { a: val = 1.2, b: val = 0.7 };
    calls_a_function { w: val = 0.8, b: val = 1.1 };
    in_a_loop { w: slice = vector(3, 5), b: val = 0.9 };
    handed_on { a: val = 0.8, x: val = 1.1 };
    never_called { k: val = 0.6, b: val = 1.7 } exact [b, 1.0 + k];
    iterated { r: val = 2.7, x: val = 0.3 };
    leaves { k: val = 1.1, x: val = 0.4 };
    shadowed { f: val = 0.7, s: val = 0.4, x: val = 1.3 };
    both { a: val = 0.7, b: val = 0.4, x: val = 1.3 };
    geometric { q: val = 0.7, x: slice = vector(4, 6) };
    even { x: slice = vector(5, 7) };
    in_place { k: val = 0.7, x: inout = vector(2, 8) };
    in_one_arm { k: val = 0.7, x: val = 0.9, which: konst = true };
    at_f64 { k: val = 0.7, x: val = 0.9 };
    struct_captured { stiffness: val = 0.7, rest: val = 0.3, x: val = 0.9 };
    of_vectors { m: slice = vector(2, 9), x: slice = vector(2, 10) };
}

/// What a closure captures is told apart from what it does not, and by the path that was taken.
#[test]
fn connected_by_path() {
    let taken = in_one_arm::gradients(0.7, 0.9, true);
    assert!(taken.k.is_some() && taken.x.is_some());
    let other = in_one_arm::gradients(0.7, 0.9, false);
    assert_eq!((other.k, other.x), (None, Some(1.0)));
    let never = never_called::gradients(0.6, 1.7);
    assert_eq!((never.k, never.b), (Some(1.7), Some(1.6)));
}

/// A function that is called with constants only needs no derivative of its own.
#[test]
fn plain_functions() {
    let weights = [0.5, 2.0];
    let dx = weighted::grad(|i| weights[i], &[1.0, 3.0]);
    assert_eq!(dx, vec![0.5, 2.0]);
    assert_eq!(
        weighted::jvp((|i| weights[i], &[1.0, 3.0]), vec![1.0, 0.0]),
        (6.5, 0.5)
    );
    assert_eq!(
        weighted::gradients(|i| weights[i], &[1.0, 3.0]).x,
        Some(vec![0.5, 2.0])
    );
    assert_eq!(selected::grad(|i| i == 1, &[1.0, 3.0]), vec![0.0, 6.0]);
}
