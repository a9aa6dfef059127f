//! The learning curve and the confusion matrix, as SVG.

use std::fmt::Write;

const HEAD: &str =
    r#"<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="13" "#;

/// The losses of all batches, as means of a few, and the accuracy after each epoch.
pub fn learning_curve(losses: &[f32], accuracies: &[f64]) -> String {
    let (w, h, left, top) = (600.0, 320.0, 60.0, 40.0);
    let group = (losses.len() / 200).max(1);
    let means: Vec<f32> = losses
        .chunks(group)
        .map(|part| part.iter().sum::<f32>() / part.len() as f32)
        .collect();
    // The loss falls over orders of magnitude.
    let low = means
        .iter()
        .copied()
        .fold(f32::INFINITY, f32::min)
        .max(1e-4);
    let (low, high) = (low.log10().floor(), means[0].max(2.4).log10());
    let y = |loss: f32| {
        let part = (loss.max(1e-4).log10() - low) / (high - low);
        top + h * (1.0 - f64::from(part))
    };
    let x = |part: f64| left + w * part;
    let (full_w, full_h) = (w + 2.0 * left + 20.0, h + top + 60.0);
    let mut svg = format!(
        "{HEAD}viewBox=\"0 0 {full_w} {full_h}\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let _ = writeln!(
        svg,
        "<rect x=\"{left}\" y=\"{top}\" width=\"{w}\" height=\"{h}\" fill=\"none\" stroke=\"#999\"/>"
    );
    let mut decade = low;
    while decade <= high {
        let at = y(10_f32.powf(decade));
        let _ = writeln!(
            svg,
            "<path d=\"M{left} {at:.1}h{w}\" stroke=\"#ddd\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#1f5fa8\">{}</text>",
            left - 6.0,
            at + 4.0,
            10_f32.powf(decade)
        );
        decade += 1.0;
    }
    let last = means.len().max(2) - 1;
    let points = means.iter().enumerate().map(|(i, loss)| {
        let at = x((i as f64) / last as f64);
        format!("{at:.1},{:.1}", y(*loss))
    });
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#1f5fa8\" stroke-width=\"1.5\"/>",
        points.collect::<Vec<_>>().join(" ")
    );
    // Accuracies from 90 % up, on the right.
    let right = |accuracy: f64| top + h * (1.0 - ((accuracy - 0.9) / 0.1).clamp(0.0, 1.0));
    for percent in [90, 92, 94, 96, 98, 100] {
        let at = right(f64::from(percent) / 100.0);
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"#b5442e\">{percent} %</text>",
            left + w + 6.0,
            at + 4.0
        );
    }
    let n = accuracies.len() as f64;
    let at: Vec<(f64, f64)> = (1..)
        .zip(accuracies)
        .map(|(i, a)| (x(f64::from(i) / n), right(*a)))
        .collect();
    let line: Vec<String> = at.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#b5442e\"/>",
        line.join(" ")
    );
    for (x, y) in at {
        let _ = writeln!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"#b5442e\"/>"
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{left}\" y=\"24\" fill=\"#1f5fa8\">loss of the batches (log)</text><text x=\"{:.1}\" y=\"24\" text-anchor=\"end\" fill=\"#b5442e\">accuracy on held-out images</text><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{} epochs, {} steps</text>\n</svg>",
        left + w,
        left + w / 2.0,
        top + h + 28.0,
        accuracies.len(),
        losses.len()
    );
    svg
}

/// How often each digit (a row) was seen as which (a column).
pub fn confusion(counts: &[[usize; 10]; 10]) -> String {
    let (cell, left, top) = (40, 70, 70);
    let side = 10 * cell;
    let mut svg = format!(
        "{HEAD}text-anchor=\"middle\" viewBox=\"0 0 {0} {0}\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"{1}\" y=\"24\">seen as</text><text x=\"20\" y=\"{1}\" transform=\"rotate(-90 20 {1})\">digit</text>\n",
        side + left + 30,
        left + side / 2
    );
    for (row, counts) in counts.iter().enumerate() {
        let total = counts.iter().sum::<usize>().max(1);
        for (column, count) in counts.iter().enumerate() {
            let (x, y) = (left + column * cell, top + row * cell);
            // Mistakes are few: their colour grows by the root of their share.
            let share = (*count as f64 / total as f64).sqrt();
            let (r, g, b) = if row == column {
                (31.0, 95.0, 168.0)
            } else {
                (181.0, 68.0, 46.0)
            };
            let mix = |c: f64| 255.0 + (c - 255.0) * share;
            let ink = if share > 0.6 { "white" } else { "black" };
            let _ = write!(
                svg,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{cell}\" height=\"{cell}\" fill=\"rgb({:.0},{:.0},{:.0})\" stroke=\"white\"/>",
                mix(r),
                mix(g),
                mix(b)
            );
            if *count > 0 {
                let _ = write!(
                    svg,
                    "<text x=\"{}\" y=\"{}\" fill=\"{ink}\">{count}</text>",
                    x + cell / 2,
                    y + cell / 2 + 5
                );
            }
            svg.push('\n');
        }
        let at = top + row * cell + cell / 2 + 5;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{at}\">{row}</text><text x=\"{at}\" y=\"{}\">{row}</text>",
            left - 16,
            top - 12
        );
    }
    svg + "</svg>\n"
}
