use pullback::differentiable;

#[differentiable]
fn power(x: f64, n: u32) -> f64 {
    let go = |k: u32| if k == 0 { 1.0 } else { x * go(k - 1) };
    go(n)
}

fn main() {
    println!("{}", power::grad(2.0, 3));
}
