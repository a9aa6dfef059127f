//! The fence, construct by construct: each refusal has its own code at the user's own token, and nothing
//! that is accepted is refused. The refused tokens are marked with guillemets in the sources.

use proc_macro2::LineColumn;
use pullback_transform::diagnostics::{Code, Diagnostic};
use pullback_transform::fence::fence;
use syn::{Expr, ItemFn, Pat, Stmt, parse_quote};

fn refusals(source: &str) -> Vec<Diagnostic> {
    let item = syn::parse_str(source).unwrap_or_else(|e| panic!("{e} in {source}"));
    fence(&item)
}

/// The source without its marks, and where each marked piece starts and ends.
fn unmark(marked: &str) -> (String, Vec<(LineColumn, LineColumn)>) {
    let (mut source, mut pieces, mut start) = (String::new(), vec![], None);
    let mut at = LineColumn { line: 1, column: 0 };
    for c in marked.chars() {
        match c {
            '«' => start = Some(at),
            '»' => pieces.push((start.take().expect("a mark was opened"), at)),
            _ => {
                source.push(c);
                at.column += 1;
                if c == '\n' {
                    at = LineColumn {
                        line: at.line + 1,
                        column: 0,
                    };
                }
            }
        }
    }
    (source, pieces)
}

#[track_caller]
fn refused(marked: &str, codes: &[Code]) {
    let (source, pieces) = unmark(marked);
    let found: Vec<_> = refusals(&source)
        .iter()
        .map(|d| (d.code, d.span.start(), d.end.end()))
        .collect();
    let wanted: Vec<_> = codes
        .iter()
        .zip(&pieces)
        .map(|(c, p)| (*c, p.0, p.1))
        .collect();
    assert_eq!(
        codes.len(),
        pieces.len(),
        "a mark for each code in {source}"
    );
    assert_eq!(found, wanted, "in {source}");
}

/// A refusal in the body.
#[track_caller]
fn body(marked: &str, code: Code) {
    refused(
        &format!("fn f(x: f64) -> f64 {{\n    {marked}\n}}"),
        &[code],
    );
}

/// A refusal in the header.
#[track_caller]
fn header(marked: &str, code: Code) {
    refused(&format!("{marked} {{ 0.0 }}"), &[code]);
}

#[track_caller]
fn accepted(source: &str) {
    let found = refusals(source);
    let messages: Vec<_> = found.iter().map(Diagnostic::message).collect();
    assert!(found.is_empty(), "{messages:#?} in {source}");
}

#[track_caller]
fn body_accepted(source: &str) {
    accepted(&format!("fn f(x: f64) -> f64 {{ {source} }}"));
}

#[test]
fn expressions_are_refused_at_their_keyword() {
    body("«async» { 1.0 }; x", Code::AsyncBlock);
    body("g(x).«await»", Code::Await);
    body("«yield» x; x", Code::Yield);
    body("«unsafe» { *p }", Code::UnsafeBlock);
    body("let p = &«raw» const x; x", Code::RawAddress);
    body("let p = &«raw» mut x; x", Code::RawAddress);
    body("let y = «try» { x }; x", Code::TryBlock);
    body("x * «const» { 2.0 }", Code::ConstBlock);
    body("g(«_»)", Code::InferExpr);
    body("let g = «async» || x; x", Code::AsyncClosure);
    body("let g = «const» |y: f64| y; x", Code::ConstClosure);
    body("«become g(x)»", Code::UnsupportedExpr);
    body("«builtin # offset_of(T, x)»", Code::UnsupportedExpr);
}

#[test]
fn assembly_is_refused_under_every_path() {
    body("«asm»!(\"nop\"); x", Code::InlineAsm);
    body("«core::arch::asm»!(\"nop\"); x", Code::InlineAsm);
    body("let y = «std::arch::asm»!(\"nop\"); x", Code::InlineAsm);
    body("«global_asm»!(\"nop\"); x", Code::InlineAsm);
    body("«naked_asm»!(\"nop\"); x", Code::InlineAsm);
}

#[test]
fn refusals_are_found_wherever_expressions_are() {
    for place in [
        "g(•)",
        "x.g(•)",
        "•.g()",
        "[•]",
        "[•; 3]",
        "(•, x)",
        "-•",
        "x + •",
        "• as f64",
        "&•",
        "a[•]",
        "•[0]",
        "•.0",
        "(•)",
        "{ • }",
        "'a: { break 'a •; }",
        "if • { x } else { x }",
        "if b { • } else { x }",
        "if b { x } else { • }",
        "if let Some(y) = • { y } else { x }",
        "if b && let Some(y) = • { y } else { x }",
        "match • { y => y }",
        "match x { y => • }",
        "match x { y if • => y, _ => x }",
        "for i in • { }",
        "for i in 0..n { •; }",
        "while • { }",
        "while b { •; }",
        "loop { •; }",
        "loop { break •; }",
        "return •",
        "let y = •;",
        "let Some(y) = • else { return x };",
        "let Some(y) = z else { • };",
        "y = •",
        "y += •",
        "a[•] = x",
        "(a[•], y) = z",
        "S { y: • }",
        "S { y: x, ..• }",
        "•..x",
        "0..=•",
        "|y| •",
        "move |y: f64| -> f64 { • }",
        "println!(\"{}\", •)",
        "vec![•; 3]",
        "vec![x, •]",
        "matches!(•, Some(_))",
        "matches!(x, y if •)",
        "mine!(x, •)",
        "{ struct S; • }",
    ] {
        refused(
            &format!(
                "fn f(x: f64) -> f64 {{\n {} }}",
                place.replace('•', "g(x).«await»")
            ),
            &[Code::Await],
        );
    }
}

#[test]
fn patterns_are_refused_at_their_token() {
    body(
        "match x { «const» { 1.0 } => x, _ => x }",
        Code::ConstPattern,
    );
    body("match x { «zero»!() => x, _ => x }", Code::MacroPattern);
    body("let «box» y = x; y", Code::BoxPattern);
    for place in [
        "let (•, y) = z;",
        "if let Some(•) = z { }",
        "while let [•, ..] = z { }",
        "for (•, y) in z { }",
        "let g = |•: f64| x;",
        "match z { 1 | • => x, _ => x }",
        "match z { &• => x, _ => x }",
        "match z { S { y: • } => x, _ => x }",
        "match z { y @ • => x, _ => x }",
        "let (•): f64 = z;",
        "matches!(z, Some(•));",
        "let • = z else { return x };",
    ] {
        body(
            &format!("{} x", place.replace('•', "«zero»!()")),
            Code::MacroPattern,
        );
    }
}

/// Syntax that `syn` can represent but does not read yet, so that it is put together here.
#[test]
fn unread_syntax_is_refused() {
    let mut item: ItemFn = parse_quote!(
        fn f(x: f64) -> f64 {
            match x {
                y if y > 0.0 => y,
            }
        }
    );
    let Some(Stmt::Expr(Expr::Match(e), None)) = item.block.stmts.first_mut() else {
        panic!("a match was written");
    };
    let inner = e.arms[0].pat.clone();
    e.arms[0].pat = parse_quote!((z, _));
    let Pat::Tuple(outer) = &mut e.arms[0].pat else {
        panic!("a tuple was written")
    };
    outer.elems[0] = inner;
    item.modifiers.defaultness = Some(Default::default());
    let codes: Vec<_> = fence(&item).iter().map(|d| d.code).collect();
    assert_eq!(codes, [Code::DefaultFn, Code::NestedGuard]);
}

#[test]
fn items_are_refused_at_their_keyword() {
    body("«static mut» N: u8 = 0; x", Code::StaticMut);
    body("«static» N: u8 = 0; x", Code::InnerStatic);
    body("«impl» Outer { } x", Code::InnerImpl);
    body("struct S; «impl» R for Vec<S> { } x", Code::InnerImpl);
    body("«mod» m { } x", Code::InnerModule);
    body("«extern \"C\"» { fn g(); } x", Code::ForeignBlock);
    body("«trait» A = B; x", Code::TraitAlias);
    body("«macro_rules»! m { () => {} } x", Code::InnerMacro);
    body("«pub macro m() {}» x", Code::UnsupportedItem);
}

#[test]
fn attributes_that_change_the_meaning_are_refused() {
    body("#[«cfg»(test)] let x = 1.0; x", Code::CfgAttribute);
    body("#[«cfg»(test)] { g(); } x", Code::CfgAttribute);
    body(
        "#[«cfg_attr»(test, allow(unused))] let y = 1.0; x",
        Code::CfgAttribute,
    );
    body(
        "match x { #[«cfg»(test)] y => y, _ => x }",
        Code::CfgAttribute,
    );
    body("S { #[«cfg»(test)] y: x }", Code::CfgAttribute);
    body("#[«cfg»(test)] println!(); x", Code::CfgAttribute);
    body("let S { #[«cfg»(test)] y } = x; x", Code::CfgAttribute);
    body("#[«constant»] g(x)", Code::ConstantMisplaced);
    body("#[«watch»] g(x)", Code::WatchMisplaced);
    body("#[«pullback::watch»] { x }", Code::WatchMisplaced);
    body(
        "#[«checkpoint»] for i in 0..n { } x",
        Code::CheckpointNotYet,
    );
    body("#[«unroll»] for i in 0..n { } x", Code::UnknownAttribute);
    header("fn f(#[«cfg»(test)] x: f64) -> f64", Code::CfgAttribute);
    header("fn f(#[«mine»] x: f64) -> f64", Code::UnknownAttribute);
}

#[test]
fn headers_are_refused_at_their_keyword() {
    header("«async» fn f(x: f64) -> f64", Code::AsyncFn);
    header("«unsafe» fn f(x: f64) -> f64", Code::UnsafeFn);
    header("«extern \"C\"» fn f(x: f64) -> f64", Code::ExternFn);
    header("«extern» fn f(x: f64) -> f64", Code::ExternFn);
    header("fn f(x: f64, «...») -> f64", Code::Variadic);
    header("fn f(«self», x: f64) -> f64", Code::SelfReceiver);
    header("fn f(&mut «self», x: f64) -> f64", Code::SelfReceiver);
    header("fn f(«self»: Box<Self>, x: f64) -> f64", Code::SelfReceiver);
    header("fn f(x: f64) -> «!»", Code::NeverType);
}

#[test]
fn parameter_patterns_are_refused_as_a_whole() {
    header("fn f(«&x»: &f64) -> f64", Code::BadParameterPattern);
    header(
        "fn f([x, «..»]: [f64; 2]) -> f64",
        Code::BadParameterPattern,
    );
    header(
        "fn f((x, «..»): (f64, f64)) -> f64",
        Code::BadParameterPattern,
    );
    header("fn f(«ref x»: f64) -> f64", Code::BadParameterPattern);
    header("fn f(«x @ y»: f64) -> f64", Code::BadParameterPattern);
}

#[test]
fn a_view_that_changes_the_array_is_no_value() {
    header(
        "fn f(mut a: «ArrayViewMut1<'_, f64>», k: f64)",
        Code::ViewByValue,
    );
}

#[test]
fn types_are_refused_at_their_token() {
    for (ty, code) in [
        ("«dyn» Fn(f64) -> f64", Code::DynType),
        ("«impl» Fn(f64) -> f64", Code::ImplTraitType),
        ("«fn»(f64) -> f64", Code::FnPointerType),
        ("«*const f64»", Code::RawPointerType),
        ("«float»!()", Code::MacroType),
        ("«_»", Code::UnsupportedType),
    ] {
        for place in [
            "•",
            "&•",
            "&mut [•]",
            "[•; 2]",
            "(f64, •)",
            "Vec<Box<•>>",
            "(•)",
            "Option<•>",
        ] {
            let ty = place.replace('•', ty);
            header(&format!("fn f(x: {ty}) -> f64"), code);
            header(&format!("fn f(x: f64) -> {ty}"), code);
        }
    }
}

#[test]
fn all_refusals_of_a_function_are_reported_in_order() {
    refused(
        "«async» fn f(«&x»: &f64, g: &«dyn» Fn()) -> f64 {
            let y = g(x)?;
            «unsafe» { }
            for i in 0..n { h().«await»; }
            x
        }",
        &[
            Code::AsyncFn,
            Code::BadParameterPattern,
            Code::DynType,
            Code::UnsafeBlock,
            Code::Await,
        ],
    );
}

#[test]
fn the_language_is_accepted() {
    for source in [
        "1.0",
        "x",
        "std::f64::consts::PI",
        "-x",
        "!b",
        "*r",
        "x + x * x / x - x % x",
        "x += 1.0; x",
        "n as f64",
        "g(x)",
        "a::b::g::<f64>(x)",
        "x.sin().powi(2)",
        "x.max::<f64>(y)",
        "a[0]",
        "a[i][j]",
        "&a[1..n]",
        "&mut a",
        "t.0.1",
        "s.field",
        "(x, y)",
        "[x, y]",
        "[x; 3]",
        "(0..n, ..n, 1.., .., 0..=n)",
        "{ x }",
        "'a: { break 'a x; }",
        "if b { x } else if c { y } else { z }",
        "if let Some(y) = o { y } else { x }",
        "if let Some(y) = o && y > 0.0 && let (a, _) = y { a } else { x }",
        "match n { 0 => x, 1..=3 => y, 4 | 5 if b => z, _ => w }",
        "match o { Some(ref y) => *y, None => x }",
        "match (n, o) { (0, Some(y @ 1..)) => y, _ => x }",
        "match s { S { y, .. } => y, T(z) => z, [a, .., b] => a, &c => c }",
        "for (i, v) in a.iter().enumerate() { } x",
        "for i in (0..n).rev().step_by(2) { } x",
        "'a: for i in 0..n { for j in i.. { if b { continue 'a } else { break 'a } } } x",
        "while b { } while let Some(y) = o { } loop { break x }",
        "return x;",
        "return",
        "let y; y = x; y",
        "let (mut y, z): (f64, f64) = t; y",
        "let Some(y) = o else { return x }; y",
        "let [a, b, ..] = t; a",
        "(a, _) = t; (a, ..) = t; [a, b] = t; S { a, .. } = t; _ = x; a",
        "a[i] = x; t.0 = x; *r = x; a[i] += x; x",
        "let g = |y: f64| y * x; g(x)",
        "S { x, y: x, ..s }",
        "const K: f64 = 2.0; K * x",
        "fn g(x: f64) -> f64 { unsafe { h(x)? } } g(x)",
        "use std::f64::consts::*; struct S; enum E { A } type T = f64; impl S { } trait R { } x",
        "impl S { } { impl R for f64 { } } struct S; trait R { } x",
        ";;; x",
        "assert!(x > 0.0, \"{x}\"); debug_assert_eq!(x, y); x",
        "println!(\"{:?} {y}\", x, y = 1); x",
        "panic!()",
        "unreachable!(\"{}\", x)",
        "todo!()",
        "vec![x; 3]; vec![x, x]; dbg!(x)",
        "if matches!(o, | Some(y) if y > 0.0) { x } else { x }",
        "mine!(a => b; c ?)",
        "#[allow(unused)] let y = x; y",
        "#[constant] let k = x; k",
        "#[pullback::constant] let k = x; k",
        "#[expect(clippy::all)] { x }",
        "#[rustfmt::skip] { x }",
        "// a comment\n x",
        "\"text\"; b\"text\"; 'c'; b'c'; true; 1_u8; x",
    ] {
        body_accepted(source);
    }
}

#[test]
fn plain_headers_are_accepted() {
    for source in [
        "fn f() {}",
        "const fn f(x: f64) -> f64 { x }",
        "extern \"Rust\" fn f(x: f64) -> f64 { x }",
        "pub(crate) fn f<'a, T: Real, const N: usize>(x: &'a [T; N], _: usize) -> T where T: Copy { x[0] }",
        "fn f(mut x: f64, (a, (_, b)): (f64, (f64, f64)), #[constant] n: usize) -> Option<Vec<f64>> { g() }",
        "fn f([x, y]: [f64; 2], (a, [b, _]): (f64, [f64; 2])) -> f64 { x }",
        "fn f(x: &mut [f64], y: <T as Trait>::Scalar, z: std::vec::Vec<(f64, [f32; 3])>) -> (f64, f64) { g() }",
    ] {
        accepted(source);
    }
}
