//! Generated gradients beside hand-written ones.
//!
//! ```text
//! cargo bench --bench suite                        a table
//! cargo bench --bench suite -- --json              one JSON object per problem
//! cargo bench --bench suite -- --only gmm          the problems whose name has this in it
//! cargo bench --bench suite -- --gmm FILE          another mixture, in ADBench's format
//! cargo bench --bench suite -- --svg FILE          also draws the ratios
//! cargo test --bench suite                         checks the gradients, times nothing
//! ```
//!
//! All three timed functions start from the same inputs, and both gradients give the value and
//! newly allocated derivatives. Before anything is timed, the two gradients are compared with each
//! other and with central differences.

mod chart;
mod harness;
mod memory;
mod problems;

use std::path::PathBuf;
use std::process::ExitCode;

use harness::{Problem, Row};
use memory::Usage;
use problems::gmm::Gmm;
use problems::*;

const USAGE: &str = "usage: cargo bench --bench suite [-- OPTIONS]

    --json         print one JSON object per problem instead of a table
    --only TEXT    only the problems whose name contains TEXT
    --gmm FILE     take the Gaussian mixture from this file, in ADBench's format
    --svg FILE     draw the ratios
    --help         print this";

/// The head of the table, in the form that documents take.
const HEADING: &str = "\
| problem                    | primal   | generated | by hand | / primal | / hand | peak     | by hand  | allocations | by hand |
|---|---|---|---|---|---|---|---|---|---|";

/// What the command line asks for.
#[derive(Default)]
struct Options {
    json: bool,
    only: Option<String>,
    gmm: Option<PathBuf>,
    svg: Option<PathBuf>,
    /// Cargo says `--bench` when it wants a bench to measure, and nothing when it tests.
    timed: bool,
}

fn main() -> ExitCode {
    let options = match parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(what) => {
            eprintln!("suite: {what}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("suite: {what}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("`{argument}` takes a value"))
        };
        match argument.as_str() {
            "--bench" => options.timed = true,
            "--json" => options.json = true,
            "--only" => options.only = Some(value()?),
            "--gmm" => options.gmm = Some(value()?.into()),
            "--svg" => options.svg = Some(value()?.into()),
            "--help" | "-h" => return Ok(None),
            other => return Err(format!("unknown argument `{other}`")),
        }
    }
    Ok(Some(options))
}

fn run(options: &Options) -> Result<(), String> {
    let gmm = match &options.gmm {
        Some(path) => Gmm::read(path)?,
        None => Gmm::ours()?,
    };
    if options.timed && !options.json {
        println!("{HEADING}");
    }
    let mut lines = Vec::new();
    lines.extend(report(options, &dot::inner_product(1_000))?);
    lines.extend(report(options, &dot::inner_product(100_000))?);
    lines.extend(report(options, &least_squares::least_squares(500, 64))?);
    lines.extend(report(options, &logsumexp::of_vector(1_000))?);
    lines.extend(report(options, &rosenbrock::valley(1_000))?);
    lines.extend(report(options, &matmul::matmul(64))?);
    lines.extend(report(options, &determinant::of_matrix(7))?);
    lines.extend(report(options, &ranking::ranking(1_000))?);
    lines.extend(report(options, &fourier::filter(1_024))?);
    lines.extend(report(options, &pendulum::swing())?);
    lines.extend(report(options, &runge_kutta::runge_kutta())?);
    lines.extend(report(options, &heat::in_a_plate(64, 50))?);
    lines.extend(report(options, &brusselator::on_a_line(256, 100))?);
    lines.extend(report(options, &monte_carlo::monte_carlo(100))?);
    lines.extend(report(options, &tiny::tiny())?);
    lines.extend(report(options, &attraction::beside_hand(20))?);
    lines.extend(report(options, &gmm)?);
    lines.extend(report(options, &lstm::lstm(2, 256))?);
    if lines.is_empty() {
        let only = options.only.as_deref().unwrap_or_default();
        return Err(format!("no problem has `{only}` in its name"));
    }
    let ratios: Vec<f64> = lines.iter().filter_map(Line::over_hand).collect();
    if !options.json && !ratios.is_empty() {
        let logarithms: f64 = ratios.iter().map(|r| r.ln()).sum();
        let mean = (logarithms / ratios.len() as f64).exp();
        println!(
            "\ngenerated / hand-written, geometric mean of {}: {mean:.2}",
            ratios.len()
        );
    }
    if let Some(path) = &options.svg {
        std::fs::write(path, chart::of(&lines)).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    if options.gmm.is_some() {
        eprintln!("{}: {}", gmm.name(), gmm.checksums());
    }
    Ok(())
}

/// Checks, times and prints one problem, and counts what it allocates; `None` if it was not asked for.
fn report(options: &Options, problem: &impl Problem) -> Result<Option<Line>, String> {
    let name = problem.name();
    let wanted = options.only.as_ref();
    if wanted.is_some_and(|only| !name.contains(only)) {
        return Ok(None);
    }
    let row = harness::run(problem, options.timed)?;
    let line = Line {
        name,
        row,
        generated: memory::of(|| problem.generated()),
        by_hand: memory::of(|| problem.by_hand()),
    };
    println!(
        "{}",
        if options.json {
            line.json()
        } else {
            line.text()
        }
    );
    Ok(Some(line))
}

/// What is known of a problem.
struct Line {
    name: String,
    /// The times, if it was timed.
    row: Option<Row>,
    generated: Usage,
    by_hand: Usage,
}

impl Line {
    /// Generated over hand-written.
    fn over_hand(&self) -> Option<f64> {
        self.row.as_ref().map(|row| row.generated / row.by_hand)
    }

    fn json(&self) -> String {
        let Self {
            name,
            row,
            generated,
            by_hand,
        } = self;
        let times = row.as_ref().map_or(String::new(), |row| {
            let Row {
                primal,
                generated,
                by_hand,
                median_ratio,
            } = row;
            format!(
                ",\"primal_ns\":{primal:.1},\"generated_ns\":{generated:.1},\
                 \"hand_written_ns\":{by_hand:.1},\"generated_over_primal\":{:.3},\
                 \"generated_over_hand_written\":{:.3},\
                 \"median_generated_over_hand_written\":{median_ratio:.3}",
                generated / primal,
                generated / by_hand
            )
        });
        format!(
            "{{\"problem\":\"{name}\"{times},\"generated_peak_bytes\":{},\"hand_written_peak_bytes\":{},\
             \"generated_allocations\":{},\"hand_written_allocations\":{}}}",
            generated.peak, by_hand.peak, generated.allocations, by_hand.allocations
        )
    }

    fn text(&self) -> String {
        let Some(row) = &self.row else {
            return format!("{}: the gradients agree", self.name);
        };
        let Row {
            primal,
            generated,
            by_hand,
            ..
        } = row;
        format!(
            "| {:<26} | {:>8} | {:>8} | {:>8} | {:>5.2} | {:>5.2} | {:>8} | {:>8} | {:>4} | {:>4} |",
            self.name,
            time(*primal),
            time(*generated),
            time(*by_hand),
            generated / primal,
            generated / by_hand,
            bytes(self.generated.peak),
            bytes(self.by_hand.peak),
            self.generated.allocations,
            self.by_hand.allocations
        )
    }
}

/// A time with a unit that suits it.
fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        t if t < 1e4 => format!("{t:.0} ns"),
        t if t < 1e7 => format!("{:.1} µs", t / 1e3),
        t => format!("{:.2} ms", t / 1e6),
    }
}

/// A size with a unit that suits it.
fn bytes(bytes: usize) -> String {
    match bytes {
        b if b < 10_000 => format!("{b} B"),
        b if b < 10_000_000 => format!("{:.1} kB", b as f64 / 1e3),
        b => format!("{:.1} MB", b as f64 / 1e6),
    }
}
