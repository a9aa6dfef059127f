//! The committed stages of small functions: what a change of the compiler changes is seen in review.

use super::find;
use super::stages::{self, Stage};
use std::fs;
use std::path::{Path, PathBuf};

/// Compares every snapshot with what the stages print now, and says how many there are.
///
/// # Errors
/// The first difference of each file, with the command that renews them.
pub fn check(root: &Path) -> Result<usize, String> {
    let sources = sources(root)?;
    let mut problems = stale(root, &sources)?;
    for source in &sources {
        let now = snapshot(source)?;
        let path = source.with_extension("snap");
        let there = fs::read_to_string(&path).unwrap_or_default();
        if let Some((line, there, now)) = first_difference(&there, &now) {
            problems.push(format!(
                "{}:{line}: the snapshot has\n    {there}\nand the stage prints\n    {now}",
                path.display()
            ));
        }
    }
    if problems.is_empty() {
        return Ok(sources.len());
    }
    Err(format!(
        "{}\nif that is meant, run `cargo xtask codegen --write` and commit the difference",
        problems.join("\n")
    ))
}

/// Writes every snapshot anew and says how many of them changed.
///
/// # Errors
/// What cannot be read or written, and functions that are refused.
pub fn write(root: &Path) -> Result<usize, String> {
    let mut changed = 0;
    for source in sources(root)? {
        let now = snapshot(&source)?;
        let path = source.with_extension("snap");
        if fs::read_to_string(&path).is_ok_and(|there| there == now) {
            continue;
        }
        fs::write(&path, now)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        changed += 1;
    }
    Ok(changed)
}

/// All stages of all functions of a file.
fn snapshot(path: &Path) -> Result<String, String> {
    let source = fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let found = find::annotated(&source).map_err(|error| format!("{}:{error}", path.display()))?;
    let mut out = String::new();
    for annotated in found {
        for stage in Stage::ALL {
            let printed = stages::print(stage, &annotated, &source);
            if let Some(problem) = printed.problems.first() {
                return Err(format!("{}:{problem}", path.display()));
            }
            out.push_str(&format!(
                "===== {}: {} =====\n\n{}\n",
                annotated.path,
                stage.name(),
                printed.text
            ));
        }
    }
    Ok(out)
}

/// The files with functions; `main.rs` is the test that runs them.
fn sources(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = with_extension(root, "rs")?;
    files.retain(|path| path.file_stem().is_some_and(|name| name != "main"));
    if files.is_empty() {
        return Err("there are no snapshots in tests/snapshots".into());
    }
    Ok(files)
}

/// Snapshots of files that are gone.
fn stale(root: &Path, sources: &[PathBuf]) -> Result<Vec<String>, String> {
    let snapshots = with_extension(root, "snap")?;
    Ok(snapshots
        .iter()
        .filter(|path| !sources.contains(&path.with_extension("rs")))
        .map(|path| format!("{} has no source file any more: delete it", path.display()))
        .collect())
}

fn with_extension(root: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let folder = root.join("tests/snapshots");
    let entries = fs::read_dir(&folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == extension));
    files.sort();
    Ok(files)
}

/// The number and both texts of the first line that differs.
fn first_difference<'a>(there: &'a str, now: &'a str) -> Option<(usize, &'a str, &'a str)> {
    if there == now {
        return None;
    }
    let mut lines = (there.lines(), now.lines());
    for number in 1.. {
        match (lines.0.next(), lines.1.next()) {
            (Some(a), Some(b)) if a == b => {}
            (None, None) => {
                return Some((number, "(no line)", "(the same lines, ended otherwise)"));
            }
            (a, b) => {
                let end = "(the end of the file)";
                return Some((number, a.unwrap_or(end), b.unwrap_or(end)));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_stages_are_what_is_printed() {
        if let Err(message) = check(crate::root()) {
            panic!("{message}");
        }
    }

    #[test]
    fn printing_twice_gives_the_same_text() {
        for source in sources(crate::root()).unwrap_or_default() {
            assert_eq!(snapshot(&source), snapshot(&source), "{}", source.display());
        }
    }

    #[test]
    fn the_first_difference_is_named() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some((2, "b", "c")));
        let end = "(the end of the file)";
        assert_eq!(first_difference("a\n", "a\nc\n"), Some((2, end, "c")));
    }
}
