//! A watch: a response without an end, with one JSON line per event.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame};
use hyper::header::CONTENT_TYPE;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::Response;
use super::store::{Event, Selector, Store};

pub(super) fn response(
    store: &mut Store,
    collection: &str,
    since: u64,
    selector: Selector,
) -> Response {
    let (sender, events) = unbounded_channel();
    store.watch(since, sender);
    let watch = Watch {
        events,
        collection: collection.to_owned(),
        selector,
    };
    hyper::Response::builder()
        .header(CONTENT_TYPE, "application/json")
        .body(watch.boxed())
        .expect("a valid response")
}

struct Watch {
    events: UnboundedReceiver<Event>,
    collection: String,
    selector: Selector,
}

impl Body for Watch {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        loop {
            let event = match self.events.poll_recv(context) {
                Poll::Ready(Some(event)) => event,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            };
            if event.collection == self.collection && self.selector.matches(&event.object) {
                let line = format!("{}\n", json!({"type": event.kind, "object": event.object}));
                return Poll::Ready(Some(Ok(Frame::data(Bytes::from(line)))));
            }
        }
    }
}
