//! A server on loopback that does with each request what a script says, over TCP or TLS, and
//! records the requests.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use calico_test_support::http::{Reply, Request};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A running server. It stops when dropped.
pub(crate) struct FakeServer {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl FakeServer {
    /// HTTP. The argument of the script is the number of earlier requests.
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
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (script, log) = (Arc::new(script), Arc::clone(&requests));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (tls, script, log) = (tls.clone(), Arc::clone(&script), Arc::clone(&log));
                tokio::spawn(async move {
                    let Some(tls) = tls else {
                        return serve(stream, None, &*script, &log).await;
                    };
                    // A client that rejects the certificate closes the connection.
                    if let Ok(stream) = tls.accept(stream).await {
                        let certificate = stream
                            .get_ref()
                            .1
                            .peer_certificates()
                            .and_then(|chain| Some(chain.first()?.to_vec()));
                        serve(stream, certificate, &*script, &log).await;
                    }
                });
            }
        });
        Self {
            address,
            requests,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes the requests since the last call.
    pub(crate) fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve<C>(
    mut connection: C,
    certificate: Option<Vec<u8>>,
    script: &(dyn Fn(usize) -> Reply + Send + Sync),
    log: &Mutex<Vec<Request>>,
) where
    C: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(mut request) = Request::read(&mut connection).await {
        request.certificate.clone_from(&certificate);
        let reply = {
            let mut log = log.lock().unwrap();
            let reply = script(log.len());
            log.push(request);
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

/// Writes to a client, which may have closed the connection.
async fn write(connection: &mut (impl AsyncWrite + Unpin), text: &[u8]) {
    let _ = connection.write_all(text).await;
    let _ = connection.flush().await;
}
