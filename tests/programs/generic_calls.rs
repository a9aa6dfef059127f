//! Calls between functions generic over the scalar, and between these and concrete ones.

use crate::harness::programs;
use pullback::{Real, differentiable};

#[differentiable]
fn sq<T: Real>(x: T) -> T {
    x * x.sin()
}

#[differentiable]
fn dot<T: Real>(x: &[T], y: &[T]) -> T {
    let mut s = T::zero();
    for i in 0..x.len() {
        s += x[i] * y[i];
    }
    s
}
#[differentiable]
fn scale<T: Real, const N: usize>(x: &mut [T; N], k: T) {
    for i in 0..N {
        x[i] *= k;
    }
}

#[differentiable]
fn generic_from_generic<T: Real>(x: T, y: &[T]) -> T {
    sq(x) + sq::<T>(dot(y, y)) * dot::<T>(y, y) + x.sqrt() / sq(y[0])
}
#[differentiable]
fn concrete(x: f64, y: &[f64]) -> f64 {
    let z = sq::<f64>(x) * 2.0;
    let w = sq(x);
    let mut a = [x, y[0], 2.0];
    scale(&mut a, w);
    z + w.sqrt() + generic_from_generic::<f64>(x, y) + a[0] * a[1]
}
#[differentiable]
fn mixed(x: f32, y: f64) -> f64 {
    let a = sq(x);
    f64::from(a) * sq(y) + f64::from(sq::<f32>(x)) + (sq::<f32>(x) as f64)
}
#[differentiable]
fn power<T: Real>(x: T, n: u32) -> T {
    if n == 0 {
        T::one()
    } else {
        x * power(x, n - 1)
    }
}
#[differentiable]
fn even<T: Real>(x: T, n: u32) -> T {
    if n == 0 {
        T::one()
    } else {
        x * odd::<T>(x, n - 1)
    }
}
#[differentiable]
fn odd<T: Real>(x: T, n: u32) -> T {
    if n == 0 {
        T::one()
    } else {
        x.sin() * even(x, n - 1)
    }
}
#[differentiable]
fn calls_concrete<T: Real>(x: T, y: f64) -> T {
    let a = concrete_callee(y);
    x * T::from_f64(a) + T::from_f64(concrete_callee(x.to_f64()))
}
#[differentiable]
fn concrete_callee(y: f64) -> f64 {
    y.exp() * 2.0
}

/// Two type parameters, of which the call names both.
#[differentiable]
fn two_scalars<S: Real, T: Real>(x: S, y: T) -> T {
    T::from_f64(x.to_f64().cos()) * y
}

#[differentiable]
fn calls_two<T: Real>(x: T, y: f64) -> f64 {
    let swapped: T = two_scalars(y, x);
    two_scalars::<T, f64>(x, y) + swapped.to_f64()
}

/// Names that the generated code has for type parameters and values of its own.
#[differentiable]
fn taken_names<__S0: Real, __P: Real, F: Copy>(x: __S0, y: __P, __rt: F) -> f64 {
    let _ = __rt;
    let (p, q): (__S0, __P) = (sq::<__S0>(x), sq(y));
    p.to_f64() * q.to_f64()
}

mod double {
    use super::*;
    programs! {
        generic_from_generic { x: val = 0.3, y: slice = vector(3, 1) };
        concrete { x: val = 0.3, y: slice = vector(3, 2) };
        power { x: val = 0.8, n: konst = 4_u32 } exact [4.0 * 0.8_f64.powi(3)];
        even { x: val = 0.8, n: konst = 5_u32 };
        calls_concrete { x: val = 0.8, y: val = 0.4 };
        calls_two { x: val = 0.8, y: val = 0.4 };
        taken_names { x: val = 0.8, y: val = 0.4, __rt: konst = 1_u8 };
        single mixed { x: val = 0.5_f32, y: val = 0.25 } exact [
            (0.5_f64.sin() + 0.5 * 0.5_f64.cos()) * (0.25 * 0.25_f64.sin() + 2.0),
            0.5 * 0.5_f64.sin() * (0.25_f64.sin() + 0.25 * 0.25_f64.cos())
        ];
    }
}

mod precise {
    use super::*;
    programs! {
        single generic_from_generic { x: val = 0.25_f32, y: slice = vec![0.5_f32, 0.75] }
            exact [generic_from_generic::grad(0.25, &[0.5, 0.75])];
        single power { x: val = 0.75_f32, n: konst = 4_u32 } exact [4.0 * 0.75_f64.powi(3)];
        single even { x: val = 0.75_f32, n: konst = 5_u32 } exact [even::grad(0.75, 5)];
        single calls_concrete { x: val = 0.75_f32, y: val = 0.5 } exact [calls_concrete::grad(0.75, 0.5)];
        single calls_two { x: val = 0.75_f32, y: val = 0.5 } exact [calls_two::grad(0.75, 0.5)];
    }
}
