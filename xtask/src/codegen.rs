//! `cargo xtask codegen`: what the attribute makes of the functions of a file, stage by stage.

pub mod find;
mod output;
mod pretty;
mod snapshots;
mod stages;

use find::Annotated;
use stages::Stage;
use std::path::Path;

/// How the command is used.
const USAGE: &str = "\
cargo xtask codegen PATH [FUNCTION] [--stage S]

Prints the expansion of the functions of the file PATH that carry #[differentiable], or of FUNCTION
alone (`name` or `module::name`). Lines of your own stand as comments over what was made of them.

  --stage fence      what is refused for its kind of syntax
  --stage ir         the lowered function
  --stage activity   which variables carry a derivative
  --stage saved      which values the reverse sweep uses, and how it gets them
  --stage reverse    the forward and the reverse sweep
  --stage forward    the function with tangents
  --stage output     all that is generated (the default)
  --stage all        all of these in sections

cargo xtask codegen --check   fails if tests/snapshots are not what the stages print
cargo xtask codegen --write   writes them anew; read the difference before committing it";

/// What the arguments ask for.
enum Wanted<'a> {
    Check,
    Write,
    Print {
        path: &'a str,
        function: Option<&'a str>,
        stages: Vec<Stage>,
    },
}

/// Runs the command in the repository at `root`.
///
/// # Errors
/// A message for the user: a wrong argument, a file that cannot be read or is not Rust, a function that is
/// not there, what the compiler refuses in a function, or snapshots that are out of date.
pub fn command(root: &Path, args: &[String]) -> Result<(), String> {
    match parse(args)? {
        Wanted::Check => snapshots::check(root).map(|n| println!("{n} snapshots are up to date")),
        Wanted::Write => snapshots::write(root).map(|n| println!("{n} snapshots changed")),
        Wanted::Print {
            path,
            function,
            stages,
        } => print(path, function, &stages),
    }
}

fn parse(args: &[String]) -> Result<Wanted<'_>, String> {
    let mut words = args.iter().map(String::as_str);
    let mut places = Vec::new();
    let mut stages = vec![Stage::Output];
    let mut alone = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "--check" => alone.push(Wanted::Check),
            "--write" => alone.push(Wanted::Write),
            "--stage" => stages = stage(words.next().unwrap_or_default())?,
            option if option.starts_with("--stage=") => {
                stages = stage(option.trim_start_matches("--stage="))?;
            }
            option if option.starts_with('-') => {
                return Err(format!("there is no option `{option}`\n\n{USAGE}"));
            }
            place => places.push(place),
        }
    }
    match (places.as_slice(), alone.pop()) {
        ([], Some(wanted)) if alone.is_empty() => Ok(wanted),
        ([path, rest @ ..], None) if rest.len() <= 1 => Ok(Wanted::Print {
            path,
            function: rest.first().copied(),
            stages,
        }),
        ([], None) => Err(format!("which file?\n\n{USAGE}")),
        _ => Err(format!("these arguments do not go together\n\n{USAGE}")),
    }
}

fn stage(name: &str) -> Result<Vec<Stage>, String> {
    if name == "all" {
        return Ok(Stage::ALL.to_vec());
    }
    Stage::ALL
        .into_iter()
        .find(|s| s.name() == name)
        .map(|s| vec![s])
        .ok_or_else(|| format!("there is no stage `{name}`\n\n{USAGE}"))
}

fn print(path: &str, wanted: Option<&str>, stages: &[Stage]) -> Result<(), String> {
    let source =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let all = find::annotated(&source).map_err(|error| format!("{path}:{error}"))?;
    if all.is_empty() {
        return Err(format!("no function in {path} carries #[differentiable]"));
    }
    let chosen: Vec<&Annotated> = all
        .iter()
        .filter(|a| wanted.is_none_or(|wanted| a.is_called(wanted)))
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = all.iter().map(|a| a.path.as_str()).collect();
        let wanted = wanted.unwrap_or_default();
        return Err(format!(
            "no function `{wanted}` in {path} carries #[differentiable]; these do: {}",
            names.join(", ")
        ));
    }
    let titles = stages.len() > 1 || chosen.len() > 1;
    let mut problems = Vec::new();
    for annotated in chosen {
        for stage in stages {
            let printed = stages::print(*stage, annotated, &source);
            if titles {
                println!("// ===== {}: {} =====\n", annotated.path, stage.name());
            }
            println!("{}", printed.text);
            for problem in printed.problems {
                let problem = format!("{path}:{problem}");
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(problems.join("\n"))
}
