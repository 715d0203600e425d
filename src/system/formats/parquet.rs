//! Tables in Parquet's files. Written are columns compressed with Snappy, as most programs do.

use arrow_array::RecordBatch;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::columns::{self, PIECE, contained};
use super::unfit;
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};

const FORMAT: &str = "parquet";
/// A file begins and ends with it.
const MAGIC: &[u8] = b"PAR1";
/// Rows that are read between two polls.
const ROWS: usize = 1 << 13;
/// What a level of a schema may take of the native stack.
const LEVEL: usize = 4 << 10;
/// Elements that a schema may have: columns, and what they are made of.
const ELEMENTS: usize = 1 << 15;

/// Names and columns of a file.
pub fn read(context: &Context, bytes: &[u8]) -> Result<Value> {
    let elements = schema_elements(bytes).ok_or_else(|| unfit(FORMAT, "it is cut off"))?;
    if elements > ELEMENTS {
        return Err(Fault::limit().with_detail(format!("a table has at most {ELEMENTS} columns")));
    }
    // The crate recurses over the schema, which may have one element within the other.
    context.memory().on_stack(elements.saturating_mul(LEVEL), || contained(FORMAT, || table(context, bytes)))?
}

fn table(context: &Context, bytes: &[u8]) -> Result<Value> {
    context.memory().check(bytes.len())?;
    // The schema of Arrow that a file may have beside its own is not needed.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(Bytes::copy_from_slice(bytes), options);
    let builder = builder.map_err(|error| unfit(FORMAT, error))?;
    let schema = builder.schema().clone();
    let mut batches: Vec<RecordBatch> = Vec::new();
    for batch in builder.with_batch_size(ROWS).build().map_err(|error| unfit(FORMAT, error))? {
        context.poll()?;
        batches.push(batch.map_err(|error| unfit(FORMAT, error))?);
    }
    columns::table(context, &schema, &batches)
}

/// How many elements the schema has. It is the second field of what stands at the end of a file, behind the version.
fn schema_elements(bytes: &[u8]) -> Option<usize> {
    const VERSION: u8 = 0x15;
    const SCHEMA: u8 = 0x19;
    const MORE: u8 = 0xf;
    let (rest, length) = bytes.strip_prefix(MAGIC)?.strip_suffix(MAGIC)?.split_last_chunk::<4>()?;
    let footer = rest.get(rest.len().checked_sub(u32::from_le_bytes(*length) as usize)?..)?;
    let rest = footer.strip_prefix(&[VERSION])?;
    let (_, rest) = number(rest)?;
    let (&kind, rest) = rest.strip_prefix(&[SCHEMA])?.split_first()?;
    if kind >> 4 < MORE { Some(usize::from(kind >> 4)) } else { Some(number(rest)?.0) }
}

/// A number in pieces of 7 bits, and what stands behind it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().take(5).position(|&byte| byte < 0x80)?;
    let number = bytes[..=end].iter().rev().fold(0, |sum, &byte| sum << 7 | usize::from(byte & 0x7f));
    Some((number, &bytes[end + 1..]))
}

/// The file of names and columns.
pub fn write(context: &Context, value: &Value) -> Result<Vec<u8>> {
    let batch = columns::batch(context, value)?;
    let failed = |error: parquet::errors::ParquetError| Fault::domain().because(error.to_string());
    let mut out = Vec::new();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(&mut out, batch.schema(), options).map_err(failed)?;
    for at in (0..batch.num_rows()).step_by(PIECE) {
        context.poll()?;
        writer.write(&batch.slice(at, PIECE.min(batch.num_rows() - at))).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(out)
}
