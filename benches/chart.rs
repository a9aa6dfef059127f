//! The ratios of the suite as a picture: a bar for each problem, and lines at what was aimed at.

use std::fmt::Write;

use crate::Line;

const LEFT: f64 = 210.0;
const WIDTH: f64 = 460.0;
const ROW: f64 = 24.0;
const TOP: f64 = 44.0;

/// An SVG of generated / hand-written, problem by problem.
pub fn of(lines: &[Line]) -> String {
    let bars: Vec<(&str, f64)> = lines
        .iter()
        .filter_map(|line| Some((line.name.as_str(), line.over_hand()?)))
        .collect();
    let largest = bars.iter().fold(1.5, |m: f64, (_, ratio)| m.max(*ratio));
    let at = |ratio: f64| LEFT + ratio / (1.05 * largest) * WIDTH;
    let bottom = TOP + ROW * bars.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" \
         font-size=\"12\" fill=\"#24292f\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"{LEFT}\" y=\"20\" font-size=\"14\" font-weight=\"bold\">time of the generated gradient \
         / of the one written by hand</text>\n",
        LEFT + WIDTH + 30.0,
        bottom + 16.0
    );
    for (i, (name, ratio)) in bars.iter().enumerate() {
        let y = TOP + ROW * i as f64;
        let colour = if *ratio <= 1.1 { "#2f81c7" } else { "#d9822b" };
        // Writing to a string does not fail.
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>\
             <rect x=\"{LEFT}\" y=\"{}\" width=\"{:.1}\" height=\"{}\" rx=\"2\" fill=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{}\">{ratio:.2}</text>",
            LEFT - 8.0,
            y + 16.0,
            y + 3.0,
            at(*ratio) - LEFT,
            ROW - 6.0,
            at(*ratio) + 5.0,
            y + 16.0
        );
    }
    for (ratio, dashes) in [(1.0, "none"), (1.1, "3 3")] {
        let _ = writeln!(
            svg,
            "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{TOP}\" y2=\"{bottom}\" stroke=\"#24292f\" \
             stroke-dasharray=\"{dashes}\"/>",
            at(ratio)
        );
    }
    svg + "</svg>\n"
}
