//! Whether every node can use a pool.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::selector::{Known, Selector};
use serde_json::json;

use crate::assess::advice::pool_fixes::set;
use crate::assess::candidate_pools::{CandidatePool, existing_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::pools::{ALL_NODES, ExistingPool};
use crate::assess::finding::Finding;
use crate::assess::phrases::{MOST_NAMES, counted, few};
use crate::snapshot::resources::{DAEMON_SETS, IP_POOLS, NODES};
use crate::snapshot::{Node, ObjectRef};

/// The labels of nodes that are read, besides those of platforms.
const KNOWN_LABELS: [&str; 6] = [
    "kubernetes.io/arch",
    "kubernetes.io/hostname",
    "kubernetes.io/os",
    "node-role.kubernetes.io/control-plane",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
];

pub(crate) const POOLS_FOR_SOME_NODES: Check = Check {
    entry: Entry {
        code: "CAL215",
        title: "all pools are limited to certain nodes",
        meaning: "Every pool that assigns addresses of a family to pods has a nodeSelector, and \
                  not every node is known to be selected.",
        impact: "On a node that none of them selects, new pods stay in ContainerCreating: \"no \
                 configured Calico pools for node\". This may be intentional, for example if each \
                 zone or rack has its own pool, or it may be caused by a missing or misspelled \
                 label.",
        criteria: "The finding is a warning if no pool selects one of the nodes, and a note if that \
                   is not known: only the well-known labels of nodes (zone, region, hostname, \
                   architecture, operating system, control plane) are read. Nodes with Linux count. \
                   Applies only if Calico's IPAM assigns addresses. Pools that are disabled, that \
                   pods must request, or that have the nodeSelector !all() are ignored; if there \
                   are no other pools, CAL212 is reported.",
        fix: "Compare the selectors with the labels of the nodes; add a pool with all() for nodes \
              that no other pool selects.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/pools.go; Calico \
                 documentation, Assign IP addresses based on topology; projectcalico/calico#7382",
    },
    needs: &[&IP_POOLS, &DAEMON_SETS, &NODES],
    judges: Judges::Configured,
