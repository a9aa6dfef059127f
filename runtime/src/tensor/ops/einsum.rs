//! Sums of products by the names of axes, and the products of vectors.

use super::super::rule::{Seed, each, plus, rules};
use super::super::{Element, Tensor, reduce, shape};
use crate::prelude::*;
use crate::rt::Constant;
use crate::third_party::constructor;
use crate::{Differentiable, Tangent};

/// `"ij,jk->ik"`, taken apart.
struct Names {
    a: Vec<char>,
    b: Vec<char>,
    out: Vec<char>,
}

impl Names {
    /// Reads the names, and holds the shapes against them.
    #[track_caller]
    fn of(names: &str, a: &[usize], b: &[usize]) -> Names {
        let compact: String = names.chars().filter(|c| !c.is_whitespace()).collect();
        let parsed = compact.split_once("->").and_then(|(operands, out)| {
            let (a, b) = operands.split_once(',')?;
            Some(Names {
                a: a.chars().collect(),
                b: b.chars().collect(),
                out: out.chars().collect(),
            })
        });
        let Some(parsed) = parsed else {
            panic!(
                "`einsum`: `{names}` does not name the axes of two tensors and of their product, as `ij,jk->ik` does"
            )
        };
        for (which, letters) in [
            ("first", &parsed.a),
            ("second", &parsed.b),
            ("result's", &parsed.out),
        ] {
            for (i, letter) in letters.iter().enumerate() {
                if !letter.is_alphabetic() {
                    panic!("`einsum`: `{letter}` in `{names}` is no letter");
                }
                if letters[..i].contains(letter) {
                    panic!(
                        "`einsum`: `{letter}` names two of the {which} axes in `{names}`, which is not supported"
                    );
                }
            }
        }
        for (letters, shape) in [(&parsed.a, a), (&parsed.b, b)] {
            if letters.len() != shape.len() {
                panic!(
                    "`einsum` of shapes {a:?} and {b:?}: `{names}` names {} axes of the shape {shape:?}",
                    letters.len()
                );
            }
        }
        for letter in &parsed.out {
            if !parsed.a.contains(letter) && !parsed.b.contains(letter) {
                panic!(
                    "`einsum`: `{letter}` of the result is no axis of either tensor in `{names}`"
                );
            }
        }
        for (letter, len) in parsed.a.iter().zip(a) {
            if let Some(i) = parsed.b.iter().position(|other| other == letter)
                && b[i] != *len
            {
                panic!(
                    "`einsum` of shapes {a:?} and {b:?} by `{names}`: `{letter}` is {len} in the first and {} in the second",
                    b[i]
                );
            }
        }
        parsed
    }
}

/// The tensor with the axes named in `to`, of which those that it has not are left out, and others summed over.
fn arranged<T: Element>(x: &Tensor<T>, names: &[char], to: &[char]) -> (Tensor<T>, Vec<char>) {
    let summed: Vec<usize> = (0..names.len())
        .filter(|&i| !to.contains(&names[i]))
        .collect();
    let kept: Vec<char> = names
        .iter()
        .copied()
        .filter(|name| to.contains(name))
        .collect();
    let x = match summed.is_empty() {
        true => x.clone(),
        false => {
            let lens: Vec<usize> = (0..names.len())
                .filter(|i| !summed.contains(i))
                .map(|i| x.shape()[i])
                .collect();
            Tensor::new(&lens, reduce::sum(x, &summed))
        }
    };
    let there: Vec<char> = to
        .iter()
        .copied()
        .filter(|name| kept.contains(name))
        .collect();
    let order: Vec<usize> = there
        .iter()
        .filter_map(|name| kept.iter().position(|k| k == name))
        .collect();
    (x.reordered(&order), there)
}

/// The sum of products, as one product of two stacks of matrices.
fn contract<T: Element>(a: &Tensor<T>, b: &Tensor<T>, names: [&[char]; 3]) -> Tensor<T> {
    let [a_names, b_names, out] = names;
    let in_both = |name: &&char| a_names.contains(name) && b_names.contains(name);
    let stack: Vec<char> = out.iter().filter(in_both).copied().collect();
    let inner: Vec<char> = a_names
        .iter()
        .filter(in_both)
        .filter(|name| !out.contains(name))
        .copied()
        .collect();
    let rows: Vec<char> = out
        .iter()
        .filter(|name| a_names.contains(name) && !b_names.contains(name))
        .copied()
        .collect();
    let columns: Vec<char> = out
        .iter()
        .filter(|name| b_names.contains(name) && !a_names.contains(name))
        .copied()
        .collect();
    let (a, _) = arranged(a, a_names, &[&stack[..], &rows, &inner].concat());
    let (b, _) = arranged(b, b_names, &[&stack[..], &inner, &columns].concat());
    let lens = |x: &Tensor<T>, from: usize, n: usize| x.shape()[from..from + n].to_vec();
    let stack_lens = lens(&a, 0, stack.len());
    let row_lens = lens(&a, stack.len(), rows.len());
    let inner_lens = lens(&b, stack.len(), inner.len());
    let column_lens = lens(&b, stack.len() + inner.len(), columns.len());
    let size = |lens: &[usize]| lens.iter().product::<usize>();
    let (s, m, k, n) = (
        size(&stack_lens),
        size(&row_lens),
        size(&inner_lens),
        size(&column_lens),
    );
    let product = match stack.is_empty() {
        true => a.shaped(&[m, k]).matmul(&b.shaped(&[k, n])),
        false => a.shaped(&[s, m, k]).matmul(&b.shaped(&[s, k, n])),
    };
    let product = product.shaped(&[stack_lens, row_lens, column_lens].concat());
    arranged(&product, &[stack, rows, columns].concat(), out).0
}

/// The cotangent of an operand with the axes `of`, from that of the result and the other operand.
fn back<T: Element>(
    t: &Tensor<T>,
    t_names: &[char],
    other: &Tensor<T>,
    other_names: &[char],
    of: &[char],
    shape: &[usize],
) -> Tensor<T> {
    // An axis that only this operand has and that was summed over repeats.
    let there: Vec<char> = of
        .iter()
        .copied()
        .filter(|name| t_names.contains(name) || other_names.contains(name))
        .collect();
    let bar = contract(t, other, [t_names, other_names, &there]);
    if there.len() == of.len() {
        return bar;
    }
    let lens: Vec<usize> = of
        .iter()
        .zip(shape)
        .map(|(name, len)| if there.contains(name) { *len } else { 1 })
        .collect();
    bar.shaped(&lens).repeated_to("einsum", shape)
}

impl<T: Element> Tensor<T> {
    /// The sum of products of two tensors by the names of their axes: what the result does not name is summed over.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let a: Tensor = Tensor::ones([2, 3]);
    /// let b: Tensor = Tensor::ones([4, 3]);
    /// assert_eq!(Tensor::einsum("ij,kj->ki", &a, &b).shape(), &[4, 2]);
    /// ```
    ///
    /// # Panics
    /// If the names do not fit the shapes, or one tensor has a name twice.
    #[track_caller]
    pub fn einsum(names: &str, a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
        let names = Names::of(names, a.shape(), b.shape());
        contract(a, b, [&names.a, &names.b, &names.out])
    }

    /// The sum of the products of the elements of two tensors of one shape.
    #[track_caller]
    pub fn dot(&self, other: &Tensor<T>) -> T {
        shape::same("dot", self.shape(), other.shape());
        reduce::inner(&self.data(), &other.data())
    }

    /// The products of each element of one with each of the other: the axes of the first, then those of the second.
    pub fn outer(&self, other: &Tensor<T>) -> Tensor<T> {
        let to = [self.shape(), other.shape()].concat();
        self.shaped(&[self.len(), 1])
            .zip_map("outer", &other.shaped(&[1, other.len()]), |a, b| a * b)
            .shaped(&to)
    }
}

rules! {
    TensorDotEntry __differentiable_dot __masked_dot __jvp_dot __keep_dot [] (a, b) -> T,
        value a.dot(b),
        pull |_| {
            let (a, b) = (a.clone(), b.clone());
            each(move |t: &T, i| if i == 0 { &b * *t } else { &a * *t })
        },
        push |_, [da, db]| Some(da.map_or(T::zero(), |d| d.dot(b)) + db.map_or(T::zero(), |d| a.dot(d)));
    TensorOuterEntry __differentiable_outer __masked_outer __jvp_outer __keep_outer [] (a, b) -> Tensor<T>,
        value a.outer(b),
        pull |_| {
            let (a, b) = (a.clone(), b.clone());
            each(move |t: &Tensor<T>, i| {
                let t = t.shaped(&[a.len(), b.len()]);
                match i {
                    0 => t.matmul(&b.flatten()).shaped(a.shape()),
                    _ => a.flatten().matmul(&t).shaped(b.shape()),
                }
            })
        },
        push |_, [da, db]| plus(da.map(|d| d.outer(b)), db.map(|d| a.outer(d)));
}

constructor! {
    /// `Tensor::einsum(names, &a, &b)`.
    TensorEinsumEntry [T: [Element]] for Tensor<T>;
    __differentiable_einsum __masked_einsum __jvp_einsum;
    (
        names: &str, again &str, slot Constant, dot Constant;
        a: &Tensor<T>, again &Tensor<T>, slot Option<&mut Tensor<T>>, dot Option<&Tensor<T>>;
        b: &Tensor<T>, again &Tensor<T>, slot Option<&mut Tensor<T>>, dot Option<&Tensor<T>>;
    ) -> Tensor<T>, seed Tensor<T>;
    bits 0b110;
    call {
        let y = Tensor::einsum(names, a, b);
        let (like, names) = (y.like(), Names::of(names, a.shape(), b.shape()));
        let (a, b) = (a.clone(), b.clone());
        (y, move |
            t: Tensor<T>,
            _: (&str, &Tensor<T>, &Tensor<T>),
            (_, a_bar, b_bar): (Constant, Option<&mut Tensor<T>>, Option<&mut Tensor<T>>),
            _: &mut crate::Tape,
        | {
            if t.is_nothing(&like) {
                return;
            }
            if let Some(bar) = a_bar {
                bar.absorb(back(&t, &names.out, &b, &names.b, &names.a, a.shape()));
            }
            if let Some(bar) = b_bar {
                bar.absorb(back(&t, &names.out, &a, &names.a, &names.b, b.shape()));
            }
        })
    }
    jvp |(_, da, db)| {
        let (da, db) = (da.filter(|d| !d.is_zero()), db.filter(|d| !d.is_zero()));
        let y = Tensor::einsum(names, a, b);
        let tangent = plus(da.map(|da| Tensor::einsum(names, da, b)), db.map(|db| Tensor::einsum(names, a, db)));
        let tangent = tangent.unwrap_or_else(|| y.zero_tangent());
        (y, tangent)
    }
}

/// The entries of associated functions.
pub mod functions {
    pub use super::TensorEinsumEntry as _;
}
