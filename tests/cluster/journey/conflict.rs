//! How an upgrade with Helm 4 gets along with the operator, which has written into the same list of pools.

use calico_test_support::charts;
use calico_test_support::helm::{HELM_3_17, HELM_4_3};

use super::calico::{Journey, VALUES};
use super::operator::Operator;
use super::upgrade::CONFLICT;

#[test]
fn with_helm_4_there_are_ways_past_the_operator() {
    let Some(journey) = Journey::start("conflict", HELM_4_3, &charts::own()) else {
        return;
    };
    let operator = journey.operator();
    journey.tell_helm_4_of_the_filter();
    journey.apply_definitions();
    journey.with_values_that_the_operator_has_completed(&operator);
    journey.without_server_side_apply(&operator);
    journey.with_a_release_of_helm_3(&operator);
}

impl Journey {
    /// A list that is what the operator would make of it belongs to both.
    fn with_values_that_the_operator_has_completed(&self, operator: &Operator<'_>) {
        self.terminal
            .heading("With the three values in a values file: the same conflict");
        let three = "{cidr: 172.16.0.0/16, blockSize: 24, encapsulation: VXLAN}";
        let write =
            format!("echo 'installation: {{calicoNetwork: {{ipPools: [{three}]}}}}' > values.yaml");
        self.terminal.types(&write).succeeded();
        let options = ["--values values.yaml", "--create-namespace"];
        let install = Self::helm("install", &options, None);
        self.terminal.types(&install).succeeded();
        operator.starts();
        let upgrade = Self::helm("upgrade", &["--values values.yaml"], None);
        self.terminal.types(&upgrade).failed().says(CONFLICT);

        self.terminal
            .heading("With the list as the operator has completed it: none");
        let write = "kubectl calico plan -o values > pools.yaml";
        self.terminal.types(write).succeeded();
        self.terminal.types("cat pools.yaml");
        let before = self.look();
        for filter in [None, Some(&[][..])] {
            let upgrade = Self::helm("upgrade", &["--values pools.yaml"], filter);
            self.terminal.types(&upgrade).succeeded();
        }
        self.shows_the_difference();
        assert_eq!(self.cluster.installation(), before);
        self.take_away(operator);
    }

    /// A release goes on as it was installed.
    fn without_server_side_apply(&self, operator: &Operator<'_>) {
        self.terminal
            .heading("Installed with --server-side=false: none");
        let install = Self::helm("install", &["--server-side=false"], Some(VALUES));
        self.terminal.types(&install).succeeded();
        operator.starts();
        self.the_same_flags_change_nothing();
        self.take_away(operator);
    }

    /// So does one of Helm 3, which knew nothing else.
    fn with_a_release_of_helm_3(&self, operator: &Operator<'_>) {
        self.terminal.heading("Installed with Helm 3: none");
        self.terminal.program("helm3", &HELM_3_17.binary());
        let install = Self::helm("install", &[], Some(VALUES));
        let install = install.replacen("helm", "HELM_DATA_HOME=~/helm3 helm3", 1);
        self.terminal.types(&install).succeeded();
        operator.starts();
        self.the_same_flags_change_nothing();
        self.take_away(operator);
    }

    fn the_same_flags_change_nothing(&self) {
        let before = self.look();
        let upgrade = Self::helm("upgrade", &[], Some(VALUES));
        self.terminal.types(&upgrade).succeeded();
        self.shows_the_difference();
        assert_eq!(self.cluster.installation(), before);
    }

    fn take_away(&self, operator: &Operator<'_>) {
        operator.cleans_up();
        let uninstall = "helm uninstall calico --namespace tigera-operator --no-hooks";
        self.terminal.types(uninstall).succeeded();
    }
}
