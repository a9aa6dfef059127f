use pullback::Differentiable;

#[derive(Differentiable)]
#[constant]
struct Whole {
    x: f64,
}

#[derive(Differentiable)]
#[tangent(serialise)]
struct Field {
    #[tangent(derive(Hash))]
    x: f64,
    #[constant(really)]
    y: f64,
}

#[derive(Differentiable)]
enum Variants {
    #[constant]
    A(f64),
}

fn main() {}
