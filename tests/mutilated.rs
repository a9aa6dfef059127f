//! Broken input gives errors, never a panic: every test program with one random token removed goes
//! through the compiler as a library.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{fmt, fs, thread};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// How many tokens are removed from each function, one at a time.
const REMOVALS: usize = 12;

/// An annotated function: the arguments of its attribute, and the rest of it.
struct Annotated {
    file: PathBuf,
    options: TokenStream,
    function: TokenStream,
}

#[test]
fn whole_programs_expand_to_the_same_text_twice() {
    watched(|report| {
        for annotated in annotated_functions() {
            report(annotated.to_string());
            assert_eq!(annotated.expand(), annotated.expand(), "{annotated}");
        }
    });
}

#[test]
fn a_missing_token_is_no_panic() {
    watched(|report| {
        let mut seed = 17_u64;
        let mut panics = Vec::new();
        for mut annotated in annotated_functions() {
            let whole = annotated.function.clone();
            let size = count(&whole);
            for _ in 0..REMOVALS {
                // A linear congruential step is random enough to pick a token.
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let mut at = (seed >> 33) as usize % size;
                annotated.function = without(whole.clone(), &mut at);
                report(annotated.to_string());
                if catch_unwind(AssertUnwindSafe(|| annotated.expand())).is_err() {
                    panics.push(annotated.to_string());
                }
            }
        }
        let first = &panics[..panics.len().min(5)];
        assert!(panics.is_empty(), "{} panics: {first:#?}", panics.len());
    });
}

/// Runs `work`, which reports what it is about to do, and fails when one thing takes too long:
/// a compiler that loops for ever would otherwise only stall the tests.
fn watched(work: impl FnOnce(&dyn Fn(String)) + Send + 'static) {
    let (sender, reports) = mpsc::channel();
    let worker = thread::spawn(move || {
        work(&|text| {
            // Nobody listens any more only when the test has failed already.
            let _ = sender.send(text);
        });
    });
    let mut current = String::new();
    loop {
        match reports.recv_timeout(Duration::from_secs(30)) {
            Ok(text) => current = text,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => panic!("no end of {current}"),
        }
    }
    if let Err(panic) = worker.join() {
        resume_unwind(panic);
    }
}

impl Annotated {
    fn expand(&self) -> String {
        pullback_transform::expand(self.options.clone(), self.function.clone()).to_string()
    }
}

impl fmt::Display for Annotated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.function)
    }
}

/// Every function that carries the attribute, in the program list and the random programs.
fn annotated_functions() -> Vec<Annotated> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut found = Vec::new();
    for folder in ["programs", "random"] {
        let entries = fs::read_dir(tests.join(folder)).expect("the folder of the test programs");
        for entry in entries {
            let file = entry.expect("an entry of the folder").path();
            let text = fs::read_to_string(&file).expect("a readable test program");
            let tokens = text.parse().expect("a test program is Rust");
            collect(tokens, &file, &mut found);
        }
    }
    assert!(found.len() > 500, "only {} functions found", found.len());
    found
}

/// Looks for `#[differentiable]` and takes what follows it up to the end of the function's body.
fn collect(tokens: TokenStream, file: &Path, found: &mut Vec<Annotated>) {
    let mut trees = tokens.into_iter();
    while let Some(tree) = trees.next() {
        let TokenTree::Group(group) = tree else {
            continue;
        };
        let Some(options) = attribute(&group) else {
            collect(group.stream(), file, found);
            continue;
        };
        let mut function = Vec::new();
        for tree in trees.by_ref() {
            let body = match &tree {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    Some(group.stream())
                }
                _ => None,
            };
            function.push(tree);
            if let Some(body) = body {
                collect(body, file, found);
                break;
            }
        }
        found.push(Annotated {
            file: file.to_path_buf(),
            options,
            function: function.into_iter().collect(),
        });
    }
}

/// The options, when `group` is what stands in brackets in `#[differentiable(…)]`.
fn attribute(group: &Group) -> Option<TokenStream> {
    let mut trees = group.stream().into_iter();
    match trees.next() {
        Some(TokenTree::Ident(name)) if name == "differentiable" => {}
        _ => return None,
    }
    match (group.delimiter(), trees.next()) {
        (Delimiter::Bracket, Some(TokenTree::Group(options))) => Some(options.stream()),
        (Delimiter::Bracket, None) => Some(TokenStream::new()),
        _ => None,
    }
}

/// The number of tokens, where a group counts as one besides what it holds.
fn count(tokens: &TokenStream) -> usize {
    let inside = |tree: TokenTree| match tree {
        TokenTree::Group(group) => 1 + count(&group.stream()),
        _ => 1,
    };
    tokens.clone().into_iter().map(inside).sum()
}

/// The tokens without number `at`, counted as in [`count`].
fn without(tokens: TokenStream, at: &mut usize) -> TokenStream {
    let mut kept = Vec::new();
    for tree in tokens {
        // Past the removed token the number has wrapped, and nothing is removed again.
        let removed = *at == 0;
        *at = at.wrapping_sub(1);
        match tree {
            _ if removed => {}
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without(group.stream(), at));
                inner.set_span(group.span());
                kept.push(TokenTree::Group(inner));
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}
