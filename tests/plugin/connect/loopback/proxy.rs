//! Proxies on loopback. They forward every connection to one address, whatever host is requested.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use calico_test_support::http::Request;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A running proxy. It stops when dropped.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

/// The protocol of a proxy, and whether it accepts requests.
#[derive(Clone, Copy)]
pub(crate) enum ProxyKind {
    Http,
    /// HTTP, with this status for every CONNECT.
    Refuse(&'static str),
    Socks5,
}

impl Proxy {
    pub(crate) async fn start(kind: ProxyKind, target: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let log = Arc::clone(&log);
                tokio::spawn(async move {
                    let request = match kind {
                        ProxyKind::Http => connect(&mut client, "200 OK").await,
                        ProxyKind::Refuse(status) => connect(&mut client, status).await,
                        ProxyKind::Socks5 => socks5(&mut client).await,
                    };
                    log.lock().unwrap().extend(request);
                    let mut server = TcpStream::connect(target).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self {
            address,
            requests,
            task,
        }
    }

    /// Takes the requests since the last call. Their line is `CONNECT host:port`.
    pub(crate) fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn connect(client: &mut TcpStream, status: &str) -> Option<Request> {
    let request = Request::read(client).await?;
    let answer = format!("HTTP/1.1 {status}\r\n\r\n");
    client.write_all(answer.as_bytes()).await.ok()?;
    Some(request)
}

/// RFC 1928, for a host name and no authentication.
async fn socks5(client: &mut TcpStream) -> Option<Request> {
    let mut greeting = [0; 2];
    client.read_exact(&mut greeting).await.ok()?;
    let mut methods = vec![0; usize::from(greeting[1])];
    client.read_exact(&mut methods).await.ok()?;
    client.write_all(&[5, 0]).await.ok()?;
    let mut header = [0; 5];
    client.read_exact(&mut header).await.ok()?;
    assert_eq!(header[3], 3, "not a host name");
    let mut name = vec![0; usize::from(header[4])];
    client.read_exact(&mut name).await.ok()?;
    let port = client.read_u16().await.ok()?;
    client
        .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        .await
        .ok()?;
    let name = String::from_utf8(name).ok()?;
    Some(Request {
        line: format!("CONNECT {name}:{port}"),
        ..Request::default()
    })
}
