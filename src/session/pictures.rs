//! `]plot` and `]view`: arrays as pictures, and large arrays on a screen that scrolls.

use super::Session;
use super::commands::{Reply, refused};
use super::written;
use crate::context::{RowStyle, Rows};
use crate::display;

impl Session {
    /// `]plot options expression`: shows a picture, or writes it to a file.
    #[cfg(feature = "plot")]
    pub(super) fn plot_command(&mut self, tail: &str) -> Reply {
        use crate::system::pictures;
        let (options, expression) = match pictures::parse(tail) {
            Ok(parsed) => parsed,
            Err(why) => return refused(why),
        };
        let value = self.eval(expression)?;
        let _evaluation = self.begin();
        let bytes = self.guarded(|session| pictures::show(&session.context, &options, &value))?;
        Ok(match (bytes, options.to) {
            (Some(bytes), Some(file)) => format!("{file}: {bytes} bytes\n"),
            _ => String::new(),
        })
    }

    /// Without the feature there are no pictures.
    #[cfg(not(feature = "plot"))]
    pub(super) fn plot_command(&mut self, _tail: &str) -> Reply {
        Err(crate::system::without("]plot", "plot").into())
    }

    /// `]view expression`: the whole value, however wide and long it is, where the console can scroll.
    pub(super) fn view_command(&mut self, tail: &str) -> Reply {
        let value = self.eval(tail)?;
        let _evaluation = self.begin();
        let text = self.guarded(|session| {
            let mut layout = display::layout(&session.context, false);
            layout.rows = Rows { on: true, style: RowStyle::Long, fold: None, ..layout.rows };
            layout.longest = None;
            display::show(&session.context, &value, layout)
        })?;
        written(self.context.screen.borrow_mut().view(&text))?;
        Ok(String::new())
    }
}
