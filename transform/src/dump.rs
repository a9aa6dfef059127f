//! The stages as text: what a developer reads to see where a wrong gradient comes from.
//!
//! `cargo xtask codegen --stage …` prints these and the snapshot tests compare them, so the text depends on
//! the function alone: no addresses, no hash order. Nothing of the compiler itself reads it.

use crate::analysis::activity::Activity;
use crate::analysis::why;
use crate::emit::{self, Style};
use crate::forward::Tangents;
use crate::ir::*;
use crate::reverse::Sweep;
use crate::ty::Ty;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The lowered function, a statement a line, nested blocks indented.
pub fn ir(name: &Ident, f: &Function) -> String {
    let params: Vec<String> = f
        .params
        .iter()
        .map(|p| format!("{}: {}", f.vars[p.var].ident, ty(&f.vars[p.var].ty)))
        .collect();
    let ret = &f.vars[f.ret];
    let mut out = format!(
        "fn {name}({}) -> {}: {}\n",
        params.join(", "),
        ret.ident,
        ty(&ret.ty)
    );
    block(f, &f.body, 1, &mut out);
    out
}

fn block(f: &Function, stmts: &Block, depth: usize, out: &mut String) {
    let line = |text: &str, out: &mut String| {
        out.extend(std::iter::repeat_n("    ", depth));
        out.push_str(text);
        out.push('\n');
    };
    let nested = |head: &str, body: &Block, out: &mut String| {
        line(head, out);
        block(f, body, depth + 1, out);
    };
    for stmt in stmts {
        match &stmt.kind {
            Kind::If { cond, then, els } => {
                nested(&format!("if {}", operand(f, cond)), then, out);
                if !els.is_empty() {
                    nested("else", els, out);
                }
            }
            Kind::Match(m) => {
                line(&format!("match {}", text(&m.tokens)), out);
                for arm in &m.arms {
                    nested(&format!("case {}", text(&arm.pat)), &arm.body, out);
                }
            }
            Kind::Loop(l) => nested(&head(f, l), &l.body, out),
            Kind::Scope(id, label, body) => {
                let label = label.as_ref().map_or(String::new(), |l| format!(" '{l}"));
                nested(&format!("scope {id}{label}"), body, out);
            }
            kind => line(&simple(f, kind), out),
        }
    }
}

fn head(f: &Function, l: &Loop) -> String {
    match &l.head {
        Head::Forever => format!("loop '{}", l.label),
        Head::While(o) => format!("while {}", opaque(f, o)),
        Head::For(h) => {
            let backward = match &h.backward {
                Backward::Reversed(v) => format!("the range reversed gives {}", name(f, *v)),
                Backward::Counter(v) => format!("{} is the iteration's number", name(f, *v)),
                Backward::Offset(v, start) => format!(
                    "{} is {} plus the iteration's number",
                    name(f, *v),
                    operand(f, start)
                ),
                Backward::Saved => "the integers are saved".into(),
            };
            let length = h.length.as_ref().map_or("unknown".into(), |places| {
                let names: Vec<String> = places.iter().map(|p| place(f, p)).collect();
                format!("the shortest of {}", names.join(", "))
            });
            format!(
                "for {} in {}   // number {}, length {length}; backward: {backward}",
                text(&h.pat),
                text(&h.iter),
                name(f, h.counter),
            )
        }
    }
}

fn simple(f: &Function, kind: &Kind) -> String {
    match kind {
        Kind::Let(v, e) => format!("let {} = {}", declared(f, *v), expr(f, e)),
        Kind::Declare(v) => format!("let {}", declared(f, *v)),
        Kind::Alias(v, exclusive) => {
            let target = f.vars[*v].alias.as_ref();
            let target = target.map_or("?".into(), |p| place(f, p));
            let borrow = if *exclusive { "&mut " } else { "&" };
            format!("let {} = {borrow}{target}", declared(f, *v))
        }
        Kind::Destructure(pat, v) => format!("let {} = {}", text(pat), name(f, *v)),
        Kind::Bind(v, Some(p)) => format!("bind {} = {}", declared(f, *v), place(f, p)),
        Kind::Bind(v, None) => format!("bind {}", declared(f, *v)),
        Kind::Assign(p, e) => format!("{} = {}", place(f, p), expr(f, e)),
        Kind::Update(p, op, e) => {
            let op = match op {
                BinOp::Add => "+=",
                BinOp::Sub => "-=",
                BinOp::Mul => "*=",
                BinOp::Div => "/=",
                BinOp::Rem => "%=",
            };
            format!("{} {op} {}", place(f, p), expr(f, e))
        }
        Kind::Exit { target, again } => {
            let how = if *again { "continue" } else { "leave" };
            match *target {
                FUNCTION => "return".into(),
                target => format!("{how} {target}"),
            }
        }
        Kind::Opaque(o) => opaque(f, o),
        Kind::Refused(o, d) => format!("{}   // refused: {}", opaque(f, o), d.code.name()),
        kind => {
            let stmt = Stmt {
                kind: kind.clone(),
                span: Span::call_site(),
            };
            text(&emit::block_tokens(f, &vec![stmt], &Style::default()))
        }
    }
}

fn expr(f: &Function, e: &Expr) -> String {
    match e {
        Expr::Opaque(o) => opaque(f, o),
        Expr::Refused(o, d) => format!("{}   // refused: {}", opaque(f, o), d.code.name()),
        Expr::Restore(storage) => format!("restored from {}", name(f, *storage)),
        e => text(&emit::expr_tokens(f, e)),
    }
}

/// The user's own tokens, and what is known of them.
fn opaque(f: &Function, o: &Opaque) -> String {
    let names = |vars: &[VarId]| {
        let names: BTreeSet<String> = vars.iter().map(|v| name(f, *v)).collect();
        names.into_iter().collect::<Vec<_>>().join(", ")
    };
    let mut known = Vec::new();
    if !o.reads.is_empty() {
        known.push(format!("reads {}", names(&o.reads)));
    }
    if !o.writes.is_empty() {
        known.push(format!("may write {}", names(&o.writes)));
    }
    if !o.pure {
        known.push("not to be repeated".into());
    }
    match &o.cut {
        Cut::None => {}
        Cut::Detach => known.push("cut by detach".into()),
        Cut::IntegerCast => known.push("cut by an integer cast".into()),
        Cut::Stepwise(n) | Cut::NoDerivative(n) => known.push(format!("cut by {n}")),
        Cut::ConstantLocal => known.push("cut by #[constant]".into()),
    }
    if known.is_empty() {
        return text(&o.tokens);
    }
    format!("{}   // {}", text(&o.tokens), known.join("; "))
}

/// Which variables carry a derivative, and why the others do not.
pub fn activity(f: &Function, activity: &Activity) -> String {
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
                format!("detached input: {}", why::explain(f, activity, v))
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
    each(&sweep.reverse, &mut |stmt| {
        if let Kind::Let(v, e) = &stmt.kind
            && *v < f.vars.len()
        {
            restored.insert(*v, e.clone());
        }
    });
    let mut lines = BTreeMap::new();
    each(&sweep.forward, &mut |stmt| {
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
    for (storage, init) in &sweep.storage {
        let (storage, init) = (name(&sweep.f, *storage), text(init));
        let what = match init.as_str() {
            "__rt::Lane::new()" => "a value each time",
            "__rt::Slot::new()" => "one value",
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
    let storage = sweep.storage.iter().map(|(v, init)| {
        let name = &f.vars[*v].ident;
        quote!(let mut #name = #init;)
    });
    let forward = sweep_tokens(f, &noted(&sweep.forward, note, None), &|style| {
        style.pullbacks = sweep.pullbacks.clone();
    });
    let reverse = sweep_tokens(f, &noted(&sweep.reverse, note, None), &|style| {
        style.pullbacks = sweep.pullbacks.clone();
    });
    let seed = &f.vars[sweep.seed].ident;
    let first = say("The forward sweep.");
    let second = say(&format!("The reverse sweep, from the cotangent `{seed}`."));
    quote!(#(#storage)* #first #forward #second #reverse)
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
    each(block, &mut |stmt| {
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
        blocks_of(&mut stmt.kind).into_iter().for_each(inner);
        out.push(stmt);
    }
    out
}

fn blocks_of(kind: &mut Kind) -> Vec<&mut Block> {
    match kind {
        Kind::If { then, els, .. } => vec![then, els],
        Kind::Match(m) => m.arms.iter_mut().map(|a| &mut a.body).collect(),
        Kind::Loop(l) => vec![&mut l.body],
        Kind::Scope(_, _, body) => vec![body],
        _ => vec![],
    }
}

fn each(block: &Block, visit: &mut dyn FnMut(&Stmt)) {
    for stmt in block {
        visit(stmt);
        match &stmt.kind {
            Kind::If { then, els, .. } => {
                each(then, visit);
                each(els, visit);
            }
            Kind::Match(m) => m.arms.iter().for_each(|a| each(&a.body, visit)),
            Kind::Loop(l) => each(&l.body, visit),
            Kind::Scope(_, _, body) => each(body, visit),
            _ => {}
        }
    }
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

fn declared(f: &Function, v: VarId) -> String {
    let var = &f.vars[v];
    let mutable = if var.mutable { "mut " } else { "" };
    format!("{mutable}{}: {}", var.ident, ty(&var.ty))
}

fn operand(f: &Function, o: &Operand) -> String {
    text(&emit::operand_tokens(f, o))
}

fn place(f: &Function, p: &Place) -> String {
    text(&emit::place_tokens(f, p, false).unwrap_or_default())
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

/// Rows in columns that are as wide as their widest cell.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = rows.iter().map(|r| r[column].chars().count()).max();
            let _ = write!(line, "{cell:<0$}  ", width.unwrap_or(0));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Tokens in the usual spacing, on one line.
pub fn text(tokens: &TokenStream) -> String {
    let mut out = String::new();
    write_text(tokens.clone(), &mut out);
    out
}

fn write_text(tokens: TokenStream, out: &mut String) {
    // An operator is unary where no operand stands before it.
    let mut after_operand = false;
    let mut glued = true;
    for tree in tokens {
        match tree {
            TokenTree::Group(g) => {
                let (open, close) = match g.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                let brace = g.delimiter() == Delimiter::Brace;
                if !glued && (brace || !after_operand) {
                    out.push(' ');
                }
                out.push_str(open);
                write_text(g.stream(), out);
                out.push_str(close);
                (after_operand, glued) = (true, false);
            }
            TokenTree::Punct(p) => {
                let c = p.as_char();
                let joint = p.spacing() == proc_macro2::Spacing::Joint;
                match c {
                    ',' | ';' => {
                        out.push(c);
                        (after_operand, glued) = (false, false);
                    }
                    '.' | ':' | '\'' | '?' | '#' => {
                        if c == '\'' && !glued {
                            out.push(' ');
                        }
                        let path = c != ':' || joint || out.ends_with(':');
                        out.push(c);
                        (after_operand, glued) = (c == '?', path && c != '?');
                    }
                    '!' if after_operand && !joint => {
                        out.push(c);
                        (after_operand, glued) = (true, true);
                    }
                    _ => {
                        if !glued {
                            out.push(' ');
                        }
                        out.push(c);
                        let unary = !after_operand && matches!(c, '&' | '-' | '*' | '!');
                        (after_operand, glued) = (false, joint || unary);
                    }
                }
            }
            word => {
                if !glued {
                    out.push(' ');
                }
                let word = word.to_string();
                out.push_str(&word);
                let keyword = matches!(
                    word.as_str(),
                    "if" | "else" | "in" | "match" | "return" | "mut" | "let" | "as" | "while"
                );
                (after_operand, glued) = (!keyword, false);
            }
        }
    }
}
