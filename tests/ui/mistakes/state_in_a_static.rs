use pullback::differentiable;

#[differentiable]
fn momentum(x: f64) -> f64 {
    static mut LAST: f64 = 0.0;
    unsafe {
        LAST = 0.9 * LAST + x;
        LAST
    }
}

fn main() {
    println!("{:?}", momentum::grad(1.0));
}
