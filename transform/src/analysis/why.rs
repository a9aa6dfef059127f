//! Why an input does not reach the result: what a warning says.

use super::activity::Activity;
use crate::ir::*;
use crate::rules;
use proc_macro2::Span;

/// A place where a path from an input ends.
struct Found {
    what: String,
    span: Span,
}

/// Says where the paths from an input end, as the end of a sentence.
pub fn explain(f: &Function, _activity: &Activity, input: VarId) -> String {
    let reached = reach(f, input);
    let mut found = Vec::new();
    let mut uses = 0;
    block(f, &f.body, &reached, &mut found, &mut uses);
    if uses == 0 {
        return "it is not used".into();
    }
    if found.is_empty() {
        return "nothing that is computed from it reaches the result".into();
    }
    let mut parts: Vec<String> = found
        .iter()
        .map(|c| {
            let at = c.span.start();
            format!("{} at line {}, column {}", c.what, at.line, at.column + 1)
        })
        .collect();
    parts.dedup();
    format!("the path ends in {}", parts.join(", and in "))
}

/// Everything that the input reaches by derivatives alone.
fn reach(f: &Function, input: VarId) -> Vec<bool> {
    let mut f = f.clone();
    for p in &mut f.params {
        p.active = p.var == input;
    }
    super::activity::analyse(&f).varied
}

fn block(f: &Function, b: &Block, reached: &[bool], found: &mut Vec<Found>, uses: &mut usize) {
    let mut opaque = |o: &Opaque, found: &mut Vec<Found>| {
        if !o.reads.iter().any(|v| reached[f.root(&Place::var(*v))]) {
            return;
        }
        *uses += 1;
        let what = match &o.cut {
            Cut::None => return,
            Cut::Detach => "`detach`".to_string(),
            Cut::IntegerCast => "a cast to an integer".to_string(),
            Cut::Stepwise(name) => format!("`{name}`"),
            Cut::NoDerivative(name) => name.clone(),
            Cut::ConstantLocal => "a `#[constant]` local".to_string(),
        };
        found.push(Found { what, span: o.span });
    };
    for stmt in b {
        match &stmt.kind {
            Kind::Let(_, e) | Kind::Assign(_, e) | Kind::Update(_, _, e) => match e {
                Expr::Opaque(o) | Expr::Refused(o, _) => opaque(o, found),
                Expr::Method(recv, name, _) => {
                    if let (Some(rule), Expr::Use(Operand::Var(v))) =
                        (rules::find(&name.to_string()), &**recv)
                        && rule.is_cut()
                        && reached[f.root(&Place::var(*v))]
                    {
                        found.push(Found {
                            what: format!("`{name}`"),
                            span: name.span(),
                        });
                    }
                }
                _ => {}
            },
            Kind::Opaque(o) | Kind::Refused(o, _) => opaque(o, found),
            Kind::Match(m) if m.reads.iter().any(|v| reached[f.root(&Place::var(*v))]) => {
                found.push(Found {
                    what: "a `match`".into(),
                    span: stmt.span,
                });
            }
            _ => {}
        }
    }
    let mut nested = |b: &Block, found: &mut Vec<Found>| block(f, b, reached, found, uses);
    for stmt in b {
        match &stmt.kind {
            Kind::If { then, els, .. } => {
                nested(then, found);
                nested(els, found);
            }
            Kind::Match(m) => m.arms.iter().for_each(|a| nested(&a.body, found)),
            Kind::Loop(l) => {
                nested(&l.body, found);
            }
            Kind::Scope(_, _, b) => nested(b, found),
            _ => {}
        }
    }
    for stmt in b {
        let used = match &stmt.kind {
            Kind::Let(_, e) | Kind::Assign(_, e) | Kind::Update(_, _, e) => {
                super::activity::sources(f, e).iter().any(|v| reached[*v])
                    || reads_cut(f, e, reached)
            }
            Kind::Loop(Loop {
                head: Head::While(o),
                ..
            }) => o.reads.iter().any(|v| reached[f.root(&Place::var(*v))]),
            _ => false,
        };
        if used {
            *uses += 1;
        }
    }
}

fn reads_cut(f: &Function, e: &Expr, reached: &[bool]) -> bool {
    match e {
        Expr::Method(recv, _, args) => std::iter::once(&**recv)
            .chain(args)
            .any(|e| matches!(e, Expr::Use(Operand::Var(v)) if reached[f.root(&Place::var(*v))])),
        _ => false,
    }
}
