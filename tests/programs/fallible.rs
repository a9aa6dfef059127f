//! Errors as values: `?`, `Option` and `Result` with their methods.

use crate::harness::programs;
use pullback::differentiable;

/// An error of the user's, which needs no derivative.
#[derive(Clone, Debug, PartialEq)]
enum Bad {
    Negative(f64),
    Empty,
    Text(String),
}

impl From<String> for Bad {
    fn from(text: String) -> Bad {
        Bad::Text(text)
    }
}

#[differentiable]
fn root(x: f64) -> Result<f64, String> {
    if x < 0.0 {
        return Err(format!("negative: {x}"));
    }
    Ok(x.sqrt())
}

/// `?` converts the error, in a loop and after it.
#[differentiable]
fn sum_of_roots(xs: &[f64], y: f64) -> Result<f64, Bad> {
    if xs.is_empty() {
        return Err(Bad::Empty);
    }
    let mut s = 0.0;
    for x in xs {
        if *x < -1.0 {
            return Err(Bad::Negative(*x));
        }
        s += root(*x)? * y;
    }
    let r = root(s)?;
    Ok(r * y)
}

#[differentiable]
fn methods_of_option(x: f64, y: f64) -> Option<f64> {
    let a = if x > 0.0 { Some(x * y) } else { None };
    let b = a.map(|v| v * v).unwrap_or(3.0);
    let c = a?;
    let d = a
        .and_then(|v| if v > 10.0 { None } else { Some(v.sin()) })
        .unwrap_or_else(|| x);
    let e = a.ok_or(3).map_err(|e| e + 1).ok()?;
    let f = a
        .filter(|v| *v > 0.0)
        .zip(Some(y))
        .map(|(p, q)| p * q)
        .unwrap();
    let g = a.as_ref().map(|v| *v * 2.0).or(Some(y)).expect("there");
    let h = a.map_or(0.0, |v| v * y) + a.map(f64::exp).unwrap_or_default();
    let none: Option<f64> = None;
    let i = none.or_else(|| Some(y * y)).map_or_else(|| 0.0, |v| v * x);
    let checked = if a.is_some_and(|v| v > 0.1) { 2.0 } else { 1.0 };
    Some((b * c + d * e + f * g + h + i) * checked)
}

#[differentiable]
fn methods_of_result(x: f64, y: f64) -> Result<f64, i32> {
    let a: Result<f64, i32> = if x > 0.0 { Ok(x * y) } else { Err(2) };
    let b = a.map(|v| v * v).map_err(|e| e + 1)?;
    let c = a.and_then(|v| if v > 10.0 { Err(5) } else { Ok(v.sin()) });
    let d: Result<f64, i32> = Err(4);
    let e = d.unwrap_or_else(|e| x * e as f64);
    let f = d.or_else(|e| if e > 3 { Ok(y) } else { Err(e) })?;
    let g = match c {
        Ok(v) if v > 0.0 => v * x,
        Ok(v) => v,
        Err(e) => y * e as f64,
    };
    Ok(b + e * f + g * c.unwrap() + d.unwrap_or(x) * a.ok().unwrap_or(0.0))
}

#[differentiable]
fn ends_of_a_slice(x: &[f64], k: usize) -> Option<f64> {
    let mut v = x.to_vec();
    let a = *v.first()?;
    let b = v.last().copied().unwrap_or(0.0);
    let c = v.get(k).copied()?;
    let z = v.get(17).copied().map(|z| z * a).unwrap_or(a);
    if let Some(l) = v.last_mut() {
        *l *= a;
    }
    let d = match v.get(k + 1) {
        Some(z) => *z * *z,
        None => b,
    };
    *v.last_mut().unwrap() += 1.0;
    let e = v.last().unwrap() * v.first().unwrap();
    let last = v.last().unwrap();
    let first = v.first()?;
    Some(a * b + c * d + e + last * last * first + z)
}

/// What stands in for an element that is not there is computed from the same slice.
#[differentiable]
fn instead_of_an_element(x: &[f64], n: usize) -> f64 {
    let a = x.first().map_or(x[n % x.len()], |e| e * 0.9);
    let b = x
        .get(n)
        .copied()
        .unwrap_or(x[n % x.len()].sin() * x[x.len() - 1]);
    let c = x.get(1).map_or(x[0].max(x[x.len() / 2]), |e| e * e);
    a * b + c
}

/// The best so far, kept in an `Option`.
#[differentiable]
fn best_of(xs: &[f64], y: f64) -> Option<f64> {
    let mut best = None;
    for x in xs {
        let candidate = *x * y;
        best = match best {
            Some(b) if b > candidate => Some(b),
            _ => Some(candidate * 1.0),
        };
        if candidate < -50.0 {
            return None;
        }
    }
    let best = best?;
    Some(best * best)
}

#[differentiable]
fn newton(a: f64, start: f64) -> Result<f64, Bad> {
    let mut x = start;
    for step in 0..50 {
        let slope = 2.0 * x;
        if slope.abs() < 1e-9 {
            return Err(Bad::Text(format!("flat at step {step}")));
        }
        let dx = (x * x - a) / slope;
        x -= dx;
        if dx.abs() < 1e-14 {
            return Ok(x);
        }
    }
    Err(Bad::Empty)
}

#[differentiable]
fn in_conditions_and_arguments(x: f64, y: f64) -> Result<f64, Bad> {
    let r = root(root(x)? + root(y)?)?;
    let pair = (root(x * y)?, [root(y)?, r]);
    let n: i32 = "3".parse().map_err(|_| Bad::Empty)?;
    Ok(pair.0 * pair.1[0] * pair.1[1] * n as f64)
}

#[differentiable]
fn vector_or_error(x: f64, n: usize) -> Result<Vec<f64>, Bad> {
    let mut v = Vec::new();
    let mut p = x;
    for _ in 0..n {
        p = root(p)?;
        v.push(p);
    }
    Ok(v)
}

/// What another differentiable function gives is taken apart.
#[differentiable]
fn of_a_vector(x: f64, n: usize) -> Option<f64> {
    let v: Vec<f64> = vector_or_error(x, n).ok()?;
    let mut s = 0.0;
    for a in &v {
        s += a * a;
    }
    Some(s)
}

/// Whether it is an `Option` or a `Result` is known to rustc alone.
#[differentiable]
fn either(x: f64, y: f64) -> f64 {
    let a: f64 = root(x).unwrap();
    let b: f64 = root(-y).unwrap_or(x * y);
    let c: f64 = best_of(&[x, y], y).unwrap_or_default();
    a * b + root(x).expect("positive") + c
}

programs! {
    either { x: val = 0.7, y: val = 0.4 };
    fallible root { x: val = 1.7 } exact [0.5 / x.sqrt()];
    fallible sum_of_roots { xs: slice = positive(3, 1), y: val = 0.8 };
    fallible methods_of_option { x: val = 0.7, y: val = 0.4 };
    fallible methods_of_result { x: val = 0.7, y: val = 0.4 };
    fallible ends_of_a_slice { x: slice = vector(3, 2), k: konst = 1_usize };
    fallible best_of { xs: slice = vector(4, 2), y: val = 0.4 };
    fallible newton { a: val = 2.0, start: val = 1.5 } exact [0.5 / 2.0_f64.sqrt(), 0.0];
    fallible in_conditions_and_arguments { x: val = 0.7, y: val = 0.4 };
    vector vector_or_error { x: val = 0.7, n: konst = 3_usize };
    instead_of_an_element { x: slice = vector(3, 12), n: konst = 5_usize };
    fallible of_a_vector { x: val = 0.7, n: konst = 3_usize };
}

#[test]
fn a_gradient_fails_as_the_function_does() {
    assert_eq!(root::grad(-4.0), Err("negative: -4".to_string()));
    assert_eq!(sum_of_roots::grad(&[], 1.0), Err(Bad::Empty));
    let text = Bad::Text("negative: -0.5".to_string());
    assert_eq!(
        sum_of_roots::value_and_grad(&[1.0, -0.5], 1.0),
        Err(text.clone())
    );
    assert_eq!(
        sum_of_roots::gradients(&[1.0, -2.0], 1.0),
        Err(Bad::Negative(-2.0))
    );
    assert_eq!(methods_of_option::grad(-1.0, 1.0), None);
    let (mut dx, mut dy) = (1.0, 2.0);
    assert_eq!(
        methods_of_option::accumulate_grad(-1.0, 1.0, &mut dx, &mut dy),
        None
    );
    assert_eq!((dx, dy), (1.0, 2.0));
    let (value, pullback) = sum_of_roots::vjp(&[1.0, -0.5], 1.0);
    assert_eq!(value, Err(text));
    assert_eq!(
        pullback(pullback::ResultTangent::Err),
        (vec![0.0, 0.0], 0.0)
    );
}
