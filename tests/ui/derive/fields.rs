use pullback::Differentiable;

#[derive(Differentiable)]
struct Fields<'a> {
    borrowed: &'a mut [f64],
    pointer: *const f64,
    function: fn(f64) -> f64,
    object: Box<dyn Fn(f64) -> f64>,
}

fn main() {}
