//! `1200⌶`: date numbers as text, by a pattern.
//!
//! A pattern is runs of one letter in either case (`Mmm`, `DD`), which stand for parts of the date, texts in quotes,
//! `__xx__` for a language, `%name%` for a named pattern, and anything else for itself.

use std::rc::Rc;

use super::calendar::{Moment, date_of, day_of_year, week, weekday};
use super::codes::{self, Count};
use super::language::{self, Language};
use crate::array::{Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Fun, Function, Setting};

/// `1200⌶`, in English.
pub fn date_text() -> Result<Fun> {
    Ok(Rc::new(DateText { language: english()? }))
}

fn english() -> Result<&'static Language> {
    language::lookup("en").ok_or_else(|| Fault::internal("no English"))
}

/// `X(1200⌶)Y`: the date numbers `Y`, each as a text by the pattern `X`. Dyalog: Format Date-time.
struct DateText {
    language: &'static Language,
}

impl Function for DateText {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let memory = context.memory();
        let left = left.ok_or_else(|| Fault::syntax().because("The function requires a left argument"))?;
        let pattern: Vec<char> = convert::text(memory, &left)?.chars().collect();
        let parts = parse(&pattern, self.language)?;
        let array = right.array(memory)?;
        let mut items = memory.vec(array.len())?;
        let mut pace = context.pace();
        let numbers = convert::floats(memory, &array)?;
        for &x in numbers.iter() {
            pace.step(64 + pattern.len())?;
            let moment = codes::from_number(Count::Days(0), true, x)
                .filter(|moment| (1..=9999).contains(&date_of(moment.day).0))
                .ok_or_else(|| Fault::domain().with_detail("dates are from year 1 to 9999"))?;
            let mut text = String::new();
            for part in &parts {
                part.write(moment, &mut text);
            }
            items.push(Value::text(memory, &text)?);
        }
        let empty = context.text("")?;
        let array = Array::from_items(memory, array.shape(), items, || empty)?;
        Ok(array.into())
    }

    fn variant(&self, context: &Context, settings: &[Setting]) -> Result<Fun> {
        let mut language = self.language;
        for Setting { name, value } in settings {
            match name.as_deref() {
                None | Some("Language") => language = named(&convert::text(context.memory(), value)?)?,
                Some("Dictionary") => return Err(Fault::nonce("dictionaries are namespaces")),
                Some(_) => return Err(Fault::domain().with_detail("options are Language and Dictionary")),
            }
        }
        Ok(Rc::new(DateText { language }))
    }

    fn describe(&self) -> Description {
        Description::Text("1200⌶".into())
    }
}

fn named(code: &str) -> Result<&'static Language> {
    language::lookup(code).ok_or_else(|| Fault::domain().with_detail(format!("no language {code}")))
}

/// A part of a pattern.
enum Part {
    /// Stands for itself.
    Text(String),
    /// A number, filled up on the left to a width.
    Number(Element, usize, char),
    /// The first digits of the part of a second that has passed.
    Fraction(usize),
    /// A name of a language, in the case that is wanted.
    Word(Word, Case, &'static Language),
}

#[derive(Clone, Copy)]
enum Element {
    Year,
    YearOfCentury,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Weekday,
    Week,
    WeekYear,
    WeekYearOfCentury,
    DayOfYear,
    HourOfTwelve,
}

#[derive(Clone, Copy)]
enum Word {
    Month,
    ShortMonth,
    Weekday,
    ShortWeekday,
    Ordinal,
    ShortOrdinal,
    Half,
    ShortHalf,
}

#[derive(Clone, Copy)]
enum Case {
    /// As the language has it.
    Own,
    Upper,
    Lower,
    /// The first letter a capital.
    Title,
}

fn wrong(what: &str) -> Fault {
    Fault::domain().with_detail(format!("{what} in a date pattern"))
}

fn parse(pattern: &[char], mut language: &'static Language) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some(&first) = rest.first() {
        match first {
            '"' | '\'' => {
                let mut text = String::new();
                let mut chars = rest[1..].iter().peekable();
                loop {
                    match chars.next() {
                        Some(&c) if c != first => text.push(c),
                        Some(_) if chars.peek() == Some(&&first) => {
                            text.push(first);
                            chars.next();
                        }
                        Some(_) => break,
                        None => return Err(wrong("a text that does not end")),
                    }
                }
                rest = &rest[rest.len() - chars.len()..];
                parts.push(Part::Text(text));
            }
            '_' if rest.get(1) == Some(&'_') => {
                let body = &rest[2..];
                let end = (1..body.len()).find(|&k| body[k - 1] == '_' && body[k] == '_');
                let end = end.ok_or_else(|| wrong("a language that does not end"))?;
                language = named(&body[..end - 1].iter().collect::<String>())?;
                rest = &body[end + 1..];
            }
            '%' => {
                let end = rest[1..].iter().position(|&c| c == '%').ok_or_else(|| wrong("a name that does not end"))?;
                let name: String = rest[1..=end].iter().collect();
                if name != "ISO" {
                    return Err(wrong(&format!("no pattern {name} to use")));
                }
                let iso: Vec<char> = "YYYY-MM-DD\"T\"hh:mm:ss".chars().collect();
                parts.extend(parse(&iso, language)?);
                rest = &rest[end + 2..];
            }
            '_' | 'A'..='Z' | 'a'..='z' => {
                let own = usize::from(first == '_');
                let letter = rest.get(own).copied().filter(char::is_ascii_alphabetic);
                let letter = letter.ok_or_else(|| wrong("a line without a letter"))?;
                let same = |c: &&char| c.eq_ignore_ascii_case(&letter);
                let len = own + rest[own..].iter().take_while(same).count();
                let run: String = rest[..len].iter().collect();
                parts.push(sequence(&run, language).ok_or_else(|| wrong(&run))?);
                rest = &rest[len..];
            }
            '$' => return Err(wrong("$")),
            _ => {
                parts.push(Part::Text(first.to_string()));
                rest = &rest[1..];
            }
        }
    }
    Ok(parts)
}

/// What a run of letters stands for.
fn sequence(run: &str, language: &'static Language) -> Option<Part> {
    use Element::*;
    let number = |element, width, fill| Some(Part::Number(element, width, fill));
    let one = |element, width| match () {
        _ if run.starts_with('_') => number(element, width, ' '),
        _ if run.len() == 1 => number(element, 0, ' '),
        _ => number(element, width, '0'),
    };
    match run {
        "YY" => return number(YearOfCentury, 2, '0'),
        "YYYY" => return number(Year, 4, '0'),
        "WW" => return number(WeekYearOfCentury, 2, '0'),
        "WWWW" => return number(WeekYear, 4, '0'),
        "M" | "MM" | "_M" => return one(Month, 2),
        "D" | "DD" | "_D" => return one(Day, 2),
        "h" | "hh" | "_h" => return one(Hour, 2),
        "m" | "mm" | "_m" => return one(Minute, 2),
        "s" | "ss" | "_s" => return one(Second, 2),
        "w" | "ww" | "_w" => return one(Week, 2),
        "y" | "yy" | "_y" => return one(DayOfYear, 3),
        "t" | "tt" | "_t" => return one(HourOfTwelve, 2),
        "d" => return one(Weekday, 1),
        "f" | "ff" | "fff" | "ffff" | "fffff" | "ffffff" => return Some(Part::Fraction(run.len())),
        _ => {}
    }
    let mut letters = run.chars();
    let (first, second) = (letters.next()?, letters.next());
    let rest_is_lower = run.chars().skip(1).all(|c| c.is_ascii_lowercase());
    let case = match first {
        '_' if rest_is_lower => Case::Own,
        _ if run.chars().all(|c| c.is_ascii_uppercase()) => Case::Upper,
        _ if run.chars().all(|c| c.is_ascii_lowercase()) => Case::Lower,
        'A'..='Z' if rest_is_lower => Case::Title,
        _ => return None,
    };
    let letter = if first == '_' { second? } else { first };
    let word = match (letter.to_ascii_uppercase(), run.len()) {
        ('M', 3) => Word::ShortMonth,
        ('M', 4) => Word::Month,
        ('D', 3) => Word::ShortWeekday,
        ('D', 4) => Word::Weekday,
        ('O', 1) => Word::ShortOrdinal,
        ('O', 2) if first != '_' => Word::Ordinal,
        ('P', 1) => Word::ShortHalf,
        ('P', 2) if first != '_' => Word::Half,
        _ => return None,
    };
    Some(Part::Word(word, case, language))
}

impl Part {
    fn write(&self, moment: Moment, out: &mut String) {
        let (year, month, day) = date_of(moment.day);
        let [hour, minute, second, nano] = moment.clock();
        match self {
            Part::Text(text) => out.push_str(text),
            Part::Fraction(digits) => out.extend(format!("{nano:09}").chars().take(*digits)),
            Part::Number(element, width, fill) => {
                let number = match element {
                    Element::Year => year,
                    Element::YearOfCentury => year % 100,
                    Element::Month => month,
                    Element::Day => day,
                    Element::Hour => hour,
                    Element::Minute => minute,
                    Element::Second => second,
                    Element::Weekday => weekday(moment.day),
                    Element::Week => week(moment.day).1,
                    Element::WeekYear => week(moment.day).0,
                    Element::WeekYearOfCentury => week(moment.day).0.rem_euclid(100),
                    Element::DayOfYear => day_of_year(moment.day),
                    Element::HourOfTwelve => (hour + 11) % 12 + 1,
                };
                let digits = number.to_string();
                out.extend(std::iter::repeat_n(*fill, width.saturating_sub(digits.len())));
                out.push_str(&digits);
            }
            Part::Word(word, case, language) => {
                let of_month = (month - 1).clamp(0, 11) as usize;
                let of_week = (weekday(moment.day) - 1).clamp(0, 6) as usize;
                let half = usize::from(hour >= 12);
                let text = match word {
                    Word::Month => language.months[of_month],
                    Word::ShortMonth => language.short_months[of_month],
                    Word::Weekday => language.weekdays[of_week],
                    Word::ShortWeekday => language.short_weekdays[of_week],
                    Word::Ordinal | Word::ShortOrdinal => language.ordinal.of(day),
                    Word::Half | Word::ShortHalf => language.halves[half],
                };
                let count = if matches!(word, Word::ShortOrdinal | Word::ShortHalf) { 1 } else { usize::MAX };
                let mut first = true;
                for c in text.chars().take(count) {
                    match case {
                        Case::Upper => out.extend(c.to_uppercase()),
                        Case::Lower => out.extend(c.to_lowercase()),
                        Case::Title if first => out.extend(c.to_uppercase()),
                        Case::Title => out.extend(c.to_lowercase()),
                        Case::Own => out.push(c),
                    }
                    first = false;
                }
            }
        }
    }
}
