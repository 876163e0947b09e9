//! A proxy between the plugin and a real API server that fails for chosen requests, as networks, load
//! balancers and busy servers do. It makes the server return lists in pages of two.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use calico_test_support::http::{Reply, Request};
use http_body_util::BodyExt as _;
use kube::client::Body;
use kube::config::{KubeConfigOptions, Kubeconfig};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::api_server::Cluster;

/// What happens to a request.
pub(super) enum Fault {
    /// The server's response is forwarded.
    None,
    /// The server's response is forwarded after a delay.
    Late(Duration),
    /// The proxy replies.
    Instead(Reply),
    /// Half of the server's response is forwarded, and the connection is closed.
    Half,
    /// The connection is closed.
    Dead,
}

/// Decides on a request, by its path and the number of earlier requests for that path.
type Script = dyn Fn(&str, usize) -> Fault + Send + Sync;

/// A running proxy. It stops when dropped.
pub(super) struct FaultyProxy {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Proxy {
    upstream: kube::Client,
    script: Box<Script>,
    asked: Mutex<HashMap<String, usize>>,
}

impl FaultyProxy {
    pub(super) fn start(
        cluster: &Cluster,
        script: impl Fn(&str, usize) -> Fault + Send + Sync + 'static,
    ) -> Self {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let kubeconfig = cluster.kubeconfig.clone();
        let script = Box::new(script);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let proxy = Arc::new(Proxy {
                    upstream: upstream(&kubeconfig).await,
                    script,
                    asked: Mutex::default(),
                });
                tokio::select! {
                    () = serve(listener, proxy) => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for FaultyProxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in it has been printed already.
            drop(thread.join());
        }
    }
}

async fn upstream(kubeconfig: &Path) -> kube::Client {
    let kubeconfig = Kubeconfig::read_from(kubeconfig).unwrap();
    let options = KubeConfigOptions::default();
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options).await;
    kube::Client::try_from(config.unwrap()).unwrap()
}

async fn serve(listener: std::net::TcpListener, proxy: Arc<Proxy>) {
    let listener = TcpListener::from_std(listener).unwrap();
    loop {
        let (connection, _) = listener.accept().await.unwrap();
        tokio::spawn(converse(connection, Arc::clone(&proxy)));
    }
}

async fn converse(mut connection: TcpStream, proxy: Arc<Proxy>) {
    while let Some(request) = Request::read(&mut connection).await {
        let path = request.line.strip_prefix("GET ").expect("a GET").to_owned();
        let reply = match proxy.decide(&path) {
            Fault::None => proxy.forward(&path).await,
            Fault::Late(pause) => {
                tokio::time::sleep(pause).await;
                proxy.forward(&path).await
            }
            Fault::Instead(Reply::Whole(text)) => text,
            Fault::Half => {
                let whole = proxy.forward(&path).await;
                // The client may have closed the connection.
                let _ = connection.write_all(&whole[..whole.len() / 2]).await;
                return;
            }
            Fault::Instead(_) | Fault::Dead => return,
        };
        if connection.write_all(&reply).await.is_err() {
            return;
        }
    }
}

impl Proxy {
    fn decide(&self, path: &str) -> Fault {
        let mut asked = self.asked.lock().unwrap();
        let count = asked.entry(path.to_owned()).or_default();
        *count += 1;
        (self.script)(path, *count - 1)
    }

    /// The server's response as text.
    async fn forward(&self, path: &str) -> Vec<u8> {
        let path = path.replace("limit=250", "limit=2");
        let request = http::Request::get(path).body(Body::empty()).unwrap();
        let answer = self.upstream.send(request).await.unwrap();
        let status = answer.status();
        let kind = answer.headers().get("content-type").cloned();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let kind = kind
            .as_ref()
            .map_or("text/plain", |kind| kind.to_str().unwrap());
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        );
        [head.as_bytes(), &body].concat()
    }
}
