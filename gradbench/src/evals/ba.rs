//! `ba`: bundle adjustment. Cameras look at points; each observation says where one saw the other. The Jacobian is
//! sparse, since an observation knows one camera, one point and its own weight: it is that of [`reprojection()`],
//! observation by observation.

use pullback::differentiable;
use serde::{Deserialize, Serialize};

use super::Module;
use crate::protocol::measure;

/// The module.
pub const MODULE: Module = Module {
    name: "ba",
    functions: &[
        ("objective", |input| {
            measure(
                input,
                |input: Input| Ok((Problem::new(&input)?, Residuals::default())),
                |(p, residuals)| p.residuals(residuals),
                |(_, residuals)| Objective::new(&residuals),
            )
        }),
        ("jacobian", |input| {
            measure(
                input,
                |input: Input| Ok((Problem::new(&input)?, Jacobian::default())),
                |(p, jacobian)| p.jacobian(jacobian),
                |(_, jacobian)| jacobian.shortened(),
            )
        }),
    ],
};

/// One camera, point, weight and feature, and how many there are of them.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// Cameras.
    pub n: usize,
    /// Points.
    pub m: usize,
    /// Observations.
    pub p: usize,
    /// See [`reprojection()`].
    pub cam: Camera,
    /// The point.
    pub x: [f64; 3],
    /// The observation's weight.
    pub w: f64,
    /// Where the point was seen.
    pub feat: [f64; 2],
}

/// Angle and axis of the rotation, centre, focal length, principal point, radial distortion.
pub type Camera = [f64; CAMERA];

/// The parameters of a camera.
pub const CAMERA: usize = 11;

/// The columns of an observation: its camera's, its point's and its weight's.
const COLUMNS: usize = CAMERA + 3 + 1;

/// Cameras, points and observations.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The cameras.
    pub cameras: Vec<Camera>,
    /// The points.
    pub points: Vec<[f64; 3]>,
    /// The weight of each observation.
    pub weights: Vec<f64>,
    /// The camera and the point of each observation.
    pub observed: Vec<(usize, usize)>,
    /// Where it was seen.
    pub features: Vec<[f64; 2]>,
}

impl Problem {
    /// Repeats camera, point and weight; observation i is that of point i mod m by camera i mod n.
    ///
    /// # Errors
    ///
    /// When one of the counts is zero.
    pub fn new(input: &Input) -> Result<Self, String> {
        let Input { n, m, p, .. } = *input;
        if n == 0 || m == 0 || p == 0 {
            return Err("there is no camera, no point or no observation".to_string());
        }
        Ok(Self {
            cameras: vec![input.cam; n],
            points: vec![input.x; m],
            weights: vec![input.w; p],
            observed: (0..p).map(|i| (i % n, i % m)).collect(),
            features: vec![input.feat; p],
        })
    }

    /// The two residuals of each observation, and that of its weight.
    pub fn residuals(&self, residuals: &mut Residuals) {
        let Residuals {
            reprojection: r,
            weight,
        } = residuals;
        r.clear();
        r.extend(
            self.observations()
                .map(|(_, camera, point, w, feature)| reprojection(camera, point, w, feature)),
        );
        weight.clear();
        weight.extend(self.weights.iter().map(|w| weight_residual(*w)));
    }

    /// The Jacobian of the residuals: 2 p rows of observations, then p of weights.
    pub fn jacobian(&self, jacobian: &mut Jacobian) {
        let (n, m, p) = (self.cameras.len(), self.points.len(), self.weights.len());
        let Jacobian { rows, cols, vals } = jacobian;
        let filled = 2 * COLUMNS * p + p;
        rows.clear();
        cols.clear();
        vals.clear();
        rows.reserve(3 * p + 1);
        cols.reserve(filled);
        vals.reserve(filled);
        rows.push(0);
        for (i, camera, point, w, feature) in self.observations() {
            let (c, x) = self.observed[i];
            for seed in [[1.0, 0.0], [0.0, 1.0]] {
                let (_, pullback) = reprojection::vjp(camera, point, w, feature);
                let (camera, point, w) = pullback(seed);
                vals.extend_from_slice(&camera);
                vals.extend_from_slice(&point);
                vals.push(w);
                cols.extend(CAMERA * c..CAMERA * (c + 1));
                cols.extend(CAMERA * n + 3 * x..CAMERA * n + 3 * (x + 1));
                cols.push(CAMERA * n + 3 * m + i);
                rows.push(cols.len());
            }
        }
        for (i, w) in self.weights.iter().enumerate() {
            vals.push(weight_residual::grad(*w));
            cols.push(CAMERA * n + 3 * m + i);
            rows.push(cols.len());
        }
    }

    fn observations(&self) -> impl Iterator<Item = (usize, &Camera, &[f64; 3], f64, &[f64; 2])> {
        let known = self.observed.iter().zip(&self.weights).zip(&self.features);
        known.enumerate().map(|(i, (((c, x), w), feature))| {
            (i, &self.cameras[*c], &self.points[*x], *w, feature)
        })
    }
}

/// What [`Problem::residuals`] gives.
#[derive(Clone, Debug, Default)]
pub struct Residuals {
    /// Of each observation.
    pub reprojection: Vec<[f64; 2]>,
    /// Of its weight.
    pub weight: Vec<f64>,
}

/// The residuals as GradBench wants them: the first of many that are equal.
#[derive(Debug, Serialize)]
struct Objective {
    reproj_error: Repeated<[f64; 2]>,
    w_err: RepeatedOne,
}

#[derive(Debug, Serialize)]
struct Repeated<T> {
    elements: T,
    repeated: usize,
}

#[derive(Debug, Serialize)]
struct RepeatedOne {
    element: f64,
    repeated: usize,
}

impl Objective {
    fn new(residuals: &Residuals) -> Self {
        Self {
            reproj_error: Repeated {
                elements: residuals.reprojection[0],
                repeated: residuals.reprojection.len(),
            },
            w_err: RepeatedOne {
                element: residuals.weight[0],
                repeated: residuals.weight.len(),
            },
        }
    }
}

/// A sparse matrix, row after row.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Jacobian {
    /// Where each row begins in the others, and where the last one ends.
    pub rows: Vec<usize>,
    /// The column of each value.
    pub cols: Vec<usize>,
    /// The values.
    pub vals: Vec<f64>,
}

impl Jacobian {
    /// The first observation and the last weight, which is what GradBench looks at.
    fn shortened(&self) -> Self {
        fn ends<T: Copy>(of: &[T]) -> Vec<T> {
            of.iter()
                .take(2 * COLUMNS)
                .chain(of.last())
                .copied()
                .collect()
        }
        Self {
            rows: ends(&self.rows),
            cols: ends(&self.cols),
            vals: ends(&self.vals),
        }
    }
}

/// How far from `feature` the camera sees `x`, times `w`, in the two directions of the image.
#[differentiable]
pub fn reprojection(
    camera: &[f64; CAMERA],
    x: &[f64; 3],
    w: f64,
    #[constant] feature: &[f64; 2],
) -> [f64; 2] {
    let [r0, r1, r2, c0, c1, c2, focal, u0, v0, k1, k2] = *camera;
    let (x, y, z) = (x[0] - c0, x[1] - c1, x[2] - c2);
    let square = r0 * r0 + r1 * r1 + r2 * r2;
    let (x, y, z): (f64, f64, f64) = if square == 0.0 {
        (
            x + r1 * z - r2 * y,
            y + r2 * x - r0 * z,
            z + r0 * y - r1 * x,
        )
    } else {
        let theta = square.sqrt();
        let (sin, cos) = theta.sin_cos();
        let (a, b, c) = (r0 / theta, r1 / theta, r2 / theta);
        let along = (a * x + b * y + c * z) * (1.0 - cos);
        (
            x * cos + (b * z - c * y) * sin + a * along,
            y * cos + (c * x - a * z) * sin + b * along,
            z * cos + (a * y - b * x) * sin + c * along,
        )
    };
    let (p, q) = (x / z, y / z);
    let s = p * p + q * q;
    let scale = focal * (1.0 + k1 * s + k2 * s * s);
    [
        w * (p * scale + u0 - feature[0]),
        w * (q * scale + v0 - feature[1]),
    ]
}

/// A weight should be one.
#[differentiable]
pub fn weight_residual(w: f64) -> f64 {
    1.0 - w * w
}
