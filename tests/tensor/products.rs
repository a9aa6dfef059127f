//! Sums of products by names, and the products of vectors.

use crate::harness::programs;
use crate::t;
use pullback::{Tensor, differentiable};

type T64 = Tensor<f64>;

#[differentiable]
fn by_names(a: &T64, b: &T64) -> T64 {
    let c = Tensor::einsum("ij,jk->ik", a, b);
    let d = Tensor::einsum("ij,jk->kij", a, b);
    let e = Tensor::einsum("ij,jk->j", a, b);
    let f = Tensor::einsum("ij,jk->", a, b);
    d * c.sum() + e.unsqueeze(0) * f.item()
}

#[differentiable]
fn stacks_by_names(a: &T64, b: &T64) -> T64 {
    Tensor::einsum("bhqd,bhkd->bhqk", a, b)
        + Tensor::einsum("bhqd,bhkd->bh", a, b).reshape([2, 2, 1, 1])
}

#[differentiable]
fn vectors(a: &T64, b: &T64) -> T64 {
    a.outer(b) * a.dot(b) + a.square().outer(a).sum()
}

#[differentiable]
fn by_given_names(names: &str, a: &T64, b: &T64) -> T64 {
    Tensor::einsum(names, a, b)
}

#[test]
fn names_that_a_parameter_gives() {
    let (a, b) = (t(&[2, 3], 1), t(&[4, 3], 2));
    let (y, pullback) = by_given_names::vjp("ij,kj->ki", &a, &b);
    let seed = t(&[4, 2], 3);
    let (a_bar, b_bar) = pullback(seed.clone());
    assert_eq!(y.to_vec(), a.matmul(&b.t()).t().to_vec());
    assert_eq!(a_bar.to_vec(), seed.t().matmul(&b).to_vec());
    assert_eq!(b_bar.to_vec(), seed.matmul(&a).to_vec());
}

#[differentiable]
fn product(a: &T64, b: &T64) -> T64 {
    a.matmul(b)
}

#[differentiable]
fn with_none_of(a: &T64, b: &T64) -> T64 {
    Tensor::concat(&[a.slice(1, 0..0), b.square()], 1)
}

/// Sums over no elements are zeros, and parts without elements are parts.
#[test]
fn products_of_nothing() {
    let (a, b) = (T64::zeros([2, 3, 0]), T64::zeros([0, 4]));
    let (y, pullback) = product::vjp(&a, &b);
    assert_eq!((y.shape(), y.sum()), (&[2, 3, 4][..], 0.0));
    let (a_bar, b_bar) = pullback(t(&[2, 3, 4], 1));
    assert_eq!(
        (a_bar.shape(), b_bar.shape()),
        (&[2, 3, 0][..], &[0, 4][..])
    );

    let (a, b) = (t(&[2, 3], 1), t(&[2, 2], 2));
    let (y, pullback) = with_none_of::vjp(&a, &b);
    assert_eq!(y.shape(), &[2, 2]);
    let (a_bar, b_bar) = pullback(Tensor::ones([2, 2]));
    assert_eq!((a_bar.shape(), a_bar.sum()), (&[2, 3][..], 0.0));
    assert_eq!(b_bar.to_vec(), (&b * 2.0).to_vec());
}

programs! {
    vector by_names { a: refer = t(&[2, 3], 1), b: refer = t(&[3, 2], 2) };
    vector stacks_by_names { a: refer = t(&[2, 2, 3, 2], 1), b: refer = t(&[2, 2, 3, 2], 2) };
    vector vectors { a: refer = t(&[3], 1), b: refer = t(&[3], 2) };
}

/// Against the definition.
#[test]
fn einsum_is_the_sum_of_products() {
    let sizes = [('i', 2), ('j', 3), ('k', 4)];
    let size = |name: char| {
        sizes
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, n)| *n)
            .unwrap()
    };
    for names in [
        "ij,jk->ik",
        "ij,jk->ki",
        "ij,kj->ik",
        "ji,jk->ik",
        "ij,ij->ij",
        "ij,ij->i",
        "ij,ij->",
        "i,k->ki",
        "ij,k->jk",
        "ijk,k->ij",
        "ij,jk->",
        "i,->i",
    ] {
        let (operands, out) = names.split_once("->").unwrap();
        let (a, b) = operands.split_once(',').unwrap();
        let shape = |names: &str| names.chars().map(size).collect::<Vec<usize>>();
        let (x, y) = (t(&shape(a), 1), t(&shape(b), 2));
        let got = Tensor::einsum(names, &x, &y);
        let mut expected = vec![0.0; got.len()];
        for i in 0..2 {
            for j in 0..3 {
                for k in 0..4 {
                    let value = |name: char| match name {
                        'i' => i,
                        'j' => j,
                        _ => k,
                    };
                    // An axis that nobody names is not summed over.
                    let used = |name: char| operands.contains(name) || value(name) == 0;
                    if !sizes.iter().all(|(name, _)| used(*name)) {
                        continue;
                    }
                    let at = |names: &str| {
                        names
                            .chars()
                            .fold(0, |at, name| at * size(name) + value(name))
                    };
                    expected[at(out)] += x.to_vec()[at(a)] * y.to_vec()[at(b)];
                }
            }
        }
        assert_eq!(got.shape(), shape(out), "{names}");
        for (got, expected) in got.to_vec().iter().zip(&expected) {
            assert!((got - expected).abs() < 1e-12, "{names}: {got} {expected}");
        }
    }
}

#[test]
fn empty_products_are_zero() {
    let (a, b) = (Tensor::<f64>::zeros([2, 0]), Tensor::zeros([0, 3]));
    assert_eq!(a.matmul(&b).to_vec(), [0.0; 6]);
    assert_eq!(
        Tensor::<f64>::zeros([0, 2])
            .matmul(&Tensor::zeros([2, 3]))
            .shape(),
        &[0, 3]
    );
    #[differentiable]
    fn f(a: &T64, b: &T64) -> f64 {
        a.matmul(b).sum()
    }
    let (da, db) = f::grad(&a, &b);
    assert_eq!((da.shape(), db.shape()), (&[2, 0][..], &[0, 3][..]));
}
