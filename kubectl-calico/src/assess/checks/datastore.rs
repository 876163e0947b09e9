//! Whether Calico uses its own etcd, which this program cannot read, and whether its data is locked.

use super::datastore_migration::{MIGRATION_STOPPED, is_locked, unfinished};
use crate::assess::check::{Check, Judges};
use crate::assess::finding::{Finding, Suspect};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{CLUSTER_INFORMATIONS, DAEMON_SETS};
use crate::views::calico_node::CalicoNode;
use calico_core::catalog::Entry;

pub(crate) const DATA_IN_ETCD: Check = Check {
    entry: Entry {
        code: "CAL111",
        title: "Calico stores its data in its own etcd",
        meaning: "calico-node is configured with etcd endpoints: pools, BGP settings and Felix \
                  settings are stored there, not in the Kubernetes API.",
        impact: "Nothing is wrong, but pools and settings are not visible through the Kubernetes \
                 API and cannot be checked. Any crd.projectcalico.org resources in the cluster are \
                 not the ones that Calico uses.",
        criteria: "ETCD_ENDPOINTS is set in calico-node's environment, as in calico-etcd.yaml.",
        fix: "Inspect pools with calicoctl, configured with the endpoints and certificates of that \
              etcd. calicoctl datastore migrate moves the data to Kubernetes.",
        source: "projectcalico/calico v3.32.1, manifests/calico-etcd.yaml",
    },
    needs: &[&DAEMON_SETS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        let node = CalicoNode::current(case.snapshot);
        let Some(node) = node.filter(|_| case.facts.install.is_in_etcd()) else {
            return Vec::new();
        };
        let endpoints = node.value("ETCD_ENDPOINTS").unwrap_or("is set");
        let object = node.object();
        let finding = Finding::note(
            &DATA_IN_ETCD.entry,
            &object,
            "Calico stores its data in its own etcd",
        )
        .evidence(object, "env ETCD_ENDPOINTS", endpoints)
        .impact("pools and settings are not visible through the Kubernetes API and are not checked")
        .fix(
            "inspect them with calicoctl, configured with the endpoints and certificates of that \
             etcd",
        )
        .paste("calicoctl get ippools -o wide");
        vec![finding]
    },
};

pub(crate) const DATASTORE_LOCKED: Check = Check {
    entry: Entry {
        code: "CAL114",
        title: "Calico's datastore is locked",
        meaning: "datastoreReady of ClusterInformation default is false: calicoctl datastore \
                  migrate, the upgrade of host-local IPAM, or a DatastoreMigration (3.32) locks \
                  Calico's data while it runs.",
        impact: "A calico-node that restarts does not come up, and the CNI plugin refuses every pod with \"Calico is \
                 currently not ready to process requests\". What is already running keeps \
                 running, without updates.",
        criteria: "spec.datastoreReady of the ClusterInformation default is false.",
        fix: "Let the migration or the upgrade finish. If none is running, unlock the datastore. A \
              DatastoreMigration unlocks it when it completes or is deleted (CAL128).",
        source: "projectcalico/calico v3.32.1, cni-plugin/pkg/plugin/plugin.go, \
                 cni-plugin/pkg/upgrade/migrate.go and kube-controllers/pkg/controllers/migration; rancher/rancher#23788",
    },
    needs: &[&CLUSTER_INFORMATIONS],
    excuses: &[],
    judges: Judges::Running,
    find: |case| {
        if !is_locked(case) || case.facts.install.is_in_etcd() {
            return Vec::new();
        }
        let object = ObjectRef::named("ClusterInformation", "default");
        let finding = Finding::error(
            &DATASTORE_LOCKED.entry,
            &object,
            "Calico's datastore is locked",
        )
        .evidence(object, "spec.datastoreReady", false)
        .impact("a calico-node that restarts does not come up, and new pods get no network")
        .suspects([Suspect::Code(MIGRATION_STOPPED.entry.code)]);
        if let Some(migration) = unfinished(case) {
            let object = ObjectRef::of("DatastoreMigration", &migration.metadata);
            let phase = migration.status.phase.as_deref().unwrap_or("Pending");
            return vec![
                finding
                    .evidence(object, "status.phase", phase)
                    .fix(
                        "let the DatastoreMigration complete: kube-controllers unlocks the datastore \
                         once everything is copied; do not unlock it by hand",
                    )
                    .paste("kubectl get datastoremigrations.migration.projectcalico.org"),
            ];
        }
        let what = if case.snapshot.datastore_migrations.unknown().is_some() {
            "unlock the datastore, but only if none of these is running: calicoctl datastore migrate, the upgrade from \
             host-local IPAM, or a DatastoreMigration, which this report could not read and which unlocks the datastore \
             itself"
        } else {
            "unlock the datastore, but only if neither calicoctl datastore migrate nor the upgrade from host-local IPAM \
             is running"
        };
        vec![
            finding
                .fix(what)
                .paste("calicoctl datastore migrate unlock"),
        ]
    },
};
