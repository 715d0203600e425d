//! Pictures on terminals that can show them: the protocols of kitty and iTerm2, and sixels.

use std::env;

use base64::Engine;

/// How a terminal is sent a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Escape sequences of kitty.
    Kitty,
    /// An escape sequence of iTerm2.
    ITerm,
    /// Sixels: six rows of points at a time.
    Sixel,
}

/// The variable that says how pictures are shown, where the terminal's name does not tell: kitty, iterm, sixel or text.
const CHOICE: &str = "ZILDE_PICTURES";

impl Protocol {
    /// What this terminal understands, as far as its environment tells.
    pub fn of_terminal() -> Option<Protocol> {
        Protocol::of(|name| env::var(name).unwrap_or_default())
    }

    fn of(variable: impl Fn(&str) -> String) -> Option<Protocol> {
        match variable(CHOICE).as_str() {
            "kitty" => return Some(Protocol::Kitty),
            "iterm" => return Some(Protocol::ITerm),
            "sixel" => return Some(Protocol::Sixel),
            "" => {}
            _ => return None,
        }
        let (name, program) = (variable("TERM"), variable("TERM_PROGRAM"));
        // Within another program the terminal itself is not reached.
        if !variable("TMUX").is_empty() || name.starts_with("screen") || name.starts_with("tmux") {
            return None;
        }
        if name.contains("kitty") || name.contains("ghostty") || !variable("KITTY_WINDOW_ID").is_empty() {
            return Some(Protocol::Kitty);
        }
        if ["iTerm.app", "WezTerm"].contains(&program.as_str()) || variable("LC_TERMINAL") == "iTerm2" {
            return Some(Protocol::ITerm);
        }
        let with_sixels = ["foot", "mlterm", "contour", "yaft"];
        let draws = name.contains("sixel") || with_sixels.iter().any(|known| name.starts_with(known));
        draws.then_some(Protocol::Sixel)
    }

    /// What shows a PNG file; `None` where it cannot be read.
    pub fn sequence(self, png: &[u8]) -> Option<String> {
        let encoded = || base64::engine::general_purpose::STANDARD.encode(png);
        match self {
            Protocol::Kitty => Some(kitty(&encoded())),
            Protocol::ITerm => {
                let size = png.len();
                Some(format!("\u{1b}]1337;File=inline=1;size={size}:{}\u{7}\n", encoded()))
            }
            Protocol::Sixel => {
                let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().ok()?;
                let mut rgb = vec![0; reader.output_buffer_size()?];
                let frame = reader.next_frame(&mut rgb).ok()?;
                (frame.color_type == png::ColorType::Rgb).then(|| sixels(&rgb, frame.width as usize))
            }
        }
    }
}

/// A picture in pieces of at most 4096 bytes, each of which says whether more follow.
fn kitty(encoded: &str) -> String {
    let mut text = String::new();
    let pieces = encoded.as_bytes().chunks(4096);
    let count = pieces.len();
    for (at, piece) in pieces.enumerate() {
        let head = if at == 0 { "a=T,f=100," } else { "" };
        let more = u8::from(at + 1 < count);
        text += &format!("\u{1b}_G{head}m={more};{}\u{1b}\\", String::from_utf8_lossy(piece));
    }
    text + "\n"
}

/// Steps of each of red, green and blue.
const STEPS: usize = 6;

/// Points as sixels, with the colours of a cube.
fn sixels(rgb: &[u8], width: usize) -> String {
    let colour = |point: &[u8]| {
        let step = |sample: u8| (usize::from(sample) * (STEPS - 1) + 127) / 255;
        point.iter().fold(0, |index, &sample| index * STEPS + step(sample))
    };
    let points: Vec<usize> = rgb.chunks_exact(3).map(colour).collect();
    let mut text = format!("\u{1b}Pq\"1;1;{width};{}", points.len() / width.max(1));
    for index in 0..STEPS.pow(3) {
        let percent = |step: usize| step * 100 / (STEPS - 1);
        let (red, green, blue) = (index / STEPS / STEPS, index / STEPS % STEPS, index % STEPS);
        text += &format!("#{index};2;{};{};{}", percent(red), percent(green), percent(blue));
    }
    for band in points.chunks(6 * width.max(1)) {
        let mut used = [false; STEPS.pow(3)];
        band.iter().for_each(|&index| used[index] = true);
        for index in (0..used.len()).filter(|&index| used[index]) {
            text += &format!("#{index}");
            let bits = |column: usize| {
                let rows = band.iter().skip(column).step_by(width).enumerate();
                rows.filter(|(_, point)| **point == index).fold(0, |bits, (row, _)| bits | 1 << row)
            };
            let columns: Vec<u8> = (0..width).map(bits).collect();
            for run in columns.chunk_by(|a, b| a == b) {
                let shape = char::from(63 + run[0]);
                match run.len() {
                    1..=3 => text.extend(std::iter::repeat_n(shape, run.len())),
                    length => text += &format!("!{length}{shape}"),
                }
            }
            text.push('$');
        }
        text.push('-');
    }
    text + "\u{1b}\\\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_are_known_by_their_environment() {
        let of = |known: &[(&str, &str)]| {
            Protocol::of(|name| {
                known.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value).to_owned()
            })
        };
        assert_eq!(of(&[("TERM", "xterm-kitty")]), Some(Protocol::Kitty));
        assert_eq!(of(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")]), Some(Protocol::ITerm));
        assert_eq!(of(&[("TERM", "foot")]), Some(Protocol::Sixel));
        assert_eq!(of(&[("TERM", "xterm-256color")]), None);
        assert_eq!(of(&[("TERM", "xterm"), (CHOICE, "sixel")]), Some(Protocol::Sixel));
        assert_eq!(of(&[("TERM", "xterm-kitty"), (CHOICE, "text")]), None);
        assert_eq!(of(&[("TERM", "tmux-256color"), ("KITTY_WINDOW_ID", "1")]), None);
    }

    #[test]
    fn kitty_takes_pieces() {
        let text = kitty(&"A".repeat(9000));
        let pieces: Vec<&str> = text.trim_end().split_inclusive("\u{1b}\\").collect();
        assert_eq!(pieces.len(), 3);
        assert!(pieces[0].starts_with("\u{1b}_Ga=T,f=100,m=1;AAA") && pieces[2].starts_with("\u{1b}_Gm=0;A"));
        assert!(pieces.iter().all(|piece| piece.len() < 4200));
    }

    #[test]
    fn sixels_are_six_rows_each() {
        // Two columns and seven rows: the left one red, the right one white.
        let rgb = [255, 0, 0, 255, 255, 255].repeat(7);
        let text = sixels(&rgb, 2);
        assert!(text.starts_with("\u{1b}Pq\"1;1;2;7#0;2;0;0;0#1;2;0;0;20"), "{text}");
        assert!(text.ends_with("#180~?$#215?~$-#180@?$#215?@$-\u{1b}\\\n"), "{text}");
    }
}
