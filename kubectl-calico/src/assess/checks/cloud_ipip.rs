//! Whether the cloud's network passes IPIP.

use calico_core::catalog::Entry;
use calico_core::text::shortened;

use crate::assess::advice::pool_fixes::encapsulate_for_cloud;
use crate::assess::advice::relocation::moved_anyway;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::finding::{Finding, Severity};
use crate::facts::cloud::{Cloud, cloud_of};
use crate::facts::cloud_network::Ipip;
use crate::snapshot::Node;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{IP_POOLS, IPAM_BLOCKS, NODES};

pub(crate) const IPIP_IN_CLOUD: Check = Check {
    entry: Entry {
        code: "CAL301",
        title: "the cloud's network drops IPIP",
        meaning: "A pool uses IPIP, and the nodes run in a cloud whose network does not pass it.",
        impact: "Packets between pods on different nodes are silently dropped: pods on the same \
                 node reach each other, and DNS works on some nodes only.",
        criteria: "The cloud is recognized by the providerID of a node. Only pools that pods get, or will get, \
                   addresses from are checked.\n\
                   - Error: Azure, whose network drops IP protocol 4 regardless of the security groups.\n\
                   - Warning: DigitalOcean, whose cloud firewalls only support TCP, UDP and ICMP. Without a \
                   firewall, the packets pass.\n\
                   - Not reported: Google Cloud and AWS, which drop IPIP unless a firewall rule or a security group \
                   allows it. The Kubernetes API does not show that.",
        fix: "Use VXLAN. VXLAN does not work with host-local IPAM: there, use no encapsulation \
            (None), and routes of the cloud to the pod CIDR of each node. Changing the encapsulation of an existing pool briefly interrupts traffic \
              between nodes.",
        source: "Calico documentation, Azure; kubernetes/kops#17832; poseidon/typhoon#11",
    },
    needs: &[&IP_POOLS, &NODES],
    // A disabled pool without addresses in use.
    excuses: &[&IPAM_BLOCKS],
    judges: Judges::Requested {
        remedy: Remedy::Encapsulation,
    },
    find: |case| {
        let Some(cloud) = case.facts.cluster.cloud.value() else {
            return Vec::new();
        };
        let name = cloud.name();
        let (severity, impact) = match cloud.network().ipip {
            Ipip::Dropped => (
                Severity::Error,
                format!(
                    "{name}'s network drops IP protocol 4: pods on different nodes cannot reach \
                     each other"
                ),
            ),
            Ipip::DroppedByFirewalls => (
                Severity::Warning,
                format!(
                    "a {name} cloud firewall drops IP protocol 4: behind one, pods on different \
                     nodes cannot reach each other"
                ),
            ),
            Ipip::CanPass => return Vec::new(),
        };
        let Some((node, cloud)) = node_with_cloud(case) else {
            return Vec::new();
        };
        let dropped = |pool: &CandidatePool| {
            let encapsulation = pool
                .encapsulation
                .filter(|e| e.is_ipip() && pool.has_pods)?;
            Some(
                Finding::new(
                    &IPIP_IN_CLOUD.entry,
                    severity,
                    pool.object(),
                    format!("{}'s network drops {encapsulation}", cloud.name()),
                )
                .evidence(pool.object(), pool.field("encapsulation"), encapsulation)
                .evidence(
                    ObjectRef::named("Node", &node.metadata.name),
                    "spec.providerID",
                    shortened(node.spec.provider_id.as_deref().unwrap_or_default(), 60),
                )
                .impact(impact.as_str())
                .fixed_by_all(
                    pool.existing
                        .and_then(|existing| moved_anyway(case, existing))
                        .unwrap_or_else(|| encapsulate_for_cloud(case, pool)),
                ),
            )
        };
        candidate_pools(case).iter().filter_map(dropped).collect()
    },
};

/// The first node whose providerID names a known cloud.
fn node_with_cloud<'a>(case: &Case<'a>) -> Option<(&'a Node, Cloud)> {
    let mut nodes = case.snapshot.nodes.items().iter();
    nodes.find_map(|node| Some((node, cloud_of(node)?)))
}
