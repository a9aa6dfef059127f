//! Functions of each element: those of the table of scalar rules, whose derivatives come from it, and those that
//! networks are made of.

use super::super::broadcast::zip3;
use super::super::rule::{one, rules};
use super::super::{Element, Tensor};
use super::arithmetic::gated;
use crate::methods::{HasMethod, MethodRule, Stepwise, method};
use crate::{NoTangent, Real};

/// Methods of the table without arguments.
macro_rules! of_the_table {
    ($($name:ident $text:literal;)*) => {
        impl<T: Element> Tensor<T> { $(
            #[doc = concat!($text, " of each element.")]
            pub fn $name(&self) -> Tensor<T> {
                self.map(Real::$name)
            }
        )* }
        $(
            impl<T: Element> HasMethod<method::$name> for Tensor<T> {}
            impl<T: Element + MethodRule<method::$name, (), (), Out = T>> MethodRule<method::$name, (), ()> for Tensor<T> {
                type Out = Tensor<T>;
                fn vjp0(&self, _: &(), _: &(), r: &Tensor<T>, t: &Tensor<T>) -> Tensor<T> {
                    with_both(t, self, r, |t, x, r| MethodRule::<method::$name, _, _>::vjp0(&x, &(), &(), &r, &t))
                }
                fn jvp(&self, b: &(), c: &(), r: &Tensor<T>, d: &Tensor<T>, _: &NoTangent, _: &NoTangent) -> Tensor<T> {
                    MethodRule::<method::$name, _, _>::vjp0(self, b, c, r, d)
                }
            }
        )*
    };
}

of_the_table! {
    abs "The absolute value";
    recip "The reciprocal";
    sqrt "The square root";
    cbrt "The cube root";
    exp "e to the power";
    exp2 "2 to the power";
    exp_m1 "e to the power, less 1, exact near 0,";
    ln "The natural logarithm";
    ln_1p "The natural logarithm of 1 plus each, exact near 0,";
    log2 "The logarithm to base 2";
    log10 "The logarithm to base 10";
    sin "The sine";
    cos "The cosine";
    tan "The tangent";
    asin "The arc sine";
    acos "The arc cosine";
    atan "The arc tangent";
    sinh "The hyperbolic sine";
    cosh "The hyperbolic cosine";
    tanh "The hyperbolic tangent";
    asinh "The inverse hyperbolic sine";
    acosh "The inverse hyperbolic cosine";
    atanh "The inverse hyperbolic tangent";
}

/// Step functions, through which nothing flows.
impl<T: Element> Stepwise for Tensor<T> {}

macro_rules! steps {
    ($($name:ident $text:literal;)*) => {
        impl<T: Element> Tensor<T> { $(
            #[doc = concat!($text, " of each element. Its derivative is 0.")]
            pub fn $name(&self) -> Tensor<T> {
                self.map(Real::$name)
            }
        )* }
    };
}

steps! {
    floor "The largest integer that is not larger";
    ceil "The smallest integer that is not smaller";
    round "The nearest integer, halves away from 0,";
    trunc "The integer part";
    signum "The sign";
}

/// `f` of each cotangent, element and result, 0 where the cotangent is.
fn with_both<T: Element>(
    t: &Tensor<T>,
    x: &Tensor<T>,
    y: &Tensor<T>,
    f: impl Fn(T, T, T) -> T + Sync,
) -> Tensor<T> {
    if t.is_zero() {
        return Tensor::zero_of(x.shape());
    }
    let (_, out) = zip3("a function", t, x, y, |t, x, y| {
        if t == T::zero() {
            T::zero()
        } else {
            f(t, x, y)
        }
    });
    Tensor::new(x.shape(), out)
}

impl<T: Element> Tensor<T> {
    /// Each element to an integer power.
    pub fn powi(&self, n: i32) -> Tensor<T> {
        self.map(|x| Real::powi(x, n))
    }

    /// Each element to a power.
    pub fn powf(&self, y: T) -> Tensor<T> {
        self.map(|x| Real::powf(x, y))
    }

    /// Each element, or the bound that it is beyond. The derivative at a bound is 1.
    ///
    /// # Panics
    /// If `low` is greater than `high`, or either is NaN.
    #[track_caller]
    pub fn clamp(&self, low: T, high: T) -> Tensor<T> {
        if low > high || low.is_nan() || high.is_nan() {
            panic!("`clamp`: the lower bound {low} is not below the upper bound {high}");
        }
        self.map(|x| Real::clamp(x, low, high))
    }
}

impl<T: Element> HasMethod<method::powi> for Tensor<T> {}
impl<T: Element + MethodRule<method::powi, i32, (), Out = T>> MethodRule<method::powi, i32, ()>
    for Tensor<T>
{
    type Out = Tensor<T>;
    fn vjp0(&self, n: &i32, _: &(), r: &Tensor<T>, t: &Tensor<T>) -> Tensor<T> {
        with_both(t, self, r, |t, x, r| {
            MethodRule::<method::powi, _, _>::vjp0(&x, n, &(), &r, &t)
        })
    }
    fn jvp(
        &self,
        n: &i32,
        c: &(),
        r: &Tensor<T>,
        d: &Tensor<T>,
        _: &NoTangent,
        _: &NoTangent,
    ) -> Tensor<T> {
        MethodRule::<method::powi, _, _>::vjp0(self, n, c, r, d)
    }
}

impl<T: Element> HasMethod<method::powf> for Tensor<T> {}
impl<T: Element + MethodRule<method::powf, T, (), Out = T>> MethodRule<method::powf, T, ()>
    for Tensor<T>
{
    type Out = Tensor<T>;
    fn vjp0(&self, y: &T, _: &(), r: &Tensor<T>, t: &Tensor<T>) -> Tensor<T> {
        with_both(t, self, r, |t, x, r| {
            MethodRule::<method::powf, _, _>::vjp0(&x, y, &(), &r, &t)
        })
    }
    fn vjp1(&self, y: &T, _: &(), r: &Tensor<T>, t: &Tensor<T>) -> T {
        with_both(t, self, r, |t, x, r| {
            MethodRule::<method::powf, _, _>::vjp1(&x, y, &(), &r, &t)
        })
        .sum()
    }
    fn jvp(&self, y: &T, c: &(), r: &Tensor<T>, d: &Tensor<T>, dy: &T, _: &NoTangent) -> Tensor<T> {
        let through = MethodRule::<method::powf, _, _>::vjp0(self, y, c, r, d);
        if *dy == T::zero() {
            return through;
        }
        let all = Tensor::full(self.shape(), *dy);
        through
            + with_both(&all, self, r, |t, x, r| {
                MethodRule::<method::powf, _, _>::vjp1(&x, y, &(), &r, &t)
            })
    }
}

impl<T: Element> HasMethod<method::clamp> for Tensor<T> {}
impl<T: Element + MethodRule<method::clamp, T, T, Out = T>> MethodRule<method::clamp, T, T>
    for Tensor<T>
{
    type Out = Tensor<T>;
    fn vjp0(&self, low: &T, high: &T, r: &Tensor<T>, t: &Tensor<T>) -> Tensor<T> {
        with_both(t, self, r, |t, x, r| {
            MethodRule::<method::clamp, _, _>::vjp0(&x, low, high, &r, &t)
        })
    }
    fn vjp1(&self, low: &T, high: &T, r: &Tensor<T>, t: &Tensor<T>) -> T {
        with_both(t, self, r, |t, x, r| {
            MethodRule::<method::clamp, _, _>::vjp1(&x, low, high, &r, &t)
        })
        .sum()
    }
    fn vjp2(&self, low: &T, high: &T, r: &Tensor<T>, t: &Tensor<T>) -> T {
        with_both(t, self, r, |t, x, r| {
            MethodRule::<method::clamp, _, _>::vjp2(&x, low, high, &r, &t)
        })
        .sum()
    }
    fn jvp(&self, low: &T, high: &T, r: &Tensor<T>, d: &Tensor<T>, dl: &T, dh: &T) -> Tensor<T> {
        let all = |d: &T| Tensor::full(self.shape(), *d);
        MethodRule::<method::clamp, _, _>::vjp0(self, low, high, r, d)
            + with_both(&all(dl), self, r, |t, x, r| {
                MethodRule::<method::clamp, _, _>::vjp1(&x, low, high, &r, &t)
            })
            + with_both(&all(dh), self, r, |t, x, r| {
                MethodRule::<method::clamp, _, _>::vjp2(&x, low, high, &r, &t)
            })
    }
}

/// 1 / (1 + e⁻ˣ), whose limits are right: e⁻ˣ may be infinite.
#[inline(always)]
fn logistic<T: Element>(x: T) -> T {
    T::one() / (T::one() + Real::exp(-x))
}

/// The polynomial in the tanh form of `gelu`, and its derivative.
#[inline(always)]
fn gelu_inner<T: Element>(x: T) -> (T, T) {
    let scale = T::from_f64(0.797_884_560_802_865_4); // √(2/π)
    let c = T::from_f64(0.044715);
    let three = T::from_f64(3.0);
    (
        scale * (x + c * x * x * x),
        scale * (T::one() + three * c * x * x),
    )
}

#[inline(always)]
fn half<T: Element>(x: T) -> T {
    T::from_f64(0.5) * x
}

/// A step of 1 at 0, where it is 0.
#[inline(always)]
fn step<T: Element>(x: T) -> T {
    if x > T::zero() { T::one() } else { T::zero() }
}

/// Functions given by their value and their derivative, as a function of the element or of the result.
macro_rules! given {
    ($(
        $(#[$doc:meta])*
        $name:ident($($arg:ident: $ty:ty),*) |$x:ident| $value:expr, of $of:ident |$y:ident| $partial:expr;
        $entry:ident $differentiable:ident $masked:ident $jvp:ident $keep:ident
    )*) => {
        impl<T: Element> Tensor<T> { $(
            $(#[$doc])*
            pub fn $name(&self $(, $arg: $ty)*) -> Tensor<T> {
                self.map(|$x| $value)
            }
        )* }
        rules! { $(
            $entry $differentiable $masked $jvp $keep [] (x $(; $arg: $ty)*) -> Tensor<T>,
                value x.$name($($arg),*),
                pull |y| { let kept = given!(@kept $of x y).clone(); one(move |t: Tensor<T>| t.zip_map(stringify!($name), &kept, |t, $y| gated(t, $partial))) },
                push |y, [d]| d.map(|d| d.zip_map(stringify!($name), given!(@kept $of x y), |t, $y| gated(t, $partial)));
        )* }
    };
    (@kept element $x:ident $y:ident) => { { let _ = $y; $x } };
    (@kept result $x:ident $y:ident) => { $y };
}

given! {
    /// The positive part, max(x, 0). Its derivative at 0 is 0.
    relu() |x| if x > T::zero() || x.is_nan() { x } else { T::zero() }, of result |y| step(y);
    TensorReluEntry __differentiable_relu __masked_relu __jvp_relu __keep_relu
    /// min(max(x, 0), 6). Its derivative at 0 and at 6 is 0.
    relu6() |x| if x > T::zero() || x.is_nan() { if x > T::from_f64(6.0) { T::from_f64(6.0) } else { x } } else { T::zero() },
        of result |y| if y < T::from_f64(6.0) { step(y) } else { T::zero() };
    TensorRelu6Entry __differentiable_relu6 __masked_relu6 __jvp_relu6 __keep_relu6
    /// x where it is positive, otherwise `slope` times x. Its derivative at 0 is `slope`.
    leaky_relu(slope: T) |x| if x > T::zero() { x } else { slope * x },
        of element |x| if x > T::zero() { T::one() } else { slope };
    TensorLeakyReluEntry __differentiable_leaky_relu __masked_leaky_relu __jvp_leaky_relu __keep_leaky_relu
    /// x where it is positive, otherwise `scale` · (eˣ - 1).
    elu(scale: T) |x| if x > T::zero() { x } else { scale * Real::exp_m1(x) },
        of element |x| if x > T::zero() { T::one() } else { scale * Real::exp(x) };
    TensorEluEntry __differentiable_elu __masked_elu __jvp_elu __keep_elu
    /// 1 / (1 + e⁻ˣ).
    sigmoid() |x| logistic(x), of result |y| y * (T::one() - y);
    TensorSigmoidEntry __differentiable_sigmoid __masked_sigmoid __jvp_sigmoid __keep_sigmoid
    /// x · sigmoid(x).
    silu() |x| x * logistic(x),
        of element |x| { let s = logistic(x); s * (T::one() + x * (T::one() - s)) };
    TensorSiluEntry __differentiable_silu __masked_silu __jvp_silu __keep_silu
    /// ln(1 + eˣ), without overflow.
    softplus() |x| {
        let positive = if x > T::zero() || x.is_nan() { x } else { T::zero() };
        positive + Real::ln_1p(Real::exp(-Real::abs(x)))
    }, of element |x| logistic(x);
    TensorSoftplusEntry __differentiable_softplus __masked_softplus __jvp_softplus __keep_softplus
    /// x · Φ(x) with the normal distribution's Φ, by the error function.
    gelu() |x| half(x) * (T::one() + T::erf(x * T::from_f64(core::f64::consts::FRAC_1_SQRT_2))),
        of element |x| {
            let density = Real::exp(-half(x * x)) * T::from_f64(0.398_942_280_401_432_7); // 1/√(2π)
            half(T::one() + T::erf(x * T::from_f64(core::f64::consts::FRAC_1_SQRT_2))) + x * density
        };
    TensorGeluEntry __differentiable_gelu __masked_gelu __jvp_gelu __keep_gelu
    /// The approximation of `gelu` by the hyperbolic tangent.
    gelu_tanh() |x| half(x) * (T::one() + Real::tanh(gelu_inner(x).0)),
        of element |x| {
            let (inner, slope) = gelu_inner(x);
            let tanh = Real::tanh(inner);
            half(T::one() + tanh) + half(x) * (T::one() - tanh * tanh) * slope
        };
    TensorGeluTanhEntry __differentiable_gelu_tanh __masked_gelu_tanh __jvp_gelu_tanh __keep_gelu_tanh
    /// The error function.
    erf() |x| T::erf(x), of element |x| T::from_f64(core::f64::consts::FRAC_2_SQRT_PI) * Real::exp(-(x * x));
    TensorErfEntry __differentiable_erf __masked_erf __jvp_erf __keep_erf
    /// x · x.
    square() |x| x * x, of element |x| x + x;
    TensorSquareEntry __differentiable_square __masked_square __jvp_square __keep_square
}
