//! Whether Microsoft Retina can see the traffic of pods.

use calico_core::catalog::Entry;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::phrases::the_pool;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, IP_POOLS};

pub(crate) const RETINA_BESIDE_IPIP: Check = Check {
    entry: Entry {
        code: "CAL316",
        title: "Microsoft Retina cannot see inside IPIP",
        meaning: "Retina observes the traffic of nodes, and a pool of Calico uses IPIP.",
        impact: "Pod traffic between nodes appears as IP protocol 4 between the nodes, and is not \
                 attributed to pods. The agent logs \"Error while getting ethtool\" for tunl0 \
                 with \"operation not supported\", which is harmless.",
        criteria: "A DaemonSet whose container is named retina or whose name is retina-agent, and a \
                   pool for pods with IPIP.",
        fix: "To see pods on both ends, use VXLAN, which Retina can decode, or no encapsulation \
              where the network allows it; or observe at the pods' own interfaces.",
        source: "microsoft/retina, pkg/plugin/linuxutil; projectcalico/calico v3.32.1, \
                 felix/dataplane/linux/ipip_mgr.go (tunl0)",
    },
    needs: &[&DAEMON_SETS, &IP_POOLS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| beside_ipip(case).into_iter().collect(),
};

fn beside_ipip(case: &Case) -> Option<Finding> {
    let pools = case.facts.known_pools().iter();
    let mut pools = pools.filter(|pool| pool.serves_pods() && pool.encapsulation.is_ipip());
    let pool = pools.next()?;
    let mut sets = case.snapshot.daemon_sets.items().iter();
    let agent = sets.find(|set| {
        let spec = set
            .spec
            .as_ref()
            .and_then(|spec| spec.template.spec.as_ref());
        let containers = spec.map(|spec| spec.containers.as_slice());
        let named = |name: &str| name == "retina" || name == "retina-agent";
        set.metadata.name.as_deref().is_some_and(named)
            || containers
                .unwrap_or_default()
                .iter()
                .any(|it| named(&it.name))
    })?;
    let object = ObjectRef::of_object("DaemonSet", &agent.metadata);
    Some(
        Finding::note(
            &RETINA_BESIDE_IPIP.entry,
            &object,
            format!(
                "Retina cannot see inside the {} of {}",
                pool.encapsulation,
                the_pool(&pool.name)
            ),
        )
        .exists(object)
        .evidence(pool.object(), "encapsulation", pool.encapsulation)
        .impact(
            "Retina shows pod traffic between nodes as traffic of the nodes; errors about ethtool \
             and tunl0 in its log are harmless",
        )
        .fix("to see the pods at both ends, use VXLAN, or None where the network allows it")
        .paste("kubectl calico plan --encapsulation VXLAN"),
    )
}
