//! Values as flat lists of numbers, so that one check serves every signature.

use pullback::{Differentiable, Tangent};

/// A value whose floating-point numbers can be listed, and that can be rebuilt from such a list.
pub trait Flat: Clone {
    /// Appends the numbers in order.
    fn flatten(&self, out: &mut Vec<f64>);

    /// A value of the shape of `self` with the next numbers of `source`.
    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self;
}

/// The zero tangent at `value`.
pub fn zero<V: Differentiable>(value: &V) -> V::Tangent {
    value.zero_tangent()
}

/// A tangent of `value` with the next numbers of `source`.
pub fn tangent<V: Differentiable>(value: &V, source: &mut dyn Iterator<Item = f64>) -> V::Tangent {
    let mut tangent = value.zero_tangent();
    fill(&mut tangent, source);
    tangent
}

/// Puts the next numbers of `source` into a tangent.
pub fn fill(tangent: &mut impl Tangent, source: &mut dyn Iterator<Item = f64>) {
    tangent.for_each_mut(&mut |c| *c = source.next().expect("the list is as long as the shape"));
}

/// The numbers of a tangent.
pub fn components(tangent: &impl Tangent) -> Vec<f64> {
    let mut out = Vec::new();
    tangent.for_each(&mut |c| out.push(c));
    out
}

/// The numbers of `value`.
pub fn flattened(value: &impl Flat) -> Vec<f64> {
    let mut out = Vec::new();
    value.flatten(&mut out);
    out
}

impl Flat for f64 {
    fn flatten(&self, out: &mut Vec<f64>) {
        out.push(*self);
    }

    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
        source.next().expect("the list is as long as the shape")
    }
}

impl Flat for f32 {
    fn flatten(&self, out: &mut Vec<f64>) {
        out.push(f64::from(*self));
    }

    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
        source.next().expect("the list is as long as the shape") as f32
    }
}

impl<T: Flat> Flat for Vec<T> {
    fn flatten(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|item| item.flatten(out));
    }

    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
        self.iter().map(|item| item.rebuild(source)).collect()
    }
}

impl<T: Flat, const N: usize> Flat for [T; N] {
    fn flatten(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|item| item.flatten(out));
    }

    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
        std::array::from_fn(|i| self[i].rebuild(source))
    }
}

impl<T: Flat> Flat for Box<T> {
    fn flatten(&self, out: &mut Vec<f64>) {
        (**self).flatten(out);
    }

    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
        Box::new((**self).rebuild(source))
    }
}

impl<T: Flat> Flat for Option<T> {
    fn flatten(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|item| item.flatten(out));
    }

    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
        self.as_ref().map(|item| item.rebuild(source))
    }
}

/// An error holds no number that has a derivative.
impl<T: Flat, E: Clone> Flat for Result<T, E> {
    fn flatten(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|item| item.flatten(out));
    }

    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
        match self {
            Ok(item) => Ok(item.rebuild(source)),
            Err(error) => Err(error.clone()),
        }
    }
}

/// What a fallible function gives at a point where it succeeds.
pub fn there<T>(found: impl IntoIterator<Item = T>) -> T {
    let mut found = found.into_iter();
    found.next().expect("the function succeeds at this point")
}

/// `Flat` for a struct, from the fields that hold numbers, or an enum, from the same of each variant:
/// `flat!(Name { x, y })`, `flat!(Shape: Circle { 0 r }, Rect { w w, h h }, Empty {})`.
macro_rules! flat {
    ($name:ty { $($field:tt),* }) => {
        impl $crate::harness::Flat for $name {
            fn flatten(&self, out: &mut Vec<f64>) {
                $($crate::harness::Flat::flatten(&self.$field, out);)*
            }
            fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
                let mut value = self.clone();
                $(value.$field = $crate::harness::Flat::rebuild(&self.$field, source);)*
                value
            }
        }
    };
    ($name:ident: $($variant:ident { $($field:tt $var:ident),* }),*) => {
        impl $crate::harness::Flat for $name {
            fn flatten(&self, out: &mut Vec<f64>) {
                match self {
                    $($name::$variant { $($field: $var,)* .. } => {
                        $($crate::harness::Flat::flatten($var, out);)*
                    })*
                }
            }
            fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
                let mut value = self.clone();
                match &mut value {
                    $($name::$variant { $($field: $var,)* .. } => {
                        $(*$var = $crate::harness::Flat::rebuild(&*$var, source);)*
                    })*
                }
                value
            }
        }
    };
}
pub(crate) use flat;

macro_rules! flat_tuple {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Flat),*> Flat for ($($name,)*) {
            #[allow(unused_variables)]
            fn flatten(&self, out: &mut Vec<f64>) {
                $(self.$index.flatten(out);)*
            }

            #[allow(unused_variables, clippy::unused_unit)]
            fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
                ($(self.$index.rebuild(source),)*)
            }
        }
    };
}

flat_tuple!();
flat_tuple!(A 0);
flat_tuple!(A 0, B 1);
flat_tuple!(A 0, B 1, C 2);
flat_tuple!(A 0, B 1, C 2, D 3);
