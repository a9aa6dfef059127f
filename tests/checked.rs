//! `checked_grad`: the first operation whose value or cotangent is not finite, with its place in the user's source,
//! through every kind of call; and `Ok` with the gradient of `grad` wherever no such number is computed.
//!
//! The places are looked up in this file: each function marks the line of the operation that is to be found.

use pullback::{Differentiable, NonFinite, Real, Sweep, differentiable};

const INF: f64 = f64::INFINITY;

/// The operation, the sweep and the place: the line that ends in the mark, and the column of the token there.
fn assert_found(error: &NonFinite, operation: &str, sweep: Sweep, mark: &str, token: &str) {
    assert_eq!(error.operation(), Some(operation), "{error}");
    assert_eq!(error.input(), None, "{error}");
    assert_eq!(error.sweep(), sweep, "{error}");
    assert!(error.file().ends_with("checked.rs"), "{error}");
    assert_eq!(
        (error.line(), error.column()),
        place(mark, token),
        "{error}"
    );
    assert!(!error.value().is_finite(), "{error}");
}

/// Where the token stands in the line that ends in the mark.
fn place(mark: &str, token: &str) -> (u32, u32) {
    let comment = format!("// {mark}");
    let source = include_str!("checked.rs").lines().zip(1..);
    let mut found = source.filter(|(line, _)| line.ends_with(&comment));
    let (line, number) = found.next().expect("the mark");
    assert!(found.next().is_none(), "`{mark}` is not the only one");
    let at = line.find(token).expect("the token");
    let column = line[..at].chars().count() + 1;
    (number, u32::try_from(column).expect("a short line"))
}

#[differentiable]
fn entropy(p: f64, q: f64) -> f64 {
    let a = p * q;
    let b = a.ln() + 1.0; // entropy
    a * b
}

#[test]
fn a_value_is_found_with_its_operand() {
    let error = entropy::checked_grad(0.0, 2.0).unwrap_err();
    assert_found(&error, "ln", Sweep::Forward, "entropy", "ln(");
    assert_eq!(error.operands(), [Some(0.0)]);
    assert_eq!(error.value(), -INF);
    let text = error.to_string();
    assert!(
        text.starts_with("`ln` of 0 gives -inf, in the forward sweep, at "),
        "{text}"
    );
    assert_eq!(entropy::checked_grad(0.5, 2.0), Ok(entropy::grad(0.5, 2.0)));
}

#[test]
fn an_input_is_told_by_its_name() {
    let error = entropy::checked_grad(1.0, f64::NAN).unwrap_err();
    assert_eq!((error.input(), error.operation()), (Some("q"), None));
    assert!(error.value().is_nan());
    assert!(error.to_string().starts_with("the input `q` is NaN, at "));
    let error = roots::checked_grad(&[1.0, 2.0, INF]).unwrap_err();
    assert_eq!((error.input(), error.element()), (Some("xs"), Some(2)));
    assert!(
        error
            .to_string()
            .starts_with("element 2 of the input `xs` is inf, at ")
    );
}

#[differentiable]
fn roots(xs: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in xs {
        sum += x.sqrt(); // roots
    }
    sum
}

#[test]
fn a_cotangent_is_found_though_every_value_is_finite() {
    assert_eq!(roots(&[1.0, 0.0]), 1.0);
    let error = roots::checked_grad(&[1.0, 0.0]).unwrap_err();
    assert_found(&error, "sqrt", Sweep::Reverse, "roots", "sqrt");
    assert_eq!((error.value(), error.cotangent()), (INF, Some(1.0)));
    let text = error.to_string();
    assert!(
        text.starts_with("`sqrt` of 0 turns a cotangent of 1 into inf, in the reverse sweep, at "),
        "{text}"
    );
    let error = roots::checked_grad(&[1.0, -1.0]).unwrap_err();
    assert_found(&error, "sqrt", Sweep::Forward, "roots", "sqrt");
}

#[differentiable]
fn masked_by_zero(x: f64) -> f64 {
    0.0 * x.sqrt() // masked by zero
}

#[test]
fn zero_times_infinity_happens_in_the_reverse_sweep_alone() {
    assert_eq!(masked_by_zero(0.0), 0.0);
    let error = masked_by_zero::checked_grad(0.0).unwrap_err();
    assert_found(&error, "sqrt", Sweep::Reverse, "masked by zero", "sqrt");
    assert!(error.value().is_nan());
    assert_eq!(error.cotangent(), Some(0.0));
}

#[differentiable]
fn guarded(x: f64) -> f64 {
    if x > 0.0 { x.sqrt() / x } else { 3.0 * x }
}

#[differentiable]
fn early(xs: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in xs {
        if *x == 0.0 {
            continue;
        }
        if *x < 0.0 {
            return sum;
        }
        sum += x.ln();
    }
    sum
}

#[differentiable]
fn smallest(xs: &[f64]) -> f64 {
    let mut least = INF;
    for x in xs {
        least = least.min(*x);
    }
    least
}

#[test]
fn what_is_not_executed_trips_nothing() {
    assert_eq!(guarded::checked_grad(0.0), Ok(3.0));
    assert_eq!(
        early::checked_grad(&[1.0, 0.0, 2.0, -1.0, 0.0]),
        Ok(early::grad(&[1.0, 0.0, 2.0, -1.0, 0.0]))
    );
    assert_eq!(early::checked_grad(&[]), Ok(vec![]));
    // A constant may be infinite, as long as no operation on an input is.
    assert_eq!(smallest::checked_grad(&[2.0, 1.0]), Ok(vec![0.0, 1.0]));
}

#[differentiable]
fn twice(x: f64) -> f64 {
    entropy(x, 2.0) + entropy(x, 1.0)
}

#[differentiable]
fn descending(x: f64, n: usize) -> f64 {
    if n == 0 {
        return x.recip(); // descending
    }
    descending(x - 1.0, n - 1)
}

#[differentiable]
fn apply(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(x) + 1.0
}

#[differentiable]
fn with_a_closure(x: f64, y: f64) -> f64 {
    apply(|t| (t * y).ln(), x) // closure
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Layer {
    weights: Vec<f64>,
    bias: f64,
}

#[differentiable]
impl Layer {
    fn forward(&self, x: f64) -> f64 {
        let mut sum = self.bias;
        for w in &self.weights {
            sum += w / x; // method
        }
        sum
    }
}

#[differentiable]
trait Energy {
    fn energy(&self, x: f64) -> f64;
}

#[differentiable]
impl Energy for Layer {
    fn energy(&self, x: f64) -> f64 {
        self.bias.powf(x) // trait
    }
}

#[differentiable]
fn of_any<E: Energy>(e: &E, x: f64) -> f64 {
    2.0 * e.energy(x)
}

#[differentiable]
fn quotient<T: Real>(x: T, y: T) -> T {
    (x / y).exp() // generic
}

#[differentiable]
fn with_turbofish(x: f64, y: f64) -> f64 {
    quotient::<f64>(x, y)
}

#[test]
fn an_operation_inside_of_what_is_called_is_found_there() {
    let error = twice::checked_grad(0.0).unwrap_err();
    assert_found(&error, "ln", Sweep::Forward, "entropy", "ln(");
    let error = descending::checked_grad(3.0, 3).unwrap_err();
    assert_found(&error, "recip", Sweep::Forward, "descending", "recip");
    assert_eq!(descending::checked_grad(5.0, 3), Ok(-0.25));
    let error = with_a_closure::checked_grad(0.0, 1.0).unwrap_err();
    assert_found(&error, "ln", Sweep::Forward, "closure", "ln()");
    let layer = Layer {
        weights: vec![1.0, 2.0],
        bias: 0.0,
    };
    let error = layer.forward_checked_grad(0.0).unwrap_err();
    assert_found(&error, "/", Sweep::Forward, "method", "/ x");
    assert_eq!(error.operands(), [Some(1.0), Some(0.0)]);
    assert_eq!(layer.forward_checked_grad(2.0), Ok(layer.forward_grad(2.0)));
    let error = of_any::checked_grad(&layer, -1.0).unwrap_err();
    assert_found(&error, "powf", Sweep::Forward, "trait", "powf");
    let error = of_any::checked_grad(&layer, 0.5).unwrap_err();
    assert_found(&error, "powf", Sweep::Reverse, "trait", "powf");
    let error = with_turbofish::checked_grad(1.0, 0.0).unwrap_err();
    assert_found(&error, "/", Sweep::Forward, "generic", "/ y");
    assert_eq!(
        with_turbofish::checked_grad(1.0, 2.0),
        Ok(with_turbofish::grad(1.0, 2.0))
    );
}

#[cfg(feature = "tensor")]
mod tensors {
    use super::{INF, assert_found};
    use pullback::{Sweep, Tensor, differentiable};

    #[differentiable]
    fn scores(x: &Tensor<f64>, w: &Tensor<f64>) -> Tensor<f64> {
        let y = x.matmul(w);
        y.ln() // tensor
    }

    #[differentiable]
    fn norm(x: &Tensor<f64>) -> f64 {
        let root = x.sqrt(); // tensor root
        root.sum()
    }

    #[differentiable]
    fn of_tensors(x: &Tensor<f64>, w: &Tensor<f64>) -> f64 {
        scores(x, w).sum() + norm(x)
    }

    #[test]
    fn an_operation_of_tensors_is_found_with_the_element() {
        let row = |a, b| Tensor::from_vec([1, 2], vec![a, b]);
        let w = Tensor::from_vec([2, 1], vec![0.0, 1.0]);
        let error = of_tensors::checked_grad(&row(1.0, 0.0), &w).unwrap_err();
        assert_found(&error, "ln", Sweep::Forward, "tensor", "ln()");
        let error = of_tensors::checked_grad(&row(0.0, 1.0), &w).unwrap_err();
        assert_found(&error, "sqrt", Sweep::Reverse, "tensor root", "sqrt");
        let error = of_tensors::checked_grad(&row(1.0, INF), &w).unwrap_err();
        assert_eq!(error.input(), Some("x"));
        assert!(
            error
                .to_string()
                .starts_with("element 1 of the input `x` is inf")
        );
        assert!(of_tensors::checked_grad(&row(1.0, 2.0), &w).is_ok());
    }
}

#[differentiable]
fn single(x: f32) -> f32 {
    let y = 0.1 * x; // single
    y.ln() // single ln
}

#[differentiable]
fn narrowed(x: f64) -> f64 {
    let y = x as f32; // narrowed
    f64::from(y) * 2.0
}

#[test]
fn single_precision_is_told_in_its_own_digits() {
    let error = single::checked_grad(-1.0).unwrap_err();
    assert_found(&error, "ln", Sweep::Forward, "single ln", "ln()");
    assert!(
        error.to_string().contains("`ln` of -0.1 gives NaN"),
        "{error}"
    );
    let error = narrowed::checked_grad(1e300).unwrap_err();
    assert_eq!(error.operation(), Some("as"));
    assert!(
        error.to_string().contains("1e300 as f32 gives inf"),
        "{error}"
    );
}

#[differentiable]
fn in_place(x: &[f64; 3]) -> f64 {
    let mut u = *x;
    u[1] /= u[0]; // in place
    u[2] *= u[1];
    u.iter().sum()
}

#[differentiable]
fn overflow(x: f64) -> f64 {
    let y = x * 1e200;
    y * y // overflow
}

#[differentiable]
fn both_branches_add(x: f64, y: &mut f64) -> f64 {
    *y += 1.7e308 * x; // adds
    *y
}

#[test]
fn overflow_and_memory_are_looked_at_too() {
    let error = in_place::checked_grad(&[0.0, 1.0, 2.0]).unwrap_err();
    assert_found(&error, "/", Sweep::Forward, "in place", "u[1] /=");
    let error = overflow::checked_grad(1.0).unwrap_err();
    assert_found(&error, "*", Sweep::Forward, "overflow", "* y");
    let error = both_branches_add::checked_grad(1.0, &mut 1e308).unwrap_err();
    assert_found(&error, "+=", Sweep::Forward, "adds", "*y +=");
}

#[differentiable]
fn fallible(x: f64) -> Result<f64, String> {
    if x < 0.0 {
        return Err("negative".into());
    }
    Ok(x.sqrt()) // fallible
}

#[differentiable]
fn optional(x: f64) -> Option<f64> {
    let y = Some(x).filter(|x| *x > 0.0)?;
    Some(y.ln())
}

#[test]
fn a_function_that_may_fail_fails_as_itself() {
    assert_eq!(fallible::checked_grad(4.0), Ok(Ok(0.25)));
    assert_eq!(fallible::checked_grad(-1.0), Ok(Err("negative".into())));
    let error = fallible::checked_grad(0.0).unwrap_err();
    assert_found(&error, "sqrt", Sweep::Reverse, "fallible", "sqrt");
    assert_eq!(optional::checked_grad(0.0), Ok(None));
    assert_eq!(optional::checked_grad(2.0), Ok(Some(0.5)));
}

fn steep(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x.cbrt(), move |seed| seed / (3.0 * x.cbrt().powi(2)))
}

#[differentiable(vjp = steep)]
fn cube_root(x: f64) -> f64 {
    x.cbrt()
}

#[differentiable]
fn with_a_rule(x: f64) -> f64 {
    cube_root(x) * 2.0 // rule
}

#[test]
fn a_rule_of_the_users_own_is_one_operation() {
    let error = with_a_rule::checked_grad(0.0).unwrap_err();
    assert_found(&error, "cube_root", Sweep::Reverse, "rule", "cube_root");
    assert_eq!(with_a_rule::checked_grad(8.0), Ok(with_a_rule::grad(8.0)));
}

// A loop over `&mut` is what is tested here.
#[allow(clippy::manual_slice_fill)]
#[differentiable]
fn summed(x: f64) -> f64 {
    let mut products = [0.0; 2];
    for p in &mut products {
        *p = x * 1.5e308;
    }
    products[0] * 0.5 + products[1] * 0.5 - x
}

#[test]
fn ok_means_that_the_gradient_is_finite() {
    // Every value and each contribution is finite; their sum is not.
    for x in [1.0, 0.0, 1e-300] {
        match summed::checked_grad(x) {
            Ok(g) => assert!(g.is_finite()),
            Err(error) => assert!(!summed::grad(x).is_finite(), "{error}"),
        }
    }
}

#[test]
fn it_is_an_error_like_any_other() {
    fn train() -> Result<f64, Box<dyn std::error::Error>> {
        Ok(masked_by_zero::checked_grad(0.0)?)
    }
    assert!(train().unwrap_err().to_string().contains("`sqrt` of 0"));
}
