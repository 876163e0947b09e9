//! Whether the tunnels that pools need are there.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use serde_json::json;

use super::paste;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::pools::Pool;
use crate::assess::finding::Finding;
use crate::assess::support::pool_fixes::set;
use crate::assess::views::felix::{self, Felix, Resolved, Setting};
use crate::repair::command::Command;
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS, IP_POOLS};

pub(crate) const BOTH_TUNNELS: Check = Check {
    entry: Entry {
        code: "CAL305",
        title: "a pool has both IPIP and VXLAN",
        meaning: "ipipMode and vxlanMode of a pool are both set to something else than Never.",
        impact: "Both Felix and BIRD program routes to the same blocks, over different tunnels. \
                  Calico's API refuses such a pool and any later change of it.",
        criteria: "Of the live pool. Only what is written to the CRD of 3.31 and before, past \
                 Calico's API, can be so.",
        fix: "Set one of the two to Never.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go",
    },
    needs: &[&IP_POOLS],
    judges: Judges::Running,
    find: |case| {
        let both = |pool: &CandidatePool| {
            let live = pool.live?;
            let (ipip, vxlan) = (live.spec.ipip_mode.clone(), live.spec.vxlan_mode.clone());
            let on = |mode: &Option<String>| {
                let mode = mode.as_deref().unwrap_or_default();
                !mode.is_empty() && !mode.eq_ignore_ascii_case("never")
            };
            // Where pools of old said it.
            let legacy = live.spec.ipip.as_ref().is_some_and(|ipip| ipip.enabled);
            if !on(&vxlan) || !(on(&ipip) || legacy) {
                return None;
            }
            let ipip = match on(&ipip) {
                true => ("spec.ipipMode", ipip.unwrap_or_default()),
                false => ("spec.ipip.enabled", true.to_string()),
            };
            let encapsulation = match vxlan.as_deref() {
                Some("CrossSubnet") => "VXLANCrossSubnet",
                _ => "VXLAN",
            };
            Some(
                Finding::error(
                    &BOTH_TUNNELS.entry,
                    pool.object(),
                    "the pool has both IPIP and VXLAN",
                )
                .evidence(pool.object(), ipip.0, ipip.1)
                .evidence(pool.object(), "spec.vxlanMode", vxlan.unwrap_or_default())
                .impact(
                    "routes to its pods contradict each other, and Calico's API refuses every \
                         change of the pool that leaves it so",
                )
                .fixed_by_all(set(
                    case,
                    pool,
                    "set one of the two to Never; this keeps VXLAN, which every cloud network \
                         allows",
                    &[("encapsulation", json!(encapsulation))],
                    &json!({"ipipMode": "Never", "ipip": null}),
                )),
            )
        };
        candidate_pools(case).iter().filter_map(both).collect()
    },
};

pub(crate) const TUNNEL_FORCED: Check = Check {
    entry: Entry {
        code: "CAL306",
        title: "Felix's settings contradict the pools",
        meaning: "Felix is told to do without the tunnel that a pool needs, or to keep one that no \
                pool needs.",
        impact: "Without its device (tunl0 or vxlan.calico) what the pool sends to other nodes is \
                  lost. One too many does no harm but to the MTU of pods, which leaves room for \
                  it.",
        criteria: "The setting is ipipEnabled or vxlanEnabled of a FelixConfiguration, or \
                 FELIX_IPINIPENABLED or FELIX_VXLANENABLED in the environment of calico-node, \
                 which wins; where it is absent, Felix does as the pools need. Off is an error \
                 while pods have addresses of such a pool, on is a note while there is none. \
                 vxlanEnabled is about IPv4 only.",
        fix: "Remove the setting.",
        source: "projectcalico/calico v3.32.1, felix/config/config_params.go and \
                 felix/calc/encapsulation_calculator.go",
    },
    needs: &[&IP_POOLS, &FELIX_CONFIGURATIONS, &DAEMON_SETS],
    judges: Judges::Running,
    find: |case| {
        let ipip = |pool: &Pool| pool.encapsulation.is_ipip();
        let vxlan =
            |pool: &Pool| pool.encapsulation.is_vxlan() && pool.family() == Some(Family::V4);
        let mut findings = forced(case, "IP in IP", &felix::IPIP, ipip);
        findings.extend(forced(case, "VXLAN", &felix::VXLAN, vxlan));
        findings
    },
};

fn forced(
    case: &Case,
    tunnel: &str,
    setting: &Setting<bool>,
    uses: impl Fn(&Pool) -> bool,
) -> Vec<Finding> {
    let pools = candidate_pools(case);
    let live: Vec<&Pool> = pools.iter().filter_map(|pool| pool.live).collect();
    // Without any pool there is nothing to contradict.
    if live.is_empty() {
        return Vec::new();
    }
    let used = live.iter().find(|pool| pool.has_pods() && uses(pool));
    let any = live.iter().any(|pool| uses(pool));
    let felix = Felix::of(case.snapshot);
    let by_environment = felix.by_environment(setting);
    // Nothing behind the environment counts.
    let told = match by_environment {
        Some(told) => vec![told],
        None => felix.get_everywhere(setting),
    };
    let finding = |told: &Resolved<bool>| match (told.value, used) {
        (false, Some(pool)) => Some(
            Finding::error(
                &TUNNEL_FORCED.entry,
                &told.from.object,
                format!(
                    "Felix is told to do without {tunnel}, which {} needs",
                    pool.name
                ),
            )
            .read(&told.from, false)
            .evidence(pool.object(), "encapsulation", pool.encapsulation)
            .impact("what its pods send to other nodes is lost"),
        ),
        (true, _) if !any => Some(
            Finding::note(
                &TUNNEL_FORCED.entry,
                &told.from.object,
                format!("Felix is told to keep a tunnel for {tunnel}, which no pool needs"),
            )
            .read(&told.from, true)
            .impact("the MTU of pods leaves room for a tunnel that nothing uses"),
        ),
        _ => None,
    };
    let fixed = |told: &Resolved<bool>| {
        let found = finding(told)?.fix("remove the setting: Felix then does as the pools need");
        Some(found.paste(removed(case, told, setting)))
    };
    told.iter().filter_map(fixed).collect()
}

/// The command that takes a setting away.
fn removed(case: &Case, told: &Resolved<bool>, setting: &Setting<bool>) -> Command {
    let object = &told.from.object;
    match (object.kind, &object.name) {
        ("FelixConfiguration", Some(name)) => paste::spec(
            case,
            "felixconfigurations",
            name,
            &json!({ setting.field: null }),
        ),
        _ => paste::without_variable(object, setting.variable),
    }
}
