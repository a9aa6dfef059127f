//! The parts of the example `mnist`: its reader of files, its digits and its network.

// The test of the parts uses some of them.
#[allow(dead_code)]
#[path = "../../examples/mnist/data.rs"]
mod data;
#[allow(dead_code)]
#[path = "../../examples/mnist/digits.rs"]
mod digits;
#[path = "../../examples/mnist/idx.rs"]
mod idx;
#[allow(dead_code)]
#[path = "../../examples/mnist/model.rs"]
mod model;

use data::Digits;
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write;

/// The bytes of an IDX file.
fn file(shape: &[u32], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, shape.len() as u8];
    bytes.extend(shape.iter().flat_map(|len| len.to_be_bytes()));
    bytes.extend(data);
    bytes
}

#[test]
fn files_are_read_plain_and_compressed() {
    let dir = std::env::temp_dir().join(format!("pullback-idx-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    let pixels: Vec<u8> = (0..2 * 28 * 28).map(|i| (i % 256) as u8).collect();
    let images = file(&[2, 28, 28], &pixels);
    let gz = fs::File::create(dir.join("train-images-idx3-ubyte.gz")).unwrap();
    let mut gz = GzEncoder::new(gz, Compression::fast());
    gz.write_all(&images).unwrap();
    gz.finish().unwrap();
    fs::write(dir.join("train-labels-idx1-ubyte"), file(&[2], &[3, 9])).unwrap();
    let digits = Digits::read(&dir, "train").unwrap();
    assert_eq!(
        (digits.images.shape(), digits.labels.as_slice()),
        (&[2, 1, 28, 28][..], &[3, 9][..])
    );
    assert_eq!(digits.images[[1, 0, 0, 0]], pixels[784] as f32 / 255.0);

    let wrong = |labels: Vec<u8>| {
        fs::write(dir.join("train-labels-idx1-ubyte"), labels).unwrap();
        Digits::read(&dir, "train").err().unwrap()
    };
    assert_eq!(wrong(file(&[2], &[3, 10])), "the label 10 is no digit");
    assert_eq!(
        wrong(file(&[1], &[3])),
        "there are 2 images and labels of the shape [1]"
    );
    assert!(wrong(file(&[2], &[3])).ends_with("the file has 1 bytes for the shape [2]"));
    assert!(wrong(vec![0, 0, 8, 1, 0]).ends_with("the file ends within the lengths of its 1 axes"));
    assert!(wrong(b"GIF89a".to_vec()).ends_with("this is no IDX file of bytes"));
    let none = Digits::read(&dir, "t10k").err().unwrap();
    assert!(
        none.ends_with("has no file t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz"),
        "{none}"
    );
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_few_steps_lower_the_loss() {
    let digits = Digits::drawn(4, 1);
    assert_eq!(digits.images, Digits::drawn(4, 1).images);
    assert!(digits.images.min() >= 0.0 && digits.images.max() <= 1.0);
    let mut model = model::Cnn::new(1);
    let mut training = model::Training::new(&digits, 2, 7);
    let [first, last] = [(); 2].map(|()| training.step(&mut model));
    assert!(last < 0.9 * first, "{first} to {last}");
}
