//! The REST verbs on objects, lists and watches.

use std::collections::HashMap;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::store::{Selector, Store};
use super::{Request, Response, discovery, watch};

/// The response to a request, which may change the store.
pub(super) fn respond(request: &Request, store: &mut Store) -> Response {
    if request.method == "GET"
        && let Some(document) = discovery::document(&request.path)
    {
        return reply(200, &document);
    }
    if request.path == "/openapi/v2" {
        // An empty protobuf message: a schema without types, against which clients validate nothing.
        return send(
            200,
            "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
            Bytes::new(),
        );
    }
    let Some(target) = Target::of(&request.path) else {
        return failure(
            404,
            "NotFound",
            &format!("nothing is served at {}", request.path),
        );
    };
    let query = decode_query(&request.query);
    match (request.method.as_str(), target.name) {
        ("GET", None) => match Selector::of(&query) {
            Err(why) => failure(400, "BadRequest", &why),
            Ok(selector) if query.get("watch").is_some_and(|v| v == "true" || v == "1") => {
                // Servers may reject this, and clients then list before they watch.
                if query.contains_key("sendInitialEvents") {
                    return failure(422, "Invalid", "sendInitialEvents is not supported");
                }
                let since = query
                    .get("resourceVersion")
                    .and_then(|v| v.parse().ok())
                    .unwrap_or(0);
                watch::response(store, target.collection, since, selector)
            }
            Ok(selector) => reply(200, &store.list(target.collection, target.kind, &selector)),
        },
        ("GET", Some(_)) => match store.get(&request.path) {
            Some(object) => reply(200, object),
            None => not_found(request),
        },
        ("POST", None) => {
            let Some(name) = request.body["metadata"]["name"].as_str() else {
                return failure(422, "Invalid", "metadata.name is missing");
            };
            let path = format!("{}/{name}", target.collection);
            if store.get(&path).is_some() {
                return failure(409, "AlreadyExists", &format!("{path} already exists"));
            }
            reply(201, &store.put(&path, request.body.clone()))
        }
        ("PUT", Some(_)) => reply(200, &store.put(&request.path, request.body.clone())),
        ("PATCH", Some(_)) => patch(request, store),
        ("DELETE", Some(_)) => match store.delete(&request.path) {
            Some(_) => reply(
                200,
                &json!({"kind": "Status", "apiVersion": "v1", "status": "Success"}),
            ),
            None => not_found(request),
        },
        _ => failure(
            405,
            "MethodNotAllowed",
            &format!("{} is not served here", request.line()),
        ),
    }
}

/// Handles every type of patch as a merge patch: the tests check what was sent, not how lists are merged.
fn patch(request: &Request, store: &mut Store) -> Response {
    let apply = request.content_type == "application/apply-patch+yaml";
    match store.get(&request.path).cloned() {
        None if apply => reply(201, &store.put(&request.path, request.body.clone())),
        None => not_found(request),
        Some(mut object) => {
            merge(&mut object, &request.body);
            reply(200, &store.put(&request.path, object))
        }
    }
}

/// A JSON merge patch (RFC 7386). The directives of a strategic merge patch (`$setElementOrder/…`) are ignored.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let target = target.as_object_mut().expect("made an object above");
    for (key, value) in patch.iter().filter(|(key, _)| !key.starts_with('$')) {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// The target of a path: a collection, or an object in it.
struct Target<'a> {
    collection: &'a str,
    kind: &'static str,
    name: Option<&'a str>,
}

impl<'a> Target<'a> {
    fn of(path: &'a str) -> Option<Self> {
        let segments: Vec<_> = path.split('/').skip(1).collect();
        let start = match *segments.first()? {
            "api" => 2,
            "apis" => 3,
            _ => return None,
        };
        // A namespace is an object, too: /api/v1/namespaces/NAME has no resource after the name.
        let namespaced = segments.get(start) == Some(&"namespaces") && segments.len() > start + 2;
        let plural_at = if namespaced { start + 2 } else { start };
        let kind = discovery::kind(segments.get(plural_at)?)?;
        let (collection, name) = match segments.len() - plural_at {
            1 => (path, None),
            2 => path
                .rsplit_once('/')
                .map(|(collection, name)| (collection, Some(name)))?,
            _ => return None,
        };
        Some(Self {
            collection,
            kind,
            name,
        })
    }
}

/// The parameters of a query, decoded.
fn decode_query(query: &str) -> HashMap<&str, String> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key, percent_decode(value)))
        .collect()
}

fn percent_decode(value: &str) -> String {
    let mut parts = value.split('%');
    let mut decoded = parts.next().unwrap_or_default().replace('+', " ");
    for part in parts {
        let code = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(char::from(code.expect("two hexadecimal digits after %")));
        decoded.push_str(&part[2..].replace('+', " "));
    }
    decoded
}

fn not_found(request: &Request) -> Response {
    failure(404, "NotFound", &format!("{} not found", request.path))
}

fn failure(code: u16, reason: &str, message: &str) -> Response {
    reply(
        code,
        &json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure",
            "code": code, "reason": reason, "message": message,
        }),
    )
}

fn reply(code: u16, body: &Value) -> Response {
    send(code, "application/json", Bytes::from(body.to_string()))
}

fn send(code: u16, content_type: &str, body: Bytes) -> Response {
    hyper::Response::builder()
        .status(code)
        .header(CONTENT_TYPE, content_type)
        .body(Full::new(body).boxed())
        .expect("a valid response")
}
