//! `⎕UCS`: characters and code points, and the encodings between them.

use super::Call;
use crate::array::{Arr, Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};

/// `⎕UCS Y`: characters to code points, code points to characters, in the same shape; `'UTF-8' ⎕UCS Y`: a text to the
/// numbers of its encoding, such numbers to the text. Dyalog: Unicode Convert.
pub fn unicode(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let array = right.array(context.memory())?;
    let Some(left) = left else { return converted(context, &array) };
    let name = convert::text(context.memory(), &left)?.to_uppercase();
    let encoding = match name.as_str() {
        "UTF-8" => Encoding::Utf8,
        "UTF-16" => Encoding::Utf16,
        "UTF-32" => Encoding::Utf32,
        _ => return Err(Fault::domain().with_detail("encodings are UTF-8, UTF-16 and UTF-32")),
    };
    if array.rank() > 1 {
        return Err(Fault::misshapen("a text or a vector of its numbers", array.shape()));
    }
    match &array {
        Array::Char(chars) => encoded(context, encoding, chars.as_slice()),
        _ => decoded(context, encoding, &convert::ints(context.memory(), &array)?),
    }
}

fn converted(context: &Context, array: &Array) -> Result<Value> {
    let memory = context.memory();
    match array {
        Array::Char(chars) => {
            let source = chars.as_slice();
            let data = context.collect(source.len(), |k| source[k] as i32)?;
            Ok(Arr::new(memory, array.shape(), data)?.into())
        }
        Array::Nested(arr) => {
            // What was mixed once may still be kept item by item.
            let characters = arr.as_slice().iter().filter(|item| matches!(item, Value::Char(_))).count();
            let simple = arr.as_slice().iter().all(Value::is_simple_scalar);
            if !simple || characters > 0 && characters < arr.len() {
                return Err(Fault::domain().with_detail("characters or their numbers are wanted"));
            }
            let mut items = memory.vec(arr.len())?;
            for item in arr.as_slice() {
                items.push(converted(context, &item.array(memory)?)?);
            }
            Ok(Array::from_items(memory, array.shape(), items, || Value::Char(' '))?.into())
        }
        _ => {
            memory.check(array.len().saturating_mul(12))?;
            let codes = convert::ints(memory, array)?;
            Ok(Arr::new(memory, array.shape(), characters(context, codes.len(), |k| codes[k])?)?.into())
        }
    }
}

fn characters(context: &Context, count: usize, code: impl Fn(usize) -> i64) -> Result<Vec<char>> {
    let mut chars = context.memory().vec(count)?;
    context.chunks(count, |range| {
        for code in range.map(&code) {
            let c = u32::try_from(code).ok().and_then(char::from_u32);
            chars.push(c.ok_or_else(|| Fault::domain().with_detail(format!("{code} is not a character")))?);
        }
        Ok(())
    })?;
    Ok(chars)
}

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16,
    Utf32,
}

/// The numbers of a text's encoding.
fn encoded(context: &Context, encoding: Encoding, text: &[char]) -> Result<Value> {
    let length = |c: &char| match encoding {
        Encoding::Utf8 => c.len_utf8(),
        Encoding::Utf16 => c.len_utf16(),
        Encoding::Utf32 => 1,
    };
    let mut codes: Vec<i32> = context.memory().vec(text.iter().map(length).sum())?;
    context.chunks(text.len(), |range| {
        for &c in &text[range] {
            match encoding {
                Encoding::Utf8 => codes.extend(c.encode_utf8(&mut [0; 4]).bytes().map(i32::from)),
                Encoding::Utf16 => codes.extend(c.encode_utf16(&mut [0; 2]).iter().map(|&unit| i32::from(unit))),
                Encoding::Utf32 => codes.push(c as i32),
            }
        }
        Ok(())
    })?;
    Ok(Arr::new(context.memory(), &[codes.len()], codes)?.into())
}

/// The text that is encoded as some numbers; bytes may be signed. DOMAIN ERROR if they are not a valid encoding.
fn decoded(context: &Context, encoding: Encoding, codes: &[i64]) -> Result<Value> {
    let memory = context.memory();
    let chars: Vec<char> = match encoding {
        Encoding::Utf32 => characters(context, codes.len(), |k| codes[k])?,
        Encoding::Utf8 => {
            let mut bytes: Vec<u8> = memory.vec(codes.len())?;
            for &code in codes {
                if !(-128..256).contains(&code) {
                    return Err(Fault::domain().with_detail(format!("{code} is not a byte")));
                }
                bytes.push(code as u8);
            }
            let text = std::str::from_utf8(&bytes).map_err(|error| {
                Fault::domain().with_detail(format!("not UTF-8 from byte {} on", error.valid_up_to()))
            })?;
            let mut chars = memory.vec(text.chars().count())?;
            chars.extend(text.chars());
            chars
        }
        Encoding::Utf16 => {
            let mut chars = memory.vec(codes.len())?;
            let wrong = || Fault::domain().with_detail("not UTF-16");
            if codes.iter().any(|&code| u16::try_from(code).is_err()) {
                return Err(wrong());
            }
            for c in char::decode_utf16(codes.iter().map(|&code| code as u16)) {
                chars.push(c.map_err(|_| wrong())?);
            }
            chars
        }
    };
    Ok(Arr::new(memory, &[chars.len()], chars)?.into())
}

/// The characters of Dyalog's Classic Edition, in their order.
#[rustfmt::skip]
pub const ATOMIC_VECTOR: &str = concat!(
    "\u{0}\u{8}\u{a}\u{d} \u{c}\u{6}\u{7}\u{1b}\u{9}⌶ɫ%'⍺⍵_abcdefghijklmno",
    "pqrstuvwxyz\u{1}\u{2}¯.⍬0123456789\u{3}⊢¥$£¢",
    "∆ABCDEFGHIJKLMNOPQRSTUVWXYZ\u{4}\u{5}ý·\u{7f}",
    "⍙ÁÂÃÇÈÊËÌÍÎÏÐÒÓÔÕÙÚÛÝþãìðòõ{€}⊣⌷",
    "¨ÀÄÅÆ⍨ÉÑÖØÜßàáâäåæçèéêëíîïñ[/⌿\\⍀",
    "<≤=≥>≠∨∧-+÷×?∊⍴~↑↓⍳○*⌈⌊∇∘(⊂⊃∩∪⊥⊤",
    "|;,⍱⍲⍒⍋⍉⌽⊖⍟⌹!⍕⍎⍫⍪≡≢óôöø\"#\u{1e}&´┘┐┌└",
    "┼─├┤┴┬│@ùúû^ü`∣¶:⍷¿¡⋄←→⍝)]\u{1f}\u{a0}§⎕⍞⍣",
);

/// `⎕AV`.
pub fn atomic_vector(context: &Context) -> Result<Value> {
    context.text(ATOMIC_VECTOR)
}

/// `⎕AVU`: their code points.
pub fn atomic_codes(context: &Context) -> Result<Value> {
    let codes: Vec<i32> = ATOMIC_VECTOR.chars().map(|c| c as i32).collect();
    Ok(Arr::new(context.memory(), &[codes.len()], codes)?.into())
}

/// `⎕Á`: the letters that stand for underscored ones.
pub fn underscored(context: &Context) -> Result<Value> {
    context.text(&ATOMIC_VECTOR.chars().skip(97).take(26).collect::<String>())
}
/// Whether a character ends a line; CR and LF together end one line.
pub fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
