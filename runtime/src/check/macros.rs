//! `check!`: an annotated function and its arguments, made into what is checked.

/// Both modes of an annotated function against differences and against each other, at the arguments given.
///
/// It panics with what is wrong and where. The manual's page on checking has these examples as tests: here, the
/// attribute that they need is not known yet.
///
/// ```text
/// use pullback::{check, differentiable};
///
/// #[differentiable]
/// fn energy(x: &[f64], k: f64, n: i32) -> f64 {
///     let mut sum = 0.0;
///     for v in x {
///         sum += v.powi(n);
///     }
///     k * sum
/// }
///
/// check!(energy, (&[1.0, 2.0, -0.5], 0.3, 2));
/// ```
///
/// An argument that is marked `#[constant]`, or left out of `wrt`, is marked here as well. A tolerance may follow,
/// and a function without forward mode has `reverse` before it:
///
/// ```text
/// use pullback::check::Tolerance;
/// use pullback::{check, differentiable};
///
/// #[differentiable(mode = "reverse")]
/// fn scaled(x: f64, #[constant] by: f64) -> f64 {
///     (x * by).exp()
/// }
///
/// check!(reverse scaled, (0.5, #[constant] 3.0), Tolerance { relative: 1e-7, ..Tolerance::default() });
/// ```
#[macro_export]
macro_rules! check {
    (reverse $($f:ident)::+, ($($arguments:tt)*) $(, $tolerance:expr)? $(,)?) => {
        $crate::check!(@split reverse [$($f)::+] [$($tolerance)?] [] [a b c d e f g h i j k l] $($arguments)*,)
    };
    (@split $mode:ident $f:tt $tolerance:tt $done:tt $names:tt $(,)?) => {
        $crate::check!(@run $mode $f $tolerance $done)
    };
    (@split $mode:ident $f:tt $tolerance:tt [$($done:tt)*] [$name:ident $($names:ident)*]
        #[constant] $argument:expr, $($rest:tt)*) => {
        $crate::check!(@split $mode $f $tolerance [$($done)* (constant $name $argument)] [$($names)*] $($rest)*)
    };
    (@split $mode:ident $f:tt $tolerance:tt $done:tt $names:tt &mut $argument:expr, $($rest:tt)*) => {
        ::core::compile_error!(
            "`check!` moves arguments by value and by `&`; write a differentiable function that owns the buffer, \
             lends it by `&mut` and gives it back, and check that"
        )
    };
    (@split $mode:ident $f:tt $tolerance:tt [$($done:tt)*] [$name:ident $($names:ident)*]
        $argument:expr, $($rest:tt)*) => {
        $crate::check!(@split $mode $f $tolerance [$($done)* (input $name $argument)] [$($names)*] $($rest)*)
    };
    (@run $mode:ident [$($f:tt)+] [$($tolerance:expr)?] [$(($kind:ident $name:ident $argument:expr))*]) => {{
        #[allow(unused_imports)]
        use $crate::check::AnyArgument as _;
        $($crate::check!(@hold $kind $name $argument);)*
        #[allow(unused_mut, unused_assignments)]
        let mut tolerance = $crate::check::Tolerance::default();
        $(tolerance = $tolerance;)?
        #[allow(unused_variables, unused_mut)]
        let value = |steps: &[f64]| {
            let mut steps = steps.iter().copied();
            $($crate::check!(@move $kind $name steps);)*
            $($f)+($($crate::check!(@lend $kind $name $argument)),*)
        };
        let vjp = |seed: &mut dyn FnMut(&_) -> _| {
            let (value, pullback) = $($f)+::vjp($($crate::check!(@lend $kind $name $argument)),*);
            let seed = seed(&value);
            (value, pullback(seed))
        };
        let checked = $crate::check::derivatives(
            &$crate::check::Subject {
                name: ::core::stringify!($($f)+),
                arguments: $crate::rt::vec![$($crate::check!(@components $kind $name $argument)),*],
                value: &value,
                vjp: &vjp,
                jvp: $crate::check!(@jvp $mode [$($f)+] $(($kind $name $argument))*),
            },
            &tolerance,
        );
        if let ::core::result::Result::Err(wrong) = checked {
            ::core::panic!("{wrong}");
        }
    }};
    (@hold constant $name:ident $argument:expr) => {};
    (@hold input $name:ident $argument:expr) => { let $name = $crate::check::Argument($argument).hold(); };
    (@move constant $name:ident $steps:ident) => {};
    (@move input $name:ident $steps:ident) => { let $name = $name.moved(&mut $steps); };
    (@lend constant $name:ident $argument:expr) => { $argument };
    (@lend input $name:ident $argument:expr) => { $name.lend() };
    (@components constant $name:ident $argument:expr) => {
        (::core::stringify!($argument), $crate::rt::Vec::new())
    };
    (@components input $name:ident $argument:expr) => { (::core::stringify!($argument), $name.components()) };
    (@jvp reverse $($rest:tt)*) => { ::core::option::Option::None };
    (@jvp both [$($f:tt)+] $(($kind:ident $name:ident $argument:expr))*) => {
        ::core::option::Option::Some(&|direction| {
            $($f)+::jvp(($($crate::check!(@lend $kind $name $argument)),*), direction)
        })
    };
    ($($f:ident)::+, ($($arguments:tt)*) $(, $tolerance:expr)? $(,)?) => {
        $crate::check!(@split both [$($f)::+] [$($tolerance)?] [] [a b c d e f g h i j k l] $($arguments)*,)
    };
}
