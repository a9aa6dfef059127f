//! Functions of each element.

use super::super::rule::rules;
use super::super::{Element, Tensor};
use super::arithmetic::gated;

impl<T: Element> Tensor<T> {
    /// The positive part, max(x, 0). Its derivative at 0 is 0.
    pub fn relu(&self) -> Tensor<T> {
        self.map(|x| if x > T::zero() { x } else { T::zero() })
    }
}

// The partial derivatives are functions of the result.
rules! {
    TensorReluEntry __differentiable_relu __masked_relu __jvp_relu __keep_relu [] (x) -> Tensor<T>,
        value x.relu(),
        pull |y| { let y = y.clone(); move |t: Tensor<T>, _: [bool; 1]| [Some(by_result(&t, &y))] },
        push |y, [d]| d.map(|d| by_result(d, y));
}

fn by_result<T: Element>(t: &Tensor<T>, y: &Tensor<T>) -> Tensor<T> {
    t.zip_map("relu", y, |t, y| {
        gated(t, if y > T::zero() { T::one() } else { T::zero() })
    })
}
