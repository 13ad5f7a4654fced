//! A server on this computer that answers as a test says, byte for byte: whole, cut off, or never.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Asked {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// By this header an answer goes out in parts of so many bytes, each on its way before the next.
pub(crate) const DRIPS: &str = "X-Drips";

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) enum Answered {
    /// Status, further headers, body.
    Whole(u16, Vec<(&'static str, String)>, String),
    /// The same, but the connection ends after so many bytes of the body.
    Cut(u16, Vec<(&'static str, String)>, String, usize),
    /// The same, but after so many bytes of the body nothing more comes, for as long as whoever asks waits.
    Stalled(u16, Vec<(&'static str, String)>, String, usize),
    /// Nothing, for as long as whoever asks waits.
    Never,
    /// Nothing, and the connection ends.
    HungUp,
}

/// A body of FHIR.
pub(crate) fn fhir(status: u16, body: &serde_json::Value) -> Answered {
    Answered::Whole(
        status,
        vec![("Content-Type", "application/fhir+json; fhirVersion=4.0".to_owned())],
        body.to_string(),
    )
}

/// The server. It ends with the test.
pub(crate) struct Server {
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    ended: Arc<AtomicBool>,
    address: std::net::SocketAddr,
}

/// What a connection is read and written through.
pub(crate) trait Wire: Read + Write {}

impl<T: Read + Write> Wire for T {}

impl Server {
    /// One that answers so.
    pub(crate) fn start(answer: impl Fn(&Asked) -> Answered + Send + Sync + 'static) -> Self {
        Self::start_over("http", |stream| Some(Box::new(stream)), answer)
    }

    /// The same, through what is made of each connection: TLS.
    pub(crate) fn start_over(
        scheme: &str,
        wire: impl Fn(TcpStream) -> Option<Box<dyn Wire>> + Send + Sync + 'static,
        answer: impl Fn(&Asked) -> Answered + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, ended) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (noted, stop, handler) = (Arc::clone(&asked), Arc::clone(&ended), Arc::new((wire, answer)));
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                // Otherwise what is sent in parts is put together on the way.
                let _ = stream.set_nodelay(true);
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let (noted, handler) = (Arc::clone(&noted), Arc::clone(&handler));
                std::thread::spawn(move || {
                    let Some(wire) = handler.0(stream) else { return };
                    serve(wire, |question| {
                        noted.lock().unwrap().push(question.clone());
                        handler.1(question)
                    });
                });
            }
        });
        Self { base: format!("{scheme}://127.0.0.1:{}", address.port()), asked, ended, address }
    }

    /// What was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // So that it notices.
        let _ = TcpStream::connect(self.address);
    }
}

/// One question and its answer; whoever asked may be gone before it is written.
fn serve(wire: Box<dyn Wire>, answer: impl FnOnce(&Asked) -> Answered) {
    let mut wire = BufReader::new(wire);
    let Some(question) = question(&mut wire) else { return };
    let answer = answer(&question);
    let waits = matches!(answer, Answered::Stalled(..) | Answered::Never);
    let (status, headers, body, sent) = match answer {
        Answered::Whole(status, headers, body) => {
            let all = body.len();
            (status, headers, body, all)
        }
        Answered::Cut(status, headers, body, sent) | Answered::Stalled(status, headers, body, sent) => {
            (status, headers, body, sent)
        }
        Answered::Never => {
            hold(&mut wire);
            return;
        }
        Answered::HungUp => return,
    };
    let drips = headers.iter().find(|(name, _)| *name == DRIPS);
    let piece = drips.map_or(usize::MAX, |(_, bytes)| bytes.parse().unwrap());
    let mut head = format!("HTTP/1.1 {status} said\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head.extend([name, ": ", &value, "\r\n"]);
    }
    let body = body.as_bytes().get(..sent).unwrap_or_default();
    let out = wire.get_mut();
    let whole = [head.as_bytes(), b"\r\n", body].concat();
    // Whoever asked may be gone by then.
    let _ = whole.chunks(piece).try_for_each(|part| out.write_all(part).and_then(|()| out.flush()));
    if waits {
        hold(&mut wire);
    }
}

/// Until whoever asks hangs up.
fn hold(wire: &mut impl Read) {
    let _ = wire.read(&mut [0]);
}

fn question(wire: &mut impl BufRead) -> Option<Asked> {
    let mut line = || {
        let mut line = String::new();
        wire.read_line(&mut line).ok().filter(|read| *read > 0).map(|_| line.trim_end().to_owned())
    };
    let first = line()?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = Vec::new();
    while let Some((name, value)) = line()?.split_once(':') {
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, length)| length.parse().unwrap());
    let mut body = vec![0; length];
    wire.read_exact(&mut body).ok()?;
    Some(Asked { method, target, headers, body: String::from_utf8(body).unwrap() })
}
