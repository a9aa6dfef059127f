//! The log-likelihood of a Gaussian mixture with a Wishart prior, as ADBench defines it
//! (<https://github.com/microsoft/ADBench>): triple loops over slices, a call in a loop, and
//! intermediate results that are better swept back at once than kept.
//!
//! A file is `d k n`, then `alphas[k]`, `means[k][d]`, `icf[k][d(d+1)/2]`, `x[n][d]`, then `gamma
//! m`, numbers separated by blanks. A row of `icf` holds the factor Q of a component's precision
//! matrix: d logarithms of diagonal elements, then what is strictly below the diagonal by columns.

use std::f64::consts::{LN_2, PI};
use std::path::Path;

use pullback::differentiable;

use super::flat::moved;
use super::logsumexp::logsumexp;
use crate::harness::Problem;

/// The log-likelihood of the points `x` plus the logarithm of the prior, for `k` components in `d`
/// dimensions.
#[differentiable]
#[allow(clippy::too_many_arguments)]
fn gmm(
    alphas: &[f64],
    means: &[f64],
    icf: &[f64],
    #[constant] x: &[f64],
    d: usize,
    k: usize,
    n: usize,
    #[constant] gamma: f64,
    m: i32,
) -> f64 {
    let width = d * (d + 1) / 2;
    let mut diagonals = vec![0.0; k * d];
    let mut log_determinants = vec![0.0; k];
    for c in 0..k {
        for i in 0..d {
            let q = icf[c * width + i];
            diagonals[c * d + i] = q.exp();
            log_determinants[c] += q;
        }
    }

    let mut likelihood = 0.0;
    let mut centred = vec![0.0; d];
    let mut product = vec![0.0; d];
    let mut terms = vec![0.0; k];
    for p in 0..n {
        for c in 0..k {
            for i in 0..d {
                centred[i] = x[p * d + i] - means[c * d + i];
                product[i] = diagonals[c * d + i] * centred[i];
            }
            let mut next = c * width + d;
            for i in 0..d {
                for j in i + 1..d {
                    product[j] += icf[next] * centred[i];
                    next += 1;
                }
            }
            let mut square = 0.0;
            for i in 0..d {
                square += product[i] * product[i];
            }
            terms[c] = alphas[c] + log_determinants[c] - 0.5 * square;
        }
        likelihood += logsumexp(&terms);
    }

    let mut prior = 0.0;
    for c in 0..k {
        let mut square = 0.0;
        for i in 0..d {
            square += diagonals[c * d + i] * diagonals[c * d + i];
        }
        for i in d..width {
            square += icf[c * width + i] * icf[c * width + i];
        }
        prior += 0.5 * gamma * gamma * square - f64::from(m) * log_determinants[c];
    }

    likelihood - n as f64 * logsumexp(alphas) + prior + constant(d, k, n, gamma, m)
}

/// What does not depend on the parameters.
fn constant(d: usize, k: usize, n: usize, gamma: f64, m: i32) -> f64 {
    let (df, freedom) = (d as f64, d as f64 + f64::from(m) + 1.0);
    // Γ((freedom + 1 − j)/2) for j = 1 … d; freedom is an integer, so that this needs
    // half-integers.
    let log_gamma: f64 = (1..=d)
        .map(|j| log_gamma_of_half(d + m as usize + 2 - j))
        .sum();
    let normaliser =
        freedom * df * (gamma.ln() - 0.5 * LN_2) - (0.25 * df * (df - 1.0) * PI.ln() + log_gamma);
    -(n as f64) * df * 0.5 * (2.0 * PI).ln() - k as f64 * normaliser
}

/// ln Γ(h/2) for h ≥ 1, by Γ(x + 1) = x Γ(x) from Γ(½) = √π and Γ(1) = 1.
fn log_gamma_of_half(h: usize) -> f64 {
    let start = if h.is_multiple_of(2) {
        0.0
    } else {
        0.5 * PI.ln()
    };
    start
        + (1..h)
            .rev()
            .skip(1)
            .step_by(2)
            .map(|twice| (0.5 * twice as f64).ln())
            .sum::<f64>()
}

/// The gradient with respect to the logits, the means and the factors.
type Gradient = (Vec<f64>, Vec<f64>, Vec<f64>);

/// Each point is swept forward and backward at once, so that only the products of one point are
/// kept. What is linear in the cotangent of a product is pulled out of the loop over the points:
/// the means' cotangent is Qᵀ applied once to a sum, not a sum of n applications.
#[allow(clippy::too_many_arguments)]
fn gmm_by_hand(
    alphas: &[f64],
    means: &[f64],
    icf: &[f64],
    x: &[f64],
    d: usize,
    k: usize,
    n: usize,
    gamma: f64,
    m: i32,
) -> (f64, Gradient) {
    let width = d * (d + 1) / 2;
    let mut diagonals = vec![0.0; k * d];
    let mut log_determinants = vec![0.0; k];
    for c in 0..k {
        for i in 0..d {
            let q = icf[c * width + i];
            diagonals[c * d + i] = q.exp();
            log_determinants[c] += q;
        }
    }

    let (mut alphas_bar, mut means_bar) = (vec![0.0; k], vec![0.0; k * d]);
    let mut icf_bar = vec![0.0; k * width];

    let mut likelihood = 0.0;
    let (mut centred, mut products) = (vec![0.0; k * d], vec![0.0; k * d]);
    let mut terms = vec![0.0; k];
    for x in x.chunks_exact(d).take(n) {
        for c in 0..k {
            let (row, rows) = (c * d..(c + 1) * d, c * width + d..(c + 1) * width);
            let (centred, product) = (&mut centred[row.clone()], &mut products[row.clone()]);
            let (mean, diagonal) = (&means[row.clone()], &diagonals[row]);
            for i in 0..d {
                centred[i] = x[i] - mean[i];
                product[i] = diagonal[i] * centred[i];
            }
            let mut lower = &icf[rows];
            for i in 0..d {
                let (column, rest) = lower.split_at(d - 1 - i);
                lower = rest;
                let v = centred[i];
                for (product, l) in product[i + 1..].iter_mut().zip(column) {
                    *product += l * v;
                }
            }
            let square = product.iter().fold(0.0, |sum, v| sum + v * v);
            terms[c] = alphas[c] + log_determinants[c] - 0.5 * square;
        }
        let largest = terms
            .iter()
            .fold(f64::NEG_INFINITY, |m, &v| if v > m { v } else { m });
        let mut sum = 0.0;
        for term in &mut terms {
            *term = (*term - largest).exp();
            sum += *term;
        }
        likelihood += largest + sum.ln();
        let scale = 1.0 / sum;
        for c in 0..k {
            let weight = terms[c] * scale;
            alphas_bar[c] += weight;
            let (row, rows) = (c * d..(c + 1) * d, c * width..(c + 1) * width);
            let (centred, product) = (&centred[row.clone()], &mut products[row.clone()]);
            // The cotangent of the product takes the place of the product.
            for (product, sum) in product.iter_mut().zip(&mut means_bar[row]) {
                *product *= -weight;
                *sum += *product;
            }
            let (diagonal_bar, mut lower_bar) = icf_bar[rows].split_at_mut(d);
            for i in 0..d {
                let v = centred[i];
                diagonal_bar[i] += product[i] * v;
                let (column_bar, rest) = lower_bar.split_at_mut(d - 1 - i);
                lower_bar = rest;
                for (l_bar, product_bar) in column_bar.iter_mut().zip(&product[i + 1..]) {
                    *l_bar += product_bar * v;
                }
            }
        }
    }

    let mut prior = 0.0;
    let nf = n as f64;
    let (normaliser, softmax) = softmax(alphas);
    for c in 0..k {
        let (row, rows) = (c * d..(c + 1) * d, c * width..(c + 1) * width);
        let (diagonal, factor) = (&diagonals[row.clone()], &icf[rows.clone()]);
        let (mean_bar, factor_bar) = (&mut means_bar[row], &mut icf_bar[rows]);
        // The sum of the products' cotangents is what the mean gets through −Qᵀ.
        let mut lower = d;
        for i in 0..d {
            let mut transposed = diagonal[i] * mean_bar[i];
            for j in i + 1..d {
                transposed += factor[lower] * mean_bar[j];
                lower += 1;
            }
            mean_bar[i] = -transposed;
        }
        let mut square = 0.0;
        for i in 0..d {
            square += diagonal[i] * diagonal[i];
            factor_bar[i] = factor_bar[i] * diagonal[i]
                + alphas_bar[c]
                + gamma * gamma * diagonal[i] * diagonal[i]
                - f64::from(m);
        }
        for i in d..width {
            square += factor[i] * factor[i];
            factor_bar[i] += gamma * gamma * factor[i];
        }
        prior += 0.5 * gamma * gamma * square - f64::from(m) * log_determinants[c];
        alphas_bar[c] -= nf * softmax[c];
    }

    let value = likelihood - nf * normaliser + prior + constant(d, k, n, gamma, m);
    (value, (alphas_bar, means_bar, icf_bar))
}

/// log Σ exp and its gradient.
fn softmax(x: &[f64]) -> (f64, Vec<f64>) {
    let largest = x
        .iter()
        .fold(f64::NEG_INFINITY, |m, &v| if v > m { v } else { m });
    let mut weights: Vec<f64> = x.iter().map(|v| (v - largest).exp()).collect();
    let sum = weights.iter().fold(0.0, |sum, e| sum + e);
    weights.iter_mut().for_each(|w| *w /= sum);
    (largest + sum.ln(), weights)
}

/// A mixture and its data.
pub struct Gmm {
    name: String,
    alphas: Vec<f64>,
    means: Vec<f64>,
    icf: Vec<f64>,
    x: Vec<f64>,
    d: usize,
    k: usize,
    n: usize,
    gamma: f64,
    m: i32,
}

impl Gmm {
    /// Random data of our own, in ADBench's format.
    ///
    /// # Errors
    ///
    /// When the file in the source tree is damaged.
    pub fn ours() -> Result<Self, String> {
        Self::parse(include_str!("../data/gmm_d10_K10.txt"))
    }

    /// Reads a file in ADBench's format.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or does not follow the format.
    pub fn read(path: &Path) -> Result<Self, String> {
        std::fs::read_to_string(path)
            .map_err(|error| error.to_string())
            .and_then(|text| Self::parse(&text))
            .map_err(|what| format!("{}: {what}", path.display()))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let mut number = || {
            let word = words.next().ok_or("the file ends too early")?;
            word.parse::<f64>()
                .map_err(|_| format!("`{word}` is not a number"))
        };
        let (d, k, n) = (number()? as usize, number()? as usize, number()? as usize);
        let mut numbers = |count: usize| (0..count).map(|_| number()).collect::<Result<_, _>>();
        let (alphas, means) = (numbers(k)?, numbers(k * d)?);
        let (icf, x) = (numbers(k * d * (d + 1) / 2)?, numbers(n * d)?);
        let (gamma, m) = (number()?, number()? as i32);
        if words.next().is_some() {
            return Err("the file is too long".to_string());
        }
        let name = format!("gmm d={d} K={k} n={n}");
        Ok(Self {
            name,
            alphas,
            means,
            icf,
            x,
            d,
            k,
            n,
            gamma,
            m,
        })
    }

    /// The objective, and three sums over the gradient by which other tools' results are known:
    /// Σ gᵢ, √Σ gᵢ² and Σ gᵢ sin(i + 1).
    pub fn checksums(&self) -> String {
        let (value, gradient) = self.generated();
        let gradient = Self::flat(&gradient);
        let sum: f64 = gradient.iter().sum();
        let square: f64 = gradient.iter().map(|g| g * g).sum();
        let waves: f64 = gradient
            .iter()
            .zip(1..)
            .map(|(g, i)| g * f64::from(i).sin())
            .sum();
        format!(
            "objective {value:.14e}, gradient: sum {sum:.14e}, L2 {:.14e}, \
             sine-weighted sum {waves:.14e}",
            square.sqrt()
        )
    }
}

impl Problem for Gmm {
    type Gradient = Gradient;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn primal(&self) -> f64 {
        gmm(
            &self.alphas,
            &self.means,
            &self.icf,
            &self.x,
            self.d,
            self.k,
            self.n,
            self.gamma,
            self.m,
        )
    }

    fn generated(&self) -> (f64, Self::Gradient) {
        gmm::value_and_grad(
            &self.alphas,
            &self.means,
            &self.icf,
            &self.x,
            self.d,
            self.k,
            self.n,
            self.gamma,
            self.m,
        )
    }

    fn by_hand(&self) -> (f64, Self::Gradient) {
        gmm_by_hand(
            &self.alphas,
            &self.means,
            &self.icf,
            &self.x,
            self.d,
            self.k,
            self.n,
            self.gamma,
            self.m,
        )
    }

    fn flat((alphas, means, icf): &Self::Gradient) -> Vec<f64> {
        [alphas.as_slice(), means, icf].concat()
    }

    fn moved(&self, factor: f64, direction: &[f64]) -> Self {
        let (alphas, rest) = direction.split_at(self.k);
        let (means, icf) = rest.split_at(self.k * self.d);
        Self {
            name: self.name.clone(),
            alphas: moved(&self.alphas, factor, alphas),
            means: moved(&self.means, factor, means),
            icf: moved(&self.icf, factor, icf),
            x: self.x.clone(),
            ..*self
        }
    }
}
