//! Well-known numerical routines, written as one writes them when nobody thinks of derivatives.
//!
//! Each has its own file: the routine, tests of its values against known answers, and tests of its
//! derivatives, which are held against differences in every mode and against a closed form or a
//! derivation that shares no code with the routine.

// What the derivatives are asked of is not called before they are.
#![allow(dead_code)]
// Loops run over indices, as in books. A tolerance has no gradient, which each routine that has one admits.
#![allow(clippy::needless_range_loop)]
// The table of programs is read by a macro, a line a step.
#![recursion_limit = "512"]

#[path = "../harness/mod.rs"]
mod harness;

mod binomial;
mod black_scholes;
mod cholesky;
mod conjugate_gradients;
mod dijkstra;
mod fft;
mod hmm;
mod kalman;
mod levinson;
mod lu;
mod monte_carlo;
mod nbody;
mod needleman;
mod neural;
mod pagerank;
mod polynomial;
mod qr;
mod quadrature;
mod quaternion;
mod raytrace;
mod reference;
mod rk45;
mod roots;
mod softmax;
mod spline;
mod thomas;
mod vec3;
