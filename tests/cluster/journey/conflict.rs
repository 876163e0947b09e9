//! Upgrades with Helm 4 that do not conflict with the operator, which writes into the same list of pools.

use calico_test_support::charts;
use calico_test_support::helm::{HELM_3_17, HELM_4_3};

use super::operator::Operator;
use super::setup::{Journey, VALUES};
use super::upgrade::CONFLICT;

#[test]
fn with_helm_4_some_upgrades_do_not_conflict_with_the_operator() {
    let Some(journey) = Journey::start("conflict", HELM_4_3, &charts::own()) else {
        return;
    };
    let operator = journey.operator();
    journey.install_the_plugin_for_helm_4();
    journey.apply_crds();
    journey.with_values_that_the_operator_has_completed(&operator);
    journey.without_server_side_apply(&operator);
    journey.with_a_release_of_helm_3(&operator);
}

impl Journey {
    /// Both own a list with all of the operator's defaults.
    fn with_values_that_the_operator_has_completed(&self, operator: &Operator<'_>) {
        self.terminal
            .heading("With the three values in a values file: a conflict");
        let three = "{cidr: 172.16.0.0/16, blockSize: 24, encapsulation: VXLAN}";
        let write =
            format!("echo 'installation: {{calicoNetwork: {{ipPools: [{three}]}}}}' > values.yaml");
        self.terminal.run(&write).succeeded();
        let options = ["--values values.yaml", "--create-namespace"];
        let install = Self::helm("install", &options, None);
        self.terminal.run(&install).succeeded();
        operator.starts();
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
        self.show_difference();
        assert_eq!(self.cluster.installation(), before);
        self.remove(operator);
    }

    /// An upgrade uses the same method as the install.
    fn without_server_side_apply(&self, operator: &Operator<'_>) {
        self.terminal
            .heading("Installed with --server-side=false: no conflict");
        let install = Self::helm("install", &["--server-side=false"], Some(VALUES));
        self.terminal.run(&install).succeeded();
        operator.starts();
        self.the_same_flags_change_nothing();
        self.remove(operator);
    }

    /// Helm 3 has no server-side apply.
    fn with_a_release_of_helm_3(&self, operator: &Operator<'_>) {
        self.terminal.heading("Installed with Helm 3: no conflict");
        self.terminal.add_program("helm3", &HELM_3_17.binary());
        let install = Self::helm("install", &[], Some(VALUES));
        let install = install.replacen("helm", "HELM_DATA_HOME=~/helm3 helm3", 1);
        self.terminal.run(&install).succeeded();
        operator.starts();
        self.the_same_flags_change_nothing();
        self.remove(operator);
    }

    fn the_same_flags_change_nothing(&self) {
        let before = self.save_installation();
        let upgrade = Self::helm("upgrade", &[], Some(VALUES));
        self.terminal.run(&upgrade).succeeded();
        self.show_difference();
        assert_eq!(self.cluster.installation(), before);
    }

    fn remove(&self, operator: &Operator<'_>) {
        operator.cleans_up();
        let uninstall = "helm uninstall calico --namespace tigera-operator --no-hooks";
        self.terminal.run(uninstall).succeeded();
    }
}
