//! `zilde lsp`: a language server on standard input and output.
//!
//! The main thread answers requests from the texts as they are. Another thread checks them (`crate::check`) whenever they
//! have changed, and publishes what it finds; requests never wait for it. No program of the user is run.

mod analysis;
mod completion;
mod documents;
mod edited;
mod folding;
mod hover;
mod model;
mod server;
mod symbols;
mod tokens;
mod transport;

use super::exit;

/// Serves one client until it says that it is done, or goes away.
pub fn main() -> u8 {
    let served = transport::connect().map_err(|error| error.to_string()).and_then(|(connection, writer)| {
        let served = server::serve(&connection);
        drop(connection);
        // What is still to be sent goes out first.
        let _ = writer.join();
        served
    });
    match served {
        Ok(()) => exit::OK,
        Err(why) => {
            exit::complain(why);
            exit::ERROR
        }
    }
}
