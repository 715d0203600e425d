//! NumPy's `.npz`: several arrays with names, each a `.npy` in a ZIP archive. In APL: names and arrays, `names values`.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{named, names_and_arrays, npy, unfit};
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};

/// The end of the names in the archive.
const END: &str = ".npy";

/// Names and arrays of a file.
pub fn read(context: &Context, bytes: &[u8]) -> Result<Value> {
    let bad = |error: zip::result::ZipError| unfit("npz", error);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(bad)?;
    let mut arrays = Vec::new();
    for at in 0..archive.len() {
        context.poll()?;
        let file = archive.by_index(at).map_err(bad)?;
        let name = file.name().to_owned();
        let Some(name) = name.strip_suffix(END) else { continue };
        // The size that an archive tells may be wrong: so much and no more is read.
        let size = usize::try_from(file.size()).map_err(|_| Fault::ws_full())?;
        let mut content: Vec<u8> = context.memory().vec(size)?;
        let read = file.take(size as u64).read_to_end(&mut content);
        read.map_err(|error| unfit("npz", error))?;
        arrays.push((name.to_owned(), npy::read(context, &content)?));
    }
    named(context, arrays.iter().map(|(name, value)| (name.as_str(), value.clone())))
}

/// The file of names and arrays.
pub fn write(context: &Context, value: &Value) -> Result<Vec<u8>> {
    let bad = |error: zip::result::ZipError| Fault::domain().because(error.to_string());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // No times, so that equal arrays give equal files.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, value) in names_and_arrays(context, value)? {
        context.poll()?;
        let content = npy::write(context, &value)?;
        archive.start_file(format!("{name}{END}"), options).map_err(bad)?;
        archive.write_all(&content).map_err(|error| Fault::domain().because(error.to_string()))?;
    }
    Ok(archive.finish().map_err(bad)?.into_inner())
}
