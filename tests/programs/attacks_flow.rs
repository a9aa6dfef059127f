//! Attacks on control flow, aliases and calls: jumps out of every construct, one memory under several names,
//! recursion, and generators whose calls must be counted.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn labels_in_arms(x: &[f64], w: f64) -> f64 {
    let mut s = w;
    'outer: for i in 0..x.len() {
        'inner: for j in 0..4 {
            match (i + j) % 5 {
                0 => {
                    if s > 1.0 {
                        continue 'outer;
                    }
                    s = s * x[j];
                }
                1 => {
                    if s < -1.0 {
                        break 'outer;
                    }
                    s += w * x[i];
                }
                2 => {
                    if s > 0.9 {
                        continue 'inner;
                    }
                    s = s * s + x[i];
                }
                3 => {
                    if j > 1 {
                        break 'inner;
                    } else if s > 3.0 {
                        return s * w;
                    }
                    s = s.sin() * x[j]
                }
                _ => break 'inner,
            }
            s += 0.01;
        }
        s *= 0.9 + x[i] * 0.1;
    }
    s * w
}

#[differentiable]
fn values_of_blocks_and_loops(x: f64, y: f64) -> f64 {
    let a = 'b: {
        if x > y {
            break 'b x * y;
        }
        let t = x + y;
        if t > 10.0 {
            break 'b t;
        }
        t * t
    };
    let b = loop {
        let t = a * x;
        if t > -100.0 {
            break t * 2.0;
        }
    };
    let c = 'o: loop {
        let mut k = 0;
        loop {
            k += 1;
            if k > 2 {
                break 'o b * y;
            }
            if k > 5 {
                continue 'o;
            }
        }
    };
    let d;
    if c > 0.0 {
        d = c * x;
    } else {
        let e = c * y;
        d = e * e;
    }
    let e: f64;
    e = match d > 0.0 {
        true => {
            if x > 0.0 {
                d
            } else {
                return x * d;
            }
        }
        false => return d * y,
    };
    let Some(f) = (if e > 0.0 { Some(e * x) } else { None }) else {
        return x;
    };
    f + a + b
}

#[differentiable]
fn returns_from_an_arm(x: &[f64]) -> f64 {
    for (i, v) in x.iter().enumerate() {
        if *v > 0.0 {
            match i {
                0 => return v * v,
                n if n > 2 => return x[n - 1] * v,
                _ => {}
            }
        }
    }
    0.0
}

#[differentiable]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..a.len().min(b.len()) {
        s += a[i] * b[i];
    }
    s
}

#[differentiable]
fn one_slice_as_two_arguments(x: &[f64], n: usize) -> f64 {
    let y = x.to_vec();
    let d = dot(x, x) + dot(&x[..n], &x[n..]) + dot(&y, x);

    d
}

#[differentiable]
fn scale_by(a: &mut [f64], b: &[f64]) {
    for i in 0..b.len() {
        a[i] *= b[i];
    }
}

#[differentiable]
fn step(a: &mut f64, b: f64) -> f64 {
    *a = *a * b + b;
    *a * b
}

#[differentiable]
fn exclusive_arguments_everywhere(x: &[f64], w: f64) -> f64 {
    let mut y = x.to_vec();
    scale_by(&mut y, x);
    let z = y.clone();
    scale_by(&mut y[1..], &z[..2]);
    let mut t = w;
    let u = step(&mut t, w) * step(&mut t, z[0]) + step(&mut y[0], t);
    for i in 0..3 {
        let q = step(&mut y[i], t);
        t = step(&mut t, 0.3) * q;
    }
    dot(&y, &y) + t * u
}

#[differentiable]
fn fact(x: f64, n: usize) -> f64 {
    if n == 0 {
        return x;
    }
    x * fact(x * 0.9, n - 1)
}

#[differentiable]
fn even(x: f64, n: usize) -> f64 {
    if n == 0 { x } else { x * odd(x + 0.1, n - 1) }
}

#[differentiable]
fn odd(x: f64, n: usize) -> f64 {
    if n == 0 {
        x * x
    } else {
        let mut s = 0.0;
        for i in 0..n {
            s += even(x * 0.5, n - 1 - i) * x;
        }
        s
    }
}

#[differentiable]
fn rec_mut(x: &mut [f64], d: usize) -> f64 {
    if d == 0 {
        return x[0];
    }
    for i in 0..x.len() {
        x[i] *= 1.1;
        let n = x.len();
        x[i] += x[(i + 1) % n];
    }
    let r = rec_mut(&mut x[1..], d - 1);
    x[0] *= r;
    x[0] * rec_mut(x, d - 1)
}

#[differentiable]
fn recursion_of_both_kinds(x: f64, n: usize) -> f64 {
    even(x, n) + fact(x, n)
}

fn rng(seed: &mut u64) -> f64 {
    *seed = seed
        .wrapping_mul(6364136223846793005)
        .wrapping_add(1442695040888963407);
    (*seed >> 40) as f64 / 16777216.0
}

#[differentiable]
fn generator_as_a_parameter(x: f64, #[constant] seed: &mut u64) -> f64 {
    let mut s = x;
    for _ in 0..4 {
        let r = rng(seed);
        if r > 0.5 {
            s = s * x + rng(seed);
        } else {
            s = s.sin() * r;
        }
    }
    s
}

#[differentiable]
fn generator_in_a_condition(x: f64, n: u64) -> f64 {
    let mut seed = n;
    let mut s = x;
    while rng(&mut seed) < 0.8 {
        s = s * rng(&mut seed) + x * s;
    }
    s
}

#[differentiable]
fn reborrows(x: &mut [f64], n: usize) -> f64 {
    let a = &mut x[..n];
    let b = &mut *a;
    b[0] *= b[1];
    let c = &mut b[1..];
    c[0] = c[0] * c[0] + 1.0;
    a[0] += a[1];
    let r = &x;
    r[0] * r[1]
}

#[differentiable]
fn clones_and_moves(x: &[f64]) -> f64 {
    let v = x.to_vec();
    let mut s = 0.0;
    for i in 0..2 {
        let w = v.clone();
        s += w[i] * v[i];
        let u = w;
        s *= u[i + 1];
    }
    let moved = v;
    s * moved[0]
}

#[differentiable]
fn aliases_in_a_loop(x: &[f64]) -> f64 {
    let mut m = vec![vec![1.0; 2]; 2];
    let mut k = [0usize; 2];
    for i in 0..x.len() {
        k[i % 2] += 1;
        let row = &mut m[k[0] % 2];
        row[k[1] % 2] *= x[i];
        let tmp = m[0].clone();
        m[1][0] += tmp[1] * tmp[0];
        let (p, q) = (k[0], k[1]);
        k = [q, p];
        m[k[0] % 2][0] += x[k[1] % x.len()];
    }
    m[0][0] * m[1][1] + m[0][1] * m[1][0]
}

#[differentiable]
fn patterns_and_parts(x: &[f64], y: f64) -> f64 {
    let mut t = (y, [y * 2.0, 3.0]);
    let u = t;
    t.1[0] *= u.0;
    (t.0, t.1) = (t.1[0], [t.0, t.1[1] * y]);
    [t.1[0], t.1[1]] = [t.1[1], t.1[0] * y];
    let [a, .., b] = x else { return y };
    let [first, rest @ ..] = x else { return y };
    a * b * t.0 * t.1[0] + rest[0] * first * t.1[1]
}

#[differentiable]
fn arrays_run_through(x: &[f64], y: f64) -> f64 {
    let mut s = y;
    for (i, chunk) in [0usize, 2].iter().enumerate() {
        s = s * x[*chunk] + i as f64;
    }
    for &i in &[1usize, 0, 1] {
        s = s * x[i] + 0.1;
    }
    for (j, w) in [1.0, y, 3.0].iter().enumerate() {
        s = s * w * x[j];
    }
    for w in [x[0], y] {
        s += w * s;
    }
    for row in [[y, 1.0], [2.0, x[1]]].iter() {
        for v in row {
            s = s * v;
        }
    }
    for row in &[[y, 1.0], [2.0, x[1]]] {
        let [p, q] = row;
        s += p * q;
    }
    for (a, b) in [(y, 1.0), (x[2], s)] {
        s = s * a + b;
    }
    for &(a, b) in &[(y, 1.0), (x[2], s)] {
        s = s * a + b;
    }
    s
}

#[differentiable]
fn integers_of_branches(x: f64, n: usize) -> f64 {
    let k = if n > 2 { 3 } else { 4 };
    let j = match k {
        3 => 2usize,
        _ => 1,
    };
    let l = {
        let t = j + 1;
        t * 2
    };
    let mut a = [x, x * 2.0, 3.0, x * x, 1.0, 2.0, x];
    let i = loop {
        if a[j] > 0.0 {
            break l;
        }
        a[j] += 1.0;
    };
    a[i] *= a[j];
    let q = if let Some(z) = Some(n).filter(|z| *z > 100) {
        z
    } else {
        1
    };
    a[i] * a[q] * (k as f64).powi(l as i32) + x.powi(-(j as i32)) * x.max(k as f64 * 0.1).min(10.0)
}

#[differentiable]
fn truth_values(x: f64, y: f64) -> f64 {
    let flag = x > y;
    let other = !flag || y > 0.0 && { flag };
    let z = if other { x } else { y };
    let w = if flag & other | !other ^ true {
        z * 2.0
    } else {
        y
    };
    let c = match (flag, other) {
        (true, _) => w,
        (false, true) => x * w,
        _ => y,
    };
    let t = match (x, y) {
        (a, b) if a > b => a * b,
        (a, _) if a < 0.0 => a,
        (_, b) => b * b,
    };
    let u = match x {
        v if v > 5.0 => v,
        0.0..=1.0 => x * 3.0,
        _ => y,
    };
    let Some(r) = Some((x, c)) else { return 0.0 };
    let (g, h) = if flag { (y, x) } else { r };
    g * h * c + t * u
}

#[differentiable(wrt(x))]
fn only_one_wanted(x: f64, y: f64) -> f64 {
    let z = y.sin() * 2.0;
    let w = z * x;
    w * w + z
}

fn plain(v: &[f64], k: usize) -> f64 {
    v[k] * 2.0
}

#[differentiable]
fn slices_of_constants(x: f64, #[constant] c: &[f64]) -> f64 {
    let mut s = x;
    for k in 0..c.len() {
        s = s * plain(c, k) + plain(&c[k..], 0) * x;
    }
    s
}

programs! {
    labels_in_arms { x: slice = vector(6, 1), w: val = 0.8 };
    values_of_blocks_and_loops { x: val = 0.8, y: val = 0.7 };
    returns_from_an_arm { x: slice = vector(6, 4) };
    one_slice_as_two_arguments { x: slice = vector(6, 1), n: konst = 3_usize };
    exclusive_arguments_everywhere { x: slice = vector(3, 1), w: val = 0.8 };
    recursion_of_both_kinds { x: val = 0.8, n: konst = 4_usize };
    rec_mut { x: inout = vector(4, 3), d: konst = 2_usize };
    generator_as_a_parameter { x: val = 0.8, seed: konst_mut = 7_u64 };
    generator_in_a_condition { x: val = 0.8, n: konst = 7_u64 };
    reborrows { x: inout = vector(4, 1), n: konst = 3_usize };
    clones_and_moves { x: slice = vector(4, 1) };
    aliases_in_a_loop { x: slice = vector(5, 1) };
    patterns_and_parts { x: slice = vector(4, 1), y: val = 0.7 };
    arrays_run_through { x: slice = vector(3, 1), y: val = 0.7 };
    integers_of_branches { x: val = 0.6, n: konst = 4_usize };
    truth_values { x: val = 0.6, y: val = 0.4 };
    only_one_wanted { x: val = 0.6, y: konst = 0.4_f64 };
    slices_of_constants { x: val = 0.6, c: konst_slice = vec![0.3, 0.5, 0.7] };
}
