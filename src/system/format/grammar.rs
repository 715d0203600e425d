//! The grammar of format specifications: phrases, repetition, qualifiers, texts between delimiters.

use super::unfit;
use crate::context::Context;
use crate::error::Result;
use crate::syntax::number;
use crate::syntax::tree::Number;

/// A phrase; groups are flat, with their ends marked.
pub enum Phrase {
    /// `r(`.
    Open(usize),
    /// `)`.
    Close,
    /// `Tn` and `Xn`.
    Edit(Edit),
    /// `r<text>`.
    Text(usize, Vec<char>),
    /// `rI5`: as many columns of data.
    Data(usize, Data),
}

/// Where the next field begins.
#[derive(Clone, Copy)]
pub enum Edit {
    /// At a column, from 1; 0 is behind everything.
    To(usize),
    /// So many columns on.
    By(i64),
}

/// How a column of data is written.
#[derive(Default)]
pub struct Data {
    /// The columns of the field.
    pub width: usize,
    /// What kind it is.
    pub form: Form,
    /// `B`: blank where zero.
    pub blank: bool,
    /// `C`: commas between triads.
    pub commas: bool,
    /// `Km`: times ten to this.
    pub scale: i32,
    /// `L`: at the left.
    pub left: bool,
    /// `Z`: leading zeros.
    pub zeros: bool,
    /// `Ov<t>`: texts for values.
    pub instead: Vec<(f64, Vec<char>)>,
    /// `S<p>`: characters for standard ones.
    pub substitutes: Vec<(char, char)>,
    /// `M<t>`: before negative numbers, for their sign.
    pub before_negative: Option<Vec<char>>,
    /// `N<t>`: behind negative numbers.
    pub behind_negative: Vec<char>,
    /// `P<t>`: before the others.
    pub before_positive: Vec<char>,
    /// `Q<t>`: behind the others.
    pub behind_positive: Vec<char>,
    /// `R<t>`: what the field shows where there is nothing else.
    pub background: Vec<char>,
}

/// The letter of a phrase for data.
#[derive(Default)]
pub enum Form {
    /// `A`: characters.
    #[default]
    Characters,
    /// `F` with decimals; `I` has none.
    Fixed(usize),
    /// `E` with significant digits.
    Scaled(usize),
    /// `G` with its pattern.
    Pattern(Vec<char>),
}

impl Data {
    /// What stands for a standard character.
    pub fn symbol(&self, standard: char) -> char {
        self.substitutes.iter().rev().find(|pair| pair.0 == standard).map_or(standard, |pair| pair.1)
    }
}

/// The phrases of a specification. FORMAT ERROR if it is not valid.
pub fn parse(context: &Context, text: &[char]) -> Result<Vec<Phrase>> {
    let mut reader = Reader { rest: text };
    let mut phrases = Vec::new();
    let mut depth = 0usize;
    loop {
        context.poll()?;
        let count = reader.repetition()?;
        if reader.take('(') {
            depth += 1;
            phrases.push(Phrase::Open(count.unwrap_or(1)));
            continue;
        }
        phrases.push(reader.phrase(count)?);
        while reader.take(')') {
            depth = depth.checked_sub(1).ok_or_else(|| unfit("a closing parenthesis too many"))?;
            phrases.push(Phrase::Close);
        }
        match reader.next() {
            Some(',') => {}
            None if depth == 0 => return Ok(phrases),
            _ => return Err(unfit("phrases of a specification are separated by commas")),
        }
    }
}

struct Reader<'a> {
    rest: &'a [char],
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        while let [' ', rest @ ..] = self.rest {
            self.rest = rest;
        }
        self.rest.first().copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.rest = self.rest.get(1..).unwrap_or(&[]);
        next
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.next();
        }
        found
    }

    /// A run of digits. FORMAT ERROR beyond what a field can be wide.
    fn digits(&mut self) -> Result<Option<usize>> {
        self.peek();
        let len = self.rest.iter().take_while(|c| c.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(len);
        self.rest = rest;
        let number = digits.iter().try_fold(0u32, |n, &c| n.checked_mul(10)?.checked_add(c.to_digit(10)?));
        match number {
            _ if len == 0 => Ok(None),
            Some(number) if number <= i32::MAX as u32 => Ok(Some(number as usize)),
            _ => Err(unfit("a number in a specification is too large")),
        }
    }

    fn number(&mut self) -> Result<usize> {
        self.digits()?.ok_or_else(|| unfit("a number is missing in a specification"))
    }

    fn signed(&mut self) -> Result<i64> {
        let negative = self.take('¯') || self.take('-');
        let number = self.number()? as i64;
        Ok(if negative { -number } else { number })
    }

    fn repetition(&mut self) -> Result<Option<usize>> {
        match self.digits()? {
            Some(0) => Err(unfit("a phrase can't be repeated 0 times")),
            count => Ok(count),
        }
    }

    /// A text between delimiters, if one begins here.
    fn delimited(&mut self) -> Result<Option<Vec<char>>> {
        let close = match self.peek() {
            Some('<') => '>',
            Some('⊂') => '⊃',
            Some('«') => '»',
            Some(same @ ('⎕' | '⍞' | '¨')) => same,
            _ => return Ok(None),
        };
        let body = &self.rest[1..];
        let end =
            body.iter().position(|&c| c == close).ok_or_else(|| unfit("a text in a specification does not end"))?;
        self.rest = &body[end + 1..];
        Ok(Some(body[..end].to_vec()))
    }

    fn text(&mut self) -> Result<Vec<char>> {
        self.delimited()?.ok_or_else(|| unfit("a text between delimiters is missing in a specification"))
    }

    fn phrase(&mut self, count: Option<usize>) -> Result<Phrase> {
        if let Some(text) = self.delimited()? {
            return Ok(Phrase::Text(count.unwrap_or(1), text));
        }
        match self.peek() {
            Some('T' | 'X') if count.is_some() => Err(unfit("tabulation takes its number behind the letter")),
            Some('T') => {
                self.next();
                Ok(Phrase::Edit(Edit::To(self.number()?)))
            }
            Some('X') => {
                self.next();
                Ok(Phrase::Edit(Edit::By(self.signed()?)))
            }
            _ => Ok(Phrase::Data(count.unwrap_or(1), self.data()?)),
        }
    }

    /// Qualifiers, a letter and its numbers.
    fn data(&mut self) -> Result<Data> {
        let mut data = Data::default();
        let mut qualifiers = Vec::new();
        loop {
            let letter = self.next().ok_or_else(|| unfit("a phrase is missing in a specification"))?;
            match letter {
                'B' => data.blank = true,
                'C' => data.commas = true,
                'L' => data.left = true,
                'Z' => data.zeros = true,
                'K' => data.scale = self.signed()?.clamp(-999, 999) as i32,
                'M' => data.before_negative = Some(self.text()?),
                'N' => data.behind_negative = self.text()?,
                'P' => data.before_positive = self.text()?,
                'Q' => data.behind_positive = self.text()?,
                'R' => data.background = self.text()?,
                'S' => {
                    let text = self.text()?;
                    if text.len() % 2 == 1 {
                        return Err(unfit("S takes pairs of characters"));
                    }
                    data.substitutes.extend(text.chunks(2).map(|pair| (pair[0], pair[1])));
                }
                'O' => {
                    let value = self.value()?;
                    data.instead.push((value, self.text()?));
                }
                'A' | 'E' | 'F' | 'G' | 'I' => {
                    self.form(letter, &mut data)?;
                    let allowed = match letter {
                        'A' => "LR",
                        'G' => "BKSO",
                        _ => "BCKLMNOPQRSZ",
                    };
                    return match qualifiers.iter().all(|&qualifier| allowed.contains(qualifier)) {
                        true => Ok(data),
                        false => Err(unfit("a qualifier that does not go with its phrase")),
                    };
                }
                _ => return Err(unfit("an unknown letter in a specification")),
            }
            qualifiers.push(letter);
        }
    }

    /// The number behind `O`, 0 if there is none.
    fn value(&mut self) -> Result<f64> {
        self.peek();
        let len = self.rest.iter().take_while(|c| c.is_ascii_digit() || "¯-.E".contains(**c)).count();
        let (digits, rest) = self.rest.split_at(len);
        self.rest = rest;
        if len == 0 {
            return Ok(0.0);
        }
        let text: String = digits.iter().map(|&c| if c == '-' { '¯' } else { c }).collect();
        let read = number::leading(&text);
        match read.value {
            Ok(Number::Int(n)) if read.len == text.len() => Ok(f64::from(n)),
            Ok(Number::Float(x)) if read.len == text.len() => Ok(x),
            _ => Err(unfit("O takes a number and a text")),
        }
    }

    fn form(&mut self, letter: char, data: &mut Data) -> Result<()> {
        if letter == 'G' {
            let pattern = self.text()?;
            data.width = pattern.len();
            data.form = Form::Pattern(pattern);
            return Ok(());
        }
        data.width = self.number()?;
        if data.width == 0 {
            return Err(unfit("a field is at least one column wide"));
        }
        if letter == 'A' {
            return Ok(());
        }
        if letter == 'I' {
            data.form = Form::Fixed(0);
            return Ok(());
        }
        let digits = match self.take('.') {
            true => self.number()?,
            false => return Err(unfit("E and F take a width and a number of digits")),
        };
        if digits > 0 && digits + 2 > data.width {
            return Err(unfit("more digits than the field is wide"));
        }
        data.form = match letter {
            'F' => Form::Fixed(digits),
            _ if digits == 0 => return Err(unfit("E takes at least one digit")),
            _ => Form::Scaled(digits),
        };
        Ok(())
    }
}
