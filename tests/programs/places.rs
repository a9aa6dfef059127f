//! Types with an index of their own: places by `Index` and `IndexMut`.

use crate::harness::programs;
use pullback::{Differentiable, Real, differentiable};
use std::ops::{Index, IndexMut, Mul};

/// A row-major matrix.
#[derive(Differentiable, Debug, Clone, PartialEq)]
struct Matrix {
    #[constant]
    rows: usize,
    #[constant]
    columns: usize,
    data: Vec<f64>,
}

#[differentiable]
impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        debug_assert!(i < self.rows && j < self.columns);
        &self.data[i * self.columns + j]
    }
}

#[differentiable]
impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut f64 {
        debug_assert!(row < self.rows && column < self.columns);
        &mut self.data[row * self.columns + column]
    }
}

/// A row.
#[differentiable]
impl Index<usize> for Matrix {
    type Output = [f64];

    fn index(&self, i: usize) -> &[f64] {
        let first = i * self.columns;
        &self.data[first..first + self.columns]
    }
}

#[differentiable]
impl IndexMut<usize> for Matrix {
    fn index_mut(&mut self, i: usize) -> &mut [f64] {
        let first = i * self.columns;
        &mut self.data[first..first + self.columns]
    }
}

#[differentiable]
impl Matrix {
    fn zeros(rows: usize, columns: usize) -> Matrix {
        Matrix {
            rows,
            columns,
            data: vec![0.0; rows * columns],
        }
    }

    fn scale_row(&mut self, i: usize, k: f64) {
        for j in 0..self.columns {
            self[(i, j)] *= k;
        }
        for x in &mut self[i] {
            *x += k;
        }
    }

    fn trace(&self) -> f64 {
        (0..self.rows).map(|i| self[(i, i)]).sum()
    }

    fn squares(&self) -> f64 {
        let mut s = 0.0;
        for i in 0..self.rows {
            s += self[i].iter().map(|x| x * x).sum::<f64>();
        }
        s
    }
}

#[differentiable]
impl Mul for &Matrix {
    type Output = Matrix;

    fn mul(self, other: &Matrix) -> Matrix {
        let mut out = Matrix::zeros(self.rows, other.columns);
        for i in 0..self.rows {
            for j in 0..other.columns {
                for k in 0..self.columns {
                    out[(i, j)] += self[(i, k)] * other[(k, j)];
                }
            }
        }
        out
    }
}

#[differentiable]
fn built(x: f64, y: f64) -> f64 {
    let mut m = Matrix::zeros(2, 3);
    for i in 0..2 {
        for j in 0..3 {
            m[(i, j)] = x * (i + 1) as f64 + y * (j as f64);
        }
    }
    m[(1, 2)] = m[(0, 1)] * m[(1, 0)];
    m[(0, 0)] -= y * m[(1, 2)];
    m.scale_row(1, y);
    m[0][2] *= m[1][1];
    let row = &m[1];
    let s = row[0] * row[2];
    let t = Matrix {
        rows: 3,
        columns: 2,
        data: vec![x, y, x * y, 1.0, y, x],
    };
    let p = &m * &t;
    s + p.trace() * 0.1 + p.squares() * 0.01 + p[(0, 1)]
}

#[differentiable]
fn given(m: &mut Matrix, b: &[f64]) -> f64 {
    let at = (0, 1);
    let (mut i, mut s) = (0, 0.0);
    while i < m.rows {
        s += m[(i, m.columns - 1 - i)] * b[i];
        m[(i, 0)] = s * m[at];
        let r = &mut m[i];
        r[1] = r[0] * b[i];
        i += 1;
    }
    s + m[(1, 0)]
}

#[differentiable]
fn through_given(x: f64, y: f64) -> f64 {
    let mut m = Matrix {
        rows: 2,
        columns: 2,
        data: vec![x, y, x * y, x - y],
    };
    let s = given(&mut m, &[y, x]);
    s * m[1][1] + m[(0, 1)]
}

/// A branch for each component.
#[derive(Differentiable, Debug, Clone, Copy, PartialEq)]
struct Vec3 {
    x: f64,
    y: f64,
    z: f64,
}

#[differentiable]
impl Index<usize> for Vec3 {
    type Output = f64;

    fn index(&self, i: usize) -> &f64 {
        match i {
            0 => &self.x,
            1 => &self.y,
            2 => &self.z,
            _ => panic!("no component {i}"),
        }
    }
}

#[differentiable]
impl IndexMut<usize> for Vec3 {
    fn index_mut(&mut self, i: usize) -> &mut f64 {
        match i {
            0 => &mut self.x,
            1 => &mut self.y,
            2 => &mut self.z,
            _ => panic!("no component {i}"),
        }
    }
}

#[differentiable]
fn cross(a: &Vec3, b: &Vec3) -> Vec3 {
    let mut c = Vec3 {
        x: 0.0,
        y: 0.0,
        z: 0.0,
    };
    for k in 0..3 {
        let (i, j) = ((k + 1) % 3, (k + 2) % 3);
        c[k] = a[i] * b[j] - a[j] * b[i];
    }
    c
}

#[differentiable]
fn crossed(x: f64, y: f64) -> f64 {
    let a = Vec3 { x, y, z: x * y };
    let mut b = Vec3 { x: y, y: 1.0, z: x };
    b[1] *= x;
    let c = cross(&a, &b);
    c[0] * c[1] + c[2] * a[2]
}

/// Elements that are structures, sides that are constants, and an index of a type of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Left,
    Right(usize),
}

#[derive(Differentiable, Debug, Clone, PartialEq)]
struct Grid<T: Real, const N: usize> {
    left: Vec3,
    cells: [[T; N]; 2],
    right: Vec<Vec3>,
    #[constant]
    turned: bool,
}

#[differentiable]
impl<T: Real, const N: usize> Index<Side> for Grid<T, N> {
    type Output = Vec3;

    fn index(&self, side: Side) -> &Vec3 {
        match side {
            Side::Left => &self.left,
            Side::Right(k) => &self.right[k],
        }
    }
}

#[differentiable]
impl<T: Real, const N: usize> IndexMut<Side> for Grid<T, N> {
    fn index_mut(&mut self, side: Side) -> &mut Vec3 {
        match side {
            Side::Left => &mut self.left,
            Side::Right(k) => &mut self.right[k],
        }
    }
}

#[differentiable]
impl<T: Real, const N: usize> Index<(usize, usize)> for Grid<T, N> {
    type Output = T;

    fn index(&self, at: (usize, usize)) -> &T {
        if self.turned {
            &self.cells[at.1][at.0]
        } else {
            &self.cells[at.0][at.1]
        }
    }
}

#[differentiable]
fn sides(x: f64, y: f64) -> f64 {
    let v = Vec3 { x, y, z: 1.0 };
    let mut g = Grid::<f64, 2> {
        left: v,
        cells: [[x, y], [x * y, 1.0]],
        right: vec![v, v],
        turned: true,
    };
    g[Side::Left].x = y * g[(0, 1)];
    let k = 1;
    g[Side::Right(k)] = cross(&g[Side::Left], &Vec3 { x: y, y: x, z: x });
    g[Side::Right(0)][2] *= y;
    g[Side::Right(k)].y * g[Side::Left].x + g[Side::Right(0)].z * g[(1, 1)] + g[(0, 1)]
}

programs! {
    built { x: val = 0.7, y: val = 1.3 };
    through_given { x: val = 0.7, y: val = 1.3 };
    crossed { x: val = 0.7, y: val = 1.3 };
    sides { x: val = 0.7, y: val = 1.3 };
}

/// Methods that give references.
mod references {
    use super::{Matrix, Vec3};
    use crate::harness::programs;
    use pullback::{Differentiable, differentiable};

    #[derive(Differentiable, Debug, Clone, PartialEq)]
    struct Mesh {
        #[constant]
        width: usize,
        heights: Vec<f64>,
        nodes: Vec<Vec3>,
        matrix: Matrix,
        best: f64,
    }

    #[differentiable]
    impl Mesh {
        fn offset(&self, i: usize, j: usize) -> usize {
            i * self.width + j
        }

        fn at(&self, i: usize, j: usize) -> &f64 {
            &self.heights[self.offset(i, j)]
        }

        fn at_mut(&mut self, i: usize, j: usize) -> &mut f64 {
            let k = self.offset(i, j);
            &mut self.heights[k]
        }

        fn row_mut(&mut self, i: usize) -> &mut [f64] {
            assert!(i * self.width < self.heights.len());
            &mut self.heights[i * self.width..(i + 1) * self.width]
        }

        fn node_mut(&mut self, k: usize) -> &mut Vec3 {
            &mut self.nodes[k]
        }

        fn matrix_mut(&mut self) -> &mut Matrix {
            &mut self.matrix
        }

        fn end_mut(&mut self, last: bool) -> &mut f64 {
            if last {
                &mut self.best
            } else {
                &mut self.heights[0]
            }
        }

        fn smooth(&mut self, k: f64) {
            for j in 1..self.width {
                *self.at_mut(0, j) += *self.at(0, j - 1) * k;
            }
        }

        fn name(&self) -> &'static str {
            "mesh"
        }
    }

    #[differentiable]
    fn doubled(row: &mut [f64], k: f64) {
        for x in row.iter_mut() {
            *x *= k;
        }
    }

    #[differentiable]
    fn meshed(x: f64, y: f64) -> f64 {
        let v = Vec3 { x, y, z: x * y };
        let mut m = Mesh {
            width: 2,
            heights: vec![x, y, x * y, 1.0],
            nodes: vec![v, v],
            matrix: Matrix {
                rows: 1,
                columns: 2,
                data: vec![y, x],
            },
            best: y,
        };
        *m.at_mut(1, 1) = *m.at(0, 0) * y;
        m.smooth(x);
        let r = m.row_mut(1);
        r[0] *= y;
        r[1] += r[0];
        m.row_mut(0)[1] -= x * y;
        doubled(m.row_mut(1), y);
        doubled(&mut m.row_mut(0)[1..], x);
        for h in m.row_mut(1) {
            *h += x;
        }
        m.node_mut(1).y = *m.at(1, 0);
        m.node_mut(0)[2] *= y;
        m.matrix_mut()[(0, 1)] += y * y;
        *m.end_mut(true) *= x;
        *m.end_mut(x < 0.0) += y;
        let mut s = m.best * m.nodes[0].z + m.nodes[1].y;
        for i in 0..2 {
            for j in 0..2 {
                s += *m.at(i, j) * (i + 2 * j + 1) as f64;
            }
        }
        s * m.matrix[(0, 1)]
    }

    programs! {
        meshed { x: val = 0.7, y: val = 1.3 };
    }
}
