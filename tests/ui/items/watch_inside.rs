//! `#[watch(inside)]` where nothing can be told: each mistake at its place, with a way out.

use pullback::{Differentiable, differentiable};

#[differentiable]
fn layer(x: f64) -> f64 {
    #[watch]
    let square: f64 = x * x;
    square + x
}

#[differentiable]
fn not_a_call(x: f64) -> f64 {
    #[watch(inside)]
    let y = layer(x) * 2.0;
    y
}

#[differentiable]
fn not_a_path(x: f64) -> f64 {
    let f = layer;
    #[watch(inside)]
    let y = (f)(x);
    y
}

#[derive(Clone, Debug, Differentiable)]
struct Net(f64);

#[differentiable]
impl Net {
    fn features(&self, x: f64) -> f64 {
        #[watch]
        let map: f64 = self.0 * x;
        map * map
    }
}

#[differentiable]
fn of_a_receiver(net: &Net, x: f64) -> f64 {
    #[watch(inside)]
    let y = net.features(x);
    y
}

#[differentiable]
fn no_derivative_goes_in(x: f64) -> f64 {
    #[watch(inside)]
    let y = layer(2.0);
    x * y
}

#[differentiable]
fn of_std(x: f64) -> f64 {
    #[watch(inside)]
    let y = f64::sqrt(x);
    y
}

#[differentiable]
fn misspelt(x: f64) -> f64 {
    #[watch(within)]
    let y: f64 = layer(x);
    y
}

#[differentiable]
fn in_vain(x: f64) -> f64 {
    #[watch(inside)]
    let y = layer(x);
    x * y.floor()
}

fn main() {}
