//! Where a network looks when it sees a digit: class-activation maps from the gradient of a class's score with respect
//! to the outputs of the last convolution, which `#[watch]` gives (Grad-CAM, Selvaraju et al., 2017).
//!
//! Grad-CAM takes the mean of the gradient over the image, which is right for a network that ends in such a mean. This one
//! looks at each place with other weights, so that gradient and output are multiplied place by place (HiResCAM, Draelos
//! and Carin, 2020).
//!
//! ```text
//! cargo run --release --example grad_cam              trains the network of the example `mnist` for a moment
//! cargo run --release --example grad_cam -- --out DIR
//! ```
//!
//! Writes `grad_cam.png`, in a column for each digit: the digit, what speaks for the class that is seen, what speaks
//! for the class that comes second. Each map is scaled to its largest value.

// The example `mnist` has more than is used here.
#[allow(dead_code)]
#[path = "../mnist/data.rs"]
mod data;
#[allow(dead_code)]
#[path = "../mnist/digits.rs"]
mod digits;
#[allow(dead_code)]
#[path = "../mnist/idx.rs"]
mod idx;
#[allow(dead_code)]
#[path = "../mnist/model.rs"]
mod model;

use data::Digits;
use digits::SIDE;
use model::{Cnn, Training};
use pullback::tensor::Resize;
use pullback::{Tensor, differentiable};
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// How much higher the score of a class is than that of all classes in the mean, for one image. Its gradient with respect
/// to `features` is what the map is made of.
#[differentiable(wrt(model))]
fn score(model: &Cnn, x: &Tensor, class: usize) -> f32 {
    #[watch]
    let features: Tensor = model.features(x);
    let scores = model.classify(&features);
    scores[[0, class]] - scores.mean()
}

/// How much each pixel speaks for a class, from 0 to 1.
fn map(model: &Cnn, x: &Tensor, class: usize) -> Tensor {
    let features = model.features(x);
    let Some(gradient) = score::gradients(model, x, class).features else {
        return Tensor::zeros([SIDE, SIDE]);
    };
    let map = (features * gradient).sum_axis(1, true).relu();
    let map = map.resize2d(&Resize::linear([SIDE, SIDE]));
    let most = map.max().max(f32::MIN_POSITIVE);
    (map / most).reshape([SIDE, SIDE])
}

/// A picture of coloured squares.
struct Picture {
    width: usize,
    pixels: Vec<[f32; 3]>,
}

impl Picture {
    fn new(width: usize, height: usize) -> Picture {
        let pixels = vec![[1.0; 3]; width * height];
        Picture { width, pixels }
    }

    /// An image, with a map behind it, in red where it is strong.
    fn put(&mut self, column: usize, row: usize, image: &Tensor, map: Option<&Tensor>) {
        for y in 0..SIDE {
            for x in 0..SIDE {
                let ink = 0.85 * image[[0, 0, y, x]];
                let heat = map.map_or(0.0, |map| map[[y, x]]);
                let back = [1.0, 1.0 - 0.75 * heat, 1.0 - heat];
                let at = (row * (SIDE + 2) + y + 1) * self.width + column * (SIDE + 2) + x + 1;
                self.pixels[at] = back.map(|c| c * (1.0 - ink));
            }
        }
    }

    /// Writes it with `zoom` by `zoom` pixels for each square.
    fn write(&self, path: &Path, zoom: usize) -> Result<(), Box<dyn Error>> {
        let height = self.pixels.len() / self.width;
        let [width, height] = [self.width, height].map(|n| (n * zoom) as u32);
        let mut png = png::Encoder::new(File::create(path)?, width, height);
        png.set_color(png::ColorType::Rgb);
        let mut bytes = Vec::new();
        for line in self.pixels.chunks(self.width) {
            let line = line.iter().flat_map(|colour| {
                std::iter::repeat_n(colour.map(|c| (255.0 * c).round() as u8), zoom)
            });
            let line: Vec<u8> = line.flatten().collect();
            (0..zoom).for_each(|_| bytes.extend_from_slice(&line));
        }
        png.write_header()?.write_image_data(&bytes)?;
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let out = match args.as_slice() {
        [] => PathBuf::from("target/grad_cam"),
        [flag, dir] if flag == "--out" => PathBuf::from(dir),
        _ => return Err("usage: grad_cam [--out DIR]".into()),
    };
    let train = Digits::drawn(4000, 1);
    let mut model = Cnn::new(1);
    let mut training = Training::new(&train, 3, 7);
    for step in 0..3 * training.batches() {
        let loss = training.step(&mut model);
        if step.is_multiple_of(50) {
            println!("step {step}: loss {loss:.4}");
        }
    }
    let seen = Digits::drawn(200, 3);
    let accuracy = 100.0 * model.accuracy(&seen);
    println!("{accuracy:.1} % of 200 held-out images");

    let mut picture = Picture::new(10 * (SIDE + 2), 3 * (SIDE + 2));
    for digit in 0..10 {
        let Some(which) = seen.labels.iter().position(|label| *label == digit) else {
            continue;
        };
        let (x, _) = seen.batch(&[which]);
        let scores = model.classify(&model.features(&x)).to_vec();
        let mut classes: Vec<usize> = (0..10).collect();
        classes.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        picture.put(digit, 0, &x, None);
        for (row, class) in (1..3).zip(&classes) {
            picture.put(digit, row, &x, Some(&map(&model, &x, *class)));
        }
        println!("{digit}: seen as {}, then {}", classes[0], classes[1]);
    }
    fs::create_dir_all(&out)?;
    let path = out.join("grad_cam.png");
    picture.write(&path, 5)?;
    println!("wrote {}", path.display());
    Ok(())
}
