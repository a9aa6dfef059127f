//! Where the boxes stand: in layers from left to right, ordered so that few arrows cross (Sugiyama's method).

use super::graph::{Graph, Role};

/// A box's place: its middle, and its size.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spot {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// How wide.
    pub width: f64,
    /// How high.
    pub height: f64,
}

/// The places of all boxes, the ways of all arrows and the size of the whole.
pub struct Layout {
    /// By box.
    pub spots: Vec<Spot>,
    /// By arrow: the points that it goes through, from its beginning to its end.
    pub ways: Vec<Vec<(f64, f64)>>,
    /// Width and height.
    pub size: (f64, f64),
}

const LETTER: f64 = 7.9;
const SMALL_LETTER: f64 = 6.1;
/// Between two layers: where there are many, they move together, so that the whole fits a screen.
const GAP_X: (f64, f64) = (40.0, 74.0);
const SCREEN: f64 = 1400.0;
const GAP_Y: f64 = 20.0;
const MARGIN: f64 = 36.0;

/// A box, or a bend of a long arrow.
struct Item {
    node: Option<usize>,
    layer: usize,
    y: f64,
    height: f64,
}

/// Places everything.
pub fn layout(graph: &Graph) -> Layout {
    let n = graph.nodes.len();
    let turned = turned(graph);
    let ends = |k: usize| {
        let edge = &graph.edges[k];
        if turned[k] {
            (edge.to, edge.from)
        } else {
            (edge.from, edge.to)
        }
    };
    let mut layers = vec![0; n];
    for _ in 0..n {
        for k in 0..graph.edges.len() {
            let (from, to) = ends(k);
            layers[to] = layers[to].max(layers[from] + 1);
        }
    }
    let last = layers.iter().copied().max().unwrap_or(0).max(1);
    for (layer, node) in layers.iter_mut().zip(&graph.nodes) {
        if node.role == Role::Result {
            *layer = last;
        }
    }
    let mut spots: Vec<Spot> = graph.nodes.iter().map(size).collect();
    let mut items: Vec<Item> = (0..n)
        .map(|k| Item {
            node: Some(k),
            layer: layers[k],
            y: 0.0,
            height: spots[k].height,
        })
        .collect();
    // Long arrows bend in every layer that they cross.
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for k in 0..graph.edges.len() {
        let (from, to) = ends(k);
        let mut chain = vec![from];
        for layer in layers[from] + 1..layers[to] {
            items.push(Item {
                node: None,
                layer,
                y: 0.0,
                height: 8.0,
            });
            chain.push(items.len() - 1);
        }
        chain.push(to);
        chains.push(chain);
    }
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); last + 1];
    for (k, item) in items.iter().enumerate() {
        rows[item.layer].push(k);
    }
    let mut near: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
    for chain in &chains {
        for pair in chain.windows(2) {
            near[pair[0]].push(pair[1]);
            near[pair[1]].push(pair[0]);
        }
    }
    order(&mut items, &mut rows, &near);
    let height = align(&mut items, &rows, &near);
    let widest = |row: &Vec<usize>| {
        let boxes = row.iter().filter_map(|k| items[*k].node);
        boxes.map(|k| spots[k].width).fold(0.0, f64::max)
    };
    let widths: Vec<f64> = rows.iter().map(widest).collect();
    let room = SCREEN - 2.0 * MARGIN - widths.iter().sum::<f64>();
    let gap = (room / last as f64).clamp(GAP_X.0, GAP_X.1);
    let mut x = MARGIN;
    let mut lefts = Vec::new();
    for widest in widths {
        lefts.push((x, widest));
        x += widest + gap;
    }
    for item in &items {
        if let Some(k) = item.node {
            let (left, widest) = lefts[item.layer];
            spots[k].x = left + widest / 2.0;
            spots[k].y = item.y;
        }
    }
    let ways = chains
        .iter()
        .enumerate()
        .map(|(k, chain)| {
            let mut way = Vec::new();
            for (i, item) in chain.iter().enumerate() {
                let (left, widest) = lefts[items[*item].layer];
                let y = items[*item].y;
                match items[*item].node {
                    Some(node) => {
                        let side = spots[node].width / 2.0;
                        let x = spots[node].x + if i == 0 { side } else { -side };
                        way.push((x, y));
                    }
                    // A bend runs straight through its layer.
                    None => way.extend([(left, y), (left + widest, y)]),
                }
            }
            if turned[k] {
                way.reverse();
            }
            way
        })
        .collect();
    Layout {
        spots,
        ways,
        size: (x - gap + MARGIN, height + MARGIN),
    }
}

fn size(node: &super::graph::Node) -> Spot {
    let title = node.title.chars().count() as f64 * LETTER;
    let note = node.note.chars().count() as f64 * SMALL_LETTER;
    let height = if node.note.is_empty() { 32.0 } else { 46.0 };
    Spot {
        x: 0.0,
        y: 0.0,
        width: title.max(note) + 26.0,
        height,
    }
}

/// The arrows that close a circle, which are laid the other way round.
fn turned(graph: &Graph) -> Vec<bool> {
    let mut turned = vec![false; graph.edges.len()];
    let mut state = vec![0_u8; graph.nodes.len()];
    fn visit(node: usize, graph: &Graph, state: &mut [u8], turned: &mut [bool]) {
        state[node] = 1;
        for (k, edge) in graph.edges.iter().enumerate() {
            if edge.from == node {
                match state[edge.to] {
                    0 => visit(edge.to, graph, state, turned),
                    1 => turned[k] = true,
                    _ => {}
                }
            }
        }
        state[node] = 2;
    }
    for node in 0..graph.nodes.len() {
        if state[node] == 0 {
            visit(node, graph, &mut state, &mut turned);
        }
    }
    turned
}

/// Each layer by the mean place of its neighbours, to and fro.
fn order(items: &mut [Item], rows: &mut [Vec<usize>], near: &[Vec<usize>]) {
    for row in rows.iter() {
        for (place, k) in row.iter().enumerate() {
            items[*k].y = place as f64;
        }
    }
    let mut best = (usize::MAX, rows.to_vec());
    for round in 0..24 {
        let forward = round % 2 == 0;
        let count = rows.len();
        for step in 1..count {
            let layer = if forward { step } else { count - 1 - step };
            let beside = if forward { layer - 1 } else { layer + 1 };
            let mean = |k: usize| {
                let of: Vec<f64> = near[k]
                    .iter()
                    .filter(|o| items[**o].layer == beside)
                    .map(|o| items[*o].y)
                    .collect();
                match of.is_empty() {
                    true => items[k].y,
                    false => of.iter().sum::<f64>() / of.len() as f64,
                }
            };
            let mut keyed: Vec<(f64, usize)> = rows[layer].iter().map(|k| (mean(*k), *k)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (place, (_, k)) in keyed.iter().enumerate() {
                items[*k].y = place as f64;
            }
            rows[layer] = keyed.into_iter().map(|(_, k)| k).collect();
        }
        let crossings = crossings(items, rows, near);
        if crossings < best.0 {
            best = (crossings, rows.to_vec());
        }
    }
    for (row, best) in rows.iter_mut().zip(best.1) {
        *row = best;
        for (place, k) in row.iter().enumerate() {
            items[*k].y = place as f64;
        }
    }
}

fn crossings(items: &[Item], rows: &[Vec<usize>], near: &[Vec<usize>]) -> usize {
    let mut count = 0;
    for row in rows {
        let mut pairs: Vec<(f64, f64)> = Vec::new();
        for k in row {
            let next = near[*k]
                .iter()
                .filter(|o| items[**o].layer == items[*k].layer + 1);
            pairs.extend(next.map(|o| (items[*k].y, items[*o].y)));
        }
        for (n, a) in pairs.iter().enumerate() {
            count += pairs[n + 1..]
                .iter()
                .filter(|b| (a.0 - b.0) * (a.1 - b.1) < 0.0)
                .count();
        }
    }
    count
}

/// Heights near those of the neighbours, without two boxes on one another.
fn align(items: &mut [Item], rows: &[Vec<usize>], near: &[Vec<usize>]) -> f64 {
    for row in rows {
        let mut y = 0.0;
        for k in row {
            items[*k].y = y + items[*k].height / 2.0;
            y += items[*k].height + GAP_Y;
        }
    }
    for round in 0..40 {
        let forward = round % 2 == 0;
        for step in 0..rows.len() {
            let layer = if forward { step } else { rows.len() - 1 - step };
            let row = &rows[layer];
            let wanted: Vec<f64> = row
                .iter()
                .map(|k| {
                    let of: Vec<f64> = near[*k].iter().map(|o| items[*o].y).collect();
                    match of.is_empty() {
                        true => items[*k].y,
                        false => of.iter().sum::<f64>() / of.len() as f64,
                    }
                })
                .collect();
            spread(items, row, &wanted);
        }
    }
    tighten(items);
    let top = items
        .iter()
        .map(|i| i.y - i.height / 2.0)
        .fold(f64::INFINITY, f64::min);
    let mut bottom: f64 = 0.0;
    for item in items.iter_mut() {
        item.y += MARGIN - top;
        bottom = bottom.max(item.y + item.height / 2.0);
    }
    bottom
}

/// Takes out bands in which nothing stands.
fn tighten(items: &mut [Item]) {
    let mut sorted: Vec<usize> = (0..items.len()).collect();
    sorted.sort_by(|a, b| {
        let top = |k: usize| items[k].y - items[k].height / 2.0;
        top(*a).total_cmp(&top(*b))
    });
    let (mut bottom, mut moved) = (f64::NEG_INFINITY, 0.0);
    for k in sorted {
        let top = items[k].y - items[k].height / 2.0;
        if bottom.is_finite() && top - moved > bottom + GAP_Y {
            moved = top - bottom - GAP_Y;
        }
        items[k].y -= moved;
        bottom = bottom.max(items[k].y + items[k].height / 2.0);
    }
}

/// As near to what is wanted as the boxes of a layer can be: groups that touch move together.
fn spread(items: &mut [Item], row: &[usize], wanted: &[f64]) {
    // Each group: its members, and where its first one would like to be.
    let mut groups: Vec<(Vec<usize>, f64, f64)> = Vec::new();
    for (n, k) in row.iter().enumerate() {
        let height = items[*k].height + GAP_Y;
        groups.push((vec![n], wanted[n] - height / 2.0, height));
        while groups.len() > 1 {
            let (Some(last), Some(before)) = (groups.last(), groups.get(groups.len() - 2)) else {
                break;
            };
            if before.1 + before.2 <= last.1 {
                break;
            }
            let (a, b) = (before.0.len() as f64, last.0.len() as f64);
            let top = (before.1 * a + (last.1 - before.2) * b) / (a + b);
            let height = before.2 + last.2;
            let members: Vec<usize> = before.0.iter().chain(&last.0).copied().collect();
            groups.truncate(groups.len() - 2);
            groups.push((members, top, height));
        }
    }
    for (members, top, _) in groups {
        let mut y = top;
        for n in members {
            let height = items[row[n]].height + GAP_Y;
            items[row[n]].y = y + height / 2.0;
            y += height;
        }
    }
}
