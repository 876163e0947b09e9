//! A server on the loopback that answers each request as its script says, over TCP or TLS, and
//! writes down what it was asked: for what no well-behaved server would do.

#![allow(
    dead_code,
    reason = "every test program that includes this uses its own part of it"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// One request as it arrived.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    /// Method and target, such as `GET /version`.
    pub(crate) line: String,
    /// The headers, with names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The client's certificate, as DER.
    pub(crate) certificate: Option<Vec<u8>>,
}

impl Seen {
    /// The values of a header.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(key, _)| key == name);
        named.map(|(_, value)| value.as_str()).collect()
    }
}

/// What a script has the server do.
pub(crate) enum Reply {
    /// Write this and wait for the next request.
    Whole(Vec<u8>),
    /// Write this and close the connection.
    Cut(Vec<u8>),
    /// Write this and then nothing, with the connection open.
    Stall(Vec<u8>),
}

impl Reply {
    /// 200 with JSON.
    pub(crate) fn json(body: &str) -> Self {
        Self::status("200 OK", "Content-Type: application/json\r\n", body)
    }

    /// Any status, with headers that end in `\r\n`.
    pub(crate) fn status(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        let text = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
        Self::Whole(text.into_bytes())
    }

    /// A failure as an API server words it.
    pub(crate) fn failure(code: u16, reason: &str, message: &str) -> Self {
        let status = serde_json::json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure",
            "code": code, "reason": reason, "message": message,
        });
        let json = "Content-Type: application/json\r\n";
        Self::status(&format!("{code} {reason}"), json, &status.to_string())
    }
}

/// A running server; it stops when dropped.
pub(crate) struct Wire {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Wire {
    /// Plain HTTP. The script is told how many requests came before.
    pub(crate) async fn start<S>(script: S) -> Self
    where
        S: Fn(usize) -> Reply + Send + Sync + 'static,
    {
        Self::listen(None, script).await
    }

    /// HTTPS.
    pub(crate) async fn start_tls<S>(tls: TlsAcceptor, script: S) -> Self
    where
        S: Fn(usize) -> Reply + Send + Sync + 'static,
    {
        Self::listen(Some(tls), script).await
    }

    async fn listen<S>(tls: Option<TlsAcceptor>, script: S) -> Self
    where
        S: Fn(usize) -> Reply + Send + Sync + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (script, all) = (Arc::new(script), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (tls, script, seen) = (tls.clone(), Arc::clone(&script), Arc::clone(&all));
                tokio::spawn(async move {
                    let Some(tls) = tls else {
                        return serve(stream, None, &*script, &seen).await;
                    };
                    // A client that does not like the certificate leaves.
                    if let Ok(stream) = tls.accept(stream).await {
                        let peer = stream.get_ref().1.peer_certificates();
                        let certificate = peer.and_then(|all| Some(all.first()?.to_vec()));
                        serve(stream, certificate, &*script, &seen).await;
                    }
                });
            }
        });
        Self {
            address,
            seen,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked so far, which is then forgotten.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve<C>(
    mut connection: C,
    certificate: Option<Vec<u8>>,
    script: &(dyn Fn(usize) -> Reply + Send + Sync),
    seen: &Mutex<Vec<Seen>>,
) where
    C: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(head) = head(&mut connection).await {
        let reply = {
            let mut seen = seen.lock().unwrap();
            let reply = script(seen.len());
            seen.push(request(&head, certificate.clone()));
            reply
        };
        match reply {
            Reply::Whole(text) => write(&mut connection, &text).await,
            Reply::Cut(text) => {
                write(&mut connection, &text).await;
                let _ = connection.shutdown().await;
                return;
            }
            Reply::Stall(text) => {
                write(&mut connection, &text).await;
                let _ = connection.read_to_end(&mut Vec::new()).await;
                return;
            }
        }
    }
}

/// Writes to a client, which in some stories is gone by then.
async fn write(connection: &mut (impl AsyncWrite + Unpin), text: &[u8]) {
    let _ = connection.write_all(text).await;
    let _ = connection.flush().await;
}

/// The head of the next message, up to its empty line; nothing when there is none.
pub(crate) async fn head(connection: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

pub(crate) fn request(head: &str, certificate: Option<Vec<u8>>) -> Seen {
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default();
    let headers = lines.filter_map(|line| line.split_once(": "));
    Seen {
        line: line.trim_end_matches(" HTTP/1.1").to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        certificate,
    }
}
