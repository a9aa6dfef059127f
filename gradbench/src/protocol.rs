//! GradBench's protocol: a message a line, a response a line, both JSON.
//!
//! The messages are described in GradBench's `CONTRIBUTING.md`. Every message gets exactly one response with its
//! number; those that are no `define` and no `evaluate` get nothing else.

use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::evals::{MODULES, Module};

/// What the eval sends, of any kind; the input stays text until it is known for which function it is.
#[derive(Deserialize)]
struct Message<'a> {
    id: u64,
    kind: String,
    module: Option<String>,
    function: Option<String>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

#[derive(Default, Serialize)]
struct Response {
    id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    evaluation: Option<Evaluation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// A function's result and how long each run took.
#[derive(Debug, Serialize)]
pub struct Evaluation {
    output: Box<RawValue>,
    timings: Vec<Timing>,
}

impl Evaluation {
    /// The result as JSON.
    pub fn output(&self) -> &str {
        self.output.get()
    }

    /// How often the function ran.
    pub fn runs(&self) -> usize {
        self.timings.iter().filter(|t| t.name == EVALUATE).count()
    }
}

#[derive(Debug, Serialize)]
struct Timing {
    name: &'static str,
    nanoseconds: u128,
}

impl Timing {
    fn new(name: &'static str, time: Duration) -> Self {
        let nanoseconds = time.as_nanos();
        Self { name, nanoseconds }
    }
}

/// The name of a run among the timings.
const EVALUATE: &str = "evaluate";

/// How often a function has to run at least; both conditions have to be met.
#[derive(Deserialize)]
struct Runs {
    #[serde(default = "once")]
    min_runs: usize,
    #[serde(default)]
    min_seconds: f64,
}

fn once() -> usize {
    1
}

/// Answers messages until there are no more.
///
/// # Errors
///
/// When reading or writing fails, or a line is no message. A function that cannot be evaluated is no error here
/// but an answer.
pub fn serve(messages: impl BufRead, mut responses: impl Write) -> io::Result<()> {
    for line in messages.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        serde_json::to_writer(&mut responses, &answer(&serde_json::from_str(&line)?))?;
        responses.write_all(b"\n")?;
        responses.flush()?;
    }
    Ok(())
}

fn answer(message: &Message<'_>) -> Response {
    let id = message.id;
    let outcome = match message.kind.as_str() {
        "start" => {
            let tool = Some("pullback");
            return Response {
                id,
                tool,
                ..Response::default()
            };
        }
        "define" => module(message).map(|_| None),
        "evaluate" => evaluate(message).map(Some),
        _ => {
            return Response {
                id,
                ..Response::default()
            };
        }
    };
    let success = Some(outcome.is_ok());
    let (evaluation, error) = match outcome {
        Ok(evaluation) => (evaluation, None),
        Err(what) => (None, Some(what)),
    };
    Response {
        id,
        success,
        evaluation,
        error,
        ..Response::default()
    }
}

fn module(message: &Message<'_>) -> Result<&'static Module, String> {
    let name = message.module.as_deref().ok_or("no module is named")?;
    let known = MODULES.iter().find(|module| module.name == name);
    known.ok_or_else(|| format!("there is no module `{name}`"))
}

fn evaluate(message: &Message<'_>) -> Result<Evaluation, String> {
    let module = module(message)?;
    let name = message.function.as_deref().ok_or("no function is named")?;
    let known = module.functions.iter().find(|(known, _)| *known == name);
    let (_, function) =
        known.ok_or_else(|| format!("there is no function `{name}` in `{}`", module.name))?;
    function(message.input.map_or("null", RawValue::get))
}

/// Reads an input, prepares once, runs as often as the input asks, and gives the output of the last run.
///
/// What stays allocated between runs is part of the prepared state, as in GradBench's tools in C++. Neither
/// reading nor writing JSON is timed.
///
/// # Errors
///
/// When the input is not what the function takes, or preparing fails.
pub fn measure<I: DeserializeOwned, S, O: Serialize>(
    input: &str,
    prepare: impl FnOnce(I) -> Result<S, String>,
    mut run: impl FnMut(&mut S),
    output: impl FnOnce(S) -> O,
) -> Result<Evaluation, String> {
    let bad = |error: serde_json::Error| format!("the input: {error}");
    // The input of `hello` is a number, which asks for one run.
    let runs = serde_json::from_str(input).unwrap_or(Runs {
        min_runs: 1,
        min_seconds: 0.0,
    });
    let input = serde_json::from_str(input).map_err(bad)?;
    let start = Instant::now();
    let mut state = prepare(input)?;
    let mut timings = vec![Timing::new("prepare", start.elapsed())];
    let mut total = Duration::ZERO;
    while timings.len() <= runs.min_runs.max(1) || total.as_secs_f64() < runs.min_seconds {
        let start = Instant::now();
        run(black_box(&mut state));
        let time = start.elapsed();
        total += time;
        timings.push(Timing::new(EVALUATE, time));
    }
    let output = to_raw_value(&output(state)).map_err(|error| format!("the output: {error}"))?;
    Ok(Evaluation { output, timings })
}
