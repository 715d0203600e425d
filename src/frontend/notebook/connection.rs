//! The connection file: where the sockets are, and the key that messages are signed with.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use serde_json::{Value, json};

use super::message::random_text;

/// The sockets, as the file names their ports.
pub const CHANNELS: [&str; 5] = ["shell", "iopub", "stdin", "control", "hb"];

/// The longest file that is read.
const LONGEST: u64 = 1 << 16;

/// What a connection file says.
#[derive(Debug)]
pub struct Connection {
    /// The address that is listened at.
    ip: IpAddr,
    /// The ports of [`CHANNELS`]; 0 for any.
    ports: [u16; 5],
    /// The key; empty where messages are not signed.
    pub key: String,
    /// Whether there was no file, so that one is to be written.
    is_new: bool,
}

impl Connection {
    /// Reads a file. Where there is none: this machine only, any ports, and a key that nobody else knows.
    pub fn read(path: &Path) -> Result<Connection, String> {
        let file = match fs::File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let ip = Ipv4Addr::LOCALHOST.into();
                return Ok(Connection { ip, ports: [0; 5], key: random_text(), is_new: true });
            }
            Err(error) => return Err(error.to_string()),
        };
        let mut text = String::new();
        io::Read::read_to_string(&mut io::Read::take(file, LONGEST), &mut text).map_err(|error| error.to_string())?;
        Connection::parse(&text)
    }

    fn parse(text: &str) -> Result<Connection, String> {
        let file: Value = serde_json::from_str(text).map_err(|error| format!("no connection file: {error}"))?;
        let text = |name: &str| file[name].as_str();
        if let Some(transport) = text("transport").filter(|transport| *transport != "tcp") {
            return Err(format!("the transport {transport} is not supported; use tcp"));
        }
        if let Some(scheme) = text("signature_scheme").filter(|scheme| !["hmac-sha256", ""].contains(scheme)) {
            return Err(format!("the signature scheme {scheme} is not supported; use hmac-sha256"));
        }
        let ip = match text("ip").unwrap_or("127.0.0.1") {
            "localhost" => Ipv4Addr::LOCALHOST.into(),
            "*" => Ipv4Addr::UNSPECIFIED.into(),
            ip => ip.parse::<IpAddr>().map_err(|_| format!("{ip} is no address"))?,
        };
        let key = text("key").unwrap_or_default().to_owned();
        if key.is_empty() && !ip.is_loopback() {
            return Err(format!("without a key, anybody who reaches {ip} could run programs here"));
        }
        let mut ports = [0; 5];
        for (port, channel) in ports.iter_mut().zip(CHANNELS) {
            let given = file[format!("{channel}_port")].as_u64().and_then(|port| u16::try_from(port).ok());
            *port = given.ok_or_else(|| format!("no connection file: {channel}_port is missing"))?;
        }
        Ok(Connection { ip, ports, key, is_new: false })
    }

    /// The address of a channel, by its place in [`CHANNELS`].
    pub fn address(&self, channel: usize) -> SocketAddr {
        SocketAddr::new(self.ip, self.ports.get(channel).copied().unwrap_or_default())
    }

    /// Notes the port that a channel has got.
    pub fn found(&mut self, channel: usize, port: u16) {
        if let Some(slot) = self.ports.get_mut(channel) {
            *slot = port;
        }
    }

    /// Writes the file where there was none, for this user's eyes only. Whether it was written.
    pub fn write(&self, path: &Path) -> io::Result<bool> {
        if !self.is_new {
            return Ok(false);
        }
        let mut file = json!({
            "ip": self.ip.to_string(),
            "transport": "tcp",
            "key": self.key,
            "signature_scheme": "hmac-sha256",
            "kernel_name": super::install::NAME,
        });
        for (port, channel) in self.ports.iter().zip(CHANNELS) {
            file[format!("{channel}_port")] = (*port).into();
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        writeln!(options.open(path)?, "{file:#}")?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(change: &str, to: Value) -> String {
        let mut file = json!({
            "ip": "127.0.0.1", "transport": "tcp", "key": "a", "signature_scheme": "hmac-sha256",
            "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 65535,
        });
        file[change] = to;
        file.to_string()
    }

    #[test]
    fn files_are_read() {
        let read = Connection::parse(&file("kernel_name", "zilde".into())).unwrap();
        assert_eq!(read.address(4), "127.0.0.1:65535".parse().unwrap());
        assert_eq!(read.key, "a");
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (change, to, why) in [
            ("transport", "ipc".into(), "transport ipc"),
            ("signature_scheme", "hmac-md5".into(), "hmac-md5"),
            ("ip", "here".into(), "no address"),
            ("hb_port", 65536.into(), "hb_port is missing"),
            ("shell_port", Value::Null, "shell_port is missing"),
        ] {
            let told = Connection::parse(&file(change, to)).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
        assert!(Connection::parse("{").is_err());
        let open = file("ip", "0.0.0.0".into());
        assert!(Connection::parse(&open).is_ok());
        assert!(Connection::parse(&open.replace("\"a\"", "\"\"")).unwrap_err().contains("without a key"));
        assert!(Connection::parse(&file("key", "".into())).is_ok());
    }
}
