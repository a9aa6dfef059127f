//! Calls where only a value is asked for: in conditions, bounds, indices, guards and sizes. They run once, in the
//! order of the source, as in the plain function; beside them recursion through memory, and references of all kinds
//! as arguments.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::cell::{Cell, RefCell};

fn count(x: f64) -> usize {
    (x.abs() * 2.0) as usize + 1
}

fn index_of(x: &[f64], above: f64) -> usize {
    x.iter().position(|v| *v > above).unwrap_or(0)
}

fn is_large(x: f64) -> bool {
    x * x > 0.5
}

fn level(x: f64) -> f64 {
    x.abs() - 0.3
}

fn names() -> [&'static str; 2] {
    ["a", "bcd"]
}

const TABLE: &[f64] = &[1.0, 0.5, 2.0];
const PAIR: [f64; 2] = [0.25, 4.0];
static SHARED: [f64; 3] = [2.0, 0.1, 1.5];

#[differentiable]
fn norm(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += v * v;
    }
    sum.sqrt()
}

#[differentiable]
fn by_table(x: f64, table: &[f64]) -> f64 {
    let mut sum = 0.0;
    for t in table {
        sum += (x * t).sin() * t;
    }
    sum
}

#[differentiable]
fn by_name(x: f64, name: &str) -> f64 {
    x * x * name.len() as f64
}

#[differentiable]
fn in_a_bound(x: f64, y: f64) -> f64 {
    let mut sum = y;
    for i in 0..count(x) {
        sum += x * sum * 0.1 + i as f64;
    }
    for _ in count(y)..=count(x * 3.0) {
        sum = sum.sin() + x;
    }
    sum
}

#[differentiable]
fn in_a_condition(x: f64, y: f64) -> f64 {
    let mut out = x * y;
    if level(x) > 0.0 {
        out += x * x;
    }
    if norm(&[x, y]) > 0.1 && !is_large(y) {
        out *= norm(&[x, y, out]);
    } else if is_large(x) || level(out) < 0.0 {
        out -= y;
    }
    while is_large(out) {
        out *= 0.5 * y.cos();
    }
    out
}

#[differentiable]
fn in_an_index(x: &[f64], y: f64) -> f64 {
    let mut u = x.to_vec();
    let n = u.len();
    u[index_of(x, 0.2)] *= y;
    u[count(y) % n] += x[index_of(&u, y)] * y;
    u[index_of(&u, 0.0)] * u[count(u[0]) % n]
}

#[differentiable]
fn in_a_guard_and_a_match(x: f64, y: f64) -> f64 {
    let first = match count(x) {
        1 => x * y,
        n if is_large(y * n as f64) => x.sin() * n as f64,
        n => y / n as f64,
    };
    match level(first) {
        l if l > 0.0 => first * x,
        _ => first * y,
    }
}

#[differentiable]
fn in_sizes_and_slices(x: &[f64], y: f64) -> f64 {
    let mut u = vec![y; count(y) + 2];
    u[count(0.1)] = x[0] * y;
    let part = &x[..count(y).min(x.len())];
    norm(part) * norm(&u[count(0.2)..])
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Grid {
    cells: Vec<f64>,
    scale: f64,
    #[constant]
    width: usize,
}

#[differentiable]
impl Grid {
    fn rows(&self) -> usize {
        self.cells.len() / self.width
    }

    fn norm(&self) -> f64 {
        let mut sum = 0.0;
        for v in &self.cells {
            sum += v * v;
        }
        sum.sqrt() * self.scale
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.width + column] * self.scale
    }

    fn column_of(&self, row: usize) -> usize {
        if self.cells[row * self.width] > 0.0 {
            1
        } else {
            0
        }
    }

    fn total(&self, y: f64) -> f64 {
        let mut sum = 0.0;
        for row in 0..self.rows() {
            sum += self.at(row, self.column_of(row)) * y;
        }
        if self.norm() > 0.1 {
            sum *= self.norm();
        }
        sum
    }
}

#[differentiable]
fn methods_where_a_value_is_asked_for(x: &[f64], y: f64) -> f64 {
    let grid = Grid {
        cells: x.to_vec(),
        scale: y,
        width: 2,
    };
    let mut sum = grid.total(y);
    for row in 0..grid.rows() {
        if grid.norm() > 0.5 {
            sum += grid.at(row, grid.column_of(row));
        }
    }
    sum
}

thread_local! {
    static TRACE: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    static COUNTER: Cell<u32> = const { Cell::new(0) };
}

fn note(step: u32) -> u32 {
    TRACE.with(|t| t.borrow_mut().push(step));
    step
}

fn noted(step: u32, x: f64) -> bool {
    note(step);
    x > 0.0
}

fn noted_index(step: u32) -> usize {
    note(step) as usize % 3
}

#[differentiable]
fn three(a: f64, k: u32, b: f64, l: u32) -> f64 {
    a * b * f64::from(k + l)
}

/// Every call notes its number: the trace is that of the plain function.
#[differentiable]
fn in_order(x: &[f64], y: f64) -> f64 {
    let mut u = [x[0], x[1], x[2]];
    let mut sum = three(u[noted_index(1)], note(2), y * u[noted_index(3)], note(4));
    if noted(5, x[0]) || noted(6, y) {
        sum += y * f64::from(note(7));
    }
    for i in noted_index(8)..noted_index(10) + 2 {
        u[noted_index(11)] += x[i] * sum;
    }
    u[noted_index(12)] *= x[noted_index(13)] * sum;
    while noted(14, 4.0 * y - sum) && u[noted_index(15)] < 100.0 {
        sum += 0.5 + y * y;
        u[0] += sum * 40.0;
    }
    let last = match noted_index(16) {
        0 => u[0],
        n if noted(17, y) => u[n] * y,
        n => u[n],
    };
    sum + u[1] + last
}

#[differentiable]
fn references_of_all_kinds(x: f64) -> f64 {
    let local = [0.5, 1.5];
    let text: &str = "four";
    let slice: &[f64] = &SHARED[1..];
    let mut sum =
        by_table(x, TABLE) + by_table(x, &PAIR) + by_table(x, &SHARED) + by_table(x, &local);
    sum += by_table(x, &[2.0, 0.5]) + by_table(sum, slice) + by_table(x, &SHARED[..2]);
    sum += by_name(x, "four") + by_name(sum, text);
    for name in names() {
        sum += by_name(x, name) * 0.1;
    }
    for k in 0..2 {
        let name = names()[k];
        sum += by_name(x, name) * by_name(x, names()[k]);
    }
    sum
}

/// Each depth of the recursion changes the state that the next one sees.
#[differentiable]
fn descend(state: &mut [f64], rate: f64, depth: usize) -> f64 {
    if depth == 0 {
        return state[0] * state[1];
    }
    state[depth % 2] -= rate * state[0] * state[1];
    let below = descend(state, rate * 0.9, depth - 1);
    state[0] += below * 0.1;
    below + state[1]
}

#[differentiable]
fn ping(state: &mut f64, x: f64, n: usize) {
    if n > 0 {
        *state += x * *state;
        pong(state, x * 0.5, n - 1);
        *state *= 1.1;
    }
}

#[differentiable]
fn pong(state: &mut f64, x: f64, n: usize) {
    if n > 0 {
        *state = state.sin() + x;
        ping(state, x + 0.1, n - 1);
    }
}

#[differentiable]
fn ping_pong(x: f64, y: f64) -> f64 {
    let mut state = y;
    ping(&mut state, x, 5);
    state
}

#[differentiable]
fn ackermann_like(x: f64, m: usize, n: usize) -> f64 {
    match (m, n) {
        (0, n) => x + n as f64 * x,
        (m, 0) => ackermann_like(x.sin(), m - 1, 1),
        (m, n) => ackermann_like(ackermann_like(x * 0.9, m, n - 1), m - 1, n.min(2)),
    }
}

programs! {
    in_a_bound { x: val = 1.3, y: val = 0.4 };
    in_a_condition { x: val = 0.9, y: val = 0.4 };
    in_an_index { x: slice = vector(4, 1), y: val = 0.4 };
    in_a_guard_and_a_match { x: val = 0.9, y: val = 0.8 };
    in_sizes_and_slices { x: slice = vector(4, 2), y: val = 0.8 };
    methods_where_a_value_is_asked_for { x: slice = vector(6, 3), y: val = 0.8 };
    in_order { x: slice = vector(9, 4), y: val = 0.8 };
    references_of_all_kinds { x: val = 0.7 };
    descend { state: inout = array::<2>(5), rate: val = 0.3, depth: konst = 5_usize };
    ping_pong { x: val = 0.4, y: val = 0.7 };
    ackermann_like { x: val = 0.4, m: konst = 2_usize, n: konst = 2_usize };
}

#[test]
fn side_effects_happen_once_and_in_order() {
    let x = [0.7, -0.4, 0.9, 0.2, 0.5, 0.1, 0.3, 0.6, 0.8];
    let trace = |run: &dyn Fn()| {
        TRACE.with(|t| t.borrow_mut().clear());
        run();
        TRACE.with(|t| t.borrow().clone())
    };
    let plain = trace(&|| drop(in_order(&x, 0.8)));
    assert!(plain.len() > 13, "{plain:?}");
    assert_eq!(plain, trace(&|| drop(in_order::grad(&x, 0.8))));
    assert_eq!(plain, trace(&|| drop(in_order::gradients(&x, 0.8))));
    assert_eq!(plain, trace(&|| drop(in_order::vjp(&x, 0.8).1(1.0))));
    assert_eq!(
        plain,
        trace(&|| drop(in_order::jvp((&x, 0.8), (vec![0.0; 9], 1.0))))
    );
}
