//! The prompts of a session at a terminal: the first one, and those at suspended functions.

use std::cell::RefCell;
use std::rc::Rc;

use super::history::History;
use super::meter::Meter;
use super::{PROMPT, Typed, Typist, prompted, undented};
use crate::context::Interrupt;
use crate::frontend::exit;
use crate::frontend::output::Output;
use crate::frontend::runner::Runner;
use crate::frontend::signals::Busy;
use crate::frontend::trace;
use crate::session::suspension::{Left, Prompt};
use crate::session::{Outcome, Session};

/// What all prompts share.
struct Conversation {
    output: Output,
    typist: Typist,
    history: RefCell<History>,
    busy: Busy,
    interrupt: Interrupt,
    meter: Meter,
    /// Whether `]trace` shows its steps one by one.
    steps: bool,
}

/// Who runs what is typed.
trait Partner {
    fn session(&self) -> &Session;
    fn run(&mut self, block: &str) -> Outcome;
}

impl Partner for Runner {
    fn session(&self) -> &Session {
        &self.session
    }

    fn run(&mut self, block: &str) -> Outcome {
        Runner::run(self, block)
    }
}

/// The session at a suspended function.
struct Nested<'a> {
    session: &'a mut Session,
    conversation: &'a Conversation,
}

impl Partner for Nested<'_> {
    fn session(&self) -> &Session {
        self.session
    }

    fn run(&mut self, block: &str) -> Outcome {
        let Conversation { output, busy, interrupt, meter, steps, .. } = self.conversation;
        if let Some(argument) = trace::argument(block).filter(|_| *steps) {
            return trace::on_screen(self.session, output, meter, busy, argument);
        }
        interrupt.clear();
        busy.evaluate(|| meter.while_evaluating(|| self.session.run(block)))
    }
}

/// Reads and runs until the program or the person leaves. Returns the exit code.
pub fn hold(runner: &mut Runner, typist: Typist) -> u8 {
    let mut history = History::open();
    if let Typist::Editor(editor) = &typist {
        history.load(&mut editor.borrow_mut());
    }
    let conversation = Rc::new(Conversation {
        output: runner.output.clone(),
        typist,
        history: RefCell::new(history),
        busy: runner.busy(),
        interrupt: runner.session.interrupt_handle(),
        meter: runner.meter.clone(),
        steps: runner.steps,
    });
    runner.session.suspend_at(Some(conversation.clone()));
    match conversation.go_on(runner, PROMPT, String::new()) {
        Left::Off(code) => exit::of_off(code),
        // Nothing is suspended.
        Left::GoesOn(_) => exit::OK,
    }
}

impl Conversation {
    fn go_on(&self, partner: &mut dyn Partner, prompt: &str, first: String) -> Left {
        let mut next = Some(first).filter(|first| !first.is_empty());
        loop {
            if partner.session().end_line().and_then(|()| self.output.flush()).is_err() {
                return Left::Off(0);
            }
            let block = match next.take() {
                Some(block) => block,
                None => match self.busy.wait(|| self.typist.block(partner.session(), prompt)) {
                    Typed::Text(text) => undented(&text),
                    Typed::Dropped => continue,
                    Typed::End => return Left::Off(0),
                    Typed::Failed(why) => {
                        exit::complain(why);
                        return Left::Off(exit::USAGE.into());
                    }
                },
            };
            if block.trim().is_empty() {
                continue;
            }
            if let Typist::Editor(editor) = &self.typist {
                self.history.borrow_mut().add(&mut editor.borrow_mut(), &prompted(&block));
            }
            let outcome = partner.run(&block);
            if let Some(code) = outcome.off {
                return Left::Off(code);
            }
            if outcome.output_closed {
                return Left::Off(0);
            }
            if let Some(resumption) = outcome.resumption {
                return Left::GoesOn(resumption);
            }
        }
    }
}

impl Prompt for Conversation {
    fn converse(&self, session: &mut Session, first: String) -> Left {
        let prompt = format!("{:<6}", format!("{}*", session.context().suspensions.count()));
        // Nothing is evaluated while somebody types.
        self.meter.while_waiting(|| self.go_on(&mut Nested { session, conversation: self }, &prompt, first))
    }
}
