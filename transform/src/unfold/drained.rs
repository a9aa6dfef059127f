//! `v.drain(range)`: what is drained is split off and has a name of its own; the rest stays.

use super::Unfold;
use super::chain::{self, Chain, Source, is_place};
use syn::{Expr, ExprMethodCall, Stmt, parse_quote};

impl Unfold<'_> {
    /// Gives what a chain drains a name. The statements that go before.
    pub(super) fn drained(&mut self, chain: &mut Chain) -> Vec<Stmt> {
        match &mut chain.source {
            Source::Both(a, b) => {
                let mut lets = self.drained(a);
                lets.extend(self.drained(b));
                lets
            }
            Source::Header(source) => {
                let Expr::MethodCall(m) = chain::peel(source) else {
                    return Vec::new();
                };
                let Some((lets, name)) = self.split_off(m) else {
                    return Vec::new();
                };
                *source = parse_quote!(#name.into_iter());
                lets
            }
            _ => Vec::new(),
        }
    }

    /// The statement `v.drain(range);`
    pub(super) fn dropped(&mut self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        let Stmt::Expr(Expr::MethodCall(m), Some(_)) = stmt else {
            return None;
        };
        (self.asked == 0 && self.tainted.meets(m))
            .then(|| self.split_off(m).map(|(lets, _)| lets))
            .flatten()
    }

    /// Splits off what `v.drain(range)` gives.
    fn split_off(&mut self, m: &ExprMethodCall) -> Option<(Vec<Stmt>, syn::Ident)> {
        if m.method != "drain" || m.args.len() != 1 || !is_place(&m.receiver) {
            return None;
        }
        let Expr::Range(range) = chain::peel(&m.args[0]) else {
            return None;
        };
        let v = &m.receiver;
        let mut lets: Vec<Stmt> = Vec::new();
        let start = self.fresh("start");
        let from: Expr = match &range.start {
            Some(start) => (**start).clone(),
            None => parse_quote!(0),
        };
        lets.push(parse_quote!(let #start: usize = #from;));
        let rest = match (&range.end, &range.limits) {
            (None, _) => None,
            (Some(end), limits) => {
                let (name, rest) = (self.fresh("end"), self.fresh("rest"));
                lets.push(match limits {
                    syn::RangeLimits::HalfOpen(_) => parse_quote!(let #name: usize = #end;),
                    syn::RangeLimits::Closed(_) => parse_quote!(let #name: usize = #end + 1;),
                });
                lets.push(parse_quote!(let mut #rest = #v.split_off(#name);));
                Some(rest)
            }
        };
        let drained = self.fresh("drained");
        lets.push(parse_quote!(let #drained = #v.split_off(#start);));
        lets.extend(rest.map(|rest| -> Stmt { parse_quote!(#v.append(&mut #rest);) }));
        Some((lets, drained))
    }
}

/// Whether a chain drains something.
pub(super) fn drains(chain: &Chain) -> bool {
    match &chain.source {
        Source::Both(a, b) => drains(a) || drains(b),
        Source::Header(e) => {
            matches!(chain::peel(e), Expr::MethodCall(m) if m.method == "drain" && m.args.len() == 1)
        }
        _ => false,
    }
}
