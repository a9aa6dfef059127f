//! `check!`, as users write it in tests of their own: it passes what is right, and says what is wrong and where.

use pullback::check::{Subject, Tolerance, Wrong, derivatives};
use pullback::{Differentiable, OptionTangent, check, differentiable};

#[differentiable]
fn energy(x: &[f64], k: f64, n: i32) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += v.powi(n);
    }
    k * sum
}

#[derive(Clone, Debug, Differentiable)]
struct Beam {
    stiffness: f64,
    loads: Vec<f64>,
    #[constant]
    spans: usize,
}

#[derive(Clone, Debug, Differentiable)]
enum Shape {
    Circle(f64),
    Box { width: f64, height: f64 },
}

#[differentiable]
fn bend(beam: &Beam, at: (f64, f64), #[constant] unit: f64) -> Vec<f64> {
    let spans = beam.spans as f64;
    vec![
        beam.stiffness * at.0 * unit,
        beam.loads[0] * at.1 * spans,
        beam.loads[1] * beam.loads[1],
    ]
}

type AreaBack = Box<dyn FnOnce(f64) -> (ShapeTangent, OptionTangent<f64>) + Send>;

fn area_vjp(shape: &Shape, scale: Option<f64>) -> (f64, AreaBack) {
    let s = scale.unwrap_or(1.0);
    let value = area(shape, scale);
    let shape = shape.clone();
    let back = move |seed: f64| {
        let tangent = match shape {
            Shape::Circle(r) => ShapeTangent::Circle(seed * 6.0 * r * s),
            Shape::Box { width, height } => ShapeTangent::Box {
                width: seed * height * s,
                height: seed * width * s,
            },
        };
        let scale = match scale {
            Some(s) => OptionTangent::Some(seed * value / s),
            None => OptionTangent::None,
        };
        (tangent, scale)
    };
    (value, Box::new(back))
}

#[differentiable(vjp = area_vjp)]
fn area(shape: &Shape, scale: Option<f64>) -> f64 {
    let s = scale.unwrap_or(1.0);
    match shape {
        Shape::Circle(r) => 3.0 * r * r * s,
        Shape::Box { width, height } => width * height * s,
    }
}

#[test]
fn right_derivatives_pass() {
    check!(energy, (&[1.0, 2.0, -0.5], 0.3, 2));
    check!(energy, (&[], 0.3, 2));
    let x = vec![0.5, 1.5];
    let slice = &x[..1];
    check!(energy, (&x, 0.3, 3));
    check!(energy, (slice, 0.3, 3));
    check!(energy, (&x[1..], x[0], 3,),);
    let beam = Beam {
        stiffness: 2.0,
        loads: vec![0.5, -1.0],
        spans: 3,
    };
    check!(
        bend,
        (
            &beam,
            (1.0, -2.0),
            #[constant]
            0.5
        )
    );
    check!(area, (&Shape::Circle(0.7), Some(2.0)));
    check!(
        area,
        (
            &Shape::Box {
                width: 2.0,
                height: 0.3
            },
            None
        )
    );
}

mod library {
    use pullback::differentiable;

    #[differentiable(mode = "reverse", wrt(x))]
    pub fn scaled(x: f64, by: f64) -> f64 {
        (x * by).exp()
    }

    #[differentiable]
    pub fn single(x: f32) -> f32 {
        x * x
    }
}

#[test]
fn paths_modes_and_tolerances() {
    check!(reverse library::scaled, (0.5, #[constant] 3.0));
    let loose = Tolerance {
        relative: 1e-2,
        step: 0.1,
        ..Tolerance::default()
    };
    check!(library::single, (0.5), loose);
}

/// The message with which a check fails.
fn failure(check: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let payload = std::panic::catch_unwind(check).expect_err("the check should have failed");
    payload.downcast_ref::<String>().expect("a message").clone()
}

fn wrong_component(x: f64, y: &[f64]) -> (f64, impl FnOnce(f64) -> (f64, Vec<f64>) + use<>) {
    let y = y.to_vec();
    let back = move |seed: f64| (seed * y[0] * y[1], vec![seed * x * y[1], seed * x]);
    (product(x, &[2.0, 3.0]), back)
}

#[differentiable(vjp = wrong_component)]
fn product(x: f64, y: &[f64]) -> f64 {
    x * y[0] * y[1]
}

#[test]
fn a_wrong_component_is_named() {
    let message = failure(|| check!(product, (1.5, &[2.0, 3.0])));
    assert!(message.starts_with(
        "`product`: reverse mode is wrong for the argument `&[2.0, 3.0]`, component 1, at 3e0"
    ));
    assert!(message.contains("got 1.5e0\nwanted 3"), "{message}");
    assert!(message.contains("of all arguments: 1"), "{message}");
}

fn cube_vjp(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x * x * x, move |seed| seed * 3.0 * x * x)
}

fn cube_jvp(x: f64, dx: f64) -> (f64, f64) {
    (x * x * x, 2.0 * x * x * dx)
}

#[differentiable(vjp = cube_vjp, jvp = cube_jvp)]
fn cube(x: f64) -> f64 {
    x * x * x
}

#[test]
fn a_wrong_forward_mode_is_named() {
    let message = failure(|| check!(cube, (1.5)));
    assert!(
        message.starts_with("`cube`: forward mode is wrong"),
        "{message}"
    );
}

fn other_value(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x + 1.0, |seed| seed)
}

#[differentiable(vjp = other_value)]
fn identity(x: f64) -> f64 {
    x
}

#[test]
fn another_value_is_named() {
    let message = failure(|| check!(identity, (1.5)));
    assert!(
        message.starts_with("`identity`: reverse mode gives another value"),
        "{message}"
    );
}

fn not_a_number(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x, |_| f64::NAN)
}

#[differentiable(vjp = not_a_number)]
fn strange(x: f64) -> f64 {
    x
}

#[test]
fn nan_agrees_with_nothing() {
    let message = failure(|| check!(strange, (1.5)));
    assert!(
        message.starts_with("`strange`: reverse mode is wrong"),
        "{message}"
    );
}

#[test]
fn a_constant_without_its_mark_is_named() {
    let message = failure(|| check!(reverse library::scaled, (0.5, 3.0)));
    assert!(
        message.contains("gives 1 components, the arguments have 2"),
        "{message}"
    );
    assert!(message.contains("#[constant]"), "{message}");
}

#[test]
fn a_closure_will_do_instead_of_an_annotated_function() {
    let subject = Subject {
        name: "square",
        arguments: vec![("x", vec![3.0])],
        value: &|steps| (3.0_f64 + steps[0]).powi(2),
        vjp: &|seed| {
            let weight = seed(&9.0);
            (9.0, 6.0 * weight)
        },
        jvp: Some(&|direction| (9.0, 5.0 * direction)),
    };
    let wrong = derivatives(&subject, &Tolerance::default());
    assert!(matches!(wrong, Err(Wrong::Forward { .. })));
}
