//! One problem a file: the function as a Rust programmer writes it, and beside it the best adjoint
//! that we know how to write by hand.

// Loops over indices are how most numerical code is written, and half of what is measured here.
#![allow(clippy::needless_range_loop)]

pub mod attraction;
pub mod bodies;
pub mod brusselator;
pub mod determinant;
pub mod dot;
pub mod flat;
pub mod fourier;
pub mod gmm;
pub mod heat;
pub mod least_squares;
pub mod logsumexp;
pub mod lstm;
pub mod matmul;
pub mod monte_carlo;
pub mod pendulum;
pub mod ranking;
pub mod rosenbrock;
pub mod runge_kutta;
pub mod tiny;
#[path = "../../tests/routines/vec3.rs"]
pub mod vec3;
