use pullback::differentiable;

#[differentiable]
fn twice(f: &dyn Fn(f64) -> f64, x: f64) -> f64 {
    f(f(x))
}

fn main() {
    println!("{}", twice(&|x| x + 1.0, 1.0));
}
