//! The plugin, run against a cluster of the tests.

use std::ffi::OsStr;
use std::process::Command;

use serde_json::Value;

use crate::api_server::Cluster;

/// What a run came to.
pub(super) struct Ran {
    pub(super) exit: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Cluster {
    /// Runs the plugin, with nothing of this process's environment.
    pub(super) fn calico<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_kubectl-calico"))
            .env_clear()
            .env("KUBECONFIG", &self.kubeconfig)
            .args(arguments)
            .output()
            .expect("the plugin starts");
        Ran {
            exit: output.status.code().expect("an exit code"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// A report without what differs from run to run: where it was read, and when a deletion began.
pub(super) fn report(ran: &Ran) -> Value {
    let mut report: Value = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}{}", ran.stdout, ran.stderr));
    report["facts"]["cluster"]["origin"] = Value::Null;
    let findings = report["findings"].as_array_mut().into_iter().flatten();
    for evidence in findings.flat_map(|found| found["evidence"].as_array_mut().unwrap()) {
        if evidence["field"] == "metadata.deletionTimestamp" {
            evidence["value"] = Value::Null;
        }
    }
    report
}
