//! Inputs whose last trace is overwritten before anything reads it.
//!
//! Activity knows no order: in `let mut y = x; y = 2.0; y` it lets `x` reach the result. Here the statements
//! are followed in their order where they run one after the other, and a variable that is assigned as a whole
//! forgets what it held. Branches and loops only add. Derivatives do not depend on this; a warning does.

use super::activity::{Graph, is_output, sources};
use crate::ir::*;
use proc_macro2::Span;

/// Where the last trace of an input is overwritten, if the result has none.
pub fn overwritten(f: &Function, input: VarId) -> Option<Span> {
    if f.early_return {
        return None;
    }
    let mut reached = vec![false; f.vars.len()];
    reached[input] = true;
    let mut last = None;
    follow(f, &f.body, &mut reached, &mut last);
    let is_seen = |p: &Param| is_output(p) && reached[p.var];
    (!reached[f.ret] && !f.params.iter().any(is_seen))
        .then_some(last)
        .flatten()
}

fn follow(f: &Function, block: &Block, reached: &mut Vec<bool>, last: &mut Option<Span>) {
    for stmt in block {
        match &stmt.kind {
            Kind::Scope(_, None, inner) => follow(f, inner, reached, last),
            Kind::Assign(place, e)
                if !matches!(e, Expr::Call(..))
                    && f.resolve(place).path.is_empty()
                    && !sources(f, e).iter().any(|v| reached[*v]) =>
            {
                let base = f.root(place);
                if reached[base] {
                    reached[base] = false;
                    *last = Some(stmt.span);
                }
            }
            _ => {
                let mut graph = Graph::default();
                graph.block(f, std::slice::from_ref(stmt));
                *reached = graph.reach(std::mem::take(reached), false);
            }
        }
    }
}
