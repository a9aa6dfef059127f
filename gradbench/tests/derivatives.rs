//! Every evaluation's derivatives at small problems drawn at random: reverse mode against differences, forward mode
//! against reverse mode, and what is put together from derivatives against the function that it should describe.

use gradbench::evals::{ba, det, gmm, hello, ht, kmeans, llsq, lse, lstm, ode, particle, saddle};
use pullback::Tape;
use pullback::check::Tolerance;
use pullback::differentiable;

/// Marsaglia's xorshift: the same numbers on every run.
struct Random(u64);

impl Random {
    fn new() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }

    /// Uniform between −1 and 1.
    fn number(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    fn numbers(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.number()).collect()
    }

    fn array<const N: usize>(&mut self) -> [f64; N] {
        std::array::from_fn(|_| self.number())
    }
}

fn assert_close(a: f64, b: f64, what: &str) {
    let close = (a - b).abs() <= 1e-11 * (1.0 + a.abs() + b.abs());
    assert!(close, "{what}: {a:e} and {b:e}");
}

#[test]
fn hello_doubles() {
    pullback::check!(hello::square, (3.0));
}

#[test]
fn log_sum_exp() {
    let mut random = Random::new();
    for n in [1, 2, 8, 21] {
        let x = random.numbers(n);
        pullback::check!(lse::log_sum_exp, (&x));
        let direct = x.iter().map(|v| v.exp()).sum::<f64>().ln();
        assert_close(lse::log_sum_exp(&x), direct, "log sum exp");
    }
    assert_eq!(lse::log_sum_exp::grad(&[1e4, 0.0]), [1.0, 0.0]);
}

#[test]
fn least_squares() {
    let x = Random::new().numbers(5);
    for n in [2, 15, 16, 37] {
        pullback::check!(llsq::misfit, (&x, n));
        let direct = (0..n).map(|i| {
            let t = -1.0 + 2.0 * i as f64 / (n as f64 - 1.0);
            let sign = if t == 0.0 { 0.0 } else { t.signum() };
            let p = x.iter().rev().fold(0.0, |p, c| p * t + c);
            0.5 * (sign - p) * (sign - p)
        });
        assert_close(llsq::misfit(&x, n), direct.sum(), "misfit");
    }
}

#[test]
fn determinant() {
    let mut random = Random::new();
    for n in 1..=6 {
        let mut a = random.numbers(n * n);
        pullback::check!(det::determinant, (&a, n));
        if n > 1 {
            // A row that is twice another one.
            for j in 0..n {
                a[j] = 2.0 * a[(n - 1) * n + j];
            }
            assert_close(det::determinant(&a, n), 0.0, "singular");
        }
    }
    assert_eq!(
        det::determinant(&[2.0, 1.0, 0.0, 0.0, 3.0, 5.0, 0.0, 0.0, 4.0], 3),
        24.0
    );
}

#[test]
fn differential_equation() {
    let x: Vec<f64> = Random::new().numbers(7).iter().map(|v| v + 1.5).collect();
    pullback::check!(ode::solve, (&x, 3));
    pullback::check!(ode::last_of_solution, (&x, 5));
    // A polynomial of degree four is integrated exactly: yᵢ = x₀ … xᵢ tⁱ⁺¹ / (i + 1)!.
    assert_close(
        ode::last_of_solution(&x[..4], 1),
        x[..4].iter().product::<f64>() * 16.0 / 24.0,
        "y₃",
    );
}

fn mixture(d: usize, k: usize, n: usize) -> gmm::Input {
    let mut random = Random::new();
    let mut rows = |count: usize, width: usize| (0..count).map(|_| random.numbers(width)).collect();
    let (mu, q, l, x) = (rows(k, d), rows(k, d), rows(k, d * (d - 1) / 2), rows(n, d));
    let alpha = random.numbers(k);
    gmm::Input {
        d,
        k,
        n,
        alpha,
        mu,
        q,
        l,
        x,
        gamma: 1.3,
        m: 2,
    }
}

#[test]
fn mixtures() {
    for (d, k, n) in [(1, 1, 1), (3, 4, 21), (2, 5, 8)] {
        let p = gmm::Problem::new(&mixture(d, k, n)).unwrap();
        pullback::check!(
            gmm::log_posterior,
            (
                &p.alpha,
                &p.mu,
                &p.q,
                &p.l,
                #[constant]
                &p.points,
                p.k,
                #[constant]
                &p.prior
            )
        );
    }
}

/// Against the density of each point as textbooks write it.
#[test]
fn mixture_is_the_sum_of_densities() {
    let input = mixture(2, 3, 9);
    let mut with_prior = gmm::Problem::new(&input).unwrap();
    let both = with_prior.value();
    with_prior.prior.sign = -1.0;
    // The prior's part is the same with either sign.
    let likelihood = 0.5 * (both + with_prior.value());
    let weights: f64 = input.alpha.iter().map(|a| a.exp()).sum();
    let mut direct = 0.0;
    for x in &input.x {
        let mut density = 0.0;
        for c in 0..3 {
            let (q, v) = (&input.q[c], [x[0] - input.mu[c][0], x[1] - input.mu[c][1]]);
            let (a, b) = (q[0].exp() * v[0], input.l[c][0] * v[0] + q[1].exp() * v[1]);
            let scale = (q[0] + q[1]).exp() / (2.0 * std::f64::consts::PI);
            density += input.alpha[c].exp() / weights * scale * (-0.5 * (a * a + b * b)).exp();
        }
        direct += density.ln();
    }
    assert_close(likelihood, direct, "likelihood");
}

#[test]
fn bundle_adjustment() {
    let mut random = Random::new();
    let (mut camera, feature) = (random.array::<{ ba::CAMERA }>(), random.array());
    let x = random.array().map(|v: f64| v + 3.0);
    pullback::check!(
        ba::reprojection,
        (
            &camera,
            &x,
            0.7,
            #[constant]
            &feature
        )
    );
    pullback::check!(ba::weight_residual, (0.7));
    // Without a rotation.
    camera[..3].fill(0.0);
    let upright = ba::reprojection(&camera, &x, 1.0, &[0.0; 2]);
    camera[..3].fill(1e-9);
    let nearly = ba::reprojection(&camera, &x, 1.0, &[0.0; 2]);
    assert!(
        upright
            .iter()
            .zip(nearly)
            .all(|(a, b)| (a - b).abs() < 1e-7)
    );
}

/// The Jacobian times a direction is the forward derivative of the residuals, wherever a column goes to.
#[test]
fn bundle_adjustment_is_sparse() {
    let mut random = Random::new();
    let (cam, feat) = (random.array(), random.array());
    let input = ba::Input {
        n: 2,
        m: 3,
        p: 7,
        cam,
        x: [2.0, 3.0, 4.0],
        w: 0.4,
        feat,
    };
    let problem = ba::Problem::new(&input).unwrap();
    let mut jacobian = ba::Jacobian::default();
    problem.jacobian(&mut jacobian);
    assert_eq!(jacobian.rows.len(), 3 * 7 + 1);
    assert_eq!(jacobian.cols.len(), 31 * 7);
    let columns = ba::CAMERA * 2 + 3 * 3 + 7;
    let direction = random.numbers(columns);
    for i in 0..7 {
        let (camera, point) = problem.observed[i];
        let camera_t = std::array::from_fn(|j| direction[ba::CAMERA * camera + j]);
        let point_t = std::array::from_fn(|j| direction[ba::CAMERA * 2 + 3 * point + j]);
        let weight_t = direction[ba::CAMERA * 2 + 9 + i];
        let at = (&cam, &problem.points[point], 0.4, &feat);
        let (_, tangent) = ba::reprojection::jvp(at, (camera_t, point_t, weight_t));
        let weight = ba::weight_residual::jvp(0.4, weight_t).1;
        for (row, wanted) in [
            (2 * i, tangent[0]),
            (2 * i + 1, tangent[1]),
            (14 + i, weight),
        ] {
            let filled = jacobian.rows[row]..jacobian.rows[row + 1];
            let got: f64 = filled
                .map(|e| jacobian.vals[e] * direction[jacobian.cols[e]])
                .sum();
            assert_close(got, wanted, "a row of the Jacobian");
        }
    }
}

/// A hand of seven vertices.
fn hand(mirrored: bool, in_triangles: bool) -> ht::Input {
    let mut random = Random::new();
    let bones = 22;
    let mut matrix = || {
        let mut m: [[f64; 4]; 4] = std::array::from_fn(|_| random.array());
        m[3] = [0.0, 0.0, 0.0, 1.0];
        m
    };
    let base_relatives = (0..bones).map(|_| matrix()).collect();
    let inverse_base_absolutes = (0..bones).map(|_| matrix()).collect();
    let position = |random: &mut Random| {
        let [x, y, z] = random.array();
        [x, y, z, 1.0]
    };
    let base_positions = (0..7).map(|_| position(&mut random)).collect();
    let weights = (0..7).map(|v| {
        (0..bones)
            .map(|b| f64::from((b + v) % 5 == 0) / 5.0)
            .collect()
    });
    let model = ht::Model {
        parents: (0..bones)
            .map(|b| if b % 4 == 1 { 0 } else { b - 1 })
            .collect(),
        base_relatives,
        inverse_base_absolutes,
        base_positions,
        weights: weights.collect(),
        triangles: vec![[0, 1, 2], [4, 3, 6]],
        is_mirrored: mirrored,
    };
    let us = if in_triangles {
        (0..3).map(|_| random.array()).collect()
    } else {
        Vec::new()
    };
    let correspondences = if in_triangles {
        vec![1, 0, 1]
    } else {
        vec![2, 5, 2]
    };
    let points = (0..3).map(|_| random.array()).collect();
    let data = ht::Data {
        model,
        correspondences,
        points,
    };
    ht::Input {
        theta: random.numbers(ht::THETA),
        data,
        us,
    }
}

#[test]
fn hands() {
    for mirrored in [false, true] {
        let p = ht::Problem::new(&hand(mirrored, false)).unwrap();
        pullback::check!(
            ht::errors_at_vertices,
            (
                &p.theta,
                #[constant]
                &p.hand
            )
        );
        let p = ht::Problem::new(&hand(mirrored, true)).unwrap();
        pullback::check!(
            ht::errors_in_triangles,
            (
                &p.theta,
                &p.us,
                #[constant]
                &p.hand
            )
        );
    }
}

#[test]
fn columns_of_hands() {
    let p = ht::Problem::new(&hand(false, false)).unwrap();
    let columns = p.jacobian();
    assert_eq!(columns.len(), ht::THETA);
    let seed: Vec<f64> = (0..9).map(|i| f64::from(i) - 4.0).collect();
    let (_, pullback) = ht::errors_at_vertices::vjp(&p.theta, &p.hand);
    for (column, wanted) in columns.iter().zip(pullback(seed.clone())) {
        let got: f64 = column.iter().zip(&seed).map(|(a, b)| a * b).sum();
        assert_close(got, wanted, "a column");
    }
    let p = ht::Problem::new(&hand(false, true)).unwrap();
    let columns = p.jacobian();
    assert_eq!(columns.len(), 2 + ht::THETA);
    let (_, pullback) = ht::errors_in_triangles::vjp(&p.theta, &p.us, &p.hand);
    let (theta, us) = pullback(seed.clone());
    for (column, wanted) in columns[2..].iter().zip(theta) {
        let got: f64 = column.iter().zip(&seed).map(|(a, b)| a * b).sum();
        assert_close(got, wanted, "a column");
    }
    for (i, wanted) in us.iter().enumerate() {
        for j in 0..2 {
            let got: f64 = (3 * i..3 * i + 3).map(|r| columns[j][r] * seed[r]).sum();
            assert_close(got, wanted[j], "a place in a triangle");
        }
    }
}

#[test]
fn clusters() {
    let mut random = Random::new();
    let (n, k, d) = (30, 4, 3);
    let points = random.numbers(n * d);
    let centroids = points[..k * d].iter().map(|v| v + 0.01).collect();
    let p = kmeans::Problem {
        points,
        centroids,
        d,
    };
    pullback::check!(
        kmeans::cost,
        (
            #[constant]
            &p.points,
            &p.centroids,
            p.d
        )
    );
    let nearest = kmeans::nearest(&p.points, &p.centroids, d);
    pullback::check!(
        kmeans::slope,
        (
            &nearest[..],
            #[constant]
            &p.points,
            &p.centroids,
            d
        )
    );
    let slope = kmeans::slope(&nearest, &p.points, &p.centroids, d);
    for (a, b) in kmeans::cost::grad(&p.points, &p.centroids, d)
        .iter()
        .zip(slope)
    {
        assert_close(*a, b, "the gradient by hand");
    }
    // Newton's step goes to the mean of the nearest points, where the gradient is zero unless others are nearest.
    let direction = kmeans::newton(&p, &mut Tape::new());
    let moved: Vec<f64> = p
        .centroids
        .iter()
        .zip(direction)
        .map(|(c, d)| c - d)
        .collect();
    let step = |c: f64| {
        p.centroids
            .iter()
            .zip(&moved)
            .map(|(a, b)| a + c * (b - a))
            .collect::<Vec<_>>()
    };
    let along: f64 = kmeans::slope(&nearest, &p.points, &step(1e-3), d)
        .iter()
        .map(|v| v * v)
        .sum();
    let before: f64 = kmeans::slope(&nearest, &p.points, &p.centroids, d)
        .iter()
        .map(|v| v * v)
        .sum();
    assert_close(
        along.sqrt(),
        (1.0 - 1e-3) * before.sqrt(),
        "the slope after a part of the step",
    );
}

#[test]
fn memories() {
    let mut random = Random::new();
    let (l, c, b) = (2, 5, 3);
    let (main, extra) = (random.numbers(l * 8 * b), random.numbers(3 * b));
    let (state, sequence) = (random.numbers(l * 2 * b), random.numbers(c * b));
    pullback::check!(
        lstm::loss,
        (
            &main,
            &extra,
            #[constant]
            &state,
            #[constant]
            &sequence,
            b
        )
    );
}

#[test]
fn particles() {
    pullback::check!(particle::potential, (1.0, 6.0, 0.3));
    // The number of steps changes with w, so that the derivative jumps: differences stay between two jumps.
    let near = Tolerance {
        step: 1e-5,
        ..Tolerance::default()
    };
    #[differentiable]
    fn by_reverse(w: f64) -> f64 {
        particle::miss::<true>(w)
    }
    #[differentiable]
    fn by_forward(w: f64) -> f64 {
        particle::miss::<false>(w)
    }
    pullback::check!(by_reverse, (0.3), near);
    pullback::check!(by_forward, (0.3), near);
    assert_close(by_reverse(0.3), by_forward(0.3), "the two forces");
}

#[test]
fn saddles() {
    pullback::check!(saddle::height, (0.1, 0.2, 0.3, 0.4));
    let (x, start) = ([0.3, -0.4], [1.0, 0.5]);
    let gradient = saddle::greatest_by_reverse::grad(x, start);
    // The greatest is at y = 0, to the length of the last step.
    assert!(
        gradient
            .iter()
            .zip([0.6, -0.8])
            .all(|(a, b)| (a - b).abs() < 1e-9)
    );
    assert_eq!(gradient, saddle::greatest_by_forward::grad(x, start));
    let forward =
        [[1.0, 0.0], [0.0, 1.0]].map(|axis| saddle::greatest_by_reverse::jvp((x, start), axis).1);
    assert_eq!(gradient, forward);
}
