//! Tensors through serde: the pair of the shape and the elements in row-major order.

use super::{Element, Tensor};
use crate::prelude::*;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl<T: Element + Serialize> Serialize for Tensor<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.shape(), &*self.data()).serialize(serializer)
    }
}

impl<'de, T: Element + Deserialize<'de>> Deserialize<'de> for Tensor<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tensor<T>, D::Error> {
        let (shape, data) = <(Vec<usize>, Vec<T>)>::deserialize(deserializer)?;
        let count = shape.iter().try_fold(1_usize, |n, len| n.checked_mul(*len));
        if count != Some(data.len()) {
            let found = data.len();
            return Err(D::Error::custom(alloc::format!(
                "a tensor of shape {shape:?} has not {found} elements"
            )));
        }
        Ok(Tensor::new(&shape, data))
    }
}
