use pullback::differentiable;

#[differentiable]
fn rounded(x: f64) -> f64 {
    let text = format!("{x:.2}");
    text.parse::<f64>().unwrap()
}

fn main() {
    println!("{}", rounded::grad(2.0));
}
