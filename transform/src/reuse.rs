//! Numbers that a function reads or computes twice are one value, so that the reverse sweep keeps them once.
//!
//! Two rewrites on the IR, before anything is analysed; neither changes what is computed. A read of memory that
//! was read before, with nothing in between that could write it, becomes a use of the earlier value. And the
//! block that an unfolded closure leaves, `let y; { …; y = t; }`, joins the block around it where it holds
//! nothing but numbers, so that `y` is a plain definition.

use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::TokenStream;
use quote::ToTokens;

/// Rewrites the body.
pub fn reuse(f: &mut Function) {
    let mut body = std::mem::take(&mut f.body);
    flatten(f, &mut body);
    reads(f, &mut body, &mut Vec::new());
    f.body = body;
}

fn is_number(f: &Function, v: VarId) -> bool {
    matches!(f.vars[v].ty, Ty::Float(_) | Ty::Int(_) | Ty::Bool)
}

/// Joins blocks that give a value and hold numbers alone to the block around them.
fn flatten(f: &mut Function, block: &mut Block) {
    for stmt in block.iter_mut() {
        for inner in stmt.blocks_mut() {
            flatten(f, inner);
        }
    }
    let mut out: Block = Vec::with_capacity(block.len());
    for mut stmt in std::mem::take(block) {
        let declared = match out.last().map(|s| &s.kind) {
            Some(Kind::Declare(v)) => Some(*v),
            _ => None,
        };
        match (declared, &mut stmt.kind) {
            (Some(v), Kind::Scope(_, None, inner)) if gives(f, v, inner) => {
                out.pop();
                if let Some(Stmt {
                    kind: kind @ Kind::Assign(..),
                    ..
                }) = inner.last_mut()
                    && let Kind::Assign(_, e) = kind
                {
                    let e = std::mem::replace(e, Expr::Use(Operand::Lit(TokenStream::new())));
                    *kind = Kind::Let(v, e);
                }
                // Where the user wrote `let mut`, more assignments follow.
                f.vars[v].mutable &= !f.vars[v].deferred;
                f.vars[v].deferred = false;
                out.append(inner);
            }
            _ => out.push(stmt),
        }
    }
    *block = out;
}

/// Whether a block is straight-line definitions of numbers, the last of which is the value of `v`.
fn gives(f: &Function, v: VarId, block: &Block) -> bool {
    let Some((last, before)) = block.split_last() else {
        return false;
    };
    let is_value = matches!(&last.kind, Kind::Assign(p, e)
        if p.base == v && p.path.is_empty() && e.is_quiet());
    let is_definition = |s: &Stmt| match &s.kind {
        Kind::Let(t, e) => *t != v && is_number(f, *t) && !f.vars[*t].mutable && e.is_quiet(),
        Kind::Check(..) => true,
        _ => false,
    };
    is_number(f, v) && f.vars[v].alias.is_none() && is_value && before.iter().all(is_definition)
}

/// A number that was read: from which variable, by which path, and the variable that has it.
type Read = (VarId, String, VarId);

/// Replaces reads of what was read before; `known` are the reads whose memory still holds the same.
fn reads(f: &Function, block: &mut Block, known: &mut Vec<Read>) {
    for stmt in block {
        match &mut stmt.kind {
            Kind::Let(v, e) if e.is_quiet() => {
                if let Some((root, path)) = number_at(f, *v, e) {
                    match known.iter().find(|(r, p, _)| *r == root && *p == path) {
                        Some((.., earlier)) if *earlier != *v => {
                            *e = Expr::Use(Operand::Var(*earlier));
                        }
                        _ if path.is_empty() => *e = Expr::Use(Operand::Var(root)),
                        _ => known.push((root, path, *v)),
                    }
                }
            }
            Kind::Assign(p, e) if e.is_quiet() => forget(f, p, known),
            Kind::Update(p, _, e) if e.is_quiet() && f.place_ty(p).is_float() => {
                forget(f, p, known);
            }
            Kind::Declare(_) | Kind::Check(..) | Kind::Watch(..) | Kind::Alias(..) => {}
            Kind::Scope(_, _, inner) => {
                let outside = known.len();
                let before: Vec<Read> = known.clone();
                reads(f, inner, known);
                // What was read inside has no name outside.
                known.truncate(outside);
                known.retain(|read| before.contains(read));
            }
            Kind::If { then, els, .. } => {
                let mut after = known.clone();
                for branch in [then, els] {
                    let mut inside = known.clone();
                    reads(f, branch, &mut inside);
                    after.retain(|read| inside.contains(read));
                }
                *known = after;
            }
            _ => {
                known.clear();
                for inner in stmt.blocks_mut() {
                    reads(f, inner, &mut Vec::new());
                }
            }
        }
    }
}

/// Where a definition reads a number from memory, if the place has a name of its own; a variable that never
/// changes has no path.
fn number_at(f: &Function, v: VarId, e: &Expr) -> Option<(VarId, String)> {
    let Expr::Load(p) = e else { return None };
    let is_fixed = |v: VarId| {
        let var = &f.vars[v];
        is_number(f, v) && !var.mutable && var.alias.is_none()
    };
    if p.path.is_empty() && is_fixed(p.base) && is_number(f, v) {
        return Some((p.base, String::new()));
    }
    if !f.vars[v].ty.is_float() || f.vars[v].mutable || !f.place_ty(p).is_float() {
        return None;
    }
    let resolved = f.resolve(p);
    if f.is_lent(resolved.base) {
        return None;
    }
    let operand = |o: &Operand| match o {
        Operand::Var(v) => is_fixed(*v).then(|| format!("#{v}")),
        Operand::Lit(tokens) => Some(tokens.to_string()),
    };
    let mut path = String::from("@");
    for step in &resolved.path {
        path += &match step {
            Proj::Deref => "*".to_string(),
            Proj::Value => "=".to_string(),
            Proj::Field(member) => format!(".{}", member.to_token_stream()),
            Proj::Index(o) => format!("[{}]", operand(o)?),
            Proj::FromEnd(o) => format!("[-{}]", operand(o)?),
            Proj::Range(a, b, inclusive) => {
                let end = |o: &Option<Operand>| o.as_ref().map_or(Some(String::new()), operand);
                format!("[{}..{inclusive}{}]", end(a)?, end(b)?)
            }
            Proj::At(tokens, reads) | Proj::Span(tokens, reads)
                if reads.iter().all(|v| is_fixed(*v)) =>
            {
                format!("[{tokens}]")
            }
            Proj::Run => "~".to_string(),
            _ => return None,
        };
    }
    Some((resolved.base, path))
}

/// Forgets what was read from memory that is written.
fn forget(f: &Function, written: &Place, known: &mut Vec<Read>) {
    let root = f.root(written);
    known.retain(|(r, ..)| *r != root);
}
