//! The answer as text, with excerpts of the source.

use super::file::{File, Known, Verdict, ended};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use pullback_transform::analysis::reach::Why;

/// One report for each input.
pub fn print(file: &File, known: &Known, wanted: Option<&str>) -> String {
    let styled = std::io::IsTerminal::is_terminal(&std::io::stdout());
    let renderer = match styled {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    let mut out = String::new();
    for input in &known.reach.inputs {
        let name = input.field.to_string();
        if wanted.is_some_and(|wanted| wanted != name) {
            continue;
        }
        let at = input.field.span().byte_range();
        let mut snippet = Snippet::source(file.source).path(file.path).fold(true);
        let (level, title) = match file.verdict(known, input) {
            Verdict::Always => {
                let title = format!(
                    "a derivative always reaches the result of `{}` from `{name}`",
                    known.name
                );
                (Level::INFO.with_name("always"), title)
            }
            Verdict::Sometimes(when) => {
                let title = format!(
                    "a derivative reaches the result of `{}` from `{name}`\n{}",
                    known.name,
                    when.iter()
                        .map(|w| format!("when {w}"))
                        .collect::<Vec<_>>()
                        .join("\nor ")
                );
                (Level::NOTE.with_name("sometimes"), title)
            }
            Verdict::Never => {
                for cut in input.cuts.iter().filter(|c| c.why != Why::Unused) {
                    let span = match &cut.text {
                        Some(piece) => {
                            let first = piece
                                .tokens
                                .first()
                                .map_or(0, |(_, s)| s.byte_range().start);
                            let last = piece
                                .tokens
                                .last()
                                .map_or(first, |(_, s)| s.byte_range().end);
                            first..last.max(first)
                        }
                        None => cut.span.byte_range(),
                    };
                    let label = AnnotationKind::Primary.span(span);
                    snippet = snippet.annotation(label.label(cut.why.reason()));
                }
                for call in file.closed(known, &input.link) {
                    if let Some(span) = call.span {
                        let label = AnnotationKind::Primary.span(span.byte_range());
                        snippet = snippet.annotation(label.label(ended(call)));
                    }
                }
                let title = format!(
                    "no derivative reaches the result of `{}` from `{name}`",
                    known.name
                );
                (Level::WARNING.with_name("never"), title)
            }
        };
        let text =
            match input.cuts.iter().any(|c| c.why == Why::Unused) && !input.link.is_connected() {
                true => "it is not used",
                false => "this input",
            };
        let kind = match file.verdict(known, input) {
            Verdict::Never => AnnotationKind::Context,
            _ => AnnotationKind::Primary,
        };
        snippet = snippet.annotation(kind.span(at).label(text));
        let report: &[Group] = &[level.primary_title(title).element(snippet)];
        out.push_str(&renderer.render(report));
        out.push_str("\n\n");
    }
    out
}
