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
    refusal: Mutex<Refusal>,
    /// The status and the path of each request.
    asked: Mutex<Vec<String>>,
}

/// The status with which a server refuses a path and an `Impersonate-User`.
type Refusal = fn(&str, &str) -> Option<u16>;

impl State {
    fn new(objects: Vec<Value>) -> Arc<Self> {
        Arc::new(Self {
            objects: Mutex::new(objects),
            refusal: Mutex::new(|_, _| None),
            asked: Mutex::default(),
        })
    }

    fn refuse(&self, refusal: Refusal) {
        *self.refusal.lock().unwrap() = refusal;
    }

    fn count(&self, text: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|path| path.contains(text)).count()
    }

    /// Waits until a path with this text was asked for.
    #[track_caller]
    fn wait_for(&self, text: &str) {
        let started = Instant::now();
        while self.count(text) == 0 {
            assert!(started.elapsed() < PATIENCE, "{text} was not asked for");
            thread::sleep(Duration::from_millis(100));
        }
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
                    let path = first.split(' ').nth(1)?;
                    let headers = head.map_while(Result::ok);
                    let headers: Vec<String> =
                        headers.take_while(|line| !line.is_empty()).collect();
                    let mut headers = headers.iter().filter_map(|line| line.split_once(": "));
                    let user =
                        headers.find(|(name, _)| name.eq_ignore_ascii_case("impersonate-user"));
                    let refusal = *state.refusal.lock().unwrap();
                    let status = refusal(path, user.map_or("", |(_, user)| user));
                    let asked = format!("{} {path}", status.unwrap_or(200));
                    state.asked.lock().unwrap().push(asked);
                    match status {
                        Some(status) => refuse(&mut stream, status),
                        None => state.answer(path, &mut stream, on_watch),
                    }
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

fn refuse(stream: &mut TcpStream, status: u16) {
    let body = json!({"kind": "Status", "code": status, "message": "no"}).to_string();
    let head = format!(
        "HTTP/1.1 {status} No\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all((head + &body).as_bytes());
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
    assert!(started.elapsed() < Duration::from_secs(30));
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
    while state.count("/nodes?limit=1") < 3 && started.elapsed() < PATIENCE {
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

/// The lines that a program writes to standard error.
fn lines(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.lines().map_while(Result::ok)
}

/// Connects and says nothing: neither the watches nor the readings take longer than the time that is given.
#[test]
fn a_server_that_does_not_respond_is_waited_for_as_long_as_asked() {
    let listener = TcpListener::bind(anywhere()).unwrap();
    let started = Instant::now();
    let output = status(listener.local_addr().unwrap(), &["--wait=3s"]).output();
    let ran = Outcome::of(&output.unwrap());
    assert_eq!(ran.exit, 2, "{}", ran.output());
    assert!(ran.stderr.contains("the time is up"), "{}", ran.stderr);
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "{}",
        ran.stderr
    );
}

/// API servers restart during an upgrade: what cannot be read for a moment is waited for.
#[test]
fn rows_that_fail_are_waited_for() {
    let state = State::new(healthy());
    state.refuse(|path, _| path.contains("/daemonsets").then_some(500));
    let address = state.serve(anywhere(), until_changed);
    let mut child = status(address, &["--wait=80s", "-o", "short"])
        .spawn()
        .unwrap();
    let said = lines(&mut child).find(|line| line.starts_with("waiting for "));
    let said = said.unwrap_or_default();
    assert!(said.contains("DaemonSet"), "{said}");
    assert!(said.contains("to be readable"), "{said}");
    state.refuse(|_, _| None);
    let ran = Outcome::of(&child.wait_with_output().unwrap());
    assert!(ran.stdout.contains("Calico v3.32.1"), "{}", ran.output());
    assert_ne!(ran.exit, 2, "{}", ran.output());
}

/// Before an install, most kinds are not served.
#[test]
fn kinds_that_are_not_served_are_rarely_asked_for() {
    let state = State::new(healthy());
    state.refuse(|path, _| path.contains("/tigerastatuses?limit=1").then_some(404));
    let address = state.serve(anywhere(), until_changed);
    let mut child = status(address, &["--watch"]).spawn().unwrap();
    state.wait_for("/nodes?watch=1");
    let started = Instant::now();
    thread::sleep(Duration::from_secs(6));
    let lists = state.count("/tigerastatuses?limit=1");
    let most = 2 + usize::try_from(started.elapsed().as_secs() / 10).unwrap();
    end(&mut child);
    assert!(lists <= most, "{lists}");
}

/// The store may move from one API group to the other, and a user may be allowed to read only one of them.
#[test]
fn both_groups_of_a_kind_are_watched() {
    let state = State::new(healthy());
    state.refuse(|path, _| {
        path.contains("/crd.projectcalico.org/v1/bgppeers")
            .then_some(403)
    });
    let address = state.serve(anywhere(), until_changed);
    let mut child = status(address, &["--watch"]).spawn().unwrap();
    for path in [
        "/crd.projectcalico.org/v1/ippools?watch=1",
        "/projectcalico.org/v3/ippools?watch=1",
        "/projectcalico.org/v3/bgppeers?watch=1",
    ] {
        state.wait_for(path);
    }
    child.kill().unwrap();
    let said: Vec<String> = lines(&mut child).collect();
    child.wait().unwrap();
    assert!(!said.concat().contains("permission"), "{said:?}");
}

#[test]
fn a_kind_of_which_no_group_may_be_watched_is_named_once() {
    let state = State::new(healthy());
    state.refuse(|path, _| match path {
        path if path.contains("/crd.projectcalico.org/v1/bgppeers") => Some(403),
        path if path.contains("/projectcalico.org/v3/bgppeers") => Some(404),
        // May be listed, but not watched.
        path if path.contains("/installations?watch=1") => Some(403),
        _ => None,
    });
    let address = state.serve(anywhere(), until_changed);
    let mut child = status(address, &["--watch"]).spawn().unwrap();
    let mut said = String::new();
    for line in lines(&mut child) {
        said += &line;
        if said.contains("bgppeers") && said.contains("installations") {
            break;
        }
    }
    end(&mut child);
    for kind in ["bgppeers", "installations"] {
        assert_eq!(said.matches(kind).count(), 1, "{said}");
    }
}

/// Credentials that the server no longer accepts are read again.
#[test]
fn credentials_that_expire_are_replaced() {
    let state = State::new(healthy());
    let address = state.serve(anywhere(), closed);
    let kubeconfig = tempfile::NamedTempFile::new().unwrap();
    let become_user = |user: &str| {
        let config = json!({
            "current-context": "a",
            "clusters": [{"name": "a", "cluster": {"server": format!("http://{address}")}}],
            "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
            "users": [{"name": "a", "user": {"as": user}}],
        });
        std::fs::write(kubeconfig.path(), config.to_string()).unwrap();
    };
    become_user("first");
    let mut child = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"))
        .env_clear()
        .args(["status", "--watch", "--kubeconfig"])
        .arg(kubeconfig.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    state.wait_for("200 /api/v1/nodes?watch=1");
    become_user("second");
    state.refuse(|_, user| (user != "second").then_some(401));
    state.asked.lock().unwrap().clear();
    state.wait_for("200 /api/v1/nodes?watch=1");
    end(&mut child);
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
