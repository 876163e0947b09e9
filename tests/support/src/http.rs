//! HTTP as text: requests as a server receives them, and replies for it to write.

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A request as it arrived.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Method and target, such as `GET /version`.
    pub line: String,
    /// The headers, with lower-case names.
    pub headers: Vec<(String, String)>,
    /// The client's certificate, in DER.
    pub certificate: Option<Vec<u8>>,
}

impl Request {
    /// Reads a request without a body; `None` at the end of the connection.
    pub async fn read(connection: &mut (impl AsyncRead + Unpin)) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).ok()?;
        let (line, headers) = head.split_once("\r\n")?;
        Some(Self {
            line: line.trim_end_matches(" HTTP/1.1").to_owned(),
            headers: headers
                .lines()
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
            certificate: None,
        })
    }

    /// The values of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }
}

/// What a server does with a request.
pub enum Reply {
    /// Write this and wait for the next request.
    Whole(Vec<u8>),
    /// Write this and close the connection.
    Cut(Vec<u8>),
    /// Write this and keep the connection open without writing anything else.
    Stall(Vec<u8>),
}

impl Reply {
    /// Status 200 with JSON.
    pub fn json(body: &str) -> Self {
        Self::status("200 OK", "Content-Type: application/json\r\n", body)
    }

    /// A status with headers, each ending in `\r\n`, and a body.
    pub fn status(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        let text = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
        Self::Whole(text.into_bytes())
    }

    /// A failure as an API server reports it.
    pub fn failure(code: u16, reason: &str, message: &str) -> Self {
        let status = serde_json::json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure",
            "code": code, "reason": reason, "message": message,
        });
        let json = "Content-Type: application/json\r\n";
        Self::status(&format!("{code} {reason}"), json, &status.to_string())
    }
}
