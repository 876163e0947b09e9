//! Servers that send as much as they can, for as long as they can. A run ends within its time, with a bounded
//! amount of memory, and says what was not read and why.

use std::io::{BufRead as _, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use calico_test_support::outcome::Outcome;
use calico_test_support::process::output_on;

/// The most address space of a run, in KiB: the limits of a run, and as much again.
const MEMORY: u32 = 1 << 21;

/// A server that answers `/version`; each other request gets what `answer` writes. It runs until the test
/// program ends.
pub(crate) fn server(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), Arc::clone(&answer));
            std::thread::spawn(move || {
                let mut head = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = head.next()?.ok()?;
                let _blank = head.find(|line| line.as_ref().is_ok_and(String::is_empty))?;
                let path = first.split(' ').nth(1)?;
                if path == "/version" {
                    reply(&mut stream, "", br#"{"gitVersion": "v1.37.1"}"#);
                } else {
                    answer(path, &mut stream);
                }
                Some(())
            });
        }
    });
    url
}

pub(crate) fn reply(stream: &mut TcpStream, headers: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    // The client may have closed the connection.
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
}

/// Runs `status` on a server, with a limit of memory.
pub(super) fn status(server: &str, arguments: &str) -> (Outcome, Duration) {
    let program = env!("CARGO_BIN_EXE_kubectl-calico");
    let script = format!("ulimit -v {MEMORY}; exec {program} status --server {server} {arguments}");
    let started = Instant::now();
    let output = Command::new("sh")
        .args(["-c", &script])
        .env_clear()
        .output()
        .unwrap();
    (Outcome::of(&output), started.elapsed())
}

fn gzip(text: &str) -> Vec<u8> {
    output_on(&mut Command::new("gzip"), text.as_bytes()).stdout
}

#[track_caller]
fn assert_not_read(outcome: &Outcome, why: &str) {
    assert_eq!(outcome.exit, 2, "{}\n{}", outcome.stdout, outcome.stderr);
    let text = format!("{}{}", outcome.stdout, outcome.stderr);
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(words.join(" ").contains(why), "{why:?} is missing:\n{text}");
}

#[test]
fn a_bomb_of_items() {
    let items = vec!["{}"; 2_000_000].join(",");
    let bomb = gzip(&format!(r#"{{"metadata": {{}}, "items": [{items}]}}"#));
    assert!(bomb.len() < 100_000);
    let server = server(move |_, stream| reply(stream, "Content-Encoding: gzip\r\n", &bomb));
    let (outcome, _) = status(&server, "");
    assert_not_read(&outcome, "more than 200000 objects");
}

#[test]
fn a_bomb_of_bytes() {
    let bomb = gzip(&" ".repeat(70 << 20));
    let server = server(move |_, stream| reply(stream, "Content-Encoding: gzip\r\n", &bomb));
    let (outcome, _) = status(&server, "");
    assert_not_read(&outcome, "is larger than 64 MiB");
}

#[test]
fn a_page_larger_than_requested() {
    let items = vec!["{}"; 300].join(",");
    let page = format!(r#"{{"metadata": {{"continue": "more"}}, "items": [{items}]}}"#);
    let server = server(move |_, stream| reply(stream, "", page.as_bytes()));
    let (outcome, _) = status(&server, "");
    assert_not_read(
        &outcome,
        "a page of 300 objects, although 250 were requested",
    );
}

/// Each page has a token of its own, and nothing else.
#[test]
fn endless_pages() {
    let page = AtomicUsize::new(0);
    let server = server(move |_, stream| {
        let token = page.fetch_add(1, Ordering::Relaxed);
        let page = format!(r#"{{"metadata": {{"continue": "{token}"}}, "items": []}}"#);
        reply(stream, "", page.as_bytes());
    });
    let (outcome, _) = status(&server, "");
    assert_not_read(&outcome, "more than 3000 requests in total");
}

/// A byte at a time keeps a connection alive, and no run.
#[test]
fn a_body_that_drips() {
    let server = server(|_, stream| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{";
        let mut open = stream.write_all(head.as_bytes()).is_ok();
        while open {
            std::thread::sleep(Duration::from_millis(50));
            open = stream.write_all(b" ").is_ok();
        }
    });
    let (outcome, elapsed) = status(&server, "--timeout 2s --request-timeout 0");
    assert_not_read(&outcome, "raise --timeout");
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
}
