//! Whether a pool's CIDR is valid, and is written as Calico's API writes it.

use calico_core::catalog::Entry;
use calico_core::text::quoted;
use k8s_openapi::api::apps::v1::Deployment;
use serde_json::json;

use crate::assess::advice::moves::is_changeable;
use crate::assess::advice::pool_fixes::set_listed;
use crate::assess::advice::undeletable;
use crate::assess::candidate_pools::{CandidatePool, existing_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::Facts;
use crate::facts::pools::ExistingPool;
use crate::phrases::pasted;
use crate::repair::Step;
use crate::repair::resource_writer::{delete_pool_in_datastore, patch_pool_crd};
use crate::snapshot::resources::IP_POOLS;
use crate::views::objects::operator_deployment;

/// The first minor version of Calico whose API allows a CIDR to be changed to its canonical
/// notation. The operator then updates the pool by its name, and deletes it by its old CIDR.
const CIDR_MAY_BE_NORMALISED: u32 = 31;

pub(crate) const NOT_CANONICAL: Check = Check {
    entry: Entry {
        code: "CAL209",
        title: "a pool's CIDR has host bits set, or is not in canonical notation",
        meaning: "A pool's CIDR has host bits set (10.0.0.1/16), or is not in canonical notation \
                  (fd00:0::/48).",
        impact: "The operator and the CRDs accept it. Calico's API does not: it compares the CIDR \
                 with its canonical notation and rejects every later change, and even the deletion \
                 of the pool, with \"IPPool CIDR is not strictly masked\" or \"IPPool CIDR cannot \
                 be modified\".",
        criteria: "The CIDR is compared with Calico's own notation of the network (RFC 5952 for \
                   IPv6). From 3.31.3 on, the API of Calico 3.31 writes another notation of a network as its own \
                   when it changes the pool; only pools of the operator then count. Applies to existing pools; \
                   listed pools are covered by CAL110.",
        fix: "Up to Calico 3.31: write the canonical CIDR to the Installation, if it lists the \
              pool, and then directly to the IPPool in crd.projectcalico.org, bypassing Calico's \
              API. With 3.31, scale the operator to zero first, because it would delete the pool. \
              With 3.32, the CRDs also reject the change: move the pods to another pool and delete \
              this one.",
        source: "projectcalico/calico#11311; projectcalico/calico v3.32.1, \
                 libcalico-go/lib/clientv3/ippool.go; tigera/operator v1.42.3, \
                 pkg/controller/ippool/pool_controller.go",
    },
    needs: &[&IP_POOLS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        let odd = |pool: &CandidatePool| {
            let network = pool.network?.network();
            if network.to_string() == pool.cidr
                || pool.existing.is_some_and(|it| is_changeable(case, it))
            {
                return None;
            }
            let message = if pool.network.is_some_and(|cidr| cidr.has_host_bits()) {
                format!("{} has host bits set", pool.cidr)
            } else {
                format!("{} is not in canonical notation ({network})", pool.cidr)
            };
            Some(
                Finding::warning(&NOT_CANONICAL.entry, pool.object(), message)
                    .evidence(pool.object(), pool.field("cidr"), pool.cidr)
                    .impact("Calico's API refuses to change or delete the pool")
                    .fixed_by_all(rewrite(case, pool, &network.to_string())),
            )
        };
        existing_pools(case).iter().filter_map(odd).collect()
    },
};

pub(crate) const UNREADABLE: Check = Check {
    entry: Entry {
        code: "CAL214",
        title: "a pool's CIDR is not valid",
        meaning: "The CIDR of an existing pool cannot be parsed.",
        impact: "Calico's components skip the pool, and no addresses are assigned from it. Up to \
                 Calico 3.31, the CRDs accept any string. Since operator 1.34, the operator stops at such a pool, \
                 whoever created it, if it is enabled: it applies no changes until the pool is gone.",
        criteria: "The CIDR is parsed as Go's net.ParseCIDR does: it must be an address, a slash \
                   and a prefix length, and nothing else. Listed pools are covered by CAL110.",
        fix: "Delete the pool, and create one with a CIDR like 10.244.0.0/16 or \
              fd00:10:244::/56.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go; tigera/operator v1.34.13 and \
                 v1.42.3, pkg/controller/installation/core_controller.go (fillDefaults)",
    },
    needs: &[&IP_POOLS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        let unreadable = |pool: &CandidatePool| {
            let text = quoted(pool.cidr);
            let fix = "delete the pool directly in the datastore, because Calico's API refuses to, and create one with a CIDR \
                       like 10.244.0.0/16 if it is needed";
            let name = pool.existing.map_or("", |existing| existing.name.as_str());
            let finding = Finding::error(
                &UNREADABLE.entry,
                pool.object(),
                format!("{text} is not a CIDR"),
            )
            .evidence(pool.object(), pool.field("cidr"), text)
            .impact(if pool.existing.is_some_and(|existing| stops_operator(case.facts, existing)) {
                "no addresses are assigned from the pool, and the operator applies no changes at all until it is gone"
            } else {
                "no addresses are assigned from the pool"
            })
            .fix(fix)
            .paste(delete_pool_in_datastore(case.snapshot, name));
            pool.network.is_none().then_some(finding)
        };
        existing_pools(case).iter().filter_map(unreadable).collect()
    },
};

/// Whether the operator reconciles nothing while there is a pool, because its CIDR is not valid.
pub(crate) fn stops_operator(facts: &Facts, pool: &ExistingPool) -> bool {
    let installation = facts.installation.as_ref();
    pool.network.is_none()
        && pool.enabled
        && facts.install.is_run_by_operator()
        && installation.is_some_and(|installation| installation.operator.since(34))
}

/// Replaces the CIDR with its canonical notation. The operator identifies pools by the text of their
/// CIDR: with the new one in the Installation first, it tries to create another pool, which Calico's
/// API rejects up to 3.30, and stops; with the new one in the CRD first, it would treat the pool as
/// no longer listed.
fn rewrite(case: &Case, pool: &CandidatePool, network: &str) -> Vec<Step> {
    let minor = case.facts.install.calico_minor();
    let Some(existing) = pool.existing else {
        return Vec::new();
    };
    if undeletable::is_fixed(case) {
        return undeletable::replace(case, existing);
    }
    let cidr = json!(network);
    let in_crd = patch_pool_crd(&existing.name, &json!({"cidr": cidr}));
    let Some(index) = pool.index else {
        return vec![
            Step::new(format!(
                "write {network} to crd.projectcalico.org with kubectl, because Calico's API \
                 rejects it"
            ))
            .run(in_crd),
        ];
    };
    let operator = operator_deployment(case.snapshot)
        .filter(|_| minor.is_some_and(|minor| minor >= CIDR_MAY_BE_NORMALISED));
    let [stop, start] = match operator {
        Some(operator) => pause(operator).map(Some),
        None => [None, None],
    };
    let what = format!("write {network} to the Installation");
    let mut in_installation = set_listed(case, index, what, &[("cidr", cidr)]).into_iter();
    let then = Step::new(
        "write it to crd.projectcalico.org with kubectl, because Calico's API rejects it",
    )
    .run(in_crd);
    stop.into_iter()
        .chain(in_installation.next())
        .chain([then])
        .chain(start)
        .chain(in_installation)
        .collect()
}

/// Steps that stop the operator, which would delete the pool, and start it again.
fn pause(operator: &Deployment) -> [Step; 2] {
    let namespace = pasted(operator.metadata.namespace.as_deref().unwrap_or_default());
    let scale =
        |to| format!("kubectl scale -n {namespace} deployment tigera-operator --replicas={to}");
    let wait = format!(
        "kubectl wait -n {namespace} pods -l k8s-app=tigera-operator --for=delete --timeout=60s"
    );
    [
        Step::new("stop the operator, which would otherwise delete the pool during the change")
            .run(scale(0))
            .run(wait),
        Step::new("start the operator").run(scale(1)),
    ]
}
