//! NumPy's files, by `ndarray-npy`.

use super::{Element, Tensor};
use crate::prelude::*;
use ndarray::{ArrayD, OwnedRepr};
use ndarray_npy::{
    NpzReader, NpzWriter, ReadNpyError, ReadNpzError, ReadableElement, WriteNpyError, WriteNpzError,
};
use ndarray_npy::{WritableElement, read_npy, write_npy};
use std::fs::File;
use std::path::Path;

impl<T: Element + ReadableElement + WritableElement> Tensor<T> {
    /// Reads a `.npy` file of numbers of this type.
    ///
    /// # Errors
    /// If there is no such file, or it holds something else.
    pub fn read_npy(path: impl AsRef<Path>) -> Result<Tensor<T>, ReadNpyError> {
        Ok(Tensor::from(read_npy::<_, ArrayD<T>>(path)?))
    }

    /// Writes a `.npy` file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_npy(&self, path: impl AsRef<Path>) -> Result<(), WriteNpyError> {
        write_npy(path, &self.view())
    }

    /// Reads all tensors of a `.npz` file, with their names, in its order.
    ///
    /// # Errors
    /// If there is no such file, or one of them has another type of numbers.
    pub fn read_npz(path: impl AsRef<Path>) -> Result<Vec<(String, Tensor<T>)>, ReadNpzError> {
        let mut file = NpzReader::new(File::open(path).map_err(|e| ReadNpzError::Npy(e.into()))?)?;
        let names = file.names()?;
        let read = |name: String| {
            let array: ArrayD<T> = file.by_name::<OwnedRepr<T>, ndarray::IxDyn>(&name)?;
            let name = name.strip_suffix(".npy").map(String::from).unwrap_or(name);
            Ok((name, Tensor::from(array)))
        };
        names.into_iter().map(read).collect()
    }

    /// Writes tensors with names to a `.npz` file, which `numpy.load` reads.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_npz<'a>(
        path: impl AsRef<Path>,
        tensors: impl IntoIterator<Item = (&'a str, &'a Tensor<T>)>,
    ) -> Result<(), WriteNpzError> {
        let file = File::create(path).map_err(|e| WriteNpzError::Npy(e.into()))?;
        let mut file = NpzWriter::new(file);
        for (name, tensor) in tensors {
            file.add_array(name, &tensor.view())?;
        }
        file.finish()?;
        Ok(())
    }
}
