//! A chain as the loop that one would write: what keeps the numbers of the items goes into the loop's header,
//! the rest becomes statements of its body.

use super::Unfold;
use super::chain::{Chain, Source, Stage, iterable};
use super::closures::paren;
use super::items::{Item, Mode, written};
use super::sides::Side;
use crate::diagnostics::{Code, Diagnostic};
use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, Ident, Lifetime, Stmt, parse_quote};

pub(super) type Result<T> = std::result::Result<T, Diagnostic>;

/// What is done with each item: statements, given the item and the label that ends everything.
pub(super) type Sink<'s> = &'s mut dyn FnMut(&mut Unfold, Item, &Lifetime) -> Result<Vec<Stmt>>;

/// A stage whose arguments have been evaluated and whose state has a variable.
enum Step {
    Map(Expr),
    Inspect(Expr),
    Filter(Expr),
    FilterMap(Expr),
    TakeWhile(Expr),
    SkipWhile(Expr, Ident),
    MapWhile(Expr),
    Scan(Expr, Ident),
    FlatMap(Option<Expr>),
    Copied,
    /// How many are left to take.
    Take(Ident),
    /// How many are left to skip.
    Skip(Ident),
    /// How many are left to skip, and how many to skip after each.
    Every(Ident, Ident),
    /// The number of the next.
    Enumerate(Ident),
    /// The other side by its elements' numbers: the number of the next, how many there are, and the first.
    Zip(Ident, Side),
}

impl Unfold<'_> {
    /// The statements that run through a chain.
    pub(super) fn drive(&mut self, chain: Chain, sink: Sink) -> Result<Vec<Stmt>> {
        let mut setup = Vec::new();
        let stop = self.label("chain");
        let mut header = None;
        // What is said of the loop is said where the chain begins.
        let mut begin = stop.clone();
        let mut stages = chain.stages.as_slice();
        if let Source::Header(source) = &chain.source {
            if let Some(first) = source.to_token_stream().into_iter().next() {
                begin.set_span(begin.ident.span().located_at(first.span()));
            }
            let (made, rest) = self.header(source, stages)?;
            header = Some(made);
            stages = rest;
        }
        let steps = self.steps(stages, &mut setup)?;
        match (header, chain.source) {
            (Some(header), _) => {
                let mut body = Vec::new();
                heads(&steps, &stop, &mut body);
                body.extend(header.before);
                body.extend(self.run(&steps, header.item, &stop, sink)?);
                let pat = self.pattern(&header.pat);
                let expr = header.expr;
                setup.push(parse_quote!(#begin: for #pat in #expr { #(#body)* }));
            }
            (None, Source::Both(a, b)) => {
                let mut both = Vec::new();
                for side in [a, b] {
                    heads(&steps, &stop, &mut both);
                    both.extend(self.drive(*side, &mut |this, item, _| {
                        this.run(&steps, item, &stop, sink)
                    })?);
                }
                setup.push(parse_quote!(#stop: { #(#both)* }));
            }
            (None, Source::Once(value)) => {
                let mut body = Vec::new();
                heads(&steps, &stop, &mut body);
                body.extend(self.run(&steps, Item::Value(value), &stop, sink)?);
                setup.push(parse_quote!(#stop: { #(#body)* }));
            }
            (None, Source::Repeat(value)) => {
                let same = self.fresh("same");
                setup.push(parse_quote!(let #same = #value;));
                let item = Item::Value(parse_quote!(#same.clone()));
                self.forever(&steps, item, Vec::new(), &stop, &mut setup, sink)?;
            }
            (None, Source::RepeatWith(f)) => {
                let mut before = Vec::new();
                let value = self.apply(&f, Vec::new(), &mut before)?;
                self.forever(&steps, Item::Value(value), before, &stop, &mut setup, sink)?;
            }
            (None, Source::FromFn(f)) => {
                let mut before = Vec::new();
                let value = self.apply(&f, Vec::new(), &mut before)?;
                let mut body = Vec::new();
                heads(&steps, &stop, &mut body);
                body.extend(before);
                let item = self.fresh("item");
                let rest = self.run(&steps, Item::Name(item.clone()), &stop, sink)?;
                body.extend(when_some(value, &item, rest, Some(&stop)));
                setup.push(parse_quote!(#stop: loop { #(#body)* }));
            }
            (None, Source::Successors(first, next)) => {
                let state = self.fresh("next");
                let item = self.fresh("item");
                setup.push(parse_quote!(let mut #state = #first;));
                let mut body = Vec::new();
                heads(&steps, &stop, &mut body);
                let mut taken = Vec::new();
                // The successor is found before the item is handed on.
                let name = Item::Name(item.clone());
                let value = self.apply(&next, vec![(name.clone(), Mode::Look)], &mut taken)?;
                taken.push(parse_quote!(#state = #value;));
                taken.extend(self.run(&steps, name, &stop, sink)?);
                body.extend(when_some(parse_quote!(#state), &item, taken, Some(&stop)));
                setup.push(parse_quote!(#stop: loop { #(#body)* }));
            }
            (None, Source::Empty | Source::Header(_)) => {}
        }
        Ok(setup)
    }

    fn forever(
        &mut self,
        steps: &[Step],
        item: Item,
        before: Vec<Stmt>,
        stop: &Lifetime,
        setup: &mut Vec<Stmt>,
        sink: Sink,
    ) -> Result<()> {
        let mut body = Vec::new();
        heads(steps, stop, &mut body);
        body.extend(before);
        body.extend(self.run(steps, item, stop, sink)?);
        setup.push(parse_quote!(#stop: loop { #(#body)* }));
        Ok(())
    }

    pub(super) fn label(&mut self, name: &str) -> Lifetime {
        Lifetime {
            apostrophe: proc_macro2::Span::mixed_site(),
            ident: self.fresh(name),
        }
    }

    fn counter(&mut self, name: &str, n: &Expr, setup: &mut Vec<Stmt>) -> Ident {
        let ident = self.fresh(name);
        setup.push(parse_quote!(let mut #ident: usize = #n;));
        ident
    }

    /// Evaluates the stages' arguments in order and declares their state.
    fn steps(&mut self, stages: &[Stage], setup: &mut Vec<Stmt>) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        for stage in stages {
            let name = stage.method.to_string();
            steps.push(match (name.as_str(), stage.args.as_slice()) {
                ("map", [f]) => Step::Map(f.clone()),
                ("inspect", [f]) => Step::Inspect(f.clone()),
                ("filter", [f]) => Step::Filter(f.clone()),
                ("filter_map", [f]) => Step::FilterMap(f.clone()),
                ("take_while", [f]) => Step::TakeWhile(f.clone()),
                ("map_while", [f]) => Step::MapWhile(f.clone()),
                ("flat_map", [f]) => Step::FlatMap(Some(f.clone())),
                ("flatten", []) => Step::FlatMap(None),
                ("copied" | "cloned", []) => Step::Copied,
                ("take", [n]) => Step::Take(self.counter("left", n, setup)),
                ("skip", [n]) => Step::Skip(self.counter("skipped", n, setup)),
                ("enumerate", []) => {
                    Step::Enumerate(self.counter("number", &parse_quote!(0), setup))
                }
                ("skip_while", [f]) => {
                    let skipping = self.fresh("skipping");
                    setup.push(parse_quote!(let mut #skipping = true;));
                    Step::SkipWhile(f.clone(), skipping)
                }
                ("scan", [init, f]) => {
                    let state = self.fresh("state");
                    setup.push(parse_quote!(let mut #state = #init;));
                    Step::Scan(f.clone(), state)
                }
                ("step_by", [n]) => {
                    let step = self.fresh("step");
                    setup.push(parse_quote!(let #step: usize = #n;));
                    setup.push(parse_quote!(::core::assert!(#step != 0);));
                    Step::Every(self.counter("skipped", &parse_quote!(0), setup), step)
                }
                ("zip", [other]) => {
                    let side = self.side(other, &stage.method, setup)?;
                    let number = self.fresh("number");
                    setup.push(parse_quote!(let mut #number: usize = 0;));
                    Step::Zip(number, side)
                }
                _ => return Err(self.unknown(&stage.method)),
            });
        }
        Ok(steps)
    }

    pub(super) fn unknown(&self, method: &Ident) -> Diagnostic {
        let detail = format!("`{method}` on an iterator of values that carry a derivative");
        Diagnostic::new(Code::IteratorNotYet, method, detail)
    }

    /// The statements that take an item through the steps.
    fn run(
        &mut self,
        steps: &[Step],
        item: Item,
        stop: &Lifetime,
        sink: Sink,
    ) -> Result<Vec<Stmt>> {
        let Some((step, rest)) = steps.split_first() else {
            return sink(self, item, stop);
        };
        let mut out = Vec::new();
        match step {
            Step::Map(f) => {
                let value = self.apply(f, vec![(item, Mode::Take)], &mut out)?;
                out.extend(self.run(rest, Item::Value(value), stop, sink)?);
            }
            Step::Copied => {
                let held = self.hold(item, &mut out);
                let value = written(&held);
                out.extend(self.run(rest, Item::Value(parse_quote!(*#value)), stop, sink)?);
            }
            Step::Inspect(f) => {
                let held = self.hold(item, &mut out);
                let mut looked = Vec::new();
                let value = self.apply(f, vec![(held.clone(), Mode::Look)], &mut looked)?;
                looked.push(Stmt::Expr(value, Some(Default::default())));
                out.extend(looked);
                out.extend(self.run(rest, held, stop, sink)?);
            }
            Step::Filter(f) => {
                let held = self.hold(item, &mut out);
                let keep = paren(self.ask(f, &held, Mode::Look)?);
                let kept = self.run(rest, held, stop, sink)?;
                let if_ = keyword(f);
                out.push(parse_quote!(#if_ #keep { #(#kept)* }));
            }
            Step::TakeWhile(f) => {
                let held = self.hold(item, &mut out);
                let keep = paren(self.ask(f, &held, Mode::Look)?);
                let kept = self.run(rest, held, stop, sink)?;
                let if_ = keyword(f);
                out.push(parse_quote!(#if_ #keep { #(#kept)* } else { break #stop; }));
            }
            Step::SkipWhile(f, skipping) => {
                let held = self.hold(item, &mut out);
                let skip = self.ask(f, &held, Mode::Look)?;
                let kept = self.run(rest, held, stop, sink)?;
                out.push(parse_quote!(if #skipping { #skipping = #skip; }));
                out.push(parse_quote!(if !#skipping { #(#kept)* }));
            }
            Step::FilterMap(f) | Step::MapWhile(f) | Step::Scan(f, _) => {
                let mut items = vec![(item, Mode::Take)];
                if let Step::Scan(_, state) = step {
                    items.insert(0, (Item::Value(parse_quote!(&mut #state)), Mode::Take));
                }
                let value = self.apply(f, items, &mut out)?;
                let end = (!matches!(step, Step::FilterMap(_))).then_some(stop);
                self.some(value, end, &mut out, &mut |this, value| {
                    this.run(rest, Item::Value(value), stop, sink)
                })?;
            }
            Step::FlatMap(f) => {
                let inner = match f {
                    Some(f) => self.apply(f, vec![(item, Mode::Take)], &mut out)?,
                    None => self.value(item, &mut out),
                };
                if somes(&inner).is_some() {
                    self.some(inner, None, &mut out, &mut |this, value| {
                        this.run(rest, Item::Value(value), stop, sink)
                    })?;
                    return Ok(out);
                }
                let inner = iterable(&inner);
                out.extend(
                    self.drive(inner, &mut |this, item, _| this.run(rest, item, stop, sink))?,
                );
            }
            Step::Take(left) => {
                let held = self.hold(item, &mut out);
                out.push(parse_quote!(#left -= 1;));
                out.extend(self.run(rest, held, stop, sink)?);
                // Nothing more is asked of the source after the last.
                out.push(parse_quote!(if #left == 0 { break #stop; }));
            }
            Step::Skip(left) => {
                let held = self.hold(item, &mut out);
                let kept = self.run(rest, held, stop, sink)?;
                out.push(parse_quote!(if #left > 0 { #left -= 1; } else { #(#kept)* }));
            }
            Step::Every(left, step) => {
                let held = self.hold(item, &mut out);
                let kept = self.run(rest, held, stop, sink)?;
                out.push(parse_quote!(
                    if #left > 0 { #left -= 1; } else { #left = #step - 1; #(#kept)* }
                ));
            }
            Step::Enumerate(number) => {
                let held = self.hold(item, &mut out);
                let i = self.fresh("i");
                out.push(parse_quote!(let #i: usize = #number;));
                out.push(parse_quote!(#number += 1;));
                let item = Item::Tuple(vec![Item::Name(i), held]);
                out.extend(self.run(rest, item, stop, sink)?);
            }
            Step::Zip(number, side) => {
                let held = self.hold(item, &mut out);
                let i = self.fresh("i");
                match side {
                    Side::Elements(part, k, count) => {
                        out.push(parse_quote!(if #number >= #count { break #stop; }));
                        out.push(parse_quote!(let #k: usize = #number;));
                        out.push(parse_quote!(#number += 1;));
                        let part = Item::Value((**part).clone());
                        let item = Item::Tuple(vec![held, part]);
                        out.extend(self.run(rest, item, stop, sink)?);
                    }
                    Side::Range(next, end) => {
                        if let Some(end) = end {
                            out.push(parse_quote!(if #next >= #end { break #stop; }));
                        }
                        out.push(parse_quote!(let #i = #next;));
                        out.push(parse_quote!(#next += 1;));
                        let item = Item::Tuple(vec![held, Item::Name(i)]);
                        out.extend(self.run(rest, item, stop, sink)?);
                    }
                }
            }
        }
        Ok(out)
    }

    /// `match value { Some(item) => …, None => … }`; a branch that says `Some` or `None` goes on by itself.
    pub(super) fn some(
        &mut self,
        value: Expr,
        end: Option<&Lifetime>,
        out: &mut Vec<Stmt>,
        go: &mut dyn FnMut(&mut Self, Expr) -> Result<Vec<Stmt>>,
    ) -> Result<()> {
        if somes(&value) == Some(1) {
            out.extend(self.in_place(value, end, go)?);
            return Ok(());
        }
        let item = self.fresh("item");
        let rest = go(self, parse_quote!(#item))?;
        out.extend(when_some(value, &item, rest, end));
        Ok(())
    }

    fn in_place(
        &mut self,
        value: Expr,
        end: Option<&Lifetime>,
        go: &mut dyn FnMut(&mut Self, Expr) -> Result<Vec<Stmt>>,
    ) -> Result<Vec<Stmt>> {
        let none = || -> Vec<Stmt> {
            end.map(|stop| parse_quote!(break #stop;))
                .into_iter()
                .collect()
        };
        Ok(match value {
            Expr::Call(mut c) => match c.args.pop() {
                Some(arg) => go(self, arg)?,
                None => none(),
            },
            Expr::Paren(p) => self.in_place(*p.expr, end, go)?,
            Expr::Block(b) => {
                let (mut stmts, tail) = super::closures::split(Expr::Block(b));
                if let Some(tail) = tail {
                    stmts.extend(self.in_place(tail, end, go)?);
                }
                stmts
            }
            Expr::If(i) => {
                let cond = i.cond;
                let then = self.in_place(
                    Expr::Block(syn::ExprBlock {
                        attrs: Vec::new(),
                        label: None,
                        block: i.then_branch,
                    }),
                    end,
                    go,
                )?;
                let els = match i.else_branch {
                    Some((_, e)) => self.in_place(*e, end, go)?,
                    None => Vec::new(),
                };
                vec![parse_quote!(if #cond { #(#then)* } else { #(#els)* })]
            }
            _ => none(),
        })
    }
}

/// Before an item is taken from the source: whether a `take` wants any more.
fn heads(steps: &[Step], stop: &Lifetime, out: &mut Vec<Stmt>) {
    for step in steps {
        if let Step::Take(left) = step {
            out.push(parse_quote!(if #left == 0 { break #stop; }));
        }
    }
}

/// How many branches of the value are a written `Some`, if all others are a written `None`.
fn somes(value: &Expr) -> Option<usize> {
    match value {
        Expr::Call(c) if c.args.len() == 1 => {
            matches!(&*c.func, Expr::Path(p) if p.path.is_ident("Some")).then_some(1)
        }
        Expr::Path(p) if p.path.is_ident("None") => Some(0),
        Expr::Paren(p) => somes(&p.expr),
        Expr::Block(b) if b.label.is_none() && b.attrs.is_empty() => match b.block.stmts.last() {
            Some(Stmt::Expr(tail, None)) => somes(tail),
            _ => None,
        },
        Expr::If(i) if !matches!(*i.cond, Expr::Let(_)) => {
            let then = match i.then_branch.stmts.last() {
                Some(Stmt::Expr(tail, None)) => somes(tail)?,
                _ => return None,
            };
            Some(then + somes(&i.else_branch.as_ref()?.1)?)
        }
        _ => None,
    }
}

fn when_some(value: Expr, item: &Ident, rest: Vec<Stmt>, end: Option<&Lifetime>) -> Vec<Stmt> {
    let none: Option<Stmt> = end.map(|stop| parse_quote!(break #stop;));
    let value = paren(value);
    vec![parse_quote!(match #value { Some(#item) => { #(#rest)* } None => { #none } })]
}

/// An `if` that stands where the question is written that a closure answers.
fn keyword(asked: &Expr) -> syn::Token![if] {
    let answer = match asked {
        Expr::Closure(closure) => &*closure.body,
        other => other,
    };
    let first = answer.to_token_stream().into_iter().next();
    let at = first.map_or_else(Span::mixed_site, |first| first.span());
    syn::Token![if](Span::mixed_site().located_at(at))
}
