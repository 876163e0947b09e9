//! A server on the loopback that answers each request as its script says, over TCP or TLS, and
//! writes down what it was asked: for what no well-behaved server would do.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use calico_test_support::http::{Reply, Seen, head, request};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

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
