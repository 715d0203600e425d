//! Where one is in a recording, and where keys lead.

use super::keys::Key;
use crate::observe::trace::{Recording, Step, What};

/// A position in a recording.
pub struct Walk<'a> {
    recording: &'a Recording,
    at: usize,
    message: String,
    /// Whether the value is shown as large as the screen.
    pub whole: bool,
}

impl<'a> Walk<'a> {
    /// At the first step; `None` where there is none.
    pub fn new(recording: &'a Recording) -> Option<Walk<'a>> {
        let at = recording.steps().iter().position(is_stop)?;
        Some(Walk { recording, at, message: String::new(), whole: false })
    }

    /// What is walked through.
    pub fn recording(&self) -> &'a Recording {
        self.recording
    }

    /// The position.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The step that is shown.
    pub fn step(&self) -> &'a Step {
        &self.recording.steps()[self.at]
    }

    /// What is said at the foot of the screen.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Says something there.
    pub fn says(&mut self, message: String) {
        self.message = message;
    }

    /// The phrase that the step belongs to.
    pub fn phrase(&self) -> Option<&'a Step> {
        let depth = self.step().depth;
        let mut before = self.recording.steps().range(..=self.at).rev();
        before.find(|step| step.depth <= depth && matches!(step.what, What::Phrase(_)))
    }

    /// The steps before this one in the same phrase, the last first.
    pub fn before(&self) -> impl Iterator<Item = &'a Step> {
        let depth = self.step().depth;
        let steps = self.recording.steps().range(..self.at).rev();
        steps
            .take_while(move |step| {
                step.depth >= depth && !(step.depth == depth && matches!(step.what, What::Phrase(_)))
            })
            .filter(move |step| step.depth == depth && is_stop(step))
    }

    /// The names that the function has changed so far, with the steps that did so last; the last first.
    pub fn names(&self) -> Vec<(&'a str, &'a Step)> {
        const LOOKED_AT: usize = 20_000;
        let depth = self.step().depth;
        let mut names: Vec<(&str, &Step)> = Vec::new();
        for step in self.recording.steps().range(..=self.at).rev().take(LOOKED_AT) {
            if step.depth < depth {
                break;
            }
            if let What::Change { name, .. } = &step.what
                && step.depth == depth
                && !names.iter().any(|(known, _)| *known == &**name)
            {
                names.push((name, step));
            }
        }
        names
    }

    /// Does what a key means.
    pub fn goes(&mut self, key: Key) {
        self.message.clear();
        let depth = self.step().depth;
        match key {
            Key::Right | Key::Char('n' | ' ' | 'l') | Key::Enter => {
                self.forward(|step| step.depth <= depth, "this is the last step")
            }
            Key::Left | Key::Char('p' | 'h') | Key::Erase => {
                self.back(|step| step.depth <= depth, "this is the first step")
            }
            Key::Down | Key::Char('i' | 'j') => self.enter(),
            Key::Up | Key::Char('o' | 'k') => self.forward(|step| step.depth < depth, "no call is around this step"),
            Key::Home | Key::Char('g') => self.at = self.recording.steps().iter().position(is_stop).unwrap_or(self.at),
            Key::End | Key::Char('G') => self.at = self.recording.steps().iter().rposition(is_stop).unwrap_or(self.at),
            Key::Char('e') => {
                self.forward(|step| matches!(step.what, What::Error(_)), "no error comes behind this step")
            }
            Key::Char('s') => self.forward(|_| true, "this is the last step"),
            Key::Char('b') => self.back(|_| true, "this is the first step"),
            Key::Char('v') => self.whole = !self.whole,
            _ => self.message = "no such key".to_owned(),
        }
    }

    /// To the next change of a name, or back to the one before; of any name where none is given.
    pub fn goes_to_change(&mut self, name: &str, back: bool) {
        self.message.clear();
        let changes = |step: &Step| matches!(&step.what, What::Change { name: changed, .. } if name.is_empty() || **changed == *name);
        let what = if name.is_empty() { "a name" } else { name };
        match back {
            true => self.back(changes, &format!("no change of {what} comes before this step")),
            false => self.forward(changes, &format!("no change of {what} comes behind this step")),
        }
    }

    /// The call that the step lies in.
    pub fn call(&self) -> Option<&'a Step> {
        let depth = self.step().depth;
        let mut before = self.recording.steps().range(..self.at).rev();
        before.find(|step| step.depth < depth).filter(|step| matches!(step.what, What::Call { .. }))
    }

    fn forward(&mut self, wanted: impl Fn(&Step) -> bool, otherwise: &str) {
        let found = self.recording.steps().range(self.at + 1..).position(|step| is_stop(step) && wanted(step));
        match found {
            Some(further) => self.at += 1 + further,
            None => self.message = otherwise.to_owned(),
        }
    }

    fn back(&mut self, wanted: impl Fn(&Step) -> bool, otherwise: &str) {
        match self.recording.steps().range(..self.at).rposition(|step| is_stop(step) && wanted(step)) {
            Some(at) => self.at = at,
            None => self.message = otherwise.to_owned(),
        }
    }

    /// Into the next call that the function makes.
    fn enter(&mut self) {
        let depth = self.step().depth;
        let rest = self.recording.steps().range(self.at + 1..);
        let inside = rest.take_while(|step| step.depth >= depth).position(|step| step.depth > depth && is_stop(step));
        match inside {
            Some(further) => self.at += 1 + further,
            None => self.message = "the function makes no call behind this step".to_owned(),
        }
    }
}

/// Whether a step is shown by itself: the beginning of a phrase shows with its first part.
fn is_stop(step: &Step) -> bool {
    !matches!(step.what, What::Phrase(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Session;
    use crate::observe::trace::Limits;
    use crate::session::Outcome;
    use crate::session::trace::named;

    fn recorded(setup: &str, line: &str) -> Recording {
        let mut session = Session::new();
        session.run(setup);
        session.traced(line, Limits::default(), &mut Outcome::default()).unwrap()
    }

    fn walked(recording: &Recording, keys: &str) -> (String, u32) {
        let mut walk = Walk::new(recording).unwrap();
        keys.chars().for_each(|key| walk.goes(Key::Char(key)));
        (named(walk.step()), walk.step().depth)
    }

    #[test]
    fn keys_lead_forward_and_back_into_calls_and_out() {
        let recording = recorded("f←{y←⍵×2 ⋄ y+1}", "10+f 3");
        // The call, its result, the sum.
        assert_eq!(walked(&recording, ""), ("{y←⍵×2 ⋄ y+1}".to_owned(), 0));
        assert_eq!(walked(&recording, "nn"), ("f 3".to_owned(), 0));
        assert_eq!(walked(&recording, "nnn"), ("10+f 3".to_owned(), 0));
        assert_eq!(walked(&recording, "nnnp"), ("f 3".to_owned(), 0));
        assert_eq!(walked(&recording, "i"), ("⍵".to_owned(), 1));
        assert_eq!(walked(&recording, "in"), ("⍵×2".to_owned(), 1));
        assert_eq!(walked(&recording, "ino"), ("{y←⍵×2 ⋄ y+1}".to_owned(), 0));
        assert_eq!(walked(&recording, "nnnn"), ("10+f 3".to_owned(), 0));
        assert_eq!(walked(&recording, "g"), walked(&recording, ""));
        assert_eq!(walked(&recording, "G"), ("10+f 3".to_owned(), 0));
    }

    #[test]
    fn keys_lead_to_changes_and_to_the_error() {
        let recording = recorded("∇r←g x;i\nr←0\n:For i :In ⍳3\nr+←x÷2-i\n:EndFor\n∇", "g 1");
        let mut walk = Walk::new(&recording).unwrap();
        let mut values = Vec::new();
        for name in ["r", "r", "i", "r"] {
            walk.goes_to_change(name, false);
            let What::Change { value: Some(value), .. } = &walk.step().what else { panic!("no change") };
            values.push(value.value.as_ref().unwrap().to_string());
        }
        // r←0, r+←1÷1, i←2; then 1÷0 is an error.
        assert_eq!(values[..3], ["0", "1", "2"]);
        assert_eq!(walk.message(), "no change of r comes behind this step");
        // Back to what it was changed to before, and to the first time.
        walk.goes(Key::Char('e'));
        for (name, value) in [("i", "2"), ("r", "1"), ("", "1"), ("r", "0")] {
            walk.goes_to_change(name, true);
            let What::Change { value: Some(now), .. } = &walk.step().what else { panic!("no change") };
            assert_eq!(now.value.as_ref().unwrap().to_string(), value, "{name}");
        }
        walk.goes_to_change("r", true);
        assert_eq!(walk.message(), "no change of r comes before this step");
        let Some(Step { what: What::Call { right, .. }, .. }) = walk.call() else { panic!("no call") };
        assert_eq!(right.value.as_ref().unwrap().to_string(), "1");
        walk.goes(Key::Char('g'));
        walk.goes(Key::Char('e'));
        assert!(matches!(&walk.step().what, What::Error(what) if what.starts_with("DOMAIN ERROR")));
        assert_eq!(walk.names().iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["i", "r"]);
    }
}
