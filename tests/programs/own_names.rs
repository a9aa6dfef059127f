//! Types of the user's own that have the names of std's: what they do is what their annotated methods say.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use rectangles::boxes;
use std::ops::Index;

#[derive(Clone, Debug, Differentiable)]
struct Rc {
    r: f64,
    c: f64,
}

#[differentiable]
impl Rc {
    fn new(r: f64, c: f64) -> Self {
        Rc { r, c }
    }

    fn time(&self) -> f64 {
        self.r * self.c
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Cell {
    voltage: f64,
}

#[differentiable]
impl Cell {
    fn new(voltage: f64) -> Cell {
        Cell { voltage }
    }

    fn get(&self) -> f64 {
        self.voltage * self.voltage
    }
}

mod rectangles {
    use pullback::{Differentiable, differentiable};

    #[derive(Clone, Debug, Differentiable)]
    struct Box {
        width: f64,
        height: f64,
    }

    #[differentiable]
    impl Box {
        fn new(width: f64, height: f64) -> Box {
            Box { width, height }
        }

        fn area(&self) -> f64 {
            self.width * self.height
        }
    }

    #[differentiable]
    pub fn boxes(x: f64, y: f64) -> f64 {
        let b = Box::new(x, y);
        b.area() * b.width
    }
}

#[derive(Clone, Debug, Differentiable)]
struct VecDeque {
    items: Vec<f64>,
}

#[differentiable]
impl VecDeque {
    fn with(x: f64) -> VecDeque {
        VecDeque { items: vec![x] }
    }

    fn push_back(&mut self, x: f64) {
        self.items.push(x);
    }

    fn sum(&self) -> f64 {
        self.items.iter().sum()
    }
}

#[differentiable]
fn charge(circuit: &Rc, cell: &Cell) -> f64 {
    circuit.time() * cell.get()
}

#[differentiable]
fn circuits(x: f64, y: f64) -> f64 {
    let rc = Rc::new(x, y);
    let literal = Rc { r: y, c: x * x };
    rc.time() * rc.r + literal.time() + charge(&literal, &Cell::new(y))
}

#[differentiable]
fn queues(x: f64, y: f64) -> f64 {
    let mut q = VecDeque::with(x);
    q.push_back(x * y);
    q.sum() * y
}

// An index that is an enum and implements nothing but what it needs.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

#[derive(Clone, Debug, Differentiable)]
struct Sides {
    both: [f64; 2],
}

#[differentiable]
impl Index<Side> for Sides {
    type Output = f64;
    fn index(&self, side: Side) -> &f64 {
        match side {
            Side::Left => &self.both[0],
            Side::Right => &self.both[1],
        }
    }
}

#[differentiable]
fn by_side(x: f64, y: f64) -> f64 {
    let s = Sides { both: [x, x * y] };
    s[Side::Left] * s[Side::Right] + s[Side::Right]
}

// References to numbers become numbers in a `Vec` of them.
#[differentiable]
fn parted(x: &[f64]) -> f64 {
    let (up, down): (Vec<f64>, Vec<f64>) = x.iter().partition(|v| **v > 0.0);
    up.iter().sum::<f64>() * down.iter().map(|v| v * v).sum::<f64>()
}

programs! {
    circuits { x: val = 0.7, y: val = 1.3 };
    boxes { x: val = 0.7, y: val = 1.3 } exact [2.0 * x * y, x * x];
    queues { x: val = 0.7, y: val = 1.3 };
    by_side { x: val = 0.7, y: val = 1.3 } exact [2.0 * x * y + y, x * x + x];
    parted { x: slice = vector(6, 1) };
}
