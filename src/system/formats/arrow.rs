//! Tables in Arrow's files (`.arrow`, `.feather`) and streams (`.arrows`). Files are written, without compression.

use std::io::Cursor;

use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::FileWriter;
use arrow_ipc::{Block, Message, RecordBatch as Header, root_as_footer, root_as_message};
use arrow_schema::ArrowError;

use super::columns::{self, PIECE, contained};
use super::unfit;
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};

const FORMAT: &str = "arrow";
/// A file begins and ends with it; a stream does not.
const MAGIC: &[u8] = b"ARROW1";
/// What may stand before the length of a message's description.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// Names and columns of a file.
pub fn read(context: &Context, bytes: &[u8]) -> Result<Value> {
    contained(FORMAT, || {
        let bad = |error: ArrowError| unfit(FORMAT, error);
        let is_file = bytes.starts_with(MAGIC);
        // What the crate would do without looking is looked at before.
        if is_file {
            check_file(context, bytes)?
        } else {
            check_stream(context, bytes)?
        }
        let mut batches = Vec::new();
        let schema = if is_file {
            let mut reader = FileReader::try_new(Cursor::new(bytes), None).map_err(bad)?;
            for batch in &mut reader {
                context.poll()?;
                batches.push(batch.map_err(bad)?);
            }
            reader.schema()
        } else {
            let mut reader = StreamReader::try_new(bytes, None).map_err(bad)?;
            for batch in &mut reader {
                context.poll()?;
                batches.push(batch.map_err(bad)?);
            }
            reader.schema()
        };
        columns::table(context, &schema, &batches)
    })
}

/// The file of names and columns.
pub fn write(context: &Context, value: &Value) -> Result<Vec<u8>> {
    let batch = columns::batch(context, value)?;
    let failed = |error: ArrowError| Fault::domain().because(error.to_string());
    let mut out = Vec::new();
    let mut writer = FileWriter::try_new(&mut out, &batch.schema()).map_err(failed)?;
    for at in (0..batch.num_rows()).step_by(PIECE) {
        context.poll()?;
        writer.write(&batch.slice(at, PIECE.min(batch.num_rows() - at))).map_err(failed)?;
    }
    writer.finish().map_err(failed)?;
    drop(writer);
    Ok(out)
}

fn cut_off() -> Fault {
    unfit(FORMAT, "it is cut off")
}

/// The messages of a file are where its end says.
fn check_file(context: &Context, bytes: &[u8]) -> Result<()> {
    let rest = bytes.strip_suffix(MAGIC).ok_or_else(cut_off)?;
    let (rest, length) = rest.split_last_chunk::<4>().ok_or_else(cut_off)?;
    let length = u32::from_le_bytes(*length) as usize;
    let footer = rest.len().checked_sub(length).ok_or_else(cut_off)?;
    let footer = root_as_footer(&rest[footer..]).map_err(|error| unfit(FORMAT, error))?;
    let dictionaries = footer.dictionaries().into_iter().flatten();
    for block in dictionaries.chain(footer.recordBatches().into_iter().flatten()) {
        let (message, body) = block_of(bytes, block).ok_or_else(cut_off)?;
        check(context, message, body)?;
    }
    Ok(())
}

/// The description and the body of a message.
fn block_of<'a>(bytes: &'a [u8], block: &Block) -> Option<(&'a [u8], &'a [u8])> {
    let from = usize::try_from(block.offset()).ok()?;
    let middle = from.checked_add(usize::try_from(block.metaDataLength()).ok()?)?;
    let end = middle.checked_add(usize::try_from(block.bodyLength()).ok()?)?;
    let message = bytes.get(from..middle)?;
    let message = message.strip_prefix(&CONTINUATION).unwrap_or(message);
    Some((message.get(4..)?, bytes.get(middle..end)?))
}

/// The messages of a stream follow each other.
fn check_stream(context: &Context, mut rest: &[u8]) -> Result<()> {
    loop {
        context.poll()?;
        rest = rest.strip_prefix(&CONTINUATION).unwrap_or(rest);
        let Some((length, after)) = rest.split_first_chunk::<4>() else { return Ok(()) };
        let length = u32::from_le_bytes(*length) as usize;
        if length == 0 {
            return Ok(());
        }
        let (description, after) = after.split_at_checked(length).ok_or_else(cut_off)?;
        let message = root_as_message(description).map_err(|error| unfit(FORMAT, error))?;
        let length = usize::try_from(message.bodyLength()).map_err(|_| cut_off())?;
        let (body, after) = after.split_at_checked(length).ok_or_else(cut_off)?;
        check_message(context, &message, body)?;
        rest = after;
    }
}

fn check(context: &Context, description: &[u8], body: &[u8]) -> Result<()> {
    let message = root_as_message(description).map_err(|error| unfit(FORMAT, error))?;
    check_message(context, &message, body)
}

/// DOMAIN ERROR if a buffer is not within the body, WS FULL if what is compressed there would take too much.
fn check_message(context: &Context, message: &Message, body: &[u8]) -> Result<()> {
    let dictionary = message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data());
    let Some(header): Option<Header> = message.header_as_record_batch().or(dictionary) else { return Ok(()) };
    let mut needed = 0usize;
    for buffer in header.buffers().into_iter().flatten() {
        let from = usize::try_from(buffer.offset()).map_err(|_| cut_off())?;
        let length = usize::try_from(buffer.length()).map_err(|_| cut_off())?;
        let end = from.checked_add(length).ok_or_else(cut_off)?;
        let bytes = body.get(from..end).ok_or_else(cut_off)?;
        // The size of what is compressed stands before it; ¯1 if it is not compressed after all.
        if header.compression().is_some()
            && let Some(size) = bytes.first_chunk::<8>()
        {
            needed = needed.saturating_add(usize::try_from(i64::from_le_bytes(*size)).unwrap_or(0));
        }
    }
    context.memory().check(needed)
}
