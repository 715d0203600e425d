//! Encodings of text files: which one a file has, its characters, and the bytes of a text.

use std::rc::Rc;

use crate::array::{Memory, Value, convert};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::system::growing::Growing;

/// What stands for the characters.
#[derive(Clone, Debug, PartialEq)]
pub enum Encoding {
    /// One to four bytes each.
    Utf8,
    /// Two or four bytes each; the more significant one first, or last.
    Utf16 {
        /// The more significant byte first.
        big: bool,
    },
    /// Four bytes each.
    Utf32 {
        /// The most significant byte first.
        big: bool,
    },
    /// A byte below 128 each.
    Ascii,
    /// A byte each, as in Windows for Western European languages.
    Windows1252,
    /// A byte each: the code points of all 256 bytes, -1 where there is none.
    Table(Rc<[i32]>),
}

/// An encoding as it is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The encoding.
    pub encoding: Encoding,
    /// Whether a byte order mark is written.
    pub mark: bool,
}

const BIG: bool = cfg!(target_endian = "big");

/// The code points of the bytes from 128 to 159 in Windows-1252; the five that it does not define stand for themselves.
#[rustfmt::skip]
const WINDOWS: [u16; 32] = [
    0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f,
    0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
];

impl Asked {
    /// UTF-8 without a byte order mark.
    pub const DEFAULT: Asked = Asked { encoding: Encoding::Utf8, mark: false };

    /// The encoding with a name such as `UTF-16LE-BOM`.
    pub fn named(name: &str) -> Option<Asked> {
        let name = name.to_ascii_uppercase();
        let (base, mark) = match (name.strip_suffix("-BOM"), name.strip_suffix("-NOBOM")) {
            (Some(base), _) => (base, Some(true)),
            (_, Some(base)) => (base, Some(false)),
            _ => (&*name, None),
        };
        let encoding = match base {
            "UTF-8" => Encoding::Utf8,
            "UTF-16" => Encoding::Utf16 { big: BIG },
            "UTF-16LE" => Encoding::Utf16 { big: false },
            "UTF-16BE" => Encoding::Utf16 { big: true },
            "UTF-32" => Encoding::Utf32 { big: BIG },
            "UTF-32LE" => Encoding::Utf32 { big: false },
            "UTF-32BE" => Encoding::Utf32 { big: true },
            "ASCII" if mark.is_none() => Encoding::Ascii,
            "WINDOWS-1252" | "ANSI" if mark.is_none() => Encoding::Windows1252,
            _ => return None,
        };
        let usual = matches!(encoding, Encoding::Utf16 { .. } | Encoding::Utf32 { .. });
        Some(Asked { encoding, mark: mark.unwrap_or(usual) })
    }

    /// The encoding that a value names or is the table of; nothing for an empty text. DOMAIN ERROR.
    pub fn new(memory: &Memory, value: &Value) -> Result<Option<Asked>> {
        if value.rank() == 1 && value.count() == 0 {
            return Ok(None);
        }
        if value.kind().is_numeric() {
            return Ok(Some(Asked { encoding: table(memory, value)?, mark: false }));
        }
        let name = convert::text(memory, value)?;
        let unknown = || Fault::domain().with_detail(format!("{name} is no encoding of files"));
        Asked::named(&name).map(Some).ok_or_else(unknown)
    }
}

fn table(memory: &Memory, value: &Value) -> Result<Encoding> {
    let unfit =
        || Fault::domain().with_detail("a table of bytes has 256 different code points, or ¯1 for bytes without one");
    if value.rank() != 1 || value.count() != 256 {
        return Err(unfit());
    }
    let codes = convert::int_vec(memory, value)?;
    let mut seen = std::collections::HashSet::new();
    let fits =
        |&code: &i64| code == -1 || u32::try_from(code).is_ok_and(|c| char::from_u32(c).is_some()) && seen.insert(code);
    if !codes.iter().all(fits) {
        return Err(unfit());
    }
    Ok(Encoding::Table(codes.iter().map(|&code| code as i32).collect()))
}

impl Encoding {
    /// The name that `⎕NGET` reports, with whether the file begins with a byte order mark.
    pub fn name(&self, mark: bool) -> String {
        let base = match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16 { big: false } => "UTF-16LE",
            Encoding::Utf16 { big: true } => "UTF-16BE",
            Encoding::Utf32 { big: false } => "UTF-32LE",
            Encoding::Utf32 { big: true } => "UTF-32BE",
            Encoding::Ascii => return "ASCII".into(),
            Encoding::Windows1252 | Encoding::Table(_) => return "Windows-1252".into(),
        };
        format!("{base}-{}", if mark { "BOM" } else { "NOBOM" })
    }

    /// The bytes that mark it at the beginning of a file.
    pub fn mark(&self) -> &'static [u8] {
        match self {
            Encoding::Utf8 => b"\xef\xbb\xbf",
            Encoding::Utf16 { big: false } => b"\xff\xfe",
            Encoding::Utf16 { big: true } => b"\xfe\xff",
            Encoding::Utf32 { big: false } => b"\xff\xfe\0\0",
            Encoding::Utf32 { big: true } => b"\0\0\xfe\xff",
            _ => b"",
        }
    }

    /// The encoding whose byte order mark a file begins with.
    pub fn marked(bytes: &[u8]) -> Option<Encoding> {
        use Encoding::*;
        // The mark of UTF-32LE begins with that of UTF-16LE.
        let all = [Utf8, Utf32 { big: false }, Utf32 { big: true }, Utf16 { big: false }, Utf16 { big: true }];
        all.into_iter().find(|encoding| bytes.starts_with(encoding.mark()))
    }

    /// The encoding that bytes without a mark have, most likely: UTF-8 where they are valid in it, unless zeros suggest a
    /// wider one; otherwise Windows-1252.
    pub fn guessed(bytes: &[u8]) -> Encoding {
        let sample = &bytes[..bytes.len().min(1 << 12)];
        let zeros = |start: usize, step: usize| {
            let all = sample.iter().skip(start).step_by(step);
            all.clone().filter(|byte| **byte == 0).count() * 2 > all.count()
        };
        if sample.contains(&0) {
            for big in [false, true] {
                let first = usize::from(!big);
                let wide = bytes.len().is_multiple_of(4) && zeros(2 * first, 4) && zeros(2 * first + 1, 4);
                if wide && bytes.chunks_exact(4).take(1 << 10).all(|unit| wide_char(unit, big).is_some()) {
                    return Encoding::Utf32 { big };
                }
                if bytes.len().is_multiple_of(2) && zeros(first, 2) && !zeros(1 - first, 2) {
                    return Encoding::Utf16 { big };
                }
            }
        }
        if std::str::from_utf8(bytes).is_ok() { Encoding::Utf8 } else { Encoding::Windows1252 }
    }

    /// Cuts bytes off at the end that are not all of a character.
    pub fn cut(&self, bytes: &mut Vec<u8>) {
        let width = match self {
            Encoding::Utf8 => {
                let start = bytes.iter().rposition(|byte| byte & 0xc0 != 0x80).unwrap_or(0);
                if std::str::from_utf8(&bytes[start..]).is_err_and(|error| error.error_len().is_none()) {
                    bytes.truncate(start);
                }
                return;
            }
            Encoding::Utf16 { .. } => 2,
            Encoding::Utf32 { .. } => 4,
            _ => 1,
        };
        bytes.truncate(bytes.len() / width * width);
        // The first half of a character that takes two.
        if let Encoding::Utf16 { big } = self
            && let Some(unit) = bytes.last_chunk::<2>()
            && (0xd800..0xdc00).contains(&if *big { u16::from_be_bytes(*unit) } else { u16::from_le_bytes(*unit) })
        {
            bytes.truncate(bytes.len() - 2);
        }
    }

    /// The text that some bytes stand for. TRANSLATION ERROR where they stand for none.
    pub fn decode(&self, context: &Context, bytes: Vec<u8>) -> Result<String> {
        let mut text = Growing::new(context);
        let mut pace = context.pace();
        match self {
            Encoding::Utf8 => {
                return String::from_utf8(bytes).map_err(|error| invalid(error.utf8_error().valid_up_to()));
            }
            Encoding::Utf16 { big } => {
                let units = bytes.chunks_exact(2);
                if !units.remainder().is_empty() {
                    return Err(invalid(bytes.len() - 1));
                }
                let units = units.map(|unit| match big {
                    true => u16::from_be_bytes([unit[0], unit[1]]),
                    false => u16::from_le_bytes([unit[0], unit[1]]),
                });
                let mut at = 0;
                for c in char::decode_utf16(units) {
                    pace.step(1)?;
                    let c = c.map_err(|_| invalid(at))?;
                    at += 2 * c.len_utf16();
                    text.chars(&[c])?;
                }
            }
            Encoding::Utf32 { big } => {
                let units = bytes.chunks_exact(4);
                if !units.remainder().is_empty() {
                    return Err(invalid(bytes.len() - units.remainder().len()));
                }
                for (k, unit) in units.enumerate() {
                    pace.step(1)?;
                    text.chars(&[wide_char(unit, *big).ok_or_else(|| invalid(4 * k))?])?;
                }
            }
            Encoding::Ascii | Encoding::Windows1252 | Encoding::Table(_) => {
                let meaning: Vec<Option<char>> = (0..=255).map(|byte| self.single(byte)).collect();
                for (at, &byte) in bytes.iter().enumerate() {
                    pace.step(1)?;
                    text.chars(&[meaning[usize::from(byte)].ok_or_else(|| invalid(at))?])?;
                }
            }
        }
        Ok(text.text)
    }

    /// The character of a byte, in encodings where each has one.
    fn single(&self, byte: u8) -> Option<char> {
        match self {
            Encoding::Ascii => byte.is_ascii().then_some(char::from(byte)),
            Encoding::Windows1252 => match byte {
                0x80..=0x9f => char::from_u32(u32::from(WINDOWS[usize::from(byte - 0x80)])),
                _ => Some(char::from(byte)),
            },
            Encoding::Table(codes) => u32::try_from(codes[usize::from(byte)]).ok().and_then(char::from_u32),
            _ => None,
        }
    }

    /// The bytes of a text. TRANSLATION ERROR for a character that has none.
    pub fn encode(&self, context: &Context, text: &str) -> Result<Vec<u8>> {
        let longest = match self {
            Encoding::Utf8 | Encoding::Ascii => 1,
            Encoding::Utf16 { .. } => 2,
            Encoding::Utf32 { .. } => 4,
            _ => 1,
        };
        let mut bytes = context.memory().vec(text.len().saturating_mul(longest))?;
        let bytes_of: std::collections::HashMap<char, u8> = match self {
            Encoding::Windows1252 | Encoding::Table(_) => {
                (0..=255).filter_map(|byte| Some((self.single(byte)?, byte))).collect()
            }
            _ => Default::default(),
        };
        let mut pace = context.pace();
        let lost = |c: char| {
            let message = format!("The encoding has no character {} (U+{:04X})", c, c as u32);
            Fault::new(ErrorKind::Translation).because(message)
        };
        if *self == Encoding::Utf8 {
            bytes.extend_from_slice(text.as_bytes());
            return Ok(bytes);
        }
        for c in text.chars() {
            pace.step(1)?;
            match self {
                Encoding::Utf8 => {}
                Encoding::Utf16 { big } => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        bytes.extend(if *big { unit.to_be_bytes() } else { unit.to_le_bytes() });
                    }
                }
                Encoding::Utf32 { big } => {
                    let code = c as u32;
                    bytes.extend(if *big { code.to_be_bytes() } else { code.to_le_bytes() });
                }
                Encoding::Ascii if c.is_ascii() => bytes.push(c as u8),
                _ => bytes.push(*bytes_of.get(&c).ok_or_else(|| lost(c))?),
            }
        }
        Ok(bytes)
    }
}

fn invalid(at: usize) -> Fault {
    Fault::new(ErrorKind::Translation).because(format!("Invalid in the file's encoding from byte {at} on"))
}

fn wide_char(unit: &[u8], big: bool) -> Option<char> {
    let unit: [u8; 4] = unit.try_into().ok()?;
    char::from_u32(if big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back() {
        let context = Context::silent(Memory::new(1 << 20));
        let text = "a\u{e9}\u{20ac}\u{1f600}\r\n";
        for name in ["UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE-NOBOM", "UTF-32BE"] {
            let asked = Asked::named(name).unwrap();
            let bytes = asked.encoding.encode(&context, text).unwrap();
            assert_eq!(asked.encoding.decode(&context, bytes.clone()).unwrap(), text, "{name}");
            let marked = [asked.encoding.mark(), &bytes].concat();
            assert_eq!(Encoding::marked(&marked), Some(asked.encoding), "{name}");
        }
        let ansi = Asked::named("ANSI").unwrap().encoding;
        assert_eq!(ansi.encode(&context, "a\u{e9}\u{20ac}").unwrap(), b"a\xe9\x80");
        assert_eq!(ansi.encode(&context, "\u{1f600}").unwrap_err().kind(), ErrorKind::Translation);
        let all: Vec<u8> = (0..=255).collect();
        let text = ansi.decode(&context, all.clone()).unwrap();
        assert_eq!(ansi.encode(&context, &text).unwrap(), all);
    }

    #[test]
    fn names() {
        assert_eq!(Asked::named("utf-8-bom"), Some(Asked { encoding: Encoding::Utf8, mark: true }));
        assert_eq!(Asked::named("UTF-16LE").map(|asked| asked.mark), Some(true));
        assert_eq!(Asked::named("UTF-16LE-NOBOM").map(|asked| asked.mark), Some(false));
        for wrong in ["", "UTF-7", "ASCII-BOM", "UTF-8-BOM-BOM"] {
            assert_eq!(Asked::named(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn encodings_are_guessed() {
        let context = Context::silent(Memory::new(1 << 20));
        for name in ["UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "ANSI"] {
            let encoding = Asked::named(name).unwrap().encoding;
            let bytes = encoding.encode(&context, "caf\u{e9} au lait\n").unwrap();
            assert_eq!(Encoding::guessed(&bytes), encoding, "{name}");
        }
        assert_eq!(Encoding::guessed(b""), Encoding::Utf8);
        assert_eq!(Encoding::guessed(b"a\0b"), Encoding::Utf8);
    }
}
