//! A simulated AWS: `moto_server`, on a free port of this machine.
#![expect(clippy::disallowed_types, reason = "talks to a server on this machine")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// How often to look whether the server is there, at ten times a second.
const PATIENCE: usize = 300;

/// A running server. It ends with this value.
pub(super) struct Cloud {
    server: Child,
    port: u16,
}

impl Cloud {
    pub(super) fn start() -> Result<Self, String> {
        let failed =
            |error: &dyn std::fmt::Display| format!("moto_server (pip install 'moto[server]'): {error}");
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| failed(&error))?;
        let port = listener.local_addr().map_err(|error| failed(&error))?.port();
        drop(listener);
        let mut command = Command::new("moto_server");
        command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
        let server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let cloud = Self { server: server.map_err(|error| failed(&error))?, port };
        for _ in 0..PATIENCE {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(cloud);
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err(failed(&"does not answer"))
    }

    /// Where it answers.
    pub(super) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Forgets everything, and makes the same ids again from here on.
    pub(super) fn reset(&self) -> Result<(), String> {
        self.post("/moto-api/reset")?;
        self.post("/moto-api/seed?a=1")
    }

    fn post(&self, path: &str) -> Result<(), String> {
        let mut answer = String::new();
        let mut post = || -> std::io::Result<()> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(30)))?;
            let head = "HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.write_all(format!("POST {path} {head}").as_bytes())?;
            stream.read_to_string(&mut answer).map(|_| ())
        };
        post().map_err(|error| format!("moto_server: {path}: {error}"))?;
        if answer.split(' ').nth(1) == Some("200") {
            Ok(())
        } else {
            Err(format!("moto_server: {path}: {answer}"))
        }
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        // If it has already ended there is nothing to do.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
