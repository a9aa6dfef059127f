//! Names: those that generated code has for itself, keywords, a macro's own beside the user's, and items that hide
//! what the prelude has; conditions and attributes in every place; functions wherever they can stand.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn names(value: f64, tape: f64, seed: f64) -> f64 {
    let t = value * tape;
    let t_2 = t.sin();
    let value_bar = t_2 * seed;
    let x_bar = value_bar + t;
    let mut pullback = x_bar * 2.0;
    let kept = 3;
    for trip in 0..kept {
        let lane = pullback * trip as f64;
        let next = lane.cos();
        let body = next;
        pullback += body * value_bar;
    }
    let helper_pullback = helper(pullback);
    let __rt = helper_pullback;
    let __tape = __rt * 1.5;
    let __value = __tape;
    let __pullback = __value * __value;
    let __seed = __pullback;
    let __dot0 = __seed;
    let __t0 = __dot0;
    let __S0 = __t0;
    __S0.tanh() + tape
}
#[differentiable]
fn helper(pullback: f64) -> f64 {
    pullback * pullback
}

/// What is saved of a variable with such a name is kept as of any other.
#[differentiable]
fn lanes(x: f64) -> f64 {
    let mut y = x;
    if x > 0.0 {
        let fast_lane = x.sin() * y;
        y = fast_lane.exp() * fast_lane;
    }
    for trip in 0..3 {
        let slot_lane = y.sin();
        let lane_slot = slot_lane.exp();
        y += slot_lane * lane_slot * trip as f64;
    }
    y
}

#[differentiable]
fn params(__tape: f64, __dot0: f64, __rt: &[f64], __pullback: f64) -> f64 {
    __tape * __dot0 + __rt[0] * __pullback
}
#[differentiable]
fn r#type(r#match: f64, r#fn: &[f64]) -> f64 {
    let r#struct = r#match * 2.0;
    let mut r#loop = 1.0;
    for r#in in r#fn {
        r#loop *= r#in + r#struct;
    }
    r#loop
}
#[differentiable]
fn raw_caller(r#dyn: f64) -> f64 {
    r#type(r#dyn, &[r#dyn, 2.0])
}

macro_rules! make {
    ($name:ident, $x:ident, $body:expr) => {
        #[differentiable]
        fn $name($x: f64, y: f64) -> f64 {
            let t = $x * y;
            t * $body + y
        }
    };
}
make!(made, t, t.sin() * 2.0 + 1.0);
macro_rules! caps {
    ($name:ident, $x:ident, $e:expr) => {
        #[differentiable]
        fn $name($x: f64) -> f64 {
            let mut s = $x * 2.0;
            println!("{s}");
            for i in 0..2 {
                let s2 = s * $e;
                s += s2;
            }
            assert!(s > 0.0, "{}", $x);
            s + $e
        }
    };
}
caps!(capped, s, {
    let mut i = s;
    for s2 in 0..3 {
        i *= s + s2 as f64;
    }
    i
});
macro_rules! poly {
    ($($name:ident: $ty:ty = $e:expr;)*) => { $(
        #[differentiable]
        fn $name(x: $ty) -> $ty { let y: $ty = x; let a = $e; a * y + x }
    )* };
}
poly! { p64: f64 = 2.0 + 1.0; p32: f32 = 0.5 * 3.0; }

macro_rules! typed {
    ($name:ident, $slice:ty, $number:ty, $pair:ty, $path:path, $word:ty, $pattern:pat, $body:expr) => {
        #[differentiable]
        fn $name(v: $slice, x: $number, pair: $pair, word: $word) -> $number {
            let $pattern: $pair = pair;
            let last = $body;
            let more = $path(v, x);
            let both: Vec<$number> = v.iter().map(|e: &$number| e * <$number>::abs(x)).collect();
            let scaled = both.iter().sum::<$number>() * word.len() as $number;
            scaled * more + pair.0 * pair.1 + last
        }
    };
}
#[differentiable]
fn first_by(v: &[f64], x: f64) -> f64 {
    v[0] * x
}
typed!(
    of_given_types,
    &[f64],
    f64,
    (f64, f64),
    self::first_by,
    &str,
    (p, q),
    { p * q + 2.0 }
);

#[test]
fn types_that_a_macro_was_given() {
    let (v, pair) = ([0.5, -2.0], (0.3, 0.4));
    let (value, pullback) = of_given_types::vjp(&v, 0.7, pair, "abc");
    assert!((value - (-1.5 * 0.7 * 3.0 * 0.35 + 0.24 + 2.0)).abs() < 1e-15);
    let (v_bar, x_bar, pair_bar) = pullback(1.0);
    assert!((v_bar[1] - 0.7 * 3.0 * 0.35).abs() < 1e-15);
    assert!((x_bar - 2.0 * -1.5 * 3.0 * 0.35).abs() < 1e-12);
    assert_eq!(pair_bar, (0.8, 0.6));
}

mod outer {
    pub mod inner {
        use pullback::differentiable;
        #[differentiable]
        pub(crate) fn f(x: f64) -> f64 {
            x * g(x)
        }
        #[differentiable]
        pub(in crate::hygiene::outer) fn g(x: f64) -> f64 {
            x.exp()
        }
        #[differentiable]
        pub(super) fn h(x: f64) -> f64 {
            super::top(x) * self::g(x) * crate::hygiene::helper(x)
        }
    }
    #[pullback::differentiable]
    fn top(x: f64) -> f64 {
        x + 1.0
    }
    pub fn hh(x: f64) -> f64 {
        inner::h::grad(x)
    }
}
struct W<T>(T);
impl<T> W<T> {
    fn inside(x: f64) -> f64 {
        #[differentiable]
        fn local(x: f64) -> f64 {
            x * x * x
        }
        local::grad(x)
    }
}
#[differentiable]
fn inner_macro(x: f64, y: f64) -> f64 {
    #[differentiable]
    fn local(x: f64, k: f64) -> f64 {
        x * x * k
    }
    const SCALE: f64 = 2.0;
    use std::f64::consts::PI as CIRCLE;
    local(x, y) * SCALE * CIRCLE
}
#[allow(dead_code, non_camel_case_types)]
mod shadows {
    use pullback::differentiable;
    struct Option;
    struct Some;
    struct Vec;
    struct Default;
    struct Fn;
    trait Clone {}
    struct Send;
    fn drop() {}
    mod core {}
    mod std {}
    mod pullback_runtime {}
    type f = u8;
    #[differentiable]
    pub fn g(x: f64, y: &[f64]) -> f64 {
        let mut a = [x, 2.0];
        for i in 0..y.len() {
            a[0] *= y[i];
        }
        h(a[0]) + a[1]
    }
    #[differentiable]
    pub fn h(x: f64) -> f64 {
        x.sin()
    }
}
#[differentiable]
fn lifetimes<'r#fn, 'tape, 'body>(x: &'r#fn [f64], y: &'tape [f64]) -> f64 {
    let mut s = 0.0;
    'body: for i in 0..x.len() {
        'r#loop: loop {
            s += x[i] * y[i];
            if s > 100.0 {
                return s;
            }
            if s > 10.0 {
                break 'body;
            }
            break 'r#loop;
        }
    }
    s
}

/// An expression that a macro is given stays together, in the function itself as well.
macro_rules! kept_together {
    ($name:ident, $x:ident: $ty:ty, $sum:expr, $low:expr) => {
        #[differentiable]
        fn $name($x: $ty) -> $ty {
            let scaled = 2.0 * $sum;
            let powered = $sum.powi(2) + -$sum - $sum;
            assert!(2.0 * $sum < 1e9);
            if $low == $sum {
                scaled
            } else {
                scaled * powered / $sum
            }
        }
    };
}
kept_together!(together, x: f64, x + 1.0, -x);

#[test]
fn a_function_is_what_it_was_without_the_attribute() {
    let (x, sum) = (0.3_f64, 1.3_f64);
    let expected = 2.0 * sum * (sum * sum - sum - sum) / sum;
    assert!((together(x) - expected).abs() < 1e-12);
}

/// What is compiled out is not differentiated.
#[differentiable]
fn conditions(x: f64, #[cfg(windows)] y: &str, #[cfg(not(windows))] y: f64) -> f64 {
    #[cfg(windows)]
    let x = x * nothing;
    #[cfg(not(windows))]
    let x = x * 3.0;
    #[cfg(all(unix, not(windows)))]
    let x = {
        let k = x.sin();
        k * 2.0
    };
    #[allow(unused_variables)]
    let z = 3.0;
    #[cfg_attr(windows, constant)]
    let w = x * 3.0;
    #[cfg(all(windows, unix))]
    println!("{x}");
    #[cfg(windows)]
    {
        x = 3.0;
    }
    let n = 2;
    let t = match n {
        #[cfg(windows)]
        2 => 1.0,
        #[cfg(not(windows))]
        #[allow(unused)]
        2 => x * y,
        _ => 0.0,
    };
    let all = [
        x,
        #[cfg(windows)]
        3.0,
        t,
    ];
    all[0]
        + all[1]
        + x.max(
            #[cfg(windows)]
            4.0,
            #[cfg(not(windows))]
            y,
        ) * w
}

#[differentiable]
#[cfg(windows)]
fn alternative(x: Nothing) -> f64 {
    x.0
}

/// Documented.
#[differentiable]
#[cfg(not(windows))]
#[inline]
#[must_use]
fn alternative(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn constants_by_path(#[pullback::constant] k: f64, x: f64) -> f64 {
    #[pullback::constant]
    let z = x * 2.0;
    k * x * z
}

/// `wrt` and the fields of `gradients` have the names that the user wrote.
#[differentiable(wrt(__tape))]
fn wrt_of_a_taken_name(__tape: f64, __rt: f64) -> f64 {
    __tape * __tape * __rt
}

#[test]
fn fields_have_the_names_of_parameters() {
    assert_eq!(params::gradients(0.3, 0.7, &[0.2], 4.0).__tape, Some(0.7));
    assert_eq!(wrt_of_a_taken_name::gradients(0.5, 3.0).__tape, Some(3.0));
}

#[test]
fn functions_stand_anywhere() {
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    close(outer::inner::f::grad(0.3), 0.3_f64.exp() * 1.3);
    close(W::<u8>::inside(2.0), 12.0);
    assert!(outer::hh(0.2).is_finite());
}

programs! {
    names { value: val = 0.3, tape: val = 0.7, seed: val = 0.2 };
    lanes { x: val = 0.3 };
    params { __tape: val = 0.3, __dot0: val = 0.7, __rt: slice = vec![0.2], __pullback: val = 4.0 };
    r#type { r#match: val = 0.3, r#fn: slice = vector(3, 1) };
    raw_caller { r#dyn: val = 0.4 };
    made { t: val = 0.3, y: val = 0.7 };
    capped { s: val = 0.3 };
    together { x: val = 0.3 } exact [4.0 * 1.3 - 4.0];
    p64 { x: val = 0.3 } exact [4.0];
    single p32 { x: val = 0.5_f32 } exact [2.5];
    inner_macro { x: val = 0.3, y: val = 0.7 };
    lifetimes { x: slice = vector(3, 1), y: slice = vector(3, 2) };
    conditions { x: val = 0.3, y: val = 0.7 };
    alternative { x: val = 0.3 } exact [0.6];
    cut constants_by_path { k: konst = 2.0, x: val = 3.0 } exact [12.0];
    wrt_of_a_taken_name { __tape: val = 0.3, __rt: konst = 0.7 };
}
