//! The upgrades that people make, and what becomes of the pools. Helm forgets the post-renderer; and Helm 4 does not
//! take back what the operator has written, unless it is told to.

use serde_json::{Value, json};

use super::calico::{Journey, VALUES, wanted_pool};
use super::operator::Operator;

/// What Helm 4 says where the operator owns the pools.
pub(super) const CONFLICT: &str = "conflict occurred while applying object /default operator.tigera.io/v1, \
    Kind=Installation: Apply failed with 1 conflict: conflict with \"operator\" using operator.tigera.io/v1: .spec.calicoNetwork.ipPools";

/// What `status` says of a live pool that is not what the Installation asks for, and of one that it does not ask for.
const DIFFERS: &str = "\nwarning CAL208 IPPool/default-ipv4-ippool\n        \
    172.16.0.0/16 and the Installation differ in blockSize, encapsulation\n";
const UNLISTED: &str = "\nerror CAL208 IPPool/default-ipv4-ippool\n        \
    172.16.0.0/16 is no longer listed in the Installation\n";

impl Journey {
    /// Helm 3 sends what differs between two manifests, which is nothing. Helm 4 applies the manifest.
    pub(super) fn upgrade_with_the_same_flags(&self, operator: &Operator<'_>) {
        self.terminal.heading("An upgrade with the same flags");
        let before = self.look();
        let upgrade = Self::helm("upgrade", &[], Some(VALUES));
        if self.helm.is_3() {
            self.terminal.types(&upgrade).succeeded();
        } else {
            self.terminal.types(&upgrade).failed().says(CONFLICT);
            assert_eq!(self.cluster.installation(), before, "nothing is half done");
            self.upgrade_over_the_operator(VALUES);
            self.shows_the_difference();
            self.has_only(&wanted_pool());
            self.terminal
                .heading("The operator fills in its defaults again");
            operator.follows();
        }
        self.shows_the_difference();
        assert_eq!(self.cluster.installation(), before);
    }

    /// The list of pools is replaced as a whole; the operator's defaults fill the gaps.
    pub(super) fn upgrade_with_fewer_flags(&self, operator: &Operator<'_>) {
        self.terminal.heading("An upgrade with fewer flags");
        let before = self.look();
        self.upgrade_over_the_operator(&VALUES[..1]);
        self.shows_the_difference();
        self.has_only(&json!({"cidr": "172.16.0.0/16"}));
        self.terminal
            .heading("The operator fills in its defaults, which the live pool does not have");
        operator.follows();
        self.shows_the_difference();
        let pool = self.cluster.installation()["calicoNetwork"]["ipPools"][0].take();
        assert_eq!(
            (&pool["blockSize"], &pool["encapsulation"]),
            (&json!(26), &json!("IPIP"))
        );
        self.the_live_pool_is_another(DIFFERS);

        if !self.helm.is_3() {
            let rollback = "helm rollback calico 1 --namespace tigera-operator";
            self.terminal.types(rollback).failed().says(CONFLICT);
        }
        self.roll_back();
        operator.follows();
        assert_eq!(self.cluster.installation(), before);
    }

    /// Helm 3 takes the whole of `calicoNetwork` away. Helm 4 takes what Helm owns: nothing, where the operator has
    /// written since, and the pools where it has not.
    pub(super) fn upgrade_without_the_filter(&self, operator: &Operator<'_>) {
        self.terminal
            .heading("An upgrade without the post-renderer");
        let before = self.look();
        let upgrade = Self::helm("upgrade", &[], None);
        self.terminal.types(&upgrade).succeeded();
        self.shows_the_difference();
        self.the_manifest_has_no_pools();
        if self.helm.is_3() {
            assert_eq!(self.cluster.installation()["calicoNetwork"], Value::Null);
        } else {
            assert_eq!(
                self.cluster.installation(),
                before,
                "the operator owns them"
            );

            self.terminal
                .heading("The same before the operator has written");
            self.upgrade_over_the_operator(VALUES);
            self.look();
            self.terminal.types(&upgrade).succeeded();
            self.shows_the_difference();
            let mut left = before["calicoNetwork"].clone();
            left.as_object_mut().unwrap().remove("ipPools");
            assert_eq!(self.cluster.installation()["calicoNetwork"], left);
        }
        self.terminal
            .heading("The operator finds no pools in the Installation");
        operator.follows();
        self.the_live_pool_is_another(UNLISTED);

        self.roll_back();
        operator.follows();
        assert_eq!(self.cluster.installation(), before);
    }

    /// An upgrade that in Helm 4 has to take the pools from the operator.
    fn upgrade_over_the_operator(&self, filter: &[&str]) {
        let options: &[&str] = match self.helm.is_3() {
            true => &[],
            false => &["--force-conflicts"],
        };
        let upgrade = Self::helm("upgrade", options, Some(filter));
        self.terminal.types(&upgrade).succeeded();
    }
}
