//! Methods that give a shared reference to numbers of their receiver, where they are called.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
pub struct Matrix {
    data: Vec<f64>,
    #[constant]
    cols: usize,
}

#[differentiable]
impl Matrix {
    fn row(&self, i: usize) -> &[f64] {
        assert!(i * self.cols <= self.data.len());
        &self.data[i * self.cols..(i + 1) * self.cols]
    }

    fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.data[i * self.cols..(i + 1) * self.cols]
    }

    fn all(&self) -> &[f64] {
        &self.data
    }

    fn half(&self, first: bool) -> &[f64] {
        let middle = self.data.len() / 2;
        if first {
            &self.data[..middle]
        } else {
            &self.data[middle..]
        }
    }
}

#[derive(Differentiable)]
pub struct Layer {
    w: Matrix,
    b: Vec<f64>,
}

#[differentiable]
impl Layer {
    fn forward(&self, x: &[f64]) -> f64 {
        let mut s = 0.0;
        for (i, b) in self.b.iter().enumerate() {
            let z: f64 = self.w.row(i).iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + b;
            s += z.tanh() * self.w.row(i)[0];
        }
        s
    }
}

#[differentiable]
fn matrix(x: f64, y: f64) -> Matrix {
    Matrix {
        data: vec![x, y, x * y, x + y, 2.0 * y, y * y],
        cols: 2,
    }
}

#[differentiable]
fn by_index(x: f64, y: f64) -> f64 {
    let m = matrix(x, y);
    let mut s = 0.0;
    for i in 0..3 {
        for j in 0..2 {
            s += m.row(i)[j] * (i + 3 * j + 1) as f64 * x;
        }
    }
    s
}

#[differentiable]
fn by_iterator(x: f64, y: f64) -> f64 {
    let m = matrix(x, y);
    let v = [y, x * x];
    let mut s = 0.0;
    for i in 0..3 {
        let d: f64 = m.row(i).iter().zip(&v).map(|(a, b)| a * b).sum();
        s += d * d;
    }
    s
}

/// `x * y`, `y` and `y + x`, of rows of one matrix in one expression.
#[differentiable]
fn twice_in_one(x: f64, y: f64) -> f64 {
    let m = matrix(x, y);
    m.row(0)[0] * m.row(0)[1] + m.row(0)[1] * m.row(0)[1] + m.row(1)[1]
}

#[differentiable]
fn changed_between(x: f64, y: f64) -> f64 {
    let mut m = matrix(x, y);
    let before = m.row(0)[0] * m.row(1)[0];
    m.row_mut(0)[0] *= y;
    let after = m.row(0)[0] * m.row(0)[1];
    for h in m.row_mut(1) {
        *h *= x;
    }
    before + after * m.row(1).iter().sum::<f64>()
}

/// Rows without elements.
#[differentiable]
fn empty_rows(x: f64, y: f64) -> f64 {
    let mut m = matrix(x, y);
    m.cols = 0;
    let s: f64 = m.row(2).iter().map(|a| a * x).sum();
    s + x * y
}

#[differentiable]
fn halves(x: f64, y: f64) -> f64 {
    let m = matrix(x, y);
    let s: f64 = m.half(x < y).iter().map(|a| a * a).sum();
    s * m.half(x > y)[0] + m.all()[5] * m.all().iter().fold(1.0, |p, a| p * a)
}

/// Through an exclusive reference, in a loop whose values are saved, with a row that depends on what was changed.
#[differentiable]
fn swept(m: &mut Matrix, k: f64) {
    for i in 1..3 {
        let above = m.row(i - 1)[0] * m.row(i - 1)[1];
        m.row_mut(i)[0] *= above + k;
        let here: f64 = m.row(i).iter().map(|a| a * a * k).sum();
        m.row_mut(i)[1] -= here;
    }
}

#[differentiable]
fn swept_through(x: f64, y: f64) -> f64 {
    let mut m = matrix(x, y);
    swept(&mut m, x * y);
    m.all().iter().map(|a| a * a).sum::<f64>() * m.row(2)[1]
}

#[differentiable]
fn layered(x: f64, y: f64) -> f64 {
    let l = Layer {
        w: matrix(x, y),
        b: vec![y, x, 0.5],
    };
    l.forward(&[x, y * y])
}

#[differentiable]
fn bound(x: f64, y: f64) -> f64 {
    let m = matrix(x, y);
    let r = m.row(1);
    r[0] * r[1] + r.len() as f64 * x
}

#[differentiable]
fn by_loop(x: f64, y: f64) -> f64 {
    let m = matrix(x, y);
    let mut s = 0.0;
    for v in m.row(1).iter() {
        s += v * x + *v;
    }
    s
}

#[differentiable]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[differentiable]
fn by_argument(x: f64, y: f64) -> f64 {
    let m = matrix(x, y);
    dot(&m.row(1)[..], &[x, y]) + dot(&m.row(0)[..], &m.row(1)[..])
}

impl Matrix {
    fn start(&self, i: usize) -> usize {
        i * self.cols
    }

    fn span(&self, i: usize) -> (usize, usize) {
        (self.start(i), self.start(i + 1))
    }
}

/// Bodies that ask a method which has no derivative.
#[differentiable]
impl Matrix {
    fn from(&self, i: usize) -> &[f64] {
        assert!(self.start(i) <= self.data.len());
        &self.data[self.start(i)..]
    }

    fn spanned(&self, i: usize) -> &[f64] {
        let (from, to) = self.span(i);
        &self.data[from..to]
    }

    fn asserted(&self, i: usize) -> &[f64] {
        let to = i + self.cols;
        assert!(self.start(i) <= self.data.len(), "no row {i}");
        &self.data[i..to]
    }
}

#[differentiable]
fn guarded(x: f64, y: f64) -> f64 {
    let m = matrix(x, y);
    m.asserted(1)[1] * m.asserted(0)[0]
}

/// Of any real numbers.
mod generic {
    use crate::harness::programs;
    use pullback::{Differentiable, Real, differentiable};

    #[derive(Differentiable)]
    struct Rows<T> {
        data: Vec<T>,
        #[constant]
        cols: usize,
    }

    #[differentiable]
    impl<T: Real> Rows<T> {
        fn row(&self, i: usize) -> &[T] {
            &self.data[i * self.cols..][..self.cols]
        }
    }

    #[differentiable]
    fn of_reals(x: f64, y: f64) -> f64 {
        let m = Rows {
            data: vec![x, y, x * y, x - y],
            cols: 2,
        };
        let s: f64 = m.row(1).iter().map(|a| a * a).sum();
        s * m.row(0)[1]
    }

    programs! {
        of_reals { x: val = 0.7, y: val = 1.3 };
    }
}

programs! {
    by_index { x: val = 0.7, y: val = 1.3 };
    by_iterator { x: val = 0.7, y: val = 1.3 };
    twice_in_one { x: val = 0.7, y: val = 1.3 } exact [y + 1.0, x + 2.0 * y + 1.0];
    changed_between { x: val = 0.7, y: val = 1.3 };
    empty_rows { x: val = 0.7, y: val = 1.3 } exact [y, x];
    halves { x: val = 0.7, y: val = 1.3 };
    guarded { x: val = 0.7, y: val = 1.3 } exact [2.0 * x * y, x * x];
    bound { x: val = 0.7, y: val = 1.3 };
    by_loop { x: val = 0.7, y: val = 1.3 };
    by_argument { x: val = 0.7, y: val = 1.3 };
    swept_through { x: val = 0.7, y: val = 1.3 };
    layered { x: val = 0.7, y: val = 1.3 };
}
