//! How similar two names are, for the question whether one of them was meant.

/// The number of edits between two short names: letters that are another one, missing, or too many.
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(32).collect(), b.chars().take(32).collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn edits_are_counted() {
        assert_eq!(distance("total", "total"), 0);
        assert_eq!(distance("totl", "total"), 1);
        assert_eq!(distance("Total", "total"), 1);
        assert_eq!(distance("", "ab"), 2);
        assert_eq!(distance("mean", "name"), 4);
    }
}
