//! Values as flat lists of numbers, so that one check serves every signature.

use pullback::NoTangent;

/// A value whose floating-point numbers can be listed, and that can be rebuilt from such a list.
pub trait Flat: Clone {
    /// Appends the numbers in order.
    fn flatten(&self, out: &mut Vec<f64>);

    /// A value of the shape of `self` with the next numbers of `source`.
    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self;
}

/// The tangent of nothing holds no number.
impl Flat for NoTangent {
    fn flatten(&self, _: &mut Vec<f64>) {}

    fn rebuild(&self, _: &mut dyn Iterator<Item = f64>) -> Self {
        NoTangent
    }
}

/// A seed for a pullback, made from the value that it is the cotangent of.
pub trait SeedFor<V> {
    /// The seed with the next numbers of `source`.
    fn seed_for(value: &V, source: &mut dyn Iterator<Item = f64>) -> Self;
}

impl<V: Flat> SeedFor<V> for V {
    fn seed_for(value: &V, source: &mut dyn Iterator<Item = f64>) -> Self {
        value.rebuild(source)
    }
}

impl SeedFor<()> for NoTangent {
    fn seed_for((): &(), _: &mut dyn Iterator<Item = f64>) -> Self {
        NoTangent
    }
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
