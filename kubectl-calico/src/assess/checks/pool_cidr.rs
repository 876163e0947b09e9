//! Whether a pool's CIDR is one, and is written as Calico's API writes it.

use calico_core::catalog::Entry;
use calico_core::text::quoted;
use k8s_openapi::api::apps::v1::Deployment;
use serde_json::json;

use crate::assess::candidate_pools::{CandidatePool, live_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::assess::support::pool_fixes::set_listed;
use crate::assess::views::objects::operator_deployment;
use crate::assess::words::pasted;
use crate::repair::Step;
use crate::repair::resource_writer::patch_pool_crd;
use crate::snapshot::resources::IP_POOLS;

/// The Calico from whose API on a CIDR may be changed to its usual spelling. The operator then changes
/// the pool by its name, and deletes it by its old CIDR.
const CIDR_MAY_BE_NORMALISED: u32 = 31;

/// The Calico from whose CRDs on the CIDR of a live pool cannot be changed there either.
const CIDR_FIXED_IN_CRD: u32 = 32;

pub(crate) const NOT_CANONICAL: Check = Check {
    entry: Entry {
        code: "CAL209",
        title: "a pool's CIDR has host bits, or is not written the usual way",
        meaning: "The CIDR of a pool has bits set behind its prefix (10.0.0.1/16), or is the right \
                network in an unusual spelling (fd00:0::/48).",
        impact: "The operator and the CRDs take it as it is. Calico's API does not: it compares \
                  with the usual spelling and refuses every later change and even the deletion of \
                  the pool, with \"IPPool CIDR is not strictly masked\" or \"IPPool CIDR cannot be \
                  modified\".",
        criteria: "The text is compared with the network that Calico makes of it (RFC 5952 for \
                 IPv6). Of live pools; what the Installation asks for is judged by CAL110.",
        fix: "Up to Calico 3.31: write the network into the Installation, if that lists the pool, \
              and then into the CRD, past Calico's API; with 3.31 while the operator is scaled to \
              zero, as it would delete the pool. The CRDs of 3.32 refuse that as well: move \
              the pods to another pool and delete this one.",
        source: "projectcalico/calico#11311; projectcalico/calico v3.32.1, \
                 libcalico-go/lib/clientv3/ippool.go; tigera/operator v1.42.3, \
                 pkg/controller/ippool/pool_controller.go",
    },
    needs: &[&IP_POOLS],
    judges: Judges::Running,
    find: |case| {
        let odd = |pool: &CandidatePool| {
            let network = pool.network?.network();
            if network.to_string() == pool.cidr {
                return None;
            }
            let message = match pool.network.is_some_and(|cidr| cidr.has_host_bits()) {
                true => format!("{} has bits set behind its prefix", pool.cidr),
                false => format!("{} is usually written {network}", pool.cidr),
            };
            Some(
                Finding::warning(&NOT_CANONICAL.entry, pool.object(), message)
                    .evidence(pool.object(), pool.field("cidr"), pool.cidr)
                    .impact("as it is written, Calico's API refuses to change or delete the pool")
                    .fixed_by_all(rewrite(case, pool, &network.to_string())),
            )
        };
        live_pools(case).iter().filter_map(odd).collect()
    },
};

pub(crate) const UNREADABLE: Check = Check {
    entry: Entry {
        code: "CAL214",
        title: "a pool's CIDR cannot be read",
        meaning: "What a live pool has for a CIDR is none.",
        impact: "Calico's components pass over it, and no address comes from it. The CRDs take \
                  any text up to 3.31.",
        criteria: "As Go's net.ParseCIDR reads it: an address, a slash and a prefix length, with \
                 nothing around them. What the Installation asks for is judged by CAL110.",
        fix: "Delete the pool, and make one with a CIDR like 10.244.0.0/16 or fd00:10:244::/56.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go",
    },
    needs: &[&IP_POOLS],
    judges: Judges::Running,
    find: |case| {
        let unreadable = |pool: &CandidatePool| {
            let text = quoted(pool.cidr);
            let fix = "delete the pool, and make one with a CIDR like 10.244.0.0/16";
            let finding = Finding::error(
                &UNREADABLE.entry,
                pool.object(),
                format!("{text} is not a CIDR"),
            )
            .evidence(pool.object(), pool.field("cidr"), text)
            .impact("no address comes from this pool")
            .fix(fix);
            pool.network.is_none().then_some(finding)
        };
        live_pools(case).iter().filter_map(unreadable).collect()
    },
};

/// Writes the network in place of what is there. The operator knows pools by the text of their
/// CIDR: with the new one in the Installation first it tries to create another pool, which Calico's
/// API refuses up to 3.30, and goes no further; with the new one in the CRD first it would take the
/// pool for one that is no longer listed.
fn rewrite(case: &Case, pool: &CandidatePool, network: &str) -> Vec<Step> {
    let minor = case.facts.install.calico_minor();
    let Some(existing) = pool
        .live
        .filter(|_| minor.is_some_and(|minor| minor < CIDR_FIXED_IN_CRD))
    else {
        return vec![Step::new(
            "move its pods to another pool and delete this one: the CIDR of an existing pool is \
             immutable",
        )];
    };
    let cidr = json!(network);
    let in_crd = patch_pool_crd(&existing.name, &json!({"cidr": cidr}));
    let Some(index) = pool.index else {
        return vec![
            Step::new(format!(
                "write {network} to the CRD with kubectl: Calico's API refuses it"
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
    let then = Step::new("write it to the CRD with kubectl: Calico's API refuses it").run(in_crd);
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
        Step::new("stop the operator, which would delete the pool in between")
            .run(scale(0))
            .run(wait),
        Step::new("start the operator").run(scale(1)),
    ]
}
