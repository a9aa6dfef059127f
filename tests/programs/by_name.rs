//! Functions by their names: given to other functions, to adaptors, or bound to a local.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};

#[differentiable]
fn integrate(f: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    let h = (b - a) / 10.0;
    let mut s = 0.0;
    for i in 0..10 {
        s += f(a + (i as f64 + 0.5) * h) * h;
    }
    s
}

#[differentiable]
fn cube(x: f64) -> f64 {
    x * x * x
}

#[differentiable]
fn of_std(a: f64, b: f64) -> f64 {
    integrate(f64::sin, a, b)
}

#[differentiable]
fn of_ours(a: f64, b: f64) -> f64 {
    integrate(cube, a, b) + integrate(&cube, b, a * 2.0)
}

#[differentiable]
fn branching(x: f64) -> f64 {
    if x < 0.5 { x * x } else { x.sqrt() + cube(x) }
}

#[differentiable]
fn of_one_that_calls(a: f64, b: f64) -> f64 {
    integrate(branching, a, b)
}

#[differentiable]
fn euler(field: impl Fn(f64, &[f64]) -> Vec<f64>, y0: &[f64], h: f64, steps: usize) -> Vec<f64> {
    let mut y = y0.to_vec();
    for n in 0..steps {
        let dy = field(n as f64 * h, &y);
        for i in 0..y.len() {
            y[i] += h * dy[i];
        }
    }
    y
}

#[differentiable]
fn lotka(t: f64, y: &[f64]) -> Vec<f64> {
    vec![
        y[0] * (1.1 - 0.4 * y[1]) + 0.01 * t,
        y[1] * (0.1 * y[0] - 0.4),
    ]
}

#[differentiable]
fn of_borrowed(y0: &[f64], h: f64) -> Vec<f64> {
    euler(lotka, y0, h, 6)
}

#[differentiable]
fn apply<F: Fn(f64, f64) -> f64>(f: F, a: f64, b: f64) -> f64 {
    f(a, b) * f(b, a)
}

#[differentiable]
fn of_two(a: f64, b: f64) -> f64 {
    apply(f64::atan2, a, b) + apply(f64::powf, a, b) + apply(f64::max, a, b)
}

#[differentiable]
fn power(x: f64, n: usize) -> f64 {
    let mut p = 1.0;
    for _ in 0..n {
        p *= x;
    }
    p
}

#[differentiable]
fn series(term: impl Fn(f64, usize) -> f64, x: f64, count: usize) -> f64 {
    (0..count).map(|n| term(x, n)).sum()
}

#[differentiable]
fn of_integers(x: f64) -> f64 {
    series(power, x, 5)
}

#[derive(Clone, Copy, Debug, Differentiable, PartialEq)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable]
impl Point {
    fn norm(&self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    fn taken(self) -> f64 {
        self.x * self.y
    }

    fn half(x: f64) -> f64 {
        0.5 * x * x
    }

    fn of_associated(&self, b: f64) -> f64 {
        integrate(Self::half, self.x, b) + integrate(Point::half, self.y, b)
    }
}

#[differentiable]
fn total(f: impl Fn(&Point) -> f64, points: &[Point]) -> f64 {
    let mut s = 0.0;
    for p in points {
        s += f(p);
    }
    s
}

#[differentiable]
fn total_taken(f: impl Fn(Point) -> f64, x: f64, y: f64) -> f64 {
    f(Point { x, y }) * f(Point { x: y, y: 2.0 })
}

#[differentiable]
fn of_methods(x: f64, y: f64) -> f64 {
    let points = [Point { x, y }, Point { x: y, y: 1.0 }];
    total(Point::norm, &points) + total_taken(Point::taken, x, y) + points[0].of_associated(2.0)
}

#[differentiable]
fn in_chains(x: &[f64]) -> f64 {
    let rooted: f64 = x.iter().copied().map(f64::sqrt).map(cube).sum();
    let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    rooted * x.iter().copied().reduce(f64::min).unwrap_or(0.0) + largest
}

#[differentiable]
fn handed_on(f: impl Fn(f64) -> f64, x: &[f64]) -> f64 {
    x.iter().copied().map(&f).sum::<f64>() + integrate(f, x[0], x[1])
}

#[differentiable]
fn of_a_parameter(x: &[f64]) -> f64 {
    handed_on(cube, x) * handed_on(f64::exp, x)
}

mod elsewhere {
    #[pullback::differentiable]
    pub fn scaled<const N: usize>(x: f64) -> f64 {
        x * N as f64
    }

    #[pullback::differentiable]
    pub fn generic<T: pullback::Real>(x: T) -> T {
        x * x + T::from_f64(1.0)
    }
}

#[differentiable]
fn of_paths(a: f64, b: f64) -> f64 {
    integrate(elsewhere::scaled::<3>, a, b) * integrate(elsewhere::generic, a, b)
        + integrate(elsewhere::generic::<f64>, b, a)
}

#[differentiable]
fn generic_over<T: pullback::Real>(f: impl Fn(T) -> T, x: T) -> T {
    f(x) * f(x + x)
}

#[differentiable]
fn of_generic<T: pullback::Real>(x: T) -> T {
    generic_over(T::sin, x) + generic_over(elsewhere::generic, x)
}

#[differentiable]
fn renamed(x: f64, y: f64) -> f64 {
    let f = f64::sin;
    let g = cube;
    let h: fn(f64) -> f64 = f64::cos;
    f(x) * g(y) + integrate(f, x, y) + integrate(g, x, y) + h(x * y)
}

#[differentiable]
fn chosen(x: f64, k: f64, smooth: bool) -> f64 {
    let f = if smooth { f64::tanh } else { f64::abs };
    let g: fn(f64) -> f64 = if x > k { cube } else { f64::exp };
    f(x) * g(k) + integrate(f, x, k) + [x, k].iter().copied().map(f).sum::<f64>()
}

#[differentiable]
fn chosen_otherwise(x: f64, k: f64, smooth: bool) -> f64 {
    let f: fn(f64) -> f64 = if smooth {
        |x: f64| x * 3.0
    } else if k > 1.0 {
        |x| x * x
    } else {
        cube
    };
    f(x) + integrate(&f, k, x)
}

#[differentiable]
fn by_kind(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, v) in x.iter().enumerate() {
        let f = match i % 3 {
            0 => f64::sqrt,
            1 => cube,
            _ => Point::half,
        };
        s += f(*v);
    }
    s
}

#[differentiable]
fn of_generic_at(x: f64) -> f64 {
    of_generic(x)
}

programs! {
    of_std { a: val = 0.3, b: val = 1.9 };
    of_ours { a: val = 0.3, b: val = 1.9 };
    of_one_that_calls { a: val = -0.3, b: val = 1.9 };
    vector of_borrowed { y0: slice = positive(2, 1), h: val = 0.1 };
    of_two { a: val = 0.8, b: val = 1.7 };
    of_integers { x: val = 0.8 } exact [1.0 + 2.0 * x + 3.0 * x * x + 4.0 * x * x * x];
    renamed { x: val = 0.8, y: val = 1.3 };
    chosen { x: val = 0.8, k: val = 1.3, smooth: konst = true };
    chosen_otherwise { x: val = 0.8, k: val = 1.3, smooth: konst = false };
    by_kind { x: slice = positive(4, 4) };
    of_methods { x: val = 0.8, y: val = 1.7 };
    in_chains { x: slice = positive(5, 2) };
    of_a_parameter { x: slice = positive(3, 3) };
    of_paths { a: val = 0.4, b: val = 1.3 };
    of_generic_at { x: val = 0.4 };
}

/// What reaches the result through a function's name is told apart by the path that was taken.
#[test]
fn connected_by_path() {
    let g = chosen_otherwise::gradients(0.5, 0.5, false);
    assert!(g.x.is_some() && g.k.is_some());
    let g = of_std::gradients(0.3, 1.9);
    assert!(g.a.is_some() && g.b.is_some());
}
