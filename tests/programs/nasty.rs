//! Programs that try to break the transform: names that collide with generated ones, memory that
//! is read and written in one statement, nothing to do, and everything at once.

use crate::harness::programs;
use pullback::differentiable;

/// Parameters named like what a generator of adjoints would call its own.
#[differentiable]
fn colliding_parameters(x: f64, x_bar: f64, tape: f64, seed: f64, t0: f64) -> f64 {
    let value = x * x_bar;
    let grad = value * tape + seed;
    let pb = grad.sin() * t0;
    pb * value
}

#[differentiable]
fn colliding_locals(a: f64, b: f64) -> f64 {
    let a_bar = a * b;
    let b_bar = a_bar + a;
    let mut acc = b_bar;
    let tape = [acc, a_bar];
    for i in 0..2 {
        let seed = tape[i] * acc;
        let tmp = seed.tanh();
        acc += tmp;
    }
    let result = acc * b_bar;
    let out = result;
    let ret = out * 2.0;
    ret
}

#[differentiable]
fn colliding_more(y: f64, y_bar: f64) -> f64 {
    let v = y;
    let v0 = y_bar * v;
    let _0 = v0 + 1.0;
    let __v = _0 * v0;
    let dx = __v;
    let dy = dx * y;
    let rt = dy + y;
    let pullback = rt * 0.5;
    let mask = pullback * pullback;
    let flag = mask > 0.0;
    let exit = if flag { mask } else { y };
    exit * dy
}

#[differentiable]
fn fwd(rev: f64, jvp: f64) -> f64 {
    let vjp = rev * jvp;
    vjp * rev
}

/// A local function and a local variable share a name with a method.
#[differentiable]
fn sin(x: f64) -> f64 {
    let sin = x.sin();
    let cos = sin.cos();
    sin * cos
}

#[differentiable]
fn raw_names(r#type: f64, r#match: f64) -> f64 {
    let r#loop = r#type * r#match;
    r#loop * r#type
}

/// A user's own functions with the names of std's methods.
#[differentiable]
fn max(x: f64, y: f64) -> f64 {
    x * y
}

#[differentiable]
fn own_max_is_not_stds(x: f64, y: f64) -> f64 {
    max(x, y) + x.max(y)
}

#[differentiable]
fn same_variable_everywhere(x: f64) -> f64 {
    let mut x = x;
    x = x * x + x;
    x = x / (x + x) + x * x;
    x += x * x;
    x -= -x;
    x
}

#[differentiable]
fn element_on_both_sides(x: &mut [f64]) -> f64 {
    x[0] = x[0] * x[1] + x[0];
    x[1] = x[0] * x[1];
    x[0] += x[0] * x[0];
    x[1] -= x[1];
    x[0] * x[2] + x[1]
}

#[differentiable]
fn index_arithmetic(x: &[f64], n: usize) -> f64 {
    let mut y = x.to_vec();
    let mut at = 0;
    for step in 1..n {
        at = (at * 3 + step) % x.len();
        let other = x.len() - 1 - at;
        y[at] = y[at] * 0.5 + y[other] * x[(at + other) / 2];
    }
    y[at] + y[0]
}

/// The index is changed between two uses of the same expression.
#[differentiable]
fn index_changes(x: &[f64]) -> f64 {
    let mut i = 0;
    let mut y = x.to_vec();
    y[i] *= 2.0;
    i += 1;
    y[i] *= y[i - 1];
    i += 1;
    y[i] = y[i - 1] * y[i - 2] + x[i];
    i = 0;
    y[i] * y[i + 2]
}

/// The bound of the loop is the length of something that is overwritten in it.
#[differentiable]
fn overwritten_while_read(x: &mut [f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        for j in 0..x.len() {
            let product = x[i] * x[j];
            s += product;
            x[j] = product.sin();
        }
    }
    s
}

#[differentiable]
fn condition_on_an_overwritten_value(x: f64, y: f64) -> f64 {
    let mut a = x;
    let mut s = 0.0;
    for _ in 0..5 {
        if a > 0.5 {
            a = a * y - 0.2;
            s += a * a;
        } else {
            a = a + 0.7;
            s *= y;
        }
    }
    s + a
}

#[differentiable]
fn empty_everything(x: &[f64], a: f64) -> f64 {
    let mut s = a * a;
    for v in x {
        s += v;
    }
    for i in 0..x.len() {
        s *= x[i];
    }
    let copy = x.to_vec();
    for v in copy.iter().rev() {
        s -= v;
    }
    s
}

#[differentiable]
fn nothing_happens(x: f64) -> f64 {
    {}
    let () = ();
    if x > 0.0 {}
    for _ in 0..3 {}
    match 3 {
        _ => {}
    };
    x
}

#[differentiable]
fn option_travels(x: &[f64]) -> f64 {
    let mut best = None;
    for &v in x {
        best = match best {
            None => Some(v * v),
            Some(b) if v * v > b => Some(v * v * 1.5),
            Some(b) => Some(b * 0.9),
        };
    }
    match best {
        Some(b) => b * b,
        None => 0.0,
    }
}

#[differentiable]
fn option_stays_empty(x: &[f64]) -> f64 {
    let mut best = None;
    for &v in x {
        if v > 100.0 {
            best = Some(v);
        }
    }
    match best {
        Some(b) => b,
        None => x[0] * 2.0,
    }
}

#[differentiable]
fn exits_everywhere(x: &[f64], w: f64) -> f64 {
    let mut s = w;
    let mut k = 0;
    let t = 'search: loop {
        k += 1;
        if k > 6 {
            break s * 0.5;
        }
        for (i, &v) in x.iter().enumerate() {
            if v < -0.8 {
                continue 'search;
            }
            s = match (i + k) % 4 {
                0 => s * v + w,
                1 => {
                    if s > 2.0 {
                        break 'search s * v;
                    }
                    s + v
                }
                2 => {
                    let mut inner = s;
                    while inner > 0.3 {
                        inner *= 0.6;
                        if inner < v {
                            break;
                        }
                    }
                    inner
                }
                _ => {
                    if s < -3.0 {
                        return s;
                    }
                    continue;
                }
            };
        }
        if s > 10.0 {
            return s * w;
        }
    };
    t * t + s
}

#[differentiable]
fn assigned_and_never_read(x: f64) -> f64 {
    let mut a = x * x;
    let b = a;
    a = b.exp();
    a = 4.0;
    let _ = a;
    b
}

#[differentiable]
fn many_uses_of_one(x: f64) -> f64 {
    let mut s = 0.0;
    let y = x.sin();
    for i in 0..4 {
        for j in 0..i {
            s += y * (i * j) as f64 + if i + j > 3 { y * y } else { -y };
        }
    }
    s * y
}

/// Evaluation order: the right side of `+=` changes what the left side names.
#[differentiable]
fn evaluation_order(x: f64, y: f64) -> f64 {
    let mut a = x;
    let b = a + {
        a = a * y;
        a
    } * a;
    a += b;
    a * b
}

#[differentiable]
fn integer_twins(x: f64, n: i64) -> f64 {
    let mut m = n;
    let mut s = x;
    while m != 1 {
        if m % 2 == 0 {
            m /= 2;
            s *= 0.5 + x;
        } else {
            m = 3 * m + 1;
            s = s.cos() + m as f64 * 0.01;
        }
    }
    s
}

#[differentiable]
fn deep_nesting(x: f64) -> f64 {
    let mut s = x;
    for i in 0..2 {
        if s > 0.0 {
            for j in 0..2 {
                match j {
                    0 => {
                        let mut k = 0;
                        while k < 3 {
                            if s < 3.0 {
                                s = { { { s * (1.0 + 0.1 * (i + k) as f64) } } };
                            }
                            k += 1;
                        }
                    }
                    _ => s = s.sin() + s * s * 0.2,
                }
            }
        }
    }
    s
}

/// The derivative of the first line is written in terms of its own result, which is then overwritten.
#[differentiable]
fn result_overwritten(w: f64, t: f64) -> f64 {
    let mut y = t.tanh();
    y -= w;
    let mut z = w.exp();
    z = z * y;
    z / y + z
}

#[differentiable]
fn results_overwritten_in_a_loop(x: &[f64], w: f64) -> f64 {
    let mut s = w.sqrt();
    let mut parts = [w.exp(), 0.5];
    for v in x {
        s = s * v + parts[0];
        parts[0] = (parts[0] * v).tanh();
        parts[1] /= 1.5 + v;
        parts[0] += s;
        parts[1] -= v;
    }
    s + parts[0] * parts[1]
}

/// The function leaves before `d` has a value, after a tuple that holds the value of a branch.
#[differentiable]
fn leaves_before_the_value(a: f64, b: f64) -> f64 {
    let pair = ((if b > 0.0 { a } else { b }), a);
    let d = if a > 100.0 {
        let data = [pair.0, b];
        b / data[0]
    } else {
        return pair.1;
    };
    d
}

programs! {
    leaves_before_the_value { a: val = 0.7, b: val = 0.3 } exact [1.0, 0.0];
    result_overwritten { w: val = 0.7, t: val = 0.4 };
    results_overwritten_in_a_loop { x: slice = vector(4, 6), w: val = 0.7 };
    colliding_parameters { x: val = 0.4, x_bar: val = 0.7, tape: val = -0.3, seed: val = 1.1,
        t0: val = 0.8 };
    colliding_locals { a: val = 0.4, b: val = 0.7 };
    colliding_more { y: val = 0.4, y_bar: val = 0.7 };
    fwd { rev: val = 0.4, jvp: val = 0.7 } exact [2.0 * rev * jvp, rev * rev];
    sin { x: val = 0.4 };
    raw_names { r#type: val = 0.4, r#match: val = 0.7 };
    max { x: val = 0.4, y: val = 0.7 } exact [y, x];
    own_max_is_not_stds { x: val = 0.4, y: val = 0.7 } exact [y, x + 1.0];
    same_variable_everywhere { x: val = 0.4 };
    element_on_both_sides { x: inout = vector(3, 1) };
    index_arithmetic { x: slice = vector(5, 2), n: konst = 9_usize };
    index_changes { x: slice = vector(3, 3) };
    overwritten_while_read { x: inout = vector(3, 4) };
    condition_on_an_overwritten_value { x: val = 0.9, y: val = 0.6 };
    empty_everything { x: slice = vector(0, 5), a: val = 0.6 } exact [2.0 * a];
    nothing_happens { x: val = 0.6 } exact [1.0];
    option_travels { x: slice = vec![0.5, -0.7, 0.6, 0.95] };
    option_stays_empty { x: slice = vec![0.5, -0.7] } exact [vec![2.0, 0.0]];
    exits_everywhere { x: slice = vec![0.5, -0.7, 0.6, 0.95, -0.9], w: val = 0.8 };
    assigned_and_never_read { x: val = 0.6 } exact [2.0 * x];
    many_uses_of_one { x: val = 0.6 };
    evaluation_order { x: val = 0.6, y: val = -0.8 };
    integer_twins { x: val = 0.6, n: konst = 7_i64 };
    deep_nesting { x: val = 0.6 };
}
