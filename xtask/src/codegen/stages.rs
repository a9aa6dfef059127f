//! The stages of the compiler, each as text.

use super::find::Annotated;
use super::output;
use super::pretty::{self, Comments};
use proc_macro2::TokenStream;
use pullback_transform::diagnostics::Diagnostic;
use pullback_transform::{Analysed, analyse, args, dump, fence, forward, reverse};
use quote::{format_ident, quote};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// What is refused for its kind of syntax.
    Fence,
    /// The lowered function.
    Ir,
    /// Which variables carry a derivative.
    Activity,
    /// How values get to the reverse sweep.
    Saved,
    /// The two sweeps of reverse mode.
    Reverse,
    /// The function with tangents.
    Forward,
    /// All that is generated.
    Output,
}

impl Stage {
    /// All of them, in the order in which they run.
    pub const ALL: [Stage; 7] = [
        Stage::Fence,
        Stage::Ir,
        Stage::Activity,
        Stage::Saved,
        Stage::Reverse,
        Stage::Forward,
        Stage::Output,
    ];

    /// Its name on the command line and in the snapshots.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Fence => "fence",
            Stage::Ir => "ir",
            Stage::Activity => "activity",
            Stage::Saved => "saved",
            Stage::Reverse => "reverse",
            Stage::Forward => "forward",
            Stage::Output => "output",
        }
    }
}

/// A stage's text, and what was refused on the way, each as `line:column: message`.
pub struct Printed {
    /// The text.
    pub text: String,
    /// The refusals.
    pub problems: Vec<String>,
}

/// Prints a stage; a panic of the compiler is a problem like any other.
pub fn print(stage: Stage, annotated: &Annotated, source: &str) -> Printed {
    let printed = catch_unwind(AssertUnwindSafe(|| match stage {
        Stage::Output => output::print(annotated, source),
        stage => inner(stage, annotated, source).unwrap_or_else(|problems| Printed {
            text: String::new(),
            problems,
        }),
    }));
    printed.unwrap_or_else(|_| Printed {
        text: String::new(),
        problems: vec![format!(
            "{}:1: the compiler panicked on `{}`, which is a bug of pullback",
            annotated.line, annotated.path
        )],
    })
}

/// A stage before the last.
fn inner(stage: Stage, annotated: &Annotated, source: &str) -> Result<Printed, Vec<String>> {
    let Some(function) = &annotated.function else {
        return Err(vec![format!(
            "{}:1: `{}` is not a free function",
            annotated.line, annotated.path
        )]);
    };
    let (options, mut errors) = args::parse(annotated.args.clone());
    errors.extend(fence::fence(function));
    if stage == Stage::Fence && errors.is_empty() {
        return Ok(plain("Nothing is refused for its kind of syntax.\n".into()));
    }
    if !errors.is_empty() {
        return Err(errors.iter().map(problem).collect());
    }
    let analysed = analyse(function, &options, &mut errors);
    let Some(Analysed { f, activity, reach }) = analysed else {
        return Err(errors.iter().map(problem).collect());
    };
    let name = &function.sig.ident;
    let comments = Comments::default();
    let note = |stmt: &pullback_transform::ir::Stmt| {
        dump::line_of(stmt.span).and_then(|line| comments.line(source, line))
    };
    let mut of_grad = TokenStream::new();
    let body = match stage {
        Stage::Ir => return Ok(plain(dump::ir(name, &f))),
        Stage::Activity => return Ok(plain(dump::activity(&f, &activity, &reach))),
        Stage::Saved => return Ok(plain(dump::saved(&f, &reverse::reverse(&f, &activity)))),
        Stage::Forward => dump::tangents(&forward::forward(&f, &activity), &note),
        _ => {
            let sweep = reverse::reverse(&f, &activity);
            if let Some(joint) = reverse::joint(&f, &activity, &sweep) {
                let body = dump::sweeps(&joint, &note, &|text| comments.statement(text));
                let (inputs, name) = (&function.sig.inputs, format_ident!("{}_of_grad", name));
                // What `grad` runs, where it differs from what callers run.
                of_grad = quote!(fn #name(#inputs) { #body });
            }
            dump::sweeps(&sweep, &note, &|text| comments.statement(text))
        }
    };
    let inputs = &function.sig.inputs;
    pretty::items(&quote!(fn #name(#inputs) { #body } #of_grad), &comments)
        .map(plain)
        .map_err(|error| vec![format!("{}:1: {error}", annotated.line)])
}

fn plain(text: String) -> Printed {
    Printed {
        text,
        problems: Vec::new(),
    }
}

fn problem(diagnostic: &Diagnostic) -> String {
    let at = diagnostic.span.start();
    format!("{}:{}: {}", at.line, at.column + 1, diagnostic.message())
}
