//! The evaluations, a file each, and the table by which the protocol finds them.

pub mod ba;
pub mod descent;
pub mod det;
pub mod gmm;
pub mod hello;
pub mod ht;
pub mod kmeans;
pub mod llsq;
pub mod lse;
pub mod lstm;
pub mod ode;
pub mod particle;
pub mod saddle;

use crate::protocol::Evaluation;

/// Evaluates a function at an input, which is JSON.
pub type Handler = fn(&str) -> Result<Evaluation, String>;

/// An evaluation by its name, with its functions by theirs.
#[derive(Debug)]
pub struct Module {
    /// As `define` asks for it.
    pub name: &'static str,
    /// As `evaluate` asks for them.
    pub functions: &'static [(&'static str, Handler)],
}

/// Every evaluation that is declared.
pub static MODULES: &[Module] = &[
    hello::MODULE,
    lse::MODULE,
    llsq::MODULE,
    det::MODULE,
    ode::MODULE,
    gmm::MODULE,
    ba::MODULE,
    ht::MODULE,
    kmeans::MODULE,
    lstm::MODULE,
    particle::MODULE,
    saddle::MODULE,
];

/// Puts rows behind each other.
///
/// # Errors
///
/// When a row has not `width` numbers.
fn flat(rows: &[Vec<f64>], width: usize, what: &str) -> Result<Vec<f64>, String> {
    if let Some(row) = rows.iter().find(|row| row.len() != width) {
        return Err(format!(
            "a row of {what} has {} numbers, not {width}",
            row.len()
        ));
    }
    Ok(rows.concat())
}

/// Cuts a flat matrix into its rows.
fn rows(flat: &[f64], count: usize) -> Vec<&[f64]> {
    let width = flat.len().checked_div(count).unwrap_or(0);
    (0..count)
        .map(|i| &flat[i * width..(i + 1) * width])
        .collect()
}
