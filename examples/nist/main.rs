//! Fits the 27 nonlinear regression problems of the NIST Statistical Reference Datasets, from both
//! of NIST's starting points each, with derivatives that come from `#[differentiable]` alone, and
//! compares with the certified answers.
//!
//! ```text
//! cargo run --release --example nist              a table
//! cargo run --release --example nist -- --json    one JSON object per fit
//! ```
//!
//! The LRE (log relative error) is the number of digits that agree with the certified parameters,
//! of the parameter that agrees least; certified are eleven digits. `models.rs` has the models,
//! `data.rs` the observations, `solver.rs` the solver.

mod data;
mod models;
mod solver;

use std::process::ExitCode;

use data::Problem;
use models::{MODELS, Model};
use solver::Residuals;

const USAGE: &str = "usage: cargo run --release --example nist [-- --json]

    --json    print one JSON object per fit, {\"problem\":…,\"start\":…,\"iterations\":…,\"lre\":…}, instead of a table
    --help    print this";

/// Certified values have eleven digits, so no agreement beyond these can be seen.
const MOST_DIGITS: f64 = 11.0;

fn main() -> ExitCode {
    let mut json = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--json" => json = true,
            "--help" | "-h" => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            other => {
                eprintln!("nist: unknown argument `{other}`\n{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    match run(json) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("nist: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(json: bool) -> Result<(), String> {
    let results = fit_all()?;
    if json {
        for Outcome {
            problem,
            start,
            iterations,
            lre,
            ..
        } in &results
        {
            println!(
                r#"{{"problem":"{problem}","start":{start},"iterations":{iterations},"lre":{lre:.2}}}"#
            );
        }
        return Ok(());
    }
    println!(
        "{:<10}{:<12}{:>5}{:>12}{:>7}{:>19}{:>19}",
        "problem", "difficulty", "start", "iterations", "LRE", "sum of squares", "certified"
    );
    for outcome in &results {
        println!(
            "{:<10}{:<12}{:>5}{:>12}{:>7.1}{:>19.10e}{:>19.10e}",
            outcome.problem,
            outcome.difficulty,
            outcome.start,
            outcome.iterations,
            outcome.lre,
            outcome.sum_of_squares,
            outcome.certified_sum_of_squares
        );
    }
    let good = results
        .chunks(2)
        .filter(|starts| starts.iter().all(|s| s.lre >= 8.0))
        .count();
    println!(
        "\n{good} of {} problems agree with NIST in 8 digits or more from both starts",
        results.len() / 2
    );
    Ok(())
}

/// One line of the table.
struct Outcome {
    problem: String,
    difficulty: String,
    start: usize,
    iterations: usize,
    /// The log relative error: digits of agreement with the certified parameters, of the one that
    /// agrees least.
    lre: f64,
    sum_of_squares: f64,
    certified_sum_of_squares: f64,
}

/// Fits every problem from both starts.
///
/// # Errors
///
/// Says which data file cannot be read or belongs to no model.
fn fit_all() -> Result<Vec<Outcome>, String> {
    let mut outcomes = Vec::new();
    for problem in data::problems()? {
        let model = MODELS
            .iter()
            .find(|model| model.problem == problem.name)
            .ok_or_else(|| format!("no model for the data of {}", problem.name))?;
        let fitted = Fitted::new(model, &problem);
        for (index, start) in problem.starts.iter().enumerate() {
            let fit = solver::fit(&fitted, start);
            outcomes.push(Outcome {
                problem: problem.name.clone(),
                difficulty: problem.difficulty.clone(),
                start: index + 1,
                iterations: fit.iterations,
                lre: log_relative_error(&fit.parameters, &problem.certified),
                sum_of_squares: fit.sum_of_squares,
                certified_sum_of_squares: problem.sum_of_squares,
            });
        }
    }
    Ok(outcomes)
}

/// A model with its observations.
struct Fitted<'a> {
    model: &'a Model,
    problem: &'a Problem,
    /// The responses, transformed as the model wants them.
    y: Vec<f64>,
}

impl<'a> Fitted<'a> {
    fn new(model: &'a Model, problem: &'a Problem) -> Self {
        Self {
            model,
            problem,
            y: problem.y.iter().map(|&y| (model.response)(y)).collect(),
        }
    }

    fn observations(&self) -> impl Iterator<Item = (&[f64], f64)> {
        self.problem
            .x
            .chunks_exact(self.problem.predictors)
            .zip(self.y.iter().copied())
    }
}

impl Residuals for Fitted<'_> {
    fn residuals(&self, b: &[f64]) -> Vec<f64> {
        self.observations()
            .map(|(x, y)| (self.model.value)(b, x) - y)
            .collect()
    }

    fn jacobian(&self, b: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let mut residuals = Vec::with_capacity(self.y.len());
        let mut columns = vec![Vec::with_capacity(self.y.len()); b.len()];
        for (x, y) in self.observations() {
            let (value, row) = (self.model.value_and_grad)(b, x);
            residuals.push(value - y);
            for (column, derivative) in columns.iter_mut().zip(row) {
                column.push(derivative);
            }
        }
        (residuals, columns)
    }
}

/// −log₁₀ of the relative error of the worst parameter, between 0 and [`MOST_DIGITS`].
fn log_relative_error(estimated: &[f64], certified: &[f64]) -> f64 {
    let worst = estimated
        .iter()
        .zip(certified)
        .fold(0.0_f64, |worst, (e, c)| {
            let error = ((e - c) / c).abs();
            if error.is_nan() {
                f64::INFINITY
            } else {
                worst.max(error)
            }
        });
    (-worst.log10()).clamp(0.0, MOST_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_agrees_with_nist_in_eight_digits_from_both_starts() -> Result<(), String> {
        let outcomes = fit_all()?;
        assert_eq!(outcomes.len(), 2 * MODELS.len());
        for outcome in &outcomes {
            assert!(
                outcome.lre >= 8.0,
                "{} from start {}: {}",
                outcome.problem,
                outcome.start,
                outcome.lre
            );
        }
        Ok(())
    }

    #[test]
    fn the_sums_of_squares_are_the_certified_ones() -> Result<(), String> {
        for outcome in fit_all()? {
            let error = (outcome.sum_of_squares / outcome.certified_sum_of_squares - 1.0).abs();
            // The residuals of Lanczos1 are 1e-13 beside responses of 1, so that only a few of
            // their digits are left.
            let tolerance = if outcome.problem == "Lanczos1" {
                1e-2
            } else {
                1e-8
            };
            assert!(
                error < tolerance,
                "{} from start {}: {error:e}",
                outcome.problem,
                outcome.start
            );
        }
        Ok(())
    }

    #[test]
    fn an_error_in_a_data_file_names_the_line() {
        let text = "problem P\ndifficulty lower\npredictors 1\nstart1 1\nstart2 2\ncertified 1\n\
                    residual_sum_of_squares 0\nobservations 2\n1 2\n1 2 3\n";
        let message = data::parse(text).err().unwrap_or_default();
        assert_eq!(
            message,
            "data of \"P\", line 10: not one response and its predictors"
        );
    }

    #[test]
    fn the_error_is_that_of_the_worst_parameter() {
        assert_eq!(log_relative_error(&[1.001, 2.0], &[1.0, 2.0]).round(), 3.0);
        assert_eq!(log_relative_error(&[1.0], &[1.0]), MOST_DIGITS);
        assert_eq!(log_relative_error(&[f64::NAN, 1.0], &[1.0, 1.0]), 0.0);
    }
}
