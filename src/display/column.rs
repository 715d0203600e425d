//! Columns of numbers: decimal points, `E`s and `J`s below each other.
//!
//! Works on the texts that [`super::number`] makes, as bytes. A column first gets the texts of all its numbers, to compute
//! its width, and then places each of them in that width.

use super::number::glyph;

/// How the numbers of one column stand below each other.
#[derive(Clone, Debug, Default)]
pub struct Align {
    real: Sides,
    imaginary: Sides,
    /// One of the numbers is scaled.
    scaled: bool,
    /// All of them are, and are aligned on the `E`.
    rescaled: bool,
    /// One of the numbers has an imaginary part.
    complex: bool,
    /// The longest text, for a column whose numbers have nothing to align on.
    longest: usize,
}

/// Room on either side of the mark that numbers are aligned on; the mark belongs to the right side.
#[derive(Clone, Copy, Debug, Default)]
struct Sides {
    left: usize,
    right: usize,
}

impl Sides {
    fn see(&mut self, text: &[u8], mark: u8) {
        let (left, right) = split(text, mark);
        self.left = self.left.max(left.len());
        self.right = self.right.max(right.len());
    }

    fn width(self) -> usize {
        self.left + self.right
    }
}

/// The text before and from the mark on.
fn split(text: &[u8], mark: u8) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|&b| b == mark).unwrap_or(text.len()))
}

impl Align {
    /// Makes room for a number.
    pub fn see(&mut self, text: &[u8]) {
        self.longest = self.longest.max(text.len());
        let (real, imaginary) = split(text, b'J');
        if text.contains(&b'E') {
            self.scaled = true;
        }
        if let Some(imaginary) = imaginary.get(1..) {
            self.complex = true;
            self.imaginary.see(imaginary, b'.');
        }
        self.real.see(real, b'.');
    }

    /// Whether the column must be shown again with all its numbers scaled.
    pub fn wants_scaling(&self) -> bool {
        self.scaled && !self.complex
    }

    /// The column of scaled numbers.
    pub fn of_scaled() -> Align {
        Align { rescaled: true, ..Align::default() }
    }

    /// Makes room for a number in a column of scaled ones.
    pub fn see_scaled(&mut self, text: &[u8]) {
        self.longest = self.longest.max(text.len());
        self.real.see(text, b'E');
    }

    /// The width of the column.
    pub fn width(&self) -> usize {
        match (self.scaled, self.complex) {
            (true, _) => self.longest,
            (false, true) => self.real.width() + 1 + self.imaginary.width(),
            (false, false) => self.real.width(),
        }
    }

    /// Writes a number that the column has seen into blanks of the column's width.
    pub fn paint(&self, text: &[u8], out: &mut [char]) {
        match (self.scaled, self.complex) {
            (true, _) => write(out, out.len().saturating_sub(text.len()), text),
            (false, true) => self.paint_complex(text, out),
            (false, false) => {
                let (left, _) = split(text, if self.rescaled { b'E' } else { b'.' });
                write(out, self.real.left.saturating_sub(left.len()), text);
            }
        }
    }

    /// Nothing blank may stand within a number, so both parts are filled up with zeros towards the `J`.
    fn paint_complex(&self, text: &[u8], out: &mut [char]) {
        let (real, imaginary) = split(text, b'J');
        let (whole, fraction) = split(real, b'.');
        let start = self.real.left.saturating_sub(whole.len());
        write(out, start, real);
        let Some(imaginary) = imaginary.get(1..) else {
            return;
        };
        let mut at = start + real.len();
        if fraction.len() < self.real.right {
            if fraction.is_empty() {
                write(out, at, b".");
                at += 1;
            }
            while at < self.real.width() {
                write(out, at, b"0");
                at += 1;
            }
        }
        write(out, at, b"J");
        at += 1;
        let (sign, magnitude) = imaginary.split_at(usize::from(imaginary.starts_with(b"-")));
        let (whole, _) = split(imaginary, b'.');
        write(out, at, sign);
        at += sign.len();
        for _ in whole.len()..self.imaginary.left {
            write(out, at, b"0");
            at += 1;
        }
        write(out, at, magnitude);
    }
}

/// Writes the text of a number; what lies beyond the edge is left out.
pub fn write(out: &mut [char], from: usize, text: &[u8]) {
    for (cell, &byte) in out.iter_mut().skip(from).zip(text) {
        *cell = glyph(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::Align;

    fn column(numbers: &[&str]) -> Vec<String> {
        let mut align = Align::default();
        numbers.iter().for_each(|n| align.see(n.as_bytes()));
        let paint = |n: &&str| {
            let mut out = vec![' '; align.width()];
            align.paint(n.as_bytes(), &mut out);
            out.into_iter().collect()
        };
        numbers.iter().map(paint).collect()
    }

    #[test]
    fn points_are_aligned() {
        assert_eq!(column(&["22", "-212", "0", "2.34"]), ["  22   ", "¯212   ", "   0   ", "   2.34"]);
        assert_eq!(column(&["1", "10"]), [" 1", "10"]);
    }

    #[test]
    fn complex_columns_are_filled_with_zeros() {
        assert_eq!(column(&["-37J-41", "-46J26", "1J13"]), ["¯37J¯41", "¯46J026", "  1J013"]);
        assert_eq!(column(&["1.5J2", "10J-3", "7"]), [" 1.5J02", "10.0J¯3", " 7     "]);
    }
}
