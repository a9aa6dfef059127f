//! The operators between tensors, and between tensors and numbers.

use super::super::{Element, Tensor, reduce, shape};
use crate::ops::{
    AddRule, Adds, DivRule, MulRule, NegRule, RemRule, SubRule, Subtracts, as_operator,
};
use core::ops::{
    Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign,
};

/// The product of a cotangent and a partial derivative, where nothing flows through what nothing reaches: not
/// `0 · inf`, so that what `where_` leaves out contributes nothing.
#[inline(always)]
pub(super) fn gated<T: Element>(t: T, partial: T) -> T {
    if t == T::zero() {
        T::zero()
    } else {
        t * partial
    }
}

/// `t` times the partial derivative at each element, as the cotangent of an operand of shape `to`.
pub(super) fn pulled<T: Element>(
    t: &Tensor<T>,
    a: &Tensor<T>,
    b: &Tensor<T>,
    to: &[usize],
    partial: impl Fn(T, T) -> T + Sync,
) -> Tensor<T> {
    if t.is_zero() {
        return Tensor::zero_of(to);
    }
    let factor = a.zip_map("an operator", b, partial);
    factor
        .zip_owned("an operator", t, |p, t| gated(t, p))
        .reduced_to(to)
}

/// `d` times the partial derivative at each element.
pub(super) fn pushed<T: Element>(
    d: &Tensor<T>,
    a: &Tensor<T>,
    b: &Tensor<T>,
    partial: impl Fn(T, T) -> T + Sync,
) -> Tensor<T> {
    if d.is_zero() {
        let shape = shape::broadcast("an operator", a.shape(), b.shape());
        return Tensor::zero_of(ndarray::Dimension::slice(&shape));
    }
    let factor = a.zip_map("an operator", b, partial);
    factor.zip_owned("an operator", d, |p, d| gated(d, p))
}

/// One operator between two types of tensor operands.
macro_rules! rule_between {
    ($rule:ident [$($l:lifetime)*] $lhs:ty, $rhs:ty, $left:expr, $right:expr) => {
        impl<$($l,)* T: Element> $rule<$rhs> for $lhs {
            type Out = Tensor<T>;
            fn vjp_lhs(a: &$lhs, b: &$rhs, t: &Tensor<T>) -> Tensor<T> {
                pulled(t, a, b, a.shape(), $left)
            }
            fn vjp_rhs(a: &$lhs, b: &$rhs, t: &Tensor<T>) -> Tensor<T> {
                pulled(t, a, b, b.shape(), $right)
            }
            fn jvp(a: &$lhs, b: &$rhs, da: &Tensor<T>, db: &Tensor<T>) -> Tensor<T> {
                let left = pushed(da, a, b, $left);
                left.zip_owned("an operator", &pushed(db, a, b, $right), |x, y| x + y)
            }
        }
    };
}

/// One operator: how it is computed, and its partial derivatives by both operands.
macro_rules! operator {
    ($trait:ident $method:ident $rule:ident $symbol:literal
        |$a:ident, $b:ident| $value:expr, $left:expr, $right:expr) => {
        impl<T: Element> $trait<&Tensor<T>> for &Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, rhs: &Tensor<T>) -> Tensor<T> {
                self.zip_map($symbol, rhs, |$a, $b| $value)
            }
        }
        impl<T: Element> $trait<&Tensor<T>> for Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, rhs: &Tensor<T>) -> Tensor<T> {
                self.zip_owned($symbol, rhs, |$a, $b| $value)
            }
        }
        impl<T: Element> $trait<Tensor<T>> for &Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, rhs: Tensor<T>) -> Tensor<T> {
                if self.shape() != rhs.shape() {
                    return self.zip_map($symbol, &rhs, |$a, $b| $value);
                }
                rhs.zip_owned($symbol, self, |$b, $a| $value)
            }
        }
        impl<T: Element> $trait<Tensor<T>> for Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(mut self, rhs: Tensor<T>) -> Tensor<T> {
                if self.shape() == rhs.shape() && self.reusable().is_none() {
                    return rhs.zip_owned($symbol, &self, |$b, $a| $value);
                }
                self.zip_owned($symbol, &rhs, |$a, $b| $value)
            }
        }
        impl<T: Element> $trait<T> for Tensor<T> {
            type Output = Tensor<T>;
            fn $method(self, $b: T) -> Tensor<T> {
                self.map_owned(|$a| $value)
            }
        }
        impl<T: Element> $trait<T> for &Tensor<T> {
            type Output = Tensor<T>;
            fn $method(self, $b: T) -> Tensor<T> {
                self.map(|$a| $value)
            }
        }
        rule_between!($rule [] Tensor<T>, Tensor<T>, |$a, $b| $left, |$a, $b| $right);
        rule_between!($rule ['l] &'l Tensor<T>, Tensor<T>, |$a, $b| $left, |$a, $b| $right);
        rule_between!($rule ['r] Tensor<T>, &'r Tensor<T>, |$a, $b| $left, |$a, $b| $right);
        rule_between!($rule ['l 'r] &'l Tensor<T>, &'r Tensor<T>, |$a, $b| $left, |$a, $b| $right);
        operator!(@number $trait $method $rule [] Tensor<T>, |$a, $b| $value, $left, $right);
        operator!(@number $trait $method $rule ['l] &'l Tensor<T>, |$a, $b| $value, $left, $right);
        operator!(@left f32 $trait $method $rule |$a, $b| $value, $left, $right);
        operator!(@left f64 $trait $method $rule |$a, $b| $value, $left, $right);
    };
    (@number $trait:ident $method:ident $rule:ident [$($l:lifetime)?] $tensor:ty,
        |$a:ident, $b:ident| $value:expr, $left:expr, $right:expr) => {
        impl<$($l,)? T: Element> $rule<T> for $tensor {
            type Out = Tensor<T>;
            fn vjp_lhs(a: &$tensor, &$b: &T, t: &Tensor<T>) -> Tensor<T> {
                by_element(t, a, |t, $a| gated(t, $left))
            }
            fn vjp_rhs(a: &$tensor, &$b: &T, t: &Tensor<T>) -> T {
                reduce::total(&by_element(t, a, |t, $a| gated(t, $right)).data())
            }
            fn jvp(a: &$tensor, &$b: &T, da: &Tensor<T>, db: &T) -> Tensor<T> {
                let left = by_element(da, a, |d, $a| gated(d, $left));
                left.zip_owned("an operator", a, |d, $a| d + gated(*db, $right))
            }
        }
    };
    (@left $float:ident $trait:ident $method:ident $rule:ident
        |$a:ident, $b:ident| $value:expr, $left:expr, $right:expr) => {
        impl $trait<Tensor<$float>> for $float {
            type Output = Tensor<$float>;
            fn $method(self, rhs: Tensor<$float>) -> Tensor<$float> {
                let $a = self;
                rhs.map_owned(|$b| $value)
            }
        }
        impl $trait<&Tensor<$float>> for $float {
            type Output = Tensor<$float>;
            fn $method(self, rhs: &Tensor<$float>) -> Tensor<$float> {
                let $a = self;
                rhs.map(|$b| $value)
            }
        }
        operator!(@left_rule $float $rule [] Tensor<$float>, |$a, $b| $left, $right);
        operator!(@left_rule $float $rule ['r] &'r Tensor<$float>, |$a, $b| $left, $right);
    };
    (@left_rule $float:ident $rule:ident [$($r:lifetime)?] $tensor:ty,
        |$a:ident, $b:ident| $left:expr, $right:expr) => {
        impl$(<$r>)? $rule<$tensor> for $float {
            type Out = Tensor<$float>;
            fn vjp_lhs(&$a: &$float, b: &$tensor, t: &Tensor<$float>) -> $float {
                reduce::total(&by_element(t, b, |t, $b| gated(t, $left)).data())
            }
            fn vjp_rhs(&$a: &$float, b: &$tensor, t: &Tensor<$float>) -> Tensor<$float> {
                by_element(t, b, |t, $b| gated(t, $right))
            }
            fn jvp(&$a: &$float, b: &$tensor, da: &$float, db: &Tensor<$float>) -> Tensor<$float> {
                let right = by_element(db, b, |d, $b| gated(d, $right));
                right.zip_owned("an operator", b, |d, $b| d + gated(*da, $left))
            }
        }
    };
}

/// `f` of each two elements, where the first is a cotangent or a tangent of the second's shape; zero of zero.
fn by_element<T: Element>(t: &Tensor<T>, x: &Tensor<T>, f: impl Fn(T, T) -> T + Sync) -> Tensor<T> {
    if t.is_zero() {
        return Tensor::zero_of(x.shape());
    }
    t.zip_map("an operator", x, f)
}

/// 1, in the type of a number.
#[inline(always)]
fn one<T: Element>(_: T) -> T {
    T::one()
}

operator!(Add add AddRule "+" |a, b| a + b, one(a + b), one(a + b));
operator!(Sub sub SubRule "-" |a, b| a - b, one(a - b), -one(a - b));
operator!(Mul mul MulRule "*" |a, b| a * b, one(a) * b, one(b) * a);
operator!(Div div DivRule "/" |a, b| a / b, one(a) / b, -(a / b) / b);
operator!(Rem rem RemRule "%" |a, b| a % b, one(a % b), -(a / b).trunc());

impl<T: Element> Neg for Tensor<T> {
    type Output = Tensor<T>;
    fn neg(self) -> Tensor<T> {
        self.map_owned(|x| -x)
    }
}

impl<T: Element> Neg for &Tensor<T> {
    type Output = Tensor<T>;
    fn neg(self) -> Tensor<T> {
        self.map(|x| -x)
    }
}

macro_rules! negated {
    ([$($l:lifetime)?] $tensor:ty) => {
        impl<$($l,)? T: Element> NegRule for $tensor {
            type Out = Tensor<T>;
            fn vjp(_: &$tensor, t: &Tensor<T>) -> Tensor<T> {
                if t.is_zero() { t.clone() } else { -t }
            }
            fn jvp(_: &$tensor, da: &Tensor<T>) -> Tensor<T> {
                if da.is_zero() { da.clone() } else { -da }
            }
        }
    };
}

negated!([] Tensor<T>);
negated!(['a] &'a Tensor<T>);

/// Compound assignment, with the right side repeated to the shape of the left.
macro_rules! assignment {
    ($($trait:ident $method:ident $symbol:literal |$a:ident, $b:ident| $value:expr;)*) => { $(
        impl<T: Element> $trait<&Tensor<T>> for Tensor<T> {
            #[track_caller]
            fn $method(&mut self, rhs: &Tensor<T>) {
                self.zip_assign($symbol, rhs, |x, $b| { let $a = *x; *x = $value; });
            }
        }
        impl<T: Element> $trait<Tensor<T>> for Tensor<T> {
            #[track_caller]
            fn $method(&mut self, rhs: Tensor<T>) {
                self.zip_assign($symbol, &rhs, |x, $b| { let $a = *x; *x = $value; });
            }
        }
        impl<T: Element> $trait<T> for Tensor<T> {
            fn $method(&mut self, $b: T) {
                self.as_mut_slice().iter_mut().for_each(|x| { let $a = *x; *x = $value; });
            }
        }
    )* };
}

/// `+=` and `-=` keep nothing.
macro_rules! plain_assignment {
    ($($marker:ident)*) => { $(
        impl<T: Element> $marker<&Tensor<T>> for Tensor<T> {}
        impl<T: Element> $marker<Tensor<T>> for Tensor<T> {}
        impl<T: Element> $marker<T> for Tensor<T> {}
    )* };
}

plain_assignment!(Adds Subtracts);

/// The others have the rules of the operators.
macro_rules! ruled_assignment {
    ($([$($b:lifetime)?] $rhs:ty;)*) => { $(
        as_operator!([$($b,)? T: Element] Tensor<T>, $rhs, []
            MulAssignRule MulRule, DivAssignRule DivRule, RemAssignRule RemRule);
    )* };
}

ruled_assignment!(['b] &'b Tensor<T>; [] Tensor<T>; [] T;);

assignment! {
    AddAssign add_assign "+=" |a, b| a + b;
    SubAssign sub_assign "-=" |a, b| a - b;
    MulAssign mul_assign "*=" |a, b| a * b;
    DivAssign div_assign "/=" |a, b| a / b;
    RemAssign rem_assign "%=" |a, b| a % b;
}
