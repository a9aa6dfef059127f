//! A short Levenberg–Marquardt solver for nonlinear least squares, written for digits rather than
//! for speed.
//!
//! - Every step is the solution of a linear least-squares problem by Householder reflections, never
//!   of the normal equations: these square the condition number, which several of the NIST problems
//!   cannot afford.
//! - Columns are scaled by their norms (Marquardt's choice), so that the units of the parameters do
//!   not matter.
//! - The damping follows Nielsen, "Damping parameter in Marquardt's method", IMM-REP-1999-05.
//! - Each step is bent along the curvature of the residuals in its direction ("geodesic
//!   acceleration", Transtrum and Sethna, arXiv:1201.5885), without which the narrow curved valley
//!   of MGH10 takes thousands of steps.
//! - When the sum of squares cannot be lowered any more in floating point, undamped Gauss–Newton
//!   steps go on as long as they shrink: a minimum is flat, and the gradient still shows digits
//!   where the value does not.

/// Where the solver ended.
pub struct Fit {
    /// The parameters.
    pub parameters: Vec<f64>,
    /// The sum of squared residuals there.
    pub sum_of_squares: f64,
    /// How many Jacobians it took.
    pub iterations: usize,
}

/// The residuals and their derivatives, at the solver's request.
pub trait Residuals {
    /// The residuals at `b`.
    fn residuals(&self, b: &[f64]) -> Vec<f64>;
    /// The residuals at `b`, and the Jacobian by columns: entry `i` of column `j` is ∂rᵢ/∂bⱼ.
    fn jacobian(&self, b: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>);
}

/// No problem that converges comes near this many damped steps.
const MOST_STEPS: usize = 5000;

/// Undamped steps at the end; rounding ends them earlier.
const MOST_POLISHING: usize = 100;

/// Undamped steps in a row that may fail to be the shortest so far.
const MOST_IDLE: usize = 5;

/// How much of a column's largest norm so far its scale keeps from one step to the next. A scale
/// that never shrinks crawls when a start has much steeper derivatives than the solution; one that
/// forgets at once lets a parameter whose column vanishes for a moment run away.
const SCALE_MEMORY: f64 = 0.7;

/// The part of a step over which the curvature of the residuals is probed.
const PROBE: f64 = 0.1;

/// A step whose curvature correction is longer than this part of itself left the region where the
/// model holds.
const MOST_BENDING: f64 = 0.3;

/// Minimises the sum of squared residuals from `start`.
pub fn fit(problem: &impl Residuals, start: &[f64]) -> Fit {
    let mut b = start.to_vec();
    let damped = descend(problem, &mut b);
    let undamped = polish(problem, &mut b);
    Fit {
        sum_of_squares: sum_of_squares(&problem.residuals(&b)),
        parameters: b,
        iterations: damped + undamped,
    }
}

/// Damped steps, until none of any length lowers the sum of squares. Gives the number of Jacobians
/// used.
fn descend(problem: &impl Residuals, b: &mut Vec<f64>) -> usize {
    let mut scale = vec![0.0; b.len()];
    let (mut damping, mut growth) = (0.1, 2.0);
    for step_number in 1..=MOST_STEPS {
        let (r, jacobian) = problem.jacobian(b);
        let cost = sum_of_squares(&r);
        for (scale, column) in scale.iter_mut().zip(&jacobian) {
            *scale = (SCALE_MEMORY * *scale).max(norm(column));
        }
        loop {
            let velocity = damped_step(&jacobian, &r, &scale, damping);
            let linear = times(&jacobian, &velocity);
            let probe = problem.residuals(&moved(b, PROBE, &velocity));
            let curvature: Vec<f64> = (0..r.len())
                .map(|i| 2.0 / PROBE * ((probe[i] - r[i]) / PROBE - linear[i]))
                .collect();
            let bend = damped_step(&jacobian, &curvature, &scale, damping);
            let trial = moved(&moved(b, 1.0, &velocity), 0.5, &bend);
            if trial == *b || !damping.is_finite() {
                return step_number;
            }
            // ‖r‖² − ‖r + J s‖² without its cancellation.
            let predicted: f64 = linear.iter().zip(&r).map(|(l, r)| -l * (2.0 * r + l)).sum();
            let reduction = cost - sum_of_squares(&problem.residuals(&trial));
            let straight = length(&bend, &scale) <= MOST_BENDING * length(&velocity, &scale);
            // A sum of squares that is NaN or infinite fails the comparison as well: a step that
            // went too far.
            if reduction > 0.0 && straight {
                *b = trial;
                damping *=
                    (1.0 - (2.0 * reduction / predicted - 1.0).powi(3)).clamp(1.0 / 3.0, 2.0);
                growth = 2.0;
                break;
            }
            damping *= growth;
            growth *= 2.0;
        }
    }
    MOST_STEPS
}

/// Gauss–Newton steps, to the point where they are shortest. Gives the number of Jacobians used.
fn polish(problem: &impl Residuals, b: &mut Vec<f64>) -> usize {
    let (mut shortest, mut idle) = (f64::INFINITY, 0);
    let mut at = b.clone();
    for step_number in 1..=MOST_POLISHING {
        let (r, jacobian) = problem.jacobian(&at);
        let scale: Vec<f64> = jacobian.iter().map(|column| norm(column)).collect();
        let step = damped_step(&jacobian, &r, &scale, 0.0);
        let length = length(&step, &scale);
        if length < shortest {
            (shortest, idle) = (length, 0);
            b.clone_from(&at);
        } else {
            idle += 1;
        }
        if idle == MOST_IDLE || shortest == 0.0 {
            return step_number;
        }
        at = moved(&at, 1.0, &step);
    }
    MOST_POLISHING
}

/// The step s that minimises ‖J s + r‖² + damping·‖D s‖², for the diagonal D of the scales, from
/// the orthogonal factorisation of J and √damping·D, one above the other.
fn damped_step(jacobian: &[Vec<f64>], r: &[f64], scale: &[f64], damping: f64) -> Vec<f64> {
    let (m, n) = (r.len(), jacobian.len());
    let mut columns = jacobian.to_vec();
    for (j, column) in columns.iter_mut().enumerate() {
        column.resize(m + n, 0.0);
        column[m + j] = damping.sqrt() * scale[j];
    }
    let mut rhs = r.to_vec();
    rhs.resize(m + n, 0.0);
    triangularise(&mut columns, &mut rhs);
    let mut step = vec![0.0; n];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| columns[j][i] * step[j]).sum();
        step[i] = -(rhs[i] + known) / columns[i][i];
    }
    step
}

/// Householder reflections that bring the columns to upper triangular form, applied to `rhs` as
/// well. What is below the diagonal afterwards is left as it was and means zero.
fn triangularise(columns: &mut [Vec<f64>], rhs: &mut [f64]) {
    for k in 0..columns.len() {
        let (done, rest) = columns.split_at_mut(k + 1);
        let column = &mut done[k];
        let norm = norm(&column[k..]);
        if norm == 0.0 {
            continue;
        }
        // The sign that does not cancel.
        let diagonal = if column[k] > 0.0 { -norm } else { norm };
        column[k] -= diagonal;
        let normal = &column[k..];
        let half_square = -diagonal * normal[0];
        for target in rest.iter_mut().map(Vec::as_mut_slice).chain([&mut *rhs]) {
            let target = &mut target[k..];
            let share = normal.iter().zip(&*target).map(|(v, t)| v * t).sum::<f64>() / half_square;
            for (t, v) in target.iter_mut().zip(normal) {
                *t -= share * v;
            }
        }
        column[k] = diagonal;
    }
}

/// The matrix of these columns times `v`.
fn times(columns: &[Vec<f64>], v: &[f64]) -> Vec<f64> {
    let mut product = vec![0.0; columns.first().map_or(0, Vec::len)];
    for (column, v) in columns.iter().zip(v) {
        for (p, c) in product.iter_mut().zip(column) {
            *p += c * v;
        }
    }
    product
}

/// `from` + `factor`·`step`.
fn moved(from: &[f64], factor: f64, step: &[f64]) -> Vec<f64> {
    from.iter().zip(step).map(|(b, s)| b + factor * s).collect()
}

/// The length of a step in scaled parameters.
fn length(step: &[f64], scale: &[f64]) -> f64 {
    step.iter()
        .zip(scale)
        .map(|(s, d)| (s * d).powi(2))
        .sum::<f64>()
        .sqrt()
}

/// Σ vᵢ².
fn sum_of_squares(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum()
}

/// The Euclidean norm, scaled because derivatives far from the solution may be too large to be
/// squared.
fn norm(v: &[f64]) -> f64 {
    let largest = v.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * v.iter().map(|x| (x / largest).powi(2)).sum::<f64>().sqrt()
}
