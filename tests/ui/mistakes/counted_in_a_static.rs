use pullback::differentiable;

static mut CALLS: u32 = 0;

#[differentiable]
fn square(x: f64) -> f64 {
    unsafe {
        CALLS += 1;
    }
    x * x
}

fn main() {
    println!("{:?}", square::grad(1.0));
}
