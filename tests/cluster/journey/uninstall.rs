//! Uninstall: Helm runs the Job of the chart's hook, which lets the operator clean up.

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
            .heading("The operator of the same release completes it");
        let start = "kubectl --namespace tigera-operator delete quota stopped";
        self.terminal.run(start).succeeded();
        let operator = ["--set installation.enabled=false,apiServer.enabled=false"];
        self.terminal
            .run(&Self::helm("install", &operator, None))
            .succeeded();
        self.settles();
        let left = "get installations --output=name";
        let left = self.cluster.kubectl(left.split(' ')).succeeded();
        assert_eq!(left.stdout, "");
    }
}
