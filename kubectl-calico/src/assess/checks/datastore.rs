//! Where Calico keeps its data, as far as that limits what can be seen.

use crate::assess::check::{Check, Judges};
use crate::assess::finding::Finding;
use crate::assess::views::calico_node::CalicoNode;
use crate::snapshot::resources::DAEMON_SETS;
use calico_core::catalog::Entry;

pub(crate) const DATA_IN_ETCD: Check = Check {
    entry: Entry {
        code: "CAL111",
        title: "Calico keeps its data in an etcd of its own",
        meaning: "calico-node is told of etcd endpoints: pools, BGP and Felix settings are there, \
                not in the Kubernetes API.",
        impact: "Nothing is wrong with it, but pools and settings cannot be seen through the \
                  Kubernetes API, and so are not judged. Should there be resources of \
                  crd.projectcalico.org, then they are not what Calico works with.",
        criteria: "calico-node has ETCD_ENDPOINTS in its environment, as calico-etcd.yaml sets it.",
        fix: "Look at pools with calicoctl, which needs the endpoints and certificates of that \
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
            "Calico keeps its data in an etcd of its own",
        )
        .evidence(object, "env ETCD_ENDPOINTS", endpoints)
        .impact("pools and settings cannot be seen through the Kubernetes API, and are not judged")
        .fix("look at them with calicoctl, told of that etcd and its certificates")
        .paste("calicoctl get ippools -o wide");
        vec![finding]
    },
};
