//! Tests of pictures: their parts are counted, and odd data are drawn.

use super::*;
use crate::Session;

/// The picture of an expression.
fn picture(session: &mut Session, options: &str, expression: &str) -> Result<Picture> {
    let value = session.eval(expression)?;
    let (options, rest) = parse(options).expect("options");
    assert_eq!(rest, "");
    Picture::new(session.context(), &value, &options)
}

fn svg(options: &str, expression: &str) -> String {
    let mut session = Session::new();
    let picture = picture(&mut session, options, expression).unwrap();
    picture.svg(session.context()).unwrap()
}

fn text(options: &str, expression: &str) -> String {
    let mut session = Session::new();
    let picture = picture(&mut session, options, expression).unwrap();
    picture.text(session.context(), false).unwrap()
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

/// The points of the first line of an SVG.
fn points_of_line(svg: &str) -> Vec<(f64, f64)> {
    let line = svg.split("<polyline").find(|part| part.contains("stroke-width=\"2\"")).expect("a line");
    let points = line.split("points=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("points");
    let number = |text: &str| text.parse().expect("a number");
    points
        .split_whitespace()
        .map(|point| point.split_once(',').map(|(x, y)| (number(x), number(y))).expect("a point"))
        .collect()
}

#[test]
fn lines_go_through_their_points() {
    let points = points_of_line(&svg("", "0 10 5"));
    assert_eq!(points.len(), 3);
    // From left to right in equal steps; the second number is highest, and y is counted from the top.
    assert!((points[1].0 - points[0].0 - (points[2].0 - points[1].0)).abs() <= 1.0, "{points:?}");
    assert!(points[1].1 < points[2].1 && points[2].1 < points[0].1, "{points:?}");
    let middle = (points[0].1 + points[1].1) / 2.0;
    assert!((points[2].1 - middle).abs() <= 1.0, "{points:?}");
    assert_eq!(count(&svg("", "(1 2 3)(3 2 1)(2 2 2)"), "stroke-width=\"2\""), 3);
    assert_eq!(count(&svg("-kind=lines", "2 5⍴⍳10"), "stroke-width=\"2\""), 2);
}

#[test]
fn points_and_bars_are_counted() {
    assert_eq!(count(&svg("-kind=scatter", "5 2⍴⍳10"), "<circle"), 5);
    assert_eq!(count(&svg("-kind=scatter", "⊂(1 2 3)(4 5 6)"), "<circle"), 3);
    let inked = |svg: &str| count(svg, "fill=\"#0072B2\"");
    assert_eq!(inked(&svg("-kind=bars", "3 1 4 1 5")), 5);
    // Texts in front name the bars.
    let named = svg("", "('Mon' 'Tue' 'Wed')(3 1 2)");
    assert!(inked(&named) == 3 && ["Mon", "Tue", "Wed"].iter().all(|day| named.contains(day)), "{named}");
    assert_eq!(inked(&svg("-kind=histogram -bins=4", "1 1 2 3 4 4 4 5")), 4);
}

#[test]
fn a_histogram_counts() {
    let mut session = Session::new();
    let picture = picture(&mut session, "-kind=histogram -bins=4", "0 1 1 2 2.5 3 4 4").unwrap();
    let Plot::Chart(chart) = &picture.plot else { panic!("no chart") };
    assert_eq!(chart.series[0].points, [(0.5, 1.0), (1.5, 2.0), (2.5, 2.0), (3.5, 3.0)]);
}

#[test]
fn titles_and_names_are_written() {
    let svg = svg("-title='The <title>' -x=time -y=place -names=left,right", "(1 2)(2 1)");
    for text in ["The &lt;title&gt;", "time", "place", "left", "right"] {
        assert!(svg.contains(text), "{text}");
    }
    let text = text("-title=Title -x=time -y=place -names=left,right", "(1 2)(2 1)");
    for word in ["Title", "time", "place", "⣿ left", "⣿ right"] {
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn heat_maps_have_a_cell_for_each_number() {
    let map = svg("", "2 3⍴⍳6");
    // The lowest and the highest number have the first and the last colour, which the scale shows too.
    assert!(count(&map, "#440154") >= 2 && count(&map, "#FDE725") >= 2, "{map}");
    assert_eq!(chart::heat(0.0), (68, 1, 84));
    assert_eq!(chart::heat(1.0), (253, 231, 37));
    let grid = Grid { rows: 4, columns: 4, values: (0..16).map(f64::from).collect(), origin: 1.0 };
    let few = chart::condensed(Session::new().context(), &grid, (2, 2)).unwrap();
    assert_eq!((few.rows, few.columns, few.values), (2, 2, vec![2.5, 4.5, 10.5, 12.5]));
    assert_eq!(text("", "2 2⍴0 1 2 4"), "  ░░\n▒▒██\nlight 0 to 4\n");
}

#[test]
fn images_are_enlarged_and_keep_their_samples() {
    let mut session = Session::new();
    let picture = picture(&mut session, "", "2 2 3⍴255 0 0 0 255 0 0 0 255 255 255 255").unwrap();
    let png = picture.png(session.context()).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut bytes).unwrap();
    assert_eq!((frame.width, frame.height), (320, 320));
    let at = |x: usize, y: usize| &bytes[3 * (320 * y + x)..][..3];
    assert_eq!(
        (at(0, 0), at(319, 0), at(10, 200), at(200, 200)),
        (&[255, 0, 0][..], &[0, 255, 0][..], &[0, 0, 255][..], &[255; 3][..])
    );
    assert!(picture.svg(session.context()).unwrap().contains("data:image/png;base64,"));
    assert_eq!(text("-kind=image", "2 2⍴0 100 200 255"), "  ░░\n▓▓██\n");
    // Samples from 0 to 1.
    assert_eq!(text("-kind=image", "1 3⍴0 0.5 1"), "  ▒▒██\n");
}

#[test]
fn nothing_and_extremes_are_drawn() {
    let extremes = [
        "⍬",
        "0 3⍴0",
        "3 0⍴0",
        "(⍬)(⍬)",
        "5",
        "3⍴7",
        "3⍴0",
        "¯1.7E308 1.7E308",
        "1E¯320 2E¯320",
        "1 1E300",
        "(1E308+1E292×⍳5)",
        "2 2⍴¯1.7E308 1.7E308",
        "2 2⍴5",
        "⊂(1E300 ¯1E300)(1 2)",
        "1,1000⍴0",
    ];
    for expression in extremes {
        for kind in ["lines", "scatter", "bars", "histogram", "heat"] {
            let mut session = Session::new();
            let options = format!("-kind={kind}");
            // A nested array is no matrix.
            let Ok(picture) = picture(&mut session, &options, expression) else {
                assert!(kind == "heat" && expression.contains("("), "{kind} {expression}");
                continue;
            };
            let context = session.context();
            let svg = picture.svg(context).unwrap_or_else(|fault| panic!("{kind} {expression}: {fault}"));
            assert!(svg.contains("</svg>") && !svg.contains("NaN") && !svg.contains("inf"), "{kind} {expression}");
            picture.png(context).unwrap_or_else(|fault| panic!("{kind} {expression}: {fault}"));
            let text = picture.text(context, true).unwrap_or_else(|fault| panic!("{kind} {expression}: {fault}"));
            assert!(!text.contains("NaN") && !text.contains("inf"), "{kind} {expression}: {text}");
        }
    }
}

#[test]
fn what_has_no_picture_is_an_error() {
    use crate::ErrorKind::{Domain, Length, Limit, Rank};
    for (options, expression, kind) in [
        ("", "'text'", Domain),
        ("", "1 'a'", Domain),
        ("-kind=image", "0 0 3⍴0", Length),
        ("-kind=image", "3 4 4 4⍴0", Rank),
        ("-kind=image", "5 5 7⍴0", Length),
        ("-kind=heat", "2 2 2⍴0", Rank),
        ("", "⊂(1 2)(1 2 3)", Length),
        ("-kind=lines", "101 2⍴0", Limit),
        ("", "2 3 4 5⍴0", Rank),
    ] {
        let error = picture(&mut Session::new(), options, expression).err().map(|fault| fault.kind());
        assert_eq!(error, Some(kind), "{options} {expression}");
    }
}

#[test]
fn many_points_are_thinned() {
    let mut session = Session::new();
    session.eval("x←1000000⍴3 1 4 1 5 9 2 6").unwrap();
    let lines = picture(&mut session, "", "x").unwrap();
    let points = points_of_line(&lines.svg(session.context()).unwrap());
    assert!(points.len() < 4000, "{}", points.len());
    let (low, high) =
        points.iter().fold((f64::MAX, 0.0_f64), |(low, high), point| (low.min(point.1), high.max(point.1)));
    // The extremes are there.
    assert!(high - low > 250.0, "{low} {high}");
    let scatter = picture(&mut session, "-kind=scatter", "⊂x(⌽x)").unwrap();
    assert!(scatter.is_heavy() && scatter.svg(session.context()).unwrap().len() < 1_000_000);
    let heat = picture(&mut session, "", "1000 1000⍴x").unwrap();
    assert!(heat.svg(session.context()).unwrap().len() < 1_000_000);
}

#[test]
fn pictures_can_be_interrupted_and_have_a_limit() {
    let mut session = Session::builder().memory_limit(1 << 22).build();
    assert_eq!(picture(&mut session, "", "200000⍴1.5").err().map(|fault| fault.kind()), Some(crate::ErrorKind::WsFull));
    let mut session = Session::new();
    let value = session.eval("⍳1E6").unwrap();
    session.interrupt_handle().raise();
    let picture = Picture::new(session.context(), &value, &Options::default());
    let drawn = picture.and_then(|picture| picture.svg(session.context()));
    assert_eq!(drawn.err().map(|fault| fault.kind()), Some(crate::ErrorKind::Interrupt));
}

#[test]
fn the_function_shows_and_writes() {
    use crate::host::TemporaryFolder;
    let folder = TemporaryFolder::new().unwrap();
    let rights = crate::Rights::none().write(folder.path());
    let mut session = Session::builder().rights(rights).build();
    for (name, begin) in [("a.svg", &b"<svg"[..]), ("a.png", b"\x89PNG")] {
        let file = folder.path().join(name);
        let bytes = session.eval(&format!("'-kind=bars -to={}'⎕SE.plot 3 1 2", file.display())).unwrap();
        let written = std::fs::read(&file).unwrap();
        assert!(written.starts_with(begin) && bytes.to_string() == written.len().to_string());
    }
    session.eval("options←⎕NS''\noptions.(kind names size)←'lines'('a' 'b')(300 200)").unwrap();
    session.eval(&format!("options.to←'{}'", folder.path().join("b.svg").display())).unwrap();
    session.eval("options ⎕SE.plot(1 2)(2 1)").unwrap();
    let svg = std::fs::read_to_string(folder.path().join("b.svg")).unwrap();
    assert!(svg.contains("width=\"300\" height=\"200\"") && count(&svg, "stroke-width=\"2\"") == 2);
    assert!(session.eval("'-to=/elsewhere/x.svg'⎕SE.plot 1 2").is_err());
    assert_eq!(session.eval("'-kind=pie'⎕SE.plot 1").unwrap_err().kind(), crate::ErrorKind::Domain);
}
