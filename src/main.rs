//! The command line: for now, the block protocol alone.

use std::io::{BufRead, Write};

fn main() {
    let mut session = zilde::Session::builder().memory_limit(4 << 30).build();
    let mut block = String::new();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        if line == "\u{1e}" {
            session.run(&block);
            block.clear();
            println!("\u{1e}");
            let _ = std::io::stdout().flush();
        } else {
            block += &line;
            block.push('\n');
        }
    }
    session.run(&block);
}
