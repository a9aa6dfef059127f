//! Tools for working on pullback.

mod codegen;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["codegen", path, rest @ ..] => codegen::run(path, rest.first().copied()),
        _ => println!("cargo xtask codegen PATH [FUNCTION]   prints the expansion"),
    }
}
