//! The observations and certified answers, and the small text format that holds them.
//!
//! The numbers are those of the NIST Statistical Reference Datasets, nonlinear regression
//! (<https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml>), with every digit as published
//! there. One file per problem in `data/`, lines of words separated by blanks, in this order:
//!
//! ```text
//! problem Misra1a                              the name, as NIST spells it
//! difficulty lower                             NIST's rating: lower, average or higher
//! predictors 1                                 predictors per observation
//! start1 500 0.0001                            the parameters to start from, far away …
//! start2 250 0.0005                            … and nearer
//! certified 2.3894212918E+02 5.5015643181E-04  the certified parameters, to eleven digits
//! residual_sum_of_squares 1.2455138894E-01     the certified minimum
//! observations 14                              how many lines follow
//! 10.07E0 77.6E0                               the response, then the predictors
//! ```

use std::str::FromStr;

/// One problem of the collection.
pub struct Problem {
    /// The name, as NIST spells it.
    pub name: String,
    /// NIST's rating: `lower`, `average` or `higher`.
    pub difficulty: String,
    /// Predictors per observation.
    pub predictors: usize,
    /// The two points to start from.
    pub starts: [Vec<f64>; 2],
    /// The certified parameters.
    pub certified: Vec<f64>,
    /// The certified sum of squared residuals.
    pub sum_of_squares: f64,
    /// The responses.
    pub y: Vec<f64>,
    /// The predictors, those of one observation side by side.
    pub x: Vec<f64>,
}

/// The files, in NIST's order of difficulty.
const FILES: [&str; 27] = [
    include_str!("data/misra1a.txt"),
    include_str!("data/chwirut2.txt"),
    include_str!("data/chwirut1.txt"),
    include_str!("data/lanczos3.txt"),
    include_str!("data/gauss1.txt"),
    include_str!("data/gauss2.txt"),
    include_str!("data/danwood.txt"),
    include_str!("data/misra1b.txt"),
    include_str!("data/kirby2.txt"),
    include_str!("data/hahn1.txt"),
    include_str!("data/nelson.txt"),
    include_str!("data/mgh17.txt"),
    include_str!("data/lanczos1.txt"),
    include_str!("data/lanczos2.txt"),
    include_str!("data/gauss3.txt"),
    include_str!("data/misra1c.txt"),
    include_str!("data/misra1d.txt"),
    include_str!("data/roszman1.txt"),
    include_str!("data/enso.txt"),
    include_str!("data/mgh09.txt"),
    include_str!("data/thurber.txt"),
    include_str!("data/boxbod.txt"),
    include_str!("data/rat42.txt"),
    include_str!("data/mgh10.txt"),
    include_str!("data/eckerle4.txt"),
    include_str!("data/rat43.txt"),
    include_str!("data/bennett5.txt"),
];

/// Reads all problems.
///
/// # Errors
///
/// Says which line of which problem does not follow the format.
pub fn problems() -> Result<Vec<Problem>, String> {
    FILES.iter().map(|text| parse(text)).collect()
}

/// Reads one problem from the text of its file.
///
/// # Errors
///
/// Says which line does not follow the format, and how.
pub fn parse(text: &str) -> Result<Problem, String> {
    let mut lines = Lines {
        rest: text.lines(),
        number: 0,
        problem: String::new(),
    };
    let name: String = lines.one("problem")?;
    lines.problem.clone_from(&name);
    let difficulty: String = lines.one("difficulty")?;
    let predictors: usize = lines.one("predictors")?;
    let starts = [lines.many("start1")?, lines.many("start2")?];
    let certified: Vec<f64> = lines.many("certified")?;
    if starts.iter().any(|start| start.len() != certified.len()) {
        return Err(lines.error("start1, start2 and certified differ in length"));
    }
    let sum_of_squares = lines.one("residual_sum_of_squares")?;
    let observations: usize = lines.one("observations")?;
    let (mut y, mut x) = (
        Vec::with_capacity(observations),
        Vec::with_capacity(observations * predictors),
    );
    for _ in 0..observations {
        let row: Vec<f64> = lines.words("")?;
        if row.len() != 1 + predictors {
            return Err(lines.error("not one response and its predictors"));
        }
        y.push(row[0]);
        x.extend_from_slice(&row[1..]);
    }
    if lines.rest.next().is_some() {
        return Err(lines.error("more lines than observations"));
    }
    Ok(Problem {
        name,
        difficulty,
        predictors,
        starts,
        certified,
        sum_of_squares,
        y,
        x,
    })
}

/// The lines of a file, with what an error message needs to point at one.
struct Lines<'a> {
    rest: std::str::Lines<'a>,
    number: usize,
    problem: String,
}

impl Lines<'_> {
    fn error(&self, what: &str) -> String {
        format!("data of {:?}, line {}: {what}", self.problem, self.number)
    }

    /// The words after `key` on the next line; an empty key stands for a line that is all words.
    fn words<T: FromStr>(&mut self, key: &str) -> Result<Vec<T>, String> {
        self.number += 1;
        let line = self
            .rest
            .next()
            .ok_or_else(|| self.error("the file ends too early"))?;
        let mut words = line.split_whitespace();
        if !key.is_empty() && words.next() != Some(key) {
            return Err(self.error(&format!("expected `{key}`")));
        }
        words
            .map(|word| {
                word.parse()
                    .map_err(|_| self.error(&format!("cannot read `{word}`")))
            })
            .collect()
    }

    fn many<T: FromStr>(&mut self, key: &str) -> Result<Vec<T>, String> {
        let words = self.words(key)?;
        if words.is_empty() {
            Err(self.error(&format!("`{key}` without values")))
        } else {
            Ok(words)
        }
    }

    fn one<T: FromStr>(&mut self, key: &str) -> Result<T, String> {
        let mut words = self.many(key)?;
        match (words.pop(), words.is_empty()) {
            (Some(word), true) => Ok(word),
            _ => Err(self.error(&format!("`{key}` takes one value"))),
        }
    }
}
