//! Unique names, scope by scope: what Rust's rules bind to one variable gets one name, and only that.

use proc_macro2::LineColumn;
use pullback_transform::rename::rename;
use quote::ToTokens;
use syn::visit::Visit;
use syn::{Ident, ItemFn, PatIdent};

fn parse(source: &str) -> ItemFn {
    syn::parse_str(source).unwrap_or_else(|e| panic!("{e} in {source}"))
}

#[track_caller]
fn check_reserving(reserved: &[&str], source: &str, wanted: &str) {
    let mut item = parse(source);
    rename(&mut item, &|name| reserved.contains(&name));
    let wanted = parse(wanted).into_token_stream().to_string();
    assert_eq!(item.to_token_stream().to_string(), wanted, "from {source}");
}

/// The function renames to the wanted one.
#[track_caller]
fn check_fn(source: &str, wanted: &str) {
    check_reserving(&[], source, wanted);
}

/// The same for a body with one parameter `x`.
#[track_caller]
fn check(source: &str, wanted: &str) {
    let function = |body: &str| format!("fn f(x: f64) -> f64 {{ {body} }}");
    check_fn(&function(source), &function(wanted));
}

#[track_caller]
fn unchanged(source: &str) {
    check(source, source);
}

#[test]
fn a_first_binding_keeps_its_name() {
    unchanged("let y = x; let (a, b) = (y, x); a + b");
    unchanged("for i in 0..3 { let t = i; } while let Some(v) = o { v; } x");
}

#[test]
fn an_initialiser_sees_what_was_before() {
    check("let x = x + 1.0; x", "let x_2 = x + 1.0; x_2");
    check(
        "let x = x; let x = x * x; x",
        "let x_2 = x; let x_3 = x_2 * x_2; x_3",
    );
    check(
        "let mut x: f64 = x; x += x; x",
        "let mut x_2: f64 = x; x_2 += x_2; x_2",
    );
    check("let x; x = 1.0; x", "let x_2; x_2 = 1.0; x_2");
}

#[test]
fn blocks_end_scopes() {
    check(
        "x + { let x = 2.0; x } + x",
        "x + { let x_2 = 2.0; x_2 } + x",
    );
    check(
        "let y = { let x = x; x }; x + y",
        "let y = { let x_2 = x; x_2 }; x + y",
    );
    check(
        "{ let t = 1.0; t; } { let t = 2.0; t; } x",
        "{ let t = 1.0; t; } { let t_2 = 2.0; t_2; } x",
    );
    check(
        "{ let t = 1.0; } let t = x; t",
        "{ let t = 1.0; } let t_2 = x; t_2",
    );
    check(
        "'a: { let x = 1.0; break 'a x; }",
        "'a: { let x_2 = 1.0; break 'a x_2; }",
    );
}

#[test]
fn loops_scope_over_their_bodies() {
    check("for x in x..9.0 { x; } x", "for x_2 in x..9.0 { x_2; } x");
    check(
        "for i in 0..n { s += i; } for i in 0..n { let i = i + 1; s += i; } s",
        "for i in 0..n { s += i; } for i_2 in 0..n { let i_3 = i_2 + 1; s += i_3; } s",
    );
    check(
        "for (x, y) in g(x) { x + y; } x",
        "for (x_2, y) in g(x) { x_2 + y; } x",
    );
    check(
        "while let Some(x) = g(x) { x; } x",
        "while let Some(x_2) = g(x) { x_2; } x",
    );
    check(
        "'x: loop { let x = x; break 'x x; }",
        "'x: loop { let x_2 = x; break 'x x_2; }",
    );
}

#[test]
fn conditions_scope_over_the_rest_and_the_block() {
    check(
        "if let Some(x) = g(x) { x } else { x }",
        "if let Some(x_2) = g(x) { x_2 } else { x }",
    );
    check(
        "if let Some(x) = g(x) && x > 0.0 && let Some(x) = h(x) && b(x) { x } else { x }",
        "if let Some(x_2) = g(x) && x_2 > 0.0 && let Some(x_3) = h(x_2) && b(x_3) { x_3 } else { x }",
    );
    check(
        "if let Some(x) = g(x) { x } else if let Some(x) = h(x) { x } else { x }",
        "if let Some(x_2) = g(x) { x_2 } else if let Some(x_3) = h(x) { x_3 } else { x }",
    );
    check(
        "while x > 0.0 && let Some(x) = g(x) { x; } x",
        "while x > 0.0 && let Some(x_2) = g(x) { x_2; } x",
    );
}

#[test]
fn let_else_binds_afterwards() {
    check(
        "let Some(x) = g(x) else { return x; }; x",
        "let Some(x_2) = g(x) else { return x; }; x_2",
    );
    check(
        "let Some(None) = g(x) else { return x }; x",
        "let Some(None) = g(x) else { return x }; x",
    );
}

#[test]
fn arms_scope_over_guard_and_body() {
    check(
        "match g(x) { Some(x) if x > 0.0 => x, Some(x) => -x, None => x }",
        "match g(x) { Some(x_2) if x_2 > 0.0 => x_2, Some(x_3) => -x_3, None => x }",
    );
    check(
        "match n { x @ 1..=3 => x, _ => x }",
        "match n { x_2 @ 1..=3 => x_2, _ => x }",
    );
    check(
        "match g(x) { o if let Some(x) = o && x > 0.0 => x, _ => x }",
        "match g(x) { o if let Some(x_2) = o && x_2 > 0.0 => x_2, _ => x }",
    );
    check("match x { ref x => *x }", "match x { ref x_2 => *x_2 }");
    check(
        "match x { mut x => { x += x; x } }",
        "match x { mut x_2 => { x_2 += x_2; x_2 } }",
    );
    check(
        "match x { [x, .., y] | &[y, x] => x + y }",
        "match x { [x_2, .., y] | &[y, x_2] => x_2 + y }",
    );
}

#[test]
fn alternatives_bind_the_same_variable() {
    check(
        "match g { A(x, y) | B(y, x) if x > y => x - y, C((x, _) | (_, x)) => x, _ => x }",
        "match g { A(x_2, y) | B(y, x_2) if x_2 > y => x_2 - y, C((x_3, _) | (_, x_3)) => x_3, _ => x }",
    );
}

#[test]
fn capital_letters_are_constants_where_a_pattern_may_fail() {
    check(
        "match x { PI => 1.0, None => 2.0, x => x }; match x { PI => x, y => y }",
        "match x { PI => 1.0, None => 2.0, x_2 => x_2 }; match x { PI => x, y => y }",
    );
    check(
        "let A = x; let A = A * A; A",
        "let A = x; let A_2 = A * A; A_2",
    );
    check_fn(
        "fn f(A: f64) -> f64 { let A = A; A }",
        "fn f(A: f64) -> f64 { let A_2 = A; A_2 }",
    );
    check(
        "match x { ref N => 1.0, _ => 2.0 }; match x { N @ _ => N }",
        "match x { ref N => 1.0, _ => 2.0 }; match x { N_2 @ _ => N_2 }",
    );
}

#[test]
fn closures_scope_over_their_body() {
    check(
        "let g = |x: f64| x * x; g(x)",
        "let g = |x_2: f64| x_2 * x_2; g(x)",
    );
    check(
        "let g = move |(a, x)| { let a = a + x; a }; x",
        "let g = move |(a, x_2)| { let a_2 = a + x_2; a_2 }; x",
    );
    check("let x = |x| x; x(1.0)", "let x_3 = |x_2| x_2; x_3(1.0)");
    check(
        "v.map(|y| y + x).fold(0.0, |y, x| y + x)",
        "v.map(|y| y + x).fold(0.0, |y_2, x_2| y_2 + x_2)",
    );
}

#[test]
fn struct_shorthand_is_spelled_out() {
    check(
        "let x = 1.0; S { x, y: x }",
        "let x_2 = 1.0; S { x: x_2, y: x_2 }",
    );
    check(
        "let S { x, ref mut y } = s; x + y",
        "let S { x: x_2, ref mut y } = s; x_2 + y",
    );
    check(
        "let S { ref mut x, .. } = s; x",
        "let S { x: ref mut x_2, .. } = s; x_2",
    );
    check(
        "let S { x: x, y: (x2, _) } = s; x",
        "let S { x: x_2, y: (x2, _) } = s; x_2",
    );
    check(
        "let x = 1.0; S { x } = s; x",
        "let x_2 = 1.0; S { x: x_2 } = s; x_2",
    );
    check("let x = s; S { ..x }", "let x_2 = s; S { ..x_2 }");
    unchanged("S { x }; let S { y, .. } = s; y");
}

#[test]
fn fields_methods_paths_types_and_labels_are_not_variables() {
    check(
        "let x = x; x.x; x.x(x); x::x(x); a::x; x::<x>(); <x>::x; let y: x = x as x; 'x: loop { break 'x; }",
        "let x_2 = x; x_2.x; x_2.x(x_2); x::x(x_2); a::x; x::<x>(); <x>::x; let y: x = x_2 as x; 'x: loop { break 'x; }"
            .replace("x::<x>()", "x_2::<x>()")
            .as_str(),
    );
}

#[test]
fn items_see_no_locals() {
    check(
        "let y = x; const K: f64 = 2.0; fn g(x: f64) -> f64 { let x = x; x } struct T { x: f64 } let x = g(y); x",
        "let y = x; const K: f64 = 2.0; fn g(x: f64) -> f64 { let x = x; x } struct T { x: f64 } let x_2 = g(y); x_2",
    );
}

#[test]
fn items_of_a_block_hide_the_locals_outside() {
    check(
        "let k = x; k + { const k: f64 = 2.0; k * x }",
        "let k_2 = x; k_2 + { const k: f64 = 2.0; k * x }",
    );
    check(
        "let g = x; g + { h(g(x)); fn g(x: f64) -> f64 { x } }",
        "let g_2 = x; g_2 + { h(g(x)); fn g(x: f64) -> f64 { x } }",
    );
    check(
        "let g = x; g + { use m::{h as g, k}; g(x) }",
        "let g_2 = x; g_2 + { use m::{h as g, k}; g(x) }",
    );
    check(
        "const zero: f64 = 0.0; match x { zero => 1.0, y => y }",
        "const zero: f64 = 0.0; match x { zero => 1.0, y => y }",
    );
    check("fn g() {} let g = g(); g", "fn g() {} let g_2 = g(); g_2");
}

#[test]
fn a_name_that_is_also_not_local_is_given_up() {
    check(
        "let scale = scale(x); scale * x",
        "let scale_2 = scale(x); scale_2 * x",
    );
    check("{ let g = 1.0; g } g(x)", "{ let g_2 = 1.0; g_2 } g(x)");
    check(
        "{ let n = 1.0; n } mine!(n => x)",
        "{ let n_2 = 1.0; n_2 } mine!(n => x)",
    );
}

#[test]
fn reserved_names_are_given_up() {
    check_reserving(
        &["tape", "x_2"],
        "fn f(x: f64, tape: f64) -> f64 { let x = x + tape; x }",
        "fn f(x: f64, tape_2: f64) -> f64 { let x_3 = x + tape_2; x_3 }",
    );
}

#[test]
fn new_names_are_new() {
    check(
        "let x_2 = 1.0; let x = x + x_2; let x_2 = x; x_2",
        "let x_2 = 1.0; let x_3 = x + x_2; let x_2_2 = x_3; x_2_2",
    );
    check("let x = x; s.x_2 + x", "let x_3 = x; s.x_2 + x_3");
    check(
        "let x = x; mine!(x_2 => 1); x",
        "let x_3 = x; mine!(x_2 => 1); x_3",
    );
}

#[test]
fn parameters_are_bindings() {
    check_fn(
        "fn f((x, mut y): (f64, f64), z: f64) -> f64 { let (x, z) = (z, x); y += x; x * y * z }",
        "fn f((x, mut y): (f64, f64), z: f64) -> f64 { let (x_2, z_2) = (z, x); y += x_2; x_2 * y * z_2 }",
    );
}

#[test]
fn raw_identifiers_are_kept() {
    check("let r#type = x; r#type", "let r#type = x; r#type");
    check(
        "let r#type = x; let r#type = r#type; r#type",
        "let r#type = x; let type_2 = r#type; type_2",
    );
    check("let r#x = x; x + r#x", "let x_2 = x; x_2 + x_2");
}

#[test]
fn destructuring_assignment_uses_variables() {
    check(
        "let x = x; (x, _) = (1.0, x); [x, ..] = a; x",
        "let x_2 = x; (x_2, _) = (1.0, x_2); [x_2, ..] = a; x_2",
    );
}

#[test]
fn macro_arguments_are_expressions() {
    check(
        "let x = x; assert!(x > 0.0); assert_eq!(x, g(x), \"no {}\", x,); vec![x; x]; vec![x, 1.0]; dbg!(&x); x",
        "let x_2 = x; assert!(x_2 > 0.0); assert_eq!(x_2, g(x_2), \"no {}\", x_2,); vec![x_2; x_2]; vec![x_2, 1.0]; dbg!(&x_2); x_2",
    );
    check(
        "let x = x; vec![|x| x, |y| x]",
        "let x_2 = x; vec![|x_3| x_3, |y| x_2]",
    );
    check(
        "let x = x; let y = vec![{ let x = x; x }]; x",
        "let x_2 = x; let y = vec![{ let x_3 = x_2; x_3 }]; x_2",
    );
    check(
        "let x = x; stringify!(x); concat!(\"{x}\"); vec![\"{x}\"]; x",
        "let x_2 = x; stringify!(x); concat!(\"{x}\"); vec![\"{x}\"]; x_2",
    );
}

#[test]
fn matches_binds_in_its_guard() {
    check(
        "let x = x; matches!(x, x if x > 0.0) && matches!(x, Some(_),)",
        "let x_2 = x; matches!(x_2, x_3 if x_3 > 0.0) && matches!(x_2, Some(_),)",
    );
}

#[test]
fn format_captures_become_arguments() {
    check(
        "let x = x; println!(\"{x}\"); x",
        "let x_2 = x; println!(\"{x}\", x = x_2); x_2",
    );
    check(
        "let x = x; println!(\"{x:?} {x:.3} {} {{x}} {y}\", x); x",
        "let x_2 = x; println!(\"{x:?} {x:.3} {} {{x}} {y}\", x_2, x = x_2); x_2",
    );
    check(
        "let x = x; let p = 1; let p = 2; let w = 1; let w = 2; format!(\"{:>w$.p$} {0:x$}\", x,); x",
        "let x_2 = x; let p = 1; let p_2 = 2; let w = 1; let w_2 = 2; format!(\"{:>w$.p$} {0:x$}\", x_2, w = w_2, p = p_2, x = x_2); x_2",
    );
    check(
        "let x = x; println!(\"{x}\", x = x); x",
        "let x_2 = x; println!(\"{x}\", x = x_2); x_2",
    );
    check(
        "let x = x; println!(\"{{x}} {{{{x}}}}\"); x",
        "let x_2 = x; println!(\"{{x}} {{{{x}}}}\"); x_2",
    );
    check(
        "let x = x; println!(\"{{{x}}}\"); x",
        "let x_2 = x; println!(\"{{{x}}}\", x = x_2); x_2",
    );
    check(
        "let x = x; assert!(x > 0.0, \"{x}\"); x",
        "let x_2 = x; assert!(x_2 > 0.0, \"{x}\", x = x_2); x_2",
    );
    check(
        "let x = x; assert_eq!(x, \"{x}\"); x",
        "let x_2 = x; assert_eq!(x_2, \"{x}\"); x_2",
    );
    check(
        "let x = x; assert_eq!(x, x, \"{x}\"); x",
        "let x_2 = x; assert_eq!(x_2, x_2, \"{x}\", x = x_2); x_2",
    );
    check(
        "let x = x; write!(w, \"{x}\"); x",
        "let x_2 = x; write!(w, \"{x}\", x = x_2); x_2",
    );
    check(
        "let x = x; log::info!(\"{x}\"); x",
        "let x_2 = x; log::info!(\"{x}\", x = x_2); x_2",
    );
    check(
        "let x = x; println!(\"{}\", \"{x}\"); x",
        "let x_2 = x; println!(\"{}\", \"{x}\"); x_2",
    );
    unchanged("println!(\"{x} {y}\"); x");
}

#[test]
fn other_macro_tokens_are_renamed_where_a_variable_can_stand() {
    check(
        "let x = x; mine!(x => x.x, a.x, x::x, x!(), 'x, [0..x], {x} x != 1); x",
        "let x_2 = x; mine!(x_2 => x_2.x, a.x, x::x, x!(), 'x, [0..x_2], {x_2} x_2 != 1); x_2",
    );
}

#[test]
fn spans_are_kept() {
    let mut item = parse("fn f(x: f64) -> f64 {\n    let x = x;\n    x\n}");
    rename(&mut item, &|_| false);
    struct Places(Vec<(String, LineColumn)>);
    impl<'a> Visit<'a> for Places {
        fn visit_pat_ident(&mut self, p: &'a PatIdent) {
            self.visit_ident(&p.ident);
        }
        fn visit_ident(&mut self, i: &'a Ident) {
            self.0.push((i.to_string(), i.span().start()));
        }
    }
    let mut places = Places(vec![]);
    places.visit_block(&item.block);
    let at = |line, column| LineColumn { line, column };
    assert_eq!(
        places.0,
        [
            ("x_2".to_string(), at(2, 8)),
            ("x".to_string(), at(2, 12)),
            ("x_2".to_string(), at(3, 4)),
        ]
    );
}

#[test]
fn renaming_twice_changes_nothing_more() {
    let mut item = parse(
        "fn f(x: f64) -> f64 { let x = x; for x in 0..3 { if let Some(x) = g(x) { h(x) } } x }",
    );
    rename(&mut item, &|_| false);
    let once = item.to_token_stream().to_string();
    rename(&mut item, &|_| false);
    assert_eq!(item.to_token_stream().to_string(), once);
}
