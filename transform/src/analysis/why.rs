//! Why an input does not reach the result: what a warning says.

use super::activity::Activity;
use crate::ir::*;
use crate::rules;
use crate::ty::{Ty, Types};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

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
    if found.is_empty() {
        if uses == 0 {
            return "it is not used".into();
        }
        if let Some(at) = super::overwritten::overwritten(f, input) {
            let at = at.start();
            let place = format!("at line {}, column {}", at.line, at.column + 1);
            return format!("what holds it is overwritten before it is read, {place}");
        }
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
    crate::watch::strip(&mut f.body, Some(input));
    super::activity::analyse(&f).varied
}

fn block(f: &Function, b: &Block, reached: &[bool], found: &mut Vec<Found>, uses: &mut usize) {
    let mut opaque = |o: &Opaque, found: &mut Vec<Found>| {
        if !o.reads.iter().any(|v| reached[f.root(&Place::var(*v))]) {
            return;
        }
        *uses += 1;
        let what = match &o.cut {
            Cut::None => {
                let names: Vec<String> = o
                    .reads
                    .iter()
                    .filter(|v| reached[f.root(&Place::var(**v))])
                    .map(|v| f.vars[*v].ident.to_string())
                    .collect();
                found.extend(inside(&o.tokens, &names));
                return;
            }
            Cut::Detach => format!("`{}`", called(&o.tokens)),
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
            Kind::Loop(Loop {
                head: Head::While(o),
                ..
            }) => opaque(o, found),
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

/// The name of the function that is called.
fn called(tokens: &TokenStream) -> String {
    let mut name = "detach".to_string();
    for tree in tokens.clone() {
        match tree {
            TokenTree::Ident(i) => name = i.to_string(),
            TokenTree::Group(_) => break,
            _ => {}
        }
    }
    name
}

/// Where the paths from the variables end inside an expression.
fn inside(tokens: &TokenStream, names: &[String]) -> Vec<Found> {
    struct Cuts<'a> {
        names: &'a [String],
        found: Vec<Found>,
    }
    impl Cuts<'_> {
        fn cut(&mut self, what: &str, e: &syn::Expr) {
            if mentions(e.to_token_stream(), self.names) {
                let (what, span) = (what.to_string(), e.span());
                self.found.push(Found { what, span });
            }
        }
    }
    impl<'ast> Visit<'ast> for Cuts<'_> {
        fn visit_expr(&mut self, e: &'ast syn::Expr) {
            match e {
                syn::Expr::Cast(c) if matches!(Types::default().of(&c.ty), Ty::Int(_)) => {
                    // The cast nearest to the input comes first.
                    let before = self.found.len();
                    visit::visit_expr(self, e);
                    if self.found.len() == before {
                        self.cut("a cast to an integer", e);
                    }
                }
                syn::Expr::Binary(b)
                    if matches!(
                        b.op,
                        syn::BinOp::Lt(_)
                            | syn::BinOp::Le(_)
                            | syn::BinOp::Gt(_)
                            | syn::BinOp::Ge(_)
                            | syn::BinOp::Eq(_)
                            | syn::BinOp::Ne(_)
                    ) =>
                {
                    self.cut("a comparison", e);
                }
                syn::Expr::MethodCall(m)
                    if ["len", "is_empty", "is_nan", "is_finite", "to_bits"]
                        .iter()
                        .any(|name| m.method == name)
                        || rules::find(&m.method.to_string()).is_some_and(|r| r.is_cut()) =>
                {
                    self.cut(&format!("`{}`", m.method), e);
                }
                syn::Expr::Macro(m) => {
                    let name = m.mac.path.to_token_stream().to_string();
                    self.cut(&format!("`{name}!`"), e);
                }
                _ => visit::visit_expr(self, e),
            }
        }
    }
    let Ok(e) = syn::parse2::<syn::Expr>(tokens.clone()) else {
        return Vec::new();
    };
    let mut cuts = Cuts {
        names,
        found: Vec::new(),
    };
    cuts.visit_expr(&e);
    cuts.found
}

fn mentions(tokens: TokenStream, names: &[String]) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(i) => names.iter().any(|name| i == name),
        TokenTree::Group(g) => mentions(g.stream(), names),
        _ => false,
    })
}

fn reads_cut(f: &Function, e: &Expr, reached: &[bool]) -> bool {
    match e {
        Expr::Method(recv, _, args) => std::iter::once(&**recv)
            .chain(args)
            .any(|e| matches!(e, Expr::Use(Operand::Var(v)) if reached[f.root(&Place::var(*v))])),
        _ => false,
    }
}
