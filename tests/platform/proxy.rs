//! Stands between a terminal and a server, on this computer, and does to what passes what networks do.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Client;
use url::Url;

use super::http_server::{Answered, Asked, DRIPS, Server};
use super::place::wait;

/// What happens to one request. Everything that is not said passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mishap {
    /// Nothing.
    None,
    /// The network is not there.
    Gone,
    /// It arrives, is done, and the answer is lost.
    AnswerLost,
    /// It arrives, is done, and this many hundredths of the answer come.
    AnswerCut(u8),
    /// The same, but the connection stays open: a drip that ends.
    AnswerStalls(u8),
    /// It arrives, is done, and so many bytes of the answer come at a time.
    AnswerDrips(u8),
    /// It does not arrive, and nothing says so.
    Swallowed,
    /// It arrives so late that whoever asked has given up: just before what is asked next.
    ArrivesLate,
    /// Something on the way answers in the server's place with this status.
    Says(u16),
    /// The same, with how many seconds to wait.
    SaysLater(u16),
    /// A page of somebody who sells access to a network comes, as a success.
    Portal,
    /// It arrives twice, one after the other, and the second answer comes.
    Twice,
    /// It arrives twice at once, and one answer comes.
    TwiceAtOnce,
    /// It arrives, and once more after what comes next.
    AgainLater,
    /// It arrives, and the answer of the request before comes.
    AnswerOfAnother,
    /// It does not arrive, and the answer of the request before comes.
    OnlyAnswerOfAnother,
    /// It does not arrive, and an answer comes that says that nothing was found.
    FindsNothing,
}

/// Decides what happens to a request.
pub(crate) type Fate = Box<dyn FnMut(&Asked) -> Mishap + Send>;

/// The proxy. It ends with the test.
pub(crate) struct Proxy {
    server: Server,
    inside: Arc<Inside>,
}

struct Inside {
    http: Client,
    upstream: Url,
    fate: Mutex<Fate>,
    before: Mutex<Option<Passed>>,
    later: Mutex<Option<Asked>>,
}

/// An answer that came.
#[derive(Clone)]
struct Passed {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// What of an answer is passed on.
const HEADERS: [&str; 5] = ["content-type", "etag", "location", "retry-after", "date"];

impl Proxy {
    /// One before the server with this base.
    pub(crate) fn before(base: &str, fate: impl FnMut(&Asked) -> Mishap + Send + 'static) -> Self {
        // Whoever was first is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().no_proxy().tls_certs_only([]).pool_max_idle_per_host(0).build().unwrap();
        let inside = Arc::new(Inside {
            http,
            upstream: Url::parse(base).unwrap(),
            fate: Mutex::new(Box::new(fate)),
            before: Mutex::default(),
            later: Mutex::default(),
        });
        let answering = Arc::clone(&inside);
        Self { server: Server::start(move |asked| answering.answer(asked)), inside }
    }

    /// What is a base of the server, as it is reached through here.
    pub(crate) fn base_of(&self, base: &str) -> String {
        base.replace(&self.inside.origin(), &self.server.base)
    }

    /// From now on this decides.
    pub(crate) fn decide_by(&self, fate: impl FnMut(&Asked) -> Mishap + Send + 'static) {
        *lock(&self.inside.fate) = Box::new(fate);
    }
}

impl Inside {
    fn origin(&self) -> String {
        self.upstream.origin().ascii_serialization()
    }

    fn answer(&self, asked: &Asked) -> Answered {
        let mishap = (lock(&self.fate))(asked);
        if let Some(waited) = lock(&self.later).take() {
            self.pass(&waited);
        }
        let cut = |passed: Passed, hundredths: u8| {
            let sent = passed.body.len() * usize::from(hundredths) / 100;
            (passed.status, passed.headers, passed.body, sent)
        };
        match mishap {
            Mishap::None => whole(self.pass(asked)),
            Mishap::Gone => Answered::HungUp,
            Mishap::AnswerLost => {
                self.pass(asked);
                Answered::HungUp
            }
            Mishap::AnswerCut(hundredths) => {
                let (status, headers, body, sent) = cut(self.pass(asked), hundredths);
                Answered::Cut(status, headers, body, sent)
            }
            Mishap::AnswerStalls(hundredths) => {
                let (status, headers, body, sent) = cut(self.pass(asked), hundredths);
                Answered::Stalled(status, headers, body, sent)
            }
            Mishap::AnswerDrips(bytes) => {
                let mut passed = self.pass(asked);
                passed.headers.push((DRIPS, bytes.to_string()));
                whole(passed)
            }
            Mishap::Swallowed => Answered::Never,
            Mishap::ArrivesLate => {
                *lock(&self.later) = Some(asked.clone());
                Answered::Never
            }
            Mishap::Says(status) => Answered::Whole(status, Vec::new(), String::new()),
            Mishap::SaysLater(status) => {
                Answered::Whole(status, vec![("Retry-After", "7".to_owned())], "<h1>Busy</h1>".to_owned())
            }
            Mishap::Portal => {
                Answered::Whole(200, vec![("Content-Type", "text/html".to_owned())], "<h1>Welcome</h1>".to_owned())
            }
            Mishap::Twice => {
                self.pass(asked);
                whole(self.pass(asked))
            }
            Mishap::TwiceAtOnce => std::thread::scope(|scope| {
                let other = scope.spawn(|| self.pass(asked));
                let one = self.pass(asked);
                // What became of the other is seen in what is there afterwards.
                drop(other.join());
                whole(one)
            }),
            Mishap::AgainLater => {
                let passed = self.pass(asked);
                *lock(&self.later) = Some(asked.clone());
                whole(passed)
            }
            Mishap::AnswerOfAnother => {
                let before = lock(&self.before).clone();
                let own = self.pass(asked);
                whole(before.unwrap_or(own))
            }
            Mishap::FindsNothing => {
                let nothing = r#"{"resourceType":"Bundle","type":"searchset","total":0}"#;
                Answered::Whole(200, vec![("Content-Type", "application/fhir+json".to_owned())], nothing.to_owned())
            }
            Mishap::OnlyAnswerOfAnother => lock(&self.before).clone().map_or(Answered::HungUp, whole),
        }
    }

    /// Sends it on, and gives what comes.
    fn pass(&self, asked: &Asked) -> Passed {
        let url = self.upstream.join(&asked.target).unwrap();
        let mut request = self.http.request(asked.method.parse().unwrap(), url).body(asked.body.clone());
        for (name, value) in asked.headers.iter().filter(|(name, _)| name != "host" && name != "content-length") {
            request = request.header(name, value);
        }
        let passed = wait(async {
            let answer = request.send().await.unwrap();
            let header = |name: &'static str| {
                let value = answer.headers().get(name)?.to_str().ok()?;
                Some((name, value.replace(&self.origin(), &own(asked))))
            };
            let (status, headers) = (answer.status().as_u16(), HEADERS.into_iter().filter_map(header).collect());
            let body = answer.text().await.unwrap().replace(&self.origin(), &own(asked));
            Passed { status, headers, body }
        });
        *lock(&self.before) = Some(passed.clone());
        passed
    }
}

/// How whoever asked called this proxy.
fn own(asked: &Asked) -> String {
    format!("http://{}", asked.header("host").unwrap())
}

fn whole(passed: Passed) -> Answered {
    Answered::Whole(passed.status, passed.headers, passed.body)
}

/// A thread that failed has left nothing half done here.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
