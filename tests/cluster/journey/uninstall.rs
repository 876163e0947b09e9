//! Uninstall: Helm runs the Job of the chart's hook, and waits for it.

use serde_json::json;

use super::operator::Operator;
use super::setup::Journey;

const JOB: &str = "job/tigera-operator-uninstall";

impl Journey {
    pub(super) fn uninstall(&self, operator: &Operator<'_>) {
        self.terminal
            .heading("Uninstall: the chart's hook makes the operator clean up");
        let helm = "helm uninstall calico --namespace tigera-operator";
        std::thread::scope(|scope| {
            let uninstall = scope.spawn(|| self.terminal.run(helm));
            self.in_the_operators_namespace(&["wait", "--for=create", JOB, "--timeout=60s"]);
            operator.cleans_up();
            self.complete_the_job();
            uninstall.join().unwrap().succeeded().shows("uninstalled");
        });
        let left = self.cluster.kubectl([
            "get",
            "installations,apiservers,clusterroles",
            "--selector=app.kubernetes.io/managed-by=Helm",
            "--output=name",
        ]);
        assert_eq!(left.succeeded().stdout, "");
        let left = self.in_the_operators_namespace(&["get", "deployment,job", "--output=name"]);
        assert_eq!(left, "");
        let releases = self
            .terminal
            .run("helm list --all-namespaces --output json");
        assert_eq!(releases.succeeded().text.trim(), "[]");
        let status = self.terminal.run("kubectl calico status");
        status.shows("Calico is not running, but resources of an earlier installation exist\n");
    }

    /// Completes the Job, as its controller would.
    fn complete_the_job(&self) {
        let now = "2026-01-01T00:00:00Z";
        let met = |kind: &str| json!({"type": kind, "status": "True", "lastTransitionTime": now});
        let status = json!({
            "startTime": now, "completionTime": now, "succeeded": 1,
            "conditions": [met("SuccessCriteriaMet"), met("Complete")],
        });
        let patch = format!("--patch={}", json!({"status": status}));
        self.in_the_operators_namespace(&[
            "patch",
            JOB,
            "--subresource=status",
            "--type=merge",
            &patch,
        ]);
    }

    #[track_caller]
    fn in_the_operators_namespace(&self, arguments: &[&str]) -> String {
        let arguments = arguments.iter().chain(&["--namespace=tigera-operator"]);
        self.cluster.kubectl(arguments).succeeded().stdout
    }
}
