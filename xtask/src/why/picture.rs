//! The picture as SVG: inputs on the left, the result on the right, ends of ways in red.

use super::graph::{Graph, Role};
use super::layout::{Layout, layout};
use std::fmt::Write;

const INK: &str = "#1f2933";
const QUIET: &str = "#b8c0c8";
const LIVE: &str = "#2f6f9f";
const CUT: &str = "#c8372d";

/// Draws the picture.
pub fn draw(graph: &Graph, function: &str) -> String {
    let l = layout(graph);
    let legend = legend(graph);
    let longest = legend
        .iter()
        .map(|line| line.chars().count())
        .max()
        .unwrap_or(0);
    let width = l.size.0.max(longest as f64 * 6.9 + 90.0).max(360.0);
    let top = 58.0;
    let below = legend.len() as f64 * 24.0 + if legend.is_empty() { 0.0 } else { 18.0 };
    let height = top + l.size.1 + below + 44.0;
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" font-family=\"ui-sans-serif, system-ui, 'DejaVu Sans', sans-serif\">\n\
         <defs>{}{}{}</defs>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fbfaf7\"/>\n\
         <text x=\"36\" y=\"36\" font-size=\"17\" font-weight=\"600\" fill=\"{INK}\">Where derivatives go in \
         <tspan font-family=\"ui-monospace, 'DejaVu Sans Mono', monospace\">{}</tspan></text>\n",
        tip("live", LIVE),
        tip("quiet", QUIET),
        tip("cut", CUT),
        escaped(function),
    );
    let _ = writeln!(out, "<g transform=\"translate(0 {top})\">");
    arrows(&mut out, graph, &l);
    boxes(&mut out, graph, &l);
    out.push_str("</g>\n");
    let mut y = top + l.size.1 + 26.0;
    for (n, line) in legend.iter().enumerate() {
        chip(&mut out, 46.0, y - 5.0, n, "#5b6770");
        let _ = writeln!(
            out,
            "<text x=\"64\" y=\"{y:.0}\" font-size=\"12.5\" fill=\"{INK}\">{}</text>",
            coded(line)
        );
        y += 24.0;
    }
    y += 6.0;
    key(&mut out, y);
    out.push_str("</svg>\n");
    out
}

fn legend(graph: &Graph) -> Vec<String> {
    graph
        .legend
        .iter()
        .map(|when| format!("only when {when}"))
        .collect()
}

fn tip(name: &str, colour: &str) -> String {
    format!(
        "<marker id=\"{name}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
         orient=\"auto-start-reverse\"><path d=\"M0 0.6 L7.4 4 L0 7.4 L1.8 4 Z\" fill=\"{colour}\"/></marker>"
    )
}

fn arrows(out: &mut String, graph: &Graph, l: &Layout) {
    let mut chips = Vec::new();
    // What is alive lies on top.
    let mut order: Vec<usize> = (0..graph.edges.len()).collect();
    order.sort_by_key(|k| graph.edges[*k].live);
    for k in order {
        let edge = &graph.edges[k];
        let ends = graph.nodes[edge.to].role == Role::Cut;
        let (colour, name, width, dash) = match (ends, edge.live) {
            (true, _) => (CUT, "cut", 1.7, ""),
            (_, true) => (LIVE, "live", 1.9, ""),
            _ => (QUIET, "quiet", 1.5, " stroke-dasharray=\"4 4\""),
        };
        let way = &l.ways[k];
        let Some(first) = way.first() else { continue };
        let mut path = format!("M{:.1} {:.1}", first.0, first.1);
        for pair in way.windows(2) {
            let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
            let bend = (x1 - x0) / 2.0;
            let _ = write!(
                path,
                " C{:.1} {y0:.1} {:.1} {y1:.1} {x1:.1} {y1:.1}",
                x0 + bend,
                x1 - bend
            );
        }
        let _ = writeln!(
            out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dash} \
             marker-end=\"url(#{name})\"/>"
        );
        if let (Some(n), Some(second)) = (edge.condition, way.get(1)) {
            chips.push((*first, *second, n, colour));
        }
    }
    // A chip lies on its arrow, where no other lies.
    let mut placed: Vec<(f64, f64)> = Vec::new();
    for (from, to, n, colour) in chips {
        let free = |(x, y): &(f64, f64)| {
            placed
                .iter()
                .all(|(a, b)| (a - x).abs() > 18.0 || (b - y).abs() > 18.0)
        };
        let spots = [0.3, 0.45, 0.6, 0.75, 0.2].map(|t| on_curve(from, to, t));
        let spot = spots.iter().copied().find(free).unwrap_or(spots[0]);
        placed.push(spot);
        chip(out, spot.0, spot.1, n, colour);
    }
}

/// A point of the curve between two points, which leaves and arrives level.
fn on_curve((x0, y0): (f64, f64), (x1, y1): (f64, f64), t: f64) -> (f64, f64) {
    let bend = (x1 - x0) / 2.0;
    let mix = |a: f64, b: f64, c: f64, d: f64| {
        let s = 1.0 - t;
        s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
    };
    (mix(x0, x0 + bend, x1 - bend, x1), mix(y0, y0, y1, y1))
}

fn chip(out: &mut String, x: f64, y: f64, n: usize, colour: &str) {
    let _ = writeln!(
        out,
        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"8.5\" fill=\"#fbfaf7\" stroke=\"{colour}\" stroke-width=\"1.2\"/>\
         <text x=\"{x:.1}\" y=\"{:.1}\" font-size=\"10.5\" font-weight=\"600\" text-anchor=\"middle\" \
         fill=\"{colour}\">{}</text>",
        y + 3.8,
        n + 1
    );
}

fn boxes(out: &mut String, graph: &Graph, l: &Layout) {
    for (node, s) in graph.nodes.iter().zip(&l.spots) {
        let (fill, stroke, text, round) = match (node.role, node.live) {
            (Role::Input, true) => ("#e3eff8", LIVE, INK, 16.0),
            (Role::Input, false) => ("#fbe9e7", CUT, INK, 16.0),
            (Role::Result, true) => ("#dff0e4", "#2e7d4f", INK, 16.0),
            (Role::Result, false) => ("#eeeeea", "#8a949d", INK, 16.0),
            (Role::Cut, _) => ("#fdf1ef", CUT, CUT, 4.0),
            (Role::Local, true) => ("#ffffff", "#9fb3c2", INK, 7.0),
            (Role::Local, false) => ("#f4f3ef", QUIET, "#7b868f", 7.0),
        };
        let _ = writeln!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{round}\" fill=\"{fill}\" \
             stroke=\"{stroke}\" stroke-width=\"1.4\"/>",
            s.x - s.width / 2.0,
            s.y - s.height / 2.0,
            s.width,
            s.height
        );
        let plain = node.note.is_empty();
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"13\" text-anchor=\"middle\" fill=\"{text}\" \
             font-family=\"ui-monospace, 'DejaVu Sans Mono', monospace\">{}</text>",
            s.x,
            s.y + if plain { 4.5 } else { -3.0 },
            escaped(&node.title)
        );
        if !plain {
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"10.5\" text-anchor=\"middle\" fill=\"{}\">{}</text>",
                s.x,
                s.y + 14.0,
                if node.role == Role::Cut {
                    "#8f4a44"
                } else {
                    CUT
                },
                escaped(&node.note)
            );
        }
    }
}

/// What the colours mean.
fn key(out: &mut String, y: f64) {
    let mut x = 36.0;
    for (colour, dash, text) in [
        (LIVE, "", "a derivative passes"),
        (CUT, "", "the way ends"),
        (QUIET, " stroke-dasharray=\"4 4\"", "leads nowhere"),
    ] {
        let _ = writeln!(
            out,
            "<path d=\"M{x:.0} {:.1} h26\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>\
             <text x=\"{:.0}\" y=\"{y:.1}\" font-size=\"11.5\" fill=\"#5b6770\">{text}</text>",
            y - 4.0,
            x + 33.0
        );
        x += 62.0 + text.len() as f64 * 6.2;
    }
}

/// Text with its code in another type.
fn coded(text: &str) -> String {
    let mut out = String::new();
    for (n, part) in text.split('`').enumerate() {
        match n % 2 {
            0 => out.push_str(&escaped(part)),
            _ => {
                let _ = write!(
                    out,
                    "<tspan font-family=\"ui-monospace, 'DejaVu Sans Mono', monospace\">{}</tspan>",
                    escaped(part)
                );
            }
        }
    }
    out
}

/// Text for SVG and HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
