use pullback::differentiable;

fn main() {
    #[differentiable]
    let square = |x: f64| x * x;
    println!("{}", square(3.0));
}
