//! What the attribute costs a build: a crate of 100 generated functions, built with and without it,
//! and the time that the transformation alone takes per function.
//!
//! ```text
//! cargo bench --bench build_time                a table
//! cargo bench --bench build_time -- --json      one JSON object per line of it
//! cargo bench --bench build_time -- --source    prints the functions, builds nothing
//! cargo test --bench build_time                 checks that they expand without an error
//! ```
//!
//! The functions are short and all different: straight lines, branches, loops with and without
//! early exits, matches, arrays written in place, and calls of each other. Dependencies are built
//! beforehand and not counted. Each build is repeated after touching the source file, and the
//! shortest time is kept.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;
use std::{env, fs};

/// How many functions the crate has.
const FUNCTIONS: usize = 100;

/// Builds of each kind.
const RUNS: usize = 5;

const USAGE: &str = "usage: cargo bench --bench build_time [-- --json | --source]";

fn main() -> ExitCode {
    let (mut json, mut timed) = (false, false);
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--bench" => timed = true,
            "--json" => json = true,
            "--source" => {
                print!("{}", source("#[differentiable]\n"));
                return ExitCode::SUCCESS;
            }
            "--help" | "-h" => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            other => {
                eprintln!("build_time: unknown argument `{other}`\n{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    match run(json, timed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("build_time: {what}");
            ExitCode::FAILURE
        }
    }
}

fn run(json: bool, timed: bool) -> Result<(), String> {
    let expansion = expansion_time()?;
    if !timed {
        println!("build_time: all {FUNCTIONS} functions expand");
        return Ok(());
    }
    if json {
        println!("{{\"what\":\"expansion\",\"milliseconds_per_function\":{expansion:.4}}}");
    } else {
        println!("the transformation alone, per function: {expansion:.3} ms\n");
        println!(
            "{:<24}{:>10}{:>10}{:>24}",
            "100 functions", "without", "with", "difference per function"
        );
    }
    let directory = scratch_directory();
    let without = Crate::new(&directory.join("without"), "")?;
    let with = Crate::new(&directory.join("with"), "#[differentiable]\n")?;
    for build in [&["check"][..], &["build"], &["build", "--release"]] {
        let (without, with) = (without.build_time(build)?, with.build_time(build)?);
        let each = (with - without) * 1e3 / FUNCTIONS as f64;
        let command = format!("cargo {}", build.join(" "));
        if json {
            println!(
                "{{\"what\":\"{command}\",\"seconds_without\":{without:.3},\
                 \"seconds_with\":{with:.3},\"milliseconds_per_function\":{each:.2}}}"
            );
        } else {
            println!("{command:<24}{without:>8.2} s{with:>8.2} s{each:>21.2} ms");
        }
    }
    Ok(())
}

/// Milliseconds that the transformation takes per function, outside of the compiler.
fn expansion_time() -> Result<f64, String> {
    let functions: Vec<_> = (0..FUNCTIONS)
        .map(|n| function(n).parse::<proc_macro2::TokenStream>())
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    let mut least = f64::INFINITY;
    for _ in 0..RUNS {
        let start = Instant::now();
        for (n, function) in functions.iter().enumerate() {
            let expanded =
                pullback_transform::expand(proc_macro2::TokenStream::new(), function.clone());
            if expanded.to_string().contains("compile_error") {
                return Err(format!("function {n} is refused:\n{function}\n{expanded}"));
            }
        }
        least = least.min(start.elapsed().as_secs_f64());
    }
    Ok(least * 1e3 / FUNCTIONS as f64)
}

/// A directory of ours in the target directory, so that nothing is left behind elsewhere.
fn scratch_directory() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("build_time")
}

/// A crate of the 100 functions.
struct Crate {
    directory: PathBuf,
}

impl Crate {
    /// Writes it, with this attribute on each function.
    fn new(directory: &Path, attribute: &str) -> Result<Self, String> {
        let manifest = format!(
            "[package]\nname = \"functions\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\npullback = {{ path = {:?} }}\n\n[workspace]\n",
            env!("CARGO_MANIFEST_DIR")
        );
        let write = |name: &str, text: String| {
            fs::write(directory.join(name), text)
                .map_err(|error| format!("cannot write in {}: {error}", directory.display()))
        };
        fs::create_dir_all(directory.join("src")).map_err(|error| error.to_string())?;
        write("Cargo.toml", manifest)?;
        write("src/lib.rs", source(attribute))?;
        // The versions of this workspace, so that the build asks no registry.
        if let Ok(lock) = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock")) {
            write("Cargo.lock", lock)?;
        }
        Ok(Self {
            directory: directory.to_path_buf(),
        })
    }

    /// The shortest of several times of this `cargo` command, in seconds, dependencies not counted.
    fn build_time(&self, command: &[&str]) -> Result<f64, String> {
        self.cargo(command)?;
        let mut least = f64::INFINITY;
        for _ in 0..RUNS {
            let file = self.directory.join("src/lib.rs");
            let text = fs::read(&file).map_err(|error| error.to_string())?;
            fs::write(&file, text).map_err(|error| error.to_string())?;
            let start = Instant::now();
            self.cargo(command)?;
            least = least.min(start.elapsed().as_secs_f64());
        }
        Ok(least)
    }

    fn cargo(&self, command: &[&str]) -> Result<(), String> {
        let output = Command::new(env!("CARGO"))
            .args(command)
            .current_dir(&self.directory)
            .env("CARGO_TARGET_DIR", self.directory.join("target"))
            // Incremental builds would reuse what did not change, and nothing here changes.
            .env("CARGO_INCREMENTAL", "0")
            .output()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

/// The source of the crate, with this text before each function.
fn source(attribute: &str) -> String {
    let mut text = String::new();
    if !attribute.is_empty() {
        text.push_str("use pullback::differentiable;\n");
    }
    for n in 0..FUNCTIONS {
        let _ = write!(text, "\n{attribute}{}", function(n));
    }
    text
}

/// The `n`-th function: ten kinds in turn, their numbers different each time.
fn function(n: usize) -> String {
    let (a, b) = (1.0 + 0.01 * n as f64, 0.5 + 0.03 * n as f64);
    let body = match n % 10 {
        0 => format!(
            "(x: f64, y: f64) -> f64 {{
    let r = (x * x + {a:?} * y * y).sqrt();
    let t = (x / (r + {b:?})).sin();
    t * y.exp() - r.ln()
}}"
        ),
        1 => format!(
            "(x: f64, y: f64) -> f64 {{
    if x > {a:?} {{
        let z = x * y;
        z.tanh() + {b:?}
    }} else if y > 0.0 {{
        y.sqrt() * x
    }} else {{
        (x - y).powi(3)
    }}
}}"
        ),
        2 => format!(
            "(x: &[f64], w: f64) -> f64 {{
    let mut sum = 0.0;
    for i in 0..x.len() {{
        sum += (w * x[i] - {a:?}).powi(2);
    }}
    sum / {b:?}
}}"
        ),
        3 => format!(
            "(x: f64, tolerance: f64) -> f64 {{
    let mut y = x.abs() + {a:?};
    let mut step = 1.0_f64;
    while step.abs() > 0.001 + tolerance * tolerance {{
        step = (y * y - {b:?}) / (2.0 * y);
        y -= step;
        if y > 1e6 {{
            break;
        }}
    }}
    y * (1.0 + tolerance)
}}"
        ),
        4 => format!(
            "(kind: usize, x: f64, y: f64) -> f64 {{
    match kind {{
        0 => x * y,
        1 | 2 => (x + y).sin() * {a:?},
        3..=7 => x.atan2(y + {b:?}),
        _ if x > y => x.max(y * y),
        _ => (y - x).exp(),
    }}
}}"
        ),
        5 => format!(
            "(x: &[f64], y: &[f64]) -> f64 {{
    let mut total = 0.0;
    for (i, &v) in x.iter().enumerate() {{
        let mut row = {a:?};
        for j in 0..y.len() {{
            row += v * y[j] / (1.0 + (i + j) as f64);
        }}
        if row < 0.0 {{
            continue;
        }}
        total += row.sqrt() * {b:?};
    }}
    total
}}"
        ),
        6 => format!(
            "(x: &[f64]) -> f64 {{
    let mut state = vec![{a:?}; 4];
    for &v in x {{
        state[0] += v * state[1];
        state[1] = (state[2] - v).cos();
        state[2] *= {b:?};
        state.swap(2, 3);
    }}
    state[0] * state[3] + state[2]
}}"
        ),
        7 => format!(
            "(x: f64, y: f64) -> f64 {{
    let u = function_{:03}(x, y * {a:?});
    let v = function_{:03}(u, x);
    u * v + {b:?}
}}",
            n - 7,
            n - 6
        ),
        8 => format!(
            "(x: &[f64], limit: f64) -> f64 {{
    let mut sum = {a:?};
    for &v in x {{
        sum = sum * v + function_{:03}(x, v);
        if sum > limit {{
            return limit * {b:?};
        }}
    }}
    sum
}}",
            n - 6
        ),
        _ => format!(
            "(p: (f64, f64), m: [[f64; 2]; 2]) -> f64 {{
    let (x, y) = p;
    let u = m[0][0] * x + m[0][1] * y;
    let v = m[1][0] * x + m[1][1] * y + {a:?};
    let longest = u.hypot(v).max({b:?});
    longest.ln() + u / v
}}"
        ),
    };
    format!("#[allow(missing_docs, clippy::all)]\npub fn function_{n:03}{body}\n")
}
