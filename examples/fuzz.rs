//! Gives every reader of zilde damaged input: `cargo run --release --example fuzz -- --minutes 10`.
//!
//! A target is a reader with some good input. The input is changed at random, each time made from a number, so that it
//! can be made again, and read. A reader must end in a value or a named error, without a panic or an INTERNAL ERROR, and
//! leave a session in which `2+2` is 4; while it reads it must poll. `--only json` runs the targets whose names contain the
//! text. Findings are printed with the number and the input, and kept out of the session that goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use zilde::context::Silent;
use zilde::error::ErrorKind;
use zilde::syntax::{grammar, token};
use zilde::{Rights, Session};

#[allow(dead_code)]
#[path = "attack.rs"]
mod attack;

use attack::{Dice, REQUESTS};

/// A reader.
pub struct Target {
    /// What it is called.
    pub name: &'static str,
    /// Good input.
    corpus: &'static [&'static str],
    reader: Reader,
}

/// How input is read.
enum Reader {
    /// By a function of Rust.
    Rust(fn(&str)),
    /// By lines of APL, where `x` is the text.
    Text(&'static [&'static str]),
    /// By lines of APL, where `FILE` is the name of a file with this extension, which holds the bytes. The corpus are
    /// lines that make such a file.
    File(&'static str, &'static [&'static str]),
    /// By the tester.
    Tests(&'static str),
}

/// All readers.
pub const TARGETS: &[Target] = &[
    Target { name: "tokens", corpus: CODE, reader: Reader::Rust(|text| drop(token::tokens(text))) },
    Target { name: "grammar", corpus: CODE, reader: Reader::Rust(|text| drop(grammar::parse(text))) },
    Target { name: "lines", corpus: CODE, reader: Reader::Rust(|text| drop(grammar::open_brackets(text))) },
    Target { name: "execute", corpus: CODE, reader: Reader::Text(&["⍎x"]) },
    Target { name: "session", corpus: CODE, reader: Reader::Text(&[]) },
    Target {
        name: "fix",
        corpus: DEFINITIONS,
        reader: Reader::Text(&["⎕FX x", "⎕FX(⎕UCS 10)(≠⊆⊢)x", "f 1", "⎕VR'f'"]),
    },
    Target {
        name: "script", corpus: SCRIPTS, reader: Reader::Text(&["2 ⎕FIX(⎕UCS 10)(≠⊆⊢)x", "⎕FIX(⎕UCS 10)(≠⊆⊢)x"])
    },
    Target {
        name: "json",
        corpus: JSON,
        reader: Reader::Text(&["1 ⎕JSON ⎕JSON x", "⎕JSON⍠'Dialect' 'JSON5'⊢x", "⎕JSON⍠'Format' 'M'⊢x"]),
    },
    Target {
        name: "csv",
        corpus: CSV,
        reader: Reader::Text(&["⎕CSV x 'S'", "⎕CSV x 'S' 4 1", "⎕CSV⍠'Invert' 1⊢x 'S'"]),
    },
    Target { name: "xml", corpus: XML, reader: Reader::Text(&["⎕XML ⎕XML x", "⎕XML⍠'Markup' 'Preserve'⊢x"]) },
    Target {
        name: "regex",
        corpus: PATTERNS,
        reader: Reader::Text(&["x ⎕S'&'⊢'an (odd) text, 12 34'", "x ⎕R'\\1-&'⊢'an (odd) text'", "'t(.)'⎕R x⊢'text'"]),
    },
    Target {
        name: "fmt",
        corpus: FORMATS,
        reader: Reader::Text(&["x ⎕FMT 1 ¯2.5 1000000", "x ⎕FMT(2 2⍴⍳4)'text'", "x ⎕FMT ⍬"]),
    },
    Target { name: "verify", corpus: NUMBERS, reader: Reader::Text(&["⎕VFI x", "','⎕VFI x", "⍕⍣¯1⊢x"]) },
    Target {
        name: "date",
        corpus: DATES,
        reader: Reader::Text(&["x(1200⌶)1 ⎕DT'J'", "x(1200⌶)45000.5", "60 ⎕DT⊂⍎'0',x∩⎕D,' '"]),
    },
    Target {
        name: "names",
        corpus: NAMES,
        reader: Reader::Text(&["⎕NC x", "⎕NL x", "⎕EX x", "⎕NS x", "⎕AT x", "⎕CR x"]),
    },
    Target { name: "commands", corpus: COMMANDS, reader: Reader::Text(&[]) },
    Target {
        name: "file text",
        corpus: TEXT_FILES,
        reader: Reader::File("txt", &["⎕NGET'FILE'", "⎕NGET'FILE' 1", "⎕CSV'FILE'"]),
    },
    Target { name: "npy", corpus: NPY, reader: Reader::File("npy", &["⎕SE.file.npy'FILE'"]) },
    Target { name: "npz", corpus: NPZ, reader: Reader::File("npz", &["⎕SE.file.npz'FILE'"]) },
    Target { name: "wav", corpus: WAV, reader: Reader::File("wav", &["⎕SE.file.wav'FILE'"]) },
    Target { name: "workspace", corpus: WORKSPACES, reader: Reader::File("zws", &[")load FILE", ")copy FILE a f"]) },
    Target {
        name: "component file",
        corpus: COMPONENTS,
        reader: Reader::File("dcf", &["'FILE'⎕FTIE 1", "⎕FREAD 1 1", "⎕FSIZE 1"]),
    },
    Target {
        name: "source file",
        corpus: SOURCES,
        reader: Reader::File("apln", &["2 ⎕FIX'file://FILE'", "]get FILE"]),
    },
    Target { name: "transcript", corpus: TRANSCRIPTS, reader: Reader::Tests("aplt") },
    Target { name: "document", corpus: DOCUMENTS, reader: Reader::Tests("md") },
    Target { name: "program", corpus: PROGRAMS, reader: Reader::Tests("apl") },
];

const CODE: &[&str] = &[
    "a←{⍺←1 ⋄ ⍵=0:⍺ ⋄ (⍺×⍵)∇⍵-1}5 ⋄ b←'it''s' ⋄ ¯1.5E¯3J2+.×⍨⍳3 ⍝ end",
    "x[1;]+←2 3⍴⍳6 ⋄ (a b)←⌽1 2 ⋄ ((⍳2)⌷x)←'ab' ⋄ +/¨{⍺⍵}⌸x",
    "f←+⍤1 0∘.×⍣¯1⍥≢@2 ⋄ {0::⎕DM ⋄ ÷⍵}0 ⋄ (⊂⍋)⌷⊢",
    "n←⎕NS⍬ ⋄ n.(a b)←1 2 ⋄ n.a+n.b ⋄ (1 2⋄3 4) ⋄ [1 2⋄3 4] ⋄ (a:1⋄b:'c')",
    ":If 1\n:For i :In ⍳3\ni\n:EndFor\n:Else\n→0\n:EndIf",
    "∇r←{l}f w;t\n:Trap 0\nr←w÷0\n:Else\nr←⎕EN\n:EndTrap\n∇\nf 1",
    "\"quoted\" ⋄ `a ⋄ 1 2 3[2] ⋄ {⍵⍵ ⍺⍺ ⍵} ⋄ #.a ⋄ ##.b ⋄ ⎕SE ⋄ ⍞←1 ⋄ ⎕←2",
];
const DEFINITIONS: &[&str] = &[
    "r←{l}f w;t;⎕IO\n;u;v\nL:t←w\n→(t>3)/L\n:While t<5 ⋄ t+←1 ⋄ :EndWhile\nr←t",
    "r←(a f b)w\n:Select w\n:Case 1\nr←2\n:CaseList 3 4\nr←5\n:Else\nr←0\n:EndSelect",
    "f←{\n⍵=0:1\n⍺←2 ⋄ ⍺∇⍵-1\n}",
    "(a b)←f(c d)\n:Repeat\na←b←1\n:Until a=1\n:AndIf b=1\n:With #\n:EndWith",
];
const SCRIPTS: &[&str] = &[
    ":Namespace a\n⎕IO←0\n∇ r←f x\n r←x\n∇\ng←{\n⍵+1\n}\n:Namespace b\nx←1\n:EndNamespace\n:EndNamespace",
    ":Require file://none.apln\n∇f\n1\n∇\n:Section s\nv←2\n:EndSection",
];
const JSON: &[&str] = &[
    r#"{"a":[1,-2.5e-3,true,false,null],"b c":{"d":"\u00e9\ud83d\ude00\n"},"":[]}"#,
    "[[],[[1]],{},\"x\",0]",
    "{a:1,'b':0x1F,/*c*/d:[+1,.5,NaN,],}//e",
];
const CSV: &[&str] =
    &["a,b,c\r\n1,\"two \"\"quoted\"\"\",3.5\r\n,,\r\n-4,\"five\nsix\",7", "x\n\n\"y\"\n", "1;2;3\n4;5"];
const XML: &[&str] = &[
    "<?xml version=\"1.0\"?><!-- c --><a b=\"1\" c='&lt;'>text<d/>&#233;<![CDATA[<e>]]></a>",
    "<a><b>1</b><b>2</b><c x=\"y\"/></a>",
];
const PATTERNS: &[&str] = &[
    r"(?i)(a|b)+?c{2,3}[^d-f]\w\d\s\b(?<n>x)\1(?=y)(?!z)(?:w)*",
    r"^(.*)\((\w+)\)$|t(?<=x)e?+|[[:alpha:]]{1,}\x41\Q.\E",
    r"\u&\l\0\1%\n\r\t\x{41}",
];
const FORMATS: &[&str] =
    &["I5,⊂ x ⊃,F8.2,E12.4", "3A1,X2,T20,G⊂99/99⊃,K3BCLI6", "2(I3,(F4.1,X1)),M⊂(⊃N⊂)⊃I9,R⊂*⊃S⊂.,⊃F9.3"];
const NUMBERS: &[&str] = &["1 ¯2.5 3E4 x 1J2 .5 1e400", "12,-3,,4.5E¯2,0x1F", "  7  "];
const DATES: &[&str] =
    &["%ISO%", "YYYY-MM-DD hh:mm:ss.fff", "DDD, DDOO MMM YYYY __hh 'at' \"x\" __de__", "2024 2 29 23 59 60"];
const NAMES: &[&str] = &["a", "a.b.c", "⎕IO", "#.x ##.y", "2 3 4", "Ünïcode_∆⍙1"];
const COMMANDS: &[&str] = &[
    ")vars",
    ")erase a b",
    "]box on -style=max -trains=tree",
    "]rows on -fold=3",
    ")wsid x",
    "]display 1 2⍴'a'",
    ")ed f",
    "]explain +/⍳3",
    ")help ⍋",
    "]lines 5",
];
const TEXT_FILES: &[&str] = &["(⊂'é1,2',(⎕UCS 13 10),'\"x\"')⎕NPUT'FILE'", "(⊂'ab')'UTF-16LE-BOM'⎕NPUT'FILE'"];
const NPY: &[&str] = &["(2 3⍴⍳6)⎕SE.file.npy'FILE'", "1.5 1J2 ⎕SE.file.npy'FILE'", "(1 0 1)⎕SE.file.npy'FILE'"];
const NPZ: &[&str] = &["('w' 'bias')((2 3⍴0.5×⍳6)(1 2 3))⎕SE.file.npz'FILE'", "(⍬ ⍬)⎕SE.file.npz'FILE'"];
const WAV: &[&str] = &["((2 100⍴¯0.5+(⍳200)÷400)44100)⎕SE.file.wav'FILE'", "((0 0.5 ¯0.5)8000)⎕SE.file.wav'FILE'"];
const WORKSPACES: &[&str] = &[
    "a←'text'(⍳9)(1 2⍴3.5) ⋄ f←{⍵+1} ⋄ n←⎕NS⍬ ⋄ n.a←5 ⋄ n.m←⎕NS⍬ ⋄ n.m.g←f\n)save FILE -force",
    "⎕FX'r←a f w' 'r←a+w'\n⎕IO←0\n)save FILE -force",
];
const COMPONENTS: &[&str] = &["'FILE'⎕FCREATE 1 ⋄ 'one'(2 3⍴⍳6)⎕FAPPEND 1 ⋄ (⊂1 2)⎕FAPPEND 1 ⋄ ⎕FUNTIE 1"];
const SOURCES: &[&str] =
    &["(⊂':Namespace q' '∇r←f x' 'r←x' '∇' 'y←1' ':EndNamespace')⎕NPUT'FILE'", "(⊂'g←{' '⍵+1' '}')⎕NPUT'FILE'"];
const TRANSCRIPTS: &[&str] = &[
    "      1+1\n2\n\n⍝! pp 3\n      ÷3\n0.333\n      1÷0\nDOMAIN ERROR: Divide by zero\n      1÷0\n       ∧\n",
    "⍝! match /.*/\n      ⎕←'x'\nx\n⍝! error DOMAIN\n      ÷0\n",
];
const DOCUMENTS: &[&str] = &["# A\n\n```apl\n      ⍳3\n1 2 3\n```\n\n- b\n\n  ~~~~ apl\n        2\n  2\n  ~~~~\n"];
const PROGRAMS: &[&str] = &["x←1 2 3 ⍝→\nx+1     ⍝→ 2 3 4\n⍝! xfail why\n÷0\n⍝→ DOMAIN ERROR\n"];

/// What a damaged text may get in addition.
const PIECES: &[&str] = &[
    "",
    "'",
    "\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "&",
    ";",
    ":",
    "\\",
    "\n",
    "\r",
    "\0",
    "\u{1e}",
    "\u{feff}",
    "⍝",
    "∇",
    "⋄",
    "9999999999",
    "1E999",
    "¯",
    "-1",
    "0",
    "\u{10ffff}",
    "⍎",
    "⍵",
    "((((((((",
    "{{{{{{{{",
    "[[[[[[[[",
    "\\1",
    "{9999}",
    "%s",
    "..",
    "/",
];

/// Runs targets in a folder of its own.
pub struct Bench {
    session: Session,
    folder: PathBuf,
}

impl Bench {
    /// In this folder, which must exist.
    pub fn new(folder: &Path) -> Bench {
        Bench { session: session(folder), folder: folder.to_owned() }
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.folder.join("input").with_extension(extension)
    }

    /// The good inputs of a target.
    pub fn good(&mut self, target: &Target) -> Vec<Vec<u8>> {
        target.corpus.iter().map(|good| self.made(target, good)).collect()
    }

    /// The input of a target with this number.
    pub fn input(&mut self, target: &Target, number: u64) -> Vec<u8> {
        let mut dice = Dice::new(number);
        let good = self.made(target, dice.one(target.corpus));
        damaged(&mut dice, good)
    }

    fn made(&self, target: &Target, good: &str) -> Vec<u8> {
        let Reader::File(extension, _) = target.reader else { return good.as_bytes().to_vec() };
        let path = self.path(extension);
        let _ = std::fs::remove_file(&path);
        let name = path.with_extension(if extension == "zws" { "" } else { extension });
        session(&self.folder).run(&good.replace("FILE", name.to_str().unwrap_or_default()));
        std::fs::read(&path).unwrap_or_default()
    }

    /// Reads an input; what is wrong then.
    pub fn read(&mut self, target: &Target, input: &[u8]) -> Option<String> {
        let text = String::from_utf8_lossy(input).into_owned();
        match &target.reader {
            Reader::Rust(read) => catch_unwind(|| read(&text)).is_err().then(|| "a panic".to_owned()),
            Reader::Text(lines) => {
                // It may stand for a function by now.
                self.session.run(")erase x");
                if let Err(fault) = self.session.set("x", &*text) {
                    return Some(fault.to_string());
                }
                match lines.is_empty() {
                    true => self.run(&[text]),
                    false => self.run(&lines.iter().map(|line| line.to_string()).collect::<Vec<_>>()),
                }
            }
            Reader::File(extension, lines) => {
                let path = self.path(extension);
                if std::fs::write(&path, input).is_err() {
                    return Some("the folder is gone".to_owned());
                }
                let name = path.to_str().unwrap_or_default().to_owned();
                let lines: Vec<String> = lines.iter().map(|line| line.replace("FILE", &name)).collect();
                self.run(&lines)
            }
            Reader::Tests(extension) => {
                let path = self.path(extension);
                if std::fs::write(&path, input).is_err() {
                    return Some("the folder is gone".to_owned());
                }
                let check = || zilde::testing::Suite::new(&path).check();
                let report = catch_unwind(AssertUnwindSafe(check));
                match report {
                    Ok(Err(report)) if report.contains("INTERNAL ERROR") => Some(report),
                    Ok(_) => None,
                    Err(_) => Some("a panic".to_owned()),
                }
            }
        }
    }

    fn run(&mut self, lines: &[String]) -> Option<String> {
        for line in lines {
            let bounds = self.session.context().bounds();
            bounds.stop_at(Some(POLLS));
            bounds.measure();
            let outcome = self.session.run(line);
            let bounds = self.session.context().bounds();
            bounds.stop_at(None);
            let gap = bounds.measured();
            if gap.requests > REQUESTS {
                return Some(format!("{} requests for memory without a poll", gap.requests));
            }
            if let Some(fault) = outcome.last_error.filter(|fault| fault.kind() == ErrorKind::Internal) {
                return Some(fault.to_string());
            }
        }
        match self.session.eval("2+2") {
            Ok(four) if four.to_string() == "4" => None,
            Ok(other) => Some(format!("2+2 is {other}")),
            Err(fault) => Some(format!("2+2: {fault}")),
        }
    }
}

/// Polls after which a line is interrupted.
const POLLS: u64 = 20_000;

fn session(folder: &Path) -> Session {
    let rights = Rights::none().read(folder).write(folder);
    Session::builder().memory_limit(64 << 20).seed(Some(1)).rights(rights).console(Box::new(Silent)).build()
}

/// Bytes with parts left out, doubled, moved, changed or replaced.
fn damaged(dice: &mut Dice, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..dice.below(6) {
        let at = dice.below(bytes.len() + 1);
        let to = (at + dice.below(12)).min(bytes.len());
        match dice.below(7) {
            0 => drop(bytes.drain(at..to)),
            1 => {
                let part = bytes[at..to].to_vec();
                bytes.splice(at..at, part);
            }
            2 => drop(bytes.splice(at..to, dice.one(PIECES).bytes())),
            3 => drop(bytes.splice(at..at, dice.one(PIECES).bytes())),
            4 => bytes.truncate(at),
            5 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
            _ => {
                let part = bytes[at..to].to_vec();
                let place = dice.below(bytes.len() + 1);
                bytes.splice(place..place, part);
            }
        }
    }
    bytes
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |name: &str| words.get(words.iter().position(|word| word == name)? + 1);
    let minutes = word("--minutes").and_then(|word| word.parse().ok()).unwrap_or(1);
    let from: u64 = word("--from").and_then(|word| word.parse().ok()).unwrap_or(1);
    let only = word("--only").cloned();
    let targets = TARGETS.iter().filter(|target| only.as_ref().is_none_or(|only| target.name.contains(&**only)));
    let folder = std::env::temp_dir().join(format!("zilde-fuzz-{}", std::process::id()));
    if std::fs::create_dir_all(&folder).is_err() {
        return ExitCode::FAILURE;
    }
    let inside = folder.clone();
    let targets: Vec<&'static Target> = targets.collect();
    let run = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
        let end = Instant::now() + Duration::from_secs(60 * minutes);
        let mut bench = Bench::new(&inside);
        let (mut number, mut found) = (from, 0);
        while Instant::now() < end {
            for target in &targets {
                let input = bench.input(target, number);
                if let Some(wrong) = bench.read(target, &input) {
                    found += 1;
                    println!("{} {number}: {wrong}\n{:?}", target.name, String::from_utf8_lossy(&input));
                    bench = Bench::new(&inside);
                }
            }
            number += 1;
            if number.is_multiple_of(40) {
                bench = Bench::new(&inside);
            }
        }
        println!("{} inputs, {found} findings", (number - from) * targets.len() as u64);
        found
    });
    let found = run.ok().and_then(|run| run.join().ok());
    let _ = std::fs::remove_dir_all(&folder);
    if found == Some(0) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
