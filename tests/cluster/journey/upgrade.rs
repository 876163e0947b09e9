//! Upgrades, and what they do to the pools. Helm does not store the post-renderer, and Helm 4 does not overwrite what the
//! operator has written, unless it is forced to.

use serde_json::{Value, json};

use super::operator::Operator;
use super::setup::{Journey, VALUES, requested_pool};

/// The message of Helm 4 if the operator owns the pools.
pub(super) const CONFLICT: &str = "conflict occurred while applying object /default operator.tigera.io/v1, \
    Kind=Installation: Apply failed with 1 conflict: conflict with \"operator\" using operator.tigera.io/v1: .spec.calicoNetwork.ipPools";

/// Findings about an existing pool that differs from the Installation, and one that the Installation does not list.
const DIFFERS: &str = "\nwarning CAL208 IPPool/default-ipv4-ippool\n";
const UNLISTED: &str = "\nerror CAL208 IPPool/default-ipv4-ippool\n";

impl Journey {
    /// Helm 3 sends the difference between two manifests, which is empty. Helm 4 applies the manifest.
    pub(super) fn upgrade_with_the_same_flags(&self, operator: &Operator<'_>) {
        self.terminal.heading("Upgrade with the same flags");
        let before = self.save_installation();
        let upgrade = Self::helm("upgrade", &[], Some(VALUES));
        if self.helm.is_3() {
            self.terminal.run(&upgrade).succeeded();
        } else {
            self.terminal.run(&upgrade).failed().shows(CONFLICT);
            assert_eq!(
                self.cluster.installation(),
                before,
                "the failed upgrade changed something"
            );
            self.upgrade_over_the_operator(VALUES);
            self.show_difference();
            self.has_only(&requested_pool());
            self.terminal
                .heading("The operator fills in its defaults again");
            operator.follows();
        }
        self.show_difference();
        assert_eq!(self.cluster.installation(), before);
    }

    /// The whole list of pools is replaced, and the operator fills in its defaults.
    pub(super) fn upgrade_with_fewer_flags(&self, operator: &Operator<'_>) {
        self.terminal.heading("Upgrade with fewer flags");
        let before = self.save_installation();
        self.upgrade_over_the_operator(&VALUES[..1]);
        self.show_difference();
        self.has_only(&json!({"cidr": "172.16.0.0/16"}));
        self.terminal
            .heading("The operator fills in its defaults, which the existing pool does not have");
        operator.follows();
        self.show_difference();
        let pool = self.cluster.installation()["calicoNetwork"]["ipPools"][0].take();
        assert_eq!(
            (&pool["blockSize"], &pool["encapsulation"]),
            (&json!(26), &json!("IPIP"))
        );
        self.the_existing_pool_differs(DIFFERS);

        if !self.helm.is_3() {
            let rollback = "helm rollback calico 1 --namespace tigera-operator";
            self.terminal.run(rollback).failed().shows(CONFLICT);
        }
        self.roll_back();
        operator.follows();
        assert_eq!(self.cluster.installation(), before);
    }

    /// Helm 3 removes `calicoNetwork`. Helm 4 removes the fields that it owns: the pools, or nothing if the operator has
    /// written them since.
    pub(super) fn upgrade_without_the_filter(&self, operator: &Operator<'_>) {
        self.terminal.heading("Upgrade without the post-renderer");
        let before = self.save_installation();
        let upgrade = Self::helm("upgrade", &[], None);
        self.terminal.run(&upgrade).succeeded();
        self.show_difference();
        self.the_manifest_has_no_pools();
        if self.helm.is_3() {
            assert_eq!(self.cluster.installation()["calicoNetwork"], Value::Null);
        } else {
            assert_eq!(
                self.cluster.installation(),
                before,
                "the operator owns the pools"
            );

            self.terminal
                .heading("The same before the operator has written the pools");
            self.upgrade_over_the_operator(VALUES);
            self.save_installation();
            self.terminal.run(&upgrade).succeeded();
            self.show_difference();
            let mut left = before["calicoNetwork"].clone();
            left.as_object_mut().unwrap().remove("ipPools");
            assert_eq!(self.cluster.installation()["calicoNetwork"], left);
        }
        self.terminal
            .heading("The operator finds no pools in the Installation");
        operator.follows();
        self.the_existing_pool_differs(UNLISTED);

        self.roll_back();
        operator.follows();
        assert_eq!(self.cluster.installation(), before);
    }

    /// An upgrade that overwrites the operator's pools.
    fn upgrade_over_the_operator(&self, filter: &[&str]) {
        let upgrade = Self::helm("upgrade", self.force_conflicts(), Some(filter));
        self.terminal.run(&upgrade).succeeded();
    }

    /// The option that Helm 4 needs to overwrite the operator's fields.
    pub(super) fn force_conflicts(&self) -> &'static [&'static str] {
        if self.helm.is_3() {
            &[]
        } else {
            &["--force-conflicts"]
        }
    }
}
