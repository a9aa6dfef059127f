//! `#[watch(inside)]`: the watched locals of a function that is called there, through the path that leads behind the
//! call.

use super::{assert_close, bump, by_difference};
use pullback::{Differentiable, differentiable};

#[differentiable]
fn layer(x: f64, w: f64) -> f64 {
    #[watch]
    let before: f64 = x * w + bump();
    #[watch]
    let unused: f64 = before * before;
    if unused > 100.0 {
        return unused;
    }
    before.tanh()
}

#[differentiable]
fn net(x: f64, w: f64) -> f64 {
    let other = layer(x, 0.3);
    #[watch(inside)]
    let hidden = layer(layer(other, 0.5), w);
    let last = layer(hidden, w);
    last * hidden + x
}

#[test]
fn the_call_that_is_asked_tells_and_no_other() {
    let g = net::gradients(0.7, 0.8);
    let hidden: LayerWatched = g.hidden.expect("it was called");
    // The third of the four calls.
    assert_close(hidden.before.unwrap(), by_difference(2, || net(0.7, 0.8)));
    assert_eq!(hidden.unused, None);
    assert_eq!((g.x.unwrap(), g.w.unwrap()), net::grad(0.7, 0.8));
}

#[differentiable]
fn deep(xs: &[f64], w: f64) -> f64 {
    let mut x = 1.0;
    for each in xs {
        #[watch(all, inside)]
        let stage = layer(x * each, w);
        #[watch(inside)]
        let newest: f64 = layer(stage, 1.5);
        x += newest;
    }
    x * x
}

#[test]
fn in_a_loop_every_call_tells_or_the_last() {
    let (xs, w) = ([0.5, -0.4, 0.9], 0.7);
    let g = deep::gradients(&xs, w);
    assert_eq!(g.stage.len(), 3);
    for (n, stage) in g.stage.iter().enumerate() {
        assert_close(stage.before.unwrap(), by_difference(2 * n, || deep(&xs, w)));
    }
    let newest = g.newest.unwrap();
    assert_close(newest.before.unwrap(), by_difference(5, || deep(&xs, w)));
    let none = deep::gradients(&[], w);
    assert_eq!((none.stage, none.newest), (vec![], None));
}

#[differentiable]
fn by_branch(x: f64, y: f64) -> f64 {
    let mut out = y;
    if x > 0.0 {
        #[watch(inside)]
        let taken = layer(x, y);
        if y > 0.0 {
            out += taken;
        }
    }
    out
}

#[test]
fn a_call_that_was_not_made_or_not_needed_tells_nothing() {
    let taken = by_branch::gradients(0.5, 0.4).taken.unwrap();
    assert_close(
        taken.before.unwrap(),
        by_difference(0, || by_branch(0.5, 0.4)),
    );
    assert_eq!(by_branch::gradients(-1.0, 2.0).taken, None);
    assert_eq!(by_branch::gradients(1.0, -2.0).taken, None);
}

#[differentiable]
fn outer(x: f64, w: f64) -> f64 {
    #[watch(inside)]
    let middle = net(x * x, w);
    #[watch]
    let own: f64 = middle * w;
    own.sin()
}

#[differentiable]
fn outermost(x: f64, w: f64) -> f64 {
    // Nobody asks this one, though it asks another.
    let first = outer(x, w);
    #[watch(inside)]
    let second = outer(first, w);
    second
}

#[test]
fn what_is_asked_may_ask_in_turn() {
    let g = outermost::gradients(0.6, 0.9);
    let second: OuterWatched = g.second.unwrap();
    let middle: NetWatched = second.middle.unwrap();
    let hidden: LayerWatched = middle.hidden.unwrap();
    let by = by_difference(6, || outermost(0.6, 0.9));
    assert_close(hidden.before.unwrap(), by);
    let alone = outer::gradients(outer(0.6, 0.9), 0.9);
    assert_eq!(second.own, alone.own);
}

#[differentiable]
fn power(x: f64, n: usize) -> f64 {
    if n == 0 {
        return 1.0;
    }
    #[watch]
    let factor: f64 = x + bump();
    #[watch(inside)]
    let rest = power(x, n - 1);
    factor * rest
}

#[test]
fn a_recursion_tells_level_by_level() {
    let g = power::gradients(1.5, 3);
    assert_close(g.factor.unwrap(), 2.25);
    let mut level = g.rest;
    for n in 1..3 {
        let rest = level.unwrap();
        assert_close(rest.factor.unwrap(), by_difference(n, || power(1.5, 3)));
        level = rest.rest;
    }
    // The last call returns before it comes to either.
    let last = level.unwrap();
    assert_eq!((last.factor, last.rest), (None, None));
    assert_eq!(power::gradients(1.5, 0).rest, None);
}

#[differentiable]
fn step(state: &mut [f64; 2], dt: f64) {
    #[watch]
    let force: f64 = -state[0].sin() + bump();
    state[1] += dt * force;
    state[0] += dt * state[1];
}

#[allow(clippy::let_unit_value)]
#[differentiable]
fn swing(start: f64, dt: f64, n: usize) -> f64 {
    let mut state = [start, 0.0];
    for _ in 0..n {
        #[watch(all, inside)]
        let each = step(&mut state, dt);
        each
    }
    state[0]
}

#[test]
fn what_a_call_writes_leads_on_as_its_result_does() {
    let g = swing::gradients(0.4, 0.1, 3);
    assert_eq!(g.each.len(), 3);
    for (n, each) in g.each.iter().enumerate() {
        assert_close(each.force.unwrap(), by_difference(n, || swing(0.4, 0.1, 3)));
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Net {
    w: f64,
}

#[differentiable]
impl Net {
    fn features(&self, x: f64) -> f64 {
        #[watch]
        let map: f64 = self.w * x + bump();
        map.max(0.0)
    }

    fn score(&self, x: f64) -> f64 {
        #[watch(inside)]
        let seen = self.features(x);
        #[watch(inside)]
        let again = Self::features(self, seen);
        seen * again
    }
}

#[differentiable]
fn loss(net: &Net, x: f64) -> f64 {
    #[watch(inside)]
    let score = Net::score(net, x);
    score * score
}

#[test]
fn a_method_tells_as_a_function_does() {
    let net = Net { w: 1.3 };
    let score: NetScoreWatched = loss::gradients(&net, 0.7).score.unwrap();
    let seen: NetFeaturesWatched = score.seen.unwrap();
    assert_close(seen.map.unwrap(), by_difference(0, || loss(&net, 0.7)));
    let again = score.again.unwrap();
    assert_close(again.map.unwrap(), by_difference(1, || loss(&net, 0.7)));
    assert!(net.score_gradients(0.7).seen.unwrap().map.is_some());
}

#[differentiable]
fn checked(x: f64) -> Result<f64, String> {
    #[watch]
    let square: f64 = x * x + bump();
    if square > 4.0 {
        return Err("too large".into());
    }
    Ok(square.exp())
}

#[differentiable]
fn attempt(x: f64) -> Result<f64, String> {
    #[watch(inside)]
    let tried = checked(x);
    Ok(tried? * x)
}

#[test]
fn a_call_that_may_fail_tells_if_it_does_not() {
    let tried = attempt::gradients(0.8).unwrap().tried.unwrap();
    let by = by_difference(0, || attempt(0.8).unwrap());
    assert_close(tried.square.unwrap(), by);
    assert!(attempt::gradients(3.0).is_err());
}

/// In a module, found by the path as the function is.
mod elsewhere {
    use pullback::differentiable;

    #[differentiable]
    pub fn scale(xs: &[f64], by: f64) -> Vec<f64> {
        #[watch]
        let scaled: Vec<f64> = xs.iter().map(|x| x * by).collect();
        scaled.clone()
    }
}

#[differentiable]
fn total(xs: &[f64], by: f64) -> f64 {
    #[watch(inside)]
    let scaled = elsewhere::scale(xs, by);
    scaled[0] * scaled[1]
}

#[test]
fn a_path_leads_to_what_is_told() {
    let scaled = total::gradients(&[2.0, 3.0], 0.5).scaled.unwrap();
    assert_eq!(scaled.scaled, Some(vec![1.5, 1.0]));
}
