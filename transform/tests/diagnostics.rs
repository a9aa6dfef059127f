//! The table of refusals, and how one is shown.

use proc_macro2::{Span, TokenStream, TokenTree};
use pullback_transform::diagnostics::{Code, Diagnostic, Diagnostics, nearest};
use quote::ToTokens;
use std::collections::HashSet;

#[test]
fn every_text_speaks_to_the_user() {
    let mut titles = HashSet::new();
    for code in Code::ALL {
        let (title, help) = (code.title(), code.help());
        assert!(
            !title.is_empty() && !help.is_empty(),
            "{code:?} says something"
        );
        assert!(
            !title.ends_with('.') && !help.ends_with('.'),
            "{code:?} is a phrase"
        );
        assert!(titles.insert(title), "{code:?} says what another code says");
        for word in [
            "syn",
            "token",
            "lower",
            "fence",
            "IR",
            "AST",
            "macro crate",
            "internal",
        ] {
            let mut words = title.split_whitespace().chain(help.split_whitespace());
            assert!(words.all(|w| w != word), "{code:?} speaks of {word}");
        }
        assert_eq!(code.name(), format!("{code:?}"));
    }
}

#[test]
fn a_message_has_title_detail_and_way_out() {
    let problem = Diagnostic::at(Code::UnknownMethod, Span::call_site(), "`frobnicate`");
    assert_eq!(
        problem.message(),
        format!(
            "the derivative of this method is not known: `frobnicate`\n  = help: {}",
            Code::UnknownMethod.help()
        )
    );
    let problem = Diagnostic::at(Code::Yield, Span::call_site(), "").with_help("do not");
    assert_eq!(
        problem.message(),
        "`yield` cannot be differentiated\n  = help: do not"
    );
}

#[test]
fn an_error_covers_the_refused_tokens() {
    let tokens: TokenStream = "a +\n  b(c)".parse().expect("these are tokens");
    let problem = Diagnostic::new(Code::Unsupported, tokens, "\"quoted\"");
    let error: Vec<TokenTree> = problem.to_compile_error().into_iter().collect();
    let start = error.first().map(|t| t.span().start());
    let end = error.last().map(|t| t.span().end());
    assert_eq!(start.map(|p| (p.line, p.column)), Some((1, 0)));
    assert_eq!(end.map(|p| (p.line, p.column)), Some((2, 6)));
    let mac: syn::ItemMacro =
        syn::parse2(problem.to_compile_error()).expect("an item can stand anywhere");
    assert_eq!(
        mac.mac.path.to_token_stream().to_string(),
        ":: core :: compile_error"
    );
    let text: syn::LitStr = mac.mac.parse_body().expect("one string");
    assert_eq!(text.value(), problem.message());
}

#[test]
fn no_tokens_are_shown_at_the_attribute() {
    let problem = Diagnostic::new(Code::Unsupported, TokenStream::new(), "");
    assert_eq!(problem.span.start(), Span::call_site().start());
    assert!(!problem.to_compile_error().is_empty());
}

#[test]
fn all_are_emitted_in_order() {
    let mut all = Diagnostics::new();
    assert!(all.is_empty());
    all.push(Diagnostic::at(Code::Await, Span::call_site(), ""));
    all.extend([Diagnostic::at(Code::Yield, Span::call_site(), "")]);
    assert_eq!((all.len(), all.is_empty()), (2, false));
    let codes: Vec<Code> = all.iter().map(|d| d.code).collect();
    assert_eq!(codes, [Code::Await, Code::Yield]);
    let text = all.into_tokens().to_string();
    assert_eq!(text.matches("compile_error").count(), 2);
    assert!(text.find("await") < text.find("yield"), "{text}");
}

#[test]
fn a_slip_finds_the_word_that_was_meant() {
    let known = ["sin", "sinh", "asin", "powi", "hypot"];
    for (word, meant) in [
        ("sin", Some("sin")),
        ("asni", Some("asin")),
        ("hypto", Some("hypot")),
        ("hypotenuse", None),
        ("pow", Some("powi")),
        ("q", None),
        ("", None),
    ] {
        assert_eq!(nearest(word, known), meant, "for {word}");
    }
}
