//! `?` and `return` in closures, and consumers that stop at the first item without a value.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn root(x: f64) -> Option<f64> {
    if x >= 0.0 { Some(x.sqrt()) } else { None }
}

#[differentiable]
fn positive_log(x: f64) -> Result<f64, String> {
    if x > 0.0 {
        Ok(x.ln())
    } else {
        Err(format!("{x} has no logarithm"))
    }
}

#[differentiable]
fn question_in_a_closure(x: &[f64], y: f64) -> f64 {
    let f = |a: f64| -> Option<f64> {
        let r = root(a)?;
        if r > 10.0 {
            return None;
        }
        Some(r * y)
    };
    f(x[0]).unwrap_or(y) + f(-x[1]).unwrap_or(y * y)
}

#[differentiable]
fn question_in_filter_map(x: &[f64], y: f64) -> f64 {
    x.iter()
        .filter_map(|v| {
            let r = root(*v - y)?;
            Some(r * 2.0 + y)
        })
        .sum()
}

#[differentiable]
fn question_in_and_then(x: Option<f64>, y: f64) -> f64 {
    let z = x.and_then(|v| {
        let r = root(v)?;
        let s = root(r * y)?;
        Some(r + s)
    });
    z.unwrap_or(y)
}

#[differentiable]
fn summed(x: &[f64]) -> Option<f64> {
    x.iter().map(|v| root(*v)).sum::<Option<f64>>()
}

#[differentiable]
fn summed_results(x: &[f64], y: f64) -> Result<f64, String> {
    let s: Result<f64, String> = x.iter().map(|v| positive_log(*v * y)).sum();
    Ok(s? * y)
}

#[differentiable]
fn summed_at_the_end(x: &[f64]) -> Result<f64, String> {
    x.iter().map(|v| positive_log(*v)).sum()
}

#[differentiable]
fn multiplied(x: &[f64]) -> Option<f64> {
    let p: Option<f64> = x.iter().copied().map(root).product();
    p
}

#[differentiable]
fn collected(x: &[f64], y: f64) -> Result<f64, String> {
    let logs = x
        .iter()
        .map(|v| positive_log(*v))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(logs.iter().zip(x).map(|(a, b)| a * b).sum::<f64>() * y)
}

#[differentiable]
fn collected_options(x: &[f64], y: f64) -> f64 {
    let roots: Option<Vec<f64>> = x.iter().map(|v| root(*v - y)).collect();
    match roots {
        Some(roots) => roots.iter().sum(),
        None => y * y,
    }
}

#[differentiable]
fn folded(x: &[f64]) -> Option<f64> {
    x.iter()
        .try_fold(1.0, |product, v| Some(product * root(*v)?))
}

#[differentiable]
fn folded_results(x: &[f64], y: f64) -> Result<f64, String> {
    let total = x.iter().try_fold(y, |sum, &v| {
        if v > 5.0 {
            return Err("too much".to_string());
        }
        let l = positive_log(v)?;
        Ok(sum * l + v)
    })?;
    Ok(total * total)
}

#[differentiable]
fn each(x: &[f64], y: f64) -> Option<f64> {
    let mut total = y;
    x.iter().try_for_each(|v| {
        total += root(*v)?;
        Some(())
    })?;
    Some(total * y)
}

#[differentiable]
fn parted(x: &[f64]) -> f64 {
    let (a, b): (Vec<f64>, Vec<f64>) = x.iter().copied().partition(|v| *v > 0.0);
    a.iter().map(|v| v * v).sum::<f64>() * b.iter().map(|v| v * v * v).sum::<f64>()
}

#[differentiable]
fn std_zip(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for (a, b) in std::iter::zip(x, y) {
        s += a * b * b;
    }
    s + std::iter::zip(x.iter().skip(1), y)
        .map(|(a, b)| a.sin() * b)
        .sum::<f64>()
}

#[differentiable]
fn std_repeat_n(x: f64, n: usize) -> f64 {
    std::iter::repeat_n(x, n)
        .enumerate()
        .map(|(i, a)| a * i as f64)
        .product::<f64>()
        + std::iter::repeat_n(x * x, n).sum::<f64>()
}

/// Which `map` this is, what stands around it tells.
#[differentiable]
fn told_by_what_follows(x: f64, y: f64) -> f64 {
    let a = root(x).map(|r| r * y).unwrap_or(y);
    let b = if let Some(r) = root(y).map(f64::sin) {
        r * x
    } else {
        0.0
    };
    let c = match root(x).map(|r| r + y).and_then(|v| root(v)) {
        Some(v) => v * x,
        None => x,
    };
    let Some(d) = root(x * y).filter(|v| *v > 0.1) else {
        return 0.0;
    };
    let e = root(x)
        .and_then(|v| root(v - 10.0))
        .or(root(x * x))
        .unwrap_or(root(y).unwrap_or(x));
    a * b + c * d + e + root(x).map_or(0.0, |v| v * y)
}

#[differentiable]
fn told_by_the_result(x: f64, y: f64) -> Result<f64, String> {
    let l = positive_log(x).map(|l| l * y)?;
    positive_log(y)
        .map(|v| v * l)
        .and_then(|v| positive_log(v * v + x))
}

#[differentiable]
fn told_by_the_adaptor(x: &[f64], y: f64) -> f64 {
    let nearest = x
        .iter()
        .filter_map(|v| root(*v).map(|r| (r, v * y)))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((r, v)) => r * v,
        None => y,
    }
}

programs! {
    question_in_a_closure { x: slice = positive(2, 1), y: val = 0.7 };
    question_in_filter_map { x: slice = vector(6, 2), y: val = 0.2 };
    question_in_and_then { x: val = Some(0.8), y: val = 0.7 };
    fallible summed { x: slice = positive(4, 3) };
    fallible summed_results { x: slice = positive(4, 3), y: val = 0.8 };
    fallible summed_at_the_end { x: slice = positive(4, 3) } exact [x.iter().map(|v| 1.0 / v).collect::<Vec<_>>()];
    fallible multiplied { x: slice = positive(4, 3) };
    fallible collected { x: slice = positive(4, 3), y: val = 0.8 };
    fallible folded { x: slice = positive(4, 3) };
    fallible folded_results { x: slice = positive(4, 3), y: val = 0.8 };
    fallible each { x: slice = positive(4, 3), y: val = 0.8 };
    collected_options { x: slice = positive(4, 4), y: val = -0.7 };
    told_by_what_follows { x: val = 0.8, y: val = 0.7 };
    fallible told_by_the_result { x: val = 1.8, y: val = 0.7 };
    told_by_the_adaptor { x: slice = vector(5, 8), y: val = 0.7 };
    parted { x: slice = vector(6, 5) };
    std_zip { x: slice = vector(4, 6), y: slice = vector(4, 7) };
    std_repeat_n { x: val = 0.8, n: konst = 3 };
}

/// What ends without a value does so in the gradient as well, with the error of the item that was met first.
#[test]
fn ends_without_a_value() {
    assert_eq!(summed::grad(&[1.0, -1.0]), None);
    assert_eq!(folded::grad(&[-1.0]), None);
    assert_eq!(each::grad(&[1.0, -1.0, -2.0], 0.5), None);
    let first = Err("-1 has no logarithm".to_string());
    assert_eq!(summed_at_the_end::grad(&[1.0, -1.0, -2.0]), first);
    assert_eq!(
        collected::grad(&[-1.0, -2.0], 1.0).err(),
        Some("-1 has no logarithm".to_string())
    );
    assert_eq!(
        folded_results::grad(&[1.0, 6.0, -1.0], 1.0),
        Err("too much".to_string())
    );
    assert_eq!(
        collected_options::grad(&[-1.0, 2.0], 3.0),
        (vec![0.0, 0.0], 6.0)
    );
}
