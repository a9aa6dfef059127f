//! Convolutions of the shapes that networks have, forward and with both gradients, on one thread.
//!
//! ```text
//! cargo bench --bench conv                a table: least times in milliseconds, and GFLOP/s
//! cargo bench --bench conv -- --only c    the shape of this name
//! cargo test --bench conv                 checks the identity of the adjoints on a part of each shape, times nothing
//! ```
//!
//! A product and a sum count as two operations: `2 · N · K · OH · OW · (C / groups) · R · S` for the convolution and as
//! many for each of its gradients.

use pullback::tensor::{Conv, Layout, Padding};
use pullback::{Tensor, differentiable};
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
