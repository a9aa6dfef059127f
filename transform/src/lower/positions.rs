//! Which part of memory, or which integer, the iteration of a given number meets: the number goes through the
//! adaptors of a header, each of which says where the item that it gives stands among those that it gets.

use super::Lower;
use super::pattern::By;
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::{Span, TokenStream};
use quote::quote;

/// What an iterator gives in iteration `k`.
pub(super) enum Item {
    /// An integer of a range: whether it runs `start..`, and from where.
    Integer {
        start: Option<Operand>,
        ty: Ty,
        reversible: bool,
    },
    /// `k` itself.
    Number,
    /// A part of memory.
    Element(Element),
    /// Two of them.
    Pair(Box<Item>, Box<Item>),
    /// Something without a derivative.
    Other,
}

/// A part of memory whose place depends on the iteration's number.
#[derive(Clone)]
pub(super) struct Element {
    /// What the iterator runs through.
    pub of: Place,
    /// The type of the part.
    pub ty: Ty,
    /// Whether the item is a reference to it.
    pub by: By,
    /// The part's number.
    pub at: Position,
    /// For a part that is a slice: how many elements from one part to the next, and where a part ends.
    pub part: Option<Part>,
}

/// The number of a part, by the number of the iteration.
#[derive(Clone)]
pub(super) enum Position {
    /// It is the iteration's number.
    Same,
    /// It counts from the end, of so many.
    FromEnd(Count),
    /// Anything else, with what it reads besides.
    Computed(TokenStream, Vec<VarId>),
}

/// How slices are cut out of what an iterator runs through.
#[derive(Clone)]
pub(super) enum Part {
    /// Every slice of a length, one element further each time.
    Windows(Count),
    /// One after the other, the last of which may be shorter: with the number of elements.
    Chunks(Count, Count),
    /// One after the other, all of one length.
    Exact(Count),
}

/// A `usize` and what it reads.
#[derive(Clone)]
pub(super) struct Count {
    pub tokens: TokenStream,
    pub reads: Vec<VarId>,
}

impl Count {
    /// The smaller of two.
    pub fn min(self, other: Count) -> Count {
        let (a, b) = (&self.tokens, &other.tokens);
        let tokens = quote!(::core::cmp::min(#a, #b));
        self.with(tokens, &other)
    }

    /// A formula of two.
    pub fn with(self, tokens: TokenStream, other: &Count) -> Count {
        let mut reads = self.reads;
        reads.extend(&other.reads);
        Count { tokens, reads }
    }
}

impl Element {
    /// Where the iteration finds it.
    pub fn place(&self, f: &Function, k: VarId) -> Place {
        let name = &f.vars[k].ident;
        let mut reads = vec![k];
        let at = match &self.at {
            Position::Same => quote!(#name),
            Position::FromEnd(_) if self.part.is_none() => {
                return self.of.clone().then(Proj::FromEnd(Operand::Var(k)));
            }
            Position::FromEnd(_) => quote!(#name),
            Position::Computed(tokens, others) => {
                reads.extend(others);
                tokens.clone()
            }
        };
        let range = match (&self.part, &self.at) {
            (None, Position::Same) => {
                return self.of.clone().then(Proj::Index(Operand::Var(k)));
            }
            (None, _) => return self.of.clone().then(Proj::At(at, reads)),
            (Some(Part::Windows(n)), _) => {
                reads.extend(&n.reads);
                let n = &n.tokens;
                quote!(#at..#at + #n)
            }
            (Some(Part::Exact(n)), _) => {
                reads.extend(&n.reads);
                let n = &n.tokens;
                quote!(#at * #n..#at * #n + #n)
            }
            (Some(Part::Chunks(n, all)), _) => {
                reads.extend(&n.reads);
                reads.extend(&all.reads);
                let (n, all) = (&n.tokens, &all.tokens);
                quote!(#at * #n..::core::cmp::min(#at * #n + #n, #all))
            }
        };
        self.of.clone().then(Proj::Span(range, reads))
    }
}

/// A change of the order in which items come, or of which come.
pub(super) enum Step {
    /// From the last on, of so many.
    Back(Count),
    /// From the item of this number on.
    From(Operand, Count),
    /// Every one of so many.
    Every(Count),
    /// Again and again, of so many.
    Again(Count),
}

impl Step {
    /// The number that the item had before, as a formula of the number that it has now.
    fn formula(&self, k: &TokenStream) -> TokenStream {
        match self {
            Step::Back(n) => {
                let n = &n.tokens;
                quote!((#n - 1 - #k))
            }
            Step::From(_, n) => {
                let n = &n.tokens;
                quote!((#k + #n))
            }
            Step::Every(n) => {
                let n = &n.tokens;
                quote!((#k * #n))
            }
            Step::Again(n) => {
                let n = &n.tokens;
                quote!((#k % #n))
            }
        }
    }

    fn reads(&self) -> &[VarId] {
        let (Step::Back(n) | Step::From(_, n) | Step::Every(n) | Step::Again(n)) = self;
        &n.reads
    }
}

impl Item {
    /// The item after the step.
    pub fn after(self, step: &Step, lower: &mut Lower, k: VarId, span: Span) -> Item {
        match self {
            Item::Pair(a, b) => {
                let (a, b) = (a.after(step, lower, k, span), b.after(step, lower, k, span));
                Item::Pair(Box::new(a), Box::new(b))
            }
            Item::Number => Item::Integer {
                start: match step {
                    Step::From(n, _) => Some(n.clone()),
                    _ => None,
                },
                ty: Ty::Int(Some("usize".into())),
                reversible: false,
            },
            Item::Integer { ty, .. } => Item::Integer {
                start: None,
                ty,
                reversible: false,
            },
            Item::Element(e) => Item::Element(e.after(step, lower, k, span)),
            Item::Other => Item::Other,
        }
    }

    /// Inside a pair, a range cannot drive the reverse loop by itself.
    pub fn demoted(&self) -> Item {
        match self {
            Item::Integer { start, ty, .. } => Item::Integer {
                start: start.clone(),
                ty: ty.clone(),
                reversible: false,
            },
            Item::Number => Item::Number,
            Item::Element(e) => Item::Element(e.clone()),
            Item::Pair(a, b) => Item::Pair(Box::new(a.demoted()), Box::new(b.demoted())),
            Item::Other => Item::Other,
        }
    }
}

impl Element {
    fn after(mut self, step: &Step, lower: &mut Lower, k: VarId, span: Span) -> Element {
        let name = lower.f.vars[k].ident.clone();
        let formula = step.formula(&quote!(#name));
        self.at = match self.at {
            Position::Same => Position::Computed(formula, step.reads().to_vec()),
            Position::FromEnd(all) => {
                let all = lower.hoisted(all, span);
                let mut reads = step.reads().to_vec();
                reads.extend(&all.reads);
                let all = &all.tokens;
                Position::Computed(quote!((#all - 1 - #formula)), reads)
            }
            Position::Computed(before, mut reads) => {
                reads.extend(step.reads());
                Position::Computed(substituted(before, &name.to_string(), &formula), reads)
            }
        };
        self
    }
}

/// The tokens with a formula for a name.
fn substituted(tokens: TokenStream, name: &str, formula: &TokenStream) -> TokenStream {
    use proc_macro2::{Group, TokenTree};
    tokens
        .into_iter()
        .flat_map(|tree| match tree {
            TokenTree::Ident(i) if i == name => formula.clone(),
            TokenTree::Group(g) => {
                let inner = substituted(g.stream(), name, formula);
                TokenTree::Group(Group::new(g.delimiter(), inner)).into()
            }
            tree => TokenStream::from(tree),
        })
        .collect()
}
