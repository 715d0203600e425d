//! `zilde profile`: runs an expression or a script, and shows where its time goes.

use std::ffi::OsStr;
use std::io;

use super::args::{Args, ProfileArgs};
use super::console::Reports;
use super::exit;
use super::runner::{Manner, Runner};
use super::signals::Idle;
use super::trace;
use crate::session::measure::{flame, profile::tables};

/// `zilde profile`. Returns the exit code.
pub fn main(own: &ProfileArgs, args: &Args) -> u8 {
    let options = own.options.clone().beside(&args.options);
    let manner = Manner { results: true, reports: Reports::Apart, reads: true, idle: Idle::Leave };
    let (mut runner, source) = Runner::streams(&options, manner);
    let begin = |runner: &mut Runner| {
        // Nothing has run that could have begun another one but what was loaded.
        if let Err(why) = runner.session.begin_profile() {
            exit::complain(why);
        }
    };
    let code = match trace::run(&mut runner, &source, args, &options, &own.what, begin) {
        Ok(ended) => ended.code(),
        Err(code) => return exit::finished(&runner.output, code),
    };
    let profile = runner.session.end_profile();
    // A failure shows at the end.
    let _ = runner.output.write(&tables(&profile));
    if let Some(file) = &own.flame {
        let title = own.what.join(OsStr::new(" ")).to_string_lossy().into_owned();
        let written: io::Result<()> = std::fs::write(file, flame::svg(&profile, &title));
        if let Err(error) = written {
            exit::complain(format_args!("{}: {error}", file.display()));
            return exit::finished(&runner.output, exit::USAGE);
        }
    }
    exit::finished(&runner.output, code)
}
