//! The attribute's options: what is accepted, and what is said, at which token, when something is not.

use proc_macro2::TokenStream;
use pullback_transform::args::{Detached, Mode, Options, parse};
use pullback_transform::diagnostics::{Code, Diagnostic};
use quote::ToTokens;

fn read(source: &str) -> (Options, Vec<Diagnostic>) {
    parse(
        source
            .parse::<TokenStream>()
            .unwrap_or_else(|e| panic!("{e} in {source}")),
    )
}

#[track_caller]
fn accepted(source: &str) -> Options {
    let (options, problems) = read(source);
    let messages: Vec<_> = problems.iter().map(Diagnostic::message).collect();
    assert!(messages.is_empty(), "{messages:#?} in {source}");
    options
}

/// The mistakes, each as its code, the tokens that it is shown at and a piece of the message.
#[track_caller]
fn refused(source: &str, wanted: &[(Code, &str, &str)]) -> Options {
    let (options, problems) = read(source);
    let at = |d: &Diagnostic| source[d.span.start().column..d.end.end().column].to_string();
    let found: Vec<_> = problems.iter().map(|d| (d.code, at(d))).collect();
    let places: Vec<_> = wanted.iter().map(|w| (w.0, w.1.to_string())).collect();
    assert_eq!(found, places, "in {source}");
    for (problem, (_, _, piece)) in problems.iter().zip(wanted) {
        let message = problem.message();
        assert!(
            message.contains(piece),
            "`{piece}` is missing in: {message}"
        );
    }
    options
}

fn tokens(path: &Option<impl ToTokens>) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

#[test]
fn nothing_is_all_defaults() {
    let options = accepted("");
    assert!(options.wrt.is_none() && options.name.is_none() && options.krate.is_none());
    assert!(options.vjp.is_none() && options.jvp.is_none() && !options.checkpoint);
    assert_eq!(
        (options.mode, options.order, options.detached),
        (Mode::Both, 1, Detached::Warn)
    );
}

#[test]
fn every_option_is_read() {
    let options = accepted(
        "wrt(a, r#type,), mode = \"reverse\", order = 2, detached = \"allow\", name = other, crate = crate::a::b,",
    );
    let wrt: Vec<_> = options
        .wrt
        .iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    assert_eq!(wrt, ["a", "r#type"]);
    assert_eq!(
        (options.mode, options.order, options.detached),
        (Mode::Reverse, 2, Detached::Allow)
    );
    assert!(options.order_span.is_some());
    assert_eq!(tokens(&options.name), "other");
    assert_eq!(tokens(&options.krate), "crate::a::b");

    assert_eq!(accepted("mode = \"forward\"").mode, Mode::Forward);
    assert_eq!(accepted("detached = \"warn\"").detached, Detached::Warn);
    assert_eq!(accepted("detached = \"deny\"").detached, Detached::Deny);
    assert_eq!(accepted("order = 1").order, 1);
    assert_eq!(tokens(&accepted("crate = ::pullback").krate), "::pullback");
}

#[test]
fn what_is_not_supported_yet_is_read_and_refused() {
    let options = refused(
        "checkpoint",
        &[(Code::OptionNotYet, "checkpoint", "`checkpoint`")],
    );
    assert!(options.checkpoint);
}

#[test]
fn rules_are_paths() {
    let options = accepted("vjp = a::b, jvp = c");
    assert_eq!(
        (tokens(&options.vjp), tokens(&options.jvp)),
        ("a::b".into(), "c".into())
    );
}

#[test]
fn unknown_options_are_named_with_what_was_meant() {
    for (source, key, meant) in [
        (
            "mod = \"reverse\"",
            "mod",
            "did you mean `mode = \"reverse\"`",
        ),
        ("wtr(x)", "wtr", "did you mean `wrt(x, y)`"),
        ("WRT(x)", "WRT", "did you mean `wrt(x, y)`"),
        ("argnums = 1", "argnums", "did you mean `wrt(x, y)`"),
        ("reverse", "reverse", "did you mean `mode = "),
        ("detach = \"allow\"", "detach", "did you mean `detached = "),
        ("ordr = 2", "ordr", "did you mean `order = 1`"),
        ("check_point", "check_point", "did you mean `checkpoint`"),
        ("krate = a", "krate", "did you mean `crate = "),
        ("tape", "tape", "the options are `wrt(…)`"),
        ("x", "x", "the options are `wrt(…)`"),
    ] {
        refused(source, &[(Code::UnknownOption, key, meant)]);
    }
}

#[test]
fn wrong_values_are_named_with_what_was_meant() {
    for (source, value, meant) in [
        (
            "mode = \"rev\"",
            "\"rev\"",
            "did you mean `mode = \"reverse\"`",
        ),
        (
            "mode = reverse",
            "reverse",
            "did you mean `mode = \"reverse\"`",
        ),
        (
            "mode = \"Forwards\"",
            "\"Forwards\"",
            "did you mean `mode = \"forward\"`",
        ),
        (
            "mode = \"both\"",
            "\"both\"",
            "write `mode = \"reverse\"` or `mode = \"forward\"`",
        ),
        (
            "mode = 1",
            "1",
            "write `mode = \"reverse\"` or `mode = \"forward\"`",
        ),
        ("order = \"2\"", "\"2\"", "did you mean `order = 2`"),
        ("order = 3", "3", "write `order = 1` or `order = 2`"),
        ("order = 0", "0", "write `order = 1` or `order = 2`"),
        ("order = 300", "300", "write `order = 1` or `order = 2`"),
        ("order = -1", "-1", "write `order = 1` or `order = 2`"),
        (
            "detached = \"ignore\"",
            "\"ignore\"",
            "did you mean `detached = \"allow\"`",
        ),
        ("detached = true", "true", "`detached = \"deny\"`"),
        (
            "name = \"other\"",
            "\"other\"",
            "did you mean `name = other`",
        ),
        ("name = a::b", "a::b", "write `name = other`"),
        ("name = fn", "fn", "write `name = other`"),
        (
            "crate = \"a::b\"",
            "\"a::b\"",
            "did you mean `crate = a::b`",
        ),
        ("crate = a + b", "a + b", "write `crate = some::path`"),
        ("vjp = |x| x", "|x| x", "write `vjp = some::path`"),
        ("jvp = \"a\"", "\"a\"", "did you mean `jvp = a`"),
    ] {
        let options = refused(source, &[(Code::BadOption, value, meant)]);
        assert_eq!(
            (options.mode, options.order, options.detached),
            (Mode::Both, 1, Detached::Warn)
        );
        assert!(options.name.is_none() && options.krate.is_none());
        assert!(options.vjp.is_none() && options.jvp.is_none());
    }
}

#[test]
fn wrong_syntax_is_named_with_the_right_one() {
    for (source, at, piece) in [
        ("mode", "mode", "write `mode = \"reverse\"`"),
        ("mode =", "mode =", "write `mode = \"reverse\"`"),
        (
            "mode(\"reverse\")",
            "mode(\"reverse\")",
            "write `mode = \"reverse\"`",
        ),
        (
            "mode: \"reverse\"",
            "mode: \"reverse\"",
            "write `mode = \"reverse\"`",
        ),
        ("wrt", "wrt", "write `wrt(x, y)`"),
        ("wrt = x", "wrt = x", "write `wrt(x, y)`"),
        ("wrt()", "()", "write `wrt(x, y)`"),
        ("wrt[x]", "[x]", "write `wrt(x, y)`"),
        ("wrt(x.0)", "x.0", "write `wrt(x, y)`"),
        ("wrt(\"x\")", "\"x\"", "write `wrt(x, y)`"),
        ("checkpoint = true", "= true", "write `checkpoint`"),
        (
            "\"reverse\"",
            "\"reverse\"",
            "expected the name of an option",
        ),
        ("3 + 4", "3 + 4", "expected the name of an option"),
        (", order = 1", ",", "nothing before this comma"),
        ("order = 1,, name = a", ",", "nothing before this comma"),
    ] {
        refused(source, &[(Code::BadOption, at, piece)]);
    }
}

#[test]
fn duplicates_are_refused_and_the_first_counts() {
    let options = refused(
        "order = 2, order = 1, wrt(a, b, r#a), wrt(c)",
        &[
            (Code::DuplicateOption, "order", "`order`"),
            (Code::DuplicateOption, "r#a", "`r#a` in `wrt`"),
            (Code::DuplicateOption, "wrt", "`wrt`"),
        ],
    );
    assert_eq!(options.order, 2);
    let wrt: Vec<_> = options
        .wrt
        .iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    assert_eq!(wrt, ["a", "b"]);
}

#[test]
fn all_mistakes_are_reported_and_the_rest_still_counts() {
    let options = refused(
        "mod = 1, mode = \"x\", wrt(a, 1), order = 2, detached, , name = n",
        &[
            (Code::BadOption, ",", "nothing before"),
            (Code::UnknownOption, "mod", "did you mean"),
            (Code::BadOption, "\"x\"", "`\"x\"` is not a value of `mode`"),
            (Code::BadOption, "1", "found `1`"),
            (Code::BadOption, "detached", "write `detached = "),
        ],
    );
    assert_eq!((options.order, tokens(&options.name)), (2, "n".to_string()));
    assert_eq!(options.wrt.map(|w| w.len()), Some(1));
}
