//! Whether the cloud's network lets IP in IP pass.

use calico_core::catalog::Entry;
use calico_core::pool::Encapsulation;
use calico_core::text::shortened;

use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::facts::cluster::{self, Cloud};
use crate::assess::finding::{Finding, Severity};
use crate::assess::support::pool_fixes::encapsulate;
use crate::snapshot::Node;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{IP_POOLS, NODES};

pub(crate) const IPIP_IN_CLOUD: Check = Check {
    entry: Entry {
        code: "CAL301",
        title: "IP in IP does not pass the cloud's network",
        meaning: "A pool uses IP in IP, and the nodes are machines of a cloud that lets only other \
                protocols pass.",
        impact: "Packets between pods on different nodes are dropped without a word: pods on the \
                  same node reach each other, DNS works on some nodes only.",
        criteria: "The cloud is told by the providerID of a node. On Azure it is an error: its \
                 network drops IP protocol 4, whatever its security groups say. On DigitalOcean \
                 it is a warning: its cloud firewalls know only TCP, UDP and ICMP, and without one \
                 the packets pass. Google Cloud and AWS drop it where no firewall rule or security \
                 group allows it, which cannot be seen from here, and are not judged. Only pools \
                 that pods have addresses from count, or will.",
        fix: "Use VXLAN. Changing the encapsulation of a live pool interrupts traffic between \
              nodes for a moment.",
        source: "Calico's documentation, Azure; kubernetes/kops#17832; poseidon/typhoon#11",
    },
    needs: &[&IP_POOLS, &NODES],
    judges: Judges::Requested {
        remedy: Remedy::Encapsulation,
    },
    find: |case| {
        let (severity, impact) = match case.facts.cluster.cloud.value() {
            Some(Cloud::Azure) => (
                Severity::Error,
                "Azure's network drops IP protocol 4: pods on different nodes do not reach each \
                 other",
            ),
            Some(Cloud::DigitalOcean) => (
                Severity::Warning,
                "a cloud firewall of DigitalOcean drops IP protocol 4: behind one, pods on \
                 different nodes do not reach each other",
            ),
            _ => return Vec::new(),
        };
        let Some((node, cloud)) = told_by(case) else {
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
                    format!(
                        "{encapsulation} does not pass the network of {}",
                        cloud.name()
                    ),
                )
                .evidence(pool.object(), pool.field("encapsulation"), encapsulation)
                .evidence(
                    ObjectRef::named("Node", &node.metadata.name),
                    "spec.providerID",
                    shortened(node.spec.provider_id.as_deref().unwrap_or_default(), 60),
                )
                .impact(impact)
                .fixed_by_all(encapsulate(case, pool, Encapsulation::Vxlan)),
            )
        };
        candidate_pools(case).iter().filter_map(dropped).collect()
    },
};

/// The node that tells the cloud.
fn told_by<'a>(case: &Case<'a>) -> Option<(&'a Node, Cloud)> {
    let mut nodes = case.snapshot.nodes.items().iter();
    nodes.find_map(|node| Some((node, cluster::cloud_of(node)?)))
}
