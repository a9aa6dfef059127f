//! `break`, `continue`, `return`, labels and loops with a value, nested and crossing each other.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn break_on_data(x: &[f64], limit: f64) -> f64 {
    let mut s = 0.0;
    for &v in x {
        s += v * v;
        if s > limit {
            break;
        }
    }
    s * limit
}

#[differentiable]
fn continue_on_data(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for i in 0..x.len() {
        if x[i] < 0.0 {
            continue;
        }
        s = s * x[i] + 0.5;
    }
    s
}

#[differentiable]
fn return_from_a_loop(x: &[f64], w: f64) -> f64 {
    let mut s = w;
    for i in 0..x.len() {
        s = s * x[i] + w;
        if s > 1.5 {
            return s * s;
        }
    }
    s.sin()
}

#[differentiable]
fn return_not_taken(x: &[f64], w: f64) -> f64 {
    let mut s = w;
    for i in 0..x.len() {
        s = s * x[i] + w;
        if s > 150.0 {
            return s * s;
        }
    }
    s.sin()
}

#[differentiable]
fn break_and_continue(x: &[f64], w: f64) -> f64 {
    let mut s = 0.0;
    for (i, &v) in x.iter().enumerate() {
        if v < -0.5 {
            continue;
        }
        s += w * v * v;
        if i == 5 {
            break;
        }
        s *= 1.0 + v;
        if v > 0.9 {
            continue;
        }
        s += v;
    }
    s
}

#[differentiable]
fn loop_with_value(x: f64) -> f64 {
    let mut y = x;
    let result = loop {
        y = y * 1.5 + 0.1;
        if y > 4.0 {
            break y * y;
        }
    };
    result + x
}

/// Two `break`s with different values.
#[differentiable]
fn loop_with_two_values(x: f64, limit: usize) -> f64 {
    let mut y = x;
    let mut n = 0;
    loop {
        if n >= limit {
            break y * 3.0;
        }
        y = y * y + 0.3;
        if y > 2.0 {
            break y.ln() * x;
        }
        n += 1;
    }
}

#[differentiable]
fn loop_with_tuple_value(x: f64) -> f64 {
    let mut y = x;
    let mut n = 0;
    let (last, steps) = loop {
        y = y.sin() + x;
        n += 1;
        if n == 4 {
            break (y * y, n);
        }
    };
    last * steps as f64
}

#[differentiable]
fn labelled_break(a: &[f64], n: usize) -> f64 {
    let mut s = 0.0;
    'rows: for i in 0..n {
        for j in 0..n {
            s += a[i * n + j] * a[i * n + j];
            if s > 1.0 {
                break 'rows;
            }
        }
        s *= 1.1;
    }
    s
}

#[differentiable]
fn labelled_continue(a: &[f64], n: usize) -> f64 {
    let mut s = 1.0;
    'rows: for i in 0..n {
        let mut row = 0.0;
        for j in 0..n {
            if a[i * n + j] > 0.8 {
                continue 'rows;
            }
            row += a[i * n + j].exp();
        }
        s *= row;
    }
    s
}

#[differentiable]
fn labelled_loop_value(x: f64) -> f64 {
    let mut total = x;
    let found = 'outer: loop {
        let mut inner = total;
        for k in 1..10 {
            inner = inner * 1.2 + x;
            if inner > 5.0 {
                break 'outer inner * k as f64;
            }
        }
        total += 0.5;
    };
    found * x
}

#[differentiable]
fn labelled_block(x: f64, y: f64) -> f64 {
    let z = 'block: {
        if x > y {
            break 'block x * x;
        }
        let w = x * y;
        if w < 0.0 {
            break 'block w;
        }
        w * w
    };
    z + y
}

#[differentiable]
fn return_from_two_loops(a: &[f64], n: usize, limit: f64) -> f64 {
    let mut s = 0.1;
    for i in 0..n {
        for j in 0..n {
            s = s * 0.9 + a[i * n + j] * a[j];
            if s * s > limit {
                return s * limit * i as f64;
            }
        }
    }
    s
}

#[differentiable]
fn open_range(x: f64) -> f64 {
    let mut s = 0.0;
    let mut term = 1.0;
    for k in 1.. {
        term *= x / k as f64;
        s += term;
        if k == 12 {
            break;
        }
    }
    s
}

#[differentiable]
fn while_with_exits(x: f64) -> f64 {
    let mut y = x;
    let mut i = 0;
    while i < 20 {
        i += 1;
        if i % 3 == 0 {
            continue;
        }
        y = y * 1.1 + 0.05 * i as f64;
        if y > 3.0 {
            break;
        }
    }
    y * y
}

#[differentiable]
fn break_in_a_match(x: f64, program: &[u8]) -> f64 {
    let mut s = x;
    for &instruction in program {
        match instruction {
            0 => s *= x,
            1 => continue,
            2 => s = s.sin(),
            3 => break,
            _ => return s * s,
        }
        s += 0.1;
    }
    s * 2.0
}

#[differentiable]
fn return_in_a_match_in_a_loop(x: f64, program: &[u8]) -> f64 {
    let mut s = x;
    for &instruction in program {
        s = match instruction {
            0 => s * x,
            1 => {
                if s > 0.0 {
                    s.sqrt()
                } else {
                    continue;
                }
            }
            _ => return s * s,
        };
    }
    s
}

/// The value assigned before `break` is what the code after the loop reads.
#[differentiable]
fn last_value_escapes(x: &[f64], w: f64) -> f64 {
    let mut last = w;
    let mut count = 0;
    for v in x {
        let candidate = v * w;
        if candidate > 0.6 {
            last = candidate;
            break;
        }
        last = last * 0.5 + candidate;
        count += 1;
    }
    last * last + count as f64 * w
}

#[differentiable]
fn break_on_the_first_trip(x: f64) -> f64 {
    let mut s = x * x;
    for i in 0..10 {
        if i == 0 {
            s *= x;
            break;
        }
        s = 0.0;
    }
    s
}

#[differentiable]
fn continue_always(x: f64, n: usize) -> f64 {
    let mut s = x;
    for _ in 0..n {
        s *= x;
        continue;
    }
    s
}

#[differentiable]
fn bisection(target: f64, low0: f64, high0: f64) -> f64 {
    let mut low = low0;
    let mut high = high0;
    loop {
        let middle = 0.5 * (low + high);
        if high - low < 0.3 {
            return middle * target;
        }
        if middle * middle < target {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[differentiable]
fn three_levels(x: f64) -> f64 {
    let mut s = x;
    'a: for i in 0..4 {
        'b: for j in 0..4 {
            for k in 0..4 {
                if k > j {
                    continue 'b;
                }
                if i * j * k == 8 {
                    continue 'a;
                }
                if s > 2.5 {
                    break 'a;
                }
                s = s * 1.01 + 0.1 * x * k as f64;
            }
            s += 0.01 * x;
        }
        s = s.sin() + x;
    }
    s
}

programs! {
    break_on_data { x: slice = vec![0.5, -0.7, 0.9, 0.3, 0.2], limit: val = 1.2 };
    continue_on_data { x: slice = vec![0.5, -0.7, 0.9, -0.3, 0.2] };
    return_from_a_loop { x: slice = vec![0.5, 0.7, 0.9, 0.3, 0.2], w: val = 0.9 };
    return_not_taken { x: slice = vec![0.5, 0.7, 0.9, 0.3, 0.2], w: val = 0.9 };
    break_and_continue { x: slice = vec![0.5, -0.7, 0.95, 0.3, -0.2, 0.6, 0.4], w: val = 0.9 };
    loop_with_value { x: val = 0.9 };
    loop_with_two_values { x: val = 0.9, limit: konst = 8_usize };
    loop_with_tuple_value { x: val = 0.9 };
    labelled_break { a: slice = vector(9, 1), n: konst = 3_usize };
    labelled_continue { a: slice = vec![0.1, 0.3, 0.5, 0.2, 0.9, 0.4, 0.6, -0.3, 0.2], n: konst = 3_usize };
    labelled_loop_value { x: val = 0.4 };
    labelled_block { x: val = 0.4, y: val = 0.9 } exact [2.0 * x * y * y, 2.0 * x * x * y + 1.0];
    return_from_two_loops { a: slice = vector(9, 2), n: konst = 3_usize, limit: val = 0.15 };
    open_range { x: val = 0.4 };
    while_with_exits { x: val = 0.4 };
    break_in_a_match { x: val = 0.4, program: konst_slice = vec![0_u8, 2, 1, 0, 3, 4] };
    return_in_a_match_in_a_loop { x: val = 0.4, program: konst_slice = vec![0_u8, 1, 0, 1, 2, 0] };
    last_value_escapes { x: slice = vec![0.5, -0.7, 0.9, 0.3], w: val = 0.8 };
    break_on_the_first_trip { x: val = 0.4 } exact [3.0 * x * x];
    continue_always { x: val = 1.2, n: konst = 3_usize } exact [4.0 * x * x * x];
    bisection { target: val = 1.9, low0: val = 0.1, high0: val = 2.2 };
    three_levels { x: val = 0.7 };
}
