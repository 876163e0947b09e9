//! Whether a pool's CIDR is one, and is written as Calico's API writes it.

use calico_core::text::quoted;
use k8s_openapi::api::apps::v1::Deployment;
use serde_json::json;

use super::{paste, relocate};
use crate::assess::candidate_pools::{CandidatePool, live_pools};
use crate::assess::check::{Case, Check, Explain};
use crate::assess::finding::Finding;
use crate::assess::views::objects::operator_deployment;
use crate::assess::words::pasted;
use crate::repair::Step;
use crate::snapshot::resources::IP_POOLS;

/// The Calico from whose API on a CIDR may be changed to its usual spelling. The operator then changes
/// the pool by its name, and deletes it by its old CIDR.
const CIDR_MAY_BE_NORMALISED: u32 = 31;

/// The Calico from whose CRDs on the CIDR of a live pool cannot be changed there either.
const CIDR_FIXED_IN_CRD: u32 = 32;

pub(crate) const NOT_CANONICAL: Check = Check {
    code: "CAL209",
    title: "a pool's CIDR has host bits, or is not written the usual way",
    needs: &[&IP_POOLS],
    explain: Explain {
        means: "The CIDR of a pool has bits set behind its prefix (10.0.0.1/16), or is the right \
                network in an unusual spelling (fd00:0::/48).",
        matters: "The operator and the CRDs take it as it is. Calico's API does not: it compares \
                  with the usual spelling and refuses every later change and even the deletion of \
                  the pool, with \"IPPool CIDR is not strictly masked\" or \"IPPool CIDR cannot be \
                  modified\".",
        judged: "The text is compared with the network that Calico makes of it (RFC 5952 for \
                 IPv6). Of live pools; what the Installation asks for is judged by CAL110.",
        fix: "Up to Calico 3.31: write the network into the Installation, if that lists the pool, \
              and then into the CRD, past Calico's API; with 3.31 while the operator is scaled to \
              zero, as it would delete the pool. The CRDs of 3.32 refuse that as well: move \
              the pods to another pool and delete this one.",
        source: "projectcalico/calico#11311; projectcalico/calico v3.32.1, \
                 libcalico-go/lib/clientv3/ippool.go; tigera/operator v1.42.3, \
                 pkg/controller/ippool/pool_controller.go",
    },
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
                Finding::warning(pool.object(), message)
                    .seen(pool.object(), pool.field("cidr"), pool.cidr)
                    .then("as it is written, Calico's API refuses to change or delete the pool")
                    .fixed_by(rewrite(case, pool, &network.to_string())),
            )
        };
        live_pools(case).iter().filter_map(odd).collect()
    },
};

pub(crate) const UNREADABLE: Check = Check {
    code: "CAL214",
    title: "a pool's CIDR cannot be read",
    needs: &[&IP_POOLS],
    explain: Explain {
        means: "What a live pool has for a CIDR is none.",
        matters: "Calico's components pass over it, and no address comes from it. The CRDs take \
                  any text up to 3.31.",
        judged: "As Go's net.ParseCIDR reads it: an address, a slash and a prefix length, with \
                 nothing around them. What the Installation asks for is judged by CAL110.",
        fix: "Delete the pool, and make one with a CIDR like 10.244.0.0/16 or fd00:10:244::/56.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go",
    },
    find: |case| {
        let unreadable = |pool: &CandidatePool| {
            let text = quoted(pool.cidr);
            let fix = "delete the pool, and make one with a CIDR like 10.244.0.0/16";
            let finding = Finding::error(pool.object(), format!("{text} is not a CIDR"))
                .seen(pool.object(), pool.field("cidr"), text)
                .then("no address comes from this pool")
                .fix(relocate::lasting(case, pool, fix.to_owned()));
            pool.network.is_none().then_some(finding)
        };
        live_pools(case).iter().filter_map(unreadable).collect()
    },
};

/// Writes the network in place of what is there. The operator tells pools by the text of their
/// CIDR: with the new one in the Installation first it tries to make another pool, which Calico's
/// API refuses up to 3.30, and goes no further; with the new one in the CRD first it would take the pool for
/// one that is no longer listed.
fn rewrite(case: &Case, pool: &CandidatePool, network: &str) -> Step {
    let in_installation = pool.index.map(|index| {
        let change = paste::add(&format!("{index}/cidr"), &json!(network));
        paste::installation_pools(pool.cidr, index, [change])
    });
    let minor = case.facts.install.calico_minor();
    if minor.is_none_or(|minor| minor >= CIDR_FIXED_IN_CRD) {
        return Step::new(relocate::lasting(
            case,
            pool,
            "add another pool, disable this one, recreate its pods and delete it; the CIDR of \
                 a live pool cannot be changed"
                .to_owned(),
        ));
    }
    let spec = json!({"cidr": network});
    let in_crd = pool.live.map(|live| paste::past_the_api(&live.name, &spec));
    let deletes =
        in_installation.is_some() && minor.is_some_and(|minor| minor >= CIDR_MAY_BE_NORMALISED);
    let operator = operator_deployment(case.snapshot).filter(|_| deletes);
    let changes = in_installation.into_iter().chain(in_crd);
    let (what, commands): (_, Vec<String>) = match operator {
        Some(operator) => {
            let [stop, wait, start] = pause(operator);
            let commands = [stop, wait].into_iter().chain(changes).chain([start]);
            let what = format!(
                "write {network} while the operator does not run: it would delete the pool"
            );
            (what, commands.collect())
        }
        None => (
            format!("write {network}, past Calico's API, which refuses it"),
            changes.collect(),
        ),
    };
    Step::new(relocate::lasting(case, pool, what)).run(commands.join("\n"))
}

/// Commands that stop the operator, wait until it has, and start it again.
fn pause(operator: &Deployment) -> [String; 3] {
    let namespace = pasted(operator.metadata.namespace.as_deref().unwrap_or_default());
    let scale =
        |to| format!("kubectl scale -n {namespace} deployment tigera-operator --replicas={to}");
    let wait = format!(
        "kubectl wait -n {namespace} pods -l k8s-app=tigera-operator --for=delete --timeout=60s"
    );
    [scale(0), wait, scale(1)]
}
