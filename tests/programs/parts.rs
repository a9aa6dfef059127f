//! Parts of variables that get another shape by assignment: a field, an element, a variant.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Model {
    offset: Option<f64>,
    weights: Vec<f64>,
    rows: Vec<Vec<f64>>,
    unit: Unit,
    #[constant]
    name: String,
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
enum Unit {
    Linear(f64),
    Affine(f64, f64),
    Table(Vec<f64>),
    Off,
}

#[differentiable]
fn affine(a: f64, b: f64) -> Unit {
    Unit::Affine(a, b)
}

#[differentiable]
fn row(a: f64, n: usize) -> Vec<f64> {
    let mut row = Vec::new();
    for k in 0..n {
        row.push(a * (k + 1) as f64);
    }
    row
}

#[differentiable]
fn some(a: f64) -> Option<f64> {
    if a > 100.0 { None } else { Some(a * a) }
}

#[differentiable]
fn run(unit: &Unit, x: f64) -> f64 {
    match unit {
        Unit::Linear(a) => a * x,
        Unit::Affine(a, b) => a * x + b * b,
        Unit::Table(t) => t.iter().map(|t| t * x).sum(),
        Unit::Off => 0.0,
    }
}

#[differentiable]
fn fresh(x: f64) -> Model {
    Model {
        offset: None,
        weights: vec![x],
        rows: vec![vec![x], vec![x, 2.0 * x]],
        unit: Unit::Linear(x),
        name: "fresh".to_string(),
    }
}

#[differentiable]
fn variant_by_call(x: f64, y: f64) -> f64 {
    let mut m = fresh(x);
    let before = m.unit.clone();
    m.unit = affine(x * y, y);
    let after = m.unit.clone();
    m.unit = Unit::Off;
    run(&before, y) * 3.0 + run(&after, x) + run(&m.unit, x)
}

#[differentiable]
fn row_by_call(x: f64, y: f64) -> f64 {
    let mut m = fresh(x);
    let mut s = m.rows[1][1] * y;
    m.rows[1] = row(y, 4);
    s += m.rows[1][3] * x;
    m.rows[1] = row(s, 1);
    s += m.rows[1][0] * m.rows[0][0];
    m.rows = Vec::new();
    s
}

#[differentiable]
fn weights_by_call(x: f64, y: f64) -> f64 {
    let mut m = fresh(x);
    let mut s = 0.0;
    for k in 1..5 {
        s += m.weights[m.weights.len() - 1] * y;
        m.weights = row(s * 0.1, 6 - k);
        if k == 3 {
            m.weights = row(y, 1);
        }
    }
    s + m.weights[0]
}

#[differentiable]
fn option_by_call(x: f64, y: f64) -> f64 {
    let mut m = fresh(x);
    let mut s = m.offset.unwrap_or(y);
    m.offset = some(s * x);
    s += m.offset.unwrap_or(0.0);
    m.offset = None;
    s += m.offset.unwrap_or(x * y);
    m.offset = some(s);
    s * m.offset.unwrap_or(0.0)
}

#[differentiable]
fn changed(m: &mut Model, x: f64) -> f64 {
    let a = run(&m.unit, x);
    m.unit = affine(a, x);
    let b = m.weights[m.weights.len() - 1];
    m.weights = row(a * b, 3);
    m.rows[0] = row(b, 2);
    m.rows[1] = row(a, 1);
    m.offset = some(a * m.offset.unwrap_or(x));
    m.name = "changed".to_string();
    a * b
}

#[differentiable]
fn through_a_buffer(x: f64, y: f64) -> f64 {
    let mut m = fresh(x);
    let mut s = 0.0;
    for k in 0..3 {
        s += changed(&mut m, y * 0.1);
        s += m.rows[0][0] * run(&m.unit, x) + m.offset.unwrap_or(1.0);
        m.rows[k % 2] = row(s, k + 3);
    }
    s
}

#[differentiable]
fn whole_element(x: f64, y: f64) -> f64 {
    let mut units = vec![Unit::Linear(x), Unit::Off, Unit::Table(vec![x, y])];
    let old = units[2].clone();
    units[2] = affine(y, x);
    units[0] = units[2].clone();
    let kept = units[1].clone();
    units[1] = old;
    let mut s = 0.0;
    for (k, u) in units.iter().enumerate() {
        s += run(u, x + k as f64) * y;
    }
    s + run(&kept, x)
}

#[differentiable]
fn pair_of_shapes(x: f64, y: f64) -> f64 {
    let mut p = (row(x, 2), affine(x, y));
    let before = p.clone();
    p.0 = row(y, 5);
    p.1 = Unit::Table(row(x, 3));
    let s = p.0[4] + run(&p.1, y);
    p = before;
    s * p.0[1] + run(&p.1, s)
}

#[differentiable]
fn by_reference(x: f64, y: f64) -> f64 {
    let mut m = fresh(x);
    let mut s = 0.0;
    for (k, r) in m.rows.iter_mut().enumerate() {
        s += r[k] * y;
        *r = row(s, k + 2);
        s += r[k + 1];
    }
    let u = &mut m.unit;
    s += run(u, y);
    *u = affine(s, x);
    s += run(u, y);
    *u = Unit::Table(row(x, 2));
    s * run(u, y)
}

#[differentiable]
fn boxes(x: f64, y: f64) -> f64 {
    let mut b = Box::new(affine(x, y));
    let first = run(&b, y);
    b = Box::new(Unit::Table(row(x, 3)));
    let second = run(&b, y);
    *b = Unit::Linear(y);
    first * second + run(&b, x)
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Cell {
    value: Unit,
    next: Option<Box<Cell>>,
}

#[differentiable]
fn cells(x: f64, y: f64) -> f64 {
    let mut c = Cell {
        value: affine(x, y),
        next: None,
    };
    let inner = c.clone();
    c.next = Some(Box::new(inner));
    c.value = Unit::Linear(y);
    let mut s = run(&c.value, x);
    if let Some(n) = &c.next {
        s += run(&n.value, y) * s;
    }
    let whole = c.clone();
    c.next = None;
    s + match &whole.next {
        Some(n) => run(&n.value, x),
        None => 0.0,
    }
}

programs! {
    variant_by_call { x: val = 0.7, y: val = 1.3 };
    row_by_call { x: val = 0.7, y: val = 1.3 };
    weights_by_call { x: val = 0.7, y: val = 1.3 };
    option_by_call { x: val = 0.7, y: val = 1.3 };
    through_a_buffer { x: val = 0.7, y: val = 1.3 };
    whole_element { x: val = 0.7, y: val = 1.3 };
    pair_of_shapes { x: val = 0.7, y: val = 1.3 };
    by_reference { x: val = 0.7, y: val = 1.3 };
    boxes { x: val = 0.7, y: val = 1.3 };
    cells { x: val = 0.7, y: val = 1.3 };
}

mod more {
    use super::*;

    #[differentiable]
    fn owned(mut m: Model, x: f64) -> f64 {
        let mut s = run(&m.unit, x) + m.weights[1] * m.offset.unwrap_or(x);
        m.offset = if s > 0.0 { None } else { some(s) };
        m.unit = Unit::Table(row(s, 3));
        m.weights = row(run(&m.unit, x), 1);
        s += m.weights[0];
        m.rows[1] = row(m.rows[0][0], 3);
        s + m.rows[1][2]
    }

    #[differentiable]
    fn start(a: f64, b: f64) -> Model {
        Model {
            offset: Some(a),
            weights: vec![a, b, a * b],
            rows: vec![vec![a], vec![b, a]],
            unit: Unit::Table(vec![a, b]),
            name: String::new(),
        }
    }

    #[differentiable]
    fn owned_of(x: f64, y: f64) -> f64 {
        owned(start(x, y), y)
    }

    #[differentiable]
    fn early(x: f64, y: f64, n: usize) -> f64 {
        let mut m = start(x, y);
        let mut rows = vec![row(x, 1), row(y, 2)];
        for i in 0..4 {
            m.unit = match m.unit {
                Unit::Linear(a) => Unit::Affine(a, x),
                Unit::Affine(a, b) => Unit::Table(vec![a, b, a * b]),
                Unit::Table(t) => Unit::Linear(t[0] * t[1]),
                Unit::Off => Unit::Off,
            };
            let j = i % 2;
            rows[j] = row(rows[j][0] * y, i + 2);
            if i == n {
                let k = rows[j].len() - 1;
                return run(&m.unit, x) * rows[j][k];
            }
            m.weights = rows[1 - j].clone();
        }
        m.weights[0] * rows[0][1]
    }
    #[differentiable]
    fn early_1(x: f64, y: f64) -> f64 {
        early(x, y, 1)
    }
    #[differentiable]
    fn early_3(x: f64, y: f64) -> f64 {
        early(x, y, 3)
    }
    #[differentiable]
    fn early_9(x: f64, y: f64) -> f64 {
        early(x, y, 9)
    }

    #[differentiable]
    fn nested(x: f64, y: f64) -> f64 {
        let mut grid: Vec<Vec<Vec<f64>>> = vec![vec![row(x, 1), row(y, 2)], vec![row(y, 3)]];
        let mut s = 0.0;
        for (i, line) in grid.iter_mut().enumerate() {
            for cell in line.iter_mut() {
                s += cell[0];
                *cell = row(s * y, i + 2);
            }
            line[0] = row(s, 4);
        }
        let mut k = 0;
        while k < 3 {
            let j = k % 2;
            s += grid[j][0][k];
            grid[j] = vec![row(s, k + 5), row(x, 2)];
            k += 1;
        }
        s + grid[1][0][3] * grid[0][1][1]
    }

    #[differentiable]
    fn in_variant(x: f64, y: f64) -> f64 {
        let mut u = Unit::Table(vec![x, y]);
        let mut s = 0.0;
        for k in 0..3 {
            if let Unit::Table(t) = &mut u {
                s += t[t.len() - 1] * y;
                *t = row(s, k + 1);
            }
        }
        if let Unit::Table(ref mut t) = u {
            t[1] *= x;
            s += t[1] + t[2];
        }
        u = Unit::Affine(s, y);
        if let Unit::Affine(a, b) = &mut u {
            *a *= x;
            *b = *a * y;
        }
        run(&u, s)
    }

    #[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
    struct P {
        x: f64,
        y: f64,
    }
    #[derive(Differentiable, Clone, Debug, PartialEq)]
    struct Body {
        pos: P,
        trail: Vec<P>,
        last: Option<P>,
    }
    #[differentiable]
    fn step(p: P, k: f64) -> P {
        P {
            x: p.x + k * p.y,
            y: p.y - k * p.x,
        }
    }
    #[differentiable]
    fn bodies(x: f64, y: f64) -> f64 {
        let mut bs = vec![
            Body {
                pos: P { x, y },
                trail: vec![],
                last: None,
            },
            Body {
                pos: P { x: y, y: x },
                trail: vec![],
                last: None,
            },
        ];
        for k in 0..4 {
            for b in bs.iter_mut() {
                b.last = Some(b.pos);
                b.pos = step(b.pos, 0.3);
                b.trail.push(b.pos);
            }
            let other = bs[1].clone();
            bs[0].trail = other.trail;
            if k == 2 {
                bs[1].last = None;
                bs[1].trail = vec![];
            }
        }
        let mut s = 0.0;
        for b in &bs {
            for p in &b.trail {
                s += p.x * p.y;
            }
            if let Some(l) = b.last {
                s += l.x * b.pos.y;
            }
        }
        s
    }

    programs! {
        owned_of { x: val = 0.7, y: val = 1.3 };
        early_1 { x: val = 0.7, y: val = 1.3 };
        early_3 { x: val = 0.7, y: val = 1.3 };
        early_9 { x: val = 0.7, y: val = 1.3 };
        nested { x: val = 0.7, y: val = 1.3 };
        in_variant { x: val = 0.7, y: val = 1.3 };
        bodies { x: val = 0.7, y: val = 1.3 };
    }

    #[test]
    fn shapes_are_those_before() {
        let m = start(0.7, 1.3);
        let (d, _) = owned::grad(m.clone(), 0.4);
        assert!(
            matches!(d.offset, pullback::OptionTangent::Some(_)),
            "{d:?}"
        );
        assert!(
            matches!(&d.unit, UnitTangent::Table(t) if t.len() == 2),
            "{d:?}"
        );
        assert_eq!(d.weights.len(), 3);
        assert_eq!(d.rows.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        let mut m = Model { offset: None, ..m };
        let mut after = m.clone();
        changed(&mut after, 0.4);
        let (_, back) = changed::vjp(&mut m, 0.4);
        let mut d = pullback::Differentiable::zero_tangent(&after);
        back(1.0, &mut d);
        assert!(matches!(d.offset, pullback::OptionTangent::None), "{d:?}");
        assert!(
            matches!(&d.unit, UnitTangent::Table(t) if t.len() == 2),
            "{d:?}"
        );
        assert_eq!(d.weights.len(), 3);
        assert_eq!(d.rows.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
    }
}
