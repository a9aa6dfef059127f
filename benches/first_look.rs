//! Generated gradients beside hand-written ones.
//!
//! ```text
//! cargo bench --bench first_look                        a table
//! cargo bench --bench first_look -- --json              one JSON object per problem
//! cargo bench --bench first_look -- --only gmm          the problems whose name has this in it
//! cargo bench --bench first_look -- --gmm FILE          another mixture, in ADBench's format
//! cargo test --bench first_look                         checks the gradients, times nothing
//! ```
//!
//! All three timed functions start from the same inputs, and both gradients give the value and
//! newly allocated derivatives. Before anything is timed, the two gradients are compared with each
//! other and with central differences.

mod harness;
mod problems;

use std::path::PathBuf;
use std::process::ExitCode;

use harness::{Problem, Row};
use problems::dot::Dot;
use problems::gmm::Gmm;
use problems::logsumexp::LogSumExp;
use problems::recurrence::Pendulum;
use problems::rosenbrock::Rosenbrock;

const USAGE: &str = "usage: cargo bench --bench first_look [-- OPTIONS]

    --json         print one JSON object per problem instead of a table
    --only TEXT    only the problems whose name contains TEXT
    --gmm FILE     take the Gaussian mixture from this file, in ADBench's format
    --help         print this";

/// What the command line asks for.
#[derive(Default)]
struct Options {
    json: bool,
    only: Option<String>,
    gmm: Option<PathBuf>,
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
            eprintln!("first_look: {what}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("first_look: {what}");
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
        println!(
            "{:<22}{:>12}{:>12}{:>14}{:>18}{:>24}",
            "problem",
            "primal",
            "generated",
            "hand-written",
            "generated/primal",
            "generated/hand-written"
        );
    }
    let mut found = false;
    found |= report(options, &Dot::new(1_000))?;
    found |= report(options, &Dot::new(100_000))?;
    found |= report(options, &LogSumExp::new(1_000))?;
    found |= report(options, &Rosenbrock::new(1_000))?;
    found |= report(options, &Pendulum::new())?;
    found |= report(options, &gmm)?;
    if !found {
        let only = options.only.as_deref().unwrap_or_default();
        return Err(format!("no problem has `{only}` in its name"));
    }
    if options.gmm.is_some() {
        eprintln!("{}: {}", gmm.name(), gmm.checksums());
    }
    Ok(())
}

/// Checks, times and prints one problem; `false` if it was not asked for.
fn report(options: &Options, problem: &impl Problem) -> Result<bool, String> {
    let name = problem.name();
    if options
        .only
        .as_ref()
        .is_some_and(|only| !name.contains(only))
    {
        return Ok(false);
    }
    let Some(row) = harness::run(problem, options.timed)? else {
        println!("{name}: the gradients agree");
        return Ok(true);
    };
    let Row {
        primal,
        generated,
        by_hand,
        median_ratio,
        ..
    } = row;
    let (over_primal, over_hand) = (generated / primal, generated / by_hand);
    if options.json {
        println!(
            "{{\"problem\":\"{name}\",\"primal_ns\":{primal:.1},\"generated_ns\":{generated:.1},\
             \"hand_written_ns\":{by_hand:.1},\"generated_over_primal\":{over_primal:.3},\
             \"generated_over_hand_written\":{over_hand:.3},\
             \"median_generated_over_hand_written\":{median_ratio:.3}}}"
        );
    } else {
        println!(
            "{name:<22}{:>12}{:>12}{:>14}{over_primal:>18.2}{over_hand:>24.2}",
            readable(primal),
            readable(generated),
            readable(by_hand)
        );
    }
    Ok(true)
}

/// A time with a unit that suits it.
fn readable(nanoseconds: f64) -> String {
    match nanoseconds {
        t if t < 1e4 => format!("{t:.0} ns"),
        t if t < 1e7 => format!("{:.1} µs", t / 1e3),
        t => format!("{:.2} ms", t / 1e6),
    }
}
