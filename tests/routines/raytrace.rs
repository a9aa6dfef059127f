//! A ray meets spheres and planes, in closed form and by marching.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::ops::{Add, Mul, Neg, Sub};

#[derive(Debug, Clone, Copy, PartialEq, Differentiable)]
pub struct Vec3 {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}

#[differentiable]
impl Vec3 {
    pub fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z }
    }

    pub fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    pub fn length(self) -> f64 {
        self.dot(self).sqrt()
    }

    pub fn normalized(self) -> Self {
        self * (1.0 / self.length())
    }
}

#[differentiable]
impl Add for Vec3 {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

#[differentiable]
impl Sub for Vec3 {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

#[differentiable]
impl Mul<f64> for Vec3 {
    type Output = Self;

    fn mul(self, k: f64) -> Self {
        Self::new(self.x * k, self.y * k, self.z * k)
    }
}

#[differentiable]
impl Neg for Vec3 {
    type Output = Self;

    fn neg(self) -> Self {
        self * -1.0
    }
}

#[derive(Debug, Clone, Copy, Differentiable)]
pub struct Ray {
    pub origin: Vec3,
    pub direction: Vec3,
}

#[derive(Debug, Clone, Copy, Differentiable)]
pub struct Hit {
    pub distance: f64,
    pub normal: Vec3,
}

#[derive(Debug, Clone, Differentiable)]
pub enum Shape {
    Sphere { center: Vec3, radius: f64 },
    Plane { normal: Vec3, offset: f64 },
}

#[differentiable]
impl Ray {
    pub fn at(&self, distance: f64) -> Vec3 {
        self.origin + self.direction * distance
    }
}

#[differentiable]
impl Shape {
    pub fn intersect(&self, ray: &Ray) -> Option<Hit> {
        match self {
            Shape::Sphere { center, radius } => {
                let to_center = *center - ray.origin;
                let along = to_center.dot(ray.direction);
                let discriminant = along * along - to_center.dot(to_center) + radius * radius;
                if discriminant < 0.0 {
                    return None;
                }
                let root = discriminant.sqrt();
                let distance = if along > root {
                    along - root
                } else {
                    along + root
                };
                if distance < 1e-9 {
                    return None;
                }
                let normal = (ray.at(distance) - *center) * (1.0 / radius);
                Some(Hit { distance, normal })
            }
            Shape::Plane { normal, offset } => {
                let speed = normal.dot(ray.direction);
                let distance = (offset - normal.dot(ray.origin)) / speed;
                (speed.abs() > 1e-9 && distance > 1e-9).then(|| Hit {
                    distance,
                    normal: if speed < 0.0 { *normal } else { -*normal },
                })
            }
        }
    }

    /// How far `point` is from the surface, negative inside.
    pub fn distance(&self, point: Vec3) -> f64 {
        match *self {
            Self::Sphere { center, radius } => (point - center).length() - radius,
            Self::Plane { normal, offset } => normal.dot(point) - offset,
        }
    }
}

/// The nearest hit of all.
#[differentiable]
pub fn nearest(scene: &[Shape], ray: &Ray) -> Option<Hit> {
    scene
        .iter()
        .filter_map(|shape| shape.intersect(ray))
        .min_by(|a, b| a.distance.total_cmp(&b.distance))
}

/// Walks along the ray by what is surely free, until it is near a surface.
#[differentiable]
pub fn march(scene: &[Shape], ray: &Ray) -> Option<f64> {
    let mut travelled = 0.0;
    for _ in 0..200 {
        let point = ray.at(travelled);
        let free = scene
            .iter()
            .map(|shape| shape.distance(point))
            .fold(f64::INFINITY, f64::min);
        if free < 1e-13 {
            return Some(travelled);
        }
        travelled += free;
        if travelled > 100.0 {
            break;
        }
    }
    None
}

#[differentiable]
fn scene(center: [f64; 3], radius: f64) -> Vec<Shape> {
    let [x, y, z] = center;
    vec![
        Shape::Plane {
            normal: Vec3::new(0.0, 1.0, 0.0),
            offset: -1.0,
        },
        Shape::Sphere {
            center: Vec3::new(x, y, z),
            radius,
        },
    ]
}

/// The brightness that a light from `light` gives to what the ray meets, and the background's.
#[differentiable]
fn brightness(center: [f64; 3], radius: f64, direction: [f64; 3], light: [f64; 3]) -> f64 {
    let ray = Ray {
        origin: Vec3::new(0.0, 0.0, 0.0),
        direction: Vec3::new(direction[0], direction[1], direction[2]).normalized(),
    };
    let light = Vec3::new(light[0], light[1], light[2]).normalized();
    let Some(hit) = nearest(&scene(center, radius), &ray) else {
        return 0.1;
    };
    let diffuse = hit.normal.dot(light).max(0.0);
    (0.2 + 0.8 * diffuse) / (1.0 + 0.1 * hit.distance * hit.distance)
}

#[differentiable]
fn depth(center: [f64; 3], radius: f64) -> f64 {
    let ray = Ray {
        origin: Vec3::new(0.0, 0.0, 0.0),
        direction: Vec3::new(0.0, 0.0, 1.0),
    };
    nearest(&scene(center, radius), &ray).map_or(f64::INFINITY, |hit| hit.distance)
}

#[differentiable]
fn marched_depth(center: [f64; 3], radius: f64) -> f64 {
    let ray = Ray {
        origin: Vec3::new(0.0, 0.0, 0.0),
        direction: Vec3::new(0.0, 0.0, 1.0),
    };
    march(&scene(center, radius), &ray).unwrap_or(f64::INFINITY)
}

#[test]
fn the_depths_agree() {
    let expected = 5.0 - (4.0_f64 - 0.25).sqrt();
    reference::assert_close(&[depth([0.3, 0.4, 5.0], 2.0)], &[expected], 1e-14);
    reference::assert_close(&[marched_depth([0.3, 0.4, 5.0], 2.0)], &[expected], 1e-12);
    assert_eq!(depth([3.0, 0.4, 5.0], 2.0), f64::INFINITY);
    assert_eq!(marched_depth([3.0, 0.4, 5.0], 2.0), f64::INFINITY);
}

#[test]
fn the_floor_and_the_sky() {
    let down = brightness([0.0, 9.0, 0.0], 1.0, [0.0, -2.0, 0.0], [0.0, 1.0, 0.0]);
    reference::assert_close(&[down], &[1.0 / 1.1], 1e-15);
    assert_eq!(
        brightness([0.0, 9.0, 0.0], 1.0, [0.0, 0.5, 1.0], [0.0, 1.0, 0.0]),
        0.1
    );
}

// The derivatives.

/// With `s = √(r² − x² − y²)`: `x/s`, `y/s`, `1` and `−r/s`.
fn depth_gradient([x, y, _]: [f64; 3], radius: f64) -> ([f64; 3], f64) {
    let s = (radius * radius - x * x - y * y).sqrt();
    ([x / s, y / s, 1.0], -radius / s)
}

programs! {
    depth { center: val = [0.3, 0.4, 5.0], radius: val = 2.0 }
        exact [depth_gradient(center, radius).0, depth_gradient(center, radius).1];
    marched_depth { center: val = [0.3, 0.4, 5.0], radius: val = 2.0 };
    brightness { center: val = [0.3, 0.4, 5.0], radius: val = 2.0, direction: val = [0.1, 0.05, 1.0],
        light: val = [-0.3, 1.0, -1.5] };
}

/// Marching converges to the surface, and its derivative along with it.
#[test]
fn the_derivative_of_marching() {
    let (center, radius) = marched_depth::grad([0.3, 0.4, 5.0], 2.0);
    let (exact_center, exact_radius) = depth_gradient([0.3, 0.4, 5.0], 2.0);
    reference::assert_close(&center, &exact_center, 1e-9);
    reference::assert_close(&[radius], &[exact_radius], 1e-9);
}
