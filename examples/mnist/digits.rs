//! Digits as a hand would draw them: strokes whose points are jittered, turned, slanted, stretched and moved, with pens
//! of many widths and noise over all, so that telling them apart has to be learned.

use std::f32::consts::{PI, TAU};

/// The width and height of an image.
pub const SIDE: usize = 28;

/// Random numbers from a seed, by SplitMix64 (Steele, Lea and Flood, 2014).
pub struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly from `low` to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.bits() >> 40) as f32 / (1_u64 << 24) as f32)
    }

    /// About normal, of mean 0 and deviation 1: the sum of four even numbers.
    fn normal(&mut self) -> f32 {
        let sum: f32 = (0..4).map(|_| self.between(-1.0, 1.0)).sum();
        sum * (3.0_f32 / 4.0).sqrt()
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    /// Puts elements into a random order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for i in (1..all.len()).rev() {
            all.swap(i, self.below(i + 1));
        }
    }
}

type Point = (f32, f32);

/// Images one after the other, from 0 to 1, and their labels. The digits come in random order.
pub fn draw(count: usize, seed: u64) -> (Vec<f32>, Vec<usize>) {
    let mut random = Random(seed);
    let mut labels: Vec<usize> = (0..count).map(|i| i % 10).collect();
    random.shuffle(&mut labels);
    let mut pixels = Vec::with_capacity(count * SIDE * SIDE);
    for label in &labels {
        pixels.extend(image(*label, &mut random));
    }
    (pixels, labels)
}

/// One digit.
fn image(digit: usize, random: &mut Random) -> [f32; SIDE * SIDE] {
    let mut strokes = strokes(digit, random);
    let (sin, cos) = random.between(-0.3, 0.3).sin_cos();
    let slant = random.between(-0.25, 0.35);
    let (width, height) = (random.between(0.7, 1.1), random.between(0.8, 1.1));
    let (right, down) = (random.between(-2.5, 2.5), random.between(-2.5, 2.5));
    for (x, y) in strokes.iter_mut().flatten() {
        // From the square of side 2 around 0, y downwards, to pixels.
        let (px, py) = (*x + 0.035 * random.normal(), *y + 0.035 * random.normal());
        let px = (px - slant * py) * width;
        let py = py * height;
        *x = 14.0 + 9.0 * (cos * px - sin * py) + right;
        *y = 14.0 + 9.0 * (sin * px + cos * py) + down;
    }
    let pen = random.between(0.7, 1.7);
    let ink = random.between(0.75, 1.0);
    let noise = random.between(0.02, 0.12);
    std::array::from_fn(|i| {
        let at = ((i % SIDE) as f32 + 0.5, (i / SIDE) as f32 + 0.5);
        let segments = strokes.iter().flat_map(|stroke| stroke.windows(2));
        let distance = segments
            .map(|ends| distance(at, ends[0], ends[1]))
            .fold(f32::INFINITY, f32::min);
        let covered = (pen + 0.5 - distance).clamp(0.0, 1.0);
        (ink * covered + noise * random.normal()).clamp(0.0, 1.0)
    })
}

/// From a point to a segment.
fn distance(p: Point, a: Point, b: Point) -> f32 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let along = ((p.0 - a.0) * dx + (p.1 - a.1) * dy) / (dx * dx + dy * dy).max(1e-6);
    let t = along.clamp(0.0, 1.0);
    (p.0 - a.0 - t * dx).hypot(p.1 - a.1 - t * dy)
}

/// A part of an ellipse, by angles from the right, clockwise.
fn arc(center: Point, radii: Point, from: f32, to: f32) -> Vec<Point> {
    let n = 14;
    let angles = (0..=n).map(|i| from + (to - from) * i as f32 / n as f32);
    let at = |angle: f32| {
        (
            center.0 + radii.0 * angle.cos(),
            center.1 + radii.1 * angle.sin(),
        )
    };
    angles.map(at).collect()
}

/// The strokes of a digit in the square from -1 to 1, y downwards, in one of the ways that people write it.
fn strokes(digit: usize, random: &mut Random) -> Vec<Vec<Point>> {
    let variant = random.bits().is_multiple_of(2);
    let line = |points: &[Point]| points.to_vec();
    match digit {
        0 => vec![arc((0.0, 0.0), (0.62, 0.95), -PI / 2.0, TAU - PI / 2.0)],
        1 if variant => vec![line(&[(0.0, -0.95), (0.0, 0.95)])],
        1 => vec![line(&[(-0.4, -0.5), (0.1, -0.95), (0.1, 0.95)])],
        2 => {
            let mut stroke = arc((0.0, -0.45), (0.58, 0.5), -PI, 0.3 * PI);
            stroke.extend(line(&[(-0.6, 0.9), (0.65, 0.9)]));
            vec![stroke]
        }
        3 => {
            let mut stroke = arc((-0.05, -0.48), (0.55, 0.46), -0.85 * PI, 0.5 * PI);
            stroke.extend(arc((-0.05, 0.45), (0.62, 0.5), -0.5 * PI, 0.85 * PI));
            vec![stroke]
        }
        4 if variant => vec![
            line(&[(0.2, -0.95), (-0.65, 0.3), (0.65, 0.3)]),
            line(&[(0.25, -0.3), (0.25, 0.95)]),
        ],
        4 => vec![
            line(&[(-0.5, -0.9), (-0.55, 0.1), (0.5, 0.1)]),
            line(&[(0.45, -0.9), (0.4, 0.95)]),
        ],
        5 => {
            let mut stroke = line(&[(0.55, -0.92), (-0.45, -0.92), (-0.5, -0.1)]);
            stroke.extend(arc((-0.02, 0.33), (0.6, 0.58), -0.75 * PI, 0.8 * PI));
            vec![stroke]
        }
        6 => {
            let mut stroke = line(&[(0.4, -0.95), (-0.2, -0.45)]);
            stroke.extend(arc((0.0, 0.38), (0.55, 0.55), -0.97 * PI, 1.05 * PI));
            vec![stroke]
        }
        7 => {
            let mut strokes = vec![line(&[(-0.6, -0.9), (0.6, -0.9), (-0.1, 0.95)])];
            if variant {
                strokes.push(line(&[(-0.25, 0.0), (0.5, 0.0)]));
            }
            strokes
        }
        8 => vec![
            arc((0.0, -0.46), (0.46, 0.46), 0.5 * PI, 2.5 * PI),
            arc((0.0, 0.46), (0.58, 0.48), -0.5 * PI, 1.5 * PI),
        ],
        _ => {
            let mut stroke = arc((0.0, -0.4), (0.52, 0.52), 0.0, -TAU);
            stroke.extend(if variant {
                line(&[(0.45, 0.95)])
            } else {
                arc((-0.08, 0.3), (0.6, 0.65), 0.0, 0.75 * PI)
            });
            vec![stroke]
        }
    }
}
