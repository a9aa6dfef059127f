//! The intermediate representation as text: a statement a line, nested blocks indented.

use super::text::text;
use super::*;

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
                BinOp::Mul | BinOp::MulAssign => "*=",
                BinOp::Div | BinOp::DivAssign => "/=",
                BinOp::Rem | BinOp::RemAssign => "%=",
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

pub(super) fn expr(f: &Function, e: &Expr) -> String {
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

fn place(f: &Function, p: &Place) -> String {
    text(&emit::place_tokens(f, p, false).unwrap_or_default())
}

fn operand(f: &Function, o: &Operand) -> String {
    text(&emit::operand_tokens(f, o))
}

fn declared(f: &Function, v: VarId) -> String {
    let var = &f.vars[v];
    let mutable = if var.mutable { "mut " } else { "" };
    format!("{mutable}{}: {}", var.ident, ty(&var.ty))
}
