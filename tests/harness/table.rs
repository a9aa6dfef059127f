//! The notation of the program list.
//!
//! ```text
//! programs! {
//!     dot { x: slice = vector(5, 1), y: slice = vector(5, 2) } exact [y, x];
//!     vector axpy { a: val = 0.3, x: slice = vector(4, 3), y: inout = vector(4, 4) };
//! }
//! ```
//!
//! `vector` stands before a function whose result is not a scalar (it has no `grad`), `fallible` before one that
//! gives a scalar in an `Option` or a `Result`, `kink` before
//! one whose input sits on a kink, `cut` before one that detaches, `single` before one that computes
//! in `f32`, `vector_single` before one that does both. Each argument says how it is passed:
//!
//! | word | passed | differentiated |
//! |---|---|---|
//! | `val` | by value | yes |
//! | `slice` | `&value[..]` | yes |
//! | `refer` | `&value` | yes |
//! | `inout` | `&mut value[..]` | yes, state before and after |
//! | `inout_ref` | `&mut value` | yes, state before and after |
//! | `konst`, `konst_slice`, `konst_mut` | by value, `&value[..]`, `&mut value` | no |
//!
//! `random` stands before a generated program, whose inputs must be seeded: where differences cannot
//! judge it, it is checked at other inputs.
//!
//! `exact [..]` lists the gradient in closed form, in which the arguments may be named (for a
//! `vector` function: the pullback of ones). `connected [..]` says which inputs `gradients` must
//! give as `Some`.

/// One `#[test]` for each line of the table, in a module `checks`.
macro_rules! programs {
    // The end of the table, and one line of it: the word in front, the name, the arguments.
    (@lines) => {};
    (@lines vector $($rest:tt)*) => { $crate::harness::programs!(@line vector $($rest)*); };
    (@lines kink $($rest:tt)*) => { $crate::harness::programs!(@line kink $($rest)*); };
    (@lines fallible $($rest:tt)*) => { $crate::harness::programs!(@line fallible $($rest)*); };
    (@lines vector_single $($rest:tt)*) => {
        $crate::harness::programs!(@line vector_single $($rest)*);
    };
    (@lines cut $($rest:tt)*) => { $crate::harness::programs!(@line cut $($rest)*); };
    (@lines random $($rest:tt)*) => { $crate::harness::programs!(@line random $($rest)*); };
    (@lines single $($rest:tt)*) => { $crate::harness::programs!(@line single $($rest)*); };
    (@lines $($rest:tt)*) => { $crate::harness::programs!(@line smooth $($rest)*); };
    // A random program is checked at the first of a few inputs where differences can judge it.
    (@line random $name:ident { $($args:tt)* }; $($rest:tt)*) => {
        #[test]
        fn $name() {
            let mut unsure = Vec::new();
            for attempt in 0..8 {
                $crate::harness::set_attempt(attempt);
                let judged = $crate::harness::programs!(@split random $name [] []
                    all [] active [] pure [] state [] constant [] rest [$($args)*,]);
                $crate::harness::set_attempt(0);
                match judged {
                    Ok(()) => return,
                    Err(reason) => unsure.push(reason),
                }
            }
            panic!("{}: no input can be judged: {unsure:#?}", stringify!($name));
        }
        $crate::harness::programs!(@lines $($rest)*);
    };
    (@line $mode:ident $name:ident { $($args:tt)* }
        $(exact [$($exact:expr),* $(,)?])? $(connected [$($connected:expr),*])?; $($rest:tt)*) => {
        #[test]
        fn $name() {
            $crate::harness::programs!(@split $mode $name
                [$([$($exact),*])?] [$([$($connected),*])?]
                all [] active [] pure [] state [] constant [] rest [$($args)*,])
        }
        $crate::harness::programs!(@lines $($rest)*);
    };

    // The arguments, told apart: `active` ones have tangents, `pure` ones of them are not `&mut`.
    (@split $mode:ident $name:ident $exact:tt $connected:tt all $all:tt active $active:tt
        pure $pure:tt state $state:tt constant $constant:tt rest [$(,)?]) => {
        $crate::harness::programs!(@run $mode $name $exact $connected all $all args $all
            active $active pure $pure state $state constant $constant)
    };
    (@split $mode:ident $name:ident $exact:tt $connected:tt all [$($all:tt)*]
        active [$($active:tt)*] pure [$($pure:tt)*] state [$($state:tt)*]
        constant [$($constant:tt)*] rest [$x:ident : $word:ident = $value:expr, $($rest:tt)*]) => {
        $crate::harness::split!($word {
            $mode $name $exact $connected all [$($all)* ($x $word $value)]
        } $x [$($active)*] [$($pure)*] [$($state)*] [$($constant)*] [$($rest)*])
    };

    (@run $mode:ident $name:ident [$([$($exact:expr),*])?] [$([$($connected:expr),*])?]
        all [$(($x:ident $word:ident $value:expr))*] args $args:tt
        active [$($active:ident)*] pure [$($pure:ident)*] state [$($state:ident)*]
        constant [$($constant:ident)*]) => {{
        use $crate::harness::{Flat, Modes, Program, components, flattened, pass, tangent};

        /// The tangents of the arguments, by name.
        #[allow(non_camel_case_types)]
        struct Named<$($active),*> {
            $($active: $active),*
        }

        $(let $x = $value;)*
        $crate::harness::checked!($mode Program {
            name: stringify!($name),
            start: [$(flattened(&$active)),*].concat(),
            sizes: vec![$(flattened(&$active).len()),*],
            primal: Box::new(|flat| {
                let mut source = flat.iter().copied();
                $(let mut $active = Flat::rebuild(&$active, &mut source);)*
                $(let mut $constant = $constant.clone();)*
                let value = super::$name($(pass!($word $x)),*);
                let mut out = flattened(&value);
                $($state.flatten(&mut out);)*
                out
            }),
            vjp: Box::new(|weights| {
                let mut source = weights.iter().copied();
                let mut bars = Named { $($active: $crate::harness::zero(&$active)),* };
                {
                    // The final state may have another shape than the initial one.
                    $(let mut $x = $x.clone();)*
                    let _ = super::$name($(pass!($word $x)),*);
                    $(bars.$state = $crate::harness::zero(&$state);)*
                }
                $(let mut $x = $x.clone();)*
                let (value, pullback) = super::$name::vjp($(pass!($word $x)),*);
                let seed = tangent(&value, &mut source);
                $($crate::harness::fill(&mut bars.$state, &mut source);)*
                {
                    let ($($pure),*) = pullback(seed $(, &mut bars.$state)*);
                    $(bars.$pure = $pure;)*
                }
                let mut out = flattened(&value);
                $($state.flatten(&mut out);)*
                (out, [$(components(&bars.$active)),*].concat())
            }),
            jvp: Box::new(|direction| {
                let mut source = direction.iter().copied();
                let mut tangents = Named { $($active: tangent(&$active, &mut source)),* };
                $(let mut $x = $x.clone();)*
                let (value, tangent) = $crate::harness::push!($name $args tangents $mode);
                let (mut out, mut pushed) = (flattened(&value), components(&tangent));
                $($state.flatten(&mut out);)*
                $(pushed.extend(components(&tangents.$state));)*
                (out, pushed)
            }),
            scalar: $crate::harness::scalar_entries!($mode $name $args [$($active)*] Named),
            exact: $crate::harness::optional!($([$(components(&$exact)),*].concat())?),
            connected: $crate::harness::optional!($(vec![$($connected),*])?),
            modes: $crate::harness::modes!($mode),
        })
    }};

    ($($table:tt)*) => {
        #[allow(unused_mut, unused_variables, unused_parens, unused_imports, clippy::all)]
        mod checks {
            use super::*;
            use $crate::harness::{array, positive, scalar, vector};
            $crate::harness::programs!(@lines $($table)*);
        }
    };
}

/// Puts one argument into the lists that its word belongs to.
macro_rules! split {
    (inout $front:tt $x:ident [$($active:tt)*] $pure:tt [$($state:tt)*] $constant:tt $rest:tt) => {
        $crate::harness::split!(@next $front
            [$($active)* $x] $pure [$($state)* $x] $constant $rest)
    };
    (inout_ref $front:tt $x:ident [$($active:tt)*] $pure:tt [$($state:tt)*] $constant:tt $rest:tt) => {
        $crate::harness::split!(@next $front
            [$($active)* $x] $pure [$($state)* $x] $constant $rest)
    };
    (konst $front:tt $x:ident $active:tt $pure:tt $state:tt [$($constant:tt)*] $rest:tt) => {
        $crate::harness::split!(@next $front $active $pure $state [$($constant)* $x] $rest)
    };
    (konst_slice $front:tt $x:ident $active:tt $pure:tt $state:tt [$($constant:tt)*] $rest:tt) => {
        $crate::harness::split!(@next $front $active $pure $state [$($constant)* $x] $rest)
    };
    (konst_mut $front:tt $x:ident $active:tt $pure:tt $state:tt [$($constant:tt)*] $rest:tt) => {
        $crate::harness::split!(@next $front $active $pure $state [$($constant)* $x] $rest)
    };
    (@next { $($front:tt)* } $active:tt $pure:tt $state:tt $constant:tt $rest:tt) => {
        $crate::harness::programs!(@split $($front)* active $active pure $pure state $state
            constant $constant rest $rest)
    };
    ($word:ident $front:tt $x:ident [$($active:tt)*] [$($pure:tt)*] $state:tt $constant:tt
        $rest:tt) => {
        $crate::harness::split!(@next $front
            [$($active)* $x] [$($pure)* $x] $state $constant $rest)
    };
}

/// An argument as the function wants it.
macro_rules! pass {
    (val $x:expr) => {
        $x.clone()
    };
    (slice $x:expr) => {
        &$x[..]
    };
    (refer $x:expr) => {
        &$x
    };
    (inout $x:expr) => {
        &mut $x[..]
    };
    (inout_ref $x:expr) => {
        &mut $x
    };
    (konst $x:expr) => {
        $x.clone()
    };
    (konst_slice $x:expr) => {
        &$x[..]
    };
    (konst_mut $x:expr) => {
        &mut $x
    };
}

/// The call of `jvp`: the arguments as a tuple, and the tangents, owned or `&mut`, as another.
macro_rules! push {
    ($name:ident [$(($x:ident $word:ident $value:expr))*] $tangents:ident $mode:ident) => {
        $crate::harness::push!(@tangents $name ($($crate::harness::pass!($word $x)),*)
            $tangents [] $(($x $word))*)
    };
    (@tangents $name:ident $args:tt $t:ident [$($done:tt)*] ($x:ident inout) $($rest:tt)*) => {
        $crate::harness::push!(@tangents $name $args $t [$($done)* (&mut $t.$x[..])] $($rest)*)
    };
    (@tangents $name:ident $args:tt $t:ident [$($done:tt)*] ($x:ident inout_ref) $($rest:tt)*) => {
        $crate::harness::push!(@tangents $name $args $t [$($done)* (&mut $t.$x)] $($rest)*)
    };
    (@tangents $name:ident $args:tt $t:ident $done:tt ($x:ident konst) $($rest:tt)*) => {
        $crate::harness::push!(@tangents $name $args $t $done $($rest)*)
    };
    (@tangents $name:ident $args:tt $t:ident $done:tt ($x:ident konst_slice) $($rest:tt)*) => {
        $crate::harness::push!(@tangents $name $args $t $done $($rest)*)
    };
    (@tangents $name:ident $args:tt $t:ident $done:tt ($x:ident konst_mut) $($rest:tt)*) => {
        $crate::harness::push!(@tangents $name $args $t $done $($rest)*)
    };
    (@tangents $name:ident $args:tt $t:ident [$($done:tt)*] ($x:ident $word:ident) $($rest:tt)*) => {
        $crate::harness::push!(@tangents $name $args $t [$($done)* (Clone::clone(&$t.$x))] $($rest)*)
    };
    (@tangents $name:ident $args:tt $t:ident [$($done:tt)*]) => {
        super::$name::jvp($args, ($($done),*))
    };
}

/// The entries that a function with a scalar result has.
macro_rules! scalar_entries {
    (vector $($rest:tt)*) => { None };
    (vector_single $($rest:tt)*) => { None };
    (fallible $name:ident [$(($x:ident $word:ident $value:expr))*] [$($active:ident)*]
        $named:ident) => {{
        use $crate::harness::{ScalarEntries, components, pass, tangent, there};
        Some(ScalarEntries {
            grad: Box::new(|| {
                $(let mut $x = $x.clone();)*
                let ($($active),*) = there(super::$name::grad($(pass!($word $x)),*));
                [$(components(&$active)),*].concat()
            }),
            value_and_grad: Box::new(|| {
                $(let mut $x = $x.clone();)*
                let (value, ($($active),*)) =
                    there(super::$name::value_and_grad($(pass!($word $x)),*));
                (f64::from(value), [$(components(&$active)),*].concat())
            }),
            accumulate_grad: Box::new(|filled| {
                let mut source = filled.iter().copied();
                let mut buffers = $named { $($active: tangent(&$active, &mut source)),* };
                $(let mut $x = $x.clone();)*
                let value = there(super::$name::accumulate_grad(
                    $(pass!($word $x),)* $(&mut buffers.$active),*
                ));
                (f64::from(value), [$(components(&buffers.$active)),*].concat())
            }),
            gradients: Box::new(|| {
                $(let mut $x = $x.clone();)*
                let options = there(super::$name::gradients($(pass!($word $x)),*));
                vec![$(options.$active.as_ref().map(components)),*]
            }),
            told: Box::new(|| {
                super::$name::reachability().inputs.iter().map(|of| of.reach).collect()
            }),
        })
    }};
    ($mode:ident $name:ident [$(($x:ident $word:ident $value:expr))*] [$($active:ident)*]
        $named:ident) => {{
        use $crate::harness::{ScalarEntries, components, pass, tangent};
        Some(ScalarEntries {
            grad: Box::new(|| {
                $(let mut $x = $x.clone();)*
                let ($($active),*) = super::$name::grad($(pass!($word $x)),*);
                [$(components(&$active)),*].concat()
            }),
            value_and_grad: Box::new(|| {
                $(let mut $x = $x.clone();)*
                let (value, ($($active),*)) =
                    super::$name::value_and_grad($(pass!($word $x)),*);
                (f64::from(value), [$(components(&$active)),*].concat())
            }),
            accumulate_grad: Box::new(|filled| {
                let mut source = filled.iter().copied();
                let mut buffers = $named { $($active: tangent(&$active, &mut source)),* };
                $(let mut $x = $x.clone();)*
                let value = super::$name::accumulate_grad(
                    $(pass!($word $x),)* $(&mut buffers.$active),*
                );
                (f64::from(value), [$(components(&buffers.$active)),*].concat())
            }),
            gradients: Box::new(|| {
                $(let mut $x = $x.clone();)*
                let options = super::$name::gradients($(pass!($word $x)),*);
                vec![$(options.$active.as_ref().map(components)),*]
            }),
            told: Box::new(|| {
                super::$name::reachability().inputs.iter().map(|of| of.reach).collect()
            }),
        })
    }};
}

/// `Some` of what is there.
macro_rules! optional {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

/// The check, which for a random program may ask for another input.
macro_rules! checked {
    (random $($program:tt)*) => { $crate::harness::check_at_this_point(&$($program)*) };
    ($mode:ident $($program:tt)*) => { $crate::harness::check(&$($program)*) };
}

/// The word in front of a line.
macro_rules! modes {
    (kink) => {
        Modes::Kink
    };
    (cut) => {
        Modes::Cut
    };
    (single) => {
        Modes::Single
    };
    (vector_single) => {
        Modes::Single
    };
    ($other:ident) => {
        Modes::Smooth
    };
}

pub(crate) use {checked, modes, optional, pass, programs, push, scalar_entries, split};
