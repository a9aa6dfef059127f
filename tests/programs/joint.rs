//! Loops whose trips share nothing but a sum, which are reversed while they run, and loops that only look so.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};

#[differentiable]
fn log_sum_exp(x: &[f64]) -> f64 {
    let mut largest = f64::NEG_INFINITY;
    for &v in x {
        largest = if v > largest { v } else { largest };
    }
    let mut sum = 0.0;
    for &v in x {
        sum += (v - largest).exp();
    }
    largest + sum.ln()
}

/// A mixture: buffers are written anew for each point, a call in the loop reads one of them.
#[differentiable]
fn mixture(weights: &[f64], means: &[f64], factor: &[f64], #[constant] points: &[f64]) -> f64 {
    let k = weights.len();
    let d = means.len() / k;
    let n = points.len() / d;
    let mut centred = vec![0.0; d];
    let mut terms = vec![0.0; k];
    let mut total = 0.0;
    for p in 0..n {
        for c in 0..k {
            for i in 0..d {
                centred[i] = points[p * d + i] - means[c * d + i];
            }
            let mut square = 0.0;
            let mut next = 0;
            for i in 0..d {
                for j in 0..=i {
                    square += factor[next] * centred[i] * centred[j];
                    next += 1;
                }
            }
            terms[c] = weights[c] - 0.5 * square;
        }
        total += log_sum_exp(&terms);
    }
    // Nonlinear in the sum, and linear in an input that the loop reads.
    (1.0 + total * total).sqrt() + weights[0]
}

/// The first element is written in the first trip alone.
#[differentiable]
fn one_is_carried(x: &[f64]) -> f64 {
    let d = x.len();
    let mut buffer = vec![0.5; d];
    let mut s = 0.0;
    for p in 0..4 {
        for i in 1..d {
            buffer[i] = buffer[0] * x[i];
        }
        if p == 0 {
            buffer[0] = x[0] * x[1];
        }
        for i in 0..d {
            s += buffer[i] * buffer[i].sin();
        }
    }
    s
}

/// The last element is beyond what the loop writes.
#[differentiable]
fn one_is_longer(x: &[f64]) -> f64 {
    let d = x.len();
    let mut buffer = vec![0.5; d + 1];
    let mut s = 0.0;
    for _ in 0..3 {
        for i in 0..d {
            buffer[i] = x[i] * x[i];
        }
        for i in 0..d {
            s += buffer[i].sin() * buffer[d];
        }
        buffer[d] = buffer[0];
    }
    s
}

/// The length that the buffer was made with is not its length.
#[differentiable]
fn grown_before(x: &[f64]) -> f64 {
    let d = x.len();
    let mut buffer = vec![0.5; d];
    buffer.push(0.7);
    let mut s = 0.0;
    for _ in 0..3 {
        for i in 0..d {
            buffer[i] = x[i] * x[i];
        }
        for j in 0..d {
            s += buffer[j].sin() * buffer[d];
        }
        buffer[d] = buffer[0];
    }
    s
}

/// The bound changed after the buffer was made.
#[differentiable]
fn bound_changes(x: &[f64]) -> f64 {
    let mut d = x.len();
    let mut buffer = vec![0.5; d];
    d -= 1;
    let mut s = 0.0;
    for _ in 0..3 {
        for i in 0..d {
            buffer[i] = x[i] * x[i];
        }
        for j in 0..buffer.len() {
            s += buffer[j].sin() * buffer[0];
        }
        buffer[d] = buffer[0];
    }
    s
}

/// A trip reads what the one before it wrote.
#[differentiable]
fn read_before_written(x: &[f64]) -> f64 {
    let d = x.len();
    let mut state = vec![0.1; d];
    let mut s = 0.0;
    for _ in 0..3 {
        for i in 0..d {
            s += state[i] * x[i];
        }
        for i in 0..d {
            state[i] = (x[i] * s.sin()).exp();
        }
    }
    s
}

/// An element of the trip before is read while they are written.
#[differentiable]
fn neighbour_is_old(x: &[f64]) -> f64 {
    let d = x.len();
    let mut state = vec![0.1; d];
    let mut s = 0.0;
    for _ in 0..3 {
        for i in 0..d {
            state[i] = x[i] * x[i];
            s += state[(i + 1) % d].sin();
        }
    }
    s
}

/// What the last trip wrote is read behind the loop.
#[differentiable]
fn read_behind(x: &[f64]) -> f64 {
    let d = x.len();
    let mut buffer = vec![0.0; d];
    let mut s = 0.0;
    for p in 0..3 {
        for i in 0..d {
            buffer[i] = x[i] * (p as f64 + 1.0);
        }
        for i in 0..d {
            s += buffer[i].cos();
        }
    }
    s * buffer[1]
}

#[differentiable]
fn two_sums(x: &[f64], w: f64) -> f64 {
    let (mut s, mut t) = (0.0, 0.0);
    for i in 0..x.len() {
        for j in 0..x.len() {
            s += (x[i] * x[j]).sin();
            t += (w * x[j]).cos();
        }
    }
    s * t
}

#[differentiable]
fn sum_is_read(x: &[f64]) -> f64 {
    let mut s = 0.1;
    for i in 0..x.len() {
        for j in 0..i {
            s += (x[i] * x[j]).sin() * 0.1;
        }
        if s > 0.2 {
            s += x[i] * s;
        }
    }
    s
}

/// Added to under conditions, subtracted from, and in loops of several depths.
#[differentiable]
fn now_and_then(x: &[f64], w: f64, n: usize) -> f64 {
    let mut s = w;
    for i in 0..n {
        let t = (x[i % x.len()] * w).sin();
        if t > 0.3 {
            for j in 0..i {
                s += (t * x[j % x.len()]).exp();
                if j % 2 == 1 {
                    s -= w.tanh() * t;
                }
            }
        } else {
            s -= t * t;
        }
    }
    s.sqrt() * w
}

/// The value of a branch, and of a loop that is left in the middle.
#[differentiable]
fn inner_exits(x: &[f64], w: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let mut y = x[i];
        let mut steps = 0;
        loop {
            y = y * w + 0.3 * y.sin();
            steps += 1;
            if y > 1.5 || steps == 5 {
                break;
            }
        }
        s += match steps {
            1 => y * x[0],
            2 | 3 => y.exp(),
            _ => 1.0 / y,
        };
    }
    s.ln()
}

/// Trips that go on early are not reversed while they run.
#[differentiable]
fn goes_on(x: &[f64]) -> f64 {
    let mut s = 0.1;
    for i in 0..x.len() {
        if x[i] < 0.3 {
            continue;
        }
        for j in 0..i {
            s += (x[i] * x[j]).sin();
        }
    }
    s * s
}

/// Written in both branches, and in one.
#[differentiable]
fn by_branches(x: &[f64]) -> f64 {
    let mut scale;
    let mut stale = 0.5;
    let mut s = 0.0;
    for i in 0..x.len() {
        if x[i] > 0.4 {
            scale = x[i] * x[0];
            stale = scale.sin();
        } else {
            scale = x[i].exp();
        }
        for j in 0..3 {
            s += scale.sin() * x[j] * stale;
        }
    }
    s
}

#[differentiable]
fn scalars_of_the_trip(x: &[f64]) -> f64 {
    let mut scale;
    let mut y = 0.0;
    let mut s = 0.0;
    for i in 0..x.len() {
        scale = x[i] * x[0];
        y = if scale > 0.2 { scale } else { x[i] };
        for j in 0..3 {
            y = y * scale.sin() + x[j];
        }
        s += y * y;
    }
    s.sqrt()
}

/// Written through references, and run through by element.
#[differentiable]
fn through_references(x: &[f64], n: usize) -> f64 {
    let d = x.len();
    let mut buffer = vec![0.0; d];
    let mut s = 0.0;
    for p in 0..n {
        for (i, b) in buffer.iter_mut().enumerate() {
            *b = x[i] * (p as f64 + 0.5);
        }
        let part = &buffer[1..];
        for b in part {
            s += b.sin() * b;
        }
    }
    s * s
}

/// Only a part is written by element.
#[differentiable]
fn part_by_element(x: &[f64], n: usize) -> f64 {
    let d = x.len();
    let mut buffer = vec![0.3; d];
    let mut s = 0.0;
    for p in 0..n {
        for b in buffer[1..].iter_mut() {
            *b = x[p % d] * x[0];
        }
        for b in &buffer {
            s += b.sin() * b;
        }
        buffer[0] = x[p % d];
    }
    s * s
}

/// What the loop reads is overwritten behind it, and before it.
#[differentiable]
fn overwritten_around(x: &[f64], w: f64) -> f64 {
    let mut y = x.to_vec();
    for i in 0..y.len() {
        y[i] = y[i] * w;
    }
    let mut s = 0.0;
    for i in 0..y.len() {
        for j in 0..y.len() {
            s += (y[i] * y[j]).sin();
        }
    }
    for i in 0..y.len() {
        y[i] = y[i] * y[i] * s;
    }
    s + y[0] * y[1]
}

/// A table of integers changes while the loop runs.
#[differentiable]
fn changing_table(x: &[f64]) -> f64 {
    let d = x.len();
    let mut order: Vec<usize> = (0..d).collect();
    let mut s = 0.0;
    for p in 0..5 {
        order.swap(p % d, (p + 2) % d);
        for i in 0..d {
            s += (x[order[i]] * x[i]).sin() * (i as f64 + 1.0);
        }
        order[p % d] = p % 2;
    }
    s
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Layer {
    weights: Vec<f64>,
    bias: f64,
}

#[differentiable]
impl Layer {
    fn apply(&self, x: &[f64]) -> f64 {
        let mut y = self.bias;
        for i in 0..x.len() {
            y += self.weights[i] * x[i];
        }
        y.tanh()
    }
}

/// A method in the loop, of a parameter whose type is the user's.
#[differentiable]
fn squared_error(weights: &[f64], bias: f64, #[constant] data: &[f64]) -> f64 {
    let layer = Layer {
        weights: weights.to_vec(),
        bias,
    };
    let d = weights.len();
    let mut loss = 0.0;
    for i in 0..data.len() / (d + 1) {
        let row = &data[i * (d + 1)..(i + 1) * (d + 1)];
        let error: f64 = layer.apply(&row[..d]) - row[d];
        loss += error * error;
    }
    0.5 * loss
}

#[differentiable]
fn minor(a: &[f64], n: usize) -> f64 {
    if n <= 1 {
        return a[0];
    }
    let mut rest = vec![0.0; (n - 1) * (n - 1)];
    let mut total = 0.0;
    let mut sign = 1.0;
    for c in 0..n {
        let mut next = 0;
        for i in 1..n {
            for j in 0..n {
                if j != c {
                    rest[next] = a[i * n + j];
                    next += 1;
                }
            }
        }
        let m: f64 = minor(&rest, n - 1);
        total += sign * a[c] * m;
        sign = -sign;
    }
    total
}

/// ((Σx)(Σx²))², in numbers that `f32` has exactly.
#[differentiable]
fn single_precision(x: &[f32]) -> f32 {
    let mut s = 0.0;
    let mut squares = vec![0.0_f32; x.len()];
    for i in 0..x.len() {
        for j in 0..x.len() {
            squares[j] = x[j] * x[j];
        }
        for j in 0..x.len() {
            s += x[i] * squares[j];
        }
    }
    s * s
}

#[differentiable]
fn over_scalars<T: pullback::Real>(x: &[T], w: T) -> T {
    let mut s = T::from_f64(0.0);
    for i in 0..x.len() {
        for j in 0..3 {
            s += (x[i] * w).sin() * x[j];
        }
    }
    s * s
}

#[differentiable]
fn scalars_of_f64(x: &[f64], w: f64) -> f64 {
    over_scalars(x, w)
}

/// Two such loops, of which the second reads what the first used.
#[differentiable]
fn one_behind_the_other(x: &[f64]) -> f64 {
    let d = x.len();
    let mut a = vec![0.0; d];
    let mut s = 0.0;
    for p in 0..d {
        for i in 0..d {
            a[i] = x[i] * x[p];
        }
        for i in 0..d {
            s += a[i].sin();
        }
    }
    let mut t = 0.0;
    for p in 0..d {
        for i in 0..d {
            t += (a[i] * x[p]).cos();
        }
    }
    s * t
}

/// Vectors by value and arrays, which are given away in the loop or behind it.
#[differentiable]
fn by_value(x: Vec<f64>, a: [f64; 3]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        for j in 0..3 {
            s += (x[i] * a[j]).sin();
        }
    }
    let y = x;
    s * y[0]
}

/// A trip that never runs has slopes of zero.
#[differentiable]
fn no_trip(x: &[f64], w: f64, n: usize) -> f64 {
    let mut s = w;
    for i in 0..n {
        for j in 0..x.len() {
            s += (x[i] * x[j]).sqrt().ln();
        }
    }
    s * s
}

/// A state that the reverse sweep cannot look at: it belongs to the caller.
#[differentiable]
fn of_the_caller(state: &mut [f64], w: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..state.len() {
        for j in 0..i {
            s += (state[i] * state[j] * w).sin();
        }
    }
    for v in state.iter_mut() {
        *v = *v * s;
    }
    s
}

/// As a chain.
#[differentiable]
fn chained(x: &[f64], w: &[f64]) -> f64 {
    x.chunks(2)
        .map(|row| {
            let y: f64 = row.iter().zip(w).map(|(a, b)| a * b).sum();
            (y.sin() - 0.3).powi(2)
        })
        .sum::<f64>()
        .sqrt()
}

programs! {
    mixture { weights: slice = vector(3, 1), means: slice = vector(6, 2), factor: slice = vector(3, 3), points: konst_slice = vector(10, 4) };
    one_is_carried { x: slice = vector(4, 5) };
    one_is_longer { x: slice = vector(4, 6) };
    grown_before { x: slice = vector(4, 6) };
    bound_changes { x: slice = vector(4, 6) };
    read_before_written { x: slice = vector(4, 7) };
    neighbour_is_old { x: slice = vector(4, 8) };
    read_behind { x: slice = vector(4, 9) };
    two_sums { x: slice = vector(4, 10), w: val = 0.7 };
    sum_is_read { x: slice = vector(5, 11) };
    now_and_then { x: slice = vector(4, 12), w: val = 1.7, n: konst = 6_usize };
    inner_exits { x: slice = positive(5, 13), w: val = 1.2 };
    goes_on { x: slice = vec![0.9, 0.2, 0.7, 0.1, 0.8] };
    by_branches { x: slice = vec![0.9, 0.2, 0.7, 0.1, 0.8] };
    scalars_of_the_trip { x: slice = vec![0.9, 0.2, 0.7, 0.1, 0.8] };
    through_references { x: slice = vector(4, 14), n: konst = 3_usize };
    part_by_element { x: slice = vector(4, 15), n: konst = 3_usize };
    overwritten_around { x: slice = vector(4, 16), w: val = 0.7 };
    changing_table { x: slice = vector(4, 17) };
    squared_error { weights: slice = vector(2, 18), bias: val = 0.2, data: konst_slice = vector(9, 19) };
    minor { a: slice = vector(9, 20), n: konst = 3_usize };
    single single_precision { x: slice = vec![0.5_f32, -0.25, 1.0] } exact [{
        let (sum, squares) = (1.25, 1.3125);
        x.iter().map(|x| 2.0 * sum * squares * (squares + 2.0 * x * sum)).collect::<Vec<_>>()
    }];
    scalars_of_f64 { x: slice = vector(4, 22), w: val = 0.7 };
    one_behind_the_other { x: slice = vector(4, 23) };
    by_value { x: val = vector(3, 24), a: val = array::<3>(25) };
    no_trip { x: slice = positive(3, 26), w: val = 0.7, n: konst = 0_usize };
    of_the_caller { state: inout = vector(3, 27), w: val = 0.7 };
    chained { x: slice = vector(6, 28), w: slice = vector(2, 29) };
}
