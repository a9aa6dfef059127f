//! A chain of iterator methods, read off the syntax: where the items come from, and what is done with them.

use syn::{Expr, ExprMethodCall, Ident};

/// Where items come from.
#[derive(Clone)]
#[allow(clippy::large_enum_variant)] // A few of them live, each for as long as its chain is looked at.
pub(super) enum Source {
    /// Anything that can stand in the header of a `for`.
    Header(Expr),
    /// One chain after the other.
    Both(Box<Chain>, Box<Chain>),
    /// `iter::once(value)`.
    Once(Expr),
    /// `iter::empty()`.
    Empty,
    /// `iter::repeat(value)`.
    Repeat(Expr),
    /// `iter::repeat_with(f)`.
    RepeatWith(Expr),
    /// `iter::successors(first, next)`.
    Successors(Expr, Expr),
    /// `iter::from_fn(f)`.
    FromFn(Expr),
}

/// A method of the chain.
#[derive(Clone)]
pub(super) struct Stage {
    pub method: Ident,
    pub args: Vec<Expr>,
}

/// A source and the adaptors that follow.
#[derive(Clone)]
pub(super) struct Chain {
    pub source: Source,
    pub stages: Vec<Stage>,
}

/// The adaptors that are understood, with the number of their arguments.
const ADAPTORS: [(&str, usize); 20] = [
    ("enumerate", 0),
    ("zip", 1),
    ("rev", 0),
    ("map", 1),
    ("filter", 1),
    ("filter_map", 1),
    ("take", 1),
    ("skip", 1),
    ("step_by", 1),
    ("take_while", 1),
    ("skip_while", 1),
    ("map_while", 1),
    ("chain", 1),
    ("copied", 0),
    ("cloned", 0),
    ("flat_map", 1),
    ("flatten", 0),
    ("scan", 2),
    ("inspect", 1),
    ("cycle", 0),
];

/// Methods of sequences that give an iterator.
const SOURCES: [(&str, usize); 10] = [
    ("iter", 0),
    ("iter_mut", 0),
    ("into_iter", 0),
    ("windows", 1),
    ("chunks", 1),
    ("chunks_mut", 1),
    ("chunks_exact", 1),
    ("chunks_exact_mut", 1),
    ("rchunks", 1),
    ("drain", 1),
];

/// The adaptors that the header of a `for` may have, since they tell which element each trip meets.
pub(super) const IN_HEADER: [&str; 7] = [
    "enumerate",
    "rev",
    "take",
    "skip",
    "step_by",
    "copied",
    "cloned",
];

/// The adaptors that hand on some of the items, each as it is.
const HANDING_ON: [&str; 9] = [
    "rev",
    "take",
    "skip",
    "step_by",
    "filter",
    "take_while",
    "skip_while",
    "inspect",
    "cycle",
];

/// The expression inside parentheses.
pub(super) fn peel(e: &Expr) -> &Expr {
    match e {
        Expr::Paren(p) => peel(&p.expr),
        Expr::Group(g) => peel(&g.expr),
        e => e,
    }
}

/// Memory that can be written down more than once.
pub(super) fn is_place(e: &Expr) -> bool {
    match e {
        Expr::Path(_) => true,
        Expr::Field(f) => is_place(&f.base),
        Expr::Paren(p) => is_place(&p.expr),
        Expr::Unary(u) => matches!(u.op, syn::UnOp::Deref(_)) && is_place(&u.expr),
        Expr::Index(i) => is_place(&i.expr) && matches!(&*i.index, Expr::Path(_) | Expr::Lit(_)),
        _ => false,
    }
}

/// Whether a method of this name and arity begins a chain.
pub(crate) fn is_source(m: &ExprMethodCall) -> bool {
    SOURCES.contains(&(m.method.to_string().as_str(), m.args.len()))
}

pub(crate) fn is_adaptor(m: &ExprMethodCall) -> bool {
    ADAPTORS.contains(&(m.method.to_string().as_str(), m.args.len()))
}

/// The expression as a chain, if it begins with something that is known to give items.
pub(super) fn parse(e: &Expr) -> Option<Chain> {
    match peel(e) {
        Expr::MethodCall(m) if is_adaptor(m) => {
            let mut chain = parse(&m.receiver)?;
            chain.push(m);
            Some(chain)
        }
        // An iterator is its own.
        Expr::MethodCall(m)
            if m.method == "into_iter" && m.args.is_empty() && adapted(&m.receiver) =>
        {
            parse(&m.receiver)
        }
        Expr::MethodCall(m) if is_source(m) => Some(Chain::of(Source::Header(peel(e).clone()))),
        Expr::Range(_) => Some(Chain::of(Source::Header(peel(e).clone()))),
        Expr::Call(c) => function(c).map(Chain::of),
        _ => None,
    }
}

/// Whether an adaptor gives the expression.
fn adapted(e: &Expr) -> bool {
    matches!(peel(e), Expr::MethodCall(m) if is_adaptor(m)) && parse(e).is_some()
}

/// Likewise where an iterator is wanted, so that any other expression is a sequence.
pub(super) fn iterable(e: &Expr) -> Chain {
    parse(e).unwrap_or_else(|| Chain::of(Source::Header(peel(e).clone())))
}

/// A function of `std::iter`.
fn function(c: &syn::ExprCall) -> Option<Source> {
    let Expr::Path(p) = peel(&c.func) else {
        return None;
    };
    let names = crate::names::of_path(&p.path);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let name = match names.as_slice() {
        // What is marked as an iterator without a derivative.
        ["__rt", "items"] => return Some(Source::Header(Expr::Call(c.clone()))),
        ["std" | "core", "iter", name] | ["iter", name] => *name,
        _ => return None,
    };
    let args: Vec<Expr> = c.args.iter().cloned().collect();
    Some(match (name, args.as_slice()) {
        ("once", [value]) => Source::Once(value.clone()),
        ("empty", []) => Source::Empty,
        ("repeat", [value]) => Source::Repeat(value.clone()),
        ("repeat_with", [f]) => Source::RepeatWith(f.clone()),
        ("successors", [first, next]) => Source::Successors(first.clone(), next.clone()),
        ("from_fn", [f]) => Source::FromFn(f.clone()),
        _ => return None,
    })
}

impl Chain {
    pub(super) fn of(source: Source) -> Chain {
        Chain {
            source,
            stages: Vec::new(),
        }
    }

    fn push(&mut self, m: &ExprMethodCall) {
        let stage = Stage {
            method: m.method.clone(),
            args: m.args.iter().cloned().collect(),
        };
        if stage.method == "chain" {
            let first = std::mem::replace(self, Chain::of(Source::Empty));
            self.source = Source::Both(Box::new(first), Box::new(iterable(&m.args[0])));
            return;
        }
        // What looks at each item by itself does not mind from which end they come.
        let mut at = self.stages.len();
        if stage.method == "rev" {
            while at > 0 && self.stages[at - 1].is_stateless() {
                at -= 1;
            }
            if let (0, Source::Both(a, b)) = (at, &mut self.source) {
                a.reverse(&stage);
                b.reverse(&stage);
                std::mem::swap(a, b);
                return;
            }
        }
        self.stages.insert(at, stage);
    }

    fn reverse(&mut self, rev: &Stage) {
        let mut at = self.stages.len();
        while at > 0 && self.stages[at - 1].is_stateless() {
            at -= 1;
        }
        self.stages.insert(at, rev.clone());
    }

    /// Whether the whole can stand in the header of a `for`.
    pub(super) fn is_header(&self) -> bool {
        matches!(self.source, Source::Header(_))
            && self.stages.iter().all(|s| {
                IN_HEADER.contains(&s.method.to_string().as_str())
                    || s.method == "cycle"
                    || s.method == "zip" && iterable(&s.args[0]).is_header()
            })
    }
}

impl Chain {
    /// Whether the items are those of the source, each as it is.
    pub(super) fn hands_on_items(&self) -> bool {
        self.stages
            .iter()
            .all(|s| HANDING_ON.contains(&s.method.to_string().as_str()))
    }
}

impl Stage {
    fn is_stateless(&self) -> bool {
        ["map", "filter", "filter_map", "inspect", "copied", "cloned"]
            .contains(&self.method.to_string().as_str())
    }
}

/// Methods whose closure is only asked a question.
pub(super) fn asks(method: &Ident) -> bool {
    [
        "filter",
        "take_while",
        "skip_while",
        "any",
        "all",
        "position",
        "rposition",
        "find",
        "min_by",
        "max_by",
        "min_by_key",
        "max_by_key",
        "sort_by",
        "sort_by_key",
        "sort_unstable_by",
        "binary_search_by",
        "partition_point",
        "retain",
        "is_sorted_by",
    ]
    .contains(&method.to_string().as_str())
}

/// Whether the method asks something of an iterator.
pub(super) fn answer_of(m: &ExprMethodCall) -> bool {
    let questions = ["any", "all", "position", "count"];
    questions.contains(&m.method.to_string().as_str())
}

/// The type of the answer, for a method that only asks something of a chain: written out, so that the compiler
/// agrees or says otherwise.
pub(crate) fn answer(m: &ExprMethodCall) -> Option<proc_macro2::TokenStream> {
    let answer = match (m.method.to_string().as_str(), m.args.len()) {
        ("any" | "all" | "eq" | "ne" | "lt" | "le" | "gt" | "ge", 1) => quote::quote!(bool),
        ("is_sorted", 0) => quote::quote!(bool),
        ("position" | "rposition", 1) => quote::quote!(::core::option::Option<usize>),
        ("count", 0) => quote::quote!(usize),
        // Of a sequence, no iterator; what the user's own gives is no `usize`, or has no derivative either.
        ("partition_point", 1) => return Some(quote::quote!(usize)),
        _ => return None,
    };
    parse(&m.receiver).map(|_| answer)
}

/// The range whose integers a chain hands on as they are.
pub(crate) fn integers(e: &Expr) -> Option<syn::ExprRange> {
    let chain = parse(e)?;
    let Source::Header(source) = &chain.source else {
        return None;
    };
    let Expr::Range(range) = peel(source) else {
        return None;
    };
    chain.hands_on_items().then(|| range.clone())
}

/// Whether the expression is an iterator, as far as its syntax shows.
pub(crate) fn is_chain(e: &Expr) -> bool {
    parse(e).is_some()
}

/// Whether the method selects one of the items, or none.
pub(crate) fn selects(m: &ExprMethodCall) -> bool {
    let selecting = [
        ("min_by", 1),
        ("max_by", 1),
        ("min_by_key", 1),
        ("max_by_key", 1),
        ("min", 0),
        ("max", 0),
        ("last", 0),
        ("nth", 1),
        ("find", 1),
        ("reduce", 1),
    ];
    selecting.contains(&(m.method.to_string().as_str(), m.args.len()))
}

/// The first method of a chain that is not understood.
pub(crate) fn unknown(e: &Expr) -> Option<&Ident> {
    let Expr::MethodCall(m) = peel(e) else {
        return None;
    };
    unknown(&m.receiver).or_else(|| {
        let known = is_adaptor(m) || is_source(m) || super::consumers::is_consumer(m);
        (!known && parse(&m.receiver).is_some()).then_some(&m.method)
    })
}
