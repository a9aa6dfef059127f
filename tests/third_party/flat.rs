//! The values of other crates as flat lists of numbers.

use crate::harness::Flat;
use ::nalgebra::allocator::Allocator;
use ::nalgebra::{DefaultAllocator, Dim, OMatrix, Scalar};
use ::ndarray::{Array, Dimension};
use num_complex::Complex;

impl<T: Flat> Flat for Complex<T> {
    fn flatten(&self, out: &mut Vec<f64>) {
        self.re.flatten(out);
        self.im.flatten(out);
    }

    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
        let re = self.re.rebuild(source);
        let im = self.im.rebuild(source);
        Complex::new(re, im)
    }
}

impl<T: Flat, D: Dimension> Flat for Array<T, D> {
    fn flatten(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|x| x.flatten(out));
    }

    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
        self.map(|x| x.rebuild(source))
    }
}

impl<T: Flat + Scalar, R: Dim, C: Dim> Flat for OMatrix<T, R, C>
where
    DefaultAllocator: Allocator<R, C>,
{
    fn flatten(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|x| x.flatten(out));
    }

    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
        self.map(|x| x.rebuild(source))
    }
}
