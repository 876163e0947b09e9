//! `--report`: what the file contains, and where it is written.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::command::INSTALLATION;
use crate::filter::{command, filter};
use calico_test_support::snapshot::assert_snapshot;

#[test]
fn the_report_lists_what_was_set_and_what_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let report = |arguments: &[&str], input: &str| {
        let arguments = [&["--report", file.to_str().unwrap()], arguments].concat();
        let ran = filter(&arguments, input.as_bytes());
        (ran.exit, read(&file))
    };
    let (_, changed) = report(
        &["--cidr", "10.244.0.0/16", "--block-size", "24"],
        INSTALLATION,
    );
    assert_snapshot(
        "postrender_report",
        &format!("{changed:#}").replace(env!("CARGO_PKG_VERSION"), "VERSION"),
    );

    let (exit, refused) = report(&["--cidr", "172.16.0.1/16"], INSTALLATION);
    assert_eq!((exit, &refused["outcome"]), (2, &"refused".into()));
    let rule = refused["rules"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["code"] == "cidr-host-bits")
        .unwrap();
    assert_eq!(rule["result"], "refused");
    let evidence = &rule["violations"][0]["evidence"][0];
    assert_eq!(evidence["origin"]["flag"], "--cidr 172.16.0.1/16");

    let (exit, check) = report(&["--cidr", "172.16.0.0/16", "--check"], INSTALLATION);
    assert_eq!((exit, &check["outcome"]), (1, &"wouldChange".into()));
    assert_eq!(
        check["rules"].as_array().unwrap().len(),
        calico_core::rules::all().count()
    );
    let (exit, same) = report(&["--cidr", "10.244.0.0/16", "--check"], INSTALLATION);
    assert_eq!((exit, &same["outcome"]), (0, &"unchanged".into()));
    let (exit, none) = report(&[], "");
    assert_eq!(
        (exit, &none["outcome"], &none["installation"]),
        (2, &"refused".into(), &Value::Null)
    );
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "a temporary file was left behind");
}

#[test]
fn a_report_that_cannot_be_written_stops_the_run() {
    let ran = filter(
        &[
            "--report",
            "/nonexistent/folder/report.json",
            "--cidr",
            "172.16.0.0/16",
        ],
        INSTALLATION.as_bytes(),
    );
    assert_eq!((ran.exit, ran.stdout.len()), (2, 0));
    assert!(
        ran.stderr
            .contains("--report \"/nonexistent/folder/report.json\""),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_report_that_cannot_be_written_does_not_hide_a_refusal() {
    let arguments = [
        "--report",
        "/nonexistent/report.json",
        "--cidr",
        "172.16.0.1/16",
    ];
    let ran = filter(&arguments, INSTALLATION.as_bytes());
    assert_eq!((ran.exit, ran.stdout.len()), (2, 0));
    for excerpt in ["/nonexistent/report.json", "[cidr-host-bits]"] {
        assert!(ran.stderr.contains(excerpt), "{}", ran.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_report_written_through_a_symlink_keeps_the_symlink() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real"), folder.path().join("link"));
    fs::write(&real, "old").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let ran = filter(
        &["--report", link.to_str().unwrap()],
        INSTALLATION.as_bytes(),
    );
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(read(&real)["kind"], "Report");
}

#[cfg(unix)]
#[test]
fn a_report_is_not_written_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in"), folder.path().join("out"));
    fs::write(&input, INSTALLATION).unwrap();
    for report in ["-", "/proc/self/fd/1", out.to_str().unwrap()] {
        let output = command(&["--report", report])
            .stdin(fs::File::open(&input).unwrap())
            .stdout(fs::File::create(&out).unwrap())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(64), "{report}");
        assert_eq!(fs::read_to_string(&out).unwrap(), "", "{report}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_report_says_whether_the_stream_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let (input, report) = (folder.path().join("in"), folder.path().join("report.json"));
    let documents = "---\na: 1\n".repeat(20_000);
    fs::write(&input, format!("{INSTALLATION}{documents}")).unwrap();
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();

    let (exit, message) = run(&input, Stdio::null(), &report);
    assert_eq!(exit, Some(0), "{message}");
    assert_eq!(read(&report)["outcome"], "changed");

    let (exit, message) = run(&input, full().into(), &report);
    assert_eq!(exit, Some(2));
    assert_failed(&report, "standard output cannot be written");
    assert!(
        message.contains("standard output cannot be written"),
        "{message}"
    );

    // The reader closes the pipe.
    fs::remove_file(&report).unwrap();
    let (exit, _) = run(&input, Stdio::piped(), &report);
    assert_eq!(exit, Some(2));
    assert_failed(&report, "");

    fs::remove_file(&report).unwrap();
    let (exit, _) = run(folder.path(), Stdio::null(), &report);
    assert_eq!(exit, Some(2));
    assert_failed(&report, "standard input cannot be read");

    // That a device is full shows only when it is written, after the stream.
    let out = folder.path().join("out");
    let stdout = fs::File::create(&out).unwrap();
    let (exit, message) = run(&input, stdout.into(), Path::new("/dev/full"));
    assert_eq!(exit, Some(2));
    let note = "the report cannot be written: No space left on device (os error 28)\n  note: the stream was written\n";
    assert!(message.ends_with(note), "{message}");
    assert!(fs::read_to_string(&out).unwrap().contains("172.16.0.0/16"));
}

/// Runs with a report, closes the reading end of standard output, and returns the exit code and
/// standard error.
#[cfg(target_os = "linux")]
fn run(input: &Path, stdout: Stdio, report: &Path) -> (Option<i32>, String) {
    let report = report.to_str().unwrap();
    let mut child = command(&["--report", report, "--cidr", "172.16.0.0/16"])
        .stdin(fs::File::open(input).unwrap())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), message)
}

#[track_caller]
#[cfg(target_os = "linux")]
fn assert_failed(report: &Path, error: &str) {
    let report = read(report);
    assert_eq!(report["outcome"], "failed");
    let actual = report["error"].as_str().unwrap_or_default();
    assert!(actual.contains(error), "{actual}");
}

fn read(report: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap()
}

#[cfg(unix)]
#[test]
fn the_report_does_not_overwrite_what_the_run_reads() {
    let folder = tempfile::tempdir().unwrap();
    let [input, plan] = ["in.yaml", "plan.yaml"].map(|name| folder.path().join(name));
    let installation =
        "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\n";
    let cluster = "apiVersion: kubectl-calico/v1alpha1\nkind: ClusterPlan\ncomplete: true\n";
    for report in [&input, &plan] {
        fs::write(&input, installation).unwrap();
        fs::write(&plan, cluster).unwrap();
        let output = command(&[
            "--config",
            plan.to_str().unwrap(),
            "--report",
            report.to_str().unwrap(),
        ])
        .stdin(fs::File::open(&input).unwrap())
        .output()
        .unwrap();
        assert_eq!(output.status.code(), Some(64));
        assert_eq!(fs::read_to_string(&input).unwrap(), installation);
        assert_eq!(fs::read_to_string(&plan).unwrap(), cluster);
    }
}
