//! Parts of what has no tangent have none either: where the edges of a graph are a `#[constant]` field, generated code
//! may lead to `graph_bar.edges[k].0` before rustc knows that this is nothing.

use crate::NoTangent;
#[allow(unused_imports)]
use crate::prelude::*;
use core::ops::{Deref, DerefMut, Index, IndexMut};

impl<I> Index<I> for NoTangent {
    type Output = NoTangent;
    #[inline(always)]
    fn index(&self, _: I) -> &NoTangent {
        self
    }
}

impl<I> IndexMut<I> for NoTangent {
    #[inline(always)]
    fn index_mut(&mut self, _: I) -> &mut NoTangent {
        self
    }
}

/// The parts of a tuple without a tangent.
#[derive(Clone, Copy, Debug)]
pub struct Nothings(
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
);

const NOTHINGS: Nothings = {
    const N: NoTangent = NoTangent;
    Nothings(N, N, N, N, N, N, N, N, N, N, N, N)
};

impl Deref for NoTangent {
    type Target = Nothings;
    #[inline(always)]
    fn deref(&self) -> &Nothings {
        &NOTHINGS
    }
}

impl DerefMut for NoTangent {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Nothings {
        // A box of what takes no space asks for no memory.
        Box::leak(Box::new(NOTHINGS))
    }
}
