//! The picture and the source on one page.

use super::file::{File, Known, Verdict, ended};
use super::picture::escaped;
use pullback_transform::analysis::reach::Why;
use std::collections::BTreeMap;
use std::fmt::Write;

const STYLE: &str = "\
body { font: 15px/1.5 ui-sans-serif, system-ui, 'DejaVu Sans', sans-serif; color: #1f2933; background: #fbfaf7;
  margin: 2.5rem auto; max-width: 1200px; padding: 0 1.5rem }
h1 { font-size: 1.35rem; font-weight: 600 } code, pre { font-family: ui-monospace, 'DejaVu Sans Mono', monospace }
table { border-collapse: collapse; margin: 1rem 0 1.5rem } td { padding: .35rem 1.2rem .35rem 0; vertical-align: top }
tr + tr td { border-top: 1px solid #e6e3da } .never { color: #c8372d } .always { color: #2e7d4f }
.sometimes { color: #8a6d1a } .picture { min-width: 100%; box-sizing: border-box; width: fit-content;
  max-width: calc(100vw - 3rem); position: relative; left: 50%; transform: translateX(-50%); border: 1px solid #e6e3da; border-radius: 8px }
.picture svg { display: block; max-width: calc(100vw - 5rem); height: auto; margin: 0 auto }
pre { background: #fff; border: 1px solid #e6e3da; border-radius: 8px; padding: .8rem 0; overflow-x: auto;
  font-size: 13px } pre span { display: block; padding: 0 1rem } pre i { color: #a5adb4; font-style: normal }
pre .cut { background: #fbe9e7 } pre em { color: #c8372d; font: 12px ui-sans-serif, system-ui, sans-serif }";

/// The page.
pub fn page(file: &File, known: &Known, wanted: Option<&str>, picture: &str) -> String {
    // Inputs of which the same is to be said share a row.
    let mut rows: Vec<(Vec<String>, &str, String)> = Vec::new();
    let mut marks: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for input in &known.reach.inputs {
        let name = input.field.to_string();
        if wanted.is_some_and(|wanted| wanted != name) {
            continue;
        }
        let (class, told) = match file.verdict(known, input) {
            Verdict::Always => ("always", vec![]),
            Verdict::Sometimes(when) => (
                "sometimes",
                when.into_iter().map(|w| format!("when {w}")).collect(),
            ),
            Verdict::Never => {
                let mut told = Vec::new();
                for cut in &input.cuts {
                    told.push(cut.sentence());
                    if cut.why != Why::Unused {
                        let marks = marks.entry(cut.start().0).or_default();
                        if !marks.contains(&cut.why.reason()) {
                            marks.push(cut.why.reason());
                        }
                    }
                }
                for call in file.closed(known, &input.link) {
                    let line = call.span.map_or(0, |s| s.start().line);
                    let text = ended(call);
                    told.push(format!("line {line}: {text}"));
                    marks.entry(line).or_default().push(text);
                }
                ("never", told)
            }
        };
        let told: Vec<String> = told.iter().map(|t| coded(t)).collect();
        let told = told.join("<br>");
        let name = format!("<code>{}</code>", escaped(&name));
        match rows.iter_mut().find(|(_, c, t)| *c == class && *t == told) {
            Some((names, ..)) => names.push(name),
            None => rows.push((vec![name], class, told)),
        }
    }
    let rows: String = rows
        .iter()
        .map(|(names, class, told)| {
            let names = names.join(", ");
            format!("<tr><td>{names}</td><td class=\"{class}\">{class}</td><td>{told}</td></tr>\n")
        })
        .collect();
    let mut lines = String::new();
    for (n, line) in file.source.lines().enumerate().map(|(n, l)| (n + 1, l)) {
        if n < known.lines.0 || n > known.lines.1 {
            continue;
        }
        let (class, note) = match marks.get(&n) {
            Some(marks) => {
                let text: Vec<String> = marks.iter().map(|m| coded(m)).collect();
                (" class=\"cut\"", format!("   <em>{}</em>", text.join("; ")))
            }
            None => ("", String::new()),
        };
        let _ = write!(
            lines,
            "<span{class}><i>{n:>4}</i>  {}{note}</span>",
            escaped(line)
        );
    }
    let name = escaped(&known.name);
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{name}</title>\n<style>{STYLE}</style>\n\
         <h1>Which inputs of <code>{name}</code> have a gradient</h1>\n<table>\n{rows}</table>\n\
         <div class=\"picture\">{picture}</div>\n<pre>{lines}</pre>\n</html>\n"
    )
}

fn coded(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(n, part)| match n % 2 {
            0 => escaped(part),
            _ => format!("<code>{}</code>", escaped(part)),
        })
        .collect()
}
