//! The one way to leave the derivative on purpose.

/// The value without its derivative: in a differentiable function, no gradient flows through it.
///
/// Outside of one it is the identity.
///
/// ```
/// let x = 3.0_f64;
/// assert_eq!(pullback_runtime::detach(x), x);
/// ```
#[inline(always)]
pub fn detach<T>(x: T) -> T {
    x
}

/// The same as [`detach`], under the name that TensorFlow and JAX use.
///
/// ```
/// let x = 3.0_f64;
/// assert_eq!(pullback_runtime::stop_gradient(x), x);
/// ```
#[inline(always)]
pub fn stop_gradient<T>(x: T) -> T {
    x
}
