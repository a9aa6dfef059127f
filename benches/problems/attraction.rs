//! A step of bodies that attract each other, structs with operators and methods, beside an adjoint
//! without either.

use super::bodies::{Body, BodyTangent, placed, random_bodies, step_of_structs};
use super::flat::Flat;
use super::vec3::Vec3;
use crate::harness::Problem;

/// The pull on each body is swept back at once; nothing is kept but one row of factors.
fn step_by_hand(bodies: &[Body], dt: f64) -> (f64, (Vec<BodyTangent>, f64)) {
    let mut energy = 0.0;
    let mut bars = vec![BodyTangent::default(); bodies.len()];
    let mut row = vec![(Vec3::default(), 0.0, 0.0); bodies.len()];
    let mut dt_bar = 0.0;
    for (i, body) in bodies.iter().enumerate() {
        let at = body.position;
        let mut pull = Vec3::default();
        for (j, (other, saved)) in bodies.iter().zip(&mut row).enumerate() {
            if i != j {
                let (x, y, z) = (
                    other.position.x - at.x,
                    other.position.y - at.y,
                    other.position.z - at.z,
                );
                let r2 = x * x + y * y + z * z + 0.01;
                let k = other.mass / (r2 * r2.sqrt());
                *saved = (Vec3 { x, y, z }, k, r2);
                pull.x += x * k;
                pull.y += y * k;
                pull.z += z * k;
            }
        }
        let (x, y, z) = (
            body.velocity.x + pull.x * dt,
            body.velocity.y + pull.y * dt,
            body.velocity.z + pull.z * dt,
        );
        energy += 0.5 * body.mass * (x * x + y * y + z * z);
        let (x, y, z) = (body.mass * x, body.mass * y, body.mass * z);
        let v_bar = &mut bars[i].velocity;
        (v_bar.x, v_bar.y, v_bar.z) = (x, y, z);
        dt_bar += x * pull.x + y * pull.y + z * pull.z;
        let (x, y, z) = (x * dt, y * dt, z * dt);
        let mut own = Vec3::default();
        for (j, ((d, k, r2), bar)) in row.iter().zip(&mut bars).enumerate() {
            if i != j {
                let k_bar = x * d.x + y * d.y + z * d.z;
                let scale = -3.0 * k_bar * k / r2;
                let (x, y, z) = (
                    x * k + scale * d.x,
                    y * k + scale * d.y,
                    z * k + scale * d.z,
                );
                bar.position.x += x;
                bar.position.y += y;
                bar.position.z += z;
                own.x += x;
                own.y += y;
                own.z += z;
            }
        }
        let bar = &mut bars[i].position;
        bar.x -= own.x;
        bar.y -= own.y;
        bar.z -= own.z;
    }
    (energy, (bars, dt_bar))
}

/// `n` bodies, their places and velocities moved; compared with the adjoint by hand.
pub fn beside_hand(n: usize) -> impl Problem {
    let (bodies, start) = random_bodies(n);
    let (second, third) = (bodies.clone(), bodies.clone());
    Flat::new(
        format!("bodies n={n}"),
        start,
        move |x| step_of_structs(&placed(&bodies, x), x[6 * n]),
        move |x| step_of_structs::value_and_grad(&placed(&second, x), x[6 * n]),
        move |x| step_by_hand(&placed(&third, x), x[6 * n]),
    )
}
