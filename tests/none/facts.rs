//! What callers know of methods: on parameters, on what fields lead to, on generic types, through several calls, in
//! circles. A way that a callee cuts is `Never` at the caller, and nothing that is connected is called cut.

use pullback::{Differentiable, Reach, Reachability, Real, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Meter {
    gain: f64,
}

#[differentiable(detached = "allow")]
impl Meter {
    fn stepped(&self, volts: f64) -> f64 {
        self.gain * volts.round()
    }

    fn smooth(&self, volts: f64) -> f64 {
        self.gain * volts
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Panel<'a> {
    meter: Meter,
    boxed: Box<Meter>,
    lent: &'a Meter,
    row: Vec<Meter>,
    rows: [Vec<Meter>; 2],
    pair: (f64, Meter),
}

#[differentiable(detached = "allow")]
impl<'a> Panel<'a> {
    #[allow(clippy::too_many_arguments)]
    fn cut(&self, a: f64, b: f64, c: f64, d: f64, e: f64, f: f64, n: usize) -> f64 {
        let mut sum = self.meter.stepped(a) + self.boxed.stepped(b) + self.lent.stepped(c);
        sum += self.row[n].stepped(d) + self.pair.1.stepped(e);
        for meter in &self.rows[1] {
            sum += meter.stepped(f);
        }
        sum
    }

    fn whole(&self, a: f64, b: f64, c: f64, d: f64, e: f64, n: usize) -> f64 {
        let meter = &self.meter;
        let sum = meter.smooth(a) + self.boxed.smooth(b) + self.lent.smooth(c);
        sum + self.row[n].smooth(d) + self.pair.1.smooth(e)
    }
}

fn never(told: &Reachability) -> Vec<&'static str> {
    let never = told
        .inputs
        .iter()
        .filter(|of| matches!(of.reach, Reach::Never { .. }));
    never.map(|of| of.input).collect()
}

#[test]
fn methods_of_fields_are_known_to_the_caller() {
    assert_eq!(
        never(Panel::cut_reachability()),
        ["a", "b", "c", "d", "e", "f"]
    );
    let told = Panel::whole_reachability();
    assert!(
        told.inputs.iter().all(|of| of.reach == Reach::Always),
        "{told}"
    );
}

/// Two and three calls away, and through a circle of methods and functions.
#[differentiable(detached = "allow")]
fn shown(meter: &Meter, volts: f64, shift: f64) -> f64 {
    meter.stepped(volts) + shift
}

#[differentiable(detached = "allow")]
fn twice(meter: Meter, volts: f64, shift: f64) -> f64 {
    shown(&meter, volts, shift) * shown(&meter, shift, 1.0)
}

#[derive(Clone, Debug, Differentiable)]
struct Ping {
    weight: f64,
}

#[derive(Clone, Debug, Differentiable)]
struct Pong {
    weight: f64,
}

#[differentiable(detached = "allow")]
impl Ping {
    fn cut(&self, other: &Pong, x: f64, n: usize) -> f64 {
        match n {
            0 => self.weight * x.floor(),
            _ => other.cut(self, x, n - 1),
        }
    }

    fn whole(&self, other: &Pong, x: f64, n: usize) -> f64 {
        match n {
            0 => self.weight * x,
            _ => other.whole(self, x, n - 1),
        }
    }
}

#[differentiable(detached = "allow")]
impl Pong {
    fn cut(&self, other: &Ping, x: f64, n: usize) -> f64 {
        match n {
            0 => self.weight,
            _ => between(other, self, x, n - 1),
        }
    }

    fn whole(&self, other: &Ping, x: f64, n: usize) -> f64 {
        match n {
            0 => self.weight + x,
            _ => other.whole(self, x, n - 1),
        }
    }
}

#[differentiable(detached = "allow")]
fn between(ping: &Ping, pong: &Pong, x: f64, n: usize) -> f64 {
    ping.cut(pong, x, n)
}

#[differentiable(detached = "allow")]
fn around(ping: &Ping, pong: &Pong, x: f64, y: f64) -> f64 {
    ping.cut(pong, x, 3) * pong.whole(ping, y, 3)
}

#[test]
fn facts_of_methods_lead_through_any_number_of_calls() {
    assert_eq!(never(shown::reachability()), ["volts"]);
    assert_eq!(never(twice::reachability()), ["volts"]);
    assert_eq!(never(Ping::cut_reachability()), ["x"]);
    assert_eq!(never(between::reachability()), ["x"]);
    assert_eq!(never(around::reachability()), ["x"]);
    assert_eq!(around::reachability().of("y"), Some(&Reach::Always));
    let (ping, pong) = (Ping { weight: 2.0 }, Pong { weight: 3.0 });
    let g = around::gradients(&ping, &pong, 1.5, 0.5);
    // 3 by 2·y.
    assert_eq!((g.x, g.y), (None, Some(6.0)));
}

#[derive(Clone, Debug, Differentiable)]
struct Layer<T: Real, const N: usize> {
    weights: [T; N],
    #[constant]
    scale: T,
}

#[derive(Clone, Debug, Differentiable)]
struct Net<T: Real> {
    first: Layer<T, 2>,
}

#[differentiable(detached = "allow")]
impl<T: Real, const N: usize> Layer<T, N> {
    fn stepped(&self, x: T) -> T {
        self.weights[N - 1] * x.floor()
    }

    fn smooth(&self, x: T) -> T {
        self.weights[0] * x
    }
}

#[differentiable(detached = "allow")]
impl<T: Real> Net<T> {
    fn cut(&self, x: T, y: T) -> T {
        self.first.stepped(x) + self.first.smooth(y)
    }
}

#[differentiable(detached = "allow")]
fn generic<T: Real, const N: usize>(layer: &Layer<T, N>, x: T, y: T) -> T {
    layer.stepped(x) * y
}

#[differentiable(detached = "allow")]
fn of_one(layer: &Layer<f32, 3>, x: f32, y: f32) -> f32 {
    generic(layer, x, y)
}

#[differentiable(detached = "allow")]
fn only_the_scale<T: Real, const N: usize>(layer: &Layer<T, N>, x: T) -> T {
    layer.scale * x
}

#[test]
fn what_is_generic_is_known_for_all_types() {
    assert_eq!(never(Net::<f64>::cut_reachability()), ["x"]);
    assert_eq!(never(generic::reachability()), ["x"]);
    assert_eq!(never(of_one::reachability()), ["x"]);
    assert_eq!(never(only_the_scale::reachability()), ["layer"]);
}

/// A bound that `f64` does not fulfil, a method of a trait, a tree: nothing is claimed, and all of it compiles.
trait Exact {}
impl Exact for f32 {}

#[derive(Clone, Debug, Differentiable)]
struct Rounded<T: Real + Exact> {
    step: T,
}

#[differentiable(detached = "allow")]
impl<T: Real + Exact> Rounded<T> {
    fn cut(&self, x: T) -> T {
        self.step * x.floor()
    }
}

#[differentiable(detached = "allow")]
fn unnamed<T: Real + Exact>(r: &Rounded<T>, x: T) -> T {
    r.cut(x)
}

#[differentiable]
trait Activation {
    fn act(&self, x: f64) -> f64;
}

#[differentiable(detached = "allow")]
impl Activation for Meter {
    fn act(&self, x: f64) -> f64 {
        self.gain * x.ceil()
    }
}

#[differentiable]
fn activated(panel: &Panel<'_>, any: &dyn Activation, x: f64) -> f64 {
    panel.meter.act(x) + any.act(x)
}

#[derive(Clone, Debug, Differentiable)]
struct Tree {
    weight: f64,
    below: Vec<Tree>,
}

#[differentiable]
impl Tree {
    fn sum(&self, x: f64) -> f64 {
        let mut sum = self.weight * x;
        for tree in &self.below {
            sum += tree.sum(x);
        }
        sum
    }
}

#[test]
fn what_cannot_be_known_is_not_claimed() {
    assert!(matches!(
        unnamed::reachability().of("x"),
        Some(Reach::Sometimes { .. })
    ));
    assert_eq!(unnamed::gradients(&Rounded { step: 2.0_f32 }, 1.5).x, None);
    assert!(matches!(
        activated::reachability().of("x"),
        Some(Reach::Sometimes { .. })
    ));
    assert_eq!(Tree::sum_reachability().of("x"), Some(&Reach::Always));
    let leaf = Tree {
        weight: 2.0,
        below: vec![],
    };
    let tree = Tree {
        weight: 1.0,
        below: vec![leaf.clone(), leaf],
    };
    assert_eq!(tree.sum_gradients(3.0).x, Some(5.0));
}
