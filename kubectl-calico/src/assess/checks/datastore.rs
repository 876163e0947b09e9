//! Whether Calico uses its own etcd, which this program cannot read.

use crate::assess::check::{Check, Judges};
use crate::assess::finding::Finding;
use crate::assess::views::calico_node::CalicoNode;
use crate::snapshot::resources::DAEMON_SETS;
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
    judges: Judges::Running,
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
