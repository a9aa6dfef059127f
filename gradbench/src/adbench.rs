//! Data files in the formats of ADBench (<https://github.com/microsoft/ADBench>), as the problems of [`crate::evals`].
//!
//! All of them are numbers between blanks, except for the model of a hand: a directory with three files whose lines
//! are separated by colons.

use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

use crate::evals::{ba, gmm, ht, lstm};

/// What an error says, beside the file if there is one.
pub type Result<T> = std::result::Result<T, String>;

/// Reads a whole file and hands it to one of the functions below.
///
/// # Errors
///
/// When the file cannot be read or does not follow the format.
pub fn read<T>(path: &Path, parse: impl FnOnce(&str) -> Result<T>) -> Result<T> {
    let beside = |what: &dyn Display| format!("{}: {what}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| beside(&error))?;
    parse(&text).map_err(|what| beside(&what))
}

/// A mixture: `d k n`, `alphas[k]`, `means[k][d]`, `icf[k][d(d+1)/2]`, `x[n][d]`, `gamma m`. A row of `icf` has the
/// logarithms of the diagonal first, then what is below it by columns. The prior counts as in ADBench.
///
/// # Errors
///
/// When the text does not follow the format.
pub fn gmm(text: &str) -> Result<gmm::Problem> {
    let mut words = Words::new(text);
    let (d, k, n): (usize, usize, usize) = (words.next()?, words.next()?, words.next()?);
    if d == 0 || k == 0 {
        return Err("there is no dimension or no component".to_string());
    }
    let (alpha, mu) = (words.take(k)?, words.take(k * d)?);
    let (mut q, mut l) = (Vec::new(), Vec::new());
    for _ in 0..k {
        q.extend(words.take::<f64>(d)?);
        l.extend(words.take::<f64>(d * (d - 1) / 2)?);
    }
    let points = gmm::Points::new(&words.take(n * d)?, d);
    let (gamma, m) = (words.next()?, words.next()?);
    words.end()?;
    let prior = gmm::Wishart {
        gamma,
        m,
        sign: -1.0,
    };
    Ok(gmm::Problem {
        alpha,
        mu,
        q,
        l,
        points,
        k,
        prior,
    })
}

/// Bundle adjustment: `n m p`, then one camera of 11 numbers, one point, one weight and one feature, which stand for
/// all.
///
/// # Errors
///
/// When the text does not follow the format.
pub fn ba(text: &str) -> Result<ba::Problem> {
    let mut words = Words::new(text);
    let input = ba::Input {
        n: words.next()?,
        m: words.next()?,
        p: words.next()?,
        cam: words.array()?,
        x: words.array()?,
        w: words.next()?,
        feat: words.array()?,
    };
    words.end()?;
    ba::Problem::new(&input)
}

/// A long short-term memory: `l c b`, `main[l][8][b]`, `extra[3][b]`, `state[l][2][b]`, `sequence[c][b]`.
///
/// # Errors
///
/// When the text does not follow the format.
pub fn lstm(text: &str) -> Result<lstm::Problem> {
    let mut words = Words::new(text);
    let (l, c, b): (usize, usize, usize) = (words.next()?, words.next()?, words.next()?);
    if l == 0 || c < 2 || b == 0 {
        return Err("there is no layer, no bit, or fewer than two characters".to_string());
    }
    let problem = lstm::Problem {
        main: words.take(l * 8 * b)?,
        extra: words.take(3 * b)?,
        state: words.take(l * 2 * b)?,
        sequence: words.take(c * b)?,
        b,
    };
    words.end()?;
    Ok(problem)
}

/// A hand: `points parameters`, then a correspondence and three coordinates for each point, two numbers for each
/// point where it is in a triangle, and the parameters.
///
/// # Errors
///
/// When the text does not follow the format or does not fit the model.
pub fn hand(text: &str, model: ht::Model) -> Result<ht::Problem> {
    let mut words = Words::new(text);
    let (count, parameters): (usize, usize) = (words.next()?, words.next()?);
    let (mut correspondences, mut points) = (Vec::new(), Vec::new());
    for _ in 0..count {
        correspondences.push(words.next()?);
        points.push(words.array()?);
    }
    let left = words.left();
    let us = if left == 2 * count + parameters {
        (0..count).map(|_| words.array()).collect::<Result<_>>()?
    } else {
        Vec::new()
    };
    let theta = words.take(parameters)?;
    words.end()?;
    let data = ht::Data {
        model,
        correspondences,
        points,
    };
    ht::Problem::new(&ht::Input { theta, data, us })
}

/// The model of a hand. A line of `bones` is a name, a parent, and two matrices by rows; one of `vertices` has the
/// position first, and from the ninth number on how many bones move it, and number and weight of each; one of
/// `triangles` is three vertices.
///
/// # Errors
///
/// When a text does not follow the format.
pub fn hand_model(bones: &str, vertices: &str, triangles: &str) -> Result<ht::Model> {
    let mut model = ht::Model {
        parents: Vec::new(),
        base_relatives: Vec::new(),
        inverse_base_absolutes: Vec::new(),
        base_positions: Vec::new(),
        weights: Vec::new(),
        triangles: Vec::new(),
        is_mirrored: false,
    };
    for line in bones.lines() {
        let mut words = Words::between(line, ':');
        words.next::<String>()?;
        model.parents.push(words.next()?);
        model.base_relatives.push(words.matrix()?);
        model.inverse_base_absolutes.push(words.matrix()?);
    }
    for line in vertices.lines() {
        let mut words = Words::between(line, ':');
        let [x, y, z] = words.array()?;
        words.take::<f64>(5)?;
        let mut weights = vec![0.0; model.parents.len()];
        for _ in 0..words.next::<usize>()? {
            let bone: usize = words.next()?;
            *weights
                .get_mut(bone)
                .ok_or_else(|| format!("there is no bone {bone}"))? = words.next()?;
        }
        model.base_positions.push([x, y, z, 1.0]);
        model.weights.push(weights);
    }
    for line in triangles.lines() {
        model.triangles.push(Words::between(line, ':').array()?);
    }
    Ok(model)
}

/// Reads a hand whose model is in the directory `model` beside the file, or one above.
///
/// # Errors
///
/// When a file is missing or does not follow the format.
pub fn read_hand(path: &Path) -> Result<ht::Problem> {
    let above = path.ancestors().skip(1).take(2);
    let mut found = above
        .map(|above| above.join("model"))
        .filter(|model| model.is_dir());
    let directory = found
        .next()
        .ok_or_else(|| format!("{}: there is no model beside it", path.display()))?;
    let text = |name| read(&directory.join(name), |text| Ok(text.to_string()));
    let model = hand_model(
        &text("bones.txt")?,
        &text("vertices.txt")?,
        &text("triangles.txt")?,
    )?;
    read(path, |text| hand(text, model))
}

/// The words of a text, one after the other.
struct Words<'a>(Box<dyn Iterator<Item = &'a str> + 'a>);

impl<'a> Words<'a> {
    fn new(text: &'a str) -> Self {
        Self(Box::new(text.split_whitespace()))
    }

    fn between(line: &'a str, separator: char) -> Self {
        Self(Box::new(line.split(separator).map(str::trim)))
    }

    fn next<T: FromStr>(&mut self) -> Result<T> {
        let word = self.0.next().ok_or("the text ends too early")?;
        word.parse()
            .map_err(|_| format!("`{word}` is not what should be here"))
    }

    fn take<T: FromStr>(&mut self, count: usize) -> Result<Vec<T>> {
        (0..count).map(|_| self.next()).collect()
    }

    fn array<T: FromStr + Copy + Default, const N: usize>(&mut self) -> Result<[T; N]> {
        let mut array = [T::default(); N];
        for place in &mut array {
            *place = self.next()?;
        }
        Ok(array)
    }

    fn matrix(&mut self) -> Result<[[f64; 4]; 4]> {
        let mut matrix = [[0.0; 4]; 4];
        for row in &mut matrix {
            *row = self.array()?;
        }
        Ok(matrix)
    }

    /// How many words there are still.
    fn left(&mut self) -> usize {
        let words: Vec<_> = self.0.by_ref().collect();
        let count = words.len();
        self.0 = Box::new(words.into_iter());
        count
    }

    fn end(&mut self) -> Result<()> {
        match self.0.next() {
            None => Ok(()),
            Some(word) => Err(format!("`{word}` comes after the end")),
        }
    }
}
