//! Images with labels: MNIST's files if there are some, otherwise digits that are drawn here.

use super::digits::{self, SIDE};
use super::idx;
use pullback::Tensor;
use std::path::Path;

/// Grey images of digits, and which digit each is.
pub struct Digits {
    /// `[images, 1, 28, 28]`, from 0 to 1.
    pub images: Tensor,
    pub labels: Vec<usize>,
}

impl Digits {
    /// Digits drawn from a seed.
    pub fn drawn(count: usize, seed: u64) -> Digits {
        let (pixels, labels) = digits::draw(count, seed);
        let images = Tensor::from_vec([count, 1, SIDE, SIDE], pixels);
        Digits { images, labels }
    }

    /// The files `NAME-images-idx3-ubyte` and `NAME-labels-idx1-ubyte` of a directory, or the same with `.gz`.
    pub fn read(dir: &Path, name: &str) -> Result<Digits, String> {
        let images = idx::read(&idx::find(dir, name, "images", 3)?)?;
        let labels = idx::read(&idx::find(dir, name, "labels", 1)?)?;
        let [count, SIDE, SIDE] = images.shape[..] else {
            return Err(format!(
                "images of the shape {:?} are no digits of 28 by 28",
                images.shape
            ));
        };
        if labels.shape != [count] {
            return Err(format!(
                "there are {count} images and labels of the shape {:?}",
                labels.shape
            ));
        }
        if let Some(label) = labels.data.iter().find(|label| **label > 9) {
            return Err(format!("the label {label} is no digit"));
        }
        let pixels = images.data.iter().map(|byte| f32::from(*byte) / 255.0);
        Ok(Digits {
            images: Tensor::from_vec([count, 1, SIDE, SIDE], pixels.collect()),
            labels: labels
                .data
                .iter()
                .map(|label| usize::from(*label))
                .collect(),
        })
    }

    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Some of them, by their numbers.
    pub fn batch(&self, which: &[usize]) -> (Tensor, Vec<usize>) {
        let labels = which.iter().map(|i| self.labels[*i]).collect();
        (self.images.take(0, which), labels)
    }
}
