//! The check itself: every generated entry against differences, against each other, and twice.

use super::differences::{Estimate, derivative};
use super::noise::Noise;

/// Differences must agree with a derivative to this, relative to the larger of 1 and the numbers.
const DIFFERENCES: f64 = 1e-7;
/// Two exact ways to one number must agree to this.
const EXACT: f64 = 1e-12;

/// A list of numbers to a list of numbers.
pub type Map<'a> = Box<dyn Fn(&[f64]) -> Vec<f64> + 'a>;
/// What a mode gives: the flat value of the call and the flat derivative.
pub type Derivative<'a> = Box<dyn Fn(&[f64]) -> (Vec<f64>, Vec<f64>) + 'a>;

/// The value and the gradient.
pub type Valued<'a> = Box<dyn Fn() -> (f64, Vec<f64>) + 'a>;
/// From buffers to the value and the buffers afterwards.
pub type Accumulated<'a> = Box<dyn Fn(&[f64]) -> (f64, Vec<f64>) + 'a>;
/// One optional gradient for each input.
pub type Optional<'a> = Box<dyn Fn() -> Vec<Option<Vec<f64>>> + 'a>;

/// A differentiable function with its generated entries, over flat lists of numbers.
///
/// The inputs are the differentiated arguments in order; the outputs are the result followed by
/// the final state of each `&mut` argument.
pub struct Program<'a> {
    pub name: &'static str,
    pub start: Vec<f64>,
    /// How many numbers each differentiated argument holds.
    pub sizes: Vec<usize>,
    pub primal: Map<'a>,
    /// From the cotangent of the outputs.
    pub vjp: Derivative<'a>,
    /// From the tangent of the inputs.
    pub jvp: Derivative<'a>,
    /// The entries that exist for scalar results only.
    pub scalar: Option<ScalarEntries<'a>>,
    /// The gradient in closed form.
    pub exact: Option<Vec<f64>>,
    /// Which inputs `gradients` must give as `Some`.
    pub connected: Option<Vec<bool>>,
    pub modes: Modes,
}

/// The entries of a function with a scalar result.
pub struct ScalarEntries<'a> {
    pub grad: Box<dyn Fn() -> Vec<f64> + 'a>,
    pub value_and_grad: Valued<'a>,
    /// From the prefilled buffers to the value and the buffers afterwards.
    pub accumulate_grad: Accumulated<'a>,
    pub gradients: Optional<'a>,
    /// For each input what `reachability` tells.
    pub told: Box<dyn Fn() -> Vec<pullback::Reach> + 'a>,
}

/// What a program can be held against.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Modes {
    /// Differences of the function itself.
    Smooth,
    /// The point is a kink, where differences mean nothing: the closed form alone decides.
    Kink,
    /// The function detaches, so differences see more than its derivative: the closed form decides.
    Cut,
    /// The function computes in `f32`; its closed form, in `f64`, decides to single precision.
    Single,
}

impl Modes {
    fn exact(self) -> f64 {
        match self {
            Self::Smooth | Self::Kink | Self::Cut => EXACT,
            Self::Single => 2e-6,
        }
    }
}

/// Holds every generated entry of `program` against everything known about it.
///
/// # Panics
/// When anything disagrees, with the program's name, the entry and both numbers; also when the
/// input sits so near a kink that differences decide nothing.
pub fn check(program: &Program) {
    if let Err(unsure) = check_at_this_point(program) {
        panic!(
            "{}: {unsure}; move the input away from the kink",
            program.name
        );
    }
}

/// [`check`] for a program whose input nobody chose: `Err` says that differences decide nothing at
/// this input, which is then to be replaced by another. A wrong derivative still panics.
pub fn check_at_this_point(program: &Program) -> Result<(), String> {
    let name = program.name;
    let mut noise = Noise::new(0x5eed);
    let value = (program.primal)(&program.start);
    assert!(
        value.iter().all(|v| v.is_finite()),
        "{name}: the primal is not finite: {value:?}"
    );

    let direction = random(program.start.len(), &mut noise);
    let weights = random(value.len(), &mut noise);
    let (jvp_value, pushed) = (program.jvp)(&direction);
    let (vjp_value, pulled) = (program.vjp)(&weights);
    same_bits(name, "jvp's value", &jvp_value, &value);
    same_bits(name, "vjp's value", &vjp_value, &value);
    same_bits(
        name,
        "jvp a second time",
        &(program.jvp)(&direction).1,
        &pushed,
    );
    same_bits(
        name,
        "vjp a second time",
        &(program.vjp)(&weights).1,
        &pulled,
    );

    let scale = magnitude(&pulled, &direction).max(magnitude(&pushed, &weights));
    let (left, right) = (dot(&direction, &pulled), dot(&pushed, &weights));
    close(
        name,
        "the adjoint identity <v, J'w> = <Jv, w>",
        left,
        right,
        program.modes.exact() * scale,
    );

    if program.modes == Modes::Smooth {
        check_differences(program, &weights, &pulled, &direction, &pushed)?;
    }
    if let Some(entries) = &program.scalar {
        check_scalar(program, entries, &value);
    } else if let Some(exact) = &program.exact {
        let ones = vec![1.0; value.len()];
        all_close(
            name,
            "vjp, closed form",
            &(program.vjp)(&ones).1,
            exact,
            program.modes.exact(),
        );
    }
    assert!(
        program.modes == Modes::Smooth || program.exact.is_some(),
        "{name}: without differences there must be a closed form"
    );
    Ok(())
}

/// The pulled-back weights and the pushed-forward direction against differences.
fn check_differences(
    program: &Program,
    weights: &[f64],
    pulled: &[f64],
    direction: &[f64],
    pushed: &[f64],
) -> Result<(), String> {
    let name = program.name;
    assert_eq!(
        pulled.len(),
        program.start.len(),
        "{name}: vjp gives a number for every input"
    );
    for (i, &got) in pulled.iter().enumerate() {
        let estimate = derivative(&|h| {
            let mut at = program.start.clone();
            at[i] += h;
            dot(&(program.primal)(&at), weights)
        });
        trusted(&estimate)?;
        let bound = DIFFERENCES * estimate.value.abs().max(1.0);
        close(
            name,
            &format!("vjp against differences, input {i}"),
            got,
            estimate.value,
            bound,
        );
    }
    assert_eq!(
        pushed.len(),
        weights.len(),
        "{name}: jvp gives a number for every output"
    );
    for (i, &got) in pushed.iter().enumerate() {
        let estimate = derivative(&|h| {
            let at: Vec<f64> = program
                .start
                .iter()
                .zip(direction)
                .map(|(x, d)| x + h * d)
                .collect();
            (program.primal)(&at)[i]
        });
        trusted(&estimate)?;
        let bound = DIFFERENCES * estimate.value.abs().max(1.0);
        close(
            name,
            &format!("jvp against differences, output {i}"),
            got,
            estimate.value,
            bound,
        );
    }
    Ok(())
}

/// The entries of a scalar function against the pullback of one and each other.
fn check_scalar(program: &Program, entries: &ScalarEntries, value: &[f64]) {
    let name = program.name;
    let tolerance = program.modes.exact();
    // The final states of `&mut` arguments do not count in `grad`.
    let mut one = vec![0.0; value.len()];
    one[0] = 1.0;
    let (_, expected) = (program.vjp)(&one);
    let gradient = (entries.grad)();
    all_close(name, "grad against vjp", &gradient, &expected, tolerance);
    same_bits(name, "grad a second time", &(entries.grad)(), &gradient);
    if let Some(exact) = &program.exact {
        all_close(name, "grad, closed form", &gradient, exact, tolerance);
    }

    let (got, with_value) = (entries.value_and_grad)();
    same_bits(name, "value_and_grad's value", &[got], &value[..1]);
    all_close(name, "value_and_grad", &with_value, &gradient, tolerance);

    let prefilled = random(gradient.len(), &mut Noise::new(0xf111));
    let (got, after) = (entries.accumulate_grad)(&prefilled);
    same_bits(name, "accumulate_grad's value", &[got], &value[..1]);
    let sum: Vec<f64> = prefilled
        .iter()
        .zip(&gradient)
        .map(|(a, b)| a + b)
        .collect();
    all_close(
        name,
        "accumulate_grad on filled buffers",
        &after,
        &sum,
        tolerance,
    );

    check_connections(
        program,
        &(entries.gradients)(),
        &gradient,
        &(entries.told)(),
    );
}

/// `gradients` agrees with `grad` where it is `Some`. Where it is not, `grad` and `jvp` are exactly zero, and of a
/// function that cuts no derivative the value does not move a bit. What `reachability` calls never and always is.
fn check_connections(
    program: &Program,
    options: &[Option<Vec<f64>>],
    gradient: &[f64],
    told: &[pullback::Reach],
) {
    let name = program.name;
    assert_eq!(
        options.len(),
        program.sizes.len(),
        "{name}: one option for each input"
    );
    let mut from = 0;
    for (i, (option, size)) in options.iter().zip(&program.sizes).enumerate() {
        let part = &gradient[from..from + size];
        from += size;
        match option {
            Some(given) => {
                let what = format!("gradients, input {i}");
                all_close(name, &what, given, part, program.modes.exact());
            }
            None => {
                assert!(
                    part.iter().all(|g| *g == 0.0),
                    "{name}: input {i} is not connected, but grad gives {part:?}"
                );
                check_unconnected(program, i, from - size..from);
            }
        }
        match told.get(i) {
            Some(pullback::Reach::Always) => {
                assert!(
                    option.is_some(),
                    "{name}: input {i} always has a gradient, it is told"
                )
            }
            Some(pullback::Reach::Never { .. }) => {
                assert!(
                    option.is_none(),
                    "{name}: input {i} never has a gradient, it is told"
                )
            }
            Some(pullback::Reach::Sometimes { when }) => {
                assert!(
                    !when.is_empty(),
                    "{name}: input {i} has a gradient sometimes, but when?"
                )
            }
            None => panic!("{name}: reachability leaves out input {i}"),
        }
    }
    if let Some(expected) = &program.connected {
        let got: Vec<bool> = options.iter().map(Option::is_some).collect();
        assert_eq!(&got, expected, "{name}: which inputs are connected");
    }
}

/// Along an input that is not connected, forward mode pushes exact zeros; and a little step along it changes no bit
/// of the value, unless the function cuts derivatives itself.
fn check_unconnected(program: &Program, i: usize, numbers: std::ops::Range<usize>) {
    let name = program.name;
    let mut direction = vec![0.0; program.start.len()];
    direction[numbers.clone()].fill(1.0);
    let (_, tangent) = (program.jvp)(&direction);
    assert!(
        tangent.iter().all(|t| *t == 0.0),
        "{name}: input {i} is not connected, but jvp gives {tangent:?}"
    );
    if program.modes != Modes::Smooth {
        return;
    }
    let before = (program.primal)(&program.start);
    let mut moved = program.start.clone();
    moved[numbers]
        .iter_mut()
        .for_each(|x| *x += 1e-10 * x.abs().max(1.0));
    let after = (program.primal)(&moved);
    let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<u64>>();
    assert_eq!(
        bits(&before),
        bits(&after),
        "{name}: input {i} is not connected, but the value moves with it"
    );
}

fn random(n: usize, noise: &mut Noise) -> Vec<f64> {
    (0..n).map(|_| noise.between(-1.0, 1.0)).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len(), "a dot product of lists of one length");
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The dot product without cancellation, the scale that rounding errors have.
fn magnitude(a: &[f64], b: &[f64]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(x, y)| (x * y).abs())
        .sum::<f64>()
        .max(1.0)
}

/// Differences that do not know the derivative well enough decide nothing. What they would be held
/// against plays no part in this, so that a wrong derivative cannot hide here.
fn trusted(estimate: &Estimate) -> Result<(), String> {
    let Estimate { value, error } = *estimate;
    if error <= DIFFERENCES * value.abs().max(1.0) {
        return Ok(());
    }
    Err(format!("differences are unsure ({value} ± {error})"))
}

/// The comparison is written so that NaN fails.
fn close(name: &str, what: &str, got: f64, expected: f64, bound: f64) {
    let fits = (got - expected).abs() <= bound;
    assert!(
        fits,
        "{name}: {what}: got {got:e}, expected {expected:e}, bound {bound:e}"
    );
}

fn all_close(name: &str, what: &str, got: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(
        got.len(),
        expected.len(),
        "{name}: {what}: {got:?} against {expected:?}"
    );
    for (i, (&g, &e)) in got.iter().zip(expected).enumerate() {
        let bound = tolerance * e.abs().max(1.0);
        close(name, &format!("{what}, number {i}"), g, e, bound);
    }
}

fn same_bits(name: &str, what: &str, got: &[f64], expected: &[f64]) {
    let bits = |list: &[f64]| list.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(
        bits(got),
        bits(expected),
        "{name}: {what}: {got:?} against {expected:?}"
    );
}
