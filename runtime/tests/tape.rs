//! Lanes, slots and the tape: order, reuse, and that a second round allocates nothing.

use pullback_runtime::Tape;
use pullback_runtime::rt::{self, Lane, Slot};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::marker::PhantomData;

thread_local! {
    /// The allocations of this thread, so that tests beside each other do not disturb the count.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting.
struct Counting;

// SAFETY: each call is passed on to `System` as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `work` allocates.
fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

/// A gradient call as generated code makes it: lanes of two sizes, and frames of recursion.
fn round(tape: &mut Tape) {
    let mut long = tape.lane::<f64>();
    let mut short = tape.lane::<f64>();
    (0..1000).for_each(|i| long.push(f64::from(i)));
    (0..10).for_each(|i| short.push(f64::from(i)));
    for depth in 0..50_u32 {
        tape.push_frame((depth, 0.5_f32));
        tape.push_frame(f64::from(depth));
    }
    for depth in (0..50_u32).rev() {
        let number: f64 = tape.pop_frame(PhantomData);
        assert_eq!(number, f64::from(depth));
        let pair: (u32, f32) = tape.pop_frame(PhantomData);
        assert_eq!(pair, (depth, 0.5));
    }
    (0..10)
        .rev()
        .for_each(|i| assert_eq!(short.pop(), f64::from(i)));
    (0..1000)
        .rev()
        .for_each(|i| assert_eq!(long.pop(), f64::from(i)));
    tape.recycle(short);
    tape.recycle(long);
}

#[test]
fn the_second_round_allocates_nothing() {
    assert_eq!(allocations(|| drop(Tape::new())), 0);
    let mut tape = Tape::new();
    assert!(allocations(|| round(&mut tape)) > 0);
    assert_eq!(allocations(|| round(&mut tape)), 0);
}

#[test]
fn a_frame_may_be_a_closure_that_nobody_can_name() {
    fn pullback(x: f64) -> (f64, impl FnOnce(f64) -> f64 + Send + 'static) {
        (x * x, move |t| t * 2.0 * x)
    }
    let witness = rt::frame_type(pullback);
    let mut tape = Tape::new();
    for x in [1.0, 2.0, 3.0] {
        tape.push_frame(pullback(x).1);
    }
    let slopes: Vec<f64> = (0..3).map(|_| tape.pop_frame(witness)(1.0)).collect();
    assert_eq!(slopes, [6.0, 4.0, 2.0]);
}

#[test]
fn a_recycled_lane_is_empty_and_no_frame() {
    let mut tape = Tape::new();
    let mut lane = tape.lane::<f64>();
    lane.push(1.0);
    tape.recycle(lane);
    tape.push_frame(Lane::<f64>::with_capacity(3));
    assert_eq!(tape.lane::<f64>().len(), 0);
    assert!(tape.pop_frame(PhantomData::<Lane<f64>>).is_empty());
}

/// Rows of a loop in a loop: made one after the other, found again from the last to the first.
#[test]
fn rows_come_back_in_the_reverse_order() {
    let mut tape = Tape::new();
    for round in 0..2 {
        let before = ALLOCATIONS.get();
        let (mut rows, mut cells) = (tape.rows::<f64>(), tape.cells::<String>());
        for n in [3, 0, 5, 40] {
            for (k, place) in rows.open(n).iter_mut().enumerate() {
                *place = (10 * n + k) as f64;
            }
            for place in cells.open(n).iter_mut().step_by(2) {
                *place = Some(String::new());
            }
        }
        for n in [40, 5, 0, 3] {
            let expected: Vec<f64> = (0..n).map(|k| (10 * n + k) as f64).collect();
            assert_eq!(rows.last(n), expected);
            rows.close(n);
            let row = cells.last(n);
            (0..n)
                .step_by(2)
                .for_each(|k| assert_eq!(rt::taken(&mut row[k]), ""));
            assert!(row.iter().all(Option::is_none));
            cells.close(n);
        }
        tape.recycle_cells(cells);
        tape.recycle_rows(rows);
        // The three vectors of what is expected.
        assert!(round == 0 || ALLOCATIONS.get() - before == 3);
    }
}

/// A tape for one call gives storage back to the system, unless something is called again.
#[test]
fn a_tape_for_one_call_keeps_nothing() {
    let mut tape = Tape::once();
    let mut rows = tape.rows::<f64>();
    rows.open(100);
    assert_eq!(allocations(|| tape.recycle_rows(rows)), 0);
    tape.keep();
    let mut rows = tape.rows::<f64>();
    assert_eq!(
        allocations(|| {
            rows.open(100);
        }),
        1
    );
    tape.recycle_rows(rows);
    assert_eq!(
        allocations(|| {
            tape.rows::<f64>().open(100);
        }),
        0
    );
}

#[test]
#[should_panic(expected = "asked an empty cell for a value of type `u8`")]
fn an_empty_cell_says_whose_bug_it_is() {
    let _: u8 = rt::taken(&mut None);
}

#[test]
fn a_tape_can_be_sent_and_printed() {
    fn sendable<T: Send>(_: &T) {}
    let tape = Tape::default();
    sendable(&tape);
    assert_eq!(format!("{tape:?}"), "Tape { stacks: 0, .. }");
}

#[test]
fn a_slot_holds_one_value() {
    let mut slot = Slot::new();
    slot.set(1.0);
    slot.set(2.0);
    assert_eq!(slot.take(), 2.0);
}

#[test]
#[should_panic(expected = "this is a bug in pullback")]
fn an_empty_slot_says_whose_bug_it_is() {
    let _: f64 = Slot::default().take();
}

#[test]
#[should_panic(expected = "asked an empty lane for a value of type `f64`")]
fn an_empty_lane_says_whose_bug_it_is() {
    let _: f64 = Lane::default().pop();
}

#[test]
#[should_panic(expected = "asked an empty frame for a value of type `u8`")]
fn a_missing_frame_says_whose_bug_it_is() {
    let _: u8 = Tape::new().pop_frame(PhantomData);
}
