//! `cargo xtask why`: which inputs of a function a derivative can reach its result from, and where the others end.

mod file;
mod graph;
mod layout;
mod page;
mod picture;
mod text;

use std::path::Path;

/// How the command is used.
const USAGE: &str = "\
cargo xtask why PATH FUNCTION [INPUT] [--svg FILE] [--html FILE]

Says for each input of the function FUNCTION in the file PATH, or for INPUT alone, whether a derivative reaches the
result from it always, sometimes or never, with the places in the source. FUNCTION is `name`, `module::name` or
`Type::method`.

  --svg FILE    writes a picture: inputs on the left, the result on the right, where the ways end in red
  --html FILE   writes a page with the picture and the source";

/// Runs the command.
///
/// # Errors
/// A message for the user: a wrong argument, a file that cannot be read or is not Rust, a function or an input that
/// is not there, or what the compiler refuses in the function.
pub fn command(_: &Path, args: &[String]) -> Result<(), String> {
    let mut words = args.iter().map(String::as_str);
    let (mut places, mut svg, mut html) = (Vec::new(), None, None);
    while let Some(word) = words.next() {
        let target = match word {
            "--svg" => &mut svg,
            "--html" => &mut html,
            option if option.starts_with('-') => {
                return Err(format!("there is no option `{option}`\n\n{USAGE}"));
            }
            place => {
                places.push(place);
                continue;
            }
        };
        *target = Some(
            words
                .next()
                .ok_or_else(|| format!("{word} which file?\n\n{USAGE}"))?,
        );
    }
    let (path, wanted, input) = match places.as_slice() {
        [path, wanted] => (path, wanted, None),
        [path, wanted, input] => (path, wanted, Some(*input)),
        _ => return Err(USAGE.to_string()),
    };
    let source =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let file = file::File::read(path, &source)?;
    let function = file.function(wanted)?;
    if let Some(input) = input
        && !function.inputs().any(|name| name == input)
    {
        let names: Vec<String> = function.inputs().collect();
        return Err(format!(
            "`{wanted}` has no input `{input}`; its inputs are {}",
            names.join(", ")
        ));
    }
    print!("{}", text::print(&file, function, input));
    if svg.is_none() && html.is_none() {
        return Ok(());
    }
    let picture = picture::draw(&graph::graph(&file, function, input), &function.name);
    let write = |path: &str, text: &str| {
        std::fs::write(path, text).map_err(|error| format!("cannot write {path}: {error}"))
    };
    if let Some(path) = svg {
        write(path, &picture)?;
    }
    if let Some(path) = html {
        write(path, &page::page(&file, function, input, &picture))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::file::{File, Verdict};
    use super::graph::{Graph, Role, graph};
    use super::layout::layout;

    const SOURCE: &str = "
        #[differentiable]
        fn coarse(x: f64, size: f64) -> f64 { (x / size).floor() * size }

        #[differentiable]
        fn twice(x: f64) -> f64 { 2.0 * x }

        #[differentiable]
        fn model(w: f64, limit: f64, grid: f64, x: &[f64]) -> f64 {
            let mut sum = 0.0;
            for v in x {
                let y = twice(w * v);
                if y < limit { sum += y * y; } else { sum += y.abs(); }
            }
            sum + coarse(grid, 0.5)
        }

        #[differentiable]
        impl Meter {
            fn reading(&self, x: f64) -> f64 { self.gain * x.round() }
        }
    ";

    /// The verdict on an input, as a word.
    fn verdict(function: &str, input: &str) -> &'static str {
        let file = File::read("model.rs", SOURCE).expect("this is Rust");
        let known = file.function(function).expect("the function is there");
        let mut inputs = known.reach.inputs.iter();
        let input = inputs
            .find(|i| i.field == input)
            .expect("the input is there");
        match file.verdict(known, input) {
            Verdict::Always => "always",
            Verdict::Sometimes(_) => "sometimes",
            Verdict::Never => "never",
        }
    }

    #[test]
    fn callees_of_the_same_file_are_followed() {
        assert_eq!(verdict("coarse", "x"), "never");
        assert_eq!(verdict("coarse", "size"), "always");
        assert_eq!(verdict("model", "grid"), "never");
        assert_eq!(verdict("model", "limit"), "never");
        assert_eq!(verdict("model", "w"), "sometimes");
        assert_eq!(verdict("Meter::reading", "x"), "never");
    }

    #[test]
    fn an_arrow_by_every_branch_has_no_condition() {
        let source = "#[differentiable]\nfn f(x: f64, y: f64) -> f64 { if y > 0.0 { x * x } else { x.sin() } }";
        let file = File::read("f.rs", source).expect("this is Rust");
        let known = file.function("f").expect("the function is there");
        let graph = graph(&file, known, Some("x"));
        let conditions: Vec<_> = graph.edges.iter().map(|e| e.condition).collect();
        assert_eq!(conditions, [None], "x reaches the result whatever y is");
    }

    #[test]
    fn the_text_points_at_the_source() {
        let file = File::read("model.rs", SOURCE).expect("this is Rust");
        let known = file.function("model").expect("the function is there");
        let text = super::text::print(&file, known, Some("limit"));
        assert!(text.contains("if y < limit {"), "{text}");
        assert!(text.contains("a condition chooses the path"), "{text}");
        let page = super::page::page(&file, known, None, "");
        assert!(page.contains("passes no derivative on"), "{page}");
    }

    fn picture() -> Graph {
        let file = File::read("model.rs", SOURCE).expect("this is Rust");
        let known = file.function("model").expect("the function is there");
        graph(&file, known, None)
    }

    #[test]
    fn no_box_lies_on_another_and_every_arrow_leads_from_box_to_box() {
        let graph = picture();
        let places = layout(&graph);
        for (n, a) in places.spots.iter().enumerate() {
            for b in &places.spots[n + 1..] {
                let apart = (a.x - b.x).abs() >= (a.width + b.width) / 2.0
                    || (a.y - b.y).abs() >= (a.height + b.height) / 2.0;
                assert!(apart, "{a:?} lies on {b:?}");
            }
            let inside =
                a.x + a.width / 2.0 <= places.size.0 && a.y + a.height / 2.0 <= places.size.1;
            assert!(inside, "{a:?} is outside of {:?}", places.size);
        }
        for (edge, way) in graph.edges.iter().zip(&places.ways) {
            let (from, to) = (places.spots[edge.from], places.spots[edge.to]);
            let (first, last) = (way[0], way[way.len() - 1]);
            assert_eq!(
                (first.1, last.1),
                (from.y, to.y),
                "an arrow begins and ends at its boxes"
            );
        }
    }

    #[test]
    fn the_picture_shows_what_is_alive_and_where_ways_end() {
        let graph = picture();
        let role = |title: &str| {
            graph
                .nodes
                .iter()
                .find(|n| n.title == title)
                .map(|n| (n.role, n.live))
        };
        assert_eq!(role("w"), Some((Role::Input, true)));
        assert_eq!(role("result"), Some((Role::Result, true)));
        assert_eq!(role("grid"), Some((Role::Input, false)));
        assert_eq!(role("y < limit"), Some((Role::Cut, false)));
        let drawn = super::picture::draw(&graph, "model");
        assert!(
            drawn.starts_with("<svg") && drawn.ends_with("</svg>\n"),
            "{drawn}"
        );
        assert!(drawn.contains("y &lt; limit"), "text is escaped");
    }
}
