//! A step of bodies that attract each other, as structs with operators and methods: the idiom that
//! should cost nothing.

use std::ops::AddAssign;

use pullback::{Differentiable, differentiable};

use super::flat::Derivatives;
use super::vec3::Vec3;
use crate::harness::Random;

#[differentiable]
impl AddAssign for Vec3 {
    fn add_assign(&mut self, other: Vec3) {
        self.x += other.x;
        self.y += other.y;
        self.z += other.z;
    }
}

#[differentiable]
impl Vec3 {
    fn dot(self, other: Vec3) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }
}

/// Where a body is, where it goes, and what it weighs.
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Body {
    pub position: Vec3,
    pub velocity: Vec3,
    #[constant]
    pub mass: f64,
}

/// One step of the bodies, and their kinetic energy after it.
#[differentiable]
pub fn step_of_structs(bodies: &[Body], dt: f64) -> f64 {
    let mut energy = 0.0;
    for i in 0..bodies.len() {
        let mut pull = Vec3 {
            x: 0.0,
            y: 0.0,
            z: 0.0,
        };
        for j in 0..bodies.len() {
            if i != j {
                let d = bodies[j].position - bodies[i].position;
                let r2 = d.dot(d) + 0.01;
                pull += d * (bodies[j].mass / (r2 * r2.sqrt()));
            }
        }
        let mut v = bodies[i].velocity;
        v += pull * dt;
        energy += 0.5 * bodies[i].mass * v.dot(v);
    }
    energy
}

/// Bodies at random places, with random velocities and masses that differ; and their places and
/// velocities in a row, with the length of a step.
pub fn random_bodies(n: usize) -> (Vec<Body>, Vec<f64>) {
    let mut x = Random(3).vector(6 * n);
    let body = |i: usize| Body {
        position: Vec3::default(),
        velocity: Vec3::default(),
        mass: 1.0 + i as f64 / n as f64,
    };
    let bodies = placed(&(0..n).map(body).collect::<Vec<_>>(), &x);
    x.push(0.01);
    (bodies, x)
}

/// The bodies with other places and velocities, six numbers each.
pub fn placed(bodies: &[Body], x: &[f64]) -> Vec<Body> {
    let vector = |x: &[f64]| Vec3 {
        x: x[0],
        y: x[1],
        z: x[2],
    };
    let pairs = bodies.iter().zip(x.chunks_exact(6));
    pairs
        .map(|(body, x)| Body {
            position: vector(&x[..3]),
            velocity: vector(&x[3..]),
            mass: body.mass,
        })
        .collect()
}

impl Derivatives for Vec<BodyTangent> {
    fn flat(&self) -> Vec<f64> {
        let numbers = |b: &BodyTangent| {
            let (p, v) = (&b.position, &b.velocity);
            [p.x, p.y, p.z, v.x, v.y, v.z]
        };
        self.iter().flat_map(numbers).collect()
    }
}
