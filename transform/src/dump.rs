//! The stages as text: what a developer reads to see where a wrong gradient comes from.
//!
//! `cargo xtask codegen --stage …` prints these and the snapshot tests compare them, so the text depends on
//! the function alone: no addresses, no hash order. Nothing of the compiler itself reads it.

mod ir;
mod text;

pub use ir::ir;
pub use text::text;

use crate::analysis::activity::Activity;
use crate::analysis::reach::Reach;
use crate::emit::{self, Style};
use crate::forward::Tangents;
use crate::ir::*;
use crate::reverse::Sweep;
use crate::ty::Ty;
use ir::expr;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use text::table;

/// Which variables carry a derivative, and why the others do not.
pub fn activity(f: &Function, activity: &Activity, reach: &Reach) -> String {
    let mut rows = vec![["variable", "type", "varied", "useful", ""].map(String::from)];
    for (v, var) in f.vars.iter().enumerate() {
        let has = |flags: &[bool]| {
            let set = flags.get(v).copied().unwrap_or(false);
            if set { "varied" } else { "-" }.to_string()
        };
        let param = f.params.iter().find(|p| p.var == v);
        let verdict = match param {
            _ if activity.is_active(v) && !var.ty.is_constant() => match param {
                Some(_) => "active input".into(),
                None => "active".into(),
            },
            Some(p) if p.active => {
                let input = reach.inputs.iter().find(|input| input.var == v);
                let cuts = input.map(|input| input.ends().join("; "));
                format!("detached input: {}", cuts.unwrap_or_default())
            }
            Some(_) => "constant input".into(),
            None => String::new(),
        };
        rows.push([
            var.ident.to_string(),
            ty(&var.ty),
            has(&activity.varied),
            has(&activity.useful).replace("varied", "useful"),
            verdict,
        ]);
    }
    table(&rows)
}

/// For each value that the reverse sweep uses, how it gets there, and what else is kept.
pub fn saved(f: &Function, sweep: &Sweep) -> String {
    let mut restored = BTreeMap::new();
    each_stmt(&sweep.reverse, &mut |stmt| {
        if let Kind::Let(v, e) = &stmt.kind
            && *v < f.vars.len()
        {
            restored.insert(*v, e.clone());
        }
    });
    let mut lines = BTreeMap::new();
    each_stmt(&sweep.forward, &mut |stmt| {
        if let Kind::Let(v, _) | Kind::Bind(v, _) | Kind::Declare(v) = &stmt.kind {
            lines.entry(*v).or_insert_with(|| line_of(stmt.span));
        }
    });
    let mut used = BTreeSet::new();
    let style = Style::of(&sweep.reverse);
    identifiers(
        emit::block_tokens(&sweep.f, &sweep.reverse, &style),
        &mut used,
    );
    let mut rows = vec![["value", "line", "in the reverse sweep"].map(String::from)];
    for (v, var) in f.vars.iter().enumerate() {
        let how = match restored.get(&v) {
            Some(Expr::Restore(storage)) => format!("saved in {}", name(&sweep.f, *storage)),
            Some(e) => format!("computed again: {}", expr(&sweep.f, e)),
            None if !used.contains(&var.ident.to_string()) => continue,
            None if f.params.iter().any(|p| p.var == v) => "there: a parameter".into(),
            None => "there".into(),
        };
        let line = lines.get(&v).copied().flatten();
        let line = line.map_or(String::new(), |n| n.to_string());
        rows.push([var.ident.to_string(), line, how]);
    }
    let mut out = if rows.len() == 1 {
        "No value of the forward sweep is used in the reverse sweep.\n".to_string()
    } else {
        table(&rows)
    };
    for storage in &sweep.storage {
        let (storage, init) = (name(&sweep.f, storage.var), text(&storage.init));
        let what = match init.as_str() {
            "__tape.lane()" => "a value each time",
            "__rt::Slot::new()" => "one value",
            text if text.starts_with("__tape.rows") => "a value each trip",
            _ => "a note of the way that control took",
        };
        // A String can always be written to.
        let _ = writeln!(out, "storage {storage}: {what}, from {init}");
    }
    out
}

/// The two sweeps as one function body; `note` may give a statement to print before a statement.
pub fn sweeps(
    sweep: &Sweep,
    note: &dyn Fn(&Stmt) -> Option<TokenStream>,
    say: &dyn Fn(&str) -> TokenStream,
) -> TokenStream {
    let f = &sweep.f;
    let (storage, back) = (sweep.storage(), sweep.storage_back());
    let forward = sweep_tokens(f, &noted(&sweep.forward, note, None), &|style| {
        style.pullbacks = sweep.pullbacks.clone();
    });
    let reverse = sweep_tokens(f, &noted(&sweep.reverse, note, None), &|style| {
        style.pullbacks = sweep.pullbacks.clone();
    });
    let seed = &f.vars[sweep.seed].ident;
    let first = say("The forward sweep.");
    let second = say(&format!("The reverse sweep, from the cotangent `{seed}`."));
    quote!(#storage #first #forward #second #reverse #back)
}

/// The function that carries tangents along, as a function body.
pub fn tangents(t: &Tangents, note: &dyn Fn(&Stmt) -> Option<TokenStream>) -> TokenStream {
    sweep_tokens(&t.f, &noted(&t.body, note, None), &|style| {
        style.duals = t.duals.clone();
    })
}

fn sweep_tokens(f: &Function, block: &Block, set: &dyn Fn(&mut Style)) -> TokenStream {
    let mut style = Style::of(block);
    set(&mut style);
    let leaves = style.labelled.contains(&FUNCTION);
    let label = Ident::new("body", Span::call_site());
    style.body = leaves.then(|| label.clone());
    let body = emit::block_tokens(f, block, &style);
    if !leaves {
        return body;
    }
    let label = emit::lifetime(&label);
    quote!(#label: { #body })
}

/// Every statement, nested ones too, as its printed text and its line in the source.
///
/// The text is that of the generated code, so that a reader of it finds the line again.
pub fn lines(f: &Function, block: &Block, set: &dyn Fn(&mut Style)) -> Vec<(String, usize)> {
    let mut style = Style::of(block);
    set(&mut style);
    style.body = Some(Ident::new("body", Span::call_site()));
    style.labelled.insert(FUNCTION);
    let mut out = Vec::new();
    each_stmt(block, &mut |stmt| {
        if let Some(line) = line_of(stmt.span) {
            let tokens = emit::block_tokens(f, &vec![stmt.clone()], &style);
            out.push((tokens.to_string(), line));
        }
    });
    out
}

/// The line of the user's source; none for what has no place there.
pub fn line_of(span: Span) -> Option<usize> {
    (!span.byte_range().is_empty()).then(|| span.start().line)
}

/// Puts the note on a statement before it, unless the one before came from the same line.
fn noted(
    block: &Block,
    note: &dyn Fn(&Stmt) -> Option<TokenStream>,
    outer: Option<usize>,
) -> Block {
    let mut before = outer;
    let mut out = Block::new();
    for stmt in block {
        let line = line_of(stmt.span);
        if line.is_some() && line != before {
            before = line;
            if let Some(tokens) = note(stmt) {
                let kind = Kind::Raw(tokens);
                let span = stmt.span;
                out.push(Stmt { kind, span });
            }
        }
        let mut stmt = stmt.clone();
        let inner = |b: &mut Block| *b = noted(b, note, line);
        stmt.blocks_mut().into_iter().for_each(inner);
        out.push(stmt);
    }
    out
}

fn identifiers(tokens: TokenStream, out: &mut BTreeSet<String>) {
    for tree in tokens {
        match tree {
            TokenTree::Ident(i) => drop(out.insert(i.to_string())),
            TokenTree::Group(g) => identifiers(g.stream(), out),
            _ => {}
        }
    }
}

fn name(f: &Function, v: VarId) -> String {
    f.vars[v].ident.to_string()
}

/// What is known of a type; `?` where syntax does not tell.
fn ty(t: &Ty) -> String {
    let parts = |ts: &[Ty]| ts.iter().map(ty).collect::<Vec<_>>().join(", ");
    match t {
        Ty::Float(scalar) => scalar.written().map_or("float".into(), |t| text(&t)),
        Ty::Int(name) => name.clone().unwrap_or("integer".into()),
        Ty::Constant => "constant".into(),
        Ty::Bool => "bool".into(),
        Ty::Never => "?".into(),
        Ty::Ref(t, false) => format!("&{}", ty(t)),
        Ty::Ref(t, true) => format!("&mut {}", ty(t)),
        Ty::Slice(t) => format!("[{}]", ty(t)),
        Ty::Array(t, n) => format!("[{}; {}]", ty(t), n.as_ref().map_or("?".into(), text)),
        Ty::Vec(t) => format!("Vec<{}>", ty(t)),
        Ty::Tuple(ts) => format!("({})", parts(ts)),
        Ty::Option(t) => format!("Option<{}>", ty(t)),
        Ty::Result(t) => format!("Result<{}>", ty(t)),
        Ty::Function => "function".into(),
        Ty::Unknown => "?".into(),
    }
}
