//! Upgrades, and what they do to the pools. Helm does not store the post-renderer, and Helm 4 does not overwrite what the
//! operator has written, unless it is forced to.

use serde_json::{Value, json};

use super::setup::{Journey, VALUES, requested_pool};

/// The message of Helm 4 if the operator owns the pools.
pub(super) const CONFLICT: &str = "conflict occurred while applying object /default operator.tigera.io/v1, \
    Kind=Installation: Apply failed with 1 conflict: conflict with \"operator\" using operator.tigera.io/v1: .spec.calicoNetwork.ipPools";

impl Journey {
    /// Helm 3 sends the difference between two manifests, which is empty. Helm 4 applies the manifest.
    pub(super) fn upgrade_with_the_same_flags(&self) {
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
        }
        self.settles();
        self.show_difference();
        assert_eq!(self.cluster.installation(), before);
        self.has_pool(&requested_pool());
    }

    /// The whole list of pools is replaced. The operator fills in its default block size, which the pool cannot follow.
    pub(super) fn upgrade_with_fewer_flags(&self) {
        self.terminal.heading("Upgrade with fewer flags");
        self.save_installation();
        if !self.helm.is_3() {
            let upgrade = Self::helm("upgrade", &[], Some(&VALUES[..1]));
            self.terminal.run(&upgrade).failed().shows(CONFLICT);
        }
        self.upgrade_over_the_operator(&VALUES[..1]);
        self.settles();
        self.show_difference();
        let pool = self.cluster.installation()["calicoNetwork"]["ipPools"][0].take();
        assert_eq!(
            (&pool["blockSize"], &pool["encapsulation"]),
            (&json!(26), &json!("IPIP"))
        );
        self.has_pool(&requested_pool());
        if !self.helm.is_3() {
            let rollback = "helm rollback calico 1 --namespace tigera-operator";
            self.terminal.run(rollback).failed().shows(CONFLICT);
        }
        self.roll_back(Some(1));
        self.has_pool(&requested_pool());
    }

    /// Helm 3 removes `calicoNetwork`. Helm 4 removes the fields that it owns: the pools, or nothing if the operator has
    /// written them since.
    pub(super) fn upgrade_without_the_filter(&self) {
        self.terminal.heading("Upgrade without the post-renderer");
        let before = self.save_installation();
        let upgrade = Self::helm("upgrade", &[], None);
        if !self.helm.is_3() {
            self.terminal.run(&upgrade).succeeded();
            self.settles();
            let installation = self.cluster.installation();
            assert_eq!(installation, before, "the operator owns the pools");

            self.terminal
                .heading("The same before the operator has written the pools");
        }
        self.stop_the_operator();
        if !self.helm.is_3() {
            self.upgrade_over_the_operator(VALUES);
        }
        self.terminal.run(&upgrade).succeeded();
        let manifest = "helm get manifest calico --namespace tigera-operator | grep ipPools";
        self.terminal.run(manifest).failed();
        let network = self.cluster.installation()["calicoNetwork"].take();
        assert_eq!(network["ipPools"], Value::Null);
        self.settles();
        self.has_pool(&requested_pool());

        self.terminal
            .heading("The operator deletes the pool, and creates another one with its defaults");
        self.start_the_operator();
        self.settles();
        self.show_difference();
        self.has_pool(&json!({"cidr": "172.16.0.0/16", "blockSize": 26, "encapsulation": "IPIP"}));

        // It restores the Installation, which the new pool cannot follow.
        self.roll_back(None);
        assert_eq!(self.cluster.installation(), before);
    }

    /// Another encapsulation of an existing pool, which the operator carries out.
    pub(super) fn the_encapsulation_changes_with_allow(&self) {
        self.terminal.heading("Another encapsulation with --allow");
        let allowed = [
            "--from-cluster",
            "--encapsulation=IPIP",
            "--allow=existing-pool-encapsulation",
        ];
        self.upgrade_over_the_operator(&allowed);
        self.settles();
        let mut wanted = requested_pool();
        wanted["encapsulation"] = json!("IPIP");
        self.has_pool(&wanted);
        self.roll_back(Some(1));
        self.has_pool(&requested_pool());
    }

    /// Rolls back to a revision of the release, or to the previous one. Helm keeps ten.
    fn roll_back(&self, revision: Option<u32>) {
        self.terminal.heading("Roll back");
        let revision = revision.map_or_else(String::new, |revision| format!("{revision} "));
        let mut rollback = format!("helm rollback calico {revision}--namespace tigera-operator");
        if !self.helm.is_3() {
            rollback += " --force-conflicts";
        }
        self.terminal.run(&rollback).succeeded();
        self.settles();
        self.show_difference();
    }

    /// A quota, because Helm sets the number of replicas again.
    pub(super) fn stop_the_operator(&self) {
        for command in ["create quota stopped --hard=pods=0", "delete pods --all"] {
            let command = format!("kubectl --namespace tigera-operator {command}");
            self.terminal.run(&command).succeeded();
        }
    }

    fn start_the_operator(&self) {
        for command in [
            "delete quota stopped",
            "rollout restart deployment tigera-operator",
            "rollout status deployment tigera-operator --timeout=60s",
        ] {
            let command = format!("kubectl --namespace tigera-operator {command}");
            self.terminal.run(&command).succeeded();
        }
    }

    /// An upgrade that overwrites the operator's pools.
    fn upgrade_over_the_operator(&self, filter: &[&str]) {
        let options: &[&str] = if self.helm.is_3() {
            &[]
        } else {
            &["--force-conflicts"]
        };
        let upgrade = Self::helm("upgrade", options, Some(filter));
        self.terminal.run(&upgrade).succeeded();
    }
}
