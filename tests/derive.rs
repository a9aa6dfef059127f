//! `#[derive(Differentiable)]`: every kind of struct and enum, and their tangents as vector spaces.

use pullback::{Differentiable, NoTangent, Tangent};
use std::marker::PhantomData;

#[derive(Differentiable, Clone, Copy, Debug)]
struct Vec3 {
    x: f64,
    y: f64,
    z: f64,
}

const A: Vec3Tangent = Vec3Tangent {
    x: 1.0,
    y: 2.0,
    z: 3.0,
};

fn components(t: &impl Tangent) -> Vec<f64> {
    let mut all = Vec::new();
    t.for_each(&mut |c| all.push(c));
    all
}

#[test]
fn a_struct_is_a_vector_space() {
    let mut t = A;
    t.add_assign(&A);
    t.absorb(A);
    assert_eq!(components(&t), [3.0, 6.0, 9.0]);
    t.scale(0.5);
    assert_eq!(t.dot(&A), 1.5 + 6.0 + 13.5);
    assert_eq!(
        t.take(),
        Vec3Tangent {
            x: 1.5,
            y: 3.0,
            z: 4.5
        }
    );
    assert_eq!(t, Vec3Tangent::default());
    t.for_each_mut(&mut |c| *c += 1.0);
    assert_eq!(components(&t), [1.0; 3]);
    t.y = f64::NAN;
    assert!(!t.is_finite());
    t.set_zero();
    assert_eq!(t, t.zero_like());
    assert_eq!(format!("{A:?}"), "Vec3Tangent { x: 1.0, y: 2.0, z: 3.0 }");
}

#[derive(Differentiable)]
struct Unit;

#[derive(Differentiable)]
struct Meters(f64);

#[derive(Differentiable)]
struct Nested(Meters, (f64, Unit), #[constant] &'static str);

#[test]
fn tuples_and_units() {
    let value = Nested(Meters(1.0), (2.0, Unit), "name");
    assert_eq!((value.0.0, value.2), (1.0, "name"));
    let zero = value.zero_tangent();
    assert_eq!(
        zero,
        NestedTangent(MetersTangent(0.0), (0.0, UnitTangent), NoTangent)
    );
    assert_eq!(std::mem::size_of_val(&zero), 16);
    assert_eq!(format!("{:?}", MetersTangent(1.0)), "MetersTangent(1.0)");
    assert_eq!(format!("{UnitTangent:?}"), "UnitTangent");
}

/// Parameters of every kind, and borrowed fields, which the tangent owns.
#[derive(Differentiable)]
struct Everything<'a, T: Clone, U, const N: usize = 3>
where
    U: 'a,
{
    data: &'a [T],
    own: Vec<T>,
    array: [f64; N],
    twice: &'a &'a T,
    #[constant]
    name: &'a str,
    #[constant]
    marker: PhantomData<U>,
    inner: Vec3,
    option: Option<Box<T>>,
}

#[derive(Differentiable)]
struct Outer<'b> {
    inner: Everything<'b, f64, String>,
    many: [Vec3; 40],
}

#[test]
fn generics_lifetimes_and_nesting() {
    let zero = Vec3 {
        x: 0.0,
        y: 0.0,
        z: 0.0,
    };
    let value = Outer {
        inner: Everything {
            data: &[1.0, 2.0],
            own: vec![3.0],
            array: [4.0; 3],
            twice: &&5.0,
            name: "n",
            marker: PhantomData,
            inner: zero,
            option: Some(Box::new(6.0)),
        },
        many: [zero; 40],
    };
    assert_eq!((value.inner.name, value.inner.marker), ("n", PhantomData));
    let t: OuterTangent = value.zero_tangent();
    assert_eq!(components(&t).len(), 2 + 1 + 3 + 1 + 3 + 1 + 120);
    // The tangent has neither the lifetime nor the parameter that only a constant field uses.
    let inner: EverythingTangent<f64, 3> = t.inner;
    assert_eq!(inner.data, [0.0, 0.0]);
    assert_eq!(inner.twice, 0.0);
}

#[derive(Differentiable)]
struct Peeked<I: Iterator> {
    next: I::Item,
    #[constant]
    rest: I,
}

#[test]
fn associated_types() {
    let mut all = [1.0, 2.0].into_iter();
    let value = Peeked {
        next: all.next().unwrap_or(0.0),
        rest: all,
    };
    assert_eq!(value.zero_tangent().next, 0.0);
    assert_eq!(value.rest.len(), 1);
}

#[derive(Differentiable, Debug)]
enum Shape {
    Empty,
    Circle(f64),
    Rect { w: f64, h: f64 },
    Polygon(Vec<f64>, #[constant] usize),
}

#[test]
fn an_enum_has_its_variants_and_a_zero() {
    let rect = Shape::Rect { w: 2.0, h: 3.0 };
    let mut t = rect.zero_tangent();
    assert_eq!(t, ShapeTangent::Rect { w: 0.0, h: 0.0 });
    t.add_assign(&ShapeTangent::Zero);
    t.add_assign(&ShapeTangent::Rect { w: 1.0, h: 2.0 });
    let mut sum = ShapeTangent::default();
    assert_eq!(sum, ShapeTangent::Zero);
    sum.add_assign(&t);
    sum.absorb(t.clone());
    assert_eq!(sum, ShapeTangent::Rect { w: 2.0, h: 4.0 });
    assert_eq!(sum.dot(&t), 10.0);
    assert_eq!(sum.dot(&ShapeTangent::Zero), 0.0);
    sum.scale(0.5);
    assert_eq!(sum, t);
    assert_eq!(t.zero_like(), rect.zero_tangent());
    let polygon = Shape::Polygon(vec![1.0, 2.0], 7);
    assert_eq!(
        polygon.zero_tangent(),
        ShapeTangent::Polygon(vec![0.0; 2], NoTangent)
    );
    assert_eq!(Shape::Circle(1.0).zero_tangent(), ShapeTangent::Circle(0.0));
    assert_eq!(Shape::Empty.zero_tangent(), ShapeTangent::Empty);
    assert_eq!(format!("{t:?}"), "Rect { w: 1.0, h: 2.0 }");
}

/// A `Zero` of the user's own keeps its name.
#[derive(Differentiable)]
enum Term {
    Zero,
    Power(f64, #[constant] i32),
}

#[test]
fn a_variant_called_zero() {
    assert_eq!(Term::Zero.zero_tangent(), TermTangent::Zero);
    assert_eq!(TermTangent::default(), TermTangent::ZeroTangent);
    assert_eq!(
        Term::Power(1.0, 2).zero_tangent(),
        TermTangent::Power(0.0, NoTangent)
    );
}

#[derive(Differentiable)]
enum Tree {
    Leaf(f64),
    Node(Box<Tree>, Vec<Tree>),
}

#[test]
fn a_recursive_type() {
    let tree = Tree::Node(Box::new(Tree::Leaf(1.0)), vec![Tree::Leaf(2.0)]);
    let mut t = tree.zero_tangent();
    t.for_each_mut(&mut |c| *c = 2.0);
    assert_eq!(t.dot(&t), 8.0);
}

/// Derives of the user's own, another name, and the path of the crate.
#[derive(Differentiable)]
#[tangent(derive(Eq, Hash), name = Direction, crate = ::pullback)]
struct Count {
    #[constant]
    n: usize,
}

#[test]
fn options_of_the_tangent() {
    fn hashable<T: std::hash::Hash + Eq>(_: &T) {}
    let zero: Direction = Count { n: 1 }.zero_tangent();
    hashable(&zero);
    assert_eq!(zero, Direction { n: NoTangent });
}

mod elsewhere {
    use pullback::Differentiable;

    #[derive(Differentiable)]
    pub struct Visible {
        pub x: f64,
        pub(crate) y: f64,
    }
}

#[test]
fn visibility_follows_the_type() {
    let value = elsewhere::Visible { x: 1.0, y: 2.0 };
    let t: elsewhere::VisibleTangent = value.zero_tangent();
    assert_eq!((t.x, t.y, value.y), (0.0, 0.0, 2.0));
}
