//! The command line of helm-postrender, and its place in a pipe.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use crate::filter::{command, filter};
use calico_test_support::snapshot::assert_snapshot;

pub(crate) const INSTALLATION: &str = "\
apiVersion: operator.tigera.io/v1
kind: Installation
metadata:
  name: default
spec:
  calicoNetwork:
    ipPools:
    - cidr: 10.244.0.0/16
";

#[test]
fn help() {
    let output = command(&["--help"]).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success());
    assert_snapshot(
        "postrender_help",
        &String::from_utf8(output.stdout).unwrap(),
    );
}

#[test]
fn version() {
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
fn help_in_a_pipe_is_a_usage_error() {
    for argument in ["--help", "-h", "--version", "-V"] {
        let ran = filter(&[argument], INSTALLATION.as_bytes());
        assert_eq!((ran.exit, ran.stdout.len()), (64, 0), "{argument}");
        let ran = filter(&["--helm4", argument], INSTALLATION.as_bytes());
        let output = String::from_utf8(ran.stdout).unwrap();
        assert!(
            ran.exit == 0 && output.starts_with("|-\n  helm-postrender: error: "),
            "{argument}: {output}"
        );
    }
}

#[test]
fn helm_4_receives_every_error_as_a_manifest_that_it_rejects() {
    let invalid = INSTALLATION.replace("10.244.0.0", "10.244.0.1");
    let failures: [(&[&str], &str); 6] = [
        (&["--cidr", "banana"], INSTALLATION),
        (&["--nonsense"], INSTALLATION),
        (&["--pool", "a"], INSTALLATION),
        (&["--cidr", "172.16.0.1/16"], INSTALLATION),
        (&["--check", "--cidr", "172.16.0.0/16"], INSTALLATION),
        (&["--block-size", "99"], &invalid),
    ];
    for (arguments, input) in failures {
        let plain = filter(arguments, input.as_bytes());
        assert!(plain.exit != 0 && plain.stdout.is_empty(), "{arguments:?}");
        let helm4 = filter(&[&["--helm4"], arguments].concat(), input.as_bytes());
        let message: String = plain
            .stderr
            .lines()
            .map(|line| format!("  {line}\n"))
            .collect();
        let expected = format!(
            "|-\n{message}---\napiVersion: helm-postrender.invalid/v1\nkind: Refused\nmetadata:\n  name: helm-postrender-refused\n"
        );
        assert_eq!(
            (helm4.exit, String::from_utf8(helm4.stdout).unwrap()),
            (0, expected),
            "{arguments:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf_8_is_quoted() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let output = command(&["--cidr"])
        .arg(OsStr::from_bytes(b"10.0.0.0/\xff\x1b"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "helm-postrender: error: an argument is not UTF-8: \"10.0.0.0/\\xff\\u{1b}\"\n"
    );
}

#[test]
fn quiet_omits_the_messages_only() {
    let arguments = ["--cidr", "172.16.0.0/16", "--quiet"];
    let verbose = filter(&arguments[..2], INSTALLATION.as_bytes());
    let quiet = filter(&arguments, INSTALLATION.as_bytes());
    assert!(!verbose.stderr.is_empty());
    assert_eq!((quiet.stderr.as_str(), quiet.stdout), ("", verbose.stdout));
}

#[test]
fn if_present_accepts_no_empty_stream_and_no_other_installation() {
    let misnamed = INSTALLATION.replace("name: default", "name: defualt");
    let overlay = INSTALLATION.replace("name: default", "name: overlay");
    for input in ["", "\n", "# only a comment\n", &misnamed, &overlay] {
        let ran = filter(&["--if-present", "--cidr", "10.0.0.0/16"], input.as_bytes());
        assert_eq!((ran.exit, ran.stdout.len()), (2, 0), "{input:?}");
    }
}

#[test]
fn many_violations_make_a_short_message() {
    let installation = |pool: fn(usize) -> String| {
        let pools: String = (0..3_000)
            .map(|index| format!("    - {{{}}}\n", pool(index)))
            .collect();
        INSTALLATION.replace("    - cidr: 10.244.0.0/16\n", &pools)
    };
    let same = installation(|_| "cidr: 10.244.0.0/16".to_owned());
    let unreadable = installation(|_| "cidr: 10".to_owned());
    let long = installation(|index| format!("cidr: 10.0.0.{index}/32, name: {}", "x".repeat(300)));
    let nested = installation(|index| format!("cidr: 10.0.0.0/{}", index % 33));
    for (input, excerpt) in [
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
                !arguments.is_empty() || ran.stderr.contains(excerpt),
                "{excerpt}: {}",
                ran.stderr
            );
        }
    }
}

#[test]
fn deep_nesting_and_many_aliases_take_no_time() {
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
fn a_reader_that_closes_the_pipe_causes_no_message() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stream.yaml");
    let documents = "---\na: 1\n".repeat(200_000);
    fs::write(&file, format!("{INSTALLATION}{documents}")).unwrap();
    let mut child = command(&["--quiet"])
        .stdin(fs::File::open(&file).unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    // The stream is incomplete, which only the exit code tells the caller.
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stream.yaml");
    fs::write(&file, INSTALLATION).unwrap();
    let output = command(&["--quiet"])
        .stdin(fs::File::open(&file).unwrap())
        .stdout(fs::File::options().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        message.contains("standard output cannot be written"),
        "{message}"
    );
}

/// Nor an empty one, which Helm 3 would take for a release without manifests.
#[test]
fn a_check_writes_no_stream() {
    let checked = filter(
        &["--check", "--cidr", "10.244.0.0/16"],
        INSTALLATION.as_bytes(),
    );
    let text = "nothing would change (helm-postrender --check writes no stream)\n";
    let out = String::from_utf8(checked.stdout).unwrap();
    assert_eq!((checked.exit, out.as_str()), (0, text));
    let changed = filter(
        &["--check", "--cidr", "10.0.0.0/16"],
        INSTALLATION.as_bytes(),
    );
    assert_eq!((changed.exit, changed.stdout.as_slice()), (1, &b""[..]));
}
