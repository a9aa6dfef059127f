//! Tuples and structs that hold closures and are only used by their fields, as in
//! `let ode = Ode { rhs: |y| -k * y, h: 0.1 };` … `(ode.rhs)(y)`: each field becomes a variable, and a closure is then
//! one that is bound to a name.

use super::replaced::replaced;
use super::values::{Locals, is_function};
use crate::names::{self, Names};
use quote::ToTokens;
use std::collections::HashMap;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Ident, Member, Pat, Stmt, parse_quote};

/// Takes them apart. Gives whether there were any. Names are unique here.
pub(super) fn taken_apart(item: &mut syn::ItemFn) -> bool {
    let mut apart = Apart {
        locals: Locals::of(item),
        whole: (*item.block).clone(),
        names: Names::of(item.to_token_stream()),
        parts: HashMap::new(),
        changed: false,
    };
    apart.visit_block_mut(&mut item.block);
    apart.changed
}

struct Apart {
    locals: Locals,
    /// The function as it was, in which the uses are counted.
    whole: syn::Block,
    names: Names,
    /// The variables that stand for the fields.
    parts: HashMap<String, Vec<(Member, Ident)>>,
    changed: bool,
}

impl Apart {
    /// The statements that bind each part by itself.
    fn bound(&mut self, local: &syn::Local) -> Option<Vec<Stmt>> {
        let init = local.init.as_ref().filter(|init| init.diverge.is_none())?;
        let fields = fields(&init.expr)?;
        if !fields.iter().any(|(_, e)| self.is_function(e)) || !local.attrs.is_empty() {
            return None;
        }
        match (&local.pat, &*init.expr) {
            (Pat::Tuple(p), Expr::Tuple(_)) if p.elems.len() == fields.len() => {
                if p.elems.iter().any(|p| matches!(p, Pat::Rest(_))) {
                    return None;
                }
                let bound =
                    |(p, (_, e)): (&Pat, &(Member, Expr))| -> Stmt { parse_quote!(let #p = #e;) };
                Some(p.elems.iter().zip(&fields).map(bound).collect())
            }
            (Pat::Ident(p), _) if p.by_ref.is_none() && p.subpat.is_none() => {
                let name = p.ident.to_string();
                let functions = fields.iter().filter(|(_, e)| self.is_function(e));
                let mut uses = Uses {
                    name: &p.ident,
                    functions: functions.map(|(member, _)| member).collect(),
                    others: false,
                };
                uses.visit_block(&self.whole);
                if uses.others {
                    return None;
                }
                let mutability = &p.mutability;
                let mut parts = Vec::new();
                let mut stmts: Vec<Stmt> = Vec::new();
                for (member, e) in fields {
                    let part = format!("{name}_{}", member.to_token_stream());
                    let mut part = self.names.fresh(&part);
                    part.set_span(part.span().located_at(p.ident.span()));
                    let mutability = mutability.filter(|_| !self.is_function(&e));
                    stmts.push(parse_quote!(let #mutability #part = #e;));
                    parts.push((member, part));
                }
                self.parts.insert(name, parts);
                Some(stmts)
            }
            _ => None,
        }
    }

    /// `let Ode { rhs, step } = ode;`
    fn rebound(&self, local: &syn::Local) -> Option<Vec<Stmt>> {
        let init = local.init.as_ref()?;
        let parts = self.parts.get(&variable(&init.expr)?.to_string())?;
        let bound = |(member, pat): (Member, &Pat)| -> Option<Stmt> {
            let (_, part) = parts.iter().find(|(m, _)| *m == member)?;
            Some(parse_quote!(let #pat = #part;))
        };
        patterns(&local.pat)?.into_iter().map(bound).collect()
    }

    fn is_function(&self, e: &Expr) -> bool {
        is_closure(e) || is_function(e) && self.locals.is_function(e)
    }
}

/// The patterns for the parts of a tuple or a struct.
fn patterns(pat: &Pat) -> Option<Vec<(Member, &Pat)>> {
    match pat {
        Pat::Tuple(t) => {
            let members = t.elems.iter().enumerate();
            let known = !t.elems.iter().any(|p| matches!(p, Pat::Rest(_)));
            known.then(|| members.map(|(n, p)| (Member::from(n), p)).collect())
        }
        Pat::Struct(s) => Some(
            s.fields
                .iter()
                .map(|f| (f.member.clone(), &*f.pat))
                .collect(),
        ),
        _ => None,
    }
}

impl VisitMut for Apart {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        self.changed |= replaced(block, |stmt| match stmt {
            Stmt::Local(local) => self.bound(local).or_else(|| self.rebound(local)),
            _ => None,
        });
        visit_mut::visit_block_mut(self, block);
    }
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        if let Expr::Field(f) = e
            && let Some(name) = variable(&f.base)
            && let Some(parts) = self.parts.get(&name.to_string())
            && let Some((_, part)) = parts.iter().find(|(member, _)| *member == f.member)
        {
            *e = parse_quote!(#part);
            return;
        }
        visit_mut::visit_expr_mut(self, e);
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// Whether a variable is used otherwise than by its fields.
struct Uses<'a> {
    name: &'a Ident,
    /// The fields that are functions, each one for good.
    functions: Vec<&'a Member>,
    others: bool,
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        let apart = local
            .init
            .as_ref()
            .is_some_and(|init| init.diverge.is_none() && variable(&init.expr) == Some(self.name));
        if !apart || patterns(&local.pat).is_none() {
            visit::visit_local(self, local);
        }
    }
    fn visit_expr_assign(&mut self, e: &'ast syn::ExprAssign) {
        if let Expr::Field(f) = super::chain::peel(&e.left) {
            let of_this = variable(&f.base) == Some(self.name);
            self.others |= of_this && self.functions.contains(&&f.member);
        }
        visit::visit_expr_assign(self, e);
    }
    fn visit_expr_field(&mut self, f: &'ast syn::ExprField) {
        if variable(&f.base) != Some(self.name) {
            visit::visit_expr_field(self, f);
        }
    }
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.others |= path.path.is_ident(self.name);
    }
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.others |= names::mentions(&mac.tokens, self.name);
    }
}

/// The parts of a tuple or of a struct that are written out.
fn fields(e: &Expr) -> Option<Vec<(Member, Expr)>> {
    match e {
        Expr::Tuple(t) => {
            let members = t.elems.iter().enumerate();
            Some(members.map(|(n, e)| (Member::from(n), e.clone())).collect())
        }
        Expr::Struct(s) if s.rest.is_none() => {
            let fields = s.fields.iter();
            Some(fields.map(|f| (f.member.clone(), f.expr.clone())).collect())
        }
        Expr::Paren(p) => fields(&p.expr),
        _ => None,
    }
}

fn is_closure(e: &Expr) -> bool {
    matches!(super::chain::peel(e), Expr::Closure(_))
}

fn variable(e: &Expr) -> Option<&Ident> {
    match e {
        Expr::Path(p) => p.path.get_ident(),
        Expr::Paren(p) => variable(&p.expr),
        _ => None,
    }
}
