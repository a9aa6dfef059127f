//! Where ways from an input end, and what ends them.

use super::link::Atom;
use crate::analysis::activity::sources;
use crate::ir::*;
use crate::rules;
use crate::source::{Piece, Source};
use crate::ty::{Ty, Types};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};

/// What ends a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The input is not used at all.
    Unused,
    /// `detach` or `stop_gradient`, as it is called.
    Detach(String),
    /// A cast to an integer.
    IntegerCast,
    /// A method or function whose derivative is 0 or of which there is none: `floor`, `signum`.
    Stepwise(String),
    /// `<`, `==`, …
    Comparison,
    /// A method that tells something else than a number that moves smoothly: `len`, `is_nan`.
    Method(String),
    /// A macro that only looks: `println!`.
    Macro(String),
    /// The condition of an `if` or a `while`.
    Condition,
    /// A `match` that looks and takes nothing out.
    Match,
    /// A bound of a loop or of a range.
    Bound,
    /// An index.
    Index,
    /// A local marked `#[constant]`.
    ConstantLocal,
    /// What holds it, the variable with this name, is overwritten.
    Overwritten(String),
    /// It is computed and not needed.
    Dropped,
    /// No path gets to where it is used.
    DeadCode,
    /// Something else that has no derivative, by its description.
    Other(String),
    /// The user's own tokens, which pass nothing on.
    NotPassed,
}

impl Why {
    /// Ends the sentence "the chain ends in …".
    pub fn noun(&self) -> String {
        match self {
            Why::Unused => "no use at all".into(),
            Why::Detach(name) => format!("`{name}`"),
            Why::IntegerCast => "a cast to an integer".into(),
            Why::Stepwise(name) | Why::Method(name) => format!("`{name}`"),
            Why::Comparison => "a comparison".into(),
            Why::Macro(name) => format!("`{name}!`"),
            Why::Condition => "a condition".into(),
            Why::Match => "a `match`".into(),
            Why::Bound => "the bound of a loop or a range".into(),
            Why::Index => "an index".into(),
            Why::ConstantLocal => "a `#[constant]` local".into(),
            Why::Overwritten(name) => format!("an assignment that overwrites `{name}`"),
            Why::Dropped => "a value that the result does not need".into(),
            Why::DeadCode => "code that no path gets to".into(),
            Why::Other(what) => what.clone(),
            Why::NotPassed => "an expression that passes no derivative on".into(),
        }
    }

    /// Why that has no derivative, as a sentence without its end.
    pub fn reason(&self) -> String {
        match self {
            Why::Unused => "it is not used".into(),
            Why::Detach(name) => {
                format!("`{name}` keeps the value and drops the derivative, as asked")
            }
            Why::IntegerCast => {
                "an integer has no derivative: it stays the same while the input moves a little"
                    .into()
            }
            Why::Stepwise(name) => {
                format!(
                    "`{name}` is constant between its steps, so its derivative is 0 wherever it has one"
                )
            }
            Why::Comparison => {
                "a comparison gives `true` or `false`, which have no derivative".into()
            }
            Why::Method(name) => format!("what `{name}` tells does not move with the numbers"),
            Why::Macro(name) => format!("`{name}!` looks at the value and passes nothing on"),
            Why::Condition => {
                "a condition chooses the path, and the choice has no derivative".into()
            }
            Why::Match => "this `match` chooses the path, and the choice has no derivative".into(),
            Why::Bound => "a bound says how often or how far, and a count has no derivative".into(),
            Why::Index => "an index chooses an element, and the choice has no derivative".into(),
            Why::ConstantLocal => {
                "the local is marked `#[constant]`, which drops the derivative, as asked".into()
            }
            Why::Overwritten(name) => {
                format!("`{name}` is overwritten before what it held is needed")
            }
            Why::Dropped => "what is computed here is not needed for the result".into(),
            Why::DeadCode => "no path through the function gets here".into(),
            Why::Other(_) | Why::NotPassed => "this has no derivative".into(),
        }
    }

    /// What to write instead, where there is something.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Why::Unused => Some("use it, or remove the parameter"),
            Why::Detach(_) => Some("leave out the call"),
            Why::IntegerCast => Some("keep it a real number, or interpolate between the integers"),
            Why::Stepwise(_) => Some(
                "use something smooth in its place, or a function with a rule of its own (`vjp = …`) that says which \
                 slope to take",
            ),
            Why::Comparison | Why::Condition | Why::Match => {
                Some("let it enter the result as a number, as a weight such as a sigmoid does")
            }
            Why::Bound | Why::Index => Some("interpolate between the elements or the trips"),
            Why::ConstantLocal => Some("remove the mark"),
            Why::Overwritten(_) => Some("add to it instead, or write to another variable"),
            Why::Dropped => Some("let the result depend on it, or remove it"),
            Why::DeadCode => Some("remove what leaves the function before"),
            _ => None,
        }
    }

    /// Looks at a value for its effect alone.
    fn is_aside(&self) -> bool {
        matches!(self, Why::Macro(_) | Why::Dropped)
    }
}

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

/// Every statement, those inside others as well.
fn each_stmt(block: &Block, visit: &mut dyn FnMut(&Stmt)) {
    for stmt in block {
        visit(stmt);
        match &stmt.kind {
            Kind::If { then, els, .. } => {
                each_stmt(then, visit);
                each_stmt(els, visit);
            }
            Kind::Match(m) => m.arms.iter().for_each(|a| each_stmt(&a.body, visit)),
            Kind::Loop(l) => each_stmt(&l.body, visit),
            Kind::Scope(_, _, b) => each_stmt(b, visit),
            _ => {}
        }
    }
}

/// The variables that a statement reads, in the statements inside it as well.
pub(super) fn reads_within(f: &Function, stmt: &Stmt, out: &mut Vec<VarId>) {
    each_stmt(&vec![stmt.clone()], &mut |stmt| reads(f, &stmt.kind, out));
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

/// What ends in the user's tokens, of which some variables are looked for by name.
pub(super) fn of_opaque(o: &Opaque, names: &[String], source: &Source) -> Vec<Cut> {
    let whole = |why| {
        let tokens = trimmed(&o.tokens);
        vec![Cut::at(why, source.covering(&tokens), o.span)]
    };
    match &o.cut {
        Cut_::Detach => {
            let mut cut = whole(Why::Detach(called(&o.tokens)));
            let call = source.call(o.span);
            cut.iter_mut()
                .for_each(|c| c.text = call.clone().or(c.text.take()));
            cut
        }
        Cut_::ConstantLocal => whole(Why::ConstantLocal),
        Cut_::IntegerCast => {
            let inner = inside(&o.tokens, names, source);
            if inner.is_empty() {
                whole(Why::IntegerCast)
            } else {
                inner
            }
        }
        Cut_::Stepwise(name) => whole(Why::Stepwise(name.clone())),
        cut => {
            let mut inner = inside(&o.tokens, names, source);
            let why = match cut {
                Cut_::NoDerivative(what) => match what.as_str() {
                    "a condition" => Why::Condition,
                    "a comparison" => Why::Comparison,
                    "an index" => Why::Index,
                    "a bound" => Why::Bound,
                    "a `match`" => Why::Match,
                    name => named(name),
                },
                _ => Why::NotPassed,
            };
            if matches!(why, Why::Condition) {
                // Of a condition, the comparison is the condition itself.
                inner.retain(|c| c.why != Why::Comparison);
            }
            if inner.is_empty() { whole(why) } else { inner }
        }
    }
}

/// What ends at a `match`.
pub(super) fn of_matched(
    f: &Function,
    m: &Match,
    text: Option<Piece>,
    source: &Source,
    span: Span,
) -> Vec<Cut> {
    let names: Vec<String> = m
        .reads
        .iter()
        .map(|v| f.vars[*v].ident.to_string())
        .collect();
    let inner = inside(&m.tokens, &names, source);
    match inner.is_empty() {
        true => vec![Cut::at(Why::Match, text, span)],
        false => inner,
    }
}

use crate::ir::Cut as Cut_;

fn named(what: &str) -> Why {
    let name = what.trim_matches('`');
    match name.strip_suffix('!') {
        Some(name) => Why::Macro(name.trim().into()),
        None if name == what => Why::Other(what.into()),
        None if name.chars().all(|c| c.is_alphanumeric() || c == '_') => Why::Method(name.into()),
        None => Why::Other(what.into()),
    }
}

/// A statement's tokens without the semicolon.
fn trimmed(tokens: &TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let is_end = |t: &TokenTree| matches!(t, TokenTree::Punct(p) if p.as_char() == ';');
    let end = trees.iter().rposition(|t| !is_end(t)).map_or(0, |n| n + 1);
    trees[..end].iter().cloned().collect()
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

/// Where the ways from the variables end inside an expression; from any variable, if none is named.
fn inside(tokens: &TokenStream, names: &[String], source: &Source) -> Vec<Cut> {
    struct Cuts<'a> {
        names: &'a [String],
        source: &'a Source,
        found: Vec<Cut>,
    }
    impl Cuts<'_> {
        fn cut(&mut self, why: Why, e: &syn::Expr) {
            let tokens = e.to_token_stream();
            if self.names.is_empty() || mentions(tokens.clone(), self.names) {
                let text = self.source.covering(&tokens);
                let span = syn::spanned::Spanned::span(e);
                self.found.push(Cut::at(why, text, span));
            }
        }
    }
    impl<'ast> Visit<'ast> for Cuts<'_> {
        fn visit_expr(&mut self, e: &'ast syn::Expr) {
            // What is nearest to the input comes first, and what is around it adds nothing.
            let before = self.found.len();
            visit::visit_expr(self, e);
            if self.found.len() > before {
                return;
            }
            match e {
                syn::Expr::Cast(c) if matches!(Types::default().of(&c.ty), Ty::Int(_)) => {
                    self.cut(Why::IntegerCast, e);
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
                    self.cut(Why::Comparison, e);
                }
                syn::Expr::MethodCall(m) => {
                    let name = m.method.to_string();
                    const TELLING: [&str; 9] = [
                        "len",
                        "is_empty",
                        "is_nan",
                        "is_finite",
                        "is_infinite",
                        "to_bits",
                        "is_sign_negative",
                        "is_sign_positive",
                        "total_cmp",
                    ];
                    if TELLING.contains(&name.as_str()) {
                        self.cut(Why::Method(name), e);
                    } else if rules::find(&name).is_some_and(|r| r.is_cut()) {
                        self.cut(Why::Stepwise(name), e);
                    }
                }
                syn::Expr::Macro(m) => {
                    let name = m.mac.path.to_token_stream().to_string();
                    self.cut(Why::Macro(name), e);
                }
                _ => {}
            }
        }
    }
    let tokens = trimmed(tokens);
    let mut cuts = Cuts {
        names,
        source,
        found: Vec::new(),
    };
    if let Ok(e) = syn::parse2::<syn::Expr>(tokens) {
        cuts.visit_expr(&e);
    }
    cuts.found
}

fn mentions(tokens: TokenStream, names: &[String]) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(i) => names.iter().any(|name| i == name),
        TokenTree::Group(g) => mentions(g.stream(), names),
        _ => false,
    })
}

/// The condition's number.
pub fn number(atom: Atom) -> usize {
    match atom {
        Atom::Holds(n) | Atom::Fails(n) | Atom::Runs(n) | Atom::Skips(n) | Atom::Again(n) => n,
        Atom::Arm(n, ..) => n,
    }
}
