//! `jacobian`: against closed forms, against `vjp` and `jvp` one seed at a time, in each mode and for each home.

use pullback::{Differentiable, Jacobian, Real, differentiable};

/// Wide: two results, nine inputs, so the rows are pulled back.
#[differentiable]
fn wide(x: &[f64], k: f64) -> (f64, f64) {
    let mut sum = 0.0;
    let mut squares = 1.0;
    for v in x {
        sum += v * k;
        squares *= v.sin() + k;
    }
    (sum, squares)
}

/// Tall: more results than inputs, so the columns are pushed forward.
#[differentiable]
fn tall(a: f64, b: f64) -> Vec<f64> {
    (0..6).map(|n| (a * n as f64).sin() * b).collect()
}

#[differentiable(mode = "reverse")]
fn reverse_alone(a: f64, b: f64) -> [f64; 3] {
    [a * b, a / b, a.exp()]
}

#[differentiable(mode = "forward")]
fn forward_alone(x: [f64; 3]) -> f64 {
    x[0] * x[1] - x[2]
}

#[derive(Clone, Debug, Differentiable)]
struct Camera {
    focal: f64,
    center: [f64; 2],
    #[constant]
    name: String,
}

#[differentiable]
impl Camera {
    fn project(&self, p: [f64; 3]) -> [f64; 2] {
        [
            self.focal * p[0] / p[2] + self.center[0],
            self.focal * p[1] / p[2] + self.center[1],
        ]
    }
    fn moved(mut self, by: f64) -> Camera {
        self.center[0] += by * by;
        self
    }
}

#[differentiable]
fn generic<T: Real>(x: T, y: Vec<T>) -> [T; 2] {
    [x * y[0], y[1].sin()]
}

/// No argument tells which of the two it is.
#[differentiable]
fn chosen<const UP: bool>(x: f64) -> [f64; 2] {
    if UP { [x, x * x] } else { [-x, 3.0] }
}

#[differentiable]
fn option(x: f64) -> Option<(f64, f64)> {
    if x < 0.0 {
        return None;
    }
    Some((x.sqrt(), x * x))
}

#[differentiable(vjp = ruled_vjp)]
fn ruled(x: f64) -> (f64, f64) {
    (x, x * x)
}

fn ruled_vjp(x: f64) -> ((f64, f64), impl FnOnce((f64, f64)) -> f64) {
    (ruled(x), move |t| t.0 + 2.0 * x * t.1)
}

#[differentiable(wrt(x))]
fn scaled(x: &[f64], scale: &[f64], n: usize) -> Vec<f64> {
    let mut out = vec![0.0; n];
    for (n, (x, s)) in x.iter().zip(scale).enumerate() {
        out[n] = x * s;
    }
    out
}

#[differentiable]
fn labelled(x: f64, label: String) -> [f64; 2] {
    [x * label.len() as f64, x]
}

fn assert_near(j: &Jacobian, expected: &[&[f64]]) {
    assert_eq!(j.rows(), expected.len());
    for (row, expected) in expected.iter().enumerate() {
        assert_eq!(j.columns(), expected.len());
        for (column, expected) in expected.iter().enumerate() {
            let got = j[(row, column)];
            assert!(
                (got - expected).abs() <= 1e-13 * expected.abs().max(1.0),
                "({row}, {column}): {got} is not {expected}"
            );
        }
    }
}

#[test]
fn rows_are_gradients() {
    let (x, k) = ([0.3, -0.7, 1.1, 0.2, 0.9, -0.4, 0.5, 2.0], 1.5);
    let j = wide::jacobian(&x, k);
    for (row, seed) in [(1.0, 0.0), (0.0, 1.0)].into_iter().enumerate() {
        let (mut expected, by_k) = wide::vjp(&x, k).1(seed);
        expected.push(by_k);
        assert_eq!(j.row(row), expected);
    }
    assert_near(
        &reverse_alone::jacobian(2.0, 4.0),
        &[&[4.0, 2.0], &[0.25, -0.125], &[2.0_f64.exp(), 0.0]],
    );
}

#[test]
fn columns_are_tangents() {
    let j = tall::jacobian(0.7, 1.3);
    assert_eq!((j.rows(), j.columns()), (6, 2));
    let by_a = tall::jvp((0.7, 1.3), (1.0, 0.0)).1;
    assert_eq!(j.column(0).collect::<Vec<_>>(), by_a);
    let exact: Vec<[f64; 2]> = (0..6)
        .map(f64::from)
        .map(|n| [n * (0.7 * n).cos() * 1.3, (0.7 * n).sin()])
        .collect();
    let exact: Vec<&[f64]> = exact.iter().map(|row| &row[..]).collect();
    assert_near(&j, &exact);
    assert_near(
        &forward_alone::jacobian([2.0, 3.0, 4.0]),
        &[&[3.0, 2.0, -1.0]],
    );
}

#[test]
fn methods_have_one_beside_them() {
    let camera = Camera {
        focal: 2.0,
        center: [0.5, 0.25],
        name: "left".into(),
    };
    let j = camera.project_jacobian([1.0, 2.0, 4.0]);
    assert_near(
        &j,
        &[
            &[0.25, 1.0, 0.0, 0.5, 0.0, -0.125],
            &[0.5, 0.0, 1.0, 0.0, 0.5, -0.25],
        ],
    );
    assert_eq!(camera.name, "left");
    assert_near(
        &camera.moved_jacobian(3.0),
        &[
            &[1.0, 0.0, 0.0, 0.0],
            &[0.0, 1.0, 0.0, 6.0],
            &[0.0, 0.0, 1.0, 0.0],
        ],
    );
}

#[test]
fn inputs_may_be_owned_generic_or_constant() {
    assert_near(
        &generic::jacobian(2.0_f64, vec![3.0, 0.0]),
        &[&[3.0, 2.0, 0.0], &[0.0, 0.0, 1.0]],
    );
    let j = generic::jacobian(2.0_f32, vec![3.0, 0.0]);
    assert_near(&j, &[&[3.0, 2.0, 0.0], &[0.0, 0.0, 1.0]]);
    assert_near(
        &scaled::jacobian(&[1.0, 2.0], &[5.0, 6.0], 3),
        &[&[5.0, 0.0], &[0.0, 6.0], &[0.0, 0.0]],
    );
    let label = String::from("four");
    assert_near(&labelled::jacobian(1.0, label), &[&[4.0], &[1.0]]);
    assert_near(&ruled::jacobian(3.0), &[&[1.0], &[6.0]]);
}

#[test]
fn parameters_that_no_argument_tells_are_passed_on() {
    assert_near(&chosen::jacobian::<true>(3.0), &[&[1.0], &[6.0]]);
    assert_near(&chosen::jacobian::<false>(3.0), &[&[-1.0], &[0.0]]);
}

#[test]
fn a_result_without_numbers_has_no_rows() {
    assert_near(&option::jacobian(4.0), &[&[0.25], &[8.0]]);
    assert_eq!(option::jacobian(-1.0).rows(), 0);
    let empty = wide::jacobian(&[], 2.0);
    assert_near(&empty, &[&[0.0], &[0.0]]);
    assert_eq!(scaled::jacobian(&[], &[], 0).rows(), 0);
    assert_eq!(
        scaled::jacobian(&[], &[], 2).column_count_and_sum(),
        (0, 0.0)
    );
}

trait Sum {
    fn column_count_and_sum(&self) -> (usize, f64);
}

impl Sum for Jacobian {
    fn column_count_and_sum(&self) -> (usize, f64) {
        (self.columns(), self.as_slice().iter().sum())
    }
}

#[test]
fn it_prints_a_line_for_each_row() {
    let j = reverse_alone::jacobian(2.0, 4.0);
    assert!(j.to_string().starts_with("4 2\n0.25 -0.125\n"), "{j}");
    assert_eq!(j.clone().into_vec(), j.as_slice());
    let array: ndarray::Array2<f64> = j.clone().into();
    assert_eq!(array[[1, 0]], 0.25);
}

#[test]
#[should_panic(expected = "row 3 of a Jacobian with 3")]
fn a_row_that_is_not_there_panics() {
    reverse_alone::jacobian(2.0, 4.0).row(3);
}
