//! What a picture is to look like: the options of `]plot` and `⎕SE.plot`.

use super::Kind;

/// The sides that a picture may have, in points.
const SIDES: std::ops::RangeInclusive<u32> = 50..=4000;

/// The options.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The kind of picture; by default what the shape of the data suggests.
    pub kind: Option<Kind>,
    /// What stands above it.
    pub title: String,
    /// What the axes are called.
    pub axes: [String; 2],
    /// From where to where they go; by default as far as the data do.
    pub ranges: [Option<(f64, f64)>; 2],
    /// The names of the series.
    pub names: Vec<String>,
    /// The number of bins of a histogram.
    pub bins: Option<usize>,
    /// Width and height in points.
    pub size: Option<(u32, u32)>,
    /// The file that it is written to.
    pub to: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        let axes = [String::new(), String::new()];
        Options {
            kind: None,
            title: String::new(),
            axes,
            ranges: [None, None],
            names: Vec::new(),
            bins: None,
            size: None,
            to: None,
        }
    }
}

/// The names of the options.
const NAMES: &[&str] = &["kind", "title", "x", "y", "xrange", "yrange", "names", "bins", "size", "to"];

/// The options that a text begins with, `-name=value`, and what follows them. A value with blanks stands in quotes.
pub fn parse(text: &str) -> Result<(Options, &str), String> {
    let mut options = Options::default();
    let mut rest = text.trim_start();
    while let Some((name, behind)) = option(rest) {
        let (value, after) = match behind.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = &behind[1..];
                let end = inside.find(quote).ok_or_else(|| format!("-{name}: a quote is open"))?;
                (&inside[..end], &inside[end + 1..])
            }
            _ => behind.split_at(behind.find(char::is_whitespace).unwrap_or(behind.len())),
        };
        options.set(name, value)?;
        rest = after.trim_start();
    }
    Ok((options, rest))
}

/// The name of the option that a text begins with, and what stands behind its `=`.
fn option(text: &str) -> Option<(&str, &str)> {
    let (name, behind) = text.strip_prefix('-')?.split_once('=')?;
    name.chars().all(|c| c.is_ascii_lowercase()).then_some((name, behind)).filter(|(name, _)| !name.is_empty())
}

impl Options {
    /// Sets an option; says what is wrong with its name or value.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let wrong = |wanted: &str| Err(format!("-{name}={value}: expected {wanted}"));
        match name {
            "kind" => match Kind::named(value) {
                Some(kind) => self.kind = Some(kind),
                None => return wrong(&format!("one of {}", Kind::NAMES.map(|(name, _)| name).join(", "))),
            },
            "title" => value.clone_into(&mut self.title),
            "x" => value.clone_into(&mut self.axes[0]),
            "y" => value.clone_into(&mut self.axes[1]),
            "xrange" | "yrange" => match numbers(value).as_deref() {
                Some(&[low, high]) if low < high => self.ranges[usize::from(name == "yrange")] = Some((low, high)),
                _ => return wrong("two numbers, the lower one first, such as 0,10"),
            },
            "names" => self.names = value.split(',').map(|name| name.trim().to_owned()).collect(),
            "bins" => match value.parse() {
                Ok(bins @ 1..=1000) => self.bins = Some(bins),
                _ => return wrong("a number from 1 to 1000"),
            },
            "size" => {
                let sides =
                    value.split(['x', ',', ' ']).map(|side| side.parse().ok().filter(|side| SIDES.contains(side)));
                match sides.collect::<Option<Vec<u32>>>().as_deref() {
                    Some(&[width, height]) => self.size = Some((width, height)),
                    _ => return wrong("a width and a height from 50 to 4000 points, such as 640x400"),
                }
            }
            "to" => match value.rsplit_once('.').map(|(_, format)| format.to_lowercase()).as_deref() {
                Some("svg" | "png") => self.to = Some(value.to_owned()),
                _ => return wrong("a file with the ending .svg or .png"),
            },
            _ => return Err(format!("-{name} is no option; there are -{}", NAMES.join(", -"))),
        }
        Ok(())
    }
}

/// Numbers with commas or blanks between them, as APL or other languages write them.
fn numbers(text: &str) -> Option<Vec<f64>> {
    let number = |word: &str| word.replace('¯', "-").parse().ok().filter(|number: &f64| number.is_finite());
    text.split([',', ' ']).filter(|word| !word.is_empty()).map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stand_before_the_expression() {
        let (options, rest) = parse("-kind=bars -title=\"A b\" -y='€ k' -size=300x200 -x3").unwrap();
        assert_eq!((options.kind, &*options.title, &*options.axes[1]), (Some(Kind::Bars), "A b", "€ k"));
        assert_eq!((options.size, rest), (Some((300, 200)), "-x3"));
        let (options, rest) = parse("-xrange=¯1,2.5 -names=a,b -bins=7 -to=a.svg x=3").unwrap();
        assert_eq!((options.ranges[0], options.bins), (Some((-1.0, 2.5)), Some(7)));
        assert_eq!((options.names, options.to.as_deref(), rest), (vec!["a".into(), "b".into()], Some("a.svg"), "x=3"));
        assert_eq!(parse("(-a=b)").unwrap().1, "(-a=b)");
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, told) in [
            ("-kind=pie 1", "one of lines"),
            ("-titel=x 1", "no option"),
            ("-xrange=2,1 1", "lower one first"),
            ("-size=1x1 1", "from 50"),
            ("-size=100 1", "from 50"),
            ("-bins=0 1", "from 1"),
            ("-to=x.gif 1", ".svg or .png"),
            ("-title='x 1", "a quote is open"),
        ] {
            let why = parse(text).unwrap_err();
            assert!(why.contains(told), "{text}: {why}");
        }
    }
}
