//! Tools for working on pullback: `cargo xtask` lists them.

mod codegen;
mod fuzz;
#[cfg(test)]
mod mutations;
mod why;

use std::path::Path;
use std::process::ExitCode;

/// What `cargo xtask` alone prints.
const COMMANDS: &str = "\
cargo xtask codegen PATH [FUNCTION] [--stage S]   prints what the attribute makes of a file's functions
cargo xtask codegen --check | --write             compares or renews tests/snapshots
cargo xtask why PATH FUNCTION [INPUT] [--svg FILE]  says which inputs reach the result, and where the others end
cargo xtask fuzz --seed S --count N               compiles and checks N random programs
cargo xtask fuzz --check | --write                compares or renews the committed random programs

Each command without arguments tells more.";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.split_first() {
        None => {
            println!("{COMMANDS}");
            Ok(())
        }
        Some((command, rest)) => match command.as_str() {
            "codegen" => codegen::command(root(), rest),
            "why" => why::command(root(), rest),
            "fuzz" => fuzz::command(root(), rest),
            "help" | "--help" | "-h" => {
                println!("{COMMANDS}");
                Ok(())
            }
            other => Err(format!("there is no command `{other}`\n\n{COMMANDS}")),
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The repository, wherever the command is called from.
fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}
