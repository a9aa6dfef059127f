//! Gravity between bodies, by the leapfrog.

use super::reference;
use super::vec3::Vec3;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::ops::{AddAssign, SubAssign};

#[differentiable]
impl Vec3 {
    pub fn norm_squared(&self) -> f64 {
        self.x * self.x + self.y * self.y + self.z * self.z
    }
}

#[differentiable]
impl AddAssign for Vec3 {
    fn add_assign(&mut self, other: Vec3) {
        *self = *self + other;
    }
}

#[differentiable]
impl SubAssign for Vec3 {
    fn sub_assign(&mut self, other: Vec3) {
        *self = *self - other;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Differentiable)]
pub struct Body {
    pub position: Vec3,
    pub velocity: Vec3,
    pub mass: f64,
}

/// Changes the velocities by the attraction of all pairs for a time `dt`.
#[differentiable]
fn kick(bodies: &mut [Body], dt: f64) {
    for i in 1..bodies.len() {
        let (others, rest) = bodies.split_at_mut(i);
        let body = &mut rest[0];
        for other in others {
            let d = other.position - body.position;
            let square = d.norm_squared() + 1e-4;
            let strength = dt / (square * square.sqrt());
            body.velocity += d * (strength * other.mass);
            other.velocity -= d * (strength * body.mass);
        }
    }
}

#[differentiable]
fn drift(bodies: &mut [Body], dt: f64) {
    for body in bodies.iter_mut() {
        body.position += body.velocity * dt;
    }
}

#[differentiable]
pub fn leapfrog(bodies: &mut [Body], dt: f64, steps: usize) {
    for _ in 0..steps {
        kick(bodies, 0.5 * dt);
        drift(bodies, dt);
        kick(bodies, 0.5 * dt);
    }
}

#[differentiable]
pub fn energy(bodies: &[Body]) -> f64 {
    let mut energy = 0.0;
    for (i, a) in bodies.iter().enumerate() {
        energy += 0.5 * a.mass * a.velocity.norm_squared();
        for b in &bodies[i + 1..] {
            energy -= a.mass * b.mass / ((a.position - b.position).norm_squared() + 1e-4).sqrt();
        }
    }
    energy
}

#[differentiable]
fn bodies(positions: &[[f64; 3]], velocities: &[[f64; 3]], masses: &[f64]) -> Vec<Body> {
    let vector = |&[x, y, z]: &[f64; 3]| Vec3 { x, y, z };
    let mut bodies = Vec::new();
    for ((position, velocity), &mass) in positions.iter().zip(velocities).zip(masses) {
        bodies.push(Body {
            position: vector(position),
            velocity: vector(velocity),
            mass,
        });
    }
    bodies
}

/// How far the first body has come from the origin, squared.
#[differentiable]
fn distance(
    positions: &[[f64; 3]],
    velocities: &[[f64; 3]],
    masses: &[f64],
    dt: f64,
    steps: usize,
) -> f64 {
    let mut bodies = bodies(positions, velocities, masses);
    leapfrog(&mut bodies, dt, steps);
    bodies[0].position.norm_squared()
}

#[differentiable]
fn final_energy(
    positions: &[[f64; 3]],
    velocities: &[[f64; 3]],
    masses: &[f64],
    steps: usize,
) -> f64 {
    let mut bodies = bodies(positions, velocities, masses);
    leapfrog(&mut bodies, 0.02, steps);
    energy(&bodies)
}

/// The momentum along x after some time.
#[differentiable]
fn momentum(positions: &[[f64; 3]], velocities: &[[f64; 3]], masses: &[f64], steps: usize) -> f64 {
    let mut bodies = bodies(positions, velocities, masses);
    leapfrog(&mut bodies, 0.05, steps);
    bodies.iter().map(|b| b.mass * b.velocity.x).sum()
}

fn positions() -> Vec<[f64; 3]> {
    vec![[0.0, 0.1, 0.0], [1.0, 0.0, 0.2], [-0.5, 0.8, -0.1]]
}

fn velocities() -> Vec<[f64; 3]> {
    vec![[0.1, 0.0, 0.0], [0.0, 0.8, 0.1], [-0.6, -0.3, 0.0]]
}

#[test]
fn a_circle_closes() {
    let speed = (1.0_f64 / (1.0 + 1e-4_f64).powf(1.5)).sqrt();
    let period = std::f64::consts::TAU / speed;
    let mut pair = bodies(
        &[[0.0; 3], [1.0, 0.0, 0.0]],
        &[[0.0; 3], [0.0, speed, 0.0]],
        &[1.0, 0.0],
    );
    leapfrog(&mut pair, period / 2000.0, 2000);
    let Vec3 { x, y, z } = pair[1].position;
    reference::assert_close(&[x, y, z], &[1.0, 0.0, 0.0], 1e-4);
}

#[test]
fn the_energy_is_nearly_kept() {
    let masses = [1.0, 0.3, 0.2];
    let before = energy(&bodies(&positions(), &velocities(), &masses));
    let after = final_energy(&positions(), &velocities(), &masses, 50);
    assert!((before - after).abs() < 1e-3, "{before} {after}");
}

// The derivatives.

programs! {
    distance { positions: slice = positions(), velocities: slice = velocities(), masses: slice = vec![1.0, 0.3, 0.2],
        dt: val = 0.05, steps: konst = 6_usize };
    final_energy { positions: slice = positions(), velocities: slice = velocities(), masses: slice = vec![1.0, 0.3, 0.2],
        steps: konst = 4_usize };
    momentum { positions: slice = positions(), velocities: slice = velocities(), masses: slice = vec![1.0, 0.3, 0.2],
        steps: konst = 7_usize }
        exact [
            vec![[0.0; 3]; 3],
            masses.iter().map(|&m| [m, 0.0, 0.0]).collect::<Vec<_>>(),
            velocities.iter().map(|v| v[0]).collect::<Vec<_>>(),
        ];
}
