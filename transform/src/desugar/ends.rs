//! `split_first` and `split_last` where what they give is taken apart at once: the element and the rest are parts of
//! the same memory, by their indices.

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Pat, Stmt, parse_quote};

/// Rewrites them to indices behind a question for the length.
pub(super) struct Ends {
    /// Whether `?` gives `None` from the function.
    pub(super) option: bool,
    /// How many closures are around, which `?` would leave.
    pub(super) closures: usize,
}

impl VisitMut for Ends {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        visit_mut::visit_block_mut(self, block);
        let stmts = std::mem::take(&mut block.stmts);
        for stmt in stmts {
            match self.taken_apart(&stmt) {
                Some(longer) => block.stmts.extend(longer),
                None => block.stmts.push(stmt),
            }
        }
    }

    fn visit_expr_mut(&mut self, e: &mut Expr) {
        visit_mut::visit_expr_mut(self, e);
        let longer = match e {
            Expr::If(i) => match &*i.cond {
                Expr::Let(l) => {
                    let then = &i.then_branch.stmts;
                    let otherwise = i.else_branch.as_ref().map(|(_, e)| &**e);
                    split(&l.expr).and_then(|of| chosen(&of, &l.pat, then, otherwise))
                }
                _ => None,
            },
            Expr::Match(m) => split(&m.expr).and_then(|of| {
                let [a, b] = m.arms.as_slice() else {
                    return None;
                };
                let (some, none) = match is_none(&a.pat) {
                    true => (b, a),
                    false => (a, b),
                };
                // Only the last of the arms may be any.
                if !is_none(&none.pat) || matches!(a.pat, Pat::Wild(_)) {
                    return None;
                }
                let value = Stmt::Expr((*some.body).clone(), None);
                chosen(&of, &some.pat, &[value], Some(&none.body))
            }),
            _ => None,
        };
        if let Some(longer) = longer {
            *e = longer;
        }
    }

    fn visit_expr_closure_mut(&mut self, c: &mut syn::ExprClosure) {
        self.closures += 1;
        visit_mut::visit_expr_closure_mut(self, c);
        self.closures -= 1;
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

impl Ends {
    /// `let (a, rest) = v.split_first()?;`, or with `unwrap()`.
    fn taken_apart(&self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        let Stmt::Local(local) = stmt else {
            return None;
        };
        let init = local.init.as_ref()?;
        if init.diverge.is_some() || !local.attrs.is_empty() {
            return None;
        }
        let (of, leave): (Split, Stmt) = match &*init.expr {
            Expr::Try(t) if self.option && self.closures == 0 => {
                (split(&t.expr)?, parse_quote!(return None;))
            }
            Expr::MethodCall(m) if m.method == "unwrap" && m.args.is_empty() => {
                let message = "called `Option::unwrap()` on a `None` value";
                (split(&m.receiver)?, parse_quote!(panic!(#message);))
            }
            _ => return None,
        };
        let binds = of.binds(&local.pat)?;
        let sequence = of.sequence;
        let mut stmts = vec![parse_quote!(if #sequence.is_empty() { #leave })];
        stmts.extend(binds);
        Some(stmts)
    }
}

/// A call of one of the two methods.
struct Split<'a> {
    sequence: &'a Expr,
    first: bool,
}

fn split(e: &Expr) -> Option<Split<'_>> {
    match e {
        Expr::Paren(p) => split(&p.expr),
        Expr::MethodCall(m) if m.args.is_empty() && m.turbofish.is_none() => {
            let first = m.method == "split_first";
            ((first || m.method == "split_last") && is_memory(&m.receiver)).then_some(Split {
                sequence: &m.receiver,
                first,
            })
        }
        _ => None,
    }
}

/// What names memory, and can be written more than once.
fn is_memory(e: &Expr) -> bool {
    match e {
        Expr::Path(p) => p.qself.is_none(),
        Expr::Field(f) => is_memory(&f.base),
        Expr::Paren(p) => is_memory(&p.expr),
        Expr::Index(i) => is_memory(&i.expr) && is_bound(&i.index),
        _ => false,
    }
}

fn is_bound(e: &Expr) -> bool {
    match e {
        Expr::Lit(_) | Expr::Path(_) => true,
        Expr::Range(r) => [&r.start, &r.end]
            .into_iter()
            .flatten()
            .all(|e| is_bound(e)),
        _ => false,
    }
}

impl Split<'_> {
    /// The pattern of the element and that of the rest, bound to what they mean.
    fn binds(&self, pat: &Pat) -> Option<Vec<Stmt>> {
        let Pat::Tuple(parts) = pat else {
            return None;
        };
        let v = self.sequence;
        let mut parts = parts.elems.iter();
        let (Some(one), Some(rest), None) = (parts.next(), parts.next(), parts.next()) else {
            return None;
        };
        let (element, others): (Expr, Expr) = match self.first {
            true => (parse_quote!(#v[0]), parse_quote!(&#v[1..])),
            false => (
                parse_quote!(#v[#v.len() - 1]),
                parse_quote!(&#v[..#v.len() - 1]),
            ),
        };
        let mut patterns: Vec<&Pat> = Vec::new();
        let mut values: Vec<Expr> = Vec::new();
        match one {
            Pat::Wild(_) => {}
            Pat::Reference(r) if r.mutability.is_none() => match &*r.pat {
                Pat::Wild(_) => {}
                pat => {
                    patterns.push(pat);
                    values.push(element);
                }
            },
            Pat::Rest(_) => return None,
            pat => {
                patterns.push(pat);
                values.push(parse_quote!(&#element));
            }
        }
        match rest {
            Pat::Wild(_) => {}
            Pat::Ident(p) if p.by_ref.is_none() && p.subpat.is_none() => {
                patterns.push(rest);
                values.push(others);
            }
            _ => return None,
        }
        let mut stmts: Vec<Stmt> = vec![parse_quote!(__rt::assert_sequence(&#v);)];
        match (patterns.as_slice(), values.as_slice()) {
            ([], _) => {}
            ([pat], [value]) => stmts.push(parse_quote!(let #pat = #value;)),
            // Together, since a name may hide what the other is a part of.
            _ => stmts.push(parse_quote!(let (#(#patterns),*) = (#(#values),*);)),
        }
        Some(stmts)
    }
}

/// `if let Some((a, rest)) = v.split_first() { … } else { … }`.
fn chosen(of: &Split, pat: &Pat, then: &[Stmt], otherwise: Option<&Expr>) -> Option<Expr> {
    let Pat::TupleStruct(some) = pat else {
        return None;
    };
    let (true, Some(pair), 1) = (
        some.path.is_ident("Some"),
        some.elems.first(),
        some.elems.len(),
    ) else {
        return None;
    };
    let binds = of.binds(pair)?;
    let v = of.sequence;
    Some(match otherwise {
        None => parse_quote!(if !#v.is_empty() { #(#binds)* #(#then)* }),
        Some(Expr::Block(b)) if b.label.is_none() => {
            parse_quote!(if !#v.is_empty() { #(#binds)* #(#then)* } else #b)
        }
        Some(e) => parse_quote!(if !#v.is_empty() { #(#binds)* #(#then)* } else { #e }),
    })
}

fn is_none(pat: &Pat) -> bool {
    match pat {
        Pat::Wild(_) => true,
        Pat::Ident(p) => p.ident == "None",
        Pat::Path(p) => p.path.is_ident("None"),
        _ => false,
    }
}
