//! Methods of annotated traits behind `dyn`: the derivative is that of the value behind, with respect to it as well.

use crate::harness::{Flat, programs};
use pullback::{Differentiable, differentiable};
use std::any::Any;

#[differentiable]
trait Potential: Any {
    fn energy(&self, x: f64) -> f64;

    /// Memory goes in and comes out.
    fn forces(&self, at: &[f64], out: &mut [f64]);

    /// What the trait itself says, which one of them replaces.
    fn barrier(&self, from: f64, to: f64) -> f64 {
        let mut highest = self.energy(from);
        for k in 1..4 {
            let there = self.energy(from + (to - from) * k as f64 / 4.0);
            if there > highest {
                highest = there;
            }
        }
        highest - self.energy(from)
    }

    /// No function of an object.
    fn of_all(all: &[f64]) -> f64
    where
        Self: Sized,
    {
        all.iter().sum()
    }

    fn relax(&mut self, by: f64);

    fn name(&self) -> &'static str;
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Spring {
    k: f64,
    rest: f64,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Morse {
    depth: f64,
    width: [f64; 1],
}

/// Generic, and made of others.
#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Scaled<P> {
    of: P,
    by: f64,
}

#[differentiable]
impl Potential for Spring {
    fn energy(&self, x: f64) -> f64 {
        0.5 * self.k * (x - self.rest).powi(2)
    }
    fn forces(&self, at: &[f64], out: &mut [f64]) {
        for (x, f) in at.iter().zip(out.iter_mut()) {
            *f -= self.k * (x - self.rest);
        }
    }
    fn relax(&mut self, by: f64) {
        self.rest += by;
    }
    fn name(&self) -> &'static str {
        "spring"
    }
}

#[differentiable]
impl Potential for Morse {
    fn energy(&self, x: f64) -> f64 {
        let e = 1.0 - (-self.width[0] * x).exp();
        self.depth * e * e
    }
    fn forces(&self, at: &[f64], out: &mut [f64]) {
        for i in 0..at.len() {
            out[i] = out[i] * self.depth - at[i] * self.width[0];
        }
    }
    fn barrier(&self, from: f64, to: f64) -> f64 {
        self.depth * (to - from)
    }
    fn relax(&mut self, by: f64) {
        self.depth *= by;
    }
    fn name(&self) -> &'static str {
        "morse"
    }
}

#[differentiable]
impl<P: Potential> Potential for Scaled<P> {
    fn energy(&self, x: f64) -> f64 {
        self.by * self.of.energy(x)
    }
    fn forces(&self, at: &[f64], out: &mut [f64]) {
        self.of.forces(at, out);
        for f in out {
            *f *= self.by;
        }
    }
    fn relax(&mut self, by: f64) {
        self.by += by;
    }
    fn name(&self) -> &'static str {
        "scaled"
    }
}

/// What is behind is known at run time alone.
#[derive(Differentiable)]
struct Field {
    parts: Vec<Box<dyn Potential>>,
    gain: f64,
}

#[differentiable]
impl Field {
    fn total(&self, x: f64) -> f64 {
        let mut sum = 0.0;
        for part in &self.parts {
            sum += part.energy(x * self.gain) + (x - 0.3) * part.barrier(x, 2.0 * x);
        }
        sum * self.gain
    }

    fn by_index(&self, x: f64) -> f64 {
        let mut product = 1.0;
        for i in (0..self.parts.len()).rev() {
            if self.parts[i].name() == "morse" {
                continue;
            }
            product *= 1.0 + self.parts[i].barrier(x, self.gain);
        }
        product
    }
}

#[differentiable]
fn by_object(p: &dyn Potential, x: f64, at: &[f64], out: &mut [f64]) -> f64 {
    p.forces(at, out);
    let again = nested(p, out[0] * x);
    p.energy(x) * x + p.barrier(x, 2.0 * x) * again
}

#[differentiable]
fn nested(p: &dyn Potential, x: f64) -> f64 {
    p.energy(p.energy(x))
}

/// The same with the type known.
#[differentiable]
fn by_type<P: Potential + Differentiable>(p: &P, x: f64, at: &[f64], out: &mut [f64]) -> f64 {
    p.forces(at, out);
    let y = out[0] * x;
    let again = p.energy(p.energy(y));
    p.energy(x) * x + p.barrier(x, 2.0 * x) * again
}

#[differentiable]
fn of_a_field(field: &Field, x: f64) -> f64 {
    field.total(x) * field.by_index(x)
}

#[differentiable]
fn in_a_chain(field: &Field, x: f64) -> f64 {
    let sum: f64 = field.parts.iter().map(|p| p.energy(x)).sum();
    sum + field.parts[0].energy(sum)
}

#[differentiable]
fn buffers(field: &Field, at: &[f64], out: &mut [f64]) -> f64 {
    for part in field.parts.iter() {
        part.forces(at, out);
        part.forces(at, out);
    }
    out[0] * out[1]
}

#[differentiable]
fn recursive(field: &Field, x: f64, depth: usize) -> f64 {
    if depth == 0 {
        return x;
    }
    let below = recursive(field, x * 0.9, depth - 1);
    field.parts[depth % field.parts.len()].energy(below) + x
}

fn field() -> Field {
    let spring = Spring { k: 1.3, rest: 0.4 };
    let morse = Morse {
        depth: 0.7,
        width: [1.1],
    };
    let of = spring.clone();
    Field {
        parts: vec![
            Box::new(spring),
            Box::new(morse),
            Box::new(Scaled { of, by: 0.6 }),
        ],
        gain: 0.8,
    }
}

fn copied(part: &dyn Potential, next: &mut dyn Iterator<Item = f64>) -> Box<dyn Potential> {
    let mut next = || next.next().unwrap();
    let part: &dyn Any = part;
    let spring = |k, rest| Spring { k, rest };
    if part.is::<Spring>() {
        Box::new(spring(next(), next()))
    } else if part.is::<Morse>() {
        let depth = next();
        let width = [next()];
        Box::new(Morse { depth, width })
    } else {
        let of = spring(next(), next());
        Box::new(Scaled { of, by: next() })
    }
}

impl Flat for Field {
    fn flatten(&self, out: &mut Vec<f64>) {
        self.coordinates(&mut |x| out.push(x));
    }
    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Field {
        let parts = self.parts.iter().map(|p| copied(&**p, source)).collect();
        let gain = source.next().unwrap();
        Field { parts, gain }
    }
}

impl Clone for Field {
    fn clone(&self) -> Field {
        self.rebuild(&mut crate::harness::flattened(self).into_iter())
    }
}

// What is in a box, by reference.
#[differentiable]
fn highest(p: &dyn Potential, x: f64) -> f64 {
    p.barrier(x, 2.0 * x) * p.energy(x)
}

#[differentiable]
fn boxed(p: &Box<dyn Potential>, x: f64) -> f64 {
    highest(&**p, x) + highest(p.as_ref(), 0.5 * x)
}

#[differentiable]
fn of_boxes(field: &Field, x: f64) -> f64 {
    let mut x = x;
    for p in &field.parts {
        x += 0.1 * highest(&**p, x) + boxed(p, x);
    }
    for p in field.parts.iter() {
        x += 0.1 * highest(p.as_ref(), x);
    }
    x + highest(field.parts[0].as_ref(), x)
}

programs! {
    of_boxes { field: refer = field(), x: val = 0.4 };
    of_a_field { field: refer = field(), x: val = 0.9 };
    in_a_chain { field: refer = field(), x: val = 0.7 };
    buffers { field: refer = field(), at: slice = vec![0.3, 0.8], out: inout = vec![0.5, -0.2] };
    recursive { field: refer = field(), x: val = 0.7, depth: konst = 5_usize };
}

#[test]
fn objects_have_the_gradients_of_their_types() {
    fn both<P: Potential + Differentiable + Clone + Send>(p: &P) {
        let at = [0.3, 0.8];
        let start = [0.5, -0.2];
        let (mut a, mut b) = (start, start);
        let (of_object, x, by_at, by_out) = by_object::grad(p, 0.9, &at, &mut a);
        let (of_type, y, at_of_type, out_of_type) = by_type::grad(p, 0.9, &at, &mut b);
        assert_eq!(of_object.downcast_ref(), Some(&of_type));
        assert_eq!((x, by_at, by_out, a), (y, at_of_type, out_of_type, b));

        let told = by_object::gradients(p, 0.9, &at, &mut start.clone());
        assert_eq!(told.p.unwrap().downcast_ref(), Some(&of_type));
        let (mut a, mut b) = (start, start);
        let along = pullback::DynTangent::new(of_type.clone());
        let (mut da, mut db) = (vec![0.7, 0.6], vec![0.7, 0.6]);
        let dat = vec![0.1, 0.2];
        let by_object = by_object::jvp((p, 0.9, &at, &mut a), (along, 0.4, dat.clone(), &mut da));
        let by_type = by_type::jvp((p, 0.9, &at, &mut b), (of_type, 0.4, dat, &mut db));
        assert_eq!((by_object, da), (by_type, db));
    }
    let spring = Spring { k: 1.3, rest: 0.4 };
    both(&spring);
    both(&Morse {
        depth: 0.7,
        width: [1.1],
    });
    both(&Scaled {
        of: spring,
        by: 0.6,
    });
}
