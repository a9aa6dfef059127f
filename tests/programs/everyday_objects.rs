//! Objects as programs have them: builders, machines with states, tables of constants in maps, methods whose results
//! are run through.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::collections::{BTreeMap, HashMap};

#[derive(Clone, Copy, Debug, Differentiable)]
enum Phase {
    Idle,
    Ramp {
        level: f64,
        #[constant]
        left: u32,
    },
    Hold(f64),
    Done,
}
#[differentiable]
fn machine(gain: f64, inputs: &[f64]) -> f64 {
    let mut state = Phase::Idle;
    let mut out = 0.0;
    for &u in inputs {
        state = match state {
            Phase::Idle if u > 0.0 => Phase::Ramp {
                level: gain * u,
                left: 2,
            },
            Phase::Idle => Phase::Idle,
            Phase::Ramp { level, left: 0 } => Phase::Hold(level),
            Phase::Ramp { level, left } => {
                out += level;
                Phase::Ramp {
                    level: level * 1.1 + u,
                    left: left - 1,
                }
            }
            Phase::Hold(x) if x > 10.0 => Phase::Done,
            Phase::Hold(x) => {
                out += x * x;
                Phase::Hold(x + gain)
            }
            Phase::Done => break,
        };
    }
    if let Phase::Hold(x) | Phase::Ramp { level: x, .. } = state {
        out + x
    } else {
        out
    }
}
#[derive(Clone, Copy, Debug, Differentiable)]
struct Particle {
    x: f64,
    v: f64,
    #[constant]
    age: u32,
    #[constant]
    id: i64,
}
#[differentiable]
fn aged(x: f64, n: usize) -> f64 {
    let mut ps = vec![
        Particle {
            x,
            v: 2.0 * x,
            age: 0,
            id: -1
        };
        3
    ];
    for t in 0..n {
        for p in ps.iter_mut() {
            *p = Particle {
                x: p.x + 0.1 * p.v,
                v: p.v * 0.9,
                age: p.age + 1,
                id: p.id * 2 - 1,
            };
            let Particle { age, id, .. } = *p;
            let older = age * 2 + 1 - age % 2;
            p.v += x * (older as f64) / (id as f64);
        }
    }
    ps.iter().map(|p| p.x * p.age as f64 + p.v).sum()
}
#[derive(Clone, Debug, Differentiable)]
struct Node {
    value: f64,
    #[constant]
    children: Vec<usize>,
}
#[differentiable]
fn dfs(nodes: &[Node], decay: f64) -> f64 {
    let mut stack = vec![(0usize, 1.0)];
    let mut total = 0.0;
    'walk: while let Some((i, weight)) = stack.pop() {
        let node = &nodes[i];
        if node.value < -5.0 {
            continue 'walk;
        }
        total += weight * node.value;
        for &c in node.children.iter().rev() {
            if total > 100.0 {
                break 'walk;
            }
            stack.push((c, weight * decay));
        }
    }
    total
}
#[differentiable]
fn walked(v: &[f64], decay: f64) -> f64 {
    let kids = [vec![1, 2], vec![3], vec![], vec![]];
    let nodes: Vec<Node> = v
        .iter()
        .zip(kids)
        .map(|(v, children)| Node {
            value: *v,
            children,
        })
        .collect();
    dfs(&nodes, decay)
}
#[differentiable]
fn portfolio(
    prices: &[f64],
    #[constant] holdings: &HashMap<String, (usize, f64)>,
    #[constant] order: &[&str],
) -> f64 {
    order
        .iter()
        .filter_map(|name| holdings.get(*name))
        .map(|(i, qty)| qty * prices[*i])
        .sum()
}
#[differentiable]
fn looked_up(x: f64, #[constant] rates: &BTreeMap<u32, f64>, n: u32) -> f64 {
    let mut s = x;
    let first = rates.get(&0).unwrap();
    s *= first;
    for k in 0..n {
        let Some(r) = rates.get(&k) else { continue };
        s = s * r + s.sin() * *r;
        let (a, b) = rates.range(..=k).last().unwrap();
        let twice = *b;
        s += x * twice * *a as f64 * b;
        if let Some((_, last)) = rates.iter().last() {
            s += s * last;
        }
    }
    let (lo, hi) = rates.first_key_value().unwrap();
    s = s.sin() * hi * (*lo as f64 + 1.0) + s * first;
    let names = Names {
        list: vec!["a".to_string()],
    };
    if names.list.len() > 0 {
        s *= s;
    }
    s * first * *first * names.scale()
}
struct Names {
    list: Vec<String>,
}
impl Names {
    fn scale(&self) -> f64 {
        2.0
    }
}
#[derive(Clone)]
struct Config {
    weights: Vec<f64>,
    table: Vec<(usize, f64)>,
    opt: Option<f64>,
}
#[differentiable]
fn configured(x: f64, #[constant] c: &Config) -> f64 {
    let mut s = 0.0;
    for (i, w) in c.weights.iter().enumerate() {
        s += (w * x).sin() * i as f64;
    }
    for &(i, w) in &c.table {
        s += x * w * c.weights[i];
    }
    for (i, w) in &c.table {
        s += x * s.cos() * w * c.weights[*i];
    }
    for entry in c.table.iter().filter(|e| e.1 > 0.0) {
        s += entry.1 * x * s;
    }
    if let Some(o) = &c.opt {
        s *= o;
    }
    match c.opt.as_ref() {
        Some(v) => s + v * x * s,
        None => s,
    }
}
#[differentiable]
fn causal(qkv: &[f64], t: usize, d: usize, heads: usize) -> f64 {
    let (q, k) = qkv.split_at(t * d);
    let hd = d / heads;
    let mut s = 0.0;
    for h in 0..heads {
        let cols = h * hd..(h + 1) * hd;
        for i in 0..t {
            let att: Vec<f64> = (0..=i)
                .map(|j| {
                    cols.clone()
                        .map(|c| q[i * d + c] * k[j * d + c])
                        .sum::<f64>()
                })
                .collect();
            for (j, a) in att.iter().enumerate() {
                for c in cols.clone() {
                    s += a * q[j * d + c];
                }
            }
        }
    }
    s
}
#[derive(Clone, Debug, Differentiable)]
struct Filter {
    cutoff: f64,
    q: f64,
    gain: Option<f64>,
    #[constant]
    name: String,
    #[constant]
    order: usize,
}
#[differentiable]
impl Filter {
    fn new(cutoff: f64) -> Self {
        Filter {
            cutoff,
            q: 0.7,
            gain: None,
            name: String::new(),
            order: 1,
        }
    }
    fn q(mut self, q: f64) -> Self {
        self.q = q;
        self
    }
    fn gain(self, g: f64) -> Self {
        Self {
            gain: Some(g),
            ..self
        }
    }
    fn order(mut self, order: usize) -> Self {
        self.order = order;
        self
    }
    fn run(&self, xs: &[f64]) -> Vec<f64> {
        let mut state = vec![0.0; self.order];
        xs.iter()
            .map(|&x| {
                let mut v = x * self.gain.unwrap_or(1.0);
                for s in state.iter_mut() {
                    *s += self.cutoff * (v - *s) / (1.0 + self.q);
                    v = *s;
                }
                v
            })
            .collect()
    }
}
#[differentiable]
fn built(c: f64, q: f64, xs: &[f64]) -> f64 {
    let f = Filter::new(c).q(q).order(2).gain(c * q);
    f.run(xs).iter().map(|y| y * y).sum()
}

#[derive(Clone, Debug, Differentiable)]
struct Gain {
    a: f64,
}
#[differentiable]
impl Gain {
    fn run(&self, xs: &[f64]) -> Vec<f64> {
        xs.iter().map(|x| x * self.a).collect()
    }
    fn numbered(&self, xs: &[f64]) -> Vec<(f64, usize)> {
        xs.iter()
            .enumerate()
            .map(|(i, x)| (x * self.a, i))
            .collect()
    }
}
/// What a method gives is run through in every way that a variable is.
#[differentiable]
fn through_what_methods_give(a: f64, xs: &[f64]) -> f64 {
    let g = Gain { a };
    let mut s = g.run(xs).iter().map(|y| y * y).sum::<f64>();
    for y in g.run(xs) {
        s += y * y;
    }
    for y in &g.run(xs) {
        s += y.sin();
    }
    for w in g.run(xs).windows(2) {
        s += w[0] * w[1];
    }
    for (i, w) in g.run(xs).chunks(2).rev().enumerate() {
        s += w[0] * i as f64;
    }
    s += g.run(xs).into_iter().sum::<f64>();
    s += g
        .numbered(xs)
        .iter()
        .map(|(v, i)| v * *i as f64)
        .sum::<f64>();
    s += g
        .run(xs)
        .iter()
        .zip(g.run(xs))
        .map(|(a, b)| a * b)
        .fold(0.0, |s, x| s + x);
    s + g
        .run(&g.run(xs))
        .iter()
        .rev()
        .zip(xs)
        .map(|(a, b)| a * b)
        .sum::<f64>()
}

#[differentiable]
impl Gain {
    fn bump(&mut self) -> Vec<f64> {
        self.a *= 2.0;
        vec![self.a, 1.0]
    }
}
#[differentiable]
fn scaled(xs: &[f64], a: f64) -> Vec<f64> {
    xs.iter().map(|x| x * a).collect()
}
#[differentiable]
fn ends_of_what_is_given(a: f64, xs: &[f64]) -> Option<f64> {
    let g = Gain { a };
    let mut s = *scaled(xs, a).last().unwrap() + *g.run(xs).first().expect("some") * a;
    if let Some(v) = scaled(xs, a).last() {
        s += v * v;
    }
    let last = scaled(xs, a).last()? * 2.0;
    let first = g.run(xs).first().copied()?;
    let other = scaled(xs, a).last().copied().unwrap_or(a);
    Some(s * last * first + other)
}
/// The method that is asked for its first element runs once.
#[differentiable]
fn ends_of_what_changes(a: f64) -> Result<f64, String> {
    let mut g = Gain { a };
    let mut s = *g.bump().first().unwrap() * *g.bump().first().expect("one");
    let next = *g.bump().first().ok_or("none")?;
    s += next * g.a;
    s *= g.bump().first().map_or(0.0, |v| v * 3.0);
    Ok(s + match g.bump().first() {
        Some(v) if *v > 2.0 => 0.0,
        Some(v) => v + g.a,
        None => 0.0,
    })
}
fn holdings() -> HashMap<String, (usize, f64)> {
    HashMap::from([("a".to_string(), (0, 2.0)), ("b".to_string(), (2, -1.0))])
}
#[differentiable]
fn worth(prices: &[f64]) -> f64 {
    let held = holdings();
    portfolio(prices, &held, &["a", "b", "c"])
}
fn rates() -> BTreeMap<u32, f64> {
    BTreeMap::from([(0, 1.5), (1, 0.3), (2, 0.7)])
}
#[differentiable]
fn compounded(x: f64, n: u32) -> f64 {
    let table = rates();
    looked_up(x, &table, n)
}
fn config() -> Config {
    Config {
        weights: vec![0.3, 0.4, 0.5],
        table: vec![(0, 0.3), (2, -0.4)],
        opt: Some(1.5),
    }
}
#[differentiable]
fn by_config(x: f64) -> f64 {
    configured(x, &config())
}

programs! {
    machine { gain: val = 0.5, inputs: slice = vec![-1.0, 0.4, 0.3, 0.2, 0.6, 0.1, 0.2, 0.3] };
    aged { x: val = 0.4, n: konst = 3 };
    walked { v: slice = vector(4, 1), decay: val = 0.5 };
    causal { qkv: slice = vector(16, 1), t: konst = 2, d: konst = 4, heads: konst = 2 };
    built { c: val = 0.3, q: val = 0.5, xs: slice = vector(5, 1) };
    through_what_methods_give { a: val = 0.3, xs: slice = vector(3, 1) };
    fallible ends_of_what_is_given { a: val = 0.3, xs: slice = vector(3, 1) };
    fallible ends_of_what_changes { a: val = 0.3 };
    worth { prices: slice = vector(3, 1) } exact [vec![2.0, 0.0, -1.0]];
    compounded { x: val = 0.4, n: konst = 3 };
    by_config { x: val = 0.4 };
}
