//! The memory of a tensor, which the next one gets when the last tensor that shares it is gone.

use super::Element;
use core::ops::{Deref, DerefMut};
use ndarray::{ArcArray, IxDyn};

/// An array whose memory goes back to the pool.
pub(super) struct Block<T> {
    /// Always there, until it is dropped.
    array: Option<ArcArray<T, IxDyn>>,
    /// What is done with it then: only who makes a block knows that `T` is a number.
    give: fn(ArcArray<T, IxDyn>),
}

impl<T: Element> Block<T> {
    pub fn new(array: ArcArray<T, IxDyn>) -> Block<T> {
        Block {
            array: Some(array),
            give: |array| {
                if array.is_unique() {
                    T::give(array.into_owned().into_raw_vec_and_offset().0);
                }
            },
        }
    }
}

impl<T> Block<T> {
    /// The array, whose memory is shared.
    pub fn shared(&self) -> ArcArray<T, IxDyn> {
        (**self).clone()
    }

    /// The array itself.
    pub fn into_inner(mut self) -> ArcArray<T, IxDyn> {
        match self.array.take() {
            Some(array) => array,
            None => unreachable!("a block is there until it is dropped"),
        }
    }
}

impl<T> Deref for Block<T> {
    type Target = ArcArray<T, IxDyn>;
    #[inline(always)]
    fn deref(&self) -> &ArcArray<T, IxDyn> {
        match &self.array {
            Some(array) => array,
            None => unreachable!("a block is there until it is dropped"),
        }
    }
}

impl<T> DerefMut for Block<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut ArcArray<T, IxDyn> {
        match &mut self.array {
            Some(array) => array,
            None => unreachable!("a block is there until it is dropped"),
        }
    }
}

impl<T> Clone for Block<T> {
    fn clone(&self) -> Block<T> {
        Block {
            array: self.array.clone(),
            give: self.give,
        }
    }
}

impl<T> Drop for Block<T> {
    fn drop(&mut self) {
        if let Some(array) = self.array.take() {
            (self.give)(array);
        }
    }
}
