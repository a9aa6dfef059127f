//! Optimisers: the published formulas by hand, every kind of model, and what is said of models that do not fit.

use pullback::optim::{Adam, Parameters, Schedule, Sgd, Update, clip_norm, clip_value};
use pullback::{Differentiable, Tangent, Tensor, differentiable};

/// Three gradients, and where they lead a parameter that begins at 2.
const G: [f64; 3] = [0.5, -1.5, 0.25];

/// The path of one parameter, as a number, as `f32` and inside of a model; all must go the same way.
fn path(mut step: impl FnMut(&mut (f64, Vec<f64>), &(f64, Vec<f64>))) -> [f64; 3] {
    let mut model = (2.0, vec![7.0, 2.0]);
    G.map(|g| {
        step(&mut model, &(g, vec![0.0, g]));
        assert_eq!(model.0, model.1[1]);
        model.0
    })
}

fn near(found: [f64; 3], expected: [f64; 3]) {
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() < 1e-14, "{found:?} against {expected:?}");
    }
}

#[test]
fn plain_descent_and_decay() {
    let mut sgd = Sgd::new(0.1);
    near(path(|m, g| sgd.step(m, g)), [1.95, 2.1, 2.075]);
    // x - 0.1 (g + 0.5 x)
    let mut sgd = Sgd::new(0.1).weight_decay(0.5);
    let a = 2.0 - 0.1 * (0.5 + 1.0);
    let b = a - 0.1 * (-1.5 + 0.5 * a);
    let c = b - 0.1 * (0.25 + 0.5 * b);
    near(path(|m, g| sgd.step(m, g)), [a, b, c]);
}

#[test]
fn momentum_and_nesterov() {
    // The velocities are 0.5, 0.45 - 1.5 = -1.05 and -0.945 + 0.25 = -0.695.
    let mut sgd = Sgd::new(0.1).momentum(0.9);
    near(path(|m, g| sgd.step(m, g)), [1.95, 2.055, 2.1245]);
    // Each step goes by g + 0.9 v: 0.95, -2.445 and -0.3755.
    let mut sgd = Sgd::new(0.1).momentum(0.9).nesterov();
    near(path(|m, g| sgd.step(m, g)), [1.905, 2.1495, 2.18705]);
}

#[test]
fn adam_and_its_decays() {
    let (rate, eps) = (0.1, 1e-8);
    // m: 0.05, -0.105, -0.0695; v: 0.00025, 0.00249975, 0.00255975025.
    let m = [0.05, 0.9 * 0.05 - 0.15, 0.9 * (0.9 * 0.05 - 0.15) + 0.025];
    let v = [0.00025, 0.00249975, 0.00255975025_f64];
    let mut x = 2.0;
    let expected = [0, 1, 2].map(|t| {
        let (fade1, fade2) = (1.0 - 0.9_f64.powi(t + 1), 1.0 - 0.999_f64.powi(t + 1));
        let t = t as usize;
        x -= rate * (m[t] / fade1) / ((v[t] / fade2).sqrt() + eps);
        x
    });
    let mut adam = Adam::new(rate);
    near(path(|m, g| adam.step(m, g)), expected);

    // The decay of Adam is part of the gradient, so that the first step has the length of the rate.
    let mut x = 2.0;
    Adam::new(rate).weight_decay(0.5).step(&mut x, &-0.5);
    assert!((x - 1.9_f64).abs() < 1e-8);
    // That of AdamW is not: 2 (1 - 0.1 · 0.5) + 0.1.
    let mut x = 2.0;
    Adam::decoupled(rate, 0.5).step(&mut x, &-0.5);
    assert!((x - 2.0_f64).abs() < 1e-8);
    // Other means: m = 0.5 · 2, v = 0.5 · 4, both without their bias 2 and 4.
    let mut x = 0.0;
    Adam::new(1.0)
        .betas(0.5, 0.5)
        .epsilon(1.0)
        .step(&mut x, &2.0);
    assert!((x + 2.0 / 3.0_f64).abs() < 1e-15);
}

#[test]
fn single_precision_goes_the_same_way() {
    let (mut a, mut b) = (Adam::new(0.1), Adam::new(0.1));
    let (mut x, mut y) = ([2.0_f32], Tensor::from([2.0_f32]));
    let expected = {
        let mut adam = Adam::new(0.1);
        path(|m, g| adam.step(m, g))
    };
    for (g, expected) in G.iter().zip(expected) {
        a.step(&mut x, &[*g as f32]);
        b.step(&mut y, &Tensor::from([*g as f32]));
        assert_eq!(x[0], y.item());
        assert!((f64::from(x[0]) - expected).abs() < 1e-6);
    }
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Layer {
    weights: Tensor<f64>,
    bias: Vec<f32>,
    #[constant]
    scale: f64,
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
enum Head {
    Linear(f64),
    Curved { a: [f64; 2], b: Option<Box<Head>> },
    Nothing,
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Model<T> {
    layers: Vec<Layer>,
    head: Head,
    pair: (T, Option<T>),
    name: String,
}

fn model() -> Model<f64> {
    let layer = |seed| Layer {
        weights: crate::t(&[2, 3], seed),
        bias: vec![1.0, 2.0],
        scale: 3.0,
    };
    Model {
        layers: vec![layer(1), layer(2)],
        head: Head::Curved {
            a: [1.0, 2.0],
            b: Some(Box::new(Head::Linear(3.0))),
        },
        pair: (1.0, None),
        name: "model".into(),
    }
}

/// Adds the gradient, to see what belongs to what.
struct Add;

impl Update for Add {
    fn singles(&mut self, values: &mut [f32], gradient: &[f32]) {
        assert!(gradient.is_empty() || values.len() == gradient.len());
        values.iter_mut().zip(gradient).for_each(|(x, g)| *x += g);
    }
    fn doubles(&mut self, values: &mut [f64], gradient: &[f64]) {
        assert!(gradient.is_empty() || values.len() == gradient.len());
        values.iter_mut().zip(gradient).for_each(|(x, g)| *x += g);
    }
}

#[test]
fn nested_models_move_field_by_field() {
    let before = model();
    let mut gradient = before.zero_tangent();
    let mut n = 0.0;
    gradient.for_each_mut(&mut |g| {
        n += 1.0;
        *g = n;
    });
    let mut moved = before.clone();
    moved.update(&gradient, &mut Add);
    let (mut old, mut new) = (Vec::new(), Vec::new());
    before.coordinates(&mut |x| old.push(x));
    moved.coordinates(&mut |x| new.push(x));
    assert_eq!((old.len(), n), (20, 20.0));
    for (i, (old, new)) in old.iter().zip(&new).enumerate() {
        assert!((new - old - (i + 1) as f64).abs() < 1e-12);
    }
    assert_eq!((moved.layers[1].scale, moved.name.as_str()), (3.0, "model"));
}

#[test]
fn zeros_without_memory_stay_in_step() {
    // A parameter behind one that no gradient reaches keeps its own velocity.
    let mut sgd = Sgd::new(1.0).momentum(0.5);
    let mut model = (crate::t(&[2, 2], 1), [1.0], vec![5.0; 3]);
    let before = model.0.clone();
    let zero = (before.zero_tangent(), [1.0], vec![]);
    sgd.step(&mut model, &zero);
    sgd.step(&mut model, &(Tensor::ones([2, 2]).t(), [0.0], vec![1.0]));
    assert_eq!(model.0, &before - 1.0);
    assert_eq!((model.1, model.2), ([-0.5], vec![4.0, 5.0, 5.0]));
    // Of another variant, or of none, nothing is known.
    let mut head = Head::Linear(1.0);
    head.update(&HeadTangent::Zero, &mut Add);
    head.update(&HeadTangent::Nothing, &mut Add);
    assert_eq!(head, Head::Linear(1.0));
    let mut nothing = Head::Nothing;
    nothing.update(&HeadTangent::Nothing, &mut Add);
    assert_eq!(nothing, Head::Nothing);
}

#[test]
fn arrays_of_ndarray_move() {
    use ndarray::{Array2, array};
    let mut w = array![[1.0, 2.0], [3.0, 4.0]];
    let gradient = array![[1.0, 0.0], [0.0, 2.0]];
    Sgd::new(0.5).step(&mut w, &gradient);
    assert_eq!(w, array![[0.5, 2.0], [3.0, 3.0]]);
    // Columns stand in another order than the gradient's rows.
    Sgd::new(0.5).step(&mut w.view_mut().reversed_axes(), &gradient.t().to_owned());
    assert_eq!(w, array![[0.0, 2.0], [3.0, 2.0]]);
    Sgd::new(0.5).step(&mut w, &Array2::zeros((0, 0)));
    assert_eq!(w, array![[0.0, 2.0], [3.0, 2.0]]);
}

#[differentiable]
fn rosenbrock(p: &Model<f64>) -> f64 {
    let (x, y) = (p.pair.0, p.layers[0].weights.sum());
    (1.0 - x) * (1.0 - x) + 10.0 * (y - x * x) * (y - x * x)
}

#[test]
fn a_derived_model_reaches_its_least_value() {
    let mut p = model();
    let mut adam = Adam::new(0.05);
    let schedule = Schedule::cosine(0.05, 0.0, 600);
    for step in 0..600 {
        let mut gradient = rosenbrock::grad(&p);
        clip_norm(&mut gradient, 5.0);
        adam.rate = schedule.at(step);
        adam.step(&mut p, &gradient);
    }
    assert!(rosenbrock(&p) < 1e-4, "{}", rosenbrock(&p));
    // What the gradient does not reach has not moved.
    assert_eq!(p.layers[1], model().layers[1]);
}

#[test]
fn a_saved_optimiser_goes_on() {
    let step = |adam: &mut Adam, x: &mut Vec<f64>, g: f64| adam.step(x, &vec![g, -g]);
    let (mut adam, mut x) = (Adam::decoupled(0.1, 0.01), vec![1.0, 2.0]);
    step(&mut adam, &mut x, 0.3);
    let text = serde_json::to_string(&adam).unwrap();
    let (mut read, mut y): (Adam, _) = (serde_json::from_str(&text).unwrap(), x.clone());
    assert_eq!(read, adam);
    step(&mut adam, &mut x, -0.7);
    step(&mut read, &mut y, -0.7);
    assert_eq!(x, y);
}

#[test]
fn gradients_are_clipped() {
    let mut g = (Tensor::from([3.0_f32, 0.0]), [0.0, 4.0]);
    assert_eq!(clip_norm(&mut g, 2.5), 5.0);
    assert_eq!((g.0.to_vec(), g.1), (vec![1.5, 0.0], [0.0, 2.0]));
    clip_value(&mut g, 1.0);
    assert_eq!((g.0.to_vec(), g.1), (vec![1.0, 0.0], [0.0, 1.0]));
    let mut nan = [f64::NAN, 1.0];
    assert!(clip_norm(&mut nan, 0.5).is_nan() && nan[1] == 1.0);
}

#[test]
fn schedules_follow_their_formulas() {
    let all = |s: Schedule, steps: [usize; 4]| steps.map(|i| s.at(i));
    assert_eq!(all(Schedule::constant(0.3), [0, 1, 50, 999]), [0.3; 4]);
    assert_eq!(
        all(Schedule::linear(1.0, 0.0, 4), [0, 1, 4, 9]),
        [1.0, 0.75, 0.0, 0.0]
    );
    assert_eq!(
        all(Schedule::exponential(1.0, 0.5), [0, 1, 2, 3]),
        [1.0, 0.5, 0.25, 0.125]
    );
    let warm = Schedule::linear(1.0, 0.0, 2).warmup(2);
    assert_eq!(all(warm, [0, 1, 2, 3]), [0.5, 1.0, 1.0, 0.5]);
    let cosine = Schedule::cosine(1.0, 0.2, 3);
    // cos(π / 3) = 1/2
    assert!((cosine.at(1) - (0.2 + 0.8 * 0.75)).abs() < 1e-15);
    assert_eq!(Schedule::cosine(1.0, 0.2, 0).at(0), 0.2);
}

fn said(f: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(f).unwrap_err();
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic.downcast::<&str>().unwrap().to_string(),
    }
}

#[test]
fn what_does_not_fit_is_said() {
    let grown = said(|| {
        let mut adam = Adam::new(0.1);
        adam.step(&mut vec![1.0], &vec![1.0]);
        adam.step(&mut vec![1.0, 2.0], &vec![1.0, 1.0]);
    });
    assert!(grown.contains("another number of parameters"), "{grown}");
    let shrunk = said(|| {
        let mut adam = Adam::new(0.1);
        adam.step(&mut vec![1.0, 2.0], &vec![1.0, 1.0]);
        adam.step(&mut vec![1.0], &vec![1.0]);
    });
    assert!(shrunk.contains("another number of parameters"), "{shrunk}");
    let long = said(|| Sgd::new(0.1).step(&mut vec![1.0], &vec![1.0, 2.0]));
    assert_eq!(long, "the gradient has 2 elements where the model has 1");
    let shape = said(|| Sgd::new(0.1).step(&mut Tensor::<f64>::ones([2]), &Tensor::ones([3])));
    assert_eq!(
        shape,
        "the gradient has the shape [3] where the model has [2]"
    );
    let beta = said(|| drop(Adam::new(0.1).betas(1.0, 0.9)));
    assert_eq!(
        beta,
        "β₁ is 1.0, and must be at least 0.0 and less than 1.0"
    );
    let nan = said(|| drop(Sgd::new(0.1).momentum(f64::NAN)));
    assert!(nan.starts_with("the momentum is NaN"), "{nan}");
}

#[derive(Differentiable, Clone)]
struct Frozen {
    w: Tensor<f64>,
    #[constant]
    scale: Tensor<f64>,
}

#[differentiable]
fn frozen(m: &Frozen, x: &Tensor<f64>) -> f64 {
    let h = x * &m.scale + &m.w;
    let h = (&m.scale - h.maximum(&m.scale)).matmul(&m.scale);
    (h / &m.scale).sum()
}

#[differentiable]
fn free(w: &Tensor<f64>, x: &Tensor<f64>, #[constant] scale: &Tensor<f64>) -> f64 {
    let h = x * scale + w;
    let h = (scale - h.maximum(scale)).matmul(scale);
    (h / scale).sum()
}

#[test]
fn frozen_tensors_take_part_in_operators() {
    let (x, w, scale) = (
        crate::t(&[3, 3], 1),
        crate::t(&[3, 3], 2),
        crate::p(&[3, 3], 3),
    );
    let model = Frozen {
        w: w.clone(),
        scale: scale.clone(),
    };
    let (dm, dx) = frozen::grad(&model, &x);
    assert_eq!((dm.w, dx.clone()), free::grad(&w, &x, &scale));
    let mut direction = model.zero_tangent();
    direction.w = crate::t(&[3, 3], 4);
    let along = frozen::jvp((&model, &x), (direction.clone(), dx.clone())).1;
    let expected = free::jvp((&w, &x, &scale), (direction.w, dx)).1;
    assert_eq!(along, expected);
}

#[differentiable]
fn inner(x: &[f64], y: &Vec<f64>, z: f64) -> f64 {
    x[0] * y[1] * z + x[1]
}

#[derive(Differentiable, Clone)]
struct Constants {
    w: f64,
    #[constant]
    x: Vec<f64>,
    #[constant]
    z: f64,
}

#[differentiable]
fn outer(c: &Constants, y: &Vec<f64>) -> f64 {
    inner(&c.x, &c.x, c.w) + inner(y, &c.x, c.z) + inner(&c.x, y, c.z * c.w)
}

#[test]
fn frozen_vectors_are_passed_to_functions() {
    let c = Constants {
        w: 2.0,
        x: vec![3.0, 5.0],
        z: 7.0,
    };
    let (dc, dy) = outer::grad(&c, &vec![11.0, 13.0]);
    assert_eq!(dc.w, 3.0 * 5.0 + 3.0 * 13.0 * 7.0);
    assert_eq!(dy, [5.0 * 7.0, 1.0 + 3.0 * 14.0]);
    let along = outer::jvp((&c, &vec![11.0, 13.0]), (dc.clone(), dy.clone())).1;
    assert_eq!(along, dc.w * dc.w + dy.dot(&dy));
}
