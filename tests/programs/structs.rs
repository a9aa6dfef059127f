//! Structs: fields read and assigned through any path, literals, moves, and structs inside of everything.

use crate::harness::{flat, programs};
use pullback::{Differentiable, differentiable};

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
struct Vec3 {
    x: f64,
    y: f64,
    z: f64,
}

flat!(Vec3 { x, y, z });

const V: Vec3 = Vec3 {
    x: 0.4,
    y: -1.3,
    z: 0.7,
};

#[derive(Differentiable, Clone, Debug)]
struct Body {
    pos: Vec3,
    vel: Vec3,
    #[constant]
    mass: f64,
    #[constant]
    name: &'static str,
}

flat!(Body { pos, vel });

fn body(seed: f64) -> Body {
    let v = |k: f64| Vec3 {
        x: (seed + k).sin(),
        y: (seed * k).cos(),
        z: seed - k,
    };
    Body {
        pos: v(0.3),
        vel: v(1.7),
        mass: 1.0 + seed,
        name: "body",
    }
}

fn bodies() -> Vec<Body> {
    vec![body(0.2), body(1.1), body(2.9)]
}

#[derive(Differentiable, Clone, Debug)]
struct Layer {
    weights: Vec<f64>,
    bias: f64,
    scale: Option<f64>,
    #[constant]
    steps: usize,
}

flat!(Layer {
    weights,
    bias,
    scale
});

fn layer() -> Layer {
    Layer {
        weights: vec![0.4, -0.7, 1.2],
        bias: 0.3,
        scale: Some(0.8),
        steps: 3,
    }
}

#[derive(Differentiable, Clone, Copy, Debug)]
struct Meters(f64);

flat!(Meters { 0 });

#[differentiable]
fn reads_fields(v: Vec3) -> f64 {
    v.x * v.y + v.z.sin()
}

#[differentiable]
fn by_reference(v: &Vec3, k: f64) -> f64 {
    k * v.x * v.y - v.z / (1.0 + v.x * v.x)
}

#[differentiable]
fn builds(x: f64, y: f64) -> f64 {
    let v = Vec3 {
        x: x * y,
        y,
        z: 1.0,
    };
    v.x * v.y + v.z * x
}

#[differentiable]
fn returns(x: f64, y: f64) -> Vec3 {
    Vec3 {
        x: x.sin(),
        y: x * y,
        z: 2.0,
    }
}

#[differentiable]
fn with_a_base(v: Vec3, k: f64) -> f64 {
    let w = Vec3 { y: k * v.x, ..v };
    w.x * w.y + w.z * v.y
}

#[differentiable]
fn with_a_constant_base(x: f64) -> f64 {
    const ORIGIN: Vec3 = Vec3 {
        x: 1.0,
        y: 2.0,
        z: 3.0,
    };
    let w = Vec3 { y: x * x, ..ORIGIN };
    w.x * w.y + w.z
}

#[differentiable]
fn base_keeps_its_shape(l: Layer, k: f64) -> f64 {
    let m = Layer {
        weights: vec![k, k * k],
        ..l
    };
    m.weights[0] * m.weights[1] * m.bias
}

#[differentiable]
fn assigns_fields(x: f64, y: f64) -> f64 {
    let mut v = Vec3 { x, y, z: 0.5 };
    v.x = v.y * v.x;
    v.z += v.x * 2.0;
    v.y *= v.z;
    v.x -= y;
    v.x + v.y * v.z
}

#[differentiable]
fn moves_and_clones(v: Vec3, l: &Layer) -> f64 {
    let w = v;
    let mut u = w.clone();
    u.x = u.y * w.z;
    let m = l.clone();
    let bias = m.bias;
    u.x + w.x * bias
}

#[differentiable]
fn a_step(bodies: &mut [Body], dt: f64) {
    for i in 0..bodies.len() {
        for j in 0..bodies.len() {
            if i == j {
                continue;
            }
            let dx = bodies[j].pos.x - bodies[i].pos.x;
            let dy = bodies[j].pos.y - bodies[i].pos.y;
            let dz = bodies[j].pos.z - bodies[i].pos.z;
            let d2 = dx * dx + dy * dy + dz * dz + 0.1;
            let mag = bodies[j].mass * dt / (d2 * d2.sqrt());
            bodies[i].vel.x += dx * mag;
            bodies[i].vel.y += dy * mag;
            bodies[i].vel.z += dz * mag;
        }
    }
    for b in bodies.iter_mut() {
        b.pos.x += dt * b.vel.x;
        b.pos.y += dt * b.vel.y;
        b.pos.z += dt * b.vel.z;
    }
}

#[differentiable]
fn energy(bodies: &[Body]) -> f64 {
    let mut e = 0.0;
    for (i, b) in bodies.iter().enumerate() {
        e += 0.5 * b.mass * (b.vel.x * b.vel.x + b.vel.y * b.vel.y + b.vel.z * b.vel.z);
        for c in &bodies[i + 1..] {
            let dx = b.pos.x - c.pos.x;
            e -= b.mass * c.mass / (dx * dx + 0.01).sqrt();
        }
    }
    e
}

#[differentiable]
fn builds_bodies(b: &Body, k: f64) -> Body {
    let m = b.mass;
    let heavier = m * 2.0;
    Body {
        pos: Vec3 {
            x: b.pos.x * k,
            ..b.pos
        },
        vel: b.vel,
        mass: heavier,
        name: b.name,
    }
}

#[differentiable]
fn constant_fields_take_anything(b: &mut Body, k: f64) {
    b.mass = k * 2.0;
    b.pos.x *= b.mass;
    b.mass += k;
    b.vel.y = b.mass * k;
}

#[differentiable]
fn predict(l: &Layer, x: &[f64]) -> f64 {
    let mut sum = l.bias;
    for i in 0..l.weights.len() {
        sum += l.weights[i] * x[i];
    }
    for (w, x) in l.weights.iter().zip(x) {
        sum += w * w * x;
    }
    for _ in 0..l.steps {
        sum = sum.tanh();
    }
    match l.scale {
        Some(s) => s * sum,
        None => sum,
    }
}

#[differentiable]
fn newtypes(m: Meters, k: f64) -> Meters {
    let twice = Meters(m.0 * k);
    Meters(twice.0 + m.0 * m.0)
}

#[differentiable]
fn boxed(v: Box<Vec3>, k: f64) -> f64 {
    let w = Box::new(k * v.x);
    let u = Box::new(Vec3 {
        x: *w,
        y: v.y,
        z: k,
    });
    *w * u.x + u.y * u.z
}

#[differentiable]
fn in_containers(x: f64, y: f64) -> f64 {
    let mut vs = vec![
        Vec3 { x, y, z: 0.0 },
        Vec3 {
            x: y,
            y: x * y,
            z: 1.0,
        },
    ];
    let pair = (
        Vec3 {
            x: x * x,
            y,
            z: 0.0,
        },
        [Meters(y); 2],
    );
    vs[1].z = vs[0].x * pair.0.x;
    vs[0] = vs[1];
    let option = Some(vs[0]);
    let last = if let Some(v) = option { v.z * v.y } else { 0.0 };
    last + pair.1[1].0 * vs[1].x
}

#[differentiable]
fn in_branches(x: f64, y: f64) -> f64 {
    let v = if x > y {
        Vec3 { x, y, z: 0.0 }
    } else {
        Vec3 {
            x: x * x,
            y: x * y,
            z: 1.0,
        }
    };
    v.x * v.y + v.z * x
}

#[differentiable]
fn in_loops(x: f64, n: usize) -> f64 {
    let mut v = Vec3 { x, y: 1.0, z: 0.0 };
    for i in 0..n {
        let w = Vec3 { x: v.x * 0.5, ..v };
        v = Vec3 {
            x: w.x + w.z,
            y: w.x * w.y,
            z: v.x * x,
        };
        if i == 2 {
            v.y += w.y;
        }
    }
    v.x * v.y + v.z
}

#[differentiable]
fn through_references(vs: &mut [Vec3], k: f64) -> f64 {
    let first = &mut vs[0];
    first.x *= k;
    first.z = first.x + first.y;
    let second = &vs[1];
    let s = second.x * vs[0].z;
    s * k
}

#[differentiable]
fn norm(v: &Vec3) -> f64 {
    (v.x * v.x + v.y * v.y + v.z * v.z).sqrt()
}

#[differentiable]
fn scaled(v: Vec3, k: f64) -> Vec3 {
    Vec3 {
        x: v.x * k,
        y: v.y * k,
        z: v.z * k,
    }
}

#[differentiable]
fn push_along(v: &mut Vec3, by: &Vec3) {
    v.x += by.x * by.y;
    v.y *= by.z;
}

#[differentiable]
fn calls_with_structs(v: Vec3, k: f64) -> f64 {
    let mut w = scaled(v, k);
    push_along(&mut w, &v);
    let b = Body {
        pos: w,
        vel: scaled(w, 0.5),
        mass: 2.0,
        name: "b",
    };
    norm(&w) * k + norm(&b.vel) + b.pos.x * b.mass
}

programs! {
    reads_fields { v: val = V } exact [Vec3Tangent { x: v.y, y: v.x, z: v.z.cos() }];
    by_reference { v: refer = V, k: val = 0.8 };
    builds { x: val = 0.4, y: val = 1.3 } exact [y * y + 1.0, 2.0 * x * y];
    vector returns { x: val = 0.4, y: val = 1.3 } exact [x.cos() + y, x];
    with_a_base { v: val = V, k: val = 0.8 }
        exact [Vec3Tangent { x: 2.0 * k * v.x, y: v.z, z: v.y }, v.x * v.x];
    with_a_constant_base { x: val = 0.4 } exact [2.0 * x];
    base_keeps_its_shape { l: val = layer(), k: val = 0.8 };
    assigns_fields { x: val = 0.4, y: val = 1.3 };
    moves_and_clones { v: val = V, l: refer = layer() };
    vector a_step { bodies: inout = bodies(), dt: val = 0.05 };
    energy { bodies: slice = bodies() };
    vector builds_bodies { b: refer = body(0.4), k: val = 0.8 };
    predict { l: refer = layer(), x: slice = vector(3, 1) };
    vector newtypes { m: val = Meters(0.7), k: val = 0.8 };
    boxed { v: val = Box::new(V), k: val = 0.8 };
    in_containers { x: val = 0.4, y: val = 1.3 };
    in_branches { x: val = 0.4, y: val = 1.3 };
    in_loops { x: val = 0.4, n: konst = 5_usize };
    through_references { vs: inout = vec![V, V], k: val = 0.8 };
    calls_with_structs { v: val = V, k: val = 0.8 };
}

/// What is put into a constant field counts as a constant, in each mode.
#[test]
fn a_constant_field_cuts() {
    let mut b = body(0.4);
    let (x, k) = (b.pos.x, 0.8);
    let ((), back) = constant_fields_take_anything::vjp(&mut b, k);
    let mut bar = b_bar();
    let dk = back(pullback::NoTangent, &mut bar);
    assert_eq!(dk, 3.0 * k);
    assert_eq!(bar.pos.x, 2.0 * k);
    let mut b = body(0.4);
    let mut dot = b_bar();
    constant_fields_take_anything::jvp((&mut b, k), (&mut dot, 1.0));
    assert_eq!(dot.pos.x, 2.0 * k);
    assert_eq!(dot.vel.y, 3.0 * k);
    assert_eq!(b.pos.x, 2.0 * k * x);
}

fn b_bar() -> BodyTangent {
    let mut bar = body(0.4).zero_tangent();
    bar.pos.x = 1.0;
    bar.vel.y = 1.0;
    bar
}
