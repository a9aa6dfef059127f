//! Checks gradients against each other and times them side by side.
//!
//! What the bench wants to know is a ratio, and on a shared machine the ratio of two timings that
//! were taken a minute apart is noise. So the primal, the generated gradient and the hand-written
//! one are timed in turn, batch by batch, and the smallest time of each is kept: other load only
//! ever adds. The median of the batches' own ratios is reported as well, in the JSON, as a second
//! opinion.

use std::hint::black_box;
use std::time::Instant;

/// A function with a generated and a hand-written gradient, at a point.
pub trait Problem {
    /// What the two gradients give.
    type Gradient;

    /// What the table calls it.
    fn name(&self) -> String;
    /// The function itself.
    fn primal(&self) -> f64;
    /// Value and gradient as `#[differentiable]` makes them.
    fn generated(&self) -> (f64, Self::Gradient);
    /// Value and gradient as one would write them by hand.
    fn by_hand(&self) -> (f64, Self::Gradient);
    /// The derivatives, in the order in which [`Problem::moved`] takes a direction.
    fn flat(gradient: &Self::Gradient) -> Vec<f64>;
    /// The same problem with its inputs moved by `factor`·`direction`.
    fn moved(&self, factor: f64, direction: &[f64]) -> Self;
}

/// One line of the table; times in nanoseconds.
pub struct Row {
    /// The primal.
    pub primal: f64,
    /// The generated value and gradient.
    pub generated: f64,
    /// The hand-written value and gradient.
    pub by_hand: f64,
    /// Median over the batches of generated / hand-written.
    pub median_ratio: f64,
}

/// Checks a problem, and times it if asked.
///
/// # Errors
///
/// Says where two gradients differ.
pub fn run<P: Problem>(problem: &P, timed: bool) -> Result<Option<Row>, String> {
    check(problem).map_err(|what| format!("{}: {what}", problem.name()))?;
    Ok(timed.then(|| time(problem)))
}

/// Two exact gradients differ by rounding alone, relative to the largest derivative.
const SAME: f64 = 1e-11;

/// Central differences with one Richardson step reach about this much, relative to |gradient|.
const CLOSE: f64 = 1e-7;

/// How many random directions the differences are taken in.
const DIRECTIONS: usize = 5;

fn check<P: Problem>(problem: &P) -> Result<(), String> {
    let value = problem.primal();
    let (generated_value, generated) = problem.generated();
    let (hand_value, by_hand) = problem.by_hand();
    let (generated, by_hand) = (P::flat(&generated), P::flat(&by_hand));
    for (which, other) in [("generated", generated_value), ("hand-written", hand_value)] {
        if !within(value, other, SAME * value.abs()) {
            return Err(format!(
                "the primal is {value:e}, the {which} value {other:e}"
            ));
        }
    }
    if generated.len() != by_hand.len() {
        return Err(format!(
            "{} derivatives, {} by hand",
            generated.len(),
            by_hand.len()
        ));
    }
    let largest = by_hand.iter().fold(0.0, |m: f64, g| m.max(g.abs()));
    for (i, (g, h)) in generated.iter().zip(&by_hand).enumerate() {
        if !within(*g, *h, SAME * largest) {
            return Err(format!("derivative {i} is {g:e} generated, {h:e} by hand"));
        }
    }
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..DIRECTIONS {
        let mut direction: Vec<f64> = by_hand.iter().map(|_| random.symmetric()).collect();
        let length = norm(&direction);
        direction.iter_mut().for_each(|d| *d /= length);
        let exact: f64 = by_hand.iter().zip(&direction).map(|(g, d)| g * d).sum();
        let central = |h: f64| {
            (problem.moved(h, &direction).primal() - problem.moved(-h, &direction).primal())
                / (2.0 * h)
        };
        let difference = (4.0 * central(5e-4) - central(1e-3)) / 3.0;
        if !within(exact, difference, CLOSE * norm(&by_hand)) {
            return Err(format!(
                "along a direction {exact:e}, by differences {difference:e}"
            ));
        }
    }
    Ok(())
}

/// Whether `a` and `b` are at most `tolerance` apart; NaN is not.
fn within(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Batches of each function; the smallest of these times counts.
const BATCHES: usize = 200;

/// How long a batch should last, in seconds: long against the clock's grain, short against a time
/// slice, so that some batches run undisturbed.
const BATCH: f64 = 1e-3;

fn time<P: Problem>(problem: &P) -> Row {
    let primal = || _ = black_box(black_box(problem).primal());
    let generated = || _ = black_box(black_box(problem).generated());
    let by_hand = || _ = black_box(black_box(problem).by_hand());
    let runs = [
        batch_size(&primal),
        batch_size(&generated),
        batch_size(&by_hand),
    ];
    let mut least = [f64::INFINITY; 3];
    let mut ratios = Vec::with_capacity(BATCHES);
    for _ in 0..BATCHES {
        let now = [
            batch(&primal, runs[0]),
            batch(&generated, runs[1]),
            batch(&by_hand, runs[2]),
        ];
        for (least, now) in least.iter_mut().zip(now) {
            *least = least.min(now);
        }
        ratios.push(now[1] / now[2]);
    }
    ratios.sort_by(f64::total_cmp);
    let [primal, generated, by_hand] = least;
    Row {
        primal,
        generated,
        by_hand,
        median_ratio: ratios[BATCHES / 2],
    }
}

/// How many runs fill a batch.
fn batch_size(run: &impl Fn()) -> usize {
    let mut runs = 1;
    loop {
        let seconds = batch(run, runs) * runs as f64 * 1e-9;
        if seconds >= BATCH / 2.0 {
            return ((runs as f64 * BATCH / seconds) as usize).max(1);
        }
        runs *= 2;
    }
}

/// Nanoseconds per run, of `runs` runs.
fn batch(run: &impl Fn(), runs: usize) -> f64 {
    let start = Instant::now();
    for _ in 0..runs {
        run();
    }
    start.elapsed().as_secs_f64() * 1e9 / runs as f64
}

/// Marsaglia's xorshift, for inputs that are the same on every run.
pub struct Random(pub u64);

impl Random {
    /// Uniform between −1 and 1.
    pub fn symmetric(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    /// `n` such numbers.
    pub fn vector(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.symmetric()).collect()
    }
}
