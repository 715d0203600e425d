//! The session at a terminal: a pseudo-terminal types, and the test looks at the screen.
//!
//! Nothing waits for time to pass: each step waits until the screen shows what it should, and gives up only when that
//! has not come for far longer than any machine takes.

#![cfg(unix)]

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const GIVE_UP: Duration = Duration::from_secs(60);

/// What has been written to the terminal.
struct Shown {
    screen: vt100::Parser,
    bytes: Vec<u8>,
    ended: bool,
}

fn nonzero(n: u16) -> std::num::NonZero<u16> {
    n.try_into().unwrap()
}

struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    shown: Arc<(Mutex<Shown>, Condvar)>,
}

impl Terminal {
    /// A session on a terminal of so many columns and 24 lines.
    fn new(columns: u16, variables: &[(&str, &str)]) -> Terminal {
        Terminal::with(columns, variables, &[])
    }

    /// The same with arguments on the command line, in the folder of the repository.
    fn with(columns: u16, variables: &[(&str, &str)], arguments: &[&str]) -> Terminal {
        let size = PtySize { rows: 24, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_zilde"));
        command.args(["--max-ws", "256M"]);
        command.args(arguments);
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        command.env_clear();
        // A place for the history that is never there.
        command.env("XDG_DATA_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("terminal"));
        command.env("TERM", "xterm");
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = vt100::Parser::new(nonzero(24), nonzero(columns), 0);
        let shown = Arc::new((Mutex::new(Shown { screen, bytes: Vec::new(), ended: false }), Condvar::new()));
        let (mut output, keys) = (pair.master.try_clone_reader().unwrap(), pair.master.take_writer().unwrap());
        let seen = shown.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            loop {
                let read = output.read(&mut bytes).unwrap_or(0);
                let mut shown = seen.0.lock().unwrap();
                shown.screen.process(&bytes[..read]);
                shown.bytes.extend_from_slice(&bytes[..read]);
                shown.ended = read == 0;
                seen.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        let mut terminal = Terminal { master: pair.master, keys, child, shown };
        terminal.until(|screen| screen.ends_with("\n      "));
        terminal
    }

    fn types(&mut self, keys: &str) -> &mut Terminal {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        self
    }

    /// Waits until the screen is as wanted; gives its lines.
    fn until(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        let (lock, changed) = &*self.shown;
        let text = |shown: &Shown| shown.screen.screen().contents();
        let shown = lock.lock().unwrap();
        let waiting = |shown: &mut Shown| !wanted(&text(shown)) && !shown.ended;
        let (shown, _) = changed.wait_timeout_while(shown, GIVE_UP, waiting).unwrap();
        let text = text(&shown);
        assert!(wanted(&text), "the screen shows\n{text}");
        text
    }

    fn sees(&mut self, wanted: &str) -> String {
        self.until(|screen| screen.contains(wanted))
    }

    /// Waits until a line is exactly as wanted, but for blanks at its end.
    fn sees_line(&mut self, wanted: &str) -> String {
        self.until(|screen| screen.lines().any(|line| line.trim_end() == wanted))
    }

    /// Waits for the prompt. Keys that are not part of a line, as Ctrl-D, mean something to the editor alone.
    fn is_ready(&mut self) {
        self.until(|screen| screen.ends_with("\n      "));
    }

    /// Waits until the last line of the screen but the prompt is as wanted: from then on keys are read by the editor.
    fn prompts(&mut self, wanted: &str) -> String {
        self.until(|screen| screen.ends_with(&format!("\n{wanted}\n      ")))
    }

    fn resize(&mut self, columns: u16) {
        self.master.resize(PtySize { rows: 24, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
        self.shown.0.lock().unwrap().screen.screen_mut().set_size(nonzero(24), nonzero(columns));
    }

    /// Leaves; gives the exit code and everything that was written.
    fn leaves(mut self) -> (u32, String) {
        let (lock, changed) = &*self.shown;
        let shown = changed.wait_timeout_while(lock.lock().unwrap(), GIVE_UP, |shown| !shown.ended).unwrap().0;
        assert!(shown.ended, "it goes on, and the screen shows\n{}", shown.screen.screen().contents());
        let code = self.child.wait().unwrap().exit_code();
        (code, String::from_utf8_lossy(&shown.bytes).into_owned())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[test]
fn glyphs_are_typed_and_results_shown() {
    let mut terminal = Terminal::new(80, &[]);
    terminal.types("2 3`r`i6\r").sees_line("      2 3⍴⍳6");
    terminal.sees_line("4 5 6");
    terminal.types("1 2rho\t3\r").sees_line("      1 2⍴3");
    terminal.types(")off 4\r");
    assert_eq!(terminal.leaves().0, 4);
}

#[test]
fn a_backtick_tells_what_may_follow_and_what_may_not() {
    let mut terminal = Terminal::new(80, &[]);
    terminal.types("`\t");
    let list = terminal.sees("`z ⊂");
    assert!(list.contains("`r ⍴") && list.contains("`` ⋄"), "{list}");
    terminal.types("i3").sees("      ⍳3");
    terminal.types("`é").sees("`?⍳3");
    terminal.types("0").sees("      ⍳30");
    terminal.types("\r").sees("28 29 30");
}

#[test]
fn the_page_is_as_wide_as_the_terminal() {
    for columns in [30, 40, 200] {
        let mut terminal = Terminal::new(columns, &[]);
        terminal.types("⎕PW\r").sees_line(&columns.to_string());
        terminal.resize(57);
        terminal.types("⎕PW\r").sees_line("57");
        terminal.types("⎕PW←100 ⋄ 'set'\r").sees_line("set");
        terminal.resize(64);
        terminal.types("⎕PW\r").sees_line("100");
        terminal.types(")clear\r").sees_line("clear ws");
        terminal.types("⎕PW\r").sees_line("64");
    }
}

#[test]
fn unfinished_input_is_marked_and_indented() {
    for variables in [&[][..], &[("NO_COLOR", "1")]] {
        let mut terminal = Terminal::new(80, variables);
        terminal.types("f←{\r").sees_line("·");
        terminal.types("(`w\r1)\r}\r");
        terminal.sees_line("·       (⍵");
        terminal.sees_line("·         1)");
        terminal.types("f 7\r").sees_line("7 1");
        terminal.types("∇r←g x\rr←x+1\r").sees_line("[2]");
        terminal.types("∇\rg 9\r").sees_line("10");
        let screen = terminal.types("∇g\r").sees_line("[2]");
        assert!(screen.lines().any(|line| line.trim_end() == "[1]   r←x+1"), "{screen}");
        terminal.types("∇\r'in'⎕NS'g'\r∇in.g\rr←r×3\r").sees_line("[3]");
        terminal.types("∇\rin.g 9\r").prompts("30");
        // Ctrl-C drops what is open; keys typed right behind it are kept.
        terminal.types("h←{\r\u{3}:If 1\r'yes'\r:EndIf\r").prompts("yes");
        // A block is one entry of the history.
        terminal.types("\u{1b}[A").sees("      :If 1\n·       'yes'\n·       :EndIf");
        terminal.types("\u{3}⎕OFF 9\r");
        assert_eq!(terminal.leaves().0, 9);
    }
}

#[test]
fn lines_may_be_pasted() {
    let mut terminal = Terminal::new(80, &[]);
    terminal.types("\u{1b}[200~h←{\n  ⍵×2\n}\nh 21\u{1b}[201~").sees("h 21");
    terminal.types("\r").sees_line("42");
}

#[test]
fn what_runs_is_stopped_and_the_session_stays() {
    let mut terminal = Terminal::new(80, &[]);
    terminal.types("⎕←'begun' ⋄ {∇⍵}1\r").sees_line("begun");
    terminal.types("\u{3}").sees("INTERRUPT");
    terminal.types("2+2\r").sees_line("4");
    terminal.is_ready();
    terminal.types("\u{4}");
    assert_eq!(terminal.leaves().0, 0);
}

#[test]
fn a_suspended_function_is_looked_at_mended_and_goes_on() {
    let mut terminal = Terminal::new(80, &[("EDITOR", "sed -i s/n-3/n-2/")]);
    terminal.types("⊢⎕FX 'r←share n' 'd←n-3' 'r←12÷d'\r").sees_line("share");
    terminal.types("10+share 3\r").sees("share[2] r←12÷d");
    terminal.until(|screen| screen.ends_with("\n1*    "));
    terminal.types(")si\r").sees_line("#.share[2]*");
    terminal.types("n,d\r").sees_line("3 0");
    terminal.types("÷0\r").sees("      ÷0");
    terminal.types(")ed share\r");
    terminal.types("→1\r").sees_line("22");
    terminal.is_ready();
    // Ctrl-C suspends what runs; `→` ends it.
    terminal.types("loop←{\r∇⍵\r}\r⎕←'begun' ⋄ loop 1\r").sees_line("begun");
    terminal.types("\u{3}").sees("INTERRUPT");
    terminal.until(|screen| screen.ends_with("\n1*    "));
    terminal.types("⍵\r").sees_line("1");
    terminal.types("→\r");
    terminal.is_ready();
    // A dfn is mended too, and goes on at its line with what it had computed; an interrupted loop tells its line.
    terminal.types("half←{\rpart←⍵\rpart÷n-3\r}\rn←3\r").is_ready();
    terminal.types("1+half 8\r").sees("half[2]");
    terminal.types(")ed half\rn←4\r→⎕LC\r").sees_line("5");
    terminal.is_ready();
    terminal.types("⊢⎕FX 'turn n;i' '⎕←n' ':For i :In ⍳n' 'i←i' ':EndFor'\r").sees_line("turn");
    terminal.types("turn 123456789\r").sees_line("123456789");
    terminal.types("\u{3}").sees("turn[3] i←i");
    terminal.types("→\r").is_ready();
    terminal.types("share 2\rshare 2\r").sees("DOMAIN ERROR");
    terminal.until(|screen| screen.ends_with("\n2*    "));
    terminal.types(")reset\r");
    terminal.is_ready();
    terminal.types("share 2\r").sees("1*    ");
    terminal.types("\u{4}");
    assert_eq!(terminal.leaves().0, 0);
}

/// What a page shows of a session at a terminal: inputs, each with its prompt, what is shown then, and the next prompt.
fn session_of_page(page: &str) -> Vec<(String, String, String)> {
    let blocks = page.split("```terminal\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    let lines: Vec<&str> = blocks.flat_map(str::lines).collect();
    let is_input = |line: &str| {
        let prompt: String = line.chars().take(6).collect();
        let is_prompt = prompt.trim_end_matches(' ').trim_end_matches('*').chars().all(|c| c.is_ascii_digit());
        is_prompt && prompt.len() == 6 && line.chars().nth(6).is_some_and(|c| c != ' ')
    };
    let inputs: Vec<usize> = (0..lines.len()).filter(|&at| is_input(lines[at])).collect();
    let ends = inputs.iter().skip(1).copied().chain([lines.len()]);
    let prompt = |at: usize| lines.get(at).map_or("      ".to_owned(), |line| line.chars().take(6).collect());
    let part = |(at, end): (usize, usize)| {
        let shown = lines[at..end].join("\n");
        (lines[at].chars().skip(6).collect(), shown, prompt(end))
    };
    inputs.iter().copied().zip(ends).map(part).collect()
}

#[test]
fn the_suspended_session_of_the_page_is_what_happens() {
    let page = include_str!("../docs/debugging.md");
    let editor = ("EDITOR", "sed -i s/ordered-paid+charge/charge+ordered-paid/");
    let mut terminal = Terminal::with(100, &[editor], &["-i", "examples/debugging/owed.apl"]);
    let session = session_of_page(page);
    assert!(session.len() > 10, "{session:?}");
    for (input, shown, prompt) in session {
        terminal.types(&format!("{input}\r"));
        terminal.until(|screen| screen.ends_with(&format!("{shown}\n{prompt}")));
    }
}

#[test]
fn long_results_are_shown_in_part() {
    let mut terminal = Terminal::new(80, &[]);
    terminal.types("⍪⍳4000\r").sees_line("··· 3000 more lines; ]lines off shows all");
    terminal.types("]lines 5\r").sees_line("Was 1000");
    terminal.types("⍪1000×⍳7\r");
    let screen = terminal.sees_line("··· 2 more lines; ]lines off shows all");
    assert!(screen.contains("5000\n···"), "{screen}");
    terminal.types("⍪500×⍳5\r").sees("2500\n");
    terminal.types("]lines off\r").sees_line("Was 5");
    terminal.types("⍪3×⍳1100\r").sees_line("3300");
}

#[test]
fn arrays_are_aligned_by_the_columns_of_their_characters() {
    let mut terminal = Terminal::new(80, &[]);
    terminal.types("'川上' 'x'\r").sees("┌────┬─┐\n│川上│x│\n└────┴─┘");
    terminal.types("]box off\r").sees_line("Was ON");
    terminal.types("2 2⍴'川上' 5 'abc' 6\r").sees(" 川上  5\n abc   6");
}

#[test]
fn a_dumb_terminal_gets_no_escape_codes() {
    let mut terminal = Terminal::new(60, &[("TERM", "dumb")]);
    terminal.types("2 2`r`i4\n").sees_line("3 4");
    terminal.is_ready();
    terminal.types("`é\n").sees("did nothing");
    terminal.is_ready();
    terminal.types("f←{\n").sees("·");
    terminal.types("`w+1\n}\nf 41\n").sees("42");
    // Ctrl-C at the prompt gives up what is open.
    terminal.is_ready();
    terminal.types("g←{\n").sees("g←{\n·");
    terminal.types("\u{3}").until(|screen| screen.ends_with("\n      "));
    terminal.types("⎕PW\n").sees_line("60");
    terminal.is_ready();
    terminal.types("1 2+1 2 3\n").sees("axis 1 is 2 against 3");
    terminal.is_ready();
    terminal.types("'you said ',`{\nhello\n").sees("you said hello");
    terminal.is_ready();
    terminal.types("⎕←'begun' ⋄ {∇⍵}1\n").sees("\nbegun");
    terminal.types("\u{3}").sees("INTERRUPT");
    terminal.is_ready();
    terminal.types(")off 5\n");
    let (code, text) = terminal.leaves();
    assert_eq!(code, 5);
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn without_colours_no_colours_are_sent() {
    let mut terminal = Terminal::new(80, &[("NO_COLOR", "1")]);
    terminal.types("'a' ⍝ b\r1 2+1 2 3\r").sees("axis 1 is 2 against 3");
    terminal.is_ready();
    terminal.types("\u{4}");
    let (_, text) = terminal.leaves();
    for code in text.split("\u{1b}[").skip(1) {
        let end = code.find(|c: char| c.is_ascii_alphabetic()).unwrap();
        assert_ne!(&code[end..end + 1], "m", "{text:?}");
    }
}

/// A program with an error whose cause lies before it: the total of a list of orders, one of which has no price.
const ORDERS: &str = "total←{\rprices←⍺[⍵]\rparts←+\\prices\r100÷¯1↑parts-prices\r}\r";

#[test]
fn a_trace_is_walked_forward_and_back() {
    let mut terminal = Terminal::new(100, &[("NO_COLOR", "1")]);
    terminal.types(ORDERS).is_ready();
    terminal.types("r←5\r").is_ready();
    terminal.types("0 5 9 total 1\r").sees("]trace shows step by step how it came to this");
    // The last input again.
    terminal.types("]trace\r").sees("→ calls total");
    // Into the call, and on to the last part before the error.
    terminal.types("\x1b[B").sees("1 call deep");
    terminal.types("e").sees("DOMAIN ERROR: Divide by zero");
    let screen = terminal.types("\x1b[D").sees("¯1↑parts-prices");
    assert!(screen.contains("prices") && screen.contains("names"), "{screen}");
    // Back to the first step, and to the change of a name.
    terminal.types("g").sees("step 2 of");
    terminal.types("cprices\r").sees("prices is now");
    terminal.types("cnosuch\r").sees("no change of nosuch comes behind this step");
    // On to another one, and back to that.
    terminal.types("cparts\r").sees_line("parts is now");
    let screen = terminal.types("Cprices\r").sees_line("prices is now");
    assert!(screen.contains("parts←+\\prices") && screen.contains("  ⍺  "), "{screen}");
    terminal.types("o").sees("step");
    // Leaving it in the middle leaves the session as it was, with the function that the error has suspended.
    terminal.types("q").until(|screen| screen.ends_with("\n1*    "));
    terminal.types(")reset\r").is_ready();
    terminal.types("r\r").prompts("5");
    terminal.types("]trace r+1\r").sees("integer, a scalar");
    terminal.types("\u{3}").is_ready();
    terminal.types("2+2\r").sees_line("4");
}

#[test]
fn a_trace_of_what_never_ends_is_interrupted_and_shown() {
    let mut terminal = Terminal::new(100, &[]);
    terminal.types("'begun' ⋄ 1\r").sees_line("begun");
    terminal.types("]trace {⍵≡5:⎕←⌽'gninnur' ⋄ 1}5 ⋄ {∇⍵+1}0\r").sees("running");
    terminal.types("\u{3}").sees("→ next");
    terminal.types("G").sees("step");
    terminal.types("q").is_ready();
    terminal.types("⍞ ⋄ 'after'\rx\r").sees_line("after");
}

#[test]
fn what_takes_long_tells_for_how_long_and_how_far_it_is() {
    let mut terminal = Terminal::new(100, &[]);
    terminal.types("]suspend off\r").sees_line("Was on");
    terminal.types(":For i :In ⍳1000000000\rj←i\r:EndFor\r").sees("of 1000000000");
    terminal.sees("Ctrl-C stops it");
    terminal.types("\u{3}").is_ready();
    let screen = terminal.types("'over'\r").sees_line("over");
    assert!(!screen.contains("stops it"), "{screen}");
    // What is written meanwhile stands on lines of its own.
    terminal.types("{⎕←'line' ⋄ ∇ ⍵⊣⎕DL 1.2}0\r").sees("stops it");
    terminal.sees("line\nline");
    terminal.types("\u{3}").is_ready();
    let screen = terminal.types("'over'\r").sees("over");
    assert!(!screen.contains("stops it"), "{screen}");
}
