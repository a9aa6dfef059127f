//! What the user reads: each refusal and each warning at the user's own tokens, by topic.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the expected texts anew; read the difference
//! before committing it.

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    for topic in [
        "calls",
        "derive",
        "expressions",
        "functions",
        "generics",
        "items",
        "mistakes",
        "methods",
        "options",
        "rules",
        "signature",
        "warnings",
    ] {
        cases.compile_fail(format!("tests/ui/{topic}/*.rs"));
    }
    cases.pass("tests/ui/accepted/*.rs");
}
