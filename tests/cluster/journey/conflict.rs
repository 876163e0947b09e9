//! Upgrades with Helm 4 that do not conflict with the operator, which writes into the same list of pools.

use calico_test_support::helm::HELM_3_17;

use super::setup::{Journey, VALUES};
use super::upgrade::CONFLICT;

impl Journey {
    pub(super) fn without_a_conflict(&self) {
        self.with_values_that_the_operator_has_completed();
        self.without_server_side_apply();
        self.with_a_release_of_helm_3();
    }

    /// Both own a list with all of the operator's defaults.
    fn with_values_that_the_operator_has_completed(&self) {
        self.terminal
            .heading("With the three values in a values file: a conflict");
        let three = "{cidr: 172.16.0.0/16, blockSize: 24, encapsulation: VXLAN}";
        let write =
            format!("echo 'installation: {{calicoNetwork: {{ipPools: [{three}]}}}}' > values.yaml");
        self.terminal.run(&write).succeeded();
        let install = Self::helm("install", &["--values values.yaml"], None);
        self.terminal.run(&install).succeeded();
        self.settles_after_install();
        let upgrade = Self::helm("upgrade", &["--values values.yaml"], None);
        self.terminal.run(&upgrade).failed().shows(CONFLICT);

        self.terminal
            .heading("With the list that the operator has completed: no conflict");
        let write = "kubectl calico plan -o values > pools.yaml";
        self.terminal.run(write).succeeded();
        self.terminal.run("cat pools.yaml");
        let before = self.save_installation();
        for filter in [None, Some(&[][..])] {
            let upgrade = Self::helm("upgrade", &["--values pools.yaml"], filter);
            self.terminal.run(&upgrade).succeeded();
        }
        self.settles();
        self.show_difference();
        assert_eq!(self.cluster.installation(), before);
        self.uninstall();
    }

    /// An upgrade uses the same method as the install.
    fn without_server_side_apply(&self) {
        self.terminal
            .heading("Installed with --server-side=false: no conflict");
        let install = Self::helm("install", &["--server-side=false"], Some(VALUES));
        self.terminal.run(&install).succeeded();
        self.settles_after_install();
        self.the_same_flags_change_nothing();
        self.uninstall();
    }

    /// Helm 3 has no server-side apply.
    fn with_a_release_of_helm_3(&self) {
        self.terminal.heading("Installed with Helm 3: no conflict");
        self.terminal.add_program("helm3", &HELM_3_17.binary());
        let install = Self::helm("install", &[], Some(VALUES));
        let install = install.replacen("helm", "HELM_DATA_HOME=~/helm3 helm3", 1);
        self.terminal.run(&install).succeeded();
        self.settles_after_install();
        self.the_same_flags_change_nothing();
        self.uninstall();
    }

    fn the_same_flags_change_nothing(&self) {
        let before = self.save_installation();
        let upgrade = Self::helm("upgrade", &[], Some(VALUES));
        self.terminal.run(&upgrade).succeeded();
        self.settles();
        self.show_difference();
        assert_eq!(self.cluster.installation(), before);
    }
}
