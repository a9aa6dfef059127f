//! A convolutional network learns handwritten digits.
//!
//! ```text
//! cargo run --release --example mnist                   on 10000 digits that it draws itself
//! cargo run --release --example mnist -- DIR            on MNIST's four files in DIR, as they are or with .gz
//! cargo run --release --example mnist -- --epochs 2 --images 2000 --out /tmp
//! ```
//!
//! The learning curve and the confusion matrix are written as SVG to `target/mnist`, or where `--out` says.

mod data;
mod digits;
mod idx;
mod model;
mod pictures;

use data::Digits;
use indicatif::{ProgressBar, ProgressStyle};
use model::{Cnn, Training};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

struct Options {
    dir: Option<PathBuf>,
    epochs: usize,
    images: usize,
    out: PathBuf,
}

const USAGE: &str = "usage: mnist [DIR] [--epochs N] [--images N] [--out DIR]";

fn options() -> Result<Options, String> {
    let mut options = Options {
        dir: None,
        epochs: 4,
        images: 10_000,
        out: PathBuf::from("target/mnist"),
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} wants a value\n{USAGE}"));
        let number = |text: String| match text.parse() {
            Ok(n) if n > 0 => Ok(n),
            _ => Err(format!("{text} is no positive number\n{USAGE}")),
        };
        match arg.as_str() {
            "--epochs" => options.epochs = number(value()?)?,
            "--images" => options.images = number(value()?)?,
            "--out" => options.out = value()?.into(),
            _ if arg.starts_with('-') => return Err(USAGE.into()),
            _ => options.dir = Some(arg.into()),
        }
    }
    Ok(options)
}

fn run() -> Result<(), String> {
    let options = options()?;
    let began = Instant::now();
    let (train, held_out) = match &options.dir {
        Some(dir) => (Digits::read(dir, "train")?, Digits::read(dir, "t10k")?),
        None => (Digits::drawn(options.images, 1), Digits::drawn(2000, 2)),
    };
    println!(
        "{} images to learn from, {} held out",
        train.len(),
        held_out.len()
    );

    let mut model = Cnn::new(1);
    let mut training = Training::new(&train, options.epochs, 7);
    let (mut losses, mut accuracies) = (Vec::new(), Vec::new());
    let style = "epoch {prefix} {bar:32} {pos}/{len} {msg} {eta}";
    let style = ProgressStyle::with_template(style).map_err(|e| e.to_string())?;
    for epoch in 1..=options.epochs {
        let bar = ProgressBar::new(training.batches() as u64).with_style(style.clone());
        bar.set_prefix(epoch.to_string());
        let first = losses.len();
        for _ in 0..training.batches() {
            losses.push(training.step(&mut model));
            let recent = &losses[losses.len().saturating_sub(50).max(first)..];
            bar.set_message(format!(
                "loss {:.4}",
                recent.iter().sum::<f32>() / recent.len() as f32
            ));
            bar.inc(1);
        }
        bar.finish_and_clear();
        let of_epoch = &losses[first..];
        let mean = of_epoch.iter().sum::<f32>() / of_epoch.len() as f32;
        accuracies.push(model.accuracy(&held_out));
        let accuracy = 100.0 * accuracies[epoch - 1];
        let seconds = began.elapsed().as_secs_f64();
        println!(
            "epoch {epoch}: loss {mean:.4}, held-out accuracy {accuracy:.2} %, {seconds:.1} s"
        );
    }

    let mut counts = [[0; 10]; 10];
    for (label, seen) in held_out.labels.iter().zip(model.predict_all(&held_out)) {
        counts[*label][seen] += 1;
    }
    write(
        &options.out,
        "learning_curve.svg",
        &pictures::learning_curve(&losses, &accuracies),
    )?;
    write(&options.out, "confusion.svg", &pictures::confusion(&counts))
}

fn write(dir: &Path, name: &str, text: &str) -> Result<(), String> {
    let path = dir.join(name);
    let wrong = |e| format!("{}: {e}", path.display());
    std::fs::create_dir_all(dir).map_err(wrong)?;
    std::fs::write(&path, text).map_err(wrong)?;
    println!("wrote {}", path.display());
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
