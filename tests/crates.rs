//! The crates of `tests/crates`, each with demands of its own on generated code: denied and forbidden lints, an
//! earlier edition, no std, the dependency under another name. They build without a warning and their tests pass.

use std::path::Path;
use std::process::Command;

fn cargo(args: &[&str]) {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crates");
    let output = Command::new(env!("CARGO"))
        .current_dir(&crates)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates"),
        )
        .args(args)
        .output()
        .expect("cargo can be run");
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
    let with_std = ["--workspace", "--exclude", "allocating"];
    // The crate without std is built by itself, or it would get the features of the others.
    let without = ["--package", "allocating"];
    for which in [&with_std[..], &without[..]] {
        cargo(&[&["clippy"], &quiet[..], which].concat());
        cargo(&[&["test"], &quiet[..], which].concat());
    }
}
