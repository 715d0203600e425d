//! Classes of characters and escaped characters of PCRE patterns, in the words of the engine.

use crate::error::{Fault, Result};

/// The characters that end lines, inside a class.
pub const ENDINGS: &str = r"\n\x0B\x0C\r\x85\x{2028}\x{2029}";

/// DOMAIN ERROR with what is wrong in a pattern.
pub fn wrong(what: impl std::fmt::Display) -> Fault {
    Fault::domain().with_detail(format!("in a pattern: {what}"))
}

const HORIZONTAL: &str = r"\t \xA0\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}";
const DIGITS: &str = "0-9";
const SPACES: &str = r"\t\n\x0B\x0C\r ";
const WORDS: &str = "0-9A-Za-z_";

/// The members of `\w`.
pub fn word(unicode: bool) -> &'static str {
    if unicode { r"\p{L}\p{N}_" } else { WORDS }
}

/// The members of `\d`, `\s` and their like, and whether the class is their complement.
pub fn kind(letter: char, unicode: bool) -> Option<(&'static str, bool)> {
    let members = match letter.to_ascii_lowercase() {
        'd' => {
            if unicode {
                r"\p{Nd}"
            } else {
                DIGITS
            }
        }
        's' => {
            if unicode {
                r"\p{Z}\t\n\x0B\x0C\r\x85"
            } else {
                SPACES
            }
        }
        'w' => word(unicode),
        'h' => HORIZONTAL,
        'v' => ENDINGS,
        _ => return None,
    };
    Some((members, letter.is_ascii_uppercase()))
}

/// `{L}` or `L` behind `\p` or `\P`.
pub fn property(rest: &mut &[char], mut negated: bool) -> Result<String> {
    let name: String = match rest.first() {
        Some('{') => {
            let end = rest.iter().position(|&c| c == '}').ok_or_else(|| wrong("a property does not end"))?;
            let name = rest[1..end].iter().collect();
            *rest = &rest[end + 1..];
            name
        }
        Some(&letter) => {
            *rest = &rest[1..];
            letter.to_string()
        }
        None => return Err(wrong("a property is missing")),
    };
    let name = match name.strip_prefix('^') {
        Some(name) => {
            negated = !negated;
            name
        }
        None => name.as_str(),
    };
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "_&".contains(c)) {
        return Err(wrong(format!("no property {name}")));
    }
    let members = match name {
        "L&" => r"\p{Lu}\p{Ll}\p{Lt}".to_string(),
        "Xan" => r"\p{L}\p{N}".to_string(),
        "Xwd" => r"\p{L}\p{N}_".to_string(),
        "Xsp" | "Xps" => r"\p{Z}\t\n\x0B\x0C\r\x85".to_string(),
        name => format!(r"\p{{{name}}}"),
    };
    Ok(format!("[{}{members}]", if negated { "^" } else { "" }))
}

/// The character that an escape stands for, its letter taken already.
pub fn character(rest: &mut &[char], letter: char) -> Result<char> {
    Ok(match letter {
        'a' => '\u{7}',
        'e' => '\u{1b}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => octal(rest, None)?,
        'o' => {
            let digits = braced(rest)?.ok_or_else(|| wrong(r"\o without braces"))?;
            code(u32::from_str_radix(&digits, 8))?
        }
        'x' => match braced(rest)? {
            Some(digits) => code(u32::from_str_radix(&digits, 16))?,
            None => {
                let len = rest.iter().take(2).take_while(|c| c.is_ascii_hexdigit()).count();
                let digits: String = rest[..len].iter().collect();
                *rest = &rest[len..];
                if len == 0 { '\0' } else { code(u32::from_str_radix(&digits, 16))? }
            }
        },
        'c' => {
            let (&c, behind) = rest.split_first().ok_or_else(|| wrong(r"\c without a character"))?;
            *rest = behind;
            match c.is_ascii() {
                true => char::from(c.to_ascii_uppercase() as u8 ^ 0x40),
                false => return Err(wrong(r"\c takes an ASCII character")),
            }
        }
        c if c.is_ascii_alphanumeric() => return Err(wrong(format!(r"\{c} has no meaning"))),
        c => c,
    })
}

fn code(number: std::result::Result<u32, std::num::ParseIntError>) -> Result<char> {
    number.ok().and_then(char::from_u32).ok_or_else(|| wrong("a code that is no character"))
}

fn braced(rest: &mut &[char]) -> Result<Option<String>> {
    if rest.first() != Some(&'{') {
        return Ok(None);
    }
    let end = rest.iter().position(|&c| c == '}').ok_or_else(|| wrong("a closing brace is missing"))?;
    let text = rest[1..end].iter().collect();
    *rest = &rest[end + 1..];
    Ok(Some(text))
}

/// Up to three octal digits, of which the first may have been taken already; two behind `\0`.
pub fn octal(rest: &mut &[char], first: Option<char>) -> Result<char> {
    let mut text: String = first.into_iter().collect();
    let len = rest.iter().take(2).take_while(|c| ('0'..='7').contains(*c)).count();
    text.extend(&rest[..len]);
    *rest = &rest[len..];
    if text.is_empty() { Ok('\0') } else { code(u32::from_str_radix(&text, 8)) }
}

/// A class in brackets, the opening one taken already.
pub fn translate(rest: &mut &[char], unicode: bool) -> Result<String> {
    let mut out = String::from("[");
    let next = |rest: &mut &[char]| -> Option<char> {
        let (&first, behind) = rest.split_first()?;
        *rest = behind;
        Some(first)
    };
    if rest.first() == Some(&'^') {
        *rest = &rest[1..];
        out.push('^');
    }
    let mut begun = false;
    // The last single character, which a range may begin with.
    let mut low: Option<char> = None;
    let mut quoted = false;
    loop {
        let c = next(rest).ok_or_else(|| wrong("a class does not end"))?;
        if quoted {
            match (c, rest.first()) {
                ('\\', Some('E')) => {
                    *rest = &rest[1..];
                    quoted = false;
                }
                _ => {
                    member(&mut out, c);
                    low = Some(c);
                }
            }
            begun = true;
            continue;
        }
        let single = match c {
            ']' if begun => break,
            '\\' => match next(rest).ok_or_else(|| wrong("a class does not end"))? {
                'Q' => {
                    quoted = true;
                    None
                }
                'E' => None,
                'b' => Some('\u{8}'),
                letter @ ('p' | 'P') => {
                    out.push_str(&property(rest, letter == 'P')?);
                    None
                }
                letter @ '1'..='9' => Some(octal(rest, Some(letter))?),
                letter => match kind(letter, unicode) {
                    Some((members, false)) => {
                        out.push_str(members);
                        None
                    }
                    Some((members, true)) => {
                        out.push_str(&format!("[^{members}]"));
                        None
                    }
                    None => Some(character(rest, letter)?),
                },
            },
            '[' if rest.first() == Some(&':') && posix_end(rest).is_some() => {
                let end = posix_end(rest).unwrap_or(0);
                let name: String = rest[1..end].iter().collect();
                out.push_str(&posix(&name, unicode)?);
                *rest = &rest[end + 2..];
                None
            }
            '-' if low.is_some() && rest.first().is_some_and(|&c| c != ']') => {
                // A range, unless a class of several characters follows.
                let mut ahead = *rest;
                let high = match next(&mut ahead) {
                    Some('\\') => match next(&mut ahead) {
                        Some('b') => Some('\u{8}'),
                        Some(letter) if kind(letter, unicode).is_none() && !"pPQE".contains(letter) => {
                            Some(character(&mut ahead, letter)?)
                        }
                        _ => None,
                    },
                    Some('[') if ahead.first() == Some(&':') => None,
                    other => other,
                };
                match (low.take(), high) {
                    (Some(from), Some(to)) if from <= to => {
                        *rest = ahead;
                        out.push('-');
                        member(&mut out, to);
                        None
                    }
                    (Some(_), Some(_)) => return Err(wrong("a range that ends before it begins")),
                    _ => Some('-'),
                }
            }
            c => Some(c),
        };
        begun = true;
        if let Some(c) = single {
            member(&mut out, c);
        }
        low = single;
    }
    out.push(']');
    Ok(out)
}

fn member(out: &mut String, c: char) {
    match c.is_alphanumeric() {
        true => out.push(c),
        false => out.push_str(&format!(r"\x{{{:X}}}", c as u32)),
    }
}

/// Where `:]` stands that ends `[:name:]`, counted from its first colon.
fn posix_end(rest: &[char]) -> Option<usize> {
    let len = rest.iter().skip(1).take_while(|c| c.is_ascii_lowercase() || **c == '^').count();
    (rest.get(len + 1) == Some(&':') && rest.get(len + 2) == Some(&']')).then_some(len + 1)
}

fn posix(name: &str, unicode: bool) -> Result<String> {
    let (name, negated) = match name.strip_prefix('^') {
        Some(name) => (name, "^"),
        None => (name, ""),
    };
    let known = [
        "alpha", "lower", "upper", "alnum", "ascii", "blank", "cntrl", "digit", "graph", "print", "punct", "space",
        "word", "xdigit",
    ];
    if !known.contains(&name) {
        return Err(wrong(format!("no class [:{name}:]")));
    }
    let members = match name {
        "alpha" if unicode => r"\p{L}",
        "lower" if unicode => r"\p{Ll}",
        "upper" if unicode => r"\p{Lu}",
        "alnum" if unicode => r"\p{L}\p{N}",
        "digit" if unicode => r"\p{Nd}",
        "space" if unicode => r"\p{Z}\t\n\x0B\x0C\r\x85",
        "word" if unicode => r"\p{L}\p{N}_",
        "blank" if unicode => HORIZONTAL,
        "graph" | "print" | "punct" if unicode => return Err(Fault::nonce(format!("[:{name}:] with UCP"))),
        _ => return Ok(format!("[:{negated}{name}:]")),
    };
    Ok(format!("[{negated}{members}]"))
}
