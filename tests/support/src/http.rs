//! HTTP as text: requests as they arrive, and answers as a test words them.

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// One request as it arrived.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Method and target, such as `GET /version`.
    pub line: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The client's certificate, as DER.
    pub certificate: Option<Vec<u8>>,
}

impl Seen {
    /// The values of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(key, _)| key == name);
        named.map(|(_, value)| value.as_str()).collect()
    }
}

/// What a script has the server do.
pub enum Reply {
    /// Write this and wait for the next request.
    Whole(Vec<u8>),
    /// Write this and close the connection.
    Cut(Vec<u8>),
    /// Write this and then nothing, with the connection open.
    Stall(Vec<u8>),
}

impl Reply {
    /// 200 with JSON.
    pub fn json(body: &str) -> Self {
        Self::status("200 OK", "Content-Type: application/json\r\n", body)
    }

    /// Any status, with headers that end in `\r\n`.
    pub fn status(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        let text = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
        Self::Whole(text.into_bytes())
    }

    /// A failure as an API server words it.
    pub fn failure(code: u16, reason: &str, message: &str) -> Self {
        let status = serde_json::json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure",
            "code": code, "reason": reason, "message": message,
        });
        let json = "Content-Type: application/json\r\n";
        Self::status(&format!("{code} {reason}"), json, &status.to_string())
    }
}

/// The head of the next message, up to its empty line; nothing when there is none.
pub async fn head(connection: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

pub fn request(head: &str, certificate: Option<Vec<u8>>) -> Seen {
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
