//! The other side of a `zip` that comes after items were dropped or computed: it is asked for its parts by their numbers.

use super::Unfold;
use super::chain::{Source, is_place, iterable};
use super::stages::Result;
use crate::diagnostics::{Code, Diagnostic};
use syn::{Expr, Ident, Stmt, parse_quote};

/// How the next item is had.
pub(super) enum Side {
    /// The part of a number, by the number's name, and how many there are.
    Elements(Box<Expr>, Ident, Ident),
    /// The next integer, and the end.
    Range(Ident, Option<Ident>),
}

impl Unfold<'_> {
    /// The other side of a `zip` after items were dropped or computed.
    pub(super) fn side(&mut self, other: &Expr, at: &Ident, setup: &mut Vec<Stmt>) -> Result<Side> {
        let chain = iterable(other);
        let Source::Header(source) = &chain.source else {
            return Err(self.unzipped(at));
        };
        if !chain.stages.is_empty() {
            return Err(self.unzipped(at));
        }
        match source {
            Expr::Range(r) => {
                let Some(start) = &r.start else {
                    return Err(self.unzipped(at));
                };
                if matches!(r.limits, syn::RangeLimits::Closed(_)) {
                    return Err(self.unzipped(at));
                }
                let first = self.fresh("next");
                setup.push(parse_quote!(let mut #first = #start;));
                let end = r.end.as_ref().map(|end| {
                    let name = self.fresh("end");
                    setup.push(parse_quote!(let #name = #end;));
                    name
                });
                Ok(Side::Range(first, end))
            }
            e => {
                let k = self.fresh("k");
                let (part, count) = match self.part(e, &k, setup) {
                    Some(part) => part,
                    None => return Err(self.unzipped(at)),
                };
                let name = self.fresh("count");
                setup.push(parse_quote!(let #name: usize = #count;));
                Ok(Side::Elements(Box::new(part), k, name))
            }
        }
    }

    /// The part of a sequence that has a number, and how many there are.
    fn part(&mut self, e: &Expr, k: &Ident, setup: &mut Vec<Stmt>) -> Option<(Expr, Expr)> {
        let m = match e {
            Expr::MethodCall(m) => m,
            Expr::Reference(r) if r.mutability.is_none() => {
                let of = &r.expr;
                return Some((parse_quote!(&#of[#k]), parse_quote!(#of.len())));
            }
            Expr::Path(_) => return Some((parse_quote!(&#e[#k]), parse_quote!(#e.len()))),
            _ => return None,
        };
        let of = &m.receiver;
        if m.method == "iter" && m.args.is_empty() {
            return Some((parse_quote!(&#of[#k]), parse_quote!(#of.len())));
        }
        let by = m
            .args
            .first()
            .filter(|_| m.args.len() == 1 && is_place(of))?;
        let size = self.fresh("size");
        let part = match m.method.to_string().as_str() {
            "windows" => (
                parse_quote!(&#of[#k..#k + #size]),
                parse_quote!((#of.len() + 1).saturating_sub(#size)),
            ),
            "chunks" => (
                parse_quote!(&#of[#k * #size..(#k * #size + #size).min(#of.len())]),
                parse_quote!(#of.len().div_ceil(#size)),
            ),
            "chunks_exact" => (
                parse_quote!(&#of[#k * #size..#k * #size + #size]),
                parse_quote!(#of.len() / #size),
            ),
            _ => return None,
        };
        setup.push(parse_quote!(let #size: usize = #by;));
        setup.push(parse_quote!(::core::assert!(#size != 0);));
        setup.push(parse_quote!(__rt::assert_sequence(&#of);));
        Some(part)
    }

    fn unzipped(&self, at: &Ident) -> Diagnostic {
        let detail = "this `zip` comes after a stage that drops or computes items, and its other side is \
                      more than `y.iter()`, `y.windows(n)`, `y.chunks(n)` or a range";
        let help = "collect the items of either side into a `Vec` first, or write a loop";
        Diagnostic::new(Code::IteratorNotYet, at, detail).with_help(help)
    }
}
