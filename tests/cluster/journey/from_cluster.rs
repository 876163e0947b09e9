//! `--from-cluster`: values come from the cluster, and an upgrade that would break an existing pool is refused.

use std::fs;
use std::os::unix::fs::symlink;

use calico_test_support::filter::filter;

use super::setup::Journey;

impl Journey {
    pub(super) fn upgrade_from_the_cluster(&self) {
        self.a_cluster_that_cannot_be_read_is_an_error();
        self.upgrades_that_break_the_existing_pool_are_refused();
        self.the_existing_pool_supplies_the_values();
    }

    /// The filter writes the list as the operator has completed it. Both own it then, so Helm 4 has no conflict.
    fn the_existing_pool_supplies_the_values(&self) {
        self.terminal
            .heading("Without values, the existing pool supplies them, and nothing changes");
        let before = self.save_installation();
        let upgrade = Self::helm("upgrade", &[], Some(&["--from-cluster"]));
        for _ in 0..2 {
            self.terminal.run(&upgrade).succeeded();
            self.settles();
            self.show_difference();
            assert_eq!(self.cluster.installation(), before);
        }
    }

    /// The upgrade is refused with these reasons, and nothing changes.
    fn is_refused(&self, filter: &[&str], reasons: &[&str]) {
        let before = self.cluster.installation();
        let upgrade = Self::helm("upgrade", &[], Some(filter));
        let mut refused = self.terminal.run(&upgrade).failed();
        for reason in reasons {
            refused = refused.shows(reason);
        }
        assert_eq!(self.cluster.installation(), before);
    }

    fn upgrades_that_break_the_existing_pool_are_refused(&self) {
        self.terminal
            .heading("Another block size for the existing pool is refused");
        let block_size = ["--from-cluster", "--block-size=26"];
        self.is_refused(
            &block_size,
            &[
                "helm-postrender: error: ",
                "[existing-pool-block-size]",
                "keep 24",
            ],
        );

        self.terminal.heading("Another CIDR is refused");
        let cidr = ["--from-cluster", "--cidr=172.16.0.0/17"];
        self.is_refused(
            &cidr,
            &[
                "[existing-pool-missing]",
                "replaces the existing pool",
                "172.16.0.0/16",
            ],
        );

        self.terminal.heading("Another encapsulation is refused");
        let encapsulation = ["--from-cluster", "--encapsulation=IPIP"];
        self.is_refused(
            &encapsulation,
            &[
                "[existing-pool-encapsulation]",
                "--allow existing-pool-encapsulation",
            ],
        );
    }

    /// Nothing is rendered.
    fn a_cluster_that_cannot_be_read_is_an_error(&self) {
        let asking = |option: &str| {
            let filter = ["--from-cluster", option];
            let filter = filter.iter().copied().filter(|flag| !flag.is_empty());
            Self::helm("template", &[], Some(&filter.collect::<Vec<_>>()))
        };
        let view = "kubectl config view --raw --flatten";

        self.terminal.heading("The cluster is unreachable");
        let other = format!("{view} | sed 's#server: .*#server: https://127.0.0.1:1#' > gone");
        self.terminal.run(&other).succeeded();
        let gone = self.terminal.run(&asking("--kubeconfig=gone")).failed();
        gone.shows("could not make a plan for the cluster")
            .shows("https://127.0.0.1:1")
            .shows("fix: run it directly")
            .does_not_show("kind: Installation");

        self.terminal.heading("The user has no permissions");
        let nobody = format!("{view} | sed 's#^    token:#    as: nobody\\n    token:#' > nobody");
        self.terminal.run(&nobody).succeeded();
        let nobody = self.terminal.run(&asking("--kubeconfig=nobody")).failed();
        nobody
            .shows("this could not be read: IPPool: list ippools")
            .shows("grant the permissions that kubectl calico rbac prints")
            .does_not_show("kind: Installation");

        self.terminal.heading("kubectl-calico is missing");
        let alone = self.terminal.home("alone");
        fs::create_dir(&alone).unwrap();
        fs::copy(filter(), alone.join("helm-postrender")).unwrap();
        symlink(self.helm.binary(), alone.join("helm")).unwrap();
        let alone = format!("PATH=~/alone {}", asking(""));
        let alone = self.terminal.run(&alone);
        if !self.helm.is_3() {
            // install-plugin has copied the one that was next to the filter.
            alone.succeeded().shows("kind: Installation");
            return;
        }
        let alone = alone.failed();
        alone
            .shows("--from-cluster needs kubectl-calico")
            .shows("fix: install it")
            .does_not_show("kind: Installation");
    }
}
