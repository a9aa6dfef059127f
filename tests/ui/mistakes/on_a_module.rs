#[pullback::differentiable]
mod model {
    pub fn square(x: f64) -> f64 {
        x * x
    }
}

fn main() {
    println!("{}", model::square(3.0));
}
