//! Broken programs must give errors, never a panic of the compiler, and never output that is not Rust.
//!
//! `tests/mutilated.rs` removes tokens from the committed programs; here tokens are also doubled, swapped and
//! replaced, in fresh random programs, in the programs of the error tests and in the attribute's arguments,
//! and what comes out is looked at.

use crate::codegen::find::{Annotated, annotated};
use crate::{fuzz, root};
use proc_macro2::{Group, TokenStream, TokenTree};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

/// The seed of the random programs and of what is done to them.
const SEED: u64 = 77;
/// Random programs.
const PROGRAMS: usize = 60;
/// Changes of each function, one at a time.
const CHANGES: usize = 8;

/// What one expansion may take; much more than any takes, so that only one without an end fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the thread that expands tells the one that waits.
enum Message {
    /// This program comes next.
    Next(String),
    /// It failed.
    Failed(&'static str),
}

#[test]
fn a_changed_token_gives_an_error_or_a_program() {
    // A compiler that does not end would leave the test without a word, so somebody else waits for it.
    let (sender, messages) = mpsc::channel();
    let worker = thread::spawn(move || expand_changed(&sender));
    let mut failures = Vec::new();
    let mut expanded = 0;
    let mut current = String::new();
    loop {
        match messages.recv_timeout(PATIENCE) {
            Ok(Message::Next(text)) => {
                current = text;
                expanded += 1;
            }
            Ok(Message::Failed(how)) => failures.push(format!("{how}: {current}")),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => panic!("no end: {current}"),
        }
    }
    assert!(worker.join().is_ok(), "the test itself failed at {current}");
    assert!(expanded > 3000, "only {expanded} programs were changed");
    assert!(
        failures.is_empty(),
        "{} of {expanded} changed programs fail, first:\n{}",
        failures.len(),
        failures[..failures.len().min(5)].join("\n")
    );
}

fn expand_changed(sender: &Sender<Message>) {
    let mut seed = SEED;
    for (place, found) in programs() {
        for _ in 0..CHANGES {
            let (mut args, mut item) = (found.args.clone(), found.item.clone());
            // Now and then the options are broken instead of the function.
            if !args.is_empty() && next(&mut seed).is_multiple_of(6) {
                args = changed(args, &mut seed);
            } else {
                item = changed(item, &mut seed);
            }
            let text = format!("{place}: #[differentiable({args})] {item}");
            let said = sender.send(Message::Next(text));
            let result = catch_unwind(AssertUnwindSafe(|| pullback_transform::expand(args, item)));
            let failed = match result {
                Err(_) => Some("a panic"),
                Ok(out) if out.to_string().contains("compile_error") => None,
                Ok(out) => syn::parse2::<syn::File>(out).err().map(|_| "not Rust"),
            };
            let told = failed.map_or(Ok(()), |how| sender.send(Message::Failed(how)));
            if said.and(told).is_err() {
                // Nobody waits any more.
                return;
            }
        }
    }
}

/// The functions, with the files that they stand in.
fn programs() -> Vec<(String, Annotated)> {
    let mut files = vec![(
        format!("random programs of seed {SEED}"),
        fuzz::generate(SEED, PROGRAMS),
    )];
    for folder in ["tests/ui", "tests/snapshots", "tests/programs", "examples"] {
        read(&root().join(folder), &mut files);
    }
    let mut found = Vec::new();
    for (place, text) in files {
        // Some of the error tests are not Rust as they stand.
        let functions = annotated(&text).unwrap_or_default();
        found.extend(functions.into_iter().map(|a| (place.clone(), a)));
    }
    found
}

fn read(folder: &Path, files: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    entries.sort_by_key(|entry| entry.path());
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            read(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs")
            && let Ok(text) = fs::read_to_string(&path)
        {
            files.push((path.display().to_string(), text));
        }
    }
}

/// Steps a linear congruential generator, which is random enough to pick tokens.
fn next(seed: &mut u64) -> usize {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize
}

/// The tokens with one of them removed, doubled, replaced by another, or swapped with its neighbour.
fn changed(tokens: TokenStream, seed: &mut u64) -> TokenStream {
    let mut all = Vec::new();
    flatten(&tokens, &mut all);
    if all.is_empty() {
        return tokens;
    }
    let mut at = next(seed) % all.len();
    let other = all[next(seed) % all.len()].clone();
    let how = next(seed) % 4;
    change(tokens, &mut at, how, &other)
}

/// Every token tree, a group before what it holds.
fn flatten(tokens: &TokenStream, out: &mut Vec<TokenTree>) {
    for tree in tokens.clone() {
        out.push(tree.clone());
        if let TokenTree::Group(group) = tree {
            flatten(&group.stream(), out);
        }
    }
}

/// Changes tree number `at`, counted as in [`flatten`].
fn change(tokens: TokenStream, at: &mut usize, how: usize, other: &TokenTree) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for tree in tokens {
        let hit = *at == 0;
        // Past the changed tree the number has wrapped, and nothing is changed again.
        *at = at.wrapping_sub(1);
        if hit {
            match how {
                0 => {}
                1 => out.extend([tree.clone(), tree]),
                2 => out.push(other.clone()),
                _ => {
                    let before = out.pop();
                    out.push(tree);
                    out.extend(before);
                }
            }
            continue;
        }
        out.push(match tree {
            TokenTree::Group(group) => {
                let stream = change(group.stream(), at, how, other);
                let mut inner = Group::new(group.delimiter(), stream);
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            tree => tree,
        });
    }
    out.into_iter().collect()
}
