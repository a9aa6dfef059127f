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
/// `accumulate_grad`, `vjp`, `jvp`, `reachability`) are described at the crate `pullback`.
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

/// Gives a struct or an enum a tangent, so that its values may carry a derivative.
///
/// ```
/// use pullback::{Differentiable, differentiable};
///
/// #[derive(Differentiable)]
/// struct Spring {
///     stiffness: f64,
///     rest: f64,
///     #[constant]
///     name: String,
/// }
///
/// #[differentiable]
/// fn energy(spring: &Spring, length: f64) -> f64 {
///     let stretch = length - spring.rest;
///     0.5 * spring.stiffness * stretch * stretch
/// }
///
/// let spring = Spring { stiffness: 3.0, rest: 1.0, name: "k".into() };
/// let (d, _) = energy::grad(&spring, 3.0);
/// assert_eq!((d.stiffness, d.rest), (2.0, -6.0));
/// ```
///
/// `Name` gets `NameTangent`, of the same visibility and with the same fields, each of the type of the field's
/// tangent. A field that is marked `#[constant]` has no derivative there (`NoTangent`). The tangent of an enum has
/// a variant `Zero` besides those of the enum (`ZeroTangent` where the enum has a `Zero` of its own); adding it
/// changes nothing. References are fields like any other; the tangent owns what they refer to.
///
/// `#[tangent(derive(…))]` on the type adds derives to the tangent, for serialisation say; `#[tangent(name = …)]`
/// gives it another name; `#[tangent(crate = path)]` is the path of the crate `pullback`, where that is not
/// `::pullback`. The tangent is `Clone`, `Debug` and `PartialEq`, and `Copy` and `Default` where its fields are.
#[proc_macro_derive(Differentiable, attributes(constant, tangent))]
pub fn derive_differentiable(item: TokenStream) -> TokenStream {
    pullback_transform::derive::derive(item.into()).into()
}
