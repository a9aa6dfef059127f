//! `ht`: hand tracking. Angles of joints turn bones, bones move the skin, and points of the skin should be where
//! points were measured. The Jacobian has a column for each of 26 parameters and hundreds of rows: forward mode.

use pullback::differentiable;
use serde::{Deserialize, Serialize};

use super::Module;
use crate::protocol::measure;

/// The module.
pub const MODULE: Module = Module {
    name: "ht",
    functions: &[
        ("objective", |input| {
            measure(
                input,
                |input: Input| Ok((Problem::new(&input)?, Vec::new())),
                |(p, errors)| *errors = p.errors(),
                |(_, errors)| errors,
            )
        }),
        ("jacobian", |input| {
            measure(
                input,
                |input: Input| Ok((Problem::new(&input)?, Vec::new())),
                |(p, columns)| *columns = p.jacobian(),
                |(_, columns)| transposed(&columns),
            )
        }),
    ],
};

/// The rows of a matrix that is given by columns.
fn transposed(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let rows = columns.first().map_or(0, Vec::len);
    (0..rows)
        .map(|i| columns.iter().map(|column| column[i]).collect())
        .collect()
}

/// The hand's parameters and the data.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// Global rotation and translation, then four angles for each finger.
    pub theta: Vec<f64>,
    /// The hand and what was measured.
    pub data: Data,
    /// Where in its triangle each point is; nothing if the points are at vertices.
    pub us: Vec<[f64; 2]>,
}

/// A hand and the points that were measured.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Data {
    /// The hand.
    pub model: Model,
    /// The vertex, or the triangle, of each point.
    pub correspondences: Vec<usize>,
    /// The points.
    pub points: Vec<[f64; 3]>,
}

/// A hand at rest.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Model {
    /// A bone's parent, which comes before it, or −1.
    pub parents: Vec<i32>,
    /// Each bone as its parent sees it.
    pub base_relatives: Vec<[[f64; 4]; 4]>,
    /// The inverse of where it is.
    pub inverse_base_absolutes: Vec<[[f64; 4]; 4]>,
    /// The vertices, with a one as the fourth coordinate.
    pub base_positions: Vec<[f64; 4]>,
    /// The weight of each bone, for each vertex.
    pub weights: Vec<Vec<f64>>,
    /// The vertices of each triangle.
    pub triangles: Vec<[usize; 3]>,
    /// Whether it is a left hand.
    pub is_mirrored: bool,
}

/// The parameters of a hand.
pub const THETA: usize = 26;

/// Fingers, four angles and four bones each after the wrist.
const FINGERS: usize = 5;

/// A rotation and a translation: three rows of a 4 × 4 matrix.
pub type Affine = [[f64; 4]; 3];

/// The input as it is worked with.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The hand's parameters.
    pub theta: Vec<f64>,
    /// Where in its triangle each point is.
    pub us: Vec<[f64; 2]>,
    /// The hand and the points.
    pub hand: Hand,
}

/// A hand, reduced to the vertices that are asked for.
#[derive(Clone, Debug)]
pub struct Hand {
    bones: Vec<Bone>,
    /// The bones that move a vertex, and where each sees it, times its weight.
    skin: Vec<Vec<(usize, [f64; 4])>>,
    /// The vertex of each point, or those of its triangle, among `skin`.
    corners: Vec<[usize; 3]>,
    points: Vec<[f64; 3]>,
    /// −1 where the hand is mirrored.
    side: f64,
}

#[derive(Clone, Debug)]
struct Bone {
    parent: Option<usize>,
    relative: Affine,
    inverse: Affine,
}

impl Problem {
    /// Checks the shapes, and finds the vertices that matter and the bones that move them.
    ///
    /// # Errors
    ///
    /// When the parts do not fit together, or a matrix is more than a rotation and a translation.
    pub fn new(input: &Input) -> Result<Self, String> {
        let model = &input.data.model;
        let count = model.parents.len();
        let matrices = [&model.base_relatives, &model.inverse_base_absolutes];
        if input.theta.len() != THETA || count < 1 + 4 * FINGERS {
            return Err("the parameters are not those of a hand".to_string());
        }
        if matrices.iter().any(|m| m.len() != count)
            || model.weights.len() != model.base_positions.len()
        {
            return Err("not as many matrices as bones, or weights as vertices".to_string());
        }
        if !input.us.is_empty() && input.us.len() != input.data.points.len() {
            return Err("not as many places in triangles as points".to_string());
        }
        let mut bones = Vec::new();
        for (i, parent) in model.parents.iter().enumerate() {
            let parent = usize::try_from(*parent).ok();
            if parent.is_some_and(|parent| parent >= i) {
                return Err(format!("bone {i} comes before its parent"));
            }
            bones.push(Bone {
                parent,
                relative: affine(&model.base_relatives[i])?,
                inverse: affine(&model.inverse_base_absolutes[i])?,
            });
        }
        let mut hand = Hand {
            bones,
            skin: Vec::new(),
            corners: Vec::new(),
            points: input.data.points.clone(),
            side: if model.is_mirrored { -1.0 } else { 1.0 },
        };
        let mut known = vec![None; model.base_positions.len()];
        for c in &input.data.correspondences {
            let vertices = if input.us.is_empty() {
                [*c; 3]
            } else {
                *model.triangles.get(*c).ok_or("there is no such triangle")?
            };
            let mut corner = [0; 3];
            for (place, v) in corner.iter_mut().zip(vertices) {
                let seen = known.get_mut(v).ok_or("there is no such vertex")?;
                *place = *seen.get_or_insert_with(|| {
                    let (position, weights) = (model.base_positions[v], &model.weights[v]);
                    let moving = weights.iter().enumerate().filter(|(_, w)| **w != 0.0);
                    hand.skin
                        .push(moving.map(|(b, w)| (b, position.map(|x| w * x))).collect());
                    hand.skin.len() - 1
                });
            }
            hand.corners.push(corner);
        }
        Ok(Self {
            theta: input.theta.clone(),
            us: input.us.clone(),
            hand,
        })
    }

    /// Three errors for each point.
    pub fn errors(&self) -> Vec<f64> {
        if self.us.is_empty() {
            errors_at_vertices(&self.theta, &self.hand)
        } else {
            errors_in_triangles(&self.theta, &self.us, &self.hand)
        }
    }

    /// The Jacobian by columns. Where points are in triangles the first two columns are those of each point's own
    /// place, which no other point's errors depend on.
    pub fn jacobian(&self) -> Vec<Vec<f64>> {
        let (theta, us, hand) = (&self.theta, &self.us, &self.hand);
        let unit = |i: usize| {
            (0..THETA)
                .map(|j| f64::from(u8::from(i == j)))
                .collect::<Vec<_>>()
        };
        if us.is_empty() {
            let column = |i| errors_at_vertices::jvp((theta, hand), unit(i)).1;
            return (0..THETA).map(column).collect();
        }
        let along = |theta_t: Vec<f64>, us_t: [f64; 2]| {
            errors_in_triangles::jvp((theta, us, hand), (theta_t, vec![us_t; us.len()])).1
        };
        let places = [[1.0, 0.0], [0.0, 1.0]].map(|place| along(vec![0.0; THETA], place));
        places
            .into_iter()
            .chain((0..THETA).map(|i| along(unit(i), [0.0; 2])))
            .collect()
    }
}

fn affine(m: &[[f64; 4]; 4]) -> Result<Affine, String> {
    if m[3] != [0.0, 0.0, 0.0, 1.0] {
        return Err(format!("the last row of a matrix is {:?}", m[3]));
    }
    Ok([m[0], m[1], m[2]])
}

/// What is measured minus where the hand's vertex is, for each point.
#[differentiable]
pub fn errors_at_vertices(theta: &[f64], #[constant] hand: &Hand) -> Vec<f64> {
    let skin = skin(theta, hand);
    let mut errors = vec![0.0; 3 * hand.points.len()];
    for (i, point) in hand.points.iter().enumerate() {
        let at = skin[hand.corners[i][0]];
        for j in 0..3 {
            errors[3 * i + j] = point[j] - at[j];
        }
    }
    errors
}

/// The same where each point is at the place `us` in its triangle.
#[differentiable]
pub fn errors_in_triangles(theta: &[f64], us: &[[f64; 2]], #[constant] hand: &Hand) -> Vec<f64> {
    let skin = skin(theta, hand);
    let mut errors = vec![0.0; 3 * hand.points.len()];
    for (i, point) in hand.points.iter().enumerate() {
        let [a, b, c] = hand.corners[i];
        let [u, v] = us[i];
        for j in 0..3 {
            errors[3 * i + j] =
                point[j] - (u * skin[a][j] + v * skin[b][j] + (1.0 - u - v) * skin[c][j]);
        }
    }
    errors
}

/// Where the vertices are.
#[differentiable]
fn skin(theta: &[f64], #[constant] hand: &Hand) -> Vec<[f64; 3]> {
    let moves = moves(theta, hand);
    let global = rotation([theta[0], theta[1], theta[2]]);
    let mut skin = vec![[0.0; 3]; hand.skin.len()];
    for (v, vertex) in hand.skin.iter().enumerate() {
        let mut at = [0.0; 3];
        for (bone, x) in vertex {
            for i in 0..3 {
                let row = moves[*bone][i];
                at[i] += row[0] * x[0] + row[1] * x[1] + row[2] * x[2] + row[3] * x[3];
            }
        }
        let at = [hand.side * at[0], at[1], at[2]];
        for i in 0..3 {
            let row = global[i];
            skin[v][i] = row[0] * at[0] + row[1] * at[1] + row[2] * at[2] + theta[3 + i];
        }
    }
    skin
}

/// How each bone moves what is fixed to it, from where that is at rest.
#[differentiable]
fn moves(theta: &[f64], #[constant] hand: &Hand) -> Vec<Affine> {
    let mut relatives: Vec<Affine> = hand.bones.iter().map(|bone| bone.relative).collect();
    for finger in 0..FINGERS {
        let angles = &theta[6 + 4 * finger..10 + 4 * finger];
        let first = 2 + 4 * finger;
        relatives[first] = product(&relatives[first], &joint(angles[0], angles[1]));
        relatives[first + 1] = product(&relatives[first + 1], &joint(angles[2], 0.0));
        relatives[first + 2] = product(&relatives[first + 2], &joint(angles[3], 0.0));
    }
    let mut absolutes = relatives.clone();
    for (i, bone) in hand.bones.iter().enumerate() {
        if let Some(parent) = bone.parent {
            absolutes[i] = product(&absolutes[parent], &relatives[i]);
        }
    }
    let mut moves = absolutes.clone();
    for (i, bone) in hand.bones.iter().enumerate() {
        moves[i] = product(&absolutes[i], &bone.inverse);
    }
    moves
}

/// One after the other.
#[differentiable]
fn product(a: &Affine, b: &Affine) -> Affine {
    let mut c = [[0.0; 4]; 3];
    for i in 0..3 {
        for j in 0..4 {
            c[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j];
        }
        c[i][3] += a[i][3];
    }
    c
}

/// The rotation by `x` about the first axis, then by `z` about the third.
#[differentiable]
fn joint(x: f64, z: f64) -> Affine {
    let (sx, cx) = x.sin_cos();
    let (sz, cz) = z.sin_cos();
    [
        [cz, -sz * cx, sz * sx, 0.0],
        [sz, cz * cx, -cz * sx, 0.0],
        [0.0, sx, cx, 0.0],
    ]
}

/// The rotation about `axis` by its length.
#[differentiable]
fn rotation(axis: [f64; 3]) -> [[f64; 3]; 3] {
    let angle = (axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]).sqrt();
    if angle < 1e-4 {
        return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    }
    let (x, y, z) = (axis[0] / angle, axis[1] / angle, axis[2] / angle);
    let (s, c) = angle.sin_cos();
    let k = 1.0 - c;
    [
        [x * x * k + c, x * y * k - z * s, x * z * k + y * s],
        [x * y * k + z * s, y * y * k + c, y * z * k - x * s],
        [x * z * k - y * s, y * z * k + x * s, z * z * k + c],
    ]
}
