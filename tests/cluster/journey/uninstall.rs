//! Uninstall: Helm runs the Job of the chart's hook, which lets the operator clean up.

use serde_json::Value;

use super::setup::Journey;

const UNINSTALL: &str = "helm uninstall calico --namespace tigera-operator --timeout 3m";

impl Journey {
    pub(super) fn uninstall(&self) {
        self.terminal
            .heading("Uninstall: the chart's hook makes the operator clean up");
        self.terminal
            .run(UNINSTALL)
            .succeeded()
            .shows("uninstalled");
        self.settles();
        let left = "get installations,apiservers --output=name";
        let left = self.cluster.kubectl(left.split(' ')).succeeded();
        assert_eq!(left.stdout, "");
        // The pools stay, and their block size is that of the next installation, too.
        let delete = "kubectl delete ippools.crd.projectcalico.org --all";
        self.terminal.run(delete).succeeded();
        let releases = self
            .terminal
            .run("helm list --all-namespaces --output json");
        assert_eq!(releases.succeeded().text.trim(), "[]");
    }

    pub(super) fn an_uninstall_hangs_without_the_operator(&self) {
        self.terminal
            .heading("An uninstall hangs if the operator goes first");
        self.install();
        self.stop_the_operator();
        self.terminal
            .run(&format!("{UNINSTALL} --no-hooks"))
            .succeeded();
        self.settles();
        let deleted = "get installation default --output=jsonpath={.metadata.deletionTimestamp}";
        let deleted = self.cluster.kubectl(deleted.split(' ')).succeeded();
        assert_ne!(deleted.stdout, "");

        self.terminal
            .heading("The printed command, with the chart from here, completes it");
        let start = "kubectl --namespace tigera-operator delete quota stopped";
        self.terminal.run(start).succeeded();
        let command = self.fix_of_the_deletion();
        let (command, rest) = command
            .split_once("tigera-operator \\\n")
            .expect("a command with a repository");
        let (_, values) = rest.split_once("--set ").expect("a command with values");
        self.terminal
            .run(&format!("{command}./tigera-operator --set {values}"))
            .succeeded();
        self.settles();
        let left = "get installations,apiservers --output=name";
        let left = self.cluster.kubectl(left.split(' ')).succeeded();
        assert_eq!(left.stdout, "");
    }

    /// The command that reinstalls the operator, of the fix for an Installation that is being deleted.
    #[track_caller]
    fn fix_of_the_deletion(&self) -> String {
        let report = self.terminal.output("kubectl calico status -o json");
        let report: Value = serde_json::from_str(&report).expect("a report");
        let findings = report["findings"].as_array().expect("findings");
        let finding = findings.iter().find(|it| it["code"] == "CAL105");
        let steps = finding.expect("CAL105")["fix"].as_array().expect("steps");
        steps
            .iter()
            .flat_map(|step| step["commands"].as_array().expect("commands"))
            .map(|command| command.as_str().expect("a command"))
            .find(|command| command.starts_with("helm upgrade"))
            .expect("a command of Helm's")
            .to_owned()
    }
}
