//! The command line.

fn main() -> std::process::ExitCode {
    zilde::frontend::main()
}
