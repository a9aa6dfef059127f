//! Entries of methods of other crates' types.

/// What generated code calls instead of a method of another crate's type: the entries that `#[differentiable]`
/// writes beside a user's own method. One use of the macro is one method.
///
/// The receiver's adjoint is lent as `slot`, its tangent as `dot`; `again` is what the pullback sees of the receiver
/// once more, and `kept` how a caller keeps that. An argument has the same four in front of its type. `bits` says
/// which arguments reach the result, the receiver being the first. What stands behind `of` are the method's own
/// generics, and behind the first `where` what the type itself needs. `call` gives the value and the pullback, `jvp`
/// the value and its tangent from the tangents. With `exclusive mut` behind the name, the receiver is `&mut self`.
macro_rules! entry {
    (
        $(#[$doc:meta])*
        $entry:ident $(exclusive $mut:tt)? [$($g:ident: [$($bound:tt)*])*] $(of [$($of:ident: [$($of_bound:tt)*])*] where [$($where:tt)*])?
            for $this:ty $(where [$($given:tt)*])?;
        $differentiable:ident $masked:ident $jvp:ident $keep:ident;
        again $again:ty, kept $kept:ty = |$kept_of:ident| $keeping:expr, slot $slot:ty, dot $dot:ty;
        ($($arg:ident: $ty:ty, again $arg_again:ty, slot $arg_slot:ty, dot $arg_dot:ty;)*) -> $out:ty, seed $seed:ty;
        bits $bits:expr;
        call |$self_:ident| $call:block
        jvp |$self_jvp:ident, $dots:pat_param| $tangent:block
    ) => {
        $(#[$doc])*
        #[allow(clippy::type_complexity)]
        pub trait $entry<$($g: $($bound)*),*> $(where $($given)*)? {
            /// The value and its pullback.
            #[track_caller]
            fn $differentiable $(<$($of: $($of_bound)*),*>)? (&$($mut)? self $(, $arg: $ty)*, tape: &mut $crate::Tape) -> (
                $out,
                impl FnOnce($seed, ($again, $($arg_again,)*), ($slot, $($arg_slot,)*), &mut $crate::Tape)
                    + Send + 'static + use<Self $(, $g)* $($(, $of)*)?>,
            ) $(where $($where)*)?;
            /// The same, and which arguments reach the value.
            #[track_caller]
            fn $masked<$($($of: $($of_bound)*,)*)? Seer: $crate::rt::Observer>(&$($mut)? self $(, $arg: $ty)*, tape: &mut Seer) -> (
                $out,
                u64,
                impl FnOnce($seed, ($again, $($arg_again,)*), ($slot, $($arg_slot,)*), &mut Seer)
                    + Send + 'static + use<Self, $($g,)* $($($of,)*)? Seer>,
            ) $(where $($where)*)?;
            /// The value and its tangent.
            #[track_caller]
            fn $jvp $(<$($of: $($of_bound)*),*>)? (&$($mut)? self $(, $arg: $ty)*, dots: ($dot, $($arg_dot,)*)) -> ($out, $seed) $(where $($where)*)?;
            /// How a caller keeps the receiver.
            fn $keep(&self) -> $kept;
        }

        #[allow(clippy::type_complexity)]
        impl<$($g: $($bound)*),*> $entry<$($g),*> for $this $(where $($given)*)? {
            #[inline]
            #[track_caller]
            fn $differentiable $(<$($of: $($of_bound)*),*>)? (&$($mut)? self $(, $arg: $ty)*, _: &mut $crate::Tape) -> (
                $out,
                impl FnOnce($seed, ($again, $($arg_again,)*), ($slot, $($arg_slot,)*), &mut $crate::Tape)
                    + Send + 'static + use<$($g),* $($(, $of)*)?>,
            ) $(where $($where)*)? {
                let $self_ = self;
                $call
            }
            #[inline]
            #[track_caller]
            fn $masked<$($($of: $($of_bound)*,)*)? Seer: $crate::rt::Observer>(&$($mut)? self $(, $arg: $ty)*, tape: &mut Seer) -> (
                $out,
                u64,
                impl FnOnce($seed, ($again, $($arg_again,)*), ($slot, $($arg_slot,)*), &mut Seer)
                    + Send + 'static + use<$($g,)* $($($of,)*)? Seer>,
            ) $(where $($where)*)? {
                let (value, pullback) = self.$differentiable($($arg,)* tape.tape());
                let back = move |
                    seed: $seed,
                    again: ($again, $($arg_again,)*),
                    slots: ($slot, $($arg_slot,)*),
                    tape: &mut Seer,
                | pullback(seed, again, slots, tape.tape());
                (value, $bits, back)
            }
            #[inline]
            #[track_caller]
            fn $jvp $(<$($of: $($of_bound)*),*>)? (&$($mut)? self $(, $arg: $ty)*, $dots: ($dot, $($arg_dot,)*)) -> ($out, $seed) $(where $($where)*)? {
                let $self_jvp = self;
                $tangent
            }
            #[inline]
            fn $keep(&self) -> $kept {
                let $kept_of = self;
                $keeping
            }
        }
    };
}

/// The same for an associated function, which has no receiver.
macro_rules! constructor {
    (
        $(#[$doc:meta])*
        $entry:ident [$($g:ident: [$($bound:tt)*])*] for $this:ty $(where [$($given:tt)*])?;
        $differentiable:ident $masked:ident $jvp:ident;
        ($($arg:ident: $ty:ty, again $arg_again:ty, slot $arg_slot:ty, dot $arg_dot:ty;)*) -> $out:ty, seed $seed:ty;
        bits $bits:expr;
        call $call:block
        jvp |$dots:pat_param| $tangent:block
    ) => {
        $(#[$doc])*
        // A matrix is made of as many numbers as it has.
        #[allow(clippy::type_complexity, clippy::too_many_arguments)]
        pub trait $entry<$($g: $($bound)*),*> $(where $($given)*)? {
            /// The value and its pullback.
            #[track_caller]
            fn $differentiable($($arg: $ty,)* tape: &mut $crate::Tape) -> (
                $out,
                impl FnOnce($seed, ($($arg_again,)*), ($($arg_slot,)*), &mut $crate::Tape)
                    + Send + 'static + use<Self, $($g),*>,
            );
            /// The same, and which arguments reach the value.
            #[track_caller]
            fn $masked<Seer: $crate::rt::Observer>($($arg: $ty,)* tape: &mut Seer) -> (
                $out,
                u64,
                impl FnOnce($seed, ($($arg_again,)*), ($($arg_slot,)*), &mut Seer)
                    + Send + 'static + use<Self, $($g,)* Seer>,
            );
            /// The value and its tangent.
            #[track_caller]
            fn $jvp($($arg: $ty,)* dots: ($($arg_dot,)*)) -> ($out, $seed);
        }

        #[allow(clippy::type_complexity, clippy::too_many_arguments)]
        impl<$($g: $($bound)*),*> $entry<$($g),*> for $this $(where $($given)*)? {
            #[inline]
            #[track_caller]
            fn $differentiable($($arg: $ty,)* _: &mut $crate::Tape) -> (
                $out,
                impl FnOnce($seed, ($($arg_again,)*), ($($arg_slot,)*), &mut $crate::Tape)
                    + Send + 'static + use<$($g),*>,
            ) {
                $call
            }
            #[inline]
            #[track_caller]
            fn $masked<Seer: $crate::rt::Observer>($($arg: $ty,)* tape: &mut Seer) -> (
                $out,
                u64,
                impl FnOnce($seed, ($($arg_again,)*), ($($arg_slot,)*), &mut Seer)
                    + Send + 'static + use<$($g,)* Seer>,
            ) {
                let (value, pullback) = Self::$differentiable($($arg,)* tape.tape());
                let back = move |
                    seed: $seed,
                    again: ($($arg_again,)*),
                    slots: ($($arg_slot,)*),
                    tape: &mut Seer,
                | pullback(seed, again, slots, tape.tape());
                (value, $bits, back)
            }
            #[inline]
            #[track_caller]
            fn $jvp($($arg: $ty,)* $dots: ($($arg_dot,)*)) -> ($out, $seed) {
                $tangent
            }
        }
    };
}

pub(crate) use constructor;
pub(crate) use entry;
