//! Proxies on the loopback that lead every connection to one place, whatever name was asked for.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use calico_test_support::http::{Seen, head, request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A running proxy; it stops when dropped.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

/// How a proxy is spoken to, and whether it does what it is asked.
#[derive(Clone, Copy)]
pub(crate) enum Manner {
    Http,
    /// Answers every CONNECT with this status.
    Refuse(&'static str),
    Socks5,
}

impl Proxy {
    pub(crate) async fn start(manner: Manner, target: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let seen = Arc::clone(&all);
                tokio::spawn(async move {
                    let asked = match manner {
                        Manner::Http => connect(&mut client, "200 OK").await,
                        Manner::Refuse(status) => connect(&mut client, status).await,
                        Manner::Socks5 => socks5(&mut client).await,
                    };
                    seen.lock().unwrap().extend(asked);
                    let mut server = TcpStream::connect(target).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self {
            address,
            seen,
            task,
        }
    }

    /// What was asked so far, which is then forgotten: `CONNECT host:port`.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn connect(client: &mut TcpStream, status: &str) -> Option<Seen> {
    let head = head(client).await?;
    let answer = format!("HTTP/1.1 {status}\r\n\r\n");
    client.write_all(answer.as_bytes()).await.ok()?;
    Some(request(&head, None))
}

/// RFC 1928, as far as a name and no password go.
async fn socks5(client: &mut TcpStream) -> Option<Seen> {
    let mut greeting = [0; 2];
    client.read_exact(&mut greeting).await.ok()?;
    let mut methods = vec![0; usize::from(greeting[1])];
    client.read_exact(&mut methods).await.ok()?;
    client.write_all(&[5, 0]).await.ok()?;
    let mut wanted = [0; 5];
    client.read_exact(&mut wanted).await.ok()?;
    assert_eq!(wanted[3], 3, "the proxy is given the name");
    let mut name = vec![0; usize::from(wanted[4])];
    client.read_exact(&mut name).await.ok()?;
    let port = client.read_u16().await.ok()?;
    client
        .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        .await
        .ok()?;
    let name = String::from_utf8(name).ok()?;
    Some(Seen {
        line: format!("CONNECT {name}:{port}"),
        ..Seen::default()
    })
}
