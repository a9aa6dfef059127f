//! The attribute macros of `pullback`. The work is done in `pullback-transform`.
//!
//! Users depend on the crate `pullback`, which re-exports these together with what the generated code calls.

use proc_macro::TokenStream;

/// Gives a free function its derivatives, in a name space of the same name beside it.
///
/// ```
/// use pullback::differentiable;
///
/// #[differentiable]
/// fn f(x: f64, y: f64) -> f64 {
///     x * y.sin()
/// }
///
/// assert_eq!(f::grad(2.0, 0.0), (0.0, 2.0));
/// ```
///
/// The function itself is left as it is. The entries (`grad`, `value_and_grad`, `gradients`,
/// `accumulate_grad`, `vjp`, `jvp`) are described at the crate `pullback`.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `wrt(a, b)` | differentiate with respect to these parameters alone |
/// | `mode = "reverse"`, `mode = "forward"` | generate that mode alone |
/// | `order = 2` | also `hvp`, the Hessian times a direction; what the function calls must be of order 2 too |
/// | `detached = "warn"`, `"allow"`, `"deny"` | what to say of a parameter that can never reach the result |
/// | `name = other` | the name space's name, where that of the function is taken |
/// | `crate = path` | the path of the crate `pullback`, where it is not `::pullback` |
///
/// `#[constant]` on a parameter leaves it out, and `#[constant] let k = …;` in the body cuts the derivative,
/// as `pullback::detach` does.
///
/// # Errors
///
/// What cannot be differentiated is refused at your own tokens, with a way out; all refusals of a function are
/// reported together, and the function itself still compiles. A parameter of a real type that no path
/// connects to the result is a warning at that parameter.
#[proc_macro_attribute]
pub fn differentiable(attr: TokenStream, item: TokenStream) -> TokenStream {
    pullback_transform::expand(attr.into(), item.into()).into()
}
