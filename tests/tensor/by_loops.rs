//! Convolutions of many shapes and options against their definition in seven loops, and their gradients against the
//! adjoint identity: a convolution is linear in each of its two operands.

use crate::t;
use pullback::tensor::Conv;
use pullback::{Tensor, differentiable};

type T64 = Tensor<f64>;

#[differentiable]
fn of_doubles(x: &T64, w: &T64, options: &Conv) -> T64 {
    x.conv2d(w, options)
}

#[differentiable]
fn of_singles(x: &Tensor, w: &Tensor, options: &Conv) -> Tensor {
    x.conv2d(w, options)
}

#[differentiable]
fn transposed(x: &T64, w: &T64, options: &Conv) -> T64 {
    x.conv_transpose2d(w, options)
}

/// Numbers without pattern, by xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    fn pair(&mut self, n: usize) -> [usize; 2] {
        [1 + self.below(n), 1 + self.below(n)]
    }

    fn tensor(&mut self, shape: &[usize]) -> T64 {
        t(shape, self.below(1 << 20) as u64)
    }
}

/// One convolution: what is asked of the library and of the loops.
#[derive(Clone, Debug)]
struct Case {
    x: Vec<usize>,
    w: Vec<usize>,
    stride: [usize; 2],
    dilation: [usize; 2],
    padding: [(usize, usize); 2],
    groups: usize,
    last: bool,
}

impl Case {
    fn random(random: &mut Random, wide: bool) -> Case {
        let channels = if wide { 20 } else { 3 };
        let [inputs, outputs] = match random.below(4) {
            0 => [1, 1 + random.below(2)],
            _ => random.pair(channels),
        };
        let groups = [1, 1, 2, 3, 8][random.below(if wide { 5 } else { 4 })];
        let [height, width] = random.pair(if wide { 14 } else { 7 });
        let kernel = match random.below(5) {
            0 => [1, 1],
            1 => [3, 3],
            _ => random.pair(4),
        };
        let ends = [
            (random.below(4), random.below(4)),
            (random.below(4), random.below(4)),
        ];
        let mut x = vec![1 + random.below(2), inputs * groups, height, width];
        let last = random.below(2) == 0;
        if last {
            x[1..].rotate_left(1);
        }
        Case {
            x,
            w: vec![outputs * groups, inputs, kernel[0], kernel[1]],
            stride: [[1, 1], [2, 2], random.pair(4)][random.below(3)],
            dilation: [[1, 1], random.pair(3)][random.below(2)],
            padding: [[(0, 0); 2], [(1, 1); 2], ends][random.below(3)],
            groups,
            last,
        }
    }

    fn options(&self) -> Conv {
        let options = Conv::new()
            .stride(self.stride)
            .dilation(self.dilation)
            .padding(self.padding)
            .groups(self.groups);
        if self.last {
            options.channels_last()
        } else {
            options
        }
    }

    /// The convolution as it is defined, if the kernel fits.
    fn by_loops(&self, x: &T64, w: &T64) -> Option<T64> {
        let (x, w) = match self.last {
            true => (x.permute([0, 3, 1, 2]), w),
            false => (x.clone(), w),
        };
        let ([n, _, height, width], [outputs, inputs, rows, columns]) =
            (four(x.shape()), four(w.shape()));
        let long = |axis: usize, len: usize, kernel: usize| {
            let (before, behind) = self.padding[axis];
            let free =
                (len + before + behind).checked_sub(self.dilation[axis] * (kernel - 1) + 1)?;
            Some(free / self.stride[axis] + 1)
        };
        let (down, across) = (long(0, height, rows)?, long(1, width, columns)?);
        let at = |axis: usize, out: usize, k: usize, len: usize| {
            let place = out * self.stride[axis] + k * self.dilation[axis];
            place.checked_sub(self.padding[axis].0).filter(|p| *p < len)
        };
        let y = Tensor::from_fn([n, outputs, down, across], |o| {
            let group = o[1] / (outputs / self.groups);
            let mut sum = 0.0;
            for c in 0..inputs {
                for k in 0..rows {
                    for l in 0..columns {
                        if let (Some(i), Some(j)) = (at(0, o[2], k, height), at(1, o[3], l, width))
                        {
                            sum += x[[o[0], group * inputs + c, i, j]] * w[[o[1], c, k, l]];
                        }
                    }
                }
            }
            sum
        });
        Some(if self.last {
            y.permute([0, 2, 3, 1])
        } else {
            y
        })
    }
}

fn four(shape: &[usize]) -> [usize; 4] {
    shape.try_into().expect("four axes")
}

fn dot(a: &T64, b: &T64) -> f64 {
    assert_eq!(a.shape(), b.shape());
    (a * b).sum()
}

fn single(x: &T64) -> Tensor {
    Tensor::from_vec(
        x.shape(),
        x.to_vec().iter().map(|x| *x as f32).collect::<Vec<_>>(),
    )
}

fn close(a: f64, b: f64, case: &Case) {
    assert!(
        (a - b).abs() <= 1e-11 * (100.0 + a.abs()),
        "{a} is not {b}: {case:?}"
    );
}

fn close_single(a: &Tensor, b: &T64, case: &Case) {
    assert_eq!(a.shape(), b.shape(), "{case:?}");
    for (a, b) in a.to_vec().into_iter().zip(b.to_vec()) {
        assert!(
            (f64::from(a) - b).abs() <= 1e-4 * (1.0 + b.abs()),
            "{a} is not {b}: {case:?}"
        );
    }
}

#[test]
fn convolutions_and_their_gradients() {
    let mut random = Random(88_172_645_463_325_252);
    let mut fitted = 0;
    for trial in 0..200 {
        let case = Case::random(&mut random, trial % 25 == 0);
        let [x, dx] = [0; 2].map(|_| random.tensor(&case.x));
        let [w, dw] = [0; 2].map(|_| random.tensor(&case.w));
        let options = case.options();
        let Some(expected) = case.by_loops(&x, &w) else {
            continue;
        };
        fitted += 1;
        let (y, pullback) = of_doubles::vjp(&x, &w, &options);
        assert_eq!(y.shape(), expected.shape(), "{case:?}");
        for (a, b) in y.to_vec().into_iter().zip(expected.to_vec()) {
            close(a, b, &case);
        }
        let seed = random.tensor(y.shape());
        let (x_bar, w_bar, _) = pullback(seed.clone());
        let [along_x, along_w] = [(&dx, &w), (&x, &dw)].map(|(x, w)| case.by_loops(x, w));
        close(dot(&x_bar, &dx), dot(&along_x.expect("fits"), &seed), &case);
        close(dot(&w_bar, &dw), dot(&along_w.expect("fits"), &seed), &case);

        let (x, w) = (single(&x), single(&w));
        let (y, pullback) = of_singles::vjp(&x, &w, &options);
        close_single(&y, &expected, &case);
        let (x_single, w_single, _) = pullback(single(&seed));
        close_single(&x_single, &x_bar, &case);
        close_single(&w_single, &w_bar, &case);
    }
    assert!(fitted > 120, "{fitted} kernels fitted");
}

/// A transposed convolution is the adjoint of the convolution with the same options.
#[test]
fn transposed_convolutions() {
    let mut random = Random(1_234_567_891_234_567);
    let mut fitted = 0;
    for _ in 0..400 {
        let case = Case::random(&mut random, false);
        let (x, w) = (random.tensor(&case.x), random.tensor(&case.w));
        let Some(y) = case.by_loops(&x, &w) else {
            continue;
        };
        // Only where the window reaches the last element the length of the input can be told from the output's.
        let reaches = (0..2).all(|axis| {
            let len = case.x[axis + if case.last { 1 } else { 2 }];
            let (before, behind) = case.padding[axis];
            let window = case.dilation[axis] * (case.w[axis + 2] - 1) + 1;
            (len + before + behind - window) % case.stride[axis] == 0
        });
        if !reaches {
            continue;
        }
        fitted += 1;
        let seed = random.tensor(y.shape());
        let options = case.options();
        let (back, pullback) = transposed::vjp(&seed, &w, &options);
        close(dot(&back, &x), dot(&y, &seed), &case);
        let (seed_bar, w_bar, _) = pullback(x.clone());
        close(dot(&seed_bar, &seed), dot(&y, &seed), &case);
        close(dot(&w_bar, &w), dot(&y, &seed), &case);
    }
    assert!(fitted > 80, "{fitted} kernels fitted");
}
