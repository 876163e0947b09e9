//! The plugin, connected to a test cluster.

use std::ffi::OsStr;
use std::process::Command;

use calico_test_support::outcome::Outcome;
use serde_json::Value;

use crate::api_server::Cluster;

impl Cluster {
    /// Runs the plugin. It inherits no environment variable.
    pub(crate) fn calico<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Outcome {
        let output = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"))
            .env_clear()
            .env("KUBECONFIG", &self.kubeconfig)
            .args(arguments)
            .output()
            .expect("the plugin starts");
        Outcome::of(&output)
    }
}

impl Cluster {
    /// Runs the plugin with this standard input.
    pub(crate) fn calico_reading<A: AsRef<OsStr>>(
        &self,
        input: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Outcome {
        let mut plugin = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"));
        plugin
            .env_clear()
            .env("KUBECONFIG", &self.kubeconfig)
            .args(arguments);
        Outcome::run_on(&mut plugin, input)
    }
}

/// A report without what differs between runs: its origin, basis and time, where its commands go, and when an object was created or a deletion began.
pub(super) fn report(ran: &Outcome) -> Value {
    let mut report: Value = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}{}", ran.stdout, ran.stderr));
    without_destination(&mut report);
    report["facts"]["cluster"]["origin"] = Value::Null;
    report["cluster"] = Value::Null;
    report["time"] = Value::Null;
    report["basis"]["why"] = Value::Null;
    for found in report["findings"].as_array_mut().into_iter().flatten() {
        let evidence = found["evidence"].as_array_mut().unwrap();
        evidence.retain(|evidence| evidence["field"] != "metadata.creationTimestamp");
    }
    let findings = report["findings"].as_array_mut().into_iter().flatten();
    for evidence in findings.flat_map(|found| found["evidence"].as_array_mut().unwrap()) {
        if evidence["field"] == "metadata.deletionTimestamp" {
            evidence["value"] = Value::Null;
        }
    }
    report
}

/// Without the options by which commands repeat how the run has reached its cluster.
fn without_destination(value: &mut Value) {
    match value {
        Value::String(text) => {
            for option in [
                " --as ",
                " --context ",
                " --kubeconfig ",
                " --server ",
                " -f ",
            ] {
                while let Some((before, rest)) = text.split_once(option) {
                    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                    *text = format!("{before}{}", &rest[end..]);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(without_destination),
        Value::Object(fields) => fields.values_mut().for_each(without_destination),
        _ => {}
    }
}
