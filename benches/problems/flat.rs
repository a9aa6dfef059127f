//! A problem whose inputs are numbers in a row: what most problems are.

use std::marker::PhantomData;

use crate::harness::Problem;

/// What a gradient is made of.
pub trait Derivatives {
    /// Its numbers, in order.
    fn flat(&self) -> Vec<f64>;
}

impl Derivatives for f64 {
    fn flat(&self) -> Vec<f64> {
        vec![*self]
    }
}

impl Derivatives for Vec<f64> {
    fn flat(&self) -> Vec<f64> {
        self.clone()
    }
}

impl<const N: usize> Derivatives for [f64; N] {
    fn flat(&self) -> Vec<f64> {
        self.to_vec()
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))+) => {$(
        impl<$($name: Derivatives),+> Derivatives for ($($name,)+) {
            #[allow(non_snake_case)]
            fn flat(&self) -> Vec<f64> {
                let ($($name,)+) = self;
                [$($name.flat()),+].concat()
            }
        }
    )+};
}

tuples! { (A B) (A B C) (A B C D) (A B C D E) }

/// A function at `x` and its two gradients; whatever else the three need, they have captured.
pub struct Flat<P, G, H, R> {
    name: String,
    x: Vec<f64>,
    primal: P,
    generated: G,
    by_hand: H,
    gives: PhantomData<R>,
}

impl<P, G, H, R> Flat<P, G, H, R>
where
    P: Fn(&[f64]) -> f64 + Clone,
    G: Fn(&[f64]) -> (f64, R) + Clone,
    H: Fn(&[f64]) -> (f64, R) + Clone,
    R: Derivatives,
{
    /// The function at `x`.
    pub fn new(name: impl Into<String>, x: Vec<f64>, primal: P, generated: G, by_hand: H) -> Self {
        Self {
            name: name.into(),
            x,
            primal,
            generated,
            by_hand,
            gives: PhantomData,
        }
    }
}

impl<P, G, H, R> Problem for Flat<P, G, H, R>
where
    P: Fn(&[f64]) -> f64 + Clone,
    G: Fn(&[f64]) -> (f64, R) + Clone,
    H: Fn(&[f64]) -> (f64, R) + Clone,
    R: Derivatives,
{
    type Gradient = R;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn primal(&self) -> f64 {
        (self.primal)(&self.x)
    }

    fn generated(&self) -> (f64, R) {
        (self.generated)(&self.x)
    }

    fn by_hand(&self) -> (f64, R) {
        (self.by_hand)(&self.x)
    }

    fn flat(gradient: &R) -> Vec<f64> {
        gradient.flat()
    }

    fn moved(&self, factor: f64, direction: &[f64]) -> Self {
        Self::new(
            self.name.clone(),
            moved(&self.x, factor, direction),
            self.primal.clone(),
            self.generated.clone(),
            self.by_hand.clone(),
        )
    }
}

/// `x` + `factor`·`direction`.
pub fn moved(x: &[f64], factor: f64, direction: &[f64]) -> Vec<f64> {
    x.iter()
        .zip(direction)
        .map(|(x, d)| x + factor * d)
        .collect()
}
