//! Structs of the user's own inside of a `#[constant]` field: edges with weights, parts of a scene, options. Only rustc
//! knows that their fields have no derivative.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};

#[derive(Clone, Debug)]
struct Edge {
    from: usize,
    to: usize,
    weight: f64,
}

#[derive(Clone, Debug)]
struct Graph {
    edges: Vec<Edge>,
    name: &'static str,
}

#[derive(Clone, Debug, Differentiable)]
struct Network {
    #[constant]
    edges: Vec<Edge>,
    #[constant]
    graph: Graph,
    k: Vec<f64>,
}

#[differentiable]
fn pulled(x: f64, weight: f64) -> f64 {
    x * x * weight
}

#[differentiable]
fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn ring() -> Vec<Edge> {
    let edge = |from, to, weight| Edge { from, to, weight };
    vec![edge(0, 1, 2.0), edge(1, 2, 0.5), edge(2, 0, -1.0)]
}

#[differentiable]
impl Network {
    fn new(k: &[f64]) -> Network {
        Network {
            edges: ring(),
            graph: Graph {
                edges: ring(),
                name: "ring",
            },
            k: k.to_vec(),
        }
    }

    fn in_sums(&self, x: &[f64]) -> f64 {
        let mut s = 0.0;
        for e in &self.edges {
            s += x[e.from] * x[e.to] * e.weight * self.k[e.from];
        }
        s
    }

    fn in_arguments(&self, x: &[f64]) -> f64 {
        let mut s = 0.0;
        for e in &self.graph.edges {
            s += pulled(x[e.from] * x[e.to], e.weight) * self.k[e.to];
        }
        s * self.graph.name.len() as f64
    }

    fn scaled(&self, x: f64, weight: f64) -> f64 {
        x * weight * self.k[0]
    }

    fn in_chains(&self, x: &[f64]) -> f64 {
        let own: f64 = self
            .graph
            .edges
            .iter()
            .map(|e| self.scaled(x[e.from], e.weight))
            .sum();
        let patterns: f64 = self
            .edges
            .iter()
            .enumerate()
            .map(|(n, Edge { from, to, weight })| pulled(x[*from], *weight) * x[*to] * n as f64)
            .sum();
        own * patterns
    }
}

#[differentiable]
fn sums(k: &[f64], x: &[f64]) -> f64 {
    Network::new(k).in_sums(x)
}

#[differentiable]
fn arguments(k: &[f64], x: &[f64]) -> f64 {
    Network::new(k).in_arguments(x)
}

#[differentiable]
fn chains(k: &[f64], x: &[f64]) -> f64 {
    Network::new(k).in_chains(x)
}

#[derive(Clone, Debug)]
enum Link {
    Spring { k: f64 },
    Rod(f64),
    Gone,
}

#[derive(Clone, Debug)]
struct Part {
    link: Link,
    at: [f64; 2],
    load: Option<f64>,
    table: Vec<Vec<f64>>,
}

#[derive(Clone, Debug, Differentiable)]
struct Scene {
    #[constant]
    parts: Vec<Part>,
    scale: f64,
}

fn parts() -> Vec<Part> {
    let part = |link, load| Part {
        link,
        at: [1.0, 2.0],
        load,
        table: vec![vec![0.5, 3.0]],
    };
    vec![
        part(Link::Spring { k: 2.0 }, Some(1.5)),
        part(Link::Rod(0.3), None),
        part(Link::Gone, Some(-1.0)),
    ]
}

#[differentiable]
fn scene(scale: f64, x: f64) -> f64 {
    let scene = Scene {
        parts: parts(),
        scale,
    };
    let mut e = 0.0;
    for p in &scene.parts {
        e += p.at[0] * x * scene.scale + p.table[0][1] * x;
        if let Some(load) = p.load {
            e += load * x * x;
        }
        e += match &p.link {
            Link::Spring { k } => k * x * scene.scale,
            Link::Rod(l) => (x - l).powi(2),
            Link::Gone => 0.0,
        };
        e += inner(&p.table[0], &p.at) * x;
    }
    let loads: f64 = scene
        .parts
        .iter()
        .map(|p| p.load.map_or(0.0, |v| v * x) + p.at.iter().map(|a| a * x).sum::<f64>())
        .sum();
    e * loads
}

programs! {
    sums { k: slice = vector(3, 1), x: slice = vector(3, 2) };
    arguments { k: slice = vector(3, 3), x: slice = vector(3, 4) };
    chains { k: slice = vector(3, 5), x: slice = vector(3, 6) };
    scene { scale: val = 0.8, x: val = 1.2 };
}
