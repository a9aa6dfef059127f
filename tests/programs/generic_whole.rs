//! Functions generic over the scalar that use the rest of the language: iterators, vectors, closures, errors as
//! values, structs with methods, tuples, options, nested arrays.

use crate::harness::programs;
use pullback::{Differentiable, Real, differentiable};

#[differentiable]
fn sums<T: Real>(x: &[T], k: T) -> T {
    let a: T = x.iter().map(|v| *v * k).sum();
    let b = x.iter().copied().sum::<T>();
    let c = x.iter().zip(x).fold(T::zero(), |acc, (p, q)| acc + *p * *q);
    let d = x.iter().fold(T::neg_infinity(), |m, v| m.max(*v));
    a * b + c.sqrt() * d
}
#[differentiable]
fn vecs<T: Real>(x: T, n: usize) -> T {
    let mut v = Vec::new();
    for i in 0..n {
        v.push(x * T::from_f64(i as f64));
    }
    let w: Vec<T> = v.iter().map(|a| a.sin()).collect();
    let mut u = vec![T::one(); n];
    u[0] = w[1];
    let s: T = w.iter().zip(&u).map(|(a, b)| *a * *b).sum();
    s + v[n - 1]
}
#[differentiable]
fn fallible<T: Real>(x: T) -> Result<T, String> {
    let y = root(x)?;
    Ok(y * x)
}
#[differentiable]
fn root<T: Real>(x: T) -> Result<T, String> {
    if x < T::zero() {
        return Err("negative".to_string());
    }
    Ok(x.sqrt())
}
#[derive(Clone, Debug, Differentiable)]
struct Layer<T: Real, const N: usize> {
    w: [T; N],
    b: T,
}

#[differentiable]
impl<T: Real, const N: usize> Layer<T, N> {
    fn forward(&self, x: &[T; N]) -> T {
        let mut s = self.b;
        for i in 0..N {
            s += self.w[i] * x[i];
        }
        s.tanh()
    }
    fn scaled(&self, k: T) -> T {
        self.b * k * T::from_f64(0.5) + k.sqrt()
    }
}
#[differentiable]
fn net<T: Real>(w: &[T; 2], b: T, x: T) -> T {
    let layer = Layer { w: *w, b };
    let y: T = layer.forward(&[x, x * x]);
    y * layer.scaled(x)
}
#[differentiable]
fn closures<T: Real>(x: T, y: T) -> T {
    let f = |a: T| a * y + T::one();
    let g = |a| f(a) * a;
    g(x) + f(y)
}
#[differentiable]
fn tuple_state<T: Real>(x: T, n: usize) -> (T, T) {
    let (mut a, mut b) = (x, T::one());
    for _ in 0..n {
        (a, b) = (a * b, a + b);
        if a > T::from_f64(100.0) {
            break;
        }
    }
    (a, b)
}
#[differentiable]
fn option<T: Real>(x: Option<T>, y: T) -> T {
    match x {
        Some(v) if v > y => v * y,
        Some(v) => v.sin(),
        None => y,
    }
}
#[differentiable]
fn shadow<T: Real>(x: T) -> T {
    let x = x * x;
    {
        let x = x.sin();
        if x > T::zero() {
            return x * T::from_f64(3.0);
        }
    }
    let t = match 3 {
        3 => x,
        _ => T::zero(),
    };
    let z = -t;
    z.abs() % T::from_f64(2.0)
}
#[differentiable]
fn matrix<T: Real, const R: usize, const C: usize>(m: &[[T; C]; R], v: &[T; C]) -> [T; R] {
    let mut out = [T::zero(); R];
    for (o, row) in out.iter_mut().zip(m) {
        for (a, b) in row.iter().zip(v) {
            *o += *a * *b;
        }
    }
    out
}
#[differentiable]
fn ref_arith<'a, T: Real>(x: &'a T, y: &T) -> T {
    *x * *y + x.sin() + y.powf(*x)
}

/// What calls give has no type for a macro, also where it is the type parameter's.
#[differentiable]
fn unknown_in_generic<T: Real>(x: T, flag: bool) -> T {
    let p = pick(x, flag);
    let q = p.sqrt() * p + p.powi(2);
    let mut acc = p;
    for i in 0..3 {
        acc = acc * q + acc.sin();
        if acc > T::from_f64(5.0) {
            acc = acc.ln();
        }
    }
    let (a, b) = both(acc, q);
    a.max(b) - b * T::from_f64(0.25)
}
#[differentiable]
fn pick<T: Real>(x: T, f: bool) -> T {
    if f { x } else { x * x }
}
#[differentiable]
fn both<T: Real>(x: T, y: T) -> (T, T) {
    (x * y, x.atan2(y))
}

/// A trait that implies `Real`.
trait MyScalar: Real {
    fn half(self) -> Self;
}
impl MyScalar for f64 {
    fn half(self) -> f64 {
        self * 0.5
    }
}
#[differentiable]
fn supertrait<T: MyScalar>(x: T, y: T) -> T {
    let z = x * y;
    let w = z.sqrt() + x.acos();
    w / y
}

#[differentiable]
fn alias_shadow<T: Real>(f64: T, x: T) -> T {
    let t = f64 * x;
    t.tanh() * f64
}

#[differentiable(detached = "allow")]
fn boxed<T: Real>(x: Box<T>, v: &Vec<T>, o: Option<&T>) -> T {
    let y = *x * v[0];
    y + if o.is_some() { y } else { (*x).sin() }
}
#[differentiable]
fn while_vec<T: Real + 'static>(x: T) -> T
where
    Vec<T>: Clone,
{
    let mut v = vec![x; 3];
    let mut i = 0;
    while i < 2 {
        let t = v[i] * v[i + 1];
        v.push(t);
        i += 1;
    }
    let mut w = [x, x * x];
    w.swap(0, 1);
    let [a, b] = w;
    let c = a - b;
    {
        let m = &mut w;
        m[0] += c;
        m[1] *= c;
    }
    w[0] * w[1]
}

/// A constant parameter that nothing but the call names.
#[differentiable]
fn chosen<T: Real, const DOUBLED: bool>(x: T) -> T {
    if DOUBLED {
        x * x * T::from_f64(2.0)
    } else {
        x * x
    }
}

#[differentiable]
fn chooses<T: Real>(x: T, y: T) -> T {
    chosen::<T, true>(x) * chosen::<_, false>(y)
}

mod double {
    use super::*;
    programs! {
        sums { x: slice = vector(4, 1), k: val = 0.5 };
        vecs { x: val = 0.3, n: konst = 3_usize };
        net { w: refer = [0.3, 0.4], b: val = 0.1, x: val = 0.6 };
        closures { x: val = 0.3, y: val = 0.5 };
        vector tuple_state { x: val = 0.3, n: konst = 5_usize };
        shadow { x: val = 0.3 };
        vector matrix { m: refer = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], v: refer = [1.0, 0.5, 2.0] };
        ref_arith { x: refer = 0.3, y: refer = 0.5 };
        unknown_in_generic { x: val = 0.7, flag: konst = true };
        supertrait { x: val = 0.3, y: val = 0.5 };
        alias_shadow { f64: val = 0.3, x: val = 0.5 };
        while_vec { x: val = 0.3 };
        chooses { x: val = 0.3, y: val = 0.5 } exact [4.0 * 0.3 * 0.25, 4.0 * 0.09 * 0.5];
    }
}

mod precise {
    use super::*;
    programs! {
        single sums { x: slice = vec![0.5_f32, 0.25], k: val = 0.5_f32 }
            exact [sums::grad(&[0.5, 0.25], 0.5)];
        single vecs { x: val = 0.25_f32, n: konst = 3_usize } exact [vecs::grad(0.25, 3)];
        single net { w: refer = [0.25_f32, 0.5], b: val = 0.125_f32, x: val = 0.5_f32 }
            exact [net::grad(&[0.25, 0.5], 0.125, 0.5)];
        single unknown_in_generic { x: val = 0.75_f32, flag: konst = false }
            exact [unknown_in_generic::grad(0.75, false)];
        single while_vec { x: val = 0.25_f32 } exact [while_vec::grad(0.25)];
        single closures { x: val = 0.25_f32, y: val = 0.5_f32 } exact [closures::grad(0.25, 0.5)];
        single shadow { x: val = 0.25_f32 } exact [shadow::grad(0.25)];
        single ref_arith { x: refer = 0.25_f32, y: refer = 0.5_f32 } exact [ref_arith::grad(&0.25, &0.5)];
    }
}

#[test]
fn boxes_and_references_inside_of_types() {
    let (x, v, o) = boxed::grad(Box::new(0.5), &vec![0.25], Some(&2.0_f32));
    assert_eq!(
        (*x, v, o.into_inner().unwrap_or_default()),
        (0.5, vec![1.0], 0.0)
    );
}

#[test]
fn errors_and_options_are_generic() {
    assert_eq!(fallible::grad(0.25), Ok(0.75));
    assert_eq!(fallible::grad(0.25_f32), Ok(0.75_f32));
    assert!(fallible::grad(-0.25_f32).is_err());
    let (x, y) = option::grad(Some(0.5_f32), 0.25);
    assert_eq!((x.into_inner(), y), (Some(0.25), 0.5));
}
