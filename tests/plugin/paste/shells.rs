//! Shells, with programs on PATH that only record how they were called.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use calico_test_support::process::output_on;
use calico_test_support::tools::tool;
use serde_json::Value;

use super::commands::Call;

/// A shell and its options.
#[derive(Debug)]
pub(super) struct Shell {
    program: PathBuf,
    arguments: Vec<&'static str>,
}

/// The result of a paste.
pub(super) struct Pasted {
    pub(super) calls: Vec<Call>,
    pub(super) succeeded: bool,
}

/// Shells with here-documents, with a script and interactive.
pub(super) fn posix() -> Vec<Shell> {
    let shells: [(&str, &[&str]); 9] = [
        ("bash", &["--norc"]),
        ("bash", &["--norc", "-i"]),
        ("zsh", &["-f"]),
        ("zsh", &["-f", "-i"]),
        ("dash", &[]),
        ("dash", &["-i"]),
        ("busybox", &["sh"]),
        ("busybox", &["sh", "-i"]),
        ("mksh", &[]),
    ];
    shells
        .into_iter()
        .filter_map(|(program, arguments)| Shell::find(program, arguments))
        .collect()
}

impl Shell {
    /// A shell, if it is installed. With CI=true it must be.
    pub(super) fn find(program: &str, arguments: &[&'static str]) -> Option<Self> {
        let found = which::which(program).ok();
        if found.is_none() {
            assert_ne!(
                std::env::var("CI").as_deref(),
                Ok("true"),
                "{program} is missing"
            );
            writeln!(std::io::stderr(), "SKIPPED {program}: it is not installed")
                .expect("standard error can be written");
        }
        Some(Self {
            program: found?,
            arguments: arguments.to_vec(),
        })
    }

    /// Reads commands without running them: the arguments say so.
    #[track_caller]
    pub(super) fn parses(&self, commands: &[String]) {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("script");
        fs::write(&script, format!("{}\n", commands.join("\n"))).unwrap();
        let mut shell = Command::new(&self.program);
        let output = shell.args(&self.arguments).arg(&script).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && errors.is_empty(),
            "{self:?} does not parse all of these\n{}\n{errors}",
            commands.join("\n")
        );
    }

    /// Runs a text in the shell.
    pub(super) fn paste(&self, text: &str) -> Pasted {
        let folder = tempfile::tempdir().unwrap();
        let programs = folder.path().join("programs");
        let work = folder.path().join("work");
        let log = folder.path().join("log");
        fs::create_dir(&programs).unwrap();
        fs::create_dir(&work).unwrap();
        for program in ["kubectl", "calicoctl", "helm", "touch", "cat"] {
            record_calls(&programs.join(program));
        }
        let output = self.run(&work, &programs, &log, text);
        let files: Vec<String> = fs::read_dir(&work)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|file| file != "calico-pools.yaml")
            .collect();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(files.is_empty(), "{self:?} wrote {files:?}\n{errors}");
        Pasted {
            calls: read_calls(&fs::read_to_string(&log).unwrap_or_default()),
            succeeded: output.status.success(),
        }
    }

    fn run(&self, work: &Path, programs: &Path, log: &Path, text: &str) -> Output {
        let script = work.with_file_name("script");
        fs::write(&script, format!("{text}\n")).unwrap();
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .env("PATH", programs)
            .env("HOME", programs)
            .env("LOG", log)
            .current_dir(work);
        if self.arguments.contains(&"-i") {
            command.stdin(fs::File::open(&script).unwrap());
        } else {
            command.arg(&script).stdin(Stdio::null());
        }
        command.output().unwrap()
    }
}

/// Separators that are in no command.
const WORD: char = '\u{1f}';
const INPUT: char = '\u{1e}';
const CALL: char = '\u{1d}';

/// A program that records its name, its arguments and, if these say to read it, its input.
fn record_calls(program: &Path) {
    let script = "#!/bin/sh\n{\nprintf %s \"${0##*/}\"\nfor word; do printf '\\037%s' \"$word\"; done\n\
                  printf '\\036'\ncase \" $* \" in *' -f - '*|*' /dev/stdin '*) /bin/cat;; esac\n\
                  printf '\\035'\n} >> \"$LOG\"\n";
    fs::write(program, script).unwrap();
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
}

fn read_calls(log: &str) -> Vec<Call> {
    log.split_terminator(CALL)
        .map(|call| {
            let (words, input) = call.split_once(INPUT).unwrap();
            Call {
                words: words.split(WORD).map(str::to_owned).collect(),
                input: input.to_owned(),
            }
        })
        .collect()
}

/// The object that kubectl reads from its input.
pub(super) fn kubectl_reads(input: &str) -> Value {
    let arguments = ["label", "--local", "-f", "-", "read=yes", "-o", "json"];
    let output = kubectl(arguments, input);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}\n{input}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// An object after a `kubectl patch`, or the error of kubectl.
pub(super) fn kubectl_patches(object: &Value, patch: &Call) -> Result<Value, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("object.json");
    fs::write(&file, object.to_string()).unwrap();
    let [program, command, _, _, options @ ..] = patch.words.as_slice() else {
        panic!("{patch:?}");
    };
    assert_eq!((program.as_str(), command.as_str()), ("kubectl", "patch"));
    let mut arguments = vec![
        "patch",
        "--local",
        "-o",
        "json",
        "-f",
        file.to_str().unwrap(),
    ];
    arguments.extend(options.iter().map(String::as_str));
    let output = kubectl(arguments, &patch.input);
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn kubectl<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>, input: &str) -> Output {
    let mut kubectl = Command::new(tool("kubectl", "1.37.1"));
    output_on(kubectl.args(arguments).env_clear(), input.as_bytes())
}
