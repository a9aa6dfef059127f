//! Convolutions of the shapes that networks have, forward and with both gradients; the step of a network for MNIST; and
//! the gradient of the logarithms of sums of exponentials of rows.
//!
//! ```text
//! cargo bench --bench conv                a table: least times in milliseconds, and GFLOP/s
//! cargo bench --bench conv -- --only c    the shape of this name, or `mnist`, or `rows`
//! cargo test --bench conv                 checks the identity of the adjoints on a part of each shape, times nothing
//! ```
//!
//! `RAYON_NUM_THREADS=1` before it keeps it on one thread. `benches/peers/peers.py` times the same in other frameworks.
//!
//! A product and a sum count as two operations: `2 · N · K · OH · OW · (C / groups) · R · S` for the convolution and as
//! many for each of its gradients.

use pullback::optim::Sgd;
use pullback::tensor::{Conv, Layout, Padding, Pool};
use pullback::{Differentiable, Tensor, differentiable};
use std::hint::black_box;
use std::time::{Duration, Instant};

#[differentiable]
fn layer(x: &Tensor, w: &Tensor, #[constant] options: &Conv) -> Tensor {
    x.conv2d(w, options)
}

#[differentiable]
fn of_input(x: &Tensor, #[constant] w: &Tensor, #[constant] options: &Conv) -> Tensor {
    x.conv2d(w, options)
}

#[differentiable]
fn of_weights(#[constant] x: &Tensor, w: &Tensor, #[constant] options: &Conv) -> Tensor {
    x.conv2d(w, options)
}

#[derive(Differentiable)]
struct Cnn {
    kernels: [Tensor; 2],
    weights: [Tensor; 2],
    biases: [Tensor; 4],
}

#[differentiable]
fn loss(net: &Cnn, #[constant] x: &Tensor, labels: &[usize]) -> f32 {
    let mut h = x.clone();
    for i in 0..2 {
        let same = Conv::new().padding(1).channels_last();
        h = (h.conv2d(&net.kernels[i], &same) + &net.biases[i]).relu();
        h = h.max_pool2d(&Pool::new(2).channels_last());
    }
    h = h.reshape([-1, 7 * 7 * 64]).matmul(&net.weights[0]) + &net.biases[2];
    h = h.relu().matmul(&net.weights[1]) + &net.biases[3];
    h.cross_entropy(labels)
}

#[differentiable]
fn rows(x: &Tensor<f64>) -> f64 {
    x.logsumexp_axis(1, false).sum()
}

/// A step of the network with 64 images.
fn mnist(timed: bool) {
    let batch = if timed { 64 } else { 1 };
    let he = |shape: &[usize], inputs: f32| numbers(shape, 4) * (6.0 / inputs).sqrt();
    let mut net = Cnn {
        kernels: [he(&[32, 1, 3, 3], 9.0), he(&[64, 32, 3, 3], 288.0)],
        weights: [he(&[3136, 128], 3136.0), he(&[128, 10], 128.0)],
        biases: [32, 64, 128, 10].map(|n| Tensor::zeros([n])),
    };
    let x = numbers(&[batch, 28, 28, 1], 5);
    let labels: Vec<usize> = (0..batch).map(|i| i % 10).collect();
    let mut sgd = Sgd::new(0.01);
    if !timed {
        let (before, gradient) = loss::value_and_grad(&net, &x, &labels);
        sgd.step(&mut net, &gradient);
        assert!(loss(&net, &x, &labels) < before);
        return;
    }
    let forward = least(|| {
        black_box(loss(&net, &x, &labels));
    });
    let step = least(|| {
        let (_, gradient) = loss::value_and_grad(&net, &x, &labels);
        sgd.step(&mut net, &gradient);
    });
    let [forward, step] = [forward, step].map(|t| t * 1e3);
    println!("| mnist | ChannelsLast | {forward:.2} | | | {step:.2} | |");
}

/// 1000 rows of 64 numbers.
fn log_sums(timed: bool) {
    let x = Tensor::from_fn([1000, 64], |i| ((i[0] * 64 + i[1]) as f64).sin());
    if !timed {
        let total: f64 = rows::grad(&x).sum();
        assert!((total - 1000.0).abs() < 1e-9, "{total}");
        return;
    }
    let forward = least(|| {
        black_box(rows(&x));
    }) * 1e3;
    let both = least(|| drop(black_box(rows::grad(&x)))) * 1e3;
    println!("| rows | | {forward:.3} | | | {both:.3} | |");
}

/// Numbers without pattern between -1 and 1.
fn numbers(shape: &[usize], seed: u64) -> Tensor {
    let mut state = seed;
    Tensor::from_fn(shape, |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    })
}

/// The least time of a call, in seconds.
fn least(mut run: impl FnMut()) -> f64 {
    let begun = Instant::now();
    let mut least = Duration::MAX;
    let mut calls = 0;
    while calls < 5 || (begun.elapsed() < Duration::from_millis(1500) && calls < 200) {
        let begun = Instant::now();
        run();
        least = least.min(begun.elapsed());
        calls += 1;
    }
    least.as_secs_f64()
}

fn main() {
    let same = Conv::new().padding(Padding::Same);
    let shapes = [
        ("a", [32, 3, 32, 32], [32, 3, 3, 3], same.clone()),
        ("b", [32, 64, 32, 32], [64, 64, 3, 3], same.clone()),
        ("c", [16, 128, 28, 28], [128, 128, 3, 3], same.clone()),
        ("d", [8, 256, 14, 14], [256, 256, 3, 3], same.clone()),
        ("e", [8, 64, 56, 56], [256, 64, 1, 1], Conv::new()),
        (
            "f",
            [1, 3, 224, 224],
            [64, 3, 7, 7],
            Conv::new().stride(2).padding(3),
        ),
        ("g", [8, 128, 28, 28], [128, 1, 3, 3], same.groups(128)),
    ];
    let args: Vec<String> = std::env::args().collect();
    let timed = args.iter().any(|arg| arg == "--bench");
    let only = args
        .iter()
        .position(|arg| arg == "--only")
        .and_then(|i| args.get(i + 1));
    if timed {
        println!("| shape | layout | forward | with dX | with dW | with both | GFLOP/s |");
        println!("|---|---|---|---|---|---|---|");
    }
    for (name, run) in [("mnist", mnist as fn(bool)), ("rows", log_sums)] {
        if only.is_none_or(|only| only == name) {
            run(timed);
        }
    }
    for (name, x, w, options) in shapes {
        if only.is_some_and(|only| only != name) {
            continue;
        }
        for layout in [Layout::ChannelsFirst, Layout::ChannelsLast] {
            let mut shape = x;
            if !timed {
                // Without optimisation a whole batch would take minutes.
                shape = [1, x[1], x[2].min(9), x[3].min(8)];
            }
            if layout == Layout::ChannelsLast {
                shape[1..].rotate_left(1);
            }
            let (options, x, kernel) = (
                options.clone().layout(layout),
                numbers(&shape, 1),
                numbers(&w, 2),
            );
            let (y, pullback) = layer::vjp(&x, &kernel, &options);
            let seed = numbers(y.shape(), 3);
            let inner = |a: &Tensor, b: &Tensor| pullback::Tangent::dot(a, b);
            let (dx, dw) = pullback(seed.clone());
            let [a, b, c] = [inner(&y, &seed), inner(&x, &dx), inner(&kernel, &dw)];
            let size = 1e-5 * inner(&y, &y).sqrt() * inner(&seed, &seed).sqrt();
            assert!(
                (a - b).abs() < size && (a - c).abs() < size,
                "{name} {layout:?}: {a} {b} {c}"
            );
            if !timed {
                println!("{name} {layout:?}: {a} {b} {c}");
                continue;
            }
            let forward = least(|| drop(black_box(layer(&x, &kernel, &options))));
            let input = least(|| {
                drop(black_box(of_input::vjp(&x, &kernel, &options).1(
                    seed.clone(),
                )))
            });
            let weights = least(|| {
                drop(black_box(of_weights::vjp(&x, &kernel, &options).1(
                    seed.clone(),
                )))
            });
            let both = least(|| drop(black_box(layer::vjp(&x, &kernel, &options).1(seed.clone()))));
            let operations = 6 * y.len() * kernel.len() / w[0];
            println!(
                "| {name} | {layout:?} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} |",
                forward * 1e3,
                input * 1e3,
                weights * 1e3,
                both * 1e3,
                operations as f64 / both / 1e9
            );
        }
    }
}
