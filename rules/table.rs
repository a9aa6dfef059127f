// THE table of scalar derivative rules: one entry per primitive, and nothing about derivatives of
// scalars is written anywhere else. Each crate that reads it defines its own `rules!` macro and
// `include!`s this file, so that a mistake is reported at its line here.
//
//     name (arguments) -> result : { argument: partial derivative, ... } on (domains);
//
// * An argument with a type behind it (`n: i32`, `v: _`) carries no tangent.
// * An argument that the braces leave out is cut: the result does not depend on it, or is piecewise
//   constant in it. Empty braces make a zero rule, the end of every path through the primitive.
// * A partial may use the arguments, the result's name, float literals, `+ - * /`, unary minus,
//   methods of this table, and functions of `pullback_runtime::helper`. The second derivative is
//   that of the expression: the result's name there stands for the result, tangent included.
// * `on` gives, for each argument, the range that its gradient check draws from. An expression
//   instead of a range is a value computed from the arguments before it.
//
// `methods` are the inherent methods of `f32` and `f64`, and thereby those of `Real`. `helpers` are
// the functions of `pullback_runtime::helper` that a second derivative may meet; a helper that is
// not listed (a second partial itself) has no further derivative.
rules! {
    methods {
        // Powers and roots.
        sqrt (x) -> r : { x: 0.5 / r } on (0.1..9.0);
        cbrt (x) -> r : { x: 1.0 / (3.0 * r * r) } on (0.2..9.0);
        recip (x) -> r : { x: -(r * r) } on (0.3..4.0);
        powi (x, n: i32) -> r : { x: helper::powi_dx(x, n) } on (0.4..2.0, -4..6);
        powf (x, y) -> r : { x: helper::powf_dx(x, y, r), y: helper::powf_dy(x, y, r) } on (0.3..3.0, -2.0..3.0);
        hypot (x, y) -> r : { x: helper::div0(x, r), y: helper::div0(y, r) } on (-3.0..3.0, 0.2..4.0);

        // Exponentials and logarithms.
        exp (x) -> r : { x: r } on (-3.0..3.0);
        exp2 (x) -> r : { x: r * helper::ln_2(x) } on (-3.0..3.0);
        exp_m1 (x) -> r : { x: r + 1.0 } on (-3.0..3.0);
        ln (x) -> r : { x: 1.0 / x } on (0.1..9.0);
        ln_1p (x) -> r : { x: 1.0 / (1.0 + x) } on (-0.8..5.0);
        log (x, base) -> r : { x: 1.0 / (x * base.ln()), base: -r / (base * base.ln()) } on (0.2..9.0, 1.5..9.0);
        log2 (x) -> r : { x: 1.0 / (x * helper::ln_2(x)) } on (0.1..9.0);
        log10 (x) -> r : { x: 1.0 / (x * helper::ln_10(x)) } on (0.1..9.0);

        // Trigonometric functions and their inverses.
        sin (x) -> r : { x: x.cos() } on (-3.0..3.0);
        cos (x) -> r : { x: -x.sin() } on (-3.0..3.0);
        tan (x) -> r : { x: 1.0 + r * r } on (-1.2..1.2);
        asin (x) -> r : { x: 1.0 / ((1.0 - x) * (1.0 + x)).sqrt() } on (-0.9..0.9);
        acos (x) -> r : { x: -1.0 / ((1.0 - x) * (1.0 + x)).sqrt() } on (-0.9..0.9);
        atan (x) -> r : { x: 1.0 / (1.0 + x * x) } on (-3.0..3.0);
        atan2 (y, x) -> r : { y: helper::atan2_dy(y, x), x: helper::atan2_dx(y, x) } on (0.2..3.0, -3.0..3.0);
        to_degrees (x) -> r : { x: helper::degrees_per_radian(x) } on (-3.0..3.0);
        to_radians (x) -> r : { x: helper::radians_per_degree(x) } on (-90.0..90.0);

        // Hyperbolic functions and their inverses.
        sinh (x) -> r : { x: x.cosh() } on (-3.0..3.0);
        cosh (x) -> r : { x: x.sinh() } on (-3.0..3.0);
        tanh (x) -> r : { x: 1.0 - r * r } on (-2.0..2.0);
        asinh (x) -> r : { x: 1.0 / (x * x + 1.0).sqrt() } on (-3.0..3.0);
        acosh (x) -> r : { x: 1.0 / ((x - 1.0) * (x + 1.0)).sqrt() } on (1.2..6.0);
        atanh (x) -> r : { x: 1.0 / ((1.0 - x) * (1.0 + x)) } on (-0.8..0.8);

        // Linear and piecewise linear.
        mul_add (x, a, b) -> r : { x: a, a: x, b: 1.0 } on (-3.0..3.0, -3.0..3.0, -3.0..3.0);
        midpoint (a, b) -> r : { a: 0.5, b: 0.5 } on (-3.0..3.0, -3.0..3.0);
        abs (x) -> r : { x: helper::sign0(x) } on (-3.0..3.0);
        copysign (x, sign) -> r : { x: helper::sign0(x) * sign.signum() } on (-3.0..3.0, -3.0..3.0);
        max (a, b) -> r : { a: helper::max_weight(a, b), b: helper::max_weight(b, a) } on (-3.0..3.0, -3.0..3.0);
        min (a, b) -> r : { a: helper::min_weight(a, b), b: helper::min_weight(b, a) } on (-3.0..3.0, -3.0..3.0);
        clamp (x, low, high) -> r : {
            x: helper::clamp_dx(x, low, high),
            low: helper::clamp_dlow(x, low),
            high: helper::clamp_dhigh(x, high)
        } on (-3.0..3.0, -2.0..-0.5, 0.5..2.0);
        fract (x) -> r : { x: 1.0 } on (-3.0..3.0);
        rem_euclid (x, y) -> r : { x: 1.0, y: -x.div_euclid(y) } on (-5.0..5.0, 0.7..2.0);

        // Piecewise constant: a path ends here.
        floor (x) -> r : { } on (-3.0..3.0);
        ceil (x) -> r : { } on (-3.0..3.0);
        round (x) -> r : { } on (-3.0..3.0);
        round_ties_even (x) -> r : { } on (-3.0..3.0);
        trunc (x) -> r : { } on (-3.0..3.0);
        signum (x) -> r : { } on (-3.0..3.0);
        div_euclid (x, y) -> r : { } on (-5.0..5.0, 0.7..2.0);
    }
    helpers {
        // Smooth factors, whose own partials second order needs. `v` is the value of the power.
        powi_dx (x, n: i32) -> r : { x: helper::powi_dxx(x, n) } on (0.4..2.0, -4..6);
        powf_dx (x, y, v: _) -> r : { x: helper::powf_dxx(x, y), y: helper::powf_dxy(x, y) } on (0.3..3.0, -2.0..3.0, x.powf(y));
        powf_dy (x, y, v: _) -> r : { x: helper::powf_dxy(x, y), y: helper::powf_dyy(x, y) } on (0.3..3.0, -2.0..3.0, x.powf(y));
        div0 (a, b) -> r : { a: helper::recip0(b), b: -r * helper::recip0(b) } on (-3.0..3.0, 0.3..3.0);
        recip0 (b) -> r : { b: -(r * r) } on (0.3..3.0);
        atan2_dy (y, x) -> r : {
            y: 2.0 * r * helper::atan2_dx(y, x),
            x: helper::atan2_dx(y, x) * helper::atan2_dx(y, x) - r * r
        } on (0.2..3.0, -3.0..3.0);
        atan2_dx (y, x) -> r : {
            y: r * r - helper::atan2_dy(y, x) * helper::atan2_dy(y, x),
            x: -2.0 * r * helper::atan2_dy(y, x)
        } on (0.2..3.0, -3.0..3.0);

        // Constants of the argument's type.
        ln_2 (x) -> r : { } on (-3.0..3.0);
        ln_10 (x) -> r : { } on (-3.0..3.0);
        degrees_per_radian (x) -> r : { } on (-3.0..3.0);
        radians_per_degree (x) -> r : { } on (-3.0..3.0);

        // Slopes of piecewise linear functions.
        sign0 (x) -> r : { } on (-3.0..3.0);
        max_weight (a, b) -> r : { } on (-3.0..3.0, -3.0..3.0);
        min_weight (a, b) -> r : { } on (-3.0..3.0, -3.0..3.0);
        clamp_dx (x, low, high) -> r : { } on (-3.0..3.0, -2.0..-0.5, 0.5..2.0);
        clamp_dlow (x, low) -> r : { } on (-3.0..3.0, -2.0..2.0);
        clamp_dhigh (x, high) -> r : { } on (-3.0..3.0, -2.0..2.0);
    }
}
