//! `cargo xtask why`: which inputs of a function a derivative can reach its result from, and where the others end.

mod file;
mod graph;
mod layout;
mod page;
mod picture;
mod text;

use std::path::Path;

/// How the command is used.
const USAGE: &str = "\
cargo xtask why PATH FUNCTION [INPUT] [--svg FILE] [--html FILE]

Says for each input of the function FUNCTION in the file PATH, or for INPUT alone, whether a derivative reaches the
result from it always, sometimes or never, with the places in the source. FUNCTION is `name`, `module::name` or
`Type::method`.

  --svg FILE    writes a picture: inputs on the left, the result on the right, where the ways end in red
  --html FILE   writes a page with the picture and the source";

/// Runs the command.
///
/// # Errors
/// A message for the user: a wrong argument, a file that cannot be read or is not Rust, a function or an input that
/// is not there, or what the compiler refuses in the function.
pub fn command(_: &Path, args: &[String]) -> Result<(), String> {
    let mut words = args.iter().map(String::as_str);
    let (mut places, mut svg, mut html) = (Vec::new(), None, None);
    while let Some(word) = words.next() {
        let target = match word {
            "--svg" => &mut svg,
            "--html" => &mut html,
            option if option.starts_with('-') => {
                return Err(format!("there is no option `{option}`\n\n{USAGE}"));
            }
            place => {
                places.push(place);
                continue;
            }
        };
        *target = Some(
            words
                .next()
                .ok_or_else(|| format!("{word} which file?\n\n{USAGE}"))?,
        );
    }
    let (path, wanted, input) = match places.as_slice() {
        [path, wanted] => (path, wanted, None),
        [path, wanted, input] => (path, wanted, Some(*input)),
        _ => return Err(USAGE.to_string()),
    };
    let source =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let file = file::File::read(path, &source)?;
    let function = file.function(wanted)?;
    if let Some(input) = input
        && !function.inputs().any(|name| name == input)
    {
        let names: Vec<String> = function.inputs().collect();
        return Err(format!(
            "`{wanted}` has no input `{input}`; its inputs are {}",
            names.join(", ")
        ));
    }
    print!("{}", text::print(&file, function, input));
    if svg.is_none() && html.is_none() {
        return Ok(());
    }
    let picture = picture::draw(&graph::graph(&file, function, input), &function.name);
    let write = |path: &str, text: &str| {
        std::fs::write(path, text).map_err(|error| format!("cannot write {path}: {error}"))
    };
    if let Some(path) = svg {
        write(path, &picture)?;
    }
    if let Some(path) = html {
        write(path, &page::page(&file, function, input, &picture))?;
    }
    Ok(())
}
