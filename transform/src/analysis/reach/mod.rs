//! Reachability: which inputs a derivative can reach the result from, on which paths, and where the others end.
//!
//! Activity says what may carry a derivative anywhere in the function. This follows the statements in their order,
//! path by path where paths part, just as the masks of `gradients` do when they run; so what is called unreachable
//! here is `None` there whatever happens, and what is called connected always is `Some`.

mod control;
mod cuts;
mod follow;
mod link;
mod log;
mod part;
mod receiver;
mod say;
mod state;
mod tokens;
mod why;

pub use cuts::{Cut, number};
pub use link::{Atom, Edge, Link, When};
pub use log::{Call, Condition, Flow, Header};
pub use part::{Part, part};
pub use receiver::Receiver;
pub use why::Why;

use crate::ir::*;
use crate::source::Source;
use proc_macro2::{Ident, TokenStream};

/// What is known of one input.
#[derive(Clone, Debug)]
pub struct Input {
    /// The variable of the parameter or of the watched local.
    pub var: VarId,
    /// Its position among all parameters; watched locals come behind them.
    pub position: usize,
    /// Its name in `gradients`, at the user's token.
    pub field: Ident,
    /// Its connection to the results.
    pub link: Link,
    /// Where ways from it end.
    pub cuts: Vec<Cut>,
}

/// What is known of a function.
pub struct Reach {
    /// The inputs in order.
    pub inputs: Vec<Input>,
    /// The calls of differentiable functions.
    pub calls: Vec<Call>,
    /// The conditions, arms and loops that atoms speak of.
    pub conditions: Vec<Condition>,
    /// The user's text.
    pub source: Source,
    /// `&mut` parameters to which nothing leads, not even from themselves.
    pub deaf: Vec<Ident>,
    /// Every dependence, for pictures.
    pub flows: Vec<Flow>,
}

/// Follows a function from its parameters; `tokens` are what the user wrote. Every dependence is told if a picture is
/// to be made.
pub fn reach(f: &Function, tokens: TokenStream, picture: bool) -> Reach {
    let active = f.params.iter().enumerate().filter(|(_, p)| p.active);
    let inputs = active.map(|(position, p)| (p.var, position, p.field.clone()));
    from(f, inputs.collect(), tokens, picture)
}

/// Follows what leads from the locals that are watched.
pub fn watched(f: &Function, tokens: TokenStream) -> Reach {
    let mut seen = std::collections::HashSet::new();
    let locals = crate::watch::variables(&f.body).into_iter();
    // What a call writes comes behind its result, and is the same input.
    let locals = locals.filter(|(n, _)| seen.insert(*n));
    let inputs = locals.filter_map(|(n, v)| {
        let watched = f.watched.get(n)?;
        Some((v, f.params.len() + n, watched.field.clone()))
    });
    from(f, inputs.collect(), tokens, false)
}

fn from(
    f: &Function,
    inputs: Vec<(VarId, usize, Ident)>,
    tokens: TokenStream,
    picture: bool,
) -> Reach {
    let source = Source::of(tokens);
    let variables: Vec<(VarId, usize)> = inputs.iter().map(|(v, n, _)| (*v, *n)).collect();
    let (mut ends, mut log) = follow::follow(f, &variables, &source, picture);
    let surely = |n: usize| follow::result(f, &ends, n).ways.iter().any(Vec::is_empty);
    if !picture && !(0..inputs.len()).all(surely) {
        (ends, log) = follow::follow(f, &variables, &source, true);
    }
    let mut out = Reach {
        inputs: Vec::new(),
        calls: log.calls,
        conditions: log.conditions,
        source,
        deaf: Vec::new(),
        flows: log.flows,
    };
    for (number, (var, position, field)) in inputs.into_iter().enumerate() {
        let link = follow::result(f, &ends, number);
        let mut cuts: Vec<Cut> = log
            .cuts
            .iter()
            .filter(|(input, _)| *input == number)
            .map(|(_, cut)| cut.clone())
            .collect();
        if !link.ways.iter().any(Vec::is_empty) {
            cuts::settle(f, &mut cuts, var, link.is_connected(), &out.source);
        }
        out.inputs.push(Input {
            var,
            position,
            field,
            link,
            cuts,
        });
    }
    let is_deaf = |p: &&Param| {
        super::activity::is_output(p)
            && !f.types.of(&p.ty).is_constant()
            && !ends.is_empty()
            && ends.iter().all(|end| !end.hears(p.var))
    };
    out.deaf = f
        .params
        .iter()
        .filter(is_deaf)
        .map(|p| p.field.clone())
        .collect();
    out
}

/// The whole of a variable's memory, also behind a reference.
pub fn is_whole(f: &Function, p: &Place) -> bool {
    f.resolve(p).path.iter().all(|s| matches!(s, Proj::Deref))
}
