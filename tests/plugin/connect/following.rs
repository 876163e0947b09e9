//! `status --wait` and `--watch` on servers that are down, that come back, and whose watches end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use calico_test_support::clusters::Base;
use calico_test_support::outcome::Outcome;
use serde_json::{Value, json};

use super::hostile::reply;
use super::pod_messages::{list, not_found};

/// Longer than anything takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// What a server does with a watch.
type OnWatch = fn(&State, &mut TcpStream);

/// What a server has and was asked for.
struct State {
    objects: Mutex<Vec<Value>>,
    /// The path of each request.
    asked: Mutex<Vec<String>>,
}

impl State {
    fn new(objects: Vec<Value>) -> Arc<Self> {
        Arc::new(Self {
            objects: Mutex::new(objects),
            asked: Mutex::default(),
        })
    }

    fn count(&self, text: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|path| path.contains(text)).count()
    }

    fn serve(self: &Arc<Self>, address: SocketAddr, on_watch: OnWatch) -> SocketAddr {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::clone(self);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, state) = (stream.unwrap(), Arc::clone(&state));
                thread::spawn(move || {
                    let mut head = BufReader::new(stream.try_clone().unwrap()).lines();
                    let first = head.next()?.ok()?;
                    let _blank = head.find(|line| line.as_ref().is_ok_and(String::is_empty))?;
                    let path = first.split(' ').nth(1)?;
                    state.asked.lock().unwrap().push(path.to_owned());
                    state.answer(path, &mut stream, on_watch);
                    Some(())
                });
            }
        });
        address
    }

    fn answer(&self, path: &str, stream: &mut TcpStream, on_watch: OnWatch) {
        if path == "/version" {
            return reply(stream, "", br#"{"gitVersion": "v1.37.1"}"#);
        }
        if path.contains("watch=1") {
            let head =
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n";
            let _ = stream.write_all(head.as_bytes());
            return on_watch(self, stream);
        }
        let objects = self.objects.lock().unwrap().clone();
        match list(&objects, path) {
            Some(mut list) => {
                list["metadata"]["resourceVersion"] = "1".into();
                reply(stream, "", list.to_string().as_bytes());
            }
            None => not_found(stream),
        }
    }
}

fn anywhere() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// An address at which nothing listens.
fn nowhere() -> SocketAddr {
    TcpListener::bind(anywhere()).unwrap().local_addr().unwrap()
}

fn healthy() -> Vec<Value> {
    Base::new("helm", "v3.32.1", 3).objects()
}

/// Without any pool.
fn broken() -> Vec<Value> {
    let mut objects = healthy();
    objects.retain(|object| object["kind"] != "IPPool");
    objects
}

/// Keeps the connection open until the objects change, and then sends an event.
fn until_changed(state: &State, stream: &mut TcpStream) {
    let before = state.objects.lock().unwrap().len();
    let started = Instant::now();
    while state.objects.lock().unwrap().len() == before && started.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(100));
    }
    let event = json!({"type": "MODIFIED", "object": {"metadata": {"resourceVersion": "2"}}});
    let _ = stream.write_all(format!("{event}\n").as_bytes());
    thread::sleep(PATIENCE);
}

/// The state that the client knows is too old.
fn gone(_: &State, stream: &mut TcpStream) {
    let event =
        json!({"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}});
    let _ = stream.write_all(format!("{event}\n").as_bytes());
}

/// The connection ends at once.
fn closed(_: &State, _: &mut TcpStream) {}

fn status(address: SocketAddr, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"));
    command
        .env_clear()
        .args(["status", "--server", &format!("http://{address}")])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn a_server_that_is_down_is_one_line() {
    let started = Instant::now();
    let output = status(nowhere(), &["--wait=4s"]).output().unwrap();
    let ran = Outcome::of(&output);
    assert_eq!(ran.exit, 2, "{}", ran.output());
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let waiting: Vec<&&str> = lines
        .iter()
        .filter(|line| line.starts_with("waiting for the API server: "))
        .collect();
    assert_eq!(waiting.len(), 1, "{}", ran.stderr);
    assert!(lines.len() <= 3, "{}", ran.stderr);
    assert!(!ran.stderr.contains("permission"), "{}", ran.stderr);
    assert!(started.elapsed() < PATIENCE);
}

#[test]
fn a_server_that_comes_back_is_read() {
    let address = nowhere();
    let child = status(address, &["--wait=80s", "-o", "short"])
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_secs(3));
    State::new(healthy()).serve(address, until_changed);
    let ran = Outcome::of(&child.wait_with_output().unwrap());
    assert!(ran.stdout.contains("Calico v3.32.1"), "{}", ran.output());
    let first = ran.stderr.lines().next().unwrap_or_default();
    assert!(first.contains("refused"), "{}", ran.stderr);
}

/// Each row is listed again, and not all the time.
#[test]
fn a_watch_that_is_too_old_begins_with_a_new_list() {
    let state = State::new(healthy());
    let address = state.serve(anywhere(), gone);
    let mut child = status(address, &["--watch"]).spawn().unwrap();
    let started = Instant::now();
    while state.count("/nodes?limit=1&") + state.count("/nodes?limit=1 ") < 3
        && state.count("nodes?limit=1") < 3
        && started.elapsed() < PATIENCE
    {
        thread::sleep(Duration::from_millis(200));
    }
    let elapsed = started.elapsed();
    end(&mut child);
    assert!(state.count("/nodes?watch=1") >= 2, "{elapsed:?}");
    let most = 2 + usize::try_from(elapsed.as_secs()).unwrap();
    assert!(state.count("/nodes?watch=1") <= most, "{elapsed:?}");
}

#[test]
fn a_watch_that_ends_begins_again_and_not_all_the_time() {
    let state = State::new(healthy());
    let address = state.serve(anywhere(), closed);
    let mut child = status(address, &["--watch"]).spawn().unwrap();
    let started = Instant::now();
    while state.count("/nodes?watch=1") < 3 && started.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(200));
    }
    let elapsed = started.elapsed();
    end(&mut child);
    let most = 2 + usize::try_from(elapsed.as_secs()).unwrap();
    assert!(
        (3..=most).contains(&state.count("/nodes?watch=1")),
        "{elapsed:?}"
    );
}

fn end(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A terminal, which `script` of util-linux provides.
struct Terminal {
    child: Child,
    output: Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    fn run(command: &str) -> Self {
        let mut child = Command::new("script")
            .args(["-q", "-e", "-f", "-c", command, "/dev/null"])
            .env("TERM", "xterm")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count) = stdout.read(&mut bytes) {
                if count == 0 || sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            output,
            seen: String::new(),
        }
    }

    /// Waits until a text is on the screen that was drawn last.
    fn wait_for(&mut self, text: &str) {
        while !self.screen().contains(text) {
            match self.output.recv_timeout(PATIENCE) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(error) => panic!("{error}: {text:?} is not in {:?}", self.seen),
            }
        }
    }

    /// What follows the last move to the first line, if it was drawn completely.
    fn screen(&self) -> &str {
        let complete = self.seen.rsplit_once("\x1b[J").map_or("", |(seen, _)| seen);
        complete
            .rsplit_once("\x1b[H")
            .map_or("", |(_, screen)| screen)
    }

    fn press_ctrl_c(&mut self) -> Option<i32> {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(b"\x03").unwrap();
        stdin.flush().unwrap();
        let status = self.child.wait().unwrap();
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_secs(5)) {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        status.code()
    }
}

#[test]
fn a_terminal_shows_the_last_report_until_ctrl_c() {
    let state = State::new(healthy());
    let address = state.serve(anywhere(), until_changed);
    let program = env!("CARGO_BIN_EXE_kubectl-calico");
    let command = format!("exec {program} status --watch --server http://{address}");
    let mut terminal = Terminal::run(&command);
    terminal.wait_for("Calico v3.32.1");
    assert!(!terminal.screen().contains(" error "), "{}", terminal.seen);
    *state.objects.lock().unwrap() = broken();
    terminal.wait_for("error");
    let screen = terminal.screen().to_owned();
    assert_eq!(screen.matches("Calico v3.32.1").count(), 1, "{screen}");
    assert_eq!(terminal.press_ctrl_c(), Some(130), "{}", terminal.seen);
    assert!(
        terminal.seen.ends_with("\x1b[0m\r\n"),
        "{:?}",
        terminal.seen
    );
}
