//! A server on loopback that speaks HTTP/2 where it is offered, and counts its connections.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// How long a response takes.
const PAUSE: Duration = Duration::from_millis(50);

/// A running server. It stops when dropped.
pub(crate) struct CountingServer {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl CountingServer {
    /// Responds to each request with `body`. The first `broken` connections end with their second request.
    pub(crate) async fn start(tls: TlsAcceptor, body: Vec<u8>, broken: usize) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let body = Bytes::from(body);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let is_broken = count.fetch_add(1, Ordering::Relaxed) < broken;
                tokio::spawn(serve(tls.clone(), stream, body.clone(), is_broken));
            }
        });
        Self {
            address,
            connections,
            task,
        }
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for CountingServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(tls: TlsAcceptor, stream: tokio::net::TcpStream, body: Bytes, is_broken: bool) {
    let Ok(stream) = tls.accept(stream).await else {
        return;
    };
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let (sender, mut breaking) = tokio::sync::mpsc::unbounded_channel();
    let requests = AtomicUsize::new(0);
    let service = service_fn(|_| {
        let is_last = is_broken && requests.fetch_add(1, Ordering::Relaxed) > 0;
        let (sender, body) = (sender.clone(), body.clone());
        async move {
            if is_last {
                sender.send(()).unwrap();
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(PAUSE).await;
            Ok::<_, Infallible>(http::Response::new(Full::new(body)))
        }
    });
    let stream = TokioIo::new(stream);
    // A client may close the connection at any time.
    if is_http2 {
        let connection =
            http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service);
        tokio::select! { _ = connection => {}, _ = breaking.recv() => {} }
    } else {
        let connection = http1::Builder::new().serve_connection(stream, service);
        tokio::select! { _ = connection => {}, _ = breaking.recv() => {} }
    }
}
