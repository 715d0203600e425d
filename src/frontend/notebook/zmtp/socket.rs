//! A socket that clients connect to.

use std::io::{self, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::frame;
use super::peer::Peer;
use crate::frontend::exit;
use crate::frontend::notebook::locked;

/// Clients that a socket has at most.
const CLIENTS: usize = 256;

/// What a socket does with messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Tells who has sent a message, and sends to a client by its identity.
    Router,
    /// Sends to all who want it.
    Publisher,
    /// Sends each message back.
    Echo,
}

impl Kind {
    /// The type as the protocol names it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Router => "ROUTER",
            Kind::Publisher => "PUB",
            Kind::Echo => "REP",
        }
    }

    /// Whether a client may be of this type.
    pub fn talks_to(self, theirs: &[u8]) -> bool {
        match self {
            Kind::Router => matches!(theirs, b"DEALER" | b"REQ" | b"ROUTER"),
            Kind::Publisher => matches!(theirs, b"SUB" | b"XSUB"),
            Kind::Echo => matches!(theirs, b"REQ" | b"DEALER"),
        }
    }
}

/// What happens at a router.
pub enum Event {
    /// A client, given by its identity, has sent a message.
    Message(Vec<u8>, Vec<Vec<u8>>),
    /// A client has gone.
    Gone(Vec<u8>),
}

/// A socket. It lives as long as the process.
pub struct Socket {
    kind: Kind,
    /// For what is told about it.
    name: &'static str,
    peers: Mutex<Vec<Arc<Peer>>>,
    /// How many clients there have been.
    count: AtomicU32,
}

impl Socket {
    /// Listens at an address; port 0 is any that is free. What happens is told to `hear`, on threads of the clients.
    pub fn listen(
        kind: Kind,
        name: &'static str,
        address: SocketAddr,
        hear: impl Fn(Event) + Send + Sync + 'static,
    ) -> io::Result<(Arc<Socket>, u16)> {
        let listener = TcpListener::bind(address)?;
        let port = listener.local_addr()?.port();
        let socket = Arc::new(Socket { kind, name, peers: Mutex::default(), count: AtomicU32::new(0) });
        let (accepting, hear) = (socket.clone(), Arc::new(hear));
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            for stream in listener.incoming() {
                // A failure is that of one client, or that there are no file descriptors left for a while.
                match stream {
                    Ok(stream) => accepting.accept(stream, &hear),
                    Err(_) => thread::sleep(Duration::from_millis(50)),
                }
            }
        })?;
        Ok((socket, port))
    }

    fn accept(self: &Arc<Self>, stream: TcpStream, hear: &Arc<impl Fn(Event) + Send + Sync + 'static>) {
        // The threads of clients hold one each, beside this socket's own.
        if Arc::strong_count(hear) > CLIENTS {
            return self.complain("too many clients");
        }
        let (socket, hear) = (self.clone(), hear.clone());
        let started = thread::Builder::new().name(self.name.to_owned()).spawn(move || {
            if let Err(error) = socket.serve(&stream, &*hear)
                && error.kind() == io::ErrorKind::InvalidData
            {
                socket.complain(&error.to_string());
            }
        });
        if started.is_err() {
            self.complain("no thread for another client");
        }
    }

    /// Reads what a client sends until it goes.
    fn serve(&self, stream: &TcpStream, hear: &impl Fn(Event)) -> io::Result<()> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let greeted = Peer::greet(stream, self.kind, number).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => frame::invalid("a client that says nothing"),
            _ => error,
        });
        let peer = Arc::new(greeted?);
        {
            let mut peers = locked(&self.peers);
            // A client that comes again takes its own place.
            peers.retain(|known| known.identity != peer.identity);
            peers.push(peer.clone());
        }
        let ended = self.read(&peer, &mut BufReader::new(stream), hear);
        let mut peers = locked(&self.peers);
        let before = peers.len();
        peers.retain(|known| !Arc::ptr_eq(known, &peer));
        let was_there = peers.len() < before;
        drop(peers);
        if was_there {
            hear(Event::Gone(peer.identity.clone()));
        }
        ended
    }

    fn read(&self, peer: &Peer, reader: &mut impl io::Read, hear: &impl Fn(Event)) -> io::Result<()> {
        loop {
            let frames = peer.read(reader)?;
            match (self.kind, frames.first().and_then(|frame| frame.split_first())) {
                (Kind::Router, _) => hear(Event::Message(peer.identity.clone(), frames)),
                (Kind::Echo, _) => peer.write(&frame::message(&frames))?,
                // Before ZMTP 3.1, subscriptions were messages.
                (Kind::Publisher, Some((1, topic))) => peer.subscribe(topic)?,
                (Kind::Publisher, Some((0, topic))) => peer.cancel(topic),
                (Kind::Publisher, _) => {}
            }
        }
    }

    /// Sends a message to a client. Whether there is one of this identity that took it.
    pub fn send<T: AsRef<[u8]>>(&self, to: &[u8], frames: &[T]) -> bool {
        let peer = locked(&self.peers).iter().find(|peer| peer.identity == to).cloned();
        peer.is_some_and(|peer| self.write(&peer, &frame::message(frames)))
    }

    /// Sends a message to all clients that want what begins with its first frame.
    pub fn publish<T: AsRef<[u8]>>(&self, frames: &[T]) {
        let topic = frames.first().map(AsRef::as_ref).unwrap_or_default();
        let peers: Vec<Arc<Peer>> = locked(&self.peers).iter().filter(|peer| peer.wants(topic)).cloned().collect();
        if peers.is_empty() {
            return;
        }
        let bytes = frame::message(frames);
        for peer in peers {
            self.write(&peer, &bytes);
        }
    }

    fn write(&self, peer: &Peer, bytes: &[u8]) -> bool {
        let written = peer.write(bytes);
        if let Err(error) = &written {
            if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) {
                self.complain("a client that takes no messages is left");
            }
            // Nothing more is sent to it; its thread, which sees the end of the connection, takes it from the list.
            peer.unsubscribe();
        }
        written.is_ok()
    }

    fn complain(&self, why: &str) {
        exit::complain(format_args!("kernel: {}: {why}", self.name));
    }
}
