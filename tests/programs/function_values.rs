//! Functions as values: under another name, in tuples, structs and arrays, passed on from there.

use crate::functions::trapezoid;
use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn square(v: f64) -> f64 {
    v * v
}

#[differentiable]
fn cube(v: f64) -> f64 {
    v * v * v
}

#[differentiable]
fn blend(v: f64, w: f64) -> f64 {
    v * w + v.sin()
}

#[differentiable]
fn under_another_name(a: f64, b: f64) -> f64 {
    let g = square;
    let h = g;
    trapezoid(g, a, b, 4) * trapezoid(&h, b, a, 3)
}

#[differentiable]
fn of_a_pointer(a: f64, b: f64) -> f64 {
    let g: fn(f64) -> f64 = cube;
    g(a) * trapezoid(&g, a, b, 4)
}

#[differentiable]
fn chosen_and_passed(a: f64, b: f64) -> f64 {
    let g: fn(f64) -> f64 = if a > b { square } else { cube };
    trapezoid(g, a, b, 4)
}

#[differentiable]
fn in_a_pair(a: f64, b: f64) -> f64 {
    let (f, df) = (cube, |v: f64| 3.0 * v * v);
    f(a) / df(b) + trapezoid(f, a, b, 2)
}

struct Ode<F: Fn(f64) -> f64> {
    rhs: F,
    step: f64,
}

#[differentiable]
fn with_shorthand(k: f64, y: f64) -> f64 {
    let rhs = |y: f64| -k * y * y;
    let step = 0.1 * k;
    let ode = Ode { rhs, step };
    let mut y = y;
    for _ in 0..4 {
        y += ode.step * (ode.rhs)(y);
    }
    y
}

#[differentiable]
fn taken_apart(k: f64, y: f64) -> f64 {
    let ode = Ode {
        rhs: move |y: f64| -k * y,
        step: 0.2,
    };
    let Ode { rhs, step: h } = ode;
    let mut y = y;
    for _ in 0..3 {
        y += h * rhs(y);
    }
    y
}

#[differentiable]
fn euler<F: Fn(f64) -> f64>(rhs: F, y: f64, n: usize) -> f64 {
    let ode = Ode { rhs, step: 0.1 };
    let mut y = y;
    for _ in 0..n {
        y += ode.step * (ode.rhs)(y);
    }
    y
}

#[differentiable]
fn of_a_parameter(k: f64, y: f64) -> f64 {
    euler(|y| k * y.sin(), y, 4)
}

#[differentiable]
fn in_an_array(x: f64, y: f64) -> f64 {
    let fs = [square, cube, f64::sin];
    let mut s = fs[0](x) * fs[2](y);
    for f in fs {
        s += f(x * y);
    }
    for f in &fs[1..] {
        s *= f(y);
    }
    s + fs.iter().map(|f| f(x)).sum::<f64>() / fs.len() as f64
}

#[differentiable]
fn by_pointers(x: &[f64], y: f64) -> f64 {
    let fs: [fn(f64) -> f64; 2] = [square, cube];
    x.iter().enumerate().map(|(i, v)| fs[i % 2](*v) * y).sum()
}

#[differentiable]
fn with_weights(x: &[f64], k: f64) -> f64 {
    let terms: Vec<(f64, fn(f64) -> f64)> = vec![(1.0, square), (k, f64::cos), (0.5 * k, f64::exp)];
    let mut s = 0.0;
    for ((weight, f), v) in terms.iter().zip(x) {
        s += weight * f(*v);
    }
    for (i, term) in terms.iter().enumerate() {
        s += term.0 * (term.1)(x[i] * k);
    }
    s
}

#[differentiable]
fn boxed(x: f64, k: f64) -> f64 {
    let fs: Vec<Box<dyn Fn(f64) -> f64>> = vec![
        Box::new(|v| k * v),
        Box::new(square),
        Box::new(move |v| {
            if v > k {
                return v.ln();
            }
            v * v * k
        }),
    ];
    fs.iter().rev().fold(x, |v, f| f(v) + 1.0)
}

#[differentiable]
fn borrowed(x: f64, k: f64) -> f64 {
    let line = |v: f64| k * v + x;
    let fs: [&dyn Fn(f64) -> f64; 3] = [&line, &square, &|v| v / k];
    let mut s = x;
    for f in fs.iter() {
        s = f(s);
    }
    s * line(s)
}

#[differentiable]
fn of_two_arguments(x: f64, y: f64) -> f64 {
    let fs = [blend, |a, b| a * a * b, f64::powf];
    let mut s = 0.0;
    for (i, f) in fs.iter().enumerate() {
        s += f(x, y) * (i + 1) as f64;
    }
    s
}

#[differentiable]
fn passed_from_an_array(x: f64, y: f64) -> f64 {
    let fs: [fn(f64) -> f64; 2] = [square, cube];
    let mut s = 1.0;
    for f in fs {
        s *= trapezoid(f, x, y, 3);
    }
    s + trapezoid(&fs[1], y, x, 2)
}

#[differentiable]
fn found(x: f64, n: usize) -> f64 {
    let fs = [square, cube];
    let mut s = 0.0;
    if let Some(f) = fs.get(n) {
        s += f(x);
    }
    let last = fs.last().unwrap();
    let first = fs[0];
    s * last(x) + first(s)
}

#[allow(non_upper_case_globals)]
const low: f64 = 2.0;
#[allow(non_upper_case_globals)]
const high: f64 = 3.0;

/// Numbers that are spelled as functions are.
#[differentiable]
fn no_functions(x: f64, y: f64) -> f64 {
    let chosen = if x > y { x } else { y };
    let (v, w, again) = ([low, high], low, chosen);
    let both = [again, chosen];
    v[0] * x + w * y * v.iter().map(|a| a * x).sum::<f64>() + both[0] * both[1]
}

#[differentiable]
fn by_name(x: f64, y: f64) -> f64 {
    let ops: [(&str, fn(f64, f64) -> f64); 3] =
        [("add", |a, b| a + b), ("mul", blend), ("pow", f64::powf)];
    let mut s = x;
    for (name, op) in &ops {
        if *name != "add" {
            s = op(s, y);
        }
    }
    let add = ops.iter().find(|(name, _)| *name == "add").unwrap().1;
    add(s, y * y)
}

#[differentiable]
fn made_in_a_loop(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for v in x {
        let fs: [&dyn Fn(f64) -> f64; 2] = [&|w| w * v, &|w| w + k * v];
        let [f, g] = fs;
        s += f(g(k)) + fs.iter().map(|f| f(*v)).product::<f64>();
    }
    s
}

/// The arguments are evaluated once, whichever function it is.
#[differentiable]
fn evaluated_once(x: f64) -> f64 {
    let fs = [square, cube];
    let mut count = 0.0;
    let mut next = || {
        count += 1.0;
        count * x
    };
    fs[1](next()) + fs[0](next()) + count
}

programs! {
    under_another_name { a: val = 0.4, b: val = 1.3 };
    of_a_pointer { a: val = 0.4, b: val = 1.3 };
    chosen_and_passed { a: val = 0.4, b: val = 1.3 };
    in_a_pair { a: val = 0.4, b: val = 1.3 };
    with_shorthand { k: val = 0.7, y: val = 1.3 };
    taken_apart { k: val = 0.7, y: val = 1.3 };
    of_a_parameter { k: val = 0.7, y: val = 1.3 };
    in_an_array { x: val = 0.7, y: val = 1.3 };
    by_pointers { x: slice = vector(4, 1), y: val = 1.3 };
    with_weights { x: slice = vector(3, 2), k: val = 0.8 };
    boxed { x: val = 0.7, k: val = 0.8 };
    borrowed { x: val = 0.7, k: val = 0.8 };
    of_two_arguments { x: val = 0.7, y: val = 1.8 };
    passed_from_an_array { x: val = 0.7, y: val = 1.8 };
    found { x: val = 0.7, n: konst = 1 };
    no_functions { x: val = 0.7, y: val = 0.4 } exact [2.0 + 10.0 * y + 2.0 * x, 10.0 * x];
    by_name { x: val = 0.7, y: val = 0.4 };
    made_in_a_loop { x: slice = vector(3, 3), k: val = 0.4 };
    evaluated_once { x: val = 0.9 } exact [3.0 * x * x + 8.0 * x];
}
