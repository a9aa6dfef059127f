//! `gradbench` answers GradBench's messages on its standard streams; `gradbench checksum FILE…` prints sums over
//! the derivatives at the point in a data file of ADBench.

use std::io::{BufWriter, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "usage: gradbench                      answers GradBench's messages
       gradbench checksum FILE...     sums over the derivatives at ADBench's data";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let done = match arguments.next() {
        None => gradbench::protocol::serve(stdin().lock(), BufWriter::new(stdout().lock()))
            .map_err(|error| error.to_string()),
        Some(command) if command == "checksum" => {
            arguments.map(PathBuf::from).try_for_each(|path| {
                println!("{}", gradbench::checksum::of(&path)?);
                Ok(())
            })
        }
        Some(_) => Err(USAGE.to_string()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}
