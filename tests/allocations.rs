//! What a gradient allocates, counted: its results and nothing else where nothing must be saved.

// Loops over indices are the point: they must cost what loops over elements cost.
#![allow(clippy::needless_range_loop)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

use pullback::differentiable;

/// The system's allocator with a count for each thread, so that tests in parallel do not mix.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every method hands its arguments to the system's allocator unchanged and gives back
// what that gives; the count is a thread-local without a destructor and never allocates.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The number of allocations that `f` makes on this thread.
fn allocations<R>(f: impl FnOnce() -> R) -> usize {
    let before = COUNT.get();
    let result = f();
    let count = COUNT.get() - before;
    drop(black_box(result));
    count
}

#[differentiable]
fn sum_of_squares(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i] * x[i];
    }
    s
}

#[differentiable]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i] * y[i];
    }
    s
}

#[differentiable]
fn sum_over_references(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for v in x {
        s += v * v;
    }
    s
}

#[differentiable]
fn branchy(x: f64, y: f64) -> f64 {
    let z = if x > y { x * y } else { y.sin() };
    if z > 0.5 {
        return z.sqrt() * x;
    }
    match z > 0.0 {
        true => z * z + x,
        false => z.exp(),
    }
}

#[differentiable]
fn straight(a: f64, b: [f64; 3]) -> f64 {
    let c = a * b[0] + b[1];
    (c * b[2]).tanh() / (1.0 + c * c)
}

#[differentiable]
fn calls_branchy(x: f64, y: f64) -> f64 {
    branchy(x, y) * branchy(y, x)
}

const N: usize = 100;

fn input(offset: f64) -> Vec<f64> {
    (0..N).map(|i| (i as f64 * 0.37 + offset).sin()).collect()
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| black_box(vec![1.0_f64; 3])), 1);
    assert_eq!(allocations(|| black_box(1.0_f64)), 0);
}

#[test]
fn gradient_of_a_sum_allocates_its_result() {
    let x = input(0.0);
    assert_eq!(allocations(|| sum_of_squares::grad(&x)), 1);
    assert_eq!(allocations(|| sum_of_squares::value_and_grad(&x)), 1);
    assert_eq!(allocations(|| sum_over_references::grad(&x)), 1);
    assert_eq!(allocations(|| sum_of_squares::gradients(&x)), 1);
}

#[test]
fn gradient_of_dot_allocates_its_results() {
    let (x, y) = (input(0.0), input(1.0));
    assert_eq!(allocations(|| dot::grad(&x, &y)), 2);
    assert_eq!(allocations(|| dot::value_and_grad(&x, &y)), 2);
}

#[test]
fn accumulation_allocates_nothing() {
    let (x, y) = (input(0.0), input(1.0));
    let (mut dx, mut dy) = (vec![0.0; N], vec![0.0; N]);
    assert_eq!(
        allocations(|| sum_of_squares::accumulate_grad(&x, &mut dx)),
        0
    );
    assert_eq!(
        allocations(|| sum_over_references::accumulate_grad(&x, &mut dx)),
        0
    );
    assert_eq!(
        allocations(|| dot::accumulate_grad(&x, &y, &mut dx, &mut dy)),
        0
    );
    assert_eq!(dx[3], 4.0 * x[3] + y[3]);
    assert_eq!(dy[3], x[3]);
}

#[test]
fn scalar_functions_with_branches_allocate_nothing() {
    let count = allocations(|| {
        let mut total = 0.0;
        for i in 0..10_000 {
            let x = (f64::from(i) * 0.71).sin() * 2.0;
            let y = (f64::from(i) * 0.37).cos() * 2.0;
            let (dx, dy) = branchy::grad(black_box(x), black_box(y));
            total += dx + dy;
            let (_, (da, db)) = straight::value_and_grad(x, [y, x, 0.5]);
            total += da + db[0] + db[2];
            total += branchy::jvp((x, y), (1.0, -1.0)).1;
        }
        total
    });
    assert_eq!(count, 0);
}

#[test]
fn straight_line_calls_allocate_nothing() {
    let count = allocations(|| {
        let mut total = 0.0;
        for i in 0..10_000 {
            let x = (f64::from(i) * 0.71).sin() * 2.0;
            total += calls_branchy::grad(black_box(x), 0.4).0;
        }
        total
    });
    assert_eq!(count, 0);
}

/// Every step is kept: lanes as long as the loop.
#[differentiable]
fn recurrence(x: f64, n: usize) -> f64 {
    let mut s = x;
    for _ in 0..n {
        s = s.sin() * x + 0.1;
    }
    s
}

/// A call in a loop, whose own loop keeps what it needs.
#[differentiable]
fn recurrences(x: &[f64]) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        total += recurrence(x[i], i + 2);
    }
    total
}

#[test]
fn a_workspace_is_used_again() {
    let x = input(0.0);
    let mut tape = pullback::Tape::new();
    let mut dx = vec![0.0; N];
    let first = allocations(|| recurrence::grad_with(&mut tape, 0.7, 1000));
    assert!(first > 0, "nothing was kept");
    for _ in 0..3 {
        let again = allocations(|| recurrence::grad_with(&mut tape, 0.7, 1000));
        assert_eq!(again, 0);
    }
    let first = recurrences::grad_with(&mut tape, &x);
    for _ in 0..3 {
        let mut again = Vec::new();
        let count = allocations(|| again = recurrences::grad_with(&mut tape, &x));
        assert_eq!(count, 1, "the gradient alone is new");
        assert_eq!(again, first);
    }
    recurrences::accumulate_grad(&x, &mut dx);
    assert_eq!(dx, first);
}
