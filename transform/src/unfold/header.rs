//! The part of a chain that keeps the numbers of its items, as the header of a `for`.

use super::Unfold;
use super::chain::{IN_HEADER, Source, Stage, iterable};
use super::items::{Item, Mode};
use super::stages::Result;
use syn::{Expr, Pat, Stmt, parse_quote};

/// What a `for` loop is made of.
pub(super) struct Header {
    pub expr: Expr,
    pub pat: Tree,
    pub item: Item,
    /// Statements at the beginning of the body.
    pub before: Vec<Stmt>,
    /// Whether the items are computed in the body.
    computed: bool,
}

/// The header's pattern, whose leaves are chosen by those who use them.
pub(super) enum Tree {
    Leaf(usize),
    Pair(Box<Tree>, Box<Tree>),
}

impl Unfold<'_> {
    pub(super) fn pattern(&mut self, tree: &Tree) -> Pat {
        match tree {
            Tree::Leaf(at) => self.leaves[*at].take().unwrap_or_else(|| parse_quote!(_)),
            Tree::Pair(a, b) => {
                let (a, b) = (self.pattern(a), self.pattern(b));
                parse_quote!((#a, #b))
            }
        }
    }

    /// The header of a loop, and the stages that are left.
    pub(super) fn header<'s>(
        &mut self,
        source: &Expr,
        stages: &'s [Stage],
    ) -> Result<(Header, &'s [Stage])> {
        let leaf = self.leaf();
        let expr = match source {
            Expr::Range(_) => parse_quote!((#source)),
            e => e.clone(),
        };
        let mut h = Header {
            expr,
            pat: Tree::Leaf(leaf),
            item: Item::Leaf(leaf),
            before: Vec::new(),
            computed: false,
        };
        let mut at = 0;
        while let Some(stage) = stages.get(at) {
            let (expr, method) = (&h.expr, &stage.method);
            match (method.to_string().as_str(), stage.args.as_slice()) {
                ("map", [f]) => {
                    let value = self.apply(f, vec![(h.item, Mode::Take)], &mut h.before)?;
                    h.item = Item::Value(value);
                    h.computed = true;
                }
                ("enumerate", []) => {
                    h.expr = parse_quote!(#expr.enumerate());
                    let number = self.leaf();
                    h.pat = Tree::Pair(Box::new(Tree::Leaf(number)), Box::new(h.pat));
                    h.item = Item::Tuple(vec![Item::Leaf(number), h.item]);
                }
                ("zip", [other]) => {
                    let other = iterable(other);
                    let Source::Header(source) = &other.source else {
                        break;
                    };
                    let stateless = |s: &Stage| {
                        let name = s.method.to_string();
                        IN_HEADER.contains(&name.as_str())
                            || ["map", "cycle", "zip"].contains(&name.as_str())
                    };
                    // The left side is asked first, also where the right side has nothing left.
                    if h.computed && self.has_effects(&h.before, &h.item)
                        || !other.stages.iter().all(stateless)
                    {
                        break;
                    }
                    let before = self.leaves.len();
                    let (right, rest) = self.header(source, &other.stages)?;
                    if !rest.is_empty() {
                        self.leaves.truncate(before);
                        break;
                    }
                    if !right.before.is_empty() {
                        h.item = match h.item {
                            Item::Value(_) => self.hold(h.item, &mut h.before),
                            item => item,
                        };
                    }
                    let (a, b) = (&h.expr, &right.expr);
                    h.expr = parse_quote!(#a.zip(#b));
                    h.pat = Tree::Pair(Box::new(h.pat), Box::new(right.pat));
                    h.item = Item::Tuple(vec![h.item, right.item]);
                    h.before.extend(right.before);
                    h.computed |= right.computed;
                }
                ("rev", []) => h.expr = parse_quote!(#expr.rev()),
                ("take", [n]) => h.expr = parse_quote!(#expr.take(#n)),
                ("skip" | "step_by", [n]) if !h.computed => {
                    h.expr = parse_quote!(#expr.#method(#n));
                }
                ("cycle", []) if !h.computed => h.expr = parse_quote!(#expr.cycle()),
                ("copied" | "cloned", []) if matches!(h.item, Item::Leaf(_)) => {
                    h.expr = parse_quote!(#expr.#method());
                }
                _ => break,
            }
            at += 1;
        }
        Ok((h, &stages[at..]))
    }

    fn has_effects(&self, before: &[Stmt], item: &Item) -> bool {
        let value = match item {
            Item::Value(e) => Some(e),
            _ => None,
        };
        super::effects::has_effects(before, value)
    }
}
