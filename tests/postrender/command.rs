//! The filter's command line: help, exit codes, the report, and how it treats its neighbours in a
//! pipe.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::filter::{command, filter};

const INSTALLATION: &str = "\
apiVersion: operator.tigera.io/v1
kind: Installation
metadata:
  name: default
spec:
  calicoNetwork:
    ipPools:
    - cidr: 10.244.0.0/16
";

/// Compares a text with tests/snapshots/NAME.snap.
fn assert_snapshot(name: &str, text: &str) {
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn help_says_all_of_it() {
    let output = command(&["--help"]).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success());
    assert_snapshot(
        "postrender_help",
        &String::from_utf8(output.stdout).unwrap(),
    );
}

#[test]
fn the_version_is_the_packages() {
    let output = command(&["--version"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(
        output.stdout,
        format!("helm-postrender {}\n", env!("CARGO_PKG_VERSION")).into_bytes()
    );
}

#[test]
fn help_in_the_middle_of_a_pipe_writes_no_stream() {
    for argument in ["--help", "-h", "--version", "-V"] {
        let ran = filter(&[argument], INSTALLATION.as_bytes());
        assert_eq!((ran.exit, ran.stdout.len()), (64, 0), "{argument}");
        let ran = filter(&["--helm4", argument], INSTALLATION.as_bytes());
        let said = String::from_utf8(ran.stdout).unwrap();
        assert!(
            ran.exit == 0 && said.starts_with("|-\n  helm-postrender: error: "),
            "{argument}: {said}"
        );
    }
}

#[test]
fn every_failure_takes_helm_4s_way_out() {
    let broken = INSTALLATION.replace("10.244.0.0", "10.244.0.1");
    let failures: [(&[&str], &str); 6] = [
        (&["--cidr", "banana"], INSTALLATION),
        (&["--nonsense"], INSTALLATION),
        (&["--pool", "a"], INSTALLATION),
        (&["--cidr", "172.16.0.1/16"], INSTALLATION),
        (&["--check", "--cidr", "172.16.0.0/16"], INSTALLATION),
        (&["--block-size", "99"], &broken),
    ];
    for (arguments, input) in failures {
        let plain = filter(arguments, input.as_bytes());
        assert!(plain.exit != 0 && plain.stdout.is_empty(), "{arguments:?}");
        let helm4 = filter(&[&["--helm4"], arguments].concat(), input.as_bytes());
        let message: Vec<String> = plain
            .stderr
            .lines()
            .map(|line| format!("  {line}\n"))
            .collect();
        let want = format!(
            "|-\n{}---\napiVersion: helm-postrender.invalid/v1\nkind: Refused\nmetadata:\n  name: helm-postrender-refused\n",
            message.concat()
        );
        assert_eq!(
            (helm4.exit, String::from_utf8(helm4.stdout).unwrap()),
            (0, want),
            "{arguments:?}"
        );
    }
}

#[test]
fn an_argument_that_is_not_utf8_is_named() {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let mut command = command(&["--cidr"]);
        command.arg(std::ffi::OsStr::from_bytes(b"10.0.0.0/\xff\x1b"));
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(64));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            said,
            "helm-postrender: error: an argument is not UTF-8: \"10.0.0.0/\\xff\\u{1b}\"\n"
        );
    }
}

#[test]
fn quiet_says_nothing_and_writes_the_same() {
    let loud = filter(&["--cidr", "172.16.0.0/16"], INSTALLATION.as_bytes());
    let quiet = filter(
        &["--cidr", "172.16.0.0/16", "--quiet"],
        INSTALLATION.as_bytes(),
    );
    assert!(!loud.stderr.is_empty());
    assert_eq!((quiet.stderr.as_str(), quiet.stdout), ("", loud.stdout));
}

#[test]
fn the_report_tells_what_was_set_kept_and_left() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let path = file.to_str().unwrap();
    let report = |arguments: &[&str], input: &str| {
        let arguments = [&["--report", path], arguments].concat();
        let ran = filter(&arguments, input.as_bytes());
        let report: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        (ran.exit, report)
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
    let rules = refused["rules"].as_array().unwrap();
    let rule = rules
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
    // Nothing is left beside it.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
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
    for said in ["/nonexistent/report.json", "[cidr-host-bits]"] {
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_report_through_a_link_leaves_the_link() {
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
    assert!(
        fs::read_to_string(&real)
            .unwrap()
            .contains("\"kind\": \"Report\"")
    );
}

#[cfg(unix)]
#[test]
fn a_report_never_goes_where_the_stream_goes() {
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
fn a_report_tells_what_came_of_the_stream() {
    let folder = tempfile::tempdir().unwrap();
    let (input, report) = (folder.path().join("in"), folder.path().join("report.json"));
    fs::write(
        &input,
        format!("{INSTALLATION}{}", "---\na: 1\n".repeat(20_000)),
    )
    .unwrap();
    let run = |stdin: &Path, stdout: Stdio, report: &Path| {
        let report = report.to_str().unwrap();
        let arguments = ["--report", report, "--cidr", "172.16.0.0/16"];
        let mut child = command(&arguments)
            .stdin(fs::File::open(stdin).unwrap())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Whoever reads goes away.
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), said)
    };
    let outcome = || {
        let text = fs::read_to_string(&report).unwrap();
        let report: Value = serde_json::from_str(&text).unwrap();
        let error = report["error"].as_str().unwrap_or_default().to_owned();
        (report["outcome"].as_str().unwrap().to_owned(), error)
    };
    let full = || {
        fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };

    let (exit, said) = run(&input, Stdio::null(), &report);
    assert_eq!((exit, outcome().0.as_str()), (Some(0), "changed"), "{said}");

    let (exit, said) = run(&input, full().into(), &report);
    assert!(said.contains("standard output cannot be written"), "{said}");
    let (word, error) = outcome();
    assert_eq!((exit, word.as_str()), (Some(2), "failed"));
    assert!(
        error.contains("standard output cannot be written"),
        "{error}"
    );

    fs::remove_file(&report).unwrap();
    let (exit, _) = run(&input, Stdio::piped(), &report);
    assert_eq!((exit, outcome().0.as_str()), (Some(2), "failed"));

    fs::remove_file(&report).unwrap();
    let (exit, _) = run(folder.path(), Stdio::null(), &report);
    let (word, error) = outcome();
    assert_eq!((exit, word.as_str()), (Some(2), "failed"));
    assert!(error.contains("standard input cannot be read"), "{error}");

    // Nobody learns before it is written that a device takes nothing.
    let out = folder.path().join("out");
    let stdout = fs::File::create(&out).unwrap();
    let (exit, said) = run(&input, stdout.into(), Path::new("/dev/full"));
    assert_eq!(exit, Some(2));
    let note = "the report cannot be written: No space left on device (os error 28)\n  note: the stream was written\n";
    assert!(said.ends_with(note), "{said}");
    assert!(fs::read_to_string(&out).unwrap().contains("172.16.0.0/16"));
}

#[test]
fn if_present_excuses_nothing_but_absence() {
    let misnamed = INSTALLATION.replace("name: default", "name: defualt");
    let overlay = INSTALLATION.replace("name: default", "name: overlay");
    for input in ["", "\n", "# only a comment\n", &misnamed, &overlay] {
        let ran = filter(&["--if-present", "--cidr", "10.0.0.0/16"], input.as_bytes());
        assert_eq!((ran.exit, ran.stdout.len()), (2, 0), "{input:?}");
    }
}

#[test]
fn a_long_list_of_mistakes_is_a_short_message() {
    let installation = |pool: fn(usize) -> String| {
        let pools = (0..3_000).map(|index| format!("    - {{{}}}\n", pool(index)));
        INSTALLATION.replace("    - cidr: 10.244.0.0/16\n", &pools.collect::<String>())
    };
    let same = installation(|_| "cidr: 10.244.0.0/16".to_owned());
    let unreadable = installation(|_| "cidr: 10".to_owned());
    let long = installation(|index| format!("cidr: 10.0.0.{index}/32, name: {}", "x".repeat(300)));
    let nested = installation(|index| format!("cidr: 10.0.0.0/{}", index % 33));
    for (input, said) in [
        (same, "[pool-duplicate] 2989 more like this"),
        (unreadable, "[field-type] 2990 more like this"),
        (long, "xxx…"),
        (nested, "rules are violated in"),
    ] {
        for arguments in [
            [].as_slice(),
            &["--cidr", "172.16.0.0/16"],
            &["--pool", "x", "--block-size", "24"],
        ] {
            let ran = filter(arguments, input.as_bytes());
            assert_eq!((ran.exit, ran.stdout.len()), (2, 0), "{}", ran.stderr);
            assert!(ran.stderr.len() < 50_000, "{}", ran.stderr);
            assert!(
                !arguments.is_empty() || ran.stderr.contains(said),
                "{said}: {}",
                ran.stderr
            );
        }
    }
}

#[test]
fn nesting_and_aliases_take_no_time() {
    let operator = "---\nkind: Deployment\nmetadata: {name: tigera-operator}\nx: ";
    let deep = format!("{INSTALLATION}{operator}{}", "[".repeat(200_000));
    let item = "{apiVersion: v1, kind: List, items: *x}";
    let wide = format!(
        "{INSTALLATION}---\n# operator.tigera.io/v1 Installation\nkind: List\nitems: &x [{}]\n",
        [item; 12].join(", ")
    );
    for input in [deep, wide] {
        let ran = filter(&["--block-size", "24"], input.as_bytes());
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error_message() {
    let document = "---\na: 1\n".repeat(200_000);
    let input = format!("{INSTALLATION}{document}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stream.yaml");
    fs::write(&file, input).unwrap();
    let mut child = command(&["--quiet"])
        .stdin(fs::File::open(&file).unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    // The stream did not go out whole, and no caller may take it for whole.
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_full_disk_is_an_error() {
    let full = Path::new("/dev/full");
    if cfg!(target_os = "linux") {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stream.yaml");
        fs::write(&file, INSTALLATION).unwrap();
        let output = command(&["--quiet"])
            .stdin(fs::File::open(&file).unwrap())
            .stdout(fs::OpenOptions::new().write(true).open(full).unwrap())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(said.contains("standard output cannot be written"), "{said}");
    }
}
