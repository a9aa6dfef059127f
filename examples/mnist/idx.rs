//! The format IDX of MNIST's files: <http://yann.lecun.com/exdb/mnist/>, by Y. LeCun, C. Cortes and C. Burges.
//!
//! Two zero bytes, the type of the elements (8 stands for bytes), the number of axes, the length of each axis as four
//! bytes with the highest first, and the elements.

use flate2::read::GzDecoder;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// An array of bytes.
#[derive(Debug, PartialEq)]
pub struct Idx {
    pub shape: Vec<usize>,
    pub data: Vec<u8>,
}

/// The file of a part of a data set, under the names that it is known by.
pub fn find(dir: &Path, name: &str, what: &str, axes: usize) -> Result<PathBuf, String> {
    let plain = [
        format!("{name}-{what}-idx{axes}-ubyte"),
        format!("{name}-{what}.idx{axes}-ubyte"),
    ];
    let names = plain.iter().flat_map(|n| [n.clone(), format!("{n}.gz")]);
    let mut paths = names.map(|n| dir.join(n));
    paths
        .find(|path| path.is_file())
        .ok_or_else(|| format!("{} has no file {1} or {1}.gz", dir.display(), plain[0]))
}

/// Reads a file, decompressed if its name ends in `.gz`.
pub fn read(path: &Path) -> Result<Idx, String> {
    let wrong = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let mut file = File::open(path).map_err(|e| wrong(&e))?;
    let mut bytes = Vec::new();
    if path.extension().is_some_and(|e| e == "gz") {
        GzDecoder::new(file).read_to_end(&mut bytes)
    } else {
        file.read_to_end(&mut bytes)
    }
    .map_err(|e| wrong(&e))?;
    parse(&bytes).map_err(|e| wrong(&e))
}

/// The array in the bytes of a file.
pub fn parse(bytes: &[u8]) -> Result<Idx, String> {
    let Some((&[0, 0, 8, axes], mut rest)) = bytes.split_first_chunk() else {
        return Err("this is no IDX file of bytes".into());
    };
    let mut shape = Vec::new();
    for _ in 0..axes {
        let Some((len, behind)) = rest.split_first_chunk() else {
            return Err(format!(
                "the file ends within the lengths of its {axes} axes"
            ));
        };
        shape.push(u32::from_be_bytes(*len) as usize);
        rest = behind;
    }
    let count = shape.iter().try_fold(1_usize, |n, len| n.checked_mul(*len));
    if count != Some(rest.len()) {
        return Err(format!(
            "the file has {} bytes for the shape {shape:?}",
            rest.len()
        ));
    }
    Ok(Idx {
        shape,
        data: rest.to_vec(),
    })
}
