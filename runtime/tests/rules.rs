//! Every rule of the table against differences, in `f64` and in `f32`: the checks are generated
//! from the table, so that a new entry is checked as soon as it is written.

use pullback_runtime::check::{Tolerance, derivative};
use pullback_runtime::helper;
use std::ops::Range;

/// The points drawn for each rule. Seeded, so that a failure can be repeated.
const POINTS: u64 = 40;

/// A small generator of reproducible numbers (SplitMix64).
struct Random(u64);

impl Random {
    /// A number in `0.0..1.0`.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// What may stand in an entry's `on`: a range to draw from, or a value computed from what was drawn.
trait Domain {
    type Value;
    fn draw(self, random: &mut Random) -> Self::Value;
}

impl Domain for Range<f64> {
    type Value = f64;
    fn draw(self, random: &mut Random) -> f64 {
        // Rounded to `f32`, so that both precisions are checked at the same point.
        f64::from((self.start + (self.end - self.start) * random.unit()) as f32)
    }
}

impl Domain for Range<i32> {
    type Value = i32;
    fn draw(self, random: &mut Random) -> i32 {
        self.start + (f64::from(self.end - self.start) * random.unit()) as i32
    }
}

impl Domain for f64 {
    type Value = f64;
    fn draw(self, _random: &mut Random) -> f64 {
        self
    }
}

/// An argument moved for a difference, and in single precision. Integers stay.
trait Argument: Copy {
    type Single;
    fn moved(self, by: f64) -> Self;
    fn single(self) -> Self::Single;
}

impl Argument for f64 {
    type Single = f32;
    fn moved(self, by: f64) -> f64 {
        self + by
    }
    fn single(self) -> f32 {
        self as f32
    }
}

impl Argument for i32 {
    type Single = i32;
    fn moved(self, _by: f64) -> i32 {
        self
    }
    fn single(self) -> i32 {
        self
    }
}

/// One entry of the table, callable.
struct Rule {
    name: &'static str,
    /// Arguments with a tangent.
    active: Vec<&'static str>,
    /// The value at the point of this seed, the named argument moved.
    value: fn(seed: u64, moved: &str, by: f64) -> f64,
    /// The partials that the entry names, at the point of this seed.
    partials: fn(seed: u64) -> Vec<(&'static str, f64)>,
    /// The same in single precision.
    partials_f32: fn(seed: u64) -> Vec<(&'static str, f32)>,
}

/// Turns a section's entries into `Rule`s; `$double` and `$single` are where its
/// primitives live.
macro_rules! section {
    (
        $double:ident, $single:ident;
        $($name:ident ($($arg:ident $(: $ty:ty)?),*) -> $result:ident : { $($wrt:ident : $partial:expr),* } on ($($domain:expr),*);)*
    ) => {{
        #[allow(unused_variables)]
        let rules = vec![$(
            Rule {
                name: stringify!($name),
                active: [$((stringify!($arg), concat!("" $(, stringify!($ty))?))),*]
                    .iter()
                    .filter(|(_, ty)| ty.is_empty())
                    .map(|(arg, _)| *arg)
                    .collect(),
                value: |seed, moved, by| {
                                        let mut random = Random(seed);
                    $(
                        let by_here = if moved == stringify!($arg) { by } else { 0.0 };
                        let $arg = ($domain).draw(&mut random).moved(by_here);
                    )*
                    $double::$name($($arg),*)
                },
                partials: |seed| {
                                        let mut random = Random(seed);
                    $(let $arg = ($domain).draw(&mut random);)*
                    let $result: f64 = $double::$name($($arg),*);
                    vec![$((stringify!($wrt), $partial)),*]
                },
                partials_f32: |seed| {
                                        let mut random = Random(seed);
                    $(let $arg = ($domain).draw(&mut random);)*
                    $(let $arg = $arg.single();)*
                    let $result: f32 = $single::$name($($arg),*);
                    vec![$((stringify!($wrt), $partial)),*]
                },
            }
        ),*];
        rules
    }};
}

macro_rules! rules {
    (methods { $($methods:tt)* } helpers { $($helpers:tt)* }) => {
        fn methods() -> Vec<Rule> {
            section! { f64, f32; $($methods)* }
        }
        fn helpers() -> Vec<Rule> {
            section! { helper, helper; $($helpers)* }
        }
    };
}

include!("../rules/table.rs");

/// Holds each partial of `rule`, and zero for each argument without one, against differences.
fn check(rule: &Rule, problems: &mut Vec<String>) {
    // Kinks and jumps lie within the domains, so that the steps stay small.
    const STEP: f64 = 1e-3;
    let double = Tolerance::default();
    // Single precision is held against differences of the double at the same point.
    let single = Tolerance {
        relative: 1e-5,
        absolute: 1e-5,
        ..double
    };
    for seed in 0..POINTS {
        let partials = (rule.partials)(seed);
        let partials_f32 = (rule.partials_f32)(seed);
        for argument in &rule.active {
            let slope = derivative(|by| (rule.value)(seed, argument, by), 0.0, STEP);
            let of = |found: Option<f64>| found.unwrap_or(0.0);
            let in_f64 = of(partials
                .iter()
                .find(|(name, _)| name == argument)
                .map(|(_, partial)| *partial));
            let in_f32 = of(partials_f32
                .iter()
                .find(|(name, _)| name == argument)
                .map(|(_, partial)| f64::from(*partial)));
            if !double.accepts(in_f64, slope) {
                problems.push(format!(
                    "{} by {argument}, seed {seed}: the rule says {in_f64:e}, differences {slope:e}",
                    rule.name
                ));
            }
            if !single.accepts(in_f32, slope) {
                problems.push(format!(
                    "{} by {argument}, seed {seed}, f32: the rule says {in_f32:e}, differences {slope:e}",
                    rule.name
                ));
            }
        }
    }
}

#[test]
fn every_rule_agrees_with_differences() {
    let mut problems = Vec::new();
    for rule in methods().iter().chain(&helpers()) {
        check(rule, &mut problems);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_flipped_sign_is_found() {
    let mut rules = methods();
    let rule = rules
        .iter_mut()
        .find(|rule| rule.name == "cos")
        .expect("the table has cos");
    rule.partials = |seed| vec![("x", Random(seed).unit())];
    let mut problems = Vec::new();
    check(rule, &mut problems);
    assert!(!problems.is_empty());
}

#[test]
fn partials_name_arguments_and_entries_are_unique() {
    let mut names = Vec::new();
    for rule in methods().iter().chain(&helpers()) {
        for (argument, _) in (rule.partials)(0) {
            assert!(
                rule.active.contains(&argument),
                "{}: `{argument}` is no argument with a tangent",
                rule.name
            );
        }
        assert!(!names.contains(&rule.name), "{} is listed twice", rule.name);
        names.push(rule.name);
    }
    assert!(methods().len() >= 45, "only {} methods", methods().len());
}
