//! Calls between differentiable functions: by value, by reference, in and out, aliasing,
//! recursive, renamed, in loops; and calls to any function that sees constants only.

use crate::harness::programs;
use pullback::differentiable;

mod library {
    //! Functions in another module, with the visibility that their users need.

    use pullback::differentiable;

    #[differentiable]
    pub fn square(x: f64) -> f64 {
        x * x
    }

    #[differentiable]
    pub(crate) fn dot(x: &[f64], y: &[f64]) -> f64 {
        let mut s = 0.0;
        for i in 0..x.len() {
            s += x[i] * y[i];
        }
        s
    }

    #[differentiable]
    pub fn scale(x: &mut [f64], a: f64) {
        for v in x.iter_mut() {
            *v *= a;
        }
    }

    pub mod inner {
        use pullback::differentiable;

        #[differentiable]
        pub fn softplus(x: f64) -> f64 {
            (1.0 + super::square(x)).ln() + x
        }
    }
}

use library::square as squared;
use library::{dot, inner};

/// Numbers that nobody differentiates, drawn from a seed that each draw moves on.
fn draw(seed: &mut u64) -> f64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as f64 / (1_u64 << 31) as f64
}

fn table(k: usize) -> [f64; 3] {
    [0.5 * k as f64, 1.0, -0.25]
}

#[differentiable]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[differentiable]
fn one_call(x: f64, y: f64) -> f64 {
    sigmoid(x * y) + x
}

#[differentiable]
fn nested_calls(x: f64) -> f64 {
    sigmoid(sigmoid(2.0 * sigmoid(x)) - 0.5)
}

#[differentiable]
fn call_through_paths(x: f64) -> f64 {
    library::square(x) + inner::softplus(x) * self::sigmoid(x) + library::inner::softplus(2.0 * x)
}

#[differentiable]
fn renamed_call(x: f64) -> f64 {
    squared(x) * squared(squared(x))
}

#[differentiable]
fn use_inside_the_body(x: f64) -> f64 {
    use library::inner::softplus as soft;
    soft(x) * soft(-x)
}

#[differentiable]
fn calls_in_a_loop(x: &[f64], w: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += sigmoid(x[i] * w) * s + 0.1;
    }
    s
}

#[differentiable]
fn call_in_a_condition(x: f64, y: f64) -> f64 {
    if sigmoid(x) > 0.5 { sigmoid(y) * x } else { y }
}

#[differentiable]
fn call_as_statement(x: &[f64], a: f64) -> f64 {
    let mut y = x.to_vec();
    library::scale(&mut y, a);
    library::scale(&mut y, a * 0.5);
    dot(&y, x)
}

#[differentiable]
fn aliasing_arguments(x: &[f64]) -> f64 {
    dot(x, x) + dot(&x[..2], &x[1..3])
}

#[differentiable]
fn slices_of_rows(a: &[f64], n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        for j in 0..=i {
            s += squared(dot(&a[i * n..(i + 1) * n], &a[j * n..j * n + n]));
        }
    }
    s
}

#[differentiable]
fn in_out_call_in_a_loop(x: &mut [f64], a: f64) -> f64 {
    for k in 0..3 {
        library::scale(x, a + k as f64);
        x[0] += 0.1 * x[1];
    }
    x[0] * x[2]
}

#[differentiable]
fn part_is_scaled(x: &[f64], a: f64) -> f64 {
    let mut y = x.to_vec();
    library::scale(&mut y[1..3], a);
    y[2] *= y[0];
    let factor = y[3];
    library::scale(&mut y[..2], factor);
    y[0] + y[1] + y[2]
}

#[differentiable]
fn add_squares(total: &mut f64, x: &[f64]) {
    for v in x {
        *total += v * v;
    }
}

#[differentiable]
fn accumulates_through_a_reference(x: &[f64], y: &[f64]) -> f64 {
    let mut total = x[0];
    add_squares(&mut total, x);
    total *= 0.5;
    add_squares(&mut total, y);
    total
}

#[differentiable]
fn power(x: f64, n: usize) -> f64 {
    if n == 0 { 1.0 } else { x * power(x, n - 1) }
}

#[differentiable]
fn fast_power(x: f64, n: u32) -> f64 {
    match n {
        0 => 1.0,
        1 => x,
        n if n % 2 == 0 => {
            let half = fast_power(x, n / 2);
            half * half
        }
        n => x * fast_power(x, n - 1),
    }
}

#[differentiable]
fn fibonacci(a: f64, b: f64, n: usize) -> f64 {
    if n == 0 {
        return a;
    }
    if n == 1 {
        return b;
    }
    fibonacci(a, b, n - 1) * 0.5 + fibonacci(a, b, n - 2).sin()
}

#[differentiable]
fn even_step(x: f64, n: usize) -> f64 {
    if n == 0 { x } else { odd_step(x * 1.5, n - 1) }
}

#[differentiable]
fn odd_step(x: f64, n: usize) -> f64 {
    if n == 0 {
        x * x
    } else {
        even_step(x.sin(), n - 1)
    }
}

#[differentiable]
fn tree_sum(x: &[f64]) -> f64 {
    if x.len() == 1 {
        return x[0] * x[0];
    }
    let middle = x.len() / 2;
    let left = tree_sum(&x[..middle]);
    let right = tree_sum(&x[middle..]);
    left * 0.5 + right + left * right
}

#[differentiable]
fn quick_halves(x: &mut [f64], depth: usize) {
    if depth == 0 || x.len() < 2 {
        return;
    }
    let middle = x.len() / 2;
    for i in 0..middle {
        x[i] = x[i] * x[middle + i];
    }
    quick_halves(&mut x[..middle], depth - 1);
    quick_halves(&mut x[middle..], depth - 1);
}

#[differentiable]
fn constant_call(x: f64, k: usize) -> f64 {
    let row = table(k);
    x * row[0] + x * x * row[2]
}

#[differentiable]
fn random_dropout(x: &[f64], seed: &mut u64) -> f64 {
    let mut s = 0.0;
    for v in x {
        if draw(seed) > 0.5 {
            s += v * v * draw(seed);
        }
    }
    s
}

/// The generator's state is a local, and every draw happens exactly as often as in the primal.
#[differentiable]
fn random_walk(x: f64, steps: usize) -> f64 {
    let mut seed = 42;
    let mut position = x;
    for _ in 0..steps {
        let kick = draw(&mut seed);
        position = position * 0.9 + (kick - 0.5) * x;
        if draw(&mut seed) > 0.7 {
            position = position.sin();
        }
    }
    position
}

#[differentiable]
fn inner_functions(x: f64) -> f64 {
    fn offset(n: usize) -> f64 {
        n as f64 + 0.5
    }
    #[differentiable]
    fn cube(y: f64) -> f64 {
        y * y * y
    }
    cube(x + offset(1)) * offset(0)
}

#[differentiable]
fn min_max(x: f64, y: f64) -> (f64, f64) {
    if x < y { (x, y * y) } else { (y, x * x) }
}

#[differentiable]
fn call_that_gives_a_tuple(x: f64, y: f64) -> f64 {
    let (low, high) = min_max(x, y);
    let pair = min_max(high, low);
    (high - low) * pair.0 + pair.1
}

#[differentiable]
fn squares_of(x: &[f64]) -> Vec<f64> {
    let mut out = x.to_vec();
    for i in 0..out.len() {
        out[i] *= x[i];
    }
    out
}

#[differentiable]
fn call_that_gives_a_vector(x: &[f64]) -> f64 {
    let squares = squares_of(x);
    let fourth = squares_of(&squares);
    dot(&fourth, x) + squares[0]
}

#[differentiable]
fn rotate(v: [f64; 2], angle: f64) -> [f64; 2] {
    let (s, c) = angle.sin_cos();
    [c * v[0] - s * v[1], s * v[0] + c * v[1]]
}

#[differentiable]
fn call_by_array(x: f64, y: f64, angle: f64) -> f64 {
    let once = rotate([x, y], angle);
    let twice = rotate(once, angle * 0.5);
    once[0] * twice[1] + twice[0]
}

/// Some arguments of the call are constants of the caller, others are not.
#[differentiable]
fn mixed(x: f64, n: usize, w: f64) -> f64 {
    power(x, n) * w
}

#[differentiable]
fn mixed_arguments(x: f64, w: f64) -> f64 {
    mixed(2.0, 3, w) + mixed(x, 2, 0.5) + mixed(x, 2, x)
}

/// The result of the call is thrown away, so its arguments contribute nothing by it.
#[differentiable]
fn result_unused(x: f64) -> f64 {
    let _unused = sigmoid(x);
    sigmoid(x + 1.0);
    x * x
}

programs! {
    one_call { x: val = 0.4, y: val = 1.3 };
    nested_calls { x: val = 0.4 };
    call_through_paths { x: val = 0.4 };
    renamed_call { x: val = 0.9 } exact [6.0 * x.powi(5)];
    use_inside_the_body { x: val = 0.4 };
    calls_in_a_loop { x: slice = vector(5, 1), w: val = 0.7 };
    call_in_a_condition { x: val = 0.4, y: val = 0.2 };
    call_as_statement { x: slice = vector(3, 2), a: val = 0.7 };
    aliasing_arguments { x: slice = vector(4, 3) };
    slices_of_rows { a: slice = vector(9, 4), n: konst = 3_usize };
    in_out_call_in_a_loop { x: inout = vector(3, 5), a: val = 0.7 };
    part_is_scaled { x: slice = vector(4, 6), a: val = 0.7 };
    vector add_squares { total: inout_ref = 0.3, x: slice = vector(3, 7) };
    accumulates_through_a_reference { x: slice = vector(3, 8), y: slice = vector(2, 9) };
    power { x: val = 1.1, n: konst = 6_usize } exact [6.0 * x.powi(5)];
    fast_power { x: val = 1.1, n: konst = 11_u32 } exact [11.0 * x.powi(10)];
    fibonacci { a: val = 0.4, b: val = 0.9, n: konst = 7_usize };
    even_step { x: val = 0.4, n: konst = 5_usize };
    tree_sum { x: slice = vector(5, 10) };
    vector quick_halves { x: inout = vector(8, 11), depth: konst = 2_usize };
    constant_call { x: val = 0.4, k: konst = 3_usize } exact [1.5 - 0.5 * x];
    random_dropout { x: slice = vector(6, 12), seed: konst_mut = 7_u64 };
    random_walk { x: val = 0.4, steps: konst = 9_usize };
    inner_functions { x: val = 0.4 } exact [1.5 * (x + 1.5) * (x + 1.5)];
    vector min_max { x: val = 0.4, y: val = 0.9 } exact [1.0, 2.0 * y];
    call_that_gives_a_tuple { x: val = 0.4, y: val = 0.9 };
    vector squares_of { x: slice = vector(3, 13) } exact [x.iter().map(|x| 2.0 * x).collect::<Vec<_>>()];
    call_that_gives_a_vector { x: slice = vector(3, 14) };
    vector rotate { v: val = array::<2>(15), angle: val = 0.6 };
    call_by_array { x: val = 0.4, y: val = 0.9, angle: val = 0.3 };
    mixed_arguments { x: val = 0.4, w: val = 0.9 } exact [x + 3.0 * x * x, 8.0];
    result_unused { x: val = 0.4 } exact [2.0 * x];
}
