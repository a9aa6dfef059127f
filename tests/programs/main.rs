//! The program list: small realistic functions over the whole accepted language, each checked in
//! every mode by the one check of `harness`.

// The table of programs is read by a macro, a line a step.
#![recursion_limit = "512"]
// The functions are written as a user's own would be, clumsiness included: it is what they test. `deprecated` is not
// here: an input without a gradient is warned about, and a warning too many fails where warnings are denied.
#![allow(
    clippy::all,
    dead_code,
    dropping_copy_types,
    unused_assignments,
    unused_variables,
    unused_labels,
    unused_must_use,
    unused_braces,
    unused_parens,
    non_snake_case
)]

#[path = "../harness/mod.rs"]
mod harness;

mod aliases;
mod arithmetic;
mod asked;
mod attacks;
mod attacks_chains;
mod attacks_data;
mod attacks_flow;
mod attacks_functions;
mod attacks_impls;
mod attacks_memory;
mod attacks_vectors;
mod attempts;
mod bindings;
mod branches;
mod by_name;
mod calls;
mod calls_anywhere;
mod chains;
mod closures;
mod compound;
mod constants;
mod custom_rules;
mod disjoint;
mod early_exits;
mod enums;
mod everyday_learning;
mod everyday_objects;
mod everyday_simulation;
mod everyday_statistics;
mod exchanged;
mod exclusive;
mod fallible;
mod foreign_items;
mod function_values;
mod functions;
mod generic;
mod generic_calls;
mod generic_whole;
mod graphs;
mod held;
mod hygiene;
mod idioms;
mod impls;
mod iterators;
mod joint;
mod kept;
mod lent;
mod loops;
mod matches;
mod memory;
mod methods;
mod nasty;
mod objects;
mod operators;
mod own_names;
mod parts;
mod patterns;
mod places;
mod queues;
mod rearranged;
mod reshaped;
mod reuse;
mod rows;
mod seeds;
mod single;
mod slices;
mod structs;
mod sums;
mod tuples;
mod vectors;
mod views;
