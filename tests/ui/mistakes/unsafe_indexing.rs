use pullback::differentiable;

#[differentiable]
fn sum(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += unsafe { *x.get_unchecked(i) };
    }
    s
}

fn main() {
    println!("{:?}", sum::grad(&[1.0]));
}
