//! Random numbers, NumPy's files and serde.

use crate::t;
use pullback::optim::Adam;
use pullback::tensor::Mask;
use pullback::{Differentiable, Tensor, differentiable};
use serde::{Deserialize, Serialize};

#[test]
fn random_numbers_have_their_moments() {
    let x: Tensor<f64> = Tensor::normal([100_000], 3.0, 2.0, 5);
    assert!((x.mean() - 3.0).abs() < 0.03 && (x.std() - 2.0).abs() < 0.03);
    let u: Tensor<f64> = Tensor::uniform([100_000], -1.0, 3.0, 5);
    assert!((u.mean() - 1.0).abs() < 0.03 && (u.var() - 16.0 / 12.0).abs() < 0.03);
    assert!(u.min() >= -1.0 && u.max() < 3.0);
    assert!((Mask::random([100_000], 0.3, 1).count() as f64 / 1e5 - 0.3).abs() < 0.01);
}

#[test]
fn a_seed_gives_the_same_numbers() {
    let x: Tensor<f64> = Tensor::uniform([3], 0.0, 1.0, 7);
    assert_eq!(x, Tensor::uniform([3], 0.0, 1.0, 7));
    assert_ne!(x, Tensor::uniform([3], 0.0, 1.0, 8));
    let y: Tensor<f64> = Tensor::normal([3], 0.0, 1.0, 7);
    assert_eq!(y, Tensor::normal([3], 0.0, 1.0, 7));
}

#[test]
fn files_of_numpy_are_read_as_written() {
    let dir = std::env::temp_dir().join(format!("pullback-npy-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let x = t(&[2, 3], 1);
    x.t().write_npy(dir.join("x.npy")).unwrap();
    assert_eq!(Tensor::read_npy(dir.join("x.npy")).unwrap(), x.t());
    assert!(Tensor::<f32>::read_npy(dir.join("x.npy")).is_err());
    assert!(Tensor::<f32>::read_npy(dir.join("y.npy")).is_err());
    let y = t(&[], 2);
    Tensor::write_npz(dir.join("xy.npz"), [("x", &x), ("y", &y)]).unwrap();
    let read = Tensor::<f64>::read_npz(dir.join("xy.npz")).unwrap();
    assert_eq!(read, [("x".to_string(), x), ("y".to_string(), y)]);
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn serde_keeps_shape_and_elements() {
    let x = t(&[2, 3], 1).t();
    let text = serde_json::to_string(&x).unwrap();
    assert!(text.starts_with("[[3,2],["));
    assert_eq!(serde_json::from_str::<Tensor<f64>>(&text).unwrap(), x);
    let error = serde_json::from_str::<Tensor<f64>>("[[2],[1.0]]")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("a tensor of shape [2] has not 1 elements"),
        "{error}"
    );
}

#[derive(Clone, Differentiable, Serialize, Deserialize)]
struct Layer {
    weights: Tensor<f64>,
    bias: Tensor<f64>,
    #[constant]
    name: String,
}

#[derive(Clone, Differentiable, Serialize, Deserialize)]
struct Model {
    layers: Vec<Layer>,
    gain: f64,
}

#[differentiable]
fn loss(model: &Model, #[constant] x: &Tensor<f64>) -> f64 {
    let mut h = x.clone();
    for layer in &model.layers {
        h = (h.matmul(&layer.weights) + &layer.bias).tanh();
    }
    (h * model.gain).square().mean()
}

/// A model and its optimiser are read as they were written, and go on as those that stayed.
#[test]
fn a_saved_model_goes_on() {
    let layer = |seed| Layer {
        weights: t(&[3, 3], seed),
        bias: t(&[3], seed + 1),
        name: format!("layer {seed}"),
    };
    let mut model = Model {
        layers: vec![layer(1), layer(3)],
        gain: 2.0,
    };
    let (x, mut adam) = (t(&[4, 3], 5), Adam::new(0.1));
    let step = |model: &mut Model, adam: &mut Adam| {
        let (value, gradient) = loss::value_and_grad(model, &x);
        adam.step(model, &gradient);
        value
    };
    step(&mut model, &mut adam);
    let text = serde_json::to_string(&(&model, &adam)).unwrap();
    let (mut read, mut its): (Model, Adam) = serde_json::from_str(&text).unwrap();
    assert_eq!(read.layers[1].name, "layer 3");
    for _ in 0..3 {
        let value = step(&mut model, &mut adam);
        assert_eq!(step(&mut read, &mut its), value);
    }
    assert_eq!(loss(&read, &x), loss(&model, &x));
    assert!(loss(&model, &x) > 0.0);
}
