//! Derivatives by central differences with Richardson extrapolation, and how far to trust them.

/// A derivative by differences with an estimate of its error.
pub struct Estimate {
    pub value: f64,
    pub error: f64,
}

/// The derivative at 0 of `f`.
///
/// Three central differences with steps `h`, `h/2`, `h/4` are extrapolated to order six; that is
/// done for several `h`, and the estimate with the smallest own error wins: a small `h` where a
/// branch of the function is near, a large one elsewhere.
/// Source: C. J. F. Ridders, "Accurate computation of F'(x) and F'(x)F''(x)" (1982).
pub fn derivative(f: &dyn Fn(f64) -> f64) -> Estimate {
    let central = |h: f64| (f(h) - f(-h)) / (2.0 * h);
    let mut best = Estimate {
        value: f64::NAN,
        error: f64::INFINITY,
    };
    for h in [4e-3, 1e-3, 1e-4, 1e-5] {
        let (a, b, c) = (central(h), central(h / 2.0), central(h / 4.0));
        let (ab, bc) = ((4.0 * b - a) / 3.0, (4.0 * c - b) / 3.0);
        let value = (16.0 * bc - ab) / 15.0;
        let error = (value - bc).abs().max((value - ab).abs());
        if error < best.error {
            best = Estimate { value, error };
        }
    }
    best
}
