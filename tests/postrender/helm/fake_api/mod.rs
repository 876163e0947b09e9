//! A small Kubernetes API server on loopback: enough for a real `helm install`, `upgrade` and `uninstall`.
//!
//! It keeps objects in memory and records every request, so that a test can check what Helm sent and what it did not
//! send. It validates nothing and runs no controllers. What Helm waits for is true at once (`store::settle`).

mod discovery;
mod protobuf;
mod rest;
mod store;
mod watch;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use store::Store;
use tokio::sync::oneshot;

type Response = hyper::Response<BoxBody<Bytes, Infallible>>;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) content_type: String,
    pub(crate) body: Value,
}

impl Request {
    /// Method and path.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// A running server; it stops when dropped.
pub(crate) struct FakeApi {
    address: SocketAddr,
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    requests: Mutex<Vec<Request>>,
    store: Mutex<Store>,
}

impl FakeApi {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind a loopback port");
        listener
            .set_nonblocking(true)
            .expect("a non-blocking listener");
        let address = listener.local_addr().expect("the bound address");
        let state = Arc::new(State::default());
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn({
            let state = Arc::clone(&state);
            move || serve(listener, &state, stopped)
        });
        Self {
            address,
            state,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that would change something, in order.
    pub(crate) fn all_writes(&self) -> Vec<Request> {
        let requests = self.state.requests.lock().unwrap();
        requests
            .iter()
            .filter(|request| request.method != "GET")
            .cloned()
            .collect()
    }

    /// The same without Helm's records of its releases, which are Secrets.
    pub(crate) fn writes(&self) -> Vec<Request> {
        let mut writes = self.all_writes();
        writes.retain(|request| !request.path.contains("/secrets"));
        writes
    }

    /// The writes to one object: those to its path, and the POST that created it.
    pub(crate) fn writes_to(&self, path: &str) -> Vec<Request> {
        let (collection, name) = path.rsplit_once('/').expect("an object's path");
        let mut writes = self.writes();
        writes.retain(|request| {
            request.path == path
                || request.path == collection && request.body["metadata"]["name"] == name
        });
        writes
    }

    /// Forgets the requests so far; the objects stay.
    pub(crate) fn forget_requests(&self) {
        self.state.requests.lock().unwrap().clear();
    }

    /// The object at a path such as `/apis/operator.tigera.io/v1/installations/default`.
    pub(crate) fn object(&self, path: &str) -> Option<Value> {
        self.state.store.lock().unwrap().get(path).cloned()
    }
}

impl Drop for FakeApi {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in it has been printed already.
            drop(thread.join());
        }
    }
}

fn serve(listener: TcpListener, state: &Arc<State>, mut stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let listener =
            tokio::net::TcpListener::from_std(listener).expect("a listener in the runtime");
        loop {
            let stream = tokio::select! {
                _ = &mut stopped => return,
                accepted = listener.accept() => accepted.expect("a connection").0,
            };
            let state = Arc::clone(state);
            tokio::spawn(async move {
                let service = service_fn(|request| answer(request, &state));
                let connection = hyper::server::conn::http1::Builder::new();
                // Helm closes connections, those of watches in particular, as soon as it has what it needs.
                drop(
                    connection
                        .serve_connection(TokioIo::new(stream), service)
                        .await,
                );
            });
        }
    });
}

async fn answer(
    request: hyper::Request<Incoming>,
    state: &State,
) -> Result<Response, hyper::Error> {
    let (head, body) = request.into_parts();
    let content_type = head
        .headers
        .get(CONTENT_TYPE)
        .map(|value| value.to_str().expect("an ASCII header").to_owned());
    let body = body.collect().await?.to_bytes();
    let request = Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        body: parse(content_type.as_deref(), &body),
        content_type: content_type.unwrap_or_default(),
    };
    state.requests.lock().unwrap().push(request.clone());
    Ok(rest::respond(&request, &mut state.store.lock().unwrap()))
}

/// A body as a value. Server-side apply sends YAML, of which JSON is a subset.
fn parse(content_type: Option<&str>, body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    if content_type == Some("application/vnd.kubernetes.protobuf") {
        return protobuf::decode(body);
    }
    serde_yaml::from_slice(body).unwrap_or_else(|error| Value::String(format!("not YAML: {error}")))
}
