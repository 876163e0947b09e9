//! `kubectl calico status` on clusters from files.
//!
//! A folder of tests/cases/status with a `cluster.yaml` (tests/support/src/clusters.rs says how that is
//! written) is a case. `report.txt` is what a person sees, with the exit code in front; in a
//! folder that is named after a code, only what comes behind the facts. `args` has more arguments,
//! a line each.
//!
//! `UPDATE_CASES=1 cargo test --test plugin status` writes the expected files anew: read the difference
//! before you commit it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use calico_test_support::clusters::{Base, RELEASES, cluster, manifest};
use calico_test_support::repository;
use kubectl_calico::assess::checks::CHECKS;
use serde_json::Value;

/// What a run came to.
struct Ran {
    exit: i32,
    stdout: String,
    stderr: String,
}

fn status(objects: &[Value], arguments: &[&str]) -> Ran {
    plugin("status", objects, arguments)
}

/// Runs a verb on a file with these objects.
fn plugin(verb: &str, objects: &[Value], arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cluster.yaml");
    fs::write(&file, manifest(objects)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"))
        .env_clear()
        .args([verb, "-f"])
        .arg(&file)
        .args(arguments)
        .output()
        .unwrap();
    Ran {
        exit: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Every case, in the order of its name.
fn cases() -> Vec<PathBuf> {
    calico_test_support::cases::cases("status", "cluster.yaml")
}

/// The code that a case is about, if its folder's folder is named after one.
fn code_of(case: &Path) -> Option<&str> {
    let folder = case.parent()?.file_name()?.to_str()?;
    folder.starts_with("CAL").then_some(folder)
}

/// The report without its facts.
fn behind_the_facts(report: &str) -> String {
    let mut parts = report.split("\n\n");
    let verdict = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.skip(1).collect();
    format!("{verdict}\n\n{}", rest.join("\n\n"))
}

#[test]
fn every_case() {
    let failures: Vec<String> = cases().iter().filter_map(|case| run(case).err()).collect();
    assert!(
        failures.is_empty(),
        "{} cases fail\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

fn run(case: &Path) -> Result<(), String> {
    let objects = cluster(&fs::read_to_string(case.join("cluster.yaml")).unwrap());
    let arguments = fs::read_to_string(case.join("args")).unwrap_or_default();
    let arguments: Vec<&str> = arguments.lines().collect();
    let ran = status(&objects, &arguments);
    let shown = match code_of(case) {
        Some(_) => behind_the_facts(&ran.stdout),
        None => ran.stdout,
    };
    let got = format!("exit {}\n{}\n{}", ran.exit, ran.stderr, shown);
    let path = case.join("report.txt");
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&path, &got).unwrap();
    }
    let want = fs::read_to_string(&path).unwrap_or_default();
    if want == got {
        return Ok(());
    }
    Err(format!(
        "{}\n--- wanted\n{want}\n--- got\n{got}",
        case.display()
    ))
}

/// A case named `fails…` finds its code, one named `passes…` does not, and every code has both.
#[test]
fn every_check_has_a_failing_and_a_passing_case_and_its_text() {
    let cases = cases();
    for case in &cases {
        let Some(code) = code_of(case) else { continue };
        assert!(
            CHECKS.iter().any(|check| check.code == code),
            "{code} is no check"
        );
        let found = codes(&cluster(
            &fs::read_to_string(case.join("cluster.yaml")).unwrap(),
        ));
        let found = found.iter().any(|found| found == code);
        let name = case.file_name().unwrap().to_str().unwrap();
        let wanted = if name.starts_with("fails") {
            true
        } else {
            assert!(
                name.starts_with("passes"),
                "{}: fails… or passes…?",
                case.display()
            );
            false
        };
        assert_eq!(found, wanted, "{}", case.display());
    }
    let has = |code: &str, kind: &str| {
        let mut of_code = cases.iter().filter(|case| code_of(case) == Some(code));
        of_code.any(|case| {
            case.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(kind)
        })
    };
    for check in CHECKS {
        for kind in ["fails", "passes"] {
            assert!(
                has(check.code, kind),
                "{} has no case that {kind}",
                check.code
            );
        }
        let text = &check.explain;
        for text in [text.means, text.matters, text.judged, text.fix, text.source] {
            assert!(!text.is_empty(), "{} lacks a part of its text", check.code);
        }
        assert!(!check.needs.is_empty(), "{} needs nothing", check.code);
    }
}

/// Every case's report as JSON is what the published schema says.
#[test]
fn every_report_follows_the_schema() {
    let path = repository().join("docs/status-report.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for case in cases() {
        let objects = cluster(&fs::read_to_string(case.join("cluster.yaml")).unwrap());
        let report = json(&objects);
        let errors: Vec<String> = schema
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(
            errors.is_empty(),
            "{}\n{}",
            case.display(),
            errors.join("\n")
        );
    }
}

/// What `snapshot` writes of a cluster gives the same report as the cluster.
#[test]
fn a_snapshot_replays_to_the_same_report() {
    for case in cases() {
        let objects = cluster(&fs::read_to_string(case.join("cluster.yaml")).unwrap());
        let report = json(&objects);
        let snapshot = plugin("snapshot", &objects, &[]);
        assert_eq!((snapshot.exit, snapshot.stderr.as_str()), (0, ""));
        let replayed: Vec<Value> = snapshot
            .stdout
            .split("---\n")
            .filter(|document| !document.is_empty())
            .map(|document| serde_json::from_str(document).unwrap())
            .collect();
        assert_eq!(json(&replayed), report, "{}", case.display());
    }
}

/// The exit code is the same for every format. One case for each code is enough to see that.
#[test]
fn formats_do_not_change_the_exit_code() {
    let mut cases = cases();
    cases.dedup_by_key(|case| case.parent().map(Path::to_owned));
    for case in cases {
        let objects = cluster(&fs::read_to_string(case.join("cluster.yaml")).unwrap());
        for fail_on in ["error", "warning", "never"] {
            let exit = |format| status(&objects, &["--fail-on", fail_on, "-o", format]).exit;
            assert_eq!(exit("text"), exit("json"), "{}", case.display());
        }
    }
}

fn json(objects: &[Value]) -> Value {
    let ran = status(objects, &["-o", "json"]);
    serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}{}", ran.stdout, ran.stderr))
}

/// The codes that a cluster's report has.
fn codes(objects: &[Value]) -> Vec<String> {
    let report = json(objects);
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|found| found["code"].as_str().unwrap().to_owned())
        .collect()
}

/// No false alarm: default installs of every release have no finding at all.
#[test]
fn default_installs_have_no_finding() {
    for (calico, _) in RELEASES {
        for base in ["helm", "custom-resources", "calico.yaml"] {
            for nodes in [1, 3, 50] {
                let ran = status(&Base::new(base, calico, nodes).objects(), &[]);
                let verdict = format!("Calico {calico} is well");
                assert_eq!(
                    (ran.exit, ran.stdout.lines().next()),
                    (0, Some(verdict.as_str())),
                    "{base} {calico} with {nodes} nodes\n{}{}",
                    ran.stdout,
                    ran.stderr
                );
            }
        }
    }
}

/// What is pasted is a command, and a name out of a cluster must not add to it. Every case, with
/// names that no API server would take.
#[test]
fn no_name_adds_to_a_command() {
    const HOSTILE: &str = "; $(reboot) `reboot` '\n reboot";
    let mut pasted = 0;
    for case in cases() {
        let mut objects = cluster(&fs::read_to_string(case.join("cluster.yaml")).unwrap());
        objects.iter_mut().for_each(|object| {
            rename(object, HOSTILE);
        });
        let report = json(&objects);
        for finding in report["findings"].as_array().unwrap() {
            let steps = finding["fix"].as_array().unwrap().iter();
            let commands = steps.filter_map(|step| step["commands"].as_array());
            for command in commands.flatten().filter_map(Value::as_str) {
                assert!(!command.contains("reboot"), "{}\n{command}", case.display());
                pasted += usize::from(command.contains("NAME"));
            }
        }
    }
    assert!(pasted > 0, "no command had a name in it");
}

/// Gives the names that a command may hold a hostile end: those that no check goes by.
fn rename(object: &mut Value, end: &str) {
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    let mut add = |pointer: &str| {
        if let Some(Value::String(text)) = object.pointer_mut(pointer) {
            text.push_str(end);
        }
    };
    add("/metadata/annotations/meta.helm.sh~1release-name");
    add("/metadata/annotations/meta.helm.sh~1release-namespace");
    add("/status/calicoVersion");
    match kind.as_str() {
        "Pod" | "Node" => add("/metadata/name"),
        "TigeraStatus" => (0..3).for_each(|at| add(&format!("/status/conditions/{at}/message"))),
        _ => {}
    }
    add("/spec/nodeName");
    (0..3).for_each(|at| {
        add(&format!("/status/containerStatuses/{at}/name"));
        add(&format!("/status/initContainerStatuses/{at}/name"));
    });
    let is_operator = object["metadata"]["namespace"] == "tigera-operator";
    let is_unread = kind == "Installation"
        && !matches!(
            object["metadata"]["name"].as_str(),
            Some("default" | "overlay")
        );
    for (pointer, renamed) in [
        ("/metadata/namespace", is_operator),
        ("/metadata/name", is_unread),
    ] {
        if renamed && let Some(Value::String(text)) = object.pointer_mut(pointer) {
            text.push_str(end);
        }
    }
}

/// docs/findings.md is what the checks say of themselves.
#[test]
fn the_reference_is_up_to_date() {
    let path = repository().join("docs/findings.md");
    let reference = kubectl_calico::render::reference();
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&path, &reference).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == reference,
        "UPDATE_CASES=1 cargo test --test plugin status writes it anew"
    );
}
