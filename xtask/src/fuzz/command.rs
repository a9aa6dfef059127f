//! `cargo xtask fuzz`: write the committed programs, check them, or run any number of others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{COMMITTED_COUNT, COMMITTED_SEED, generate};

/// How the command is used.
const USAGE: &str = "\
cargo xtask fuzz --seed S --count N   compile and check N random programs of seed S
cargo xtask fuzz --print S N          print them instead
cargo xtask fuzz --write              write the committed programs anew
cargo xtask fuzz --check              fail if the committed programs are not what the generator writes";

/// Programs that one compilation takes; more are taken in turns with the seeds that follow.
const BATCH: usize = 250;

/// Runs the command in the repository at `root`.
///
/// # Errors
/// A message for the user: a wrong option, a file that cannot be written, programs that are out of
/// date, or a batch in which a program failed (its seed and the package to reduce it in are named).
pub fn command(root: &Path, args: &[String]) -> Result<(), String> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let committed = root.join("tests/random/generated.rs");
    match words[..] {
        ["--write"] => write(&committed, &generate(COMMITTED_SEED, COMMITTED_COUNT)),
        ["--check"] => {
            let there = fs::read_to_string(&committed).unwrap_or_default();
            if there == generate(COMMITTED_SEED, COMMITTED_COUNT) {
                return Ok(());
            }
            Err(format!(
                "{} is out of date: run `cargo xtask fuzz --write`",
                committed.display()
            ))
        }
        ["--print", seed, count] => {
            print!("{}", generate(number(seed)?, number(count)? as usize));
            Ok(())
        }
        ["--seed", seed, "--count", count] | ["--count", count, "--seed", seed] => {
            run(root, number(seed)?, number(count)? as usize)
        }
        _ => Err(USAGE.to_string()),
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not a number\n{USAGE}"))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let written = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// Compiles and runs `count` programs in batches, in a package of their own under `target`.
fn run(root: &Path, seed: u64, count: usize) -> Result<(), String> {
    let mut done = 0;
    let mut batch_seed = seed;
    while done < count {
        let size = BATCH.min(count - done);
        let package = package(root, batch_seed, size)?;
        let status = Command::new("cargo")
            .args(["test", "--quiet", "--target-dir"])
            .arg(root.join("target/fuzz/build"))
            .current_dir(&package)
            .status()
            .map_err(|error| format!("cannot start cargo: {error}"))?;
        if !status.success() {
            return Err(format!(
                "a program of seed {batch_seed} (of {size}) failed; it is in {}",
                package.display()
            ));
        }
        done += size;
        batch_seed += 1;
        println!("{done} of {count} programs agree with their differences");
    }
    Ok(())
}

/// Writes the package with one batch, which shares the harness of the committed tests.
fn package(root: &Path, seed: u64, count: usize) -> Result<PathBuf, String> {
    let package = root.join("target/fuzz/package");
    let manifest = format!(
        "[package]\nname = \"fuzz\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [lib]\npath = \"lib.rs\"\n\n[dependencies]\npullback = {{ path = {:?} }}\n",
        root
    );
    let main = root.join("tests/random/main.rs");
    let main = fs::read_to_string(&main)
        .map_err(|error| format!("cannot read {}: {error}", main.display()))?;
    let harness = format!("#[path = {:?}]", root.join("tests/harness/mod.rs"));
    let library = main.replace("#[path = \"../harness/mod.rs\"]", &harness);
    write(&package.join("Cargo.toml"), &manifest)?;
    write(&package.join("lib.rs"), &library)?;
    write(&package.join("generated.rs"), &generate(seed, count))?;
    Ok(package)
}
