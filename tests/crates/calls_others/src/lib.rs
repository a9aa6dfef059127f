//! Calls of differentiable functions of another crate, also generic and under other names.
#![deny(warnings)]

use pullback::{Differentiable, differentiable};
use renamed::{Gauge, norm as length};

/// Through the crate's name, through another name, and of a generic function.
#[differentiable]
pub fn total(x: &[f64], k: f64) -> f64 {
    let mut sum = renamed::scaled(x, k);
    for i in 1..x.len() {
        if length(&x[i..]) > 0.5 {
            sum += length(&x[..i]) * k;
        }
    }
    sum
}

/// The other crate's function passes nothing on from its first parameter. That is told here, at the parameter and at
/// the call: without the warning, the expectation would be one.
#[expect(deprecated)]
#[differentiable]
pub fn coarse(x: f64, size: f64) -> f64 {
    renamed::bucket(2.0 * x, size)
}

/// Two calls deep, under another name, beside a way that is whole.
#[expect(deprecated)]
#[differentiable]
pub fn deep(x: f64, size: f64) -> f64 {
    let around = length(&[x, 1.0]);
    coarse(around, size)
}

/// A connected input has no warning, whatever else the callee cuts.
#[differentiable]
pub fn whole(x: f64, size: f64) -> f64 {
    renamed::bucket(2.0 * x, size) + x
}

/// Has a value of the other crate in a field.
#[derive(Clone, Debug, Differentiable)]
pub struct Desk {
    /// The other crate's.
    pub gauge: Gauge<f64>,
}

#[expect(deprecated)]
#[differentiable]
impl Desk {
    /// Of a field, whose method is the other crate's.
    pub fn shown(&self, volts: f64, shift: f64) -> f64 {
        self.gauge.read(volts) + shift
    }
}

/// Two calls deep, of which the second is a method of the other crate.
#[expect(deprecated)]
#[differentiable]
pub fn told(gauge: &Gauge<f64>, volts: f64, shift: f64) -> f64 {
    handed_on(gauge, volts, shift)
}

#[expect(deprecated)]
#[differentiable]
fn handed_on(gauge: &Gauge<f64>, volts: f64, shift: f64) -> f64 {
    gauge.read(volts) * shift
}

#[test]
fn a_cut_in_a_method_of_another_crate_is_known_here() {
    use pullback::Reach;
    for told in [Desk::shown_reachability(), told::reachability()] {
        assert!(matches!(told.of("volts"), Some(Reach::Never { .. })), "{told}");
        assert_eq!(told.of("shift"), Some(&Reach::Always), "{told}");
    }
}

#[test]
fn a_cut_in_another_crate_is_known_here() {
    use pullback::Reach;
    for told in [coarse::reachability(), deep::reachability()] {
        let Some(Reach::Never { cuts }) = told.of("x") else {
            panic!("{told}");
        };
        assert_eq!(cuts.len(), 1, "{told}");
        assert_eq!(told.of("size"), Some(&Reach::Always), "{told}");
    }
    assert!(matches!(coarse::reachability().of("x"), Some(Reach::Never { cuts }) if cuts[0].text == "bucket"));
    assert!(matches!(deep::reachability().of("x"), Some(Reach::Never { cuts }) if cuts[0].text == "coarse"));
    assert_eq!(whole::reachability().of("x"), Some(&Reach::Always));
    assert_eq!(coarse::gradients(1.3, 0.5).x, None);
    assert_eq!(deep::gradients(1.3, 0.5).x, None);
    assert_eq!(whole::gradients(1.3, 0.5).x, Some(1.0));
}

#[test]
fn derivatives_pass_through_another_crate() {
    pullback::check!(total, (&[3.0, 4.0, 0.1], 0.5));
    assert!(total::gradients(&[3.0, 4.0], 0.5).k.is_some());
}
