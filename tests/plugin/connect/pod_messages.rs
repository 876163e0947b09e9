//! The requests for what pods say, and servers whose answers are hostile, slow or denied.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use calico_test_support::clusters::cluster;
use calico_test_support::outcome::Outcome;
use serde_json::{Value, json};

use super::hostile::{reply, server, status};

/// 20 pods of calico-node that crash, and as many that are not ready, on as many nodes.
fn broken() -> Vec<Value> {
    let mut objects = cluster("base: helm\nnodes: 40\n");
    for object in &mut objects {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let number: Option<u32> = name
            .strip_prefix("calico-node-")
            .and_then(|number| number.parse().ok());
        if object["kind"] == "Pod"
            && let Some(number) = number
        {
            let state = if number % 2 == 0 {
                json!({"waiting": {"reason": "CrashLoopBackOff"}})
            } else {
                json!({"running": {}})
            };
            object["status"] = json!({
                "phase": "Running",
                "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady"}],
                "containerStatuses": [{
                    "name": "calico-node", "ready": false, "restartCount": 9 * (1 - number % 2), "state": state,
                    "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}},
                }],
            });
        }
    }
    objects
}

/// A list of the objects that a path selects, as far as these tests need it.
pub(crate) fn list(objects: &[Value], path: &str) -> Option<Value> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let plural = path.rsplit('/').next().unwrap();
    if !query.contains("limit=") {
        return None;
    }
    let items: Vec<&Value> = objects
        .iter()
        .filter(|object| {
            let kind = object["kind"].as_str().unwrap().to_lowercase();
            let app = object["metadata"]["labels"]["k8s-app"].as_str();
            let is_selected = !query.contains("k8s-app")
                || app.is_some_and(|app| query.contains(&format!("{app}%")));
            let is_pending = object["status"]["phase"] == "Pending";
            let is_in_phase = !query.contains("status.phase") || is_pending;
            format!("{kind}s") == plural.replace("statuses", "statuss")
                && is_selected
                && is_in_phase
        })
        .collect();
    Some(json!({"metadata": {}, "items": items}))
}

pub(crate) fn not_found(stream: &mut TcpStream) {
    let body = r#"{"kind": "Status", "message": "not found"}"#;
    error(stream, "404 Not Found", body);
}

fn error(stream: &mut TcpStream, code: &str, body: &str) {
    let _ = stream.write_all(
        format!(
            "HTTP/1.1 {code}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .as_bytes(),
    );
}

/// Runs `status` on the broken cluster. `answer` is for events and logs. Returns their paths, too.
fn run(
    arguments: &str,
    answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static,
) -> (Outcome, Duration, Vec<String>) {
    let objects = broken();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    let url = server(move |path, stream| {
        if path.contains("/events?") || path.contains("/log?") {
            kept.lock().unwrap().push(path.to_owned());
            answer(path, stream);
        } else if let Some(list) = list(&objects, path) {
            reply(stream, "", list.to_string().as_bytes());
        } else {
            not_found(stream);
        }
    });
    let (outcome, elapsed) = status(&url, arguments);
    let asked = asked.lock().unwrap().clone();
    (outcome, elapsed, asked)
}

/// A pod of each kind of failure is asked, however many there are.
#[test]
fn few_requests_for_many_failures() {
    let (outcome, _, mut asked) = run("", |_, stream| not_found(stream));
    asked.sort();
    let namespace = "/api/v1/namespaces/calico-system";
    assert_eq!(
        asked,
        [
            format!(
                "{namespace}/events?limit=30&fieldSelector=involvedObject.kind%3DPod\
                 %2CinvolvedObject.name%3Dcalico-node-1%2Ctype%3DWarning"
            ),
            format!(
                "{namespace}/pods/calico-node-1/log?container=calico-node&tailLines=80&limitBytes=1310720"
            ),
            format!(
                "{namespace}/pods/calico-node-10/log?container=calico-node&tailLines=80\
                 &limitBytes=1310720&previous=true"
            ),
        ],
        "{}",
        outcome.stdout
    );
    let (_, _, asked) = run("--no-logs", |_, stream| not_found(stream));
    assert_eq!(asked, [""; 0]);
}

/// The kubelet goes back by lines, and sends a number of bytes from there on: too low a limit loses the newest lines.
#[test]
fn the_newest_line_of_long_ones() {
    let mut log: Vec<u8> = (0..79)
        .flat_map(|number| format!("{number} {}\n", "x".repeat(15_000)).into_bytes())
        .collect();
    log.extend(b"2026-01-01 00:00:00.000 [ERROR][89] felix/health.go 390: the newest line\n");
    let (outcome, _, _) = run("", move |path, stream| {
        if path.contains("/events?") {
            return not_found(stream);
        }
        let (_, limit) = path.split_once("limitBytes=").unwrap();
        let limit = limit.split('&').next().unwrap().parse().unwrap();
        reply(stream, "", &log[..log.len().min(limit)]);
    });
    assert!(
        outcome.stdout.contains("the newest line"),
        "{}",
        outcome.stdout
    );
}

/// A server that ignores the limits, and a log that would take over a terminal.
#[test]
fn a_hostile_log() {
    let (outcome, _, _) = run("", |path, stream| {
        if path.contains("/events?") {
            return reply(stream, "", br#"{"metadata": {}, "items": null}"#);
        }
        let mut text =
            b"2026-01-01 [ERROR] \x1b]0;title\x07\x1b[2J\x9b31m \xff\xfe \xe2\x80\xae error\r\n"
                .to_vec();
        text.extend([b'\0', b'\n']);
        text.extend(vec![b'a'; 1 << 20]);
        reply(stream, "", &text);
    });
    let text = &outcome.stdout;
    assert_eq!(outcome.exit, 1, "{text}{}", outcome.stderr);
    assert!(text.contains("\\u{1b}]0;title\\u{7}"), "{text}");
    let is_obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!text.chars().any(is_obeyed), "{text:?}");
    assert!(text.len() < 20_000, "{}", text.len());
}

/// The page of a proxy that cannot reach the API server.
#[test]
fn a_long_error_page() {
    let page = format!("<html>{}</html>", "x".repeat(2 << 20));
    let (outcome, ..) = run("", move |_, stream| error(stream, "502 Bad Gateway", &page));
    assert!(outcome.stdout.contains("502 Bad"), "{}", outcome.stdout);
}

/// The report is the same as without them, but for the reason.
#[test]
fn what_may_not_be_read_changes_nothing_else() {
    let said = r#"pods \"x\" is forbidden: User \"jane\" cannot get resource \"pods/log\""#;
    let denied = format!(r#"{{"kind": "Status", "message": "{said}"}}"#);
    let (outcome, _, _) = run("-o json", move |_, stream| {
        error(stream, "403 Forbidden", &denied);
    });
    let (without, ..) = run("-o json --no-logs", |_, stream| not_found(stream));
    let report = |outcome: &Outcome| {
        let read: Value = serde_json::from_str(&outcome.stdout).unwrap();
        // Commands name the server, and each run has another one.
        let server = &read["facts"]["cluster"]["origin"]["server"];
        let text = outcome.stdout.replace(server.as_str().unwrap(), "SERVER");
        let mut report: Value = serde_json::from_str(&text).unwrap();
        for field in ["time", "cluster"] {
            report[field] = Value::Null;
        }
        report["facts"]["cluster"]["origin"] = Value::Null;
        for finding in report["findings"].as_array_mut().unwrap() {
            let evidence = finding["evidence"].as_array_mut().unwrap();
            evidence.retain(|it| !it["value"].as_str().unwrap().starts_with("not read: "));
        }
        report
    };
    assert!(
        outcome.stdout.contains("not read: pods"),
        "{}",
        outcome.stdout
    );
    assert_eq!(report(&outcome), report(&without));
    assert_eq!(outcome.exit, without.exit);
}

/// A kubelet that does not respond takes a few seconds, and no more.
#[test]
fn a_kubelet_that_does_not_respond() {
    let (outcome, elapsed, _) = run("", |_, _| std::thread::sleep(Duration::from_secs(60)));
    assert_eq!(outcome.exit, 1, "{}", outcome.stderr);
    assert!(elapsed < Duration::from_secs(30), "{elapsed:?}");
    assert!(
        outcome.stdout.contains("no response within 10s"),
        "{}",
        outcome.stdout
    );
}
