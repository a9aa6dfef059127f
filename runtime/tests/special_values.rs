//! The conventions at ties, bounds, zeros and singular points, one row each, read from the table's
//! own partials.

use pullback_runtime::helper;
use pullback_runtime::ops::RemRule;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// Takes an argument as the type that the table writes for it.
macro_rules! argument {
    ($value:expr) => {
        $value
    };
    ($value:expr, $ty:ty) => {
        $value as $ty
    };
}

macro_rules! rules {
    (
        methods { $(
            $name:ident ($($arg:ident $(: $ty:ty)?),*) -> $result:ident : { $($wrt:ident : $partial:expr),* } on $domain:tt;
        )* }
        helpers $helpers:tt
    ) => {
        /// The partials of the method called `name`, in the order of its entry.
        #[allow(unused_variables)]
        fn partials(name: &str, arguments: &[f64]) -> Vec<f64> {
            $(
                if name == stringify!($name) {
                    let mut rest = arguments.iter();
                    $(let $arg = argument!(*rest.next().expect("too few arguments") $(, $ty)?);)*
                    assert!(rest.next().is_none(), "{name}: too many arguments");
                    let $result: f64 = f64::$name($($arg),*);
                    return vec![$($partial),*];
                }
            )*
            panic!("no rule for {name}");
        }
    };
}

include!("../rules/table.rs");

/// Equal, also as NaN or as the same infinity, up to rounding.
fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-15 * b.abs()
}

/// Holds the partials at each point against the row's last column.
fn check(rows: &[(&str, &[f64], &[f64])]) {
    for (name, arguments, expected) in rows {
        let found = partials(name, arguments);
        assert!(
            found.len() == expected.len() && found.iter().zip(*expected).all(|(&a, &b)| same(a, b)),
            "{name} at {arguments:?}: {found:?}, expected {expected:?}"
        );
    }
}

#[test]
fn slopes_of_piecewise_functions() {
    check(&[
        ("abs", &[0.0], &[0.0]),
        ("abs", &[-0.0], &[0.0]),
        ("abs", &[-2.0], &[-1.0]),
        ("abs", &[2.0], &[1.0]),
        ("abs", &[INF], &[1.0]),
        ("abs", &[NAN], &[NAN]),
        ("fract", &[2.0], &[1.0]),
        ("fract", &[-2.5], &[1.0]),
        ("copysign", &[-2.0, 1.0], &[-1.0]),
        ("copysign", &[2.0, -1.0], &[-1.0]),
        ("copysign", &[-2.0, -1.0], &[1.0]),
        ("copysign", &[0.0, 1.0], &[0.0]),
        ("clamp", &[0.0, 0.0, 6.0], &[1.0, 0.0, 0.0]),
        ("clamp", &[6.0, 0.0, 6.0], &[1.0, 0.0, 0.0]),
        ("clamp", &[-1.0, 0.0, 6.0], &[0.0, 1.0, 0.0]),
        ("clamp", &[7.0, 0.0, 6.0], &[0.0, 0.0, 1.0]),
        ("rem_euclid", &[-3.0, 2.0], &[1.0, 2.0]),
        ("rem_euclid", &[4.0, 2.0], &[1.0, -2.0]),
    ]);
}

#[test]
fn ties_are_shared_and_nan_loses() {
    check(&[
        ("max", &[1.0, 1.0], &[0.5, 0.5]),
        ("min", &[1.0, 1.0], &[0.5, 0.5]),
        ("max", &[0.0, -0.0], &[0.5, 0.5]),
        ("max", &[2.0, 1.0], &[1.0, 0.0]),
        ("max", &[1.0, 2.0], &[0.0, 1.0]),
        ("min", &[2.0, 1.0], &[0.0, 1.0]),
        ("min", &[1.0, 2.0], &[1.0, 0.0]),
        ("max", &[NAN, 1.0], &[0.0, 1.0]),
        ("max", &[1.0, NAN], &[1.0, 0.0]),
        ("min", &[NAN, 1.0], &[0.0, 1.0]),
        ("min", &[1.0, NAN], &[1.0, 0.0]),
        ("max", &[INF, INF], &[0.5, 0.5]),
    ]);
}

#[test]
fn powers_at_zero_and_of_negative_numbers() {
    check(&[
        ("powi", &[0.0, 2.0], &[0.0]),
        ("powi", &[0.0, 1.0], &[1.0]),
        ("powi", &[0.0, 0.0], &[0.0]),
        ("powi", &[0.0, -1.0], &[-INF]),
        ("powi", &[-2.0, 3.0], &[12.0]),
        ("powi", &[1.0, f64::from(i32::MIN)], &[f64::from(i32::MIN)]),
        ("powf", &[0.0, 2.0], &[0.0, 0.0]),
        ("powf", &[0.0, 1.0], &[1.0, 0.0]),
        ("powf", &[0.0, 0.5], &[INF, 0.0]),
        ("powf", &[0.0, -1.0], &[-INF, -INF]),
        ("powf", &[0.0, 0.0], &[0.0, 0.0]),
        ("powf", &[-1.0, 2.0], &[-2.0, 0.0]),
        ("powf", &[-1.0, 0.5], &[NAN, NAN]),
        ("powf", &[-1.0, 0.0], &[0.0, 0.0]),
        // The value underflows or overflows, the slope does not.
        ("powf", &[1e-200, 2.0], &[2e-200, 0.0]),
        ("powf", &[1e160, 2.0], &[2e160, INF]),
        ("powf", &[NAN, 2.0], &[NAN, NAN]),
    ]);
}

#[test]
fn norms_and_angles() {
    check(&[
        ("hypot", &[0.0, 0.0], &[0.0, 0.0]),
        ("hypot", &[0.0, -0.0], &[0.0, 0.0]),
        ("hypot", &[0.0, 2.0], &[0.0, 1.0]),
        ("hypot", &[3e200, 4e200], &[0.6, 0.8]),
        ("hypot", &[3e-200, 4e-200], &[0.6, 0.8]),
        ("atan2", &[0.0, 0.0], &[0.0, 0.0]),
        ("atan2", &[0.0, -1.0], &[-1.0, 0.0]),
        ("atan2", &[1.0, 0.0], &[0.0, -1.0]),
        ("atan2", &[2e200, 2e200], &[2.5e-201, -2.5e-201]),
        ("atan2", &[2e-200, 2e-200], &[2.5e199, -2.5e199]),
    ]);
}

#[test]
fn singular_points_give_what_the_formula_gives() {
    check(&[
        ("sqrt", &[0.0], &[INF]),
        ("sqrt", &[-1.0], &[NAN]),
        ("cbrt", &[0.0], &[INF]),
        ("ln", &[0.0], &[INF]),
        ("log2", &[0.0], &[INF]),
        ("log10", &[0.0], &[INF]),
        ("ln_1p", &[-1.0], &[INF]),
        ("recip", &[0.0], &[-INF]),
        ("asin", &[1.0], &[INF]),
        ("acos", &[1.0], &[-INF]),
        ("acosh", &[1.0], &[INF]),
        ("atanh", &[1.0], &[INF]),
        ("exp", &[-INF], &[0.0]),
        ("tanh", &[INF], &[0.0]),
    ]);
}

#[test]
fn zero_rules_name_no_argument() {
    for name in [
        "floor",
        "ceil",
        "round",
        "round_ties_even",
        "trunc",
        "signum",
    ] {
        assert_eq!(partials(name, &[1.5]), [], "{name} ends every path");
    }
    assert_eq!(partials("div_euclid", &[5.0, 2.0]), []);
    // The sign passes nothing on: one partial, that of the magnitude.
    assert_eq!(partials("copysign", &[1.0, 1.0]).len(), 1);
}

#[test]
fn the_remainder_passes_its_left_operand() {
    assert_eq!(RemRule::vjp_lhs(&4.0, &2.0, &1.0), 1.0);
    assert_eq!(RemRule::vjp_lhs(&-0.5, &2.0, &1.0), 1.0);
    assert_eq!(RemRule::vjp_rhs(&7.5, &2.0, &1.0), -3.0);
    assert_eq!(RemRule::vjp_rhs(&-7.5, &2.0, &1.0), 3.0);
}

#[test]
fn second_derivatives_of_powers_at_zero() {
    assert_eq!(helper::powi_dxx(0.0, 2), 2.0);
    assert_eq!(helper::powi_dxx(0.0, 1), 0.0);
    assert_eq!(helper::powi_dxx(0.0, 0), 0.0);
    assert_eq!(helper::powf_dxx(0.0, 2.0), 2.0);
    assert_eq!(helper::powf_dxx(0.0, 1.0), 0.0);
    assert_eq!(helper::powf_dxy(0.0, 2.0), 0.0);
    assert_eq!(helper::powf_dyy(0.0, 2.0), 0.0);
    assert_eq!(helper::powf_dyy(-1.0, 2.0), 0.0);
}
