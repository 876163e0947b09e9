//! A filter that a signal stops leaves no process and no file.

use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::stand_in::{INSTALLATION, StandIn, is_alive};

/// Waits until something is so.
#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Starts the filter, with a stream.
fn start(command: &mut Command, stream: String) -> Child {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::spawn(move || stdin.write_all(stream.as_bytes()));
    child
}

fn signal(child: &mut Child, name: &str, number: i32) {
    let mut kill = Command::new("kill");
    kill.args(["-s", name, &child.id().to_string()]);
    assert!(kill.status().unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(number));
}

#[test]
fn the_process_that_was_started_ends_too() {
    for (name, number) in [("TERM", 15), ("INT", 2)] {
        let stand_in = StandIn::on_path("echo $$ > pid\nexec sleep 600");
        fs::create_dir(stand_in.path("temporary")).unwrap();
        let mut command = stand_in.command(&[]);
        command.env("TMPDIR", stand_in.path("temporary"));
        let mut child = start(&mut command, INSTALLATION.to_owned());
        wait_until("the script runs", || {
            fs::read_to_string(stand_in.path("pid")).is_ok_and(|pid| pid.ends_with('\n'))
        });
        signal(&mut child, name, number);
        let pid = stand_in.left("pid");
        wait_until("the script is stopped", || !is_alive(&pid));
        assert_eq!(fs::read_dir(stand_in.path("temporary")).unwrap().count(), 0);
    }
}

/// Nobody reads the stream, so that it is never written completely.
#[test]
fn no_temporary_file_is_left_next_to_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let files = || fs::read_dir(folder.path()).unwrap().count();
    let stream = format!("{INSTALLATION}---\n# {}\n", "x".repeat(1 << 20));
    let mut command = Command::new(env!("CARGO_BIN_EXE_helm-postrender"));
    command
        .args(["--report", "report.json"])
        .current_dir(folder.path());
    let mut child = start(&mut command, stream);
    wait_until("the report is prepared", || files() == 1);
    signal(&mut child, "TERM", 15);
    assert_eq!(files(), 0);
}
