//! ZeroMQ's message transport protocol, ZMTP 3.1, over TCP, as far as a kernel needs it: the sides of a connection that
//! wait for clients.
//!
//! A socket listens; each client has a thread that reads. What is sent is written by the thread that sends it, so that a
//! client that reads slowly slows the evaluation down instead of filling the memory. Knows nothing of what the frames
//! mean. <https://rfc.zeromq.org/spec/37/>

mod frame;
mod peer;
mod socket;

pub use socket::{Event, Kind, Socket};
