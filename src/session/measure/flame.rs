//! A profile as a flame graph: a picture in which each call is a bar as wide as the time that it took, above the call that
//! made it.

use std::fmt::Write;

use crate::observe::profile::{Node, Profile};

/// The width of the picture.
const WIDTH: f64 = 1200.0;
/// The height of a bar, with the gap above it.
const HEIGHT: f64 = 18.0;
/// Bars that are narrower are left out.
const NARROWEST: f64 = 0.3;
/// The width of a character.
const CHARACTER: f64 = 7.2;

/// The picture, as SVG. Where no time was measured, bars are as wide as there were calls.
pub fn svg(profile: &Profile, title: &str) -> String {
    let nodes = profile.nodes();
    let by_calls = nodes.iter().all(|node| node.entry.own.time == 0);
    let weights = weights(&nodes, by_calls);
    let whole = weights.first().copied().unwrap_or_default().max(f64::MIN_POSITIVE);
    let mut bars = String::new();
    let mut deepest = 0;
    // Where the next child of each node begins; children come behind what called them.
    let mut next = vec![0.0; nodes.len()];
    let mut levels = vec![0; nodes.len()];
    for (at, node) in nodes.iter().enumerate() {
        let width = weights[at] / whole * WIDTH;
        let from = match at {
            0 => 0.0,
            _ => {
                let from = next[node.parent];
                next[node.parent] += width;
                from
            }
        };
        next[at] = from;
        levels[at] = if at == 0 { 0 } else { levels[node.parent] + 1 };
        if width < NARROWEST {
            continue;
        }
        let level = levels[at];
        deepest = deepest.max(level);
        let name = match at {
            0 => title,
            _ => profile.function(node.function).map_or("", |known| &*known.name),
        };
        bar(&mut bars, (from, width, level), name, &about(node, name, weights[at] / whole));
    }
    let height = (deepest + 1) as f64 * HEIGHT + 30.0;
    // The bars hang from the top: the picture is turned over, so that callers are below.
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"monospace\" font-size=\"12\">\n<title>{0}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fffaf0\"/>\n<text x=\"4\" y=\"16\">{0}</text>\n\
         <g transform=\"translate(0 24)\">\n{bars}</g>\n</svg>\n",
        escaped(title)
    )
}

/// How wide each node's bar is: what it took, and never less than what it called.
fn weights(nodes: &[Node], by_calls: bool) -> Vec<f64> {
    let own = |node: &Node| if by_calls { node.entry.count as f64 } else { node.entry.own.time as f64 };
    let mut weights: Vec<f64> = nodes.iter().map(own).collect();
    for at in (1..nodes.len()).rev() {
        weights[nodes[at].parent] += weights[at];
    }
    weights
}

fn about(node: &Node, name: &str, share: f64) -> String {
    let calls = node.entry.count;
    format!("{name}: {:.1} ms, {:.1} %, {calls} calls", node.entry.total.time as f64 / 1e6, share * 100.0)
}

fn bar(bars: &mut String, (from, width, level): (f64, f64, usize), name: &str, about: &str) {
    // The same function has the same colour everywhere.
    let hash = name.bytes().fold(7u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let (green, blue) = (90 + hash % 120, hash / 120 % 70);
    let top = level as f64 * HEIGHT;
    let room = (width / CHARACTER) as usize;
    let label: String = if room < 3 { String::new() } else { name.chars().take(room - 1).collect() };
    // A String takes whatever is written.
    let _ = writeln!(
        bars,
        "<g><title>{}</title><rect x=\"{from:.2}\" y=\"{top}\" width=\"{width:.2}\" height=\"{}\" rx=\"2\" \
         fill=\"rgb(230,{green},{blue})\"/><text x=\"{:.2}\" y=\"{}\">{}</text></g>",
        escaped(about),
        HEIGHT - 1.0,
        from + 3.0,
        top + 13.0,
        escaped(&label),
    );
}

fn escaped(text: &str) -> String {
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Session;

    #[test]
    fn bars_are_as_wide_as_calls_where_there_is_no_time() {
        let mut session = Session::new();
        session.run("f←{(g ⍵)+g ⍵}\ng←{⍵<0:0 ⋄ ⍵}\n⎕PROFILE 'start' 'none'\nf 1\nf 2\n⎕PROFILE 'stop'");
        let picture = session.context().profiler.with(|profile| svg(profile, "f<1"));
        // Two calls of f and four of g: the bar of g is 4/6 of the whole.
        assert!(picture.contains("width=\"1200.00\"") && picture.contains("width=\"800.00\""), "{picture}");
        assert!(picture.contains("f&lt;1") && !picture.contains("f<1"), "{picture}");
        assert_eq!(picture.matches("<rect x=").count(), 3);
    }
}
