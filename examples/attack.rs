//! Attacks zilde with programs made at random: `cargo run --release --example attack -- --minutes 30`.
//!
//! Each program is made from a number, so that it can be made again. It is run with little memory and time. A finding is
//! a program after which the session is not as it should be: an INTERNAL ERROR, an answer of `2+2` that is not 4, more
//! memory or time than allowed, or the end of the process. Findings are made shorter and printed.
//!
//! Programs are run in a child process, which tells the number of each before it runs it; so the end of the process has
//! a number too. With `--soak` all programs run in one process, whose memory after each `)clear` is to level off. The
//! session may neither read nor write files, nor run other programs.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use zilde::Session;
use zilde::context::Silent;
use zilde::error::ErrorKind;

#[global_allocator]
static ALLOCATOR: zilde::CountingAllocator = zilde::CountingAllocator;

/// The workspace of each session.
const BUDGET: usize = 64 << 20;
/// What the process may take beyond it.
const BESIDES: usize = 64 << 20;
/// Programs between two clear workspaces.
const ROUND: u64 = 40;
/// Programs of a child process.
const BATCH: u64 = 4000;
/// How long a program may run.
const TIME: Duration = Duration::from_millis(400);
/// The processor time that may pass between two polls.
const NOTICE: Duration = Duration::from_millis(100);
/// The requests for memory that may be made between two polls, to take and give back what each of 65,536 elements needs,
/// three blocks each; they are counted in a build with debug assertions.
pub const REQUESTS: u64 = 6 << 16;

/// A source of numbers that are as good as random (SplitMix64).
pub struct Dice(u64);

impl Dice {
    /// The numbers that belong to this one.
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x2545_F491_4F6C_DD1D))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// One of these.
    pub fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// The primitive functions, and the operators that are functions too.
pub const PRIMITIVES: &[&str] = &[
    "+", "-", "×", "÷", "*", "⍟", "⌈", "⌊", "|", "!", "○", "~", "∧", "∨", "⍲", "⍱", "<", "≤", "=", "≥", ">", "≠", "?",
    "⍴", ",", "⍪", "⌽", "⊖", "⍉", "↑", "↓", "⊂", "⊃", "⊆", "⌷", "≡", "≢", "⊣", "⊢", "⍳", "⍸", "∊", "∪", "∩", "⍋", "⍒",
    "⍎", "⍕", "⊥", "⊤", "⌹", "⍷", "/", "⌿", "\\", "⍀",
];

/// Other functions, as they stand in a program.
const OTHERS: &[&str] = &["f", "g", "{⍵}", "{⍺⍵}", "{⍺←3 ⋄ ⍺+⍵}", "{0::⎕DM ⋄ ⍎⍵}", "(+/÷≢)", "(⊂⍋)", "(⊢+×)", "∇"];

static FUNCTIONS: LazyLock<Vec<&str>> = LazyLock::new(|| [PRIMITIVES, OTHERS].concat());

const SYSTEM: &[&str] = &[
    "⎕AT",
    "⎕C",
    "⎕CR",
    "⎕CSV",
    "⎕DR",
    "⎕DT",
    "⎕EA",
    "⎕EC",
    "⎕EX",
    "⎕FMT",
    "⎕FX",
    "⎕JSON",
    "⎕MAP",
    "⎕NC",
    "⎕NL",
    "⎕NR",
    "⎕NS",
    "⎕R",
    "⎕S",
    "⎕SIGNAL",
    "⎕SIZE",
    "⎕SS",
    "⎕UCS",
    "⎕VFI",
    "⎕VR",
    "⎕XML",
    "⎕NGET",
    "⎕FIX",
    "⎕OR",
];
const MONADIC: &[&str] = &["/", "⌿", "\\", "⍀", "¨", "⍨", "⌸", "∘.×", "∘.,", "&"];
const DYADIC: &[&str] = &["∘", ".", "⍤", "⍥", "⍣", "@", "⌺", "⍠"];
const VALUES: &[&str] = &[
    "0",
    "1",
    "¯1",
    "2",
    "3.5",
    "1E308",
    "¯1E308",
    "1E¯308",
    "0J1",
    "2J¯3",
    "1E15",
    "2147483647",
    "¯2147483648",
    "9007199254740993",
    "9223372036854775807",
    "¯9223372036854775808",
    "((0,2*62)⍴1)",
    "((0 2*62)⍴'')",
    "⍬",
    "''",
    "'a'",
    "'abc'",
    "'1+'",
    "'{⍵}'",
    "'⍎''1'''",
    "x",
    "y",
    "n",
    "n.a",
    "#",
    "⎕SE",
    "⎕NULL",
    "(⍳3)",
    "(⍳200)",
    "(2 3⍴⍳6)",
    "(0 3⍴0)",
    "(3 0⍴'')",
    "(⊂1 2)",
    "(⍳3)'ab'",
    "(⊂⍳0)",
    "(2 2⍴'ab'(⊂1 2)3 'x')",
    "(1e4⍴1 0)",
    "(1e5⍴'ab')",
    "(⍳1e5)",
    "(⊂⍣50⊢1 2)",
    "(?20⍴9)",
    "(15⍴1)",
    "(1e3 1e3⍴0)",
    "⎕A",
    "⎕D",
    "⎕AV",
    "⎕IO",
    "⎕TS",
    "⎕DMX",
    "⎕WA",
    "'[1,{\"a\":[2]}]'",
    "'<a b=\"c\">d</a>'",
    "'I5,⊂x⊃,F8.2'",
    "'(a|b)+'",
    "1e9",
    "¯1e9",
    "1e12",
];

/// The examples of the pages, to be changed.
pub fn examples() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md")
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                found.extend(text.lines().filter_map(|line| line.strip_prefix("      ")).map(str::to_string));
            }
        }
    }
    // What waits, leaves or asks is none.
    found.retain(|line| !["⎕DL", "⎕OFF", "⍞", "⎕SH", "⎕CMD", ")", "]"].iter().any(|word| line.contains(word)));
    found
}

/// The lines of a program.
pub fn program(number: u64, examples: &[String]) -> Vec<String> {
    let mut dice = Dice::new(number);
    (0..1 + dice.below(3)).map(|_| line(&mut dice, examples)).collect()
}

fn line(dice: &mut Dice, examples: &[String]) -> String {
    match dice.below(12) {
        0 => format!("{}←{}", dice.one(&["x", "y", "n", "⎕IO", "⎕CT", "⎕ML", "⎕PP"]), expression(dice, 3)),
        1 => format!("{}←{}", dice.one(&["f", "g"]), function(dice, 3)),
        2 => format!("({})←{}", selection(dice), expression(dice, 2)),
        3 => format!("x[{}]←{}", expression(dice, 1), expression(dice, 2)),
        4 => format!("x{}←{}", function(dice, 1), expression(dice, 2)),
        5 => "n←⎕NS⍬ ⋄ n.a←".to_string() + &expression(dice, 2),
        6 => format!(
            "⎕FX'r←{{l}}g w;x' 'r←{}' ':If 0∊w' 'r←{}' ':EndIf'",
            quoted(&expression(dice, 2)),
            quoted(&expression(dice, 1))
        ),
        7 if !examples.is_empty() => {
            let at = dice.below(examples.len());
            changed(dice, &examples[at])
        }
        8 => format!(
            "{{{}:{} ⋄ {}}}{}",
            expression(dice, 1),
            expression(dice, 2),
            expression(dice, 2),
            expression(dice, 1)
        ),
        _ => expression(dice, 4),
    }
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

fn selection(dice: &mut Dice) -> String {
    let of = dice.one(&["x", "y", "1⌽x", "2↑x", "⌽y", ",x", "⊃x", "2⊃y"]);
    format!("{}{of}", dice.one(&["", "1↑", "1↓", "⍉", "2⌷", "(x>1)/", "1⊃", "(⊂1 1)⌷", "⊃¨", "¯1↑¨"]))
}

fn expression(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.below(5) == 0 {
        return dice.one(VALUES).to_string();
    }
    let right = expression(dice, depth - 1);
    match dice.below(9) {
        0 => format!("{}({right})", dice.one(SYSTEM)),
        1 => format!("{} {}({right})", dice.one(VALUES), dice.one(SYSTEM)),
        2 => format!("({right})[{}]", expression(dice, depth - 1)),
        3 => format!("{}[{}]{right}", dice.one(&FUNCTIONS), dice.one(&["1", "0", "1.5", "⍬", "1 2", "'a'", "2"])),
        4 => format!("{}{right}", function(dice, depth - 1)),
        5 => format!("({right})({})", expression(dice, depth - 1)),
        _ => format!("({}){}{right}", expression(dice, depth - 1), function(dice, depth - 1)),
    }
}

fn function(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.below(3) == 0 {
        return dice.one(&FUNCTIONS).to_string();
    }
    let left = function(dice, depth - 1);
    match dice.below(6) {
        0 | 1 => format!("({left}{})", dice.one(MONADIC)),
        2 => format!(
            "({left}{}{})",
            dice.one(DYADIC),
            dice.one(&["1", "2", "¯1", "0 1", "=", "≡", "3 3", "⍳", "'IC' 1"])
        ),
        3 => format!("({left}{}{})", dice.one(DYADIC), function(dice, depth - 1)),
        4 => format!("({left} {})", function(dice, depth - 1)),
        _ => format!("({left} {} {})", function(dice, depth - 1), function(dice, depth - 1)),
    }
}

/// A line with a part left out, doubled, or exchanged for something else.
fn changed(dice: &mut Dice, line: &str) -> String {
    let mut chars: Vec<char> = line.chars().collect();
    for _ in 0..1 + dice.below(3) {
        let at = dice.below(chars.len().max(1)).min(chars.len());
        let to = (at + 1 + dice.below(4)).min(chars.len());
        match dice.below(4) {
            0 => drop(chars.drain(at..to)),
            1 => {
                let part = chars[at..to].to_vec();
                chars.splice(at..at, part);
            }
            2 => drop(chars.splice(at..to, dice.one(VALUES).chars())),
            _ => drop(chars.splice(at..at, dice.one(&FUNCTIONS).chars())),
        }
    }
    chars.into_iter().collect()
}

/// What bounds a run.
#[derive(Clone, Copy)]
pub enum Fuel {
    /// So many polls: the same each time.
    Polls(u64),
    /// Time.
    Time,
}

/// A session as attacks are run in.
pub fn session(fuel: Fuel) -> Session {
    let time = matches!(fuel, Fuel::Time).then_some(TIME);
    Session::builder().memory_limit(BUDGET).seed(Some(1)).time_limit(time).console(Box::new(Silent)).build()
}

/// Runs the lines of a program; what is wrong with the session then.
pub fn attack(session: &mut Session, lines: &[String], fuel: Fuel) -> Option<String> {
    for line in lines {
        session.context().bounds().measure();
        if let Fuel::Polls(count) = fuel {
            session.context().bounds().stop_at(Some(count));
        }
        let outcome = session.run(line);
        session.context().bounds().stop_at(None);
        if let Some(fault) = &outcome.last_error
            && fault.kind() == ErrorKind::Internal
        {
            return Some(format!("{fault}"));
        }
        let gap = session.context().bounds().measured();
        if matches!(fuel, Fuel::Time) && gap.time > NOTICE {
            return Some(format!("{} ms without a poll", gap.time.as_millis()));
        }
        if gap.requests > REQUESTS {
            return Some(format!("{} requests for memory without a poll", gap.requests));
        }
    }
    // System variables and names are as the program has left them; the answer does not depend on them.
    match session.eval("2+2") {
        Ok(four) if four.to_string() == "4" => None,
        Ok(other) => Some(format!("2+2 is {other}")),
        Err(fault) => Some(format!("2+2: {fault}")),
    }
}

/// A shorter program with which something is wrong still.
fn shortened(lines: &[String], fuel: Fuel) -> Vec<String> {
    let bad = |lines: &[String]| attack(&mut session(fuel), lines, fuel).is_some();
    let mut best = lines.to_vec();
    if !bad(&best) {
        return best;
    }
    for size in [8, 4, 2, 1] {
        for row in 0..best.len() {
            let mut at = 0;
            while at < best[row].chars().count() {
                let mut shorter = best.clone();
                shorter[row] = best[row].chars().take(at).chain(best[row].chars().skip(at + size)).collect();
                if bad(&shorter) {
                    best = shorter;
                } else {
                    at += size;
                }
            }
        }
    }
    best.retain(|line| !line.is_empty());
    best
}

/// The most memory that this process has had, in bytes; 0 where the system does not tell.
fn peak() -> usize {
    told("VmHWM:")
}

/// A number of bytes that the system tells of this process.
fn told(field: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).map_or(0, |kib| kib << 10)
}

/// Runs programs from a number on, and prints the number of each.
fn child(from: u64, count: u64) {
    let examples = examples();
    let mut out = std::io::stdout().lock();
    let mut running = session(Fuel::Time);
    for number in from..from + count {
        if number % ROUND == 0 {
            running.run(")clear");
            let _ = writeln!(out, "empty {}", told("VmRSS:") >> 20);
        }
        let before = peak();
        let _ = writeln!(out, "at {number}");
        let _ = out.flush();
        let lines = program(number, &examples);
        let mut wrong = attack(&mut running, &lines, Fuel::Time);
        if peak() > BUDGET + BESIDES && peak() > before {
            wrong = Some(format!("{} MiB", peak() >> 20));
        }
        if let Some(wrong) = wrong {
            let shorter = shortened(&lines, Fuel::Time);
            let _ = writeln!(out, "found {number}: {wrong}\n{}", shorter.join("\n"));
            running = session(Fuel::Time);
        }
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1)?.parse::<u64>().ok()
    };
    let from = number("--from").unwrap_or(1);
    if let Some(count) = number("--child") {
        let run = std::thread::Builder::new().stack_size(2 << 20).spawn(move || child(from, count));
        return if run.is_ok_and(|run| run.join().is_ok()) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let end = Instant::now() + Duration::from_secs(60 * number("--minutes").unwrap_or(1));
    // Without end there is one process, whose memory would show what is never given back.
    let batch = if words.iter().any(|word| word == "--soak") { u64::MAX / 2 } else { BATCH };
    let (mut next, mut found, mut programs, mut empty) = (from, 0, 0, Vec::new());
    while Instant::now() < end {
        let Ok(program_file) = std::env::current_exe() else { return ExitCode::FAILURE };
        let mut command = Command::new(program_file);
        command.args(["--child", &batch.to_string(), "--from", &next.to_string()]);
        let Ok(mut running) = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else {
            return ExitCode::FAILURE;
        };
        let mut last = next;
        for line in running.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()).map_while(Result::ok)
        {
            if let Some(number) = line.strip_prefix("at ") {
                last = number.parse().unwrap_or(last);
                programs += 1;
            } else if let Some(mebibytes) = line.strip_prefix("empty ") {
                empty.extend(mebibytes.parse::<usize>());
            } else {
                found += usize::from(line.starts_with("found"));
                println!("{line}");
            }
            if Instant::now() >= end {
                let _ = running.kill();
            }
        }
        let has_ended = running.wait().is_ok_and(|status| status.success());
        if !has_ended && Instant::now() < end {
            found += 1;
            println!("found {last}: the process has ended\n{}", program(last, &examples()).join("\n"));
        }
        next = last + 1;
    }
    let middle = empty.len() / 2;
    let most = |part: &[usize]| part.iter().max().copied().unwrap_or(0);
    println!("{programs} programs, {found} findings");
    println!("empty workspaces: at most {} MiB, and {} MiB in the second half", most(&empty), most(&empty[middle..]));
    if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
