//! The crates of `tests/crates`, each with demands of its own on generated code: denied and forbidden lints, an
//! earlier edition, no std, the dependency under another name. They build without a warning and their tests pass.

use std::path::Path;
use std::process::{Command, Output};

fn run(args: &[&str]) -> Output {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crates");
    Command::new(env!("CARGO"))
        .current_dir(&crates)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates"),
        )
        .args(args)
        .output()
        .expect("cargo can be run")
}

fn cargo(args: &[&str]) {
    let output = run(args);
    let said = String::from_utf8_lossy(&output.stderr);
    // What cargo says of each crate that it warned about.
    let warned = said
        .lines()
        .any(|line| line.contains("generated") && !line.contains("`pullback"));
    assert!(
        output.status.success() && !warned,
        "cargo {args:?}: {said}\n{}",
        String::from_utf8_lossy(&output.stdout),
    );
}

/// What an editor underlines, with the message, for each warning about the crate `warns`.
fn underlined() -> Vec<(String, String)> {
    let output = run(&["check", "--package", "warns", "--message-format=json"]);
    let said = String::from_utf8_lossy(&output.stdout);
    let messages = said.lines().filter_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_ours = line["target"]["name"] == "warns" && line["reason"] == "compiler-message";
        is_ours.then(|| line["message"].clone())
    });
    let mut out = Vec::new();
    for message in messages.filter(|m| m["code"].is_object()) {
        assert_eq!(message["code"]["code"], "deprecated", "{message}");
        let spans = message["spans"].as_array().expect("places");
        let [span] = &spans[..] else {
            panic!("one place for a warning: {message}");
        };
        // The user's own tokens, not what a macro made.
        assert!(
            span["expansion"].is_null() && span["file_name"] == "warns/src/lib.rs",
            "{message}"
        );
        let text = &span["text"][0];
        let column = |name: &str| text[name].as_u64().map(|n| n as usize - 1);
        let (from, to) = (column("highlight_start"), column("highlight_end"));
        let line = text["text"].as_str().expect("a line");
        assert!(!line.contains("#["), "{message}");
        let marked = line[from.expect("start")..to.expect("end")].to_string();
        out.push((marked, message["message"].to_string()));
    }
    out
}

/// One warning for each cause and each place, however many modes and instances there are.
fn warnings_lie_on_the_users_tokens() {
    let expected = [
        ("height", "`height` has no gradient"),
        ("as", "the chain from `height`"),
        ("y", "`y` has no gradient"),
        ("floor", "the chain from `y`"),
        ("volts", "`volts` has no gradient"),
        ("round", "the chain from `volts`"),
        ("storeys", "in the call of `tiled`"),
        ("tiled", "the chain from `storeys`"),
        ("left", "`left` has no gradient"),
        ("right", "`right` has no gradient"),
        (">", "the chain from `left` and `right`"),
        ("square", "the watched `square` has no gradient"),
        ("ceil", "the chain from `square`"),
    ];
    let mut got = underlined();
    for (token, text) in expected {
        let at = got
            .iter()
            .position(|(marked, message)| marked == token && message.contains(text));
        let at = at.unwrap_or_else(|| panic!("no warning at `{token}` with {text:?}: {got:#?}"));
        got.remove(at);
    }
    assert!(got.is_empty(), "warned without need: {got:#?}");
}

/// One test, since cargo builds one thing at a time in a directory.
#[test]
fn user_crates_build_without_a_warning() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The versions are those of the workspace that is tested.
    std::fs::copy(
        root.join("Cargo.lock"),
        root.join("tests/crates/Cargo.lock"),
    )
    .expect("the lock file can be copied");
    let quiet = ["--quiet", "--all-targets"];
    let with_std = [
        "--workspace",
        "--exclude",
        "allocating",
        "--exclude",
        "warns",
    ];
    // The crate without std is built by itself, or it would get the features of the others.
    let without = ["--package", "allocating"];
    for which in [&with_std[..], &without[..]] {
        cargo(&[&["clippy"], &quiet[..], which].concat());
        cargo(&[&["test"], &quiet[..], which].concat());
    }
    warnings_lie_on_the_users_tokens();
}
