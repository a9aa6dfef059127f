//! The picture's content: the variables that people know by name, what flows between them, and where ways end.

use super::file::{File, Known};
use pullback_transform::analysis::reach::{self, Atom, Cut, Why};
use pullback_transform::ir::VarId;
use std::collections::{BTreeMap, BTreeSet};

/// What a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// An input.
    Input,
    /// A variable on the way.
    Local,
    /// What the function gives.
    Result,
    /// Where a way ends.
    Cut,
}

/// A box.
#[derive(Clone, Debug)]
pub struct Node {
    /// The name, or the text of a cut.
    pub title: String,
    /// A second, smaller line.
    pub note: String,
    /// What it stands for.
    pub role: Role,
    /// On a way from an input to the result.
    pub live: bool,
}

/// An arrow.
#[derive(Clone, Debug)]
pub struct Edge {
    /// From this box,
    pub from: usize,
    /// to this one.
    pub to: usize,
    /// The innermost condition, by its number in the legend.
    pub condition: Option<usize>,
    /// On a way from an input to the result.
    pub live: bool,
}

/// Boxes, arrows and what the numbers on arrows mean.
#[derive(Default)]
pub struct Graph {
    /// The boxes.
    pub nodes: Vec<Node>,
    /// The arrows.
    pub edges: Vec<Edge>,
    /// The conditions; the first has number 0.
    pub legend: Vec<String>,
}

/// A step between boxes, found by leaving out what the compiler named.
struct Step {
    from: VarId,
    to: VarId,
    within: Option<Atom>,
}

/// The content for a function, or for one of its inputs.
pub fn graph(file: &File, known: &Known, input: Option<&str>) -> Graph {
    let f = &known.f;
    let inputs: Vec<VarId> = known
        .reach
        .inputs
        .iter()
        .filter(|i| input.is_none_or(|name| i.field == name))
        .map(|i| i.var)
        .collect();
    // What goes on, and what ends.
    let mut onward: BTreeMap<VarId, Vec<(VarId, Option<Atom>)>> = BTreeMap::new();
    let mut ends: Vec<(VarId, Cut, Option<Atom>)> = Vec::new();
    for flow in &known.reach.flows {
        let within = flow.within.last().copied();
        let closed = flow.call.filter(|call| file.is_closed(known, *call));
        match (&flow.cut, closed, flow.to) {
            (Some(cut), ..) => ends.push((flow.from, cut.clone(), within)),
            (None, Some(call), _) => {
                let call = &known.reach.calls[call];
                let span = call.span.unwrap_or(flow.span);
                let (why, text) = match &call.part {
                    Some(_) => (
                        "a `#[constant]` field".into(),
                        known.reach.source.token(span),
                    ),
                    None => {
                        let name = call.callee.name();
                        let text = known.reach.source.call(span);
                        (format!("`{name}`, which passes nothing on"), text)
                    }
                };
                let why = Why::Other(why);
                ends.push((flow.from, Cut { why, text, span }, within));
            }
            (None, None, Some(to)) if to != flow.from => {
                onward.entry(flow.from).or_default().push((to, within));
            }
            _ => {}
        }
    }
    let is_shown = |v: VarId| v == f.ret || f.params.iter().any(|p| p.var == v) || !f.vars[v].temp;
    // From each box to the next, over what has no name.
    let next = |from: VarId| {
        let mut found: Vec<Step> = Vec::new();
        let mut cut: Vec<(Cut, Option<Atom>)> = Vec::new();
        // By another branch it is another way, which the arrow has to know of.
        let mut seen: BTreeSet<(VarId, Option<Atom>)> = BTreeSet::new();
        let mut open = vec![(from, None)];
        while let Some((v, within)) = open.pop() {
            cut.extend(
                ends.iter()
                    .filter(|(at, ..)| *at == v)
                    .map(|(_, c, w)| (c.clone(), w.or(within))),
            );
            for (to, atom) in onward.get(&v).into_iter().flatten() {
                let within = atom.or(within);
                if is_shown(*to) {
                    found.push(Step {
                        from,
                        to: *to,
                        within,
                    });
                } else if seen.insert((*to, within)) {
                    open.push((*to, within));
                }
            }
        }
        (found, cut)
    };
    let mut out = Graph::default();
    let mut boxes: BTreeMap<VarId, usize> = BTreeMap::new();
    let mut order: Vec<VarId> = inputs.clone();
    let mut at = 0;
    let mut steps: Vec<Step> = Vec::new();
    let mut cuts: Vec<(VarId, Cut, Option<Atom>)> = Vec::new();
    while let Some(v) = order.get(at).copied() {
        at += 1;
        let (found, ended) = next(v);
        for step in &found {
            if !order.contains(&step.to) {
                order.push(step.to);
            }
        }
        cuts.extend(ended.into_iter().map(|(cut, within)| (v, cut, within)));
        steps.extend(found);
    }
    if !order.contains(&f.ret) {
        order.push(f.ret);
    }
    let live = live(f, &steps, &inputs);
    for v in &order {
        let name = f.vars[*v]
            .ident
            .to_string()
            .trim_start_matches("r#")
            .replace("self_", "self");
        let (title, role) = match () {
            () if *v == f.ret => ("result".to_string(), Role::Result),
            () if inputs.contains(v) => (name, Role::Input),
            () => (name, Role::Local),
        };
        boxes.insert(*v, out.nodes.len());
        let live = live.contains(v);
        let is_unused = |i: &reach::Input| i.cuts.iter().any(|c| c.why == Why::Unused);
        let mut ways = known.reach.inputs.iter().filter(|i| i.var == *v);
        let note = match role {
            Role::Input if !live && ways.any(is_unused) => "not used".to_string(),
            Role::Input if !live => "no gradient".to_string(),
            _ => String::new(),
        };
        out.nodes.push(Node {
            title,
            note,
            role,
            live,
        });
    }
    let mut legend: Vec<Atom> = Vec::new();
    let mut number = |atom: Atom, out: &mut Graph| {
        if let Some(n) = legend.iter().position(|known| *known == atom) {
            return n;
        }
        legend.push(atom);
        out.legend.push(known.reach.atom(atom));
        legend.len() - 1
    };
    let mut drawn = BTreeSet::new();
    for step in &steps {
        let (from, to) = (boxes[&step.from], boxes[&step.to]);
        if from != to && drawn.insert((from, to)) {
            let others: Vec<Option<Atom>> = steps
                .iter()
                .filter(|s| s.from == step.from && s.to == step.to)
                .map(|s| s.within)
                .collect();
            // An arrow that is there anyway has no condition.
            let condition = match others.iter().any(|w| w.is_none() || *w != step.within) {
                true => None,
                false => step.within.map(|atom| number(atom, &mut out)),
            };
            let live = live.contains(&step.from) && live.contains(&step.to);
            out.edges.push(Edge {
                from,
                to,
                condition,
                live,
            });
        }
    }
    let mut placed: BTreeMap<(usize, usize, String), usize> = BTreeMap::new();
    for (v, cut, within) in cuts {
        // That something also looks at what goes on tells nothing.
        if live.contains(&v) && matches!(cut.why, Why::Method(_) | Why::Macro(_)) {
            continue;
        }
        let (line, column) = cut.start();
        let title = match &cut.text {
            Some(piece) => shortened(&piece.text),
            None => cut.why.noun().replace('`', ""),
        };
        let note = format!("{}, line {line}", cut.why.noun().replace('`', ""));
        let to = *placed
            .entry((line, column, title.clone()))
            .or_insert_with(|| {
                let (role, live) = (Role::Cut, false);
                out.nodes.push(Node {
                    title,
                    note,
                    role,
                    live,
                });
                out.nodes.len() - 1
            });
        if drawn.insert((boxes[&v], to)) {
            let condition = within.map(|atom| number(atom, &mut out));
            out.edges.push(Edge {
                from: boxes[&v],
                to,
                condition,
                live: false,
            });
        }
    }
    out
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 26;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_string(),
    }
}

/// The variables on a way from an input to what the function gives.
fn live(f: &pullback_transform::ir::Function, steps: &[Step], inputs: &[VarId]) -> BTreeSet<VarId> {
    let spread = |from: Vec<VarId>, backward: bool| {
        let mut seen: BTreeSet<VarId> = from.iter().copied().collect();
        let mut open = from;
        while let Some(v) = open.pop() {
            for step in steps {
                let (a, b) = if backward {
                    (step.to, step.from)
                } else {
                    (step.from, step.to)
                };
                if a == v && seen.insert(b) {
                    open.push(b);
                }
            }
        }
        seen
    };
    let written = f
        .params
        .iter()
        .filter(|p| matches!(&p.ty, syn::Type::Reference(r) if r.mutability.is_some()));
    let outputs = std::iter::once(f.ret)
        .chain(written.map(|p| p.var))
        .collect();
    let (there, back) = (spread(inputs.to_vec(), false), spread(outputs, true));
    there.intersection(&back).copied().collect()
}
