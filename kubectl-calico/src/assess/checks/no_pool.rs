//! Whether there is a pool that gives addresses to pods.

use serde_json::{Value, json};

use super::paste;
use super::relocate::lasting;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Explain};
use crate::assess::facts::pools::Pool;
use crate::assess::finding::Finding;
use crate::assess::support::new_pools::new_pools;
use crate::assess::words::pasted;
use crate::repair::Step;
use crate::snapshot::resources::{DAEMON_SETS, IP_POOLS};

pub(crate) const NO_POOL: Check = Check {
    code: "CAL212",
    title: "no pool gives addresses to pods",
    needs: &[&IP_POOLS, &DAEMON_SETS],
    explain: Explain {
        means: "Pods get their addresses from Calico's IPAM, and there is no pool, or none that \
                pods can get one from without asking for it.",
        matters: "New pods stay in ContainerCreating: \"no configured Calico pools for node\". \
                  While there is no pool at all, the operator waits for one (\"waiting for enabled \
                  IP pools to be created\").",
        judged: "A pool gives no address where it is disabled, selects no node (!all()), is only \
                 for tunnels or load balancers, or is assigned by hand (assignmentMode: Manual). \
                 Only where calico-node runs and addresses come from Calico's IPAM.",
        fix: "Enable a pool, or make one: list it in the Installation, or, with Calico from \
              manifests, restart calico-node, which makes its first pool when it starts.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/ipam/ipam.go and \
                 node/pkg/lifecycle/startup; tigera/operator v1.42.3, \
                 pkg/controller/installation/core_controller.go; projectcalico/calico#7382",
    },
    find: |case| {
        let by_calico = case.facts.by_calico_ipam() == Some(true);
        let (Some(pools), true) = (case.facts.pools.value(), by_calico) else {
            return Vec::new();
        };
        if case.facts.agents.value().is_none() || pools.iter().any(Pool::serves_any_pod) {
            return Vec::new();
        }
        let message = match pools.is_empty() {
            true => "there is no pool",
            false => "no pool gives addresses to pods",
        };
        let mut finding = Finding::error("IPPools", message);
        for pool in pools.iter().take(3) {
            let (field, value) = why_not(pool);
            finding = finding.seen(pool.object(), field, value);
        }
        if pools.is_empty() {
            finding = finding.seen("IPPools", "", "none");
        }
        let finding = finding
            .then("new pods get no address and stay in ContainerCreating")
            .fixed_by(fix(case, pools));
        vec![finding]
    },
};

/// What keeps a pool from giving addresses to every pod.
fn why_not(pool: &Pool) -> (&'static str, String) {
    if pool.spec.disabled {
        ("spec.disabled", true.to_string())
    } else if !pool.enabled {
        ("spec.nodeSelector", pool.node_selector.clone())
    } else if !pool.is_for_pods() {
        ("spec.allowedUses", pool.spec.allowed_uses.join(", "))
    } else {
        let mode = pool.spec.assignment_mode.clone();
        ("spec.assignmentMode", mode.unwrap_or_default())
    }
}

fn fix(case: &Case, pools: &[Pool]) -> Step {
    let live = candidate_pools(case);
    let disabled = live.iter().find(|pool| {
        pool.live
            .is_some_and(|live| live.is_for_pods() && !live.enabled)
    });
    if let Some((disabled, live)) = disabled.and_then(|pool| Some((pool, pool.live?))) {
        let asked = case.facts.installation.as_ref();
        let enabled = asked.map(|asked| asked.enabled_field(true));
        let mut in_pool = json!({"disabled": false});
        if live.node_selector == "!all()" {
            in_pool = json!({"disabled": false, "nodeSelector": "all()"});
        }
        return Step::new(lasting(case, disabled, format!("enable {}", live.name)))
            .run(paste::change(case, disabled, enabled.as_slice(), &in_pool));
    }
    let by_hand = live
        .iter()
        .find(|pool| pool.serves_pods && pool.live.is_some());
    if let Some(by_hand) = by_hand {
        let automatic = json!("Automatic");
        return Step::new(lasting(
            case,
            by_hand,
            "let a pool give its addresses by itself".to_owned(),
        ))
        .run(paste::change(
            case,
            by_hand,
            &[("assignmentMode", automatic.clone())],
            &json!({"assignmentMode": automatic}),
        ));
    }
    if !case.facts.install.is_by_operator() {
        return restart(case, pools);
    }
    match live.iter().any(|pool: &CandidatePool| pool.live.is_none()) {
        true => Step::new(
            "the operator has not made the pools that the Installation lists: see what it \
                   says, and what else is found here"
                .to_owned(),
        )
        .run("kubectl get tigerastatus ippools calico -o yaml".to_owned()),
        false => listed(case, pools),
    }
}

/// calico-node makes a pool when it starts and there is none.
fn restart(case: &Case, pools: &[Pool]) -> Step {
    let agents = case.facts.agents.value();
    match (agents, pools.is_empty()) {
        (Some(agents), true) => {
            let (namespace, name) = agents.daemon_set.split_once('/').unwrap_or_default();
            Step::new(
                "restart calico-node, which makes a pool when it starts; set \
                       CALICO_IPV4POOL_CIDR before if kubeadm-config does not tell the pod network"
                    .to_owned(),
            )
            .run(format!(
                "kubectl rollout restart -n {} daemonset {}",
                pasted(namespace),
                pasted(name)
            ))
        }
        _ => Step::new("add a pool for pods".to_owned()),
    }
}

/// A list of pools for the Installation, where it would replace none.
fn listed(case: &Case, live: &[Pool]) -> Step {
    let pools = new_pools(case);
    let cidrs: Vec<String> = pools.iter().map(|(cidr, _)| cidr.to_string()).collect();
    let what = match cidrs.is_empty() {
        true => "list a pool in the Installation".to_owned(),
        false => format!(
            "list the pod network as pools in the Installation: {}",
            cidrs.join(", ")
        ),
    };
    let entries = pools.iter().map(
        |(cidr, encapsulation)| json!({"cidr": cidr, "encapsulation": encapsulation.to_string()}),
    );
    let entries: Vec<Value> = entries.collect();
    Step::new(case.facts.install.lasting(what)).run(match entries.is_empty() || !live.is_empty() {
        true => String::new(),
        false => paste::installation_spec(&json!({"calicoNetwork": {"ipPools": entries}})),
    })
}
