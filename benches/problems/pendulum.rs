//! A damped pendulum, 60 steps: scalars that are overwritten in a loop by a nonlinear function of
//! themselves, so that the reverse sweep needs every state again.

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::Problem;

/// Steps of the integration.
const STEPS: usize = 60;

/// Seconds per step.
const DT: f64 = 0.05;

/// The angle after [`STEPS`] steps of the semi-implicit Euler method.
#[differentiable]
fn pendulum(angle: f64, speed: f64, stiffness: f64, friction: f64) -> f64 {
    let mut angle = angle;
    let mut speed = speed;
    for _ in 0..STEPS {
        let acceleration = -stiffness * angle.sin() - friction * speed;
        speed += DT * acceleration;
        angle += DT * speed;
    }
    angle
}

/// Sine and cosine come from one call in the forward sweep and stay on the stack, with the speed.
fn pendulum_by_hand(
    angle: f64,
    speed: f64,
    stiffness: f64,
    friction: f64,
) -> (f64, (f64, f64, f64, f64)) {
    let (mut angle, mut speed) = (angle, speed);
    let mut saved = [(0.0, 0.0, 0.0); STEPS];
    for saved in &mut saved {
        let (sin, cos) = angle.sin_cos();
        *saved = (sin, cos, speed);
        speed += DT * (-stiffness * sin - friction * speed);
        angle += DT * speed;
    }
    let (mut angle_bar, mut speed_bar) = (1.0, 0.0);
    let (mut stiffness_bar, mut friction_bar) = (0.0, 0.0);
    for (sin, cos, speed) in saved.into_iter().rev() {
        speed_bar += DT * angle_bar;
        let acceleration_bar = DT * speed_bar;
        stiffness_bar -= acceleration_bar * sin;
        angle_bar -= acceleration_bar * stiffness * cos;
        friction_bar -= acceleration_bar * speed;
        speed_bar -= acceleration_bar * friction;
    }
    (angle, (angle_bar, speed_bar, stiffness_bar, friction_bar))
}

/// One swing, from well away of the vertical, where the sine is far from linear.
pub fn swing() -> impl Problem {
    Flat::new(
        format!("pendulum, {STEPS} steps"),
        vec![2.0, -0.5, 9.81, 0.3],
        |x| pendulum(x[0], x[1], x[2], x[3]),
        |x| pendulum::value_and_grad(x[0], x[1], x[2], x[3]),
        |x| pendulum_by_hand(x[0], x[1], x[2], x[3]),
    )
}
