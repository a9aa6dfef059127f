//! Where ways from an input end, and what ends them.

use super::link::Atom;
use super::why::Why;
use crate::analysis::activity::sources;
use crate::ir::*;
use crate::rules;
use crate::source::{Piece, Source};
use proc_macro2::{Ident, Span, TokenStream};

/// A place where ways from an input end.
#[derive(Clone, Debug)]
pub struct Cut {
    /// What ends them.
    pub why: Why,
    /// The text.
    pub text: Option<Piece>,
    /// Where the text begins.
    pub span: Span,
}

impl Cut {
    pub(super) fn at(why: Why, text: Option<Piece>, span: Span) -> Cut {
        Cut { why, text, span }
    }

    /// Line and column, from 1.
    pub fn start(&self) -> (usize, usize) {
        match &self.text {
            Some(piece) => (piece.line, piece.column),
            None => (self.span.start().line, self.span.start().column + 1),
        }
    }

    pub(super) fn is_at(&self, other: &Cut) -> bool {
        self.start() == other.start()
    }

    fn contains(&self, other: &Cut) -> bool {
        let (Some(a), Some(b)) = (&self.text, &other.text) else {
            return false;
        };
        self.start() <= other.start() && b.end <= a.end
    }

    /// The one token that shows best what ends the ways.
    pub fn mark(&self) -> Span {
        let Some(piece) = &self.text else {
            return self.span;
        };
        let is_word = |text: &str| text.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let tells = |text: &str| match &self.why {
            Why::Detach(name) | Why::Stepwise(name) | Why::Method(name) | Why::Macro(name) => {
                text == name
            }
            Why::IntegerCast => text == "as",
            Why::Comparison | Why::Condition => ["<", ">", "=", "!"].contains(&text),
            Why::Overwritten(name) => text == name,
            _ => is_word(text) && !["let", "mut", "ref"].contains(&text),
        };
        let mut tokens = piece.tokens.iter();
        let found = match &self.why {
            // The receiver of a call, and what is cast, come before.
            Why::Stepwise(_) | Why::Method(_) | Why::IntegerCast => {
                tokens.rfind(|(text, _)| tells(text))
            }
            _ => tokens.find(|(text, _)| tells(text)),
        };
        found.map_or(piece.first, |(_, span)| *span)
    }

    /// `line 3, column 5`.
    pub fn place(&self) -> String {
        let (line, column) = self.start();
        format!("line {line}, column {column}")
    }
}

/// Puts the places in order, and says where nothing ended what became of the input.
pub(super) fn settle(
    f: &Function,
    cuts: &mut Vec<Cut>,
    input: VarId,
    connected: bool,
    source: &Source,
) {
    if cuts.iter().any(|c| !c.why.is_aside()) {
        cuts.retain(|c| !c.why.is_aside());
    }
    let inner = cuts.clone();
    cuts.retain(|c| {
        let covers = |o: &Cut| !o.is_at(c) && c.contains(o) || o.is_at(c) && o.why != c.why;
        !(matches!(c.why, Why::Overwritten(_)) && inner.iter().any(covers))
    });
    // Nothing is left of the input where a place says it all.
    if cuts.is_empty() && !connected {
        let mut last = None;
        each_stmt(&f.body, &mut |stmt| {
            let mut read = Vec::new();
            reads(f, &stmt.kind, &mut read);
            if read.contains(&input) {
                last = Some(stmt.span);
            }
        });
        cuts.push(match last {
            Some(span) => Cut::at(Why::Dropped, source.from(span), span),
            None => {
                let p = f.params.iter().find(|p| p.var == input);
                let span = p.map_or_else(Span::call_site, |p| p.field.span());
                Cut::at(Why::Unused, None, span)
            }
        });
    }
    cuts.sort_by_key(Cut::start);
}

/// The variables that a statement reads, in the statements inside it as well.
pub(super) fn reads_within(f: &Function, stmt: &Stmt, out: &mut Vec<VarId>) {
    each_stmt(std::slice::from_ref(stmt), &mut |stmt| {
        reads(f, &stmt.kind, out)
    });
}

fn reads(f: &Function, kind: &Kind, out: &mut Vec<VarId>) {
    let of = |list: &[VarId], out: &mut Vec<VarId>| {
        out.extend(list.iter().map(|v| f.root(&Place::var(*v))));
    };
    match kind {
        Kind::Let(_, e) | Kind::Assign(_, e) | Kind::Update(_, _, e) => {
            out.extend(sources(f, e));
            out.extend(of_rules(f, e).into_iter().map(|(v, ..)| v));
            if let Expr::Opaque(o) | Expr::Refused(o, _) = e {
                of(&o.reads, out);
            }
        }
        Kind::Bind(_, Some(p)) => out.push(f.root(p)),
        Kind::Opaque(o) | Kind::Refused(o, _) => of(&o.reads, out),
        Kind::Match(m) => of(&m.reads, out),
        Kind::Loop(l) => match &l.head {
            Head::While(o) => of(&o.reads, out),
            Head::For(head) => of(&head.reads, out),
            Head::Forever => {}
        },
        Kind::Fill(_, Operand::Var(v)) => out.push(*v),
        Kind::CopySlice { from, .. } => out.push(f.root(from)),
        Kind::Swap(p, SwapKind::With(q, _)) => out.extend([f.root(p), f.root(q)]),
        Kind::Resize(_, how) => {
            if let Some(Operand::Var(v)) = how.value() {
                out.push(f.root(&Place::var(*v)));
            }
            out.extend(how.from().map(|p| f.root(p)));
        }
        _ => {}
    }
}

/// Whether a block takes something out of the variables by a pattern.
pub(super) fn binds(f: &Function, block: &Block, roots: &[VarId]) -> bool {
    let is_bind =
        |stmt: &Stmt| matches!(&stmt.kind, Kind::Bind(_, Some(p)) if roots.contains(&f.root(p)));
    block.iter().any(is_bind)
}

/// Whether a `for` runs over numbers, the first less than the last.
pub(super) fn runs_surely(iter: &TokenStream) -> bool {
    let Ok(syn::Expr::Range(range)) = syn::parse2::<syn::Expr>(iter.clone()) else {
        return false;
    };
    let number = |e: &Option<Box<syn::Expr>>| match e.as_deref() {
        Some(syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Int(n),
            ..
        })) => n.base10_parse::<u128>().ok(),
        _ => None,
    };
    match (number(&range.start), number(&range.end), &range.limits) {
        (Some(a), Some(b), syn::RangeLimits::HalfOpen(_)) => a < b,
        (Some(a), Some(b), syn::RangeLimits::Closed(_)) => a <= b,
        _ => false,
    }
}

/// Operands whose derivative a rule of the table does not pass on.
pub(super) fn of_rules(f: &Function, e: &Expr) -> Vec<(VarId, Why, Ident)> {
    let mut out = Vec::new();
    in_rules(f, e, &mut out);
    out
}

fn in_rules(f: &Function, e: &Expr, out: &mut Vec<(VarId, Why, Ident)>) {
    match e {
        Expr::Method(recv, name, args) => {
            let passed = sources(f, e);
            for operand in std::iter::once(&**recv).chain(args) {
                for v in sources(f, operand) {
                    if !passed.contains(&v) && rules::find(&name.to_string()).is_some() {
                        out.push((v, Why::Stepwise(name.to_string()), name.clone()));
                    }
                }
                in_rules(f, operand, out);
            }
        }
        Expr::Neg(a) | Expr::Cast(a, _) | Expr::Wrap(a, _) | Expr::Repeat(a, ..) => {
            in_rules(f, a, out);
        }
        Expr::Binary(_, a, b) => {
            in_rules(f, a, out);
            in_rules(f, b, out);
        }
        Expr::Tuple(list) | Expr::Array(list, _) | Expr::Helper(_, list) => {
            list.iter().for_each(|e| in_rules(f, e, out));
        }
        _ => {}
    }
}

/// The condition's number.
pub fn number(atom: Atom) -> usize {
    match atom {
        Atom::Holds(n) | Atom::Fails(n) | Atom::Runs(n) | Atom::Skips(n) | Atom::Again(n) => n,
        Atom::Arm(n, ..) => n,
        Atom::Untold => usize::MAX,
    }
}
