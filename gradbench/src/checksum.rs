//! Sums over the derivatives at the point in one of ADBench's data files, by which results of different tools are
//! compared without shipping them.

use std::path::Path;

use pullback::Tape;

use crate::adbench::{self, Result};
use crate::evals::{ba, gmm, ht, lstm};

/// Value and derivatives, in ADBench's order.
#[derive(Clone, Debug)]
pub struct Derivatives {
    /// The function's value, or the length of its values.
    pub value: f64,
    /// The gradient, or the Jacobian: by rows where it is sparse, by columns for a hand.
    pub derivatives: Vec<f64>,
}

/// A line with the sums for a file, which is known by how its name begins: `gmm`, `ba`, `lstm` or `hand`.
///
/// # Errors
///
/// When the name is unknown, or the file cannot be read or does not follow the format.
pub fn of(path: &Path) -> Result<String> {
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let found = match name.get(..2) {
        Some("gm") => of_gmm(&adbench::read(path, adbench::gmm)?),
        Some("ba") => of_ba(&adbench::read(path, adbench::ba)?),
        Some("ls") => of_lstm(&adbench::read(path, adbench::lstm)?),
        Some("ha") => of_hand(&adbench::read_hand(path)?),
        _ => {
            return Err(format!(
                "{name}: the name does not begin with gmm, ba, lstm or hand"
            ));
        }
    };
    Ok(format!("{name}: {}", found.sums()))
}

impl Derivatives {
    /// The value, how many derivatives there are, their sum, their length and Σ gᵢ sin(i + 1).
    pub fn sums(&self) -> String {
        let g = &self.derivatives;
        let sum: f64 = g.iter().sum();
        let length = length(g);
        let waves: f64 = g.iter().zip(1..).map(|(g, i)| g * f64::from(i).sin()).sum();
        format!(
            "value {:.15e}, n {}, sum {sum:.15e}, L2 {length:.15e}, wsin {waves:.15e}",
            self.value,
            g.len()
        )
    }
}

fn length(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn of_gmm(problem: &gmm::Problem) -> Derivatives {
    let (mut derivatives, mu, q, l) = problem.gradient(&mut Tape::new());
    derivatives.extend(mu);
    let (d, below) = (q.len() / problem.k, l.len() / problem.k);
    for c in 0..problem.k {
        derivatives.extend(&q[c * d..(c + 1) * d]);
        derivatives.extend(&l[c * below..(c + 1) * below]);
    }
    Derivatives {
        value: problem.value(),
        derivatives,
    }
}

fn of_ba(problem: &ba::Problem) -> Derivatives {
    let (mut residuals, mut jacobian) = (ba::Residuals::default(), ba::Jacobian::default());
    problem.residuals(&mut residuals);
    problem.jacobian(&mut jacobian);
    Derivatives {
        value: length(residuals.reprojection.as_flattened()),
        derivatives: jacobian.vals,
    }
}

fn of_lstm(problem: &lstm::Problem) -> Derivatives {
    let (value, (main, extra)) = problem.value_and_gradient(&mut Tape::new());
    Derivatives {
        value,
        derivatives: [main, extra].concat(),
    }
}

fn of_hand(problem: &ht::Problem) -> Derivatives {
    Derivatives {
        value: length(&problem.errors()),
        derivatives: problem.jacobian().concat(),
    }
}
