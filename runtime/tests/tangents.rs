//! The vector space that a tangent is, its shadows, and what generated code adds to it.

use pullback_runtime::rt::{self, accumulate};
use pullback_runtime::{Differentiable, NoTangent, OptionTangent, Real, ResultTangent, Tangent};
use std::fmt::Debug;

/// The flat components of a tangent.
fn components(tangent: &impl Tangent) -> Vec<f64> {
    let mut found = Vec::new();
    tangent.for_each(&mut |component| found.push(component));
    found
}

/// Holds each operation of one tangent against the same on its flat components.
fn check_space<T: Tangent + PartialEq + Debug>(t: &T) {
    let flat = components(t);
    let zero = t.zero_like();
    assert_eq!(components(&zero), vec![0.0; flat.len()]);

    let mut sum = t.clone();
    sum.add_assign(&zero);
    assert_eq!(&sum, t, "adding zero changes nothing");
    sum.absorb(t.clone());
    let mut double = t.clone();
    double.scale(2.0);
    assert_eq!(sum, double, "twice is t + t");
    assert_eq!(
        components(&double),
        flat.iter().map(|c| 2.0 * c).collect::<Vec<_>>()
    );
    assert_eq!(
        t.dot(&double),
        flat.iter().map(|c| 2.0 * c * c).sum::<f64>()
    );

    let mut walked = t.clone();
    walked.for_each_mut(&mut |component| *component *= 2.0);
    assert_eq!(walked, double);

    let mut rest = t.clone();
    assert_eq!(&rt::take(&mut rest), t);
    assert_eq!(rest, zero, "take leaves a zero of the same shape");

    let mut poisoned = t.clone();
    poisoned.for_each_mut(&mut |component| *component = f64::NAN);
    assert_eq!(poisoned.is_finite(), flat.is_empty());
    poisoned.set_zero();
    assert_eq!(poisoned, zero, "zero also where a NaN was");
    assert!(poisoned.is_finite());
}

#[test]
fn every_container_is_a_vector_space() {
    check_space(&1.5_f64);
    check_space(&1.5_f32);
    check_space(&());
    check_space(&NoTangent);
    check_space(&[1.0, -2.0, 3.0]);
    check_space(&[[1.0_f32, 2.0], [3.0, 4.0]]);
    check_space(&vec![1.0, 2.0]);
    check_space(&vec![vec![1.0], vec![], vec![2.0, 3.0]]);
    check_space(&(1.0, vec![2.0_f32], [3.0], NoTangent));
    check_space(&(
        1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0,
    ));
    check_space(&OptionTangent::Some(vec![1.0, 2.0]));
    check_space(&OptionTangent::<f64>::None);
    check_space(&OptionTangent::<f64>::Zero);
    check_space(&ResultTangent::Ok((1.0, 2.0)));
    check_space(&ResultTangent::<f64>::Err);
}

#[test]
fn a_shorter_vector_has_zeros_behind_it() {
    let mut t = vec![1.0, 2.0];
    t.add_assign(&vec![10.0]);
    assert_eq!(t, [11.0, 2.0]);
    t.add_assign(&vec![0.0, 0.0, 5.0]);
    assert_eq!(t, [11.0, 2.0, 5.0]);
    t.absorb(vec![1.0; 4]);
    assert_eq!(t, [12.0, 3.0, 6.0, 1.0]);
    assert_eq!(t.dot(&vec![2.0]), 24.0);
}

#[test]
fn single_precision_rounds_once() {
    let mut t = [1.0_f32, 3.0];
    t.for_each_mut(&mut |component| *component /= 3.0);
    assert_eq!(t, [(1.0_f64 / 3.0) as f32, 1.0]);
}

#[test]
fn a_variant_zero_adds_nothing_and_takes_anything() {
    let mut t = OptionTangent::Zero;
    t.add_assign(&OptionTangent::None);
    assert_eq!(t, OptionTangent::None);
    t.add_assign(&OptionTangent::Some(2.0));
    t.add_assign(&OptionTangent::Zero);
    t.add_assign(&OptionTangent::None);
    assert_eq!(t, OptionTangent::Some(2.0));
    assert_eq!(t.as_ref(), Some(&2.0));
    assert_eq!(t.into_inner(), Some(2.0));

    let mut empty = ResultTangent::Zero;
    *empty.some_mut(|| 1.0) += 1.0;
    assert_eq!(empty, ResultTangent::Ok(2.0));
    assert_eq!(ResultTangent::<f64>::Err.into_inner(), None);
}

#[test]
fn zeros_have_the_shape_of_the_value() {
    assert_eq!(rt::zero(&[1.0, 2.0][..]), vec![0.0, 0.0]);
    assert_eq!(rt::zero(&vec![vec![1.0], vec![]]), vec![vec![0.0], vec![]]);
    assert_eq!(rt::zero(&Some([1.0_f32; 2])), OptionTangent::Some([0.0; 2]));
    assert_eq!(rt::zero(&None::<f64>), OptionTangent::None);
    assert_eq!(rt::zero(&Err::<f64, _>("why")), ResultTangent::Err);
    assert_eq!(rt::zero(&(1.0, 2_usize, "s")), (0.0, NoTangent, NoTangent));
    assert_eq!(rt::zero(&Box::new([1.0].as_slice())), Box::new(vec![0.0]));
    assert_eq!(rt::zero(&&mut 1.0), 0.0);
    assert_eq!(rt::zero(&(0..3)), NoTangent);
}

#[test]
fn a_shadow_is_what_a_callee_borrows() {
    fn callee<S: ?Sized + rt::Accumulate<Vec<f64>>>(shadow: &mut S) {
        accumulate(shadow, vec![1.0, 2.0]);
    }
    let slice = [3.0, 4.0];
    let mut tangent = rt::zero(&slice[..]);
    let shadow: &mut [f64] = rt::shadow(&slice[..], &mut tangent);
    callee(shadow);
    assert_eq!(tangent, [1.0, 2.0]);

    let owned = slice.to_vec();
    let mut tangent = rt::zero(&owned);
    let shadow: &mut Vec<f64> = rt::shadow(&&owned, &mut tangent);
    callee(shadow);
    assert_eq!(tangent, [1.0, 2.0]);
}

#[test]
fn accumulate_adds_what_fits() {
    let mut scalar = 1.0;
    accumulate(&mut scalar, 2.0);
    assert_eq!(scalar, 3.0);

    let mut pair = (1.0_f32, [1.0, 2.0]);
    accumulate(&mut pair, (1.0, [1.0, 1.0]));
    assert_eq!(pair, (2.0, [2.0, 3.0]));

    let mut vector = Vec::new();
    accumulate(&mut vector, vec![1.0]);
    accumulate(&mut vector, [1.0, 2.0]);
    accumulate(&mut vector, &[1.0][..]);
    assert_eq!(vector, [3.0, 2.0]);

    let slice: &mut [f64] = &mut vector;
    accumulate(slice, vec![1.0]);
    accumulate(slice, [1.0, 1.0]);
    accumulate(slice, &[0.0, 1.0][..]);
    assert_eq!(vector, [5.0, 4.0]);

    let mut array = [1.0, 2.0];
    accumulate(&mut array, vec![1.0]);
    accumulate(&mut array, &[0.0, 1.0][..]);
    assert_eq!(array, [2.0, 3.0]);

    accumulate(&mut NoTangent, NoTangent);
    let mut option = OptionTangent::None;
    accumulate(&mut option, OptionTangent::Some(1.0));
    assert_eq!(option, OptionTangent::Some(1.0));
}

#[test]
#[should_panic(expected = "a cotangent of 2 elements was given for a slice of 1")]
fn a_cotangent_longer_than_its_slice_is_refused() {
    accumulate(&mut [0.0][..], vec![1.0, 2.0]);
}

#[test]
fn the_fallback_gives_no_tangent_where_there_is_none() {
    struct Opaque;
    let opaque = Opaque;
    assert_eq!(rt::zero_or_none!(opaque), NoTangent);
    assert_eq!(rt::zero_or_none!(3_usize), NoTangent);
    assert_eq!(rt::zero_or_none!(2.0_f32), 0.0_f32);
    assert_eq!(rt::zero_or_none!([1.0, 2.0][..]), vec![0.0, 0.0]);

    fn generic<T: Differentiable>(x: T) -> T::Tangent {
        rt::zero_or_none!(x)
    }
    assert_eq!(generic(1.0), 0.0);
}

#[test]
fn operators_have_rules_by_value_and_by_reference() {
    fn check<T: Real>() {
        let [a, b, t] = [3.0, 2.0, 10.0].map(T::from_f64);
        let of = |x: T| x.to_f64();
        assert_eq!(of(rt::AddRule::vjp_lhs(&a, &b, &t)), 10.0);
        assert_eq!(of(rt::AddRule::vjp_rhs(&a, &b, &t)), 10.0);
        assert_eq!(of(rt::SubRule::vjp_lhs(&a, &b, &t)), 10.0);
        assert_eq!(of(rt::SubRule::vjp_rhs(&a, &b, &t)), -10.0);
        assert_eq!(of(rt::MulRule::vjp_lhs(&a, &b, &t)), 20.0);
        assert_eq!(of(rt::MulRule::vjp_rhs(&a, &b, &t)), 30.0);
        assert_eq!(of(rt::DivRule::vjp_lhs(&a, &b, &t)), 5.0);
        assert_eq!(of(rt::DivRule::vjp_rhs(&a, &b, &t)), -7.5);
        assert_eq!(of(rt::NegRule::vjp(&a, &t)), -10.0);
        let [da, db] = [1.0, 4.0].map(T::from_f64);
        assert_eq!(of(rt::AddRule::jvp(&a, &b, &da, &db)), 5.0);
        assert_eq!(of(rt::SubRule::jvp(&a, &b, &da, &db)), -3.0);
        assert_eq!(of(rt::MulRule::jvp(&a, &b, &da, &db)), 14.0);
        assert_eq!(of(rt::DivRule::jvp(&a, &b, &da, &db)), -2.5);
        assert_eq!(of(rt::RemRule::jvp(&a, &b, &da, &db)), -3.0);
        assert_eq!(of(rt::NegRule::jvp(&a, &da)), -1.0);
        rt::assert_scalar(&a);
        assert_eq!(of(rt::real_like(&a, 0.5)), 0.5);
    }
    check::<f32>();
    check::<f64>();

    let (a, b) = (3.0, 2.0);
    assert_eq!(rt::MulRule::vjp_lhs(&&a, &b, &1.0), 2.0);
    assert_eq!(rt::MulRule::vjp_lhs(&a, &&b, &1.0), 2.0);
    assert_eq!(rt::MulRule::vjp_rhs(&&a, &&b, &1.0), 3.0);
    assert_eq!(rt::NegRule::vjp(&&a, &1.0), -1.0);
    // A literal next to a scalar of known type takes that type.
    assert_eq!(rt::MulRule::vjp_lhs(&1.0_f32, &2.0, &1.0), 2.0_f32);
}
