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
        meaning: "Retina observes the interfaces of nodes and of pods, and a pool of Calico uses IPIP.",
        impact: "At the interfaces of the nodes, Retina reads only TCP and UDP, and does not count \
                 IPIP. The agent logs \"Error while getting ethtool\" for tunl0 \
                 with \"operation not supported\", which is harmless.",
        criteria: "A DaemonSet whose container is named retina or whose name is retina-agent, and a \
                   pool for pods with IPIP.",
        fix: "None needed: Retina also observes the interfaces of the pods, on both nodes.",
        source: "microsoft/retina, pkg/plugin/packetparser/_cprog/packetparser.c (parse) and pkg/plugin/linuxutil; projectcalico/calico v3.32.1, \
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
            "at the interfaces of the nodes, Retina does not count pod traffic between nodes; errors about \
             ethtool and tunl0 in its log are harmless",
        )
        .fix("none needed: Retina also observes the interfaces of the pods, on both nodes"),
    )
}
