//! The filter asks the cluster for what it is not told, and does not let an upgrade harm a pool that has addresses.

use std::fs;
use std::os::unix::fs::symlink;

use calico_test_support::charts;
use calico_test_support::filter::filter;
use calico_test_support::helm::{HELM_3_17, HELM_4_3, Helm};
use serde_json::json;

use super::calico::{Journey, wanted_pool};

/// What the cluster does not tell: it would take another pool to change it.
const CHOSEN: &[&str] = &["--from-cluster", "--block-size=24", "--encapsulation=VXLAN"];

#[test]
fn with_helm_3_a_live_pool_is_kept() {
    a_live_pool_is_kept(HELM_3_17);
}

#[test]
fn with_helm_4_a_live_pool_is_kept() {
    a_live_pool_is_kept(HELM_4_3);
}

fn a_live_pool_is_kept(helm: Helm) {
    let Some(journey) = Journey::start("from-cluster", helm, &charts::own()) else {
        return;
    };
    let operator = journey.operator();
    journey.tell_helm_4_of_the_filter();
    journey.apply_definitions();
    journey.what_cannot_be_asked_is_an_error();

    journey
        .terminal
        .heading("The CIDR is the pod network that the cluster tells");
    let install = Journey::helm("install", &["--create-namespace"], Some(CHOSEN));
    journey.terminal.types(&install).succeeded();
    journey.has_only(&wanted_pool());
    operator.starts();

    journey.what_harms_the_live_pool_is_refused();
    journey.every_value_is_that_of_the_live_pool();
    journey.the_encapsulation_changes_where_that_is_allowed();
}

impl Journey {
    /// A refusal that the person reads, after which all is as before.
    fn is_refused(&self, filter: &[&str], reasons: &[&str]) {
        let before = self.cluster.installation();
        let upgrade = Self::helm("upgrade", &[], Some(filter));
        let mut refused = self.terminal.types(&upgrade).failed();
        for reason in reasons {
            refused = refused.says(reason);
        }
        assert_eq!(self.cluster.installation(), before);
    }

    fn what_harms_the_live_pool_is_refused(&self) {
        self.terminal
            .heading("Another block size for the live pool is refused");
        let block_size = ["--from-cluster", "--block-size=26"];
        self.is_refused(
            &block_size,
            &[
                "helm-postrender: error: ",
                "[existing-pool-block-size]",
                "keep 24",
            ],
        );

        self.terminal.heading("So is another CIDR in its place");
        let cidr = ["--from-cluster", "--cidr=172.16.0.0/17"];
        self.is_refused(
            &cidr,
            &[
                "[existing-pool-missing]",
                "replaces the existing pool",
                "172.16.0.0/16",
            ],
        );

        self.terminal
            .heading("And another encapsulation, unless it is allowed by name");
        let encapsulation = ["--from-cluster", "--encapsulation=IPIP"];
        self.is_refused(
            &encapsulation,
            &[
                "[existing-pool-encapsulation]",
                "--allow existing-pool-encapsulation",
            ],
        );
    }

    /// Of the flags, only one is left; what was chosen at the install is known to the live pool. The list is what
    /// the operator made of it, so that it belongs to both, and Helm 4 meets no conflict.
    fn every_value_is_that_of_the_live_pool(&self) {
        self.terminal
            .heading("With no value given, the live pool tells them all, and nothing changes");
        let before = self.look();
        let upgrade = Self::helm("upgrade", &[], Some(&["--from-cluster"]));
        self.terminal.types(&upgrade).succeeded();
        self.shows_the_difference();
        assert_eq!(self.cluster.installation(), before);
        self.terminal.types(&upgrade).succeeded();
        assert_eq!(self.cluster.installation(), before);
    }

    fn the_encapsulation_changes_where_that_is_allowed(&self) {
        self.terminal
            .heading("Another encapsulation, allowed by name");
        let before = self.look();
        let allowed = [
            "--from-cluster",
            "--encapsulation=IPIP",
            "--allow=existing-pool-encapsulation",
        ];
        let options: &[&str] = match self.helm.is_3() {
            true => &[],
            false => &["--force-conflicts"],
        };
        let upgrade = Self::helm("upgrade", options, Some(&allowed));
        self.terminal.types(&upgrade).succeeded();
        self.shows_the_difference();
        let pool = self.cluster.installation()["calicoNetwork"]["ipPools"][0].take();
        let mut wanted = before["calicoNetwork"]["ipPools"][0].clone();
        wanted["encapsulation"] = json!("IPIP");
        assert_eq!(pool, wanted);
    }

    /// Nothing is rendered of what cannot be known.
    fn what_cannot_be_asked_is_an_error(&self) {
        let asking = |option: &str| {
            let filter = ["--from-cluster", option];
            let filter = filter.iter().copied().filter(|flag| !flag.is_empty());
            Self::helm("template", &[], Some(&filter.collect::<Vec<_>>()))
        };
        let view = "kubectl config view --raw --flatten";

        self.terminal.heading("A cluster that cannot be reached");
        let other = format!("{view} | sed 's#server: .*#server: https://127.0.0.1:1#' > gone");
        self.terminal.types(&other).succeeded();
        let gone = self.terminal.types(&asking("--kubeconfig=gone")).failed();
        gone.says("could not make a plan of the cluster")
            .says("https://127.0.0.1:1")
            .says("fix: run it directly")
            .has_no("kind: Installation");

        self.terminal.heading("A person who may not read it");
        let nobody = format!("{view} | sed 's#^    token:#    as: nobody\\n    token:#' > nobody");
        self.terminal.types(&nobody).succeeded();
        let nobody = self.terminal.types(&asking("--kubeconfig=nobody")).failed();
        nobody
            .says("this could not be read: ippools: list ippools")
            .says("grant the permissions that kubectl calico rbac prints")
            .has_no("kind: Installation");

        self.terminal
            .heading("A filter without the program that can ask");
        let alone = self.terminal.home("alone");
        fs::create_dir(&alone).unwrap();
        fs::copy(filter(), alone.join("helm-postrender")).unwrap();
        symlink(self.helm.binary(), alone.join("helm")).unwrap();
        let alone = format!("PATH=~/alone {}", asking(""));
        let alone = self.terminal.types(&alone).failed();
        alone
            .says("--from-cluster needs kubectl-calico")
            .says("fix: install it")
            .has_no("kind: Installation");
    }
}
