//! Characters that a terminal shows two columns wide, such as those of East Asian scripts and emoji, and marks that
//! combine with the character before them and take no column.
//!
//! Layouts count one column for each character. So before a text is laid out for a reader, it is changed to have as many
//! characters as columns: what is two columns wide is followed by [`FILLER`], and a cluster of several characters, such as
//! a letter with an accent, is replaced by one character, which [`Clusters`] remembers. [`Clusters::restored`] undoes
//! both. `⍕` and all other functions with arrays of characters as results count characters and do not use this.

use std::cell::RefCell;
use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::array::{Arr, Array, Memory};
use crate::error::{Fault, Result};

/// Stands for the second column of what is two columns wide.
pub const FILLER: char = '\u{10fffd}';

/// The first of the characters that stand for clusters. They are for private use, and end before [`FILLER`].
const FIRST: u32 = 0xf_0000;

/// The clusters in what is being shown.
#[derive(Default)]
pub struct Clusters(RefCell<Known>);

#[derive(Default)]
struct Known {
    /// The text of the cluster that the character `FIRST + k` stands for.
    texts: Vec<String>,
    places: HashMap<String, char>,
}

/// Whether a character takes one column and is laid out as it is.
pub fn is_narrow(c: char) -> bool {
    c < '\u{300}' || u32::from(c) < FIRST && c.width().is_none_or(|width| width == 1)
}

impl Clusters {
    /// A character array with as many characters as columns; `None` if the array is so already.
    pub fn widened(&self, memory: &Memory, chars: &Arr<char>) -> Result<Option<Array>> {
        if chars.as_slice().iter().all(|&c| is_narrow(c)) {
            return Ok(None);
        }
        let length = chars.shape().last().copied().unwrap_or(1).max(1);
        memory.check(chars.len().saturating_mul(3 * size_of::<char>()))?;
        let mut rows = memory.vec(chars.len() / length)?;
        rows.extend(chars.as_slice().chunks(length).map(|row| self.columns(row)));
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut cells = memory.vec(width.checked_mul(rows.len()).ok_or_else(Fault::ws_full)?)?;
        for row in rows {
            let blanks = width - row.len();
            cells.extend(row);
            cells.extend(std::iter::repeat_n(' ', blanks));
        }
        let mut shape = chars.shape().to_vec();
        match shape.last_mut() {
            Some(last) => *last = width,
            None => shape.push(width),
        }
        Ok(Some(Array::Char(Arr::new(memory, &shape, cells)?)))
    }

    /// A text with one character for each column.
    pub fn columns(&self, text: &[char]) -> Vec<char> {
        let text: String = text.iter().collect();
        let mut out = Vec::with_capacity(text.len());
        for cluster in text.graphemes(true) {
            let mut chars = cluster.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) if is_narrow(c) => out.push(c),
                // The line end "\r\n".
                (Some('\r'), _) => out.extend(cluster.chars()),
                (Some(c), None) if c.width() == Some(2) && u32::from(c) < FIRST => out.extend([c, FILLER]),
                (Some(first), _) => {
                    let width = cluster.width();
                    out.push(self.place(cluster, width).unwrap_or(first));
                    out.extend(std::iter::repeat_n(FILLER, width.saturating_sub(1)));
                }
                (None, _) => {}
            }
        }
        out
    }

    /// The character that stands for a cluster; `None` if all of them are taken.
    fn place(&self, cluster: &str, width: usize) -> Option<char> {
        let mut known = self.0.borrow_mut();
        if let Some(&place) = known.places.get(cluster) {
            return Some(place);
        }
        let at = u32::try_from(known.texts.len()).ok()?;
        let place = char::from_u32(FIRST.checked_add(at)?).filter(|&place| place < FILLER)?;
        known.places.insert(cluster.to_owned(), place);
        // A mark without a character before it gets a blank, so that it fills its column.
        known.texts.push(if width == 0 { format!("{cluster} ") } else { cluster.to_owned() });
        Some(place)
    }

    /// A text as it was before [`Clusters::columns`].
    pub fn restored(&self, text: String) -> String {
        // In UTF-8, characters from FIRST on begin with one of these bytes.
        if !text.bytes().any(|byte| byte >= 0xf3) {
            return text;
        }
        let known = self.0.borrow();
        let mut out = String::with_capacity(text.len());
        for c in text.chars().filter(|&c| c != FILLER) {
            match u32::from(c).checked_sub(FIRST).and_then(|at| known.texts.get(at as usize)) {
                Some(cluster) => out.push_str(cluster),
                None => out.push(c),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_as_many_characters_as_columns() {
        for (text, columns) in [
            ("abc⍴⍳", 5),
            ("日本", 4),
            ("ｱｲ", 2),
            ("e\u{301}a", 2),
            ("日\u{301}x", 3),
            ("🙂", 2),
            ("👩\u{200d}👧", 2),
            ("🇫🇷.", 3),
            ("\u{200b}", 1),
            ("\u{10f123}x", 2),
            ("\u{10fffd}", 1),
        ] {
            let clusters = Clusters::default();
            let cells = clusters.columns(&text.chars().collect::<Vec<_>>());
            assert_eq!(cells.len(), columns, "{text}");
            assert_eq!(clusters.restored(cells.iter().collect()).trim_end(), text);
        }
    }

    #[test]
    fn any_number_of_different_characters_and_many_clusters_are_kept() {
        let mut text: String = ('\u{4e00}'..'\u{7e00}').collect();
        text.extend(('\u{4e00}'..'\u{7e00}').flat_map(|c| [c, '\u{301}']));
        let clusters = Clusters::default();
        let cells = clusters.columns(&text.chars().collect::<Vec<_>>());
        assert_eq!(cells.len(), 4 * 0x3000);
        assert_eq!(clusters.restored(cells.iter().collect()), text);
    }
}
