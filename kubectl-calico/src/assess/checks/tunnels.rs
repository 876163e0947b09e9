//! Whether the tunnels that pools need are enabled.

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;
use serde_json::json;

use super::vxlan_settings::{PORT, VNI, differing};
use crate::assess::advice::felix_setting::removed;
use crate::assess::advice::pool_fixes::set;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::phrases::the_pool;
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS, IP_POOLS, NODES};
use crate::views::felix::{self, Felix, FelixSetting, Resolved};
use crate::views::node_subnets::share_a_subnet;

pub(crate) const BOTH_TUNNELS: Check = Check {
    entry: Entry {
        code: "CAL305",
        title: "a pool has both IPIP and VXLAN",
        meaning: "ipipMode and vxlanMode of an existing pool are both set to something other than \
                  Never.",
        impact: "Both Felix and BIRD program routes to the same blocks, over different tunnels. \
                 Calico's API rejects such a pool, and any later change to it.",
        criteria: "Applies to existing pools. Such a pool can only be written to the CRD of Calico \
                   3.31 or earlier, bypassing Calico's API.",
        fix: "Set one of the two to Never.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go",
    },
    needs: &[&IP_POOLS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        candidate_pools(case)
            .iter()
            .filter_map(|pool| both_tunnels(case, pool))
            .collect()
    },
};

fn both_tunnels(case: &Case, pool: &CandidatePool) -> Option<Finding> {
    let existing = pool.existing?;
    let ipip = enabled(existing.spec.ipip_mode.as_deref());
    let vxlan = enabled(existing.spec.vxlan_mode.as_deref())?;
    // The field that ipipMode replaced.
    let legacy = existing.spec.ipip.as_ref().is_some_and(|ipip| ipip.enabled);
    let (field, value) = match ipip {
        Some(mode) => ("spec.ipipMode", mode),
        None if legacy => ("spec.ipip.enabled", "true"),
        None => return None,
    };
    let encapsulation = match vxlan {
        "CrossSubnet" => "VXLANCrossSubnet",
        _ => "VXLAN",
    };
    Some(
        Finding::error(
            &BOTH_TUNNELS.entry,
            pool.object(),
            "the pool has both IPIP and VXLAN",
        )
        .evidence(pool.object(), field, value)
        .evidence(pool.object(), "spec.vxlanMode", vxlan)
        .impact(
            "the routes to its pods conflict, and Calico's API rejects every change to the pool \
             that does not fix this",
        )
        .fixed_by_all(set(
            case,
            pool,
            "set one of the two to Never: keep VXLAN, which every cloud network passes",
            &[("encapsulation", json!(encapsulation))],
            &json!({"ipipMode": "Never", "ipip": null}),
        )),
    )
}

/// A mode, unless it is empty or Never.
fn enabled(mode: Option<&str>) -> Option<&str> {
    mode.filter(|mode| !mode.is_empty() && !mode.eq_ignore_ascii_case("never"))
}

pub(crate) const TUNNEL_FORCED: Check = Check {
    entry: Entry {
        code: "CAL306",
        title: "Felix's tunnel settings contradict the pools",
        meaning: "Felix is configured without a tunnel that a pool needs, or with one that no pool \
                  needs, or with another port or VNI for VXLAN on some nodes than on most.",
        impact: "Without the device (tunl0 or vxlan.calico), traffic from the pool to other nodes \
                 is dropped. An unneeded device only lowers the MTU of pods, to leave room for the \
                 tunnel's header.",
        criteria: "The setting is ipipEnabled or vxlanEnabled in a FelixConfiguration, also one with a nodeSelector, or \
                   FELIX_IPINIPENABLED or FELIX_VXLANENABLED in calico-node's environment, which \
                   takes precedence; if unset, Felix follows the pools. A disabled tunnel is an \
                   error if pods have addresses from a pool that needs it, and a warning if the pool has IPIPCrossSubnet \
                   and all nodes share a subnet; an enabled tunnel that \
                   no pool needs is a note. vxlanEnabled applies to IPv4 only. If pods have addresses from a pool with \
                   VXLAN, a vxlanPort or vxlanVNI that differs from that of most nodes is an error. On Windows nodes, only the \
                   FelixConfigurations count: FELIX_VXLANPORT and FELIX_VXLANVNI of calico-node for Linux do not apply there.",
        fix: "Remove the setting.",
        source: "projectcalico/calico v3.32.1, felix/config/config_params.go and \
                 felix/calc/encapsulation_resolver.go",
    },
    needs: &[&IP_POOLS, &FELIX_CONFIGURATIONS, &DAEMON_SETS],
    // The nodes that a setting is for.
    excuses: &[&NODES],
    judges: Judges::Configured,
    find: |case| {
        let ipip = |pool: &CandidatePool| pool.encapsulation.is_some_and(Encapsulation::is_ipip);
        let vxlan = |pool: &CandidatePool| {
            pool.encapsulation.is_some_and(Encapsulation::is_vxlan)
                && pool.family() == Some(Family::V4)
        };
        let mut findings = forced(case, "IPIP", &felix::IPIP, ipip);
        findings.extend(forced(case, "VXLAN", &felix::VXLAN, vxlan));
        findings.extend(differing(&TUNNEL_FORCED.entry, case, &PORT));
        findings.extend(differing(&TUNNEL_FORCED.entry, case, &VNI));
        findings
    },
};

fn forced(
    case: &Case,
    tunnel: &str,
    setting: &FelixSetting<bool>,
    uses: impl Fn(&CandidatePool) -> bool,
) -> Vec<Finding> {
    let pools = candidate_pools(case);
    // Without any pool there is nothing to contradict.
    if pools.is_empty() {
        return Vec::new();
    }
    let mut used = pools.iter().filter(|pool| pool.has_pods && uses(pool));
    let used = used
        .clone()
        .find(|pool| !is_idle(case, pool))
        .or_else(|| used.next());
    let any = pools.iter().any(&uses);
    let felix = Felix::of(case.snapshot);
    let by_environment = felix.by_environment(setting);
    // The environment takes precedence over everything else.
    let told = match by_environment {
        Some(told) => vec![told],
        None => felix.get_everywhere(setting),
    };
    let finding = |told: &Resolved<bool>| match (told.value, used) {
        (false, Some(pool)) => Some(disabled(case, tunnel, told, pool)),
        (true, _) if !any => Some(unneeded(tunnel, told)),
        _ => None,
    };
    let fixed = |told: &Resolved<bool>| {
        let found = finding(told)?.fix("remove the setting, so that Felix follows the pools");
        Some(found.paste(removed(case, &told.from.object, setting)))
    };
    told.iter().filter_map(fixed).collect()
}

fn disabled(case: &Case, tunnel: &str, told: &Resolved<bool>, pool: &CandidatePool) -> Finding {
    let (severity, impact) = if is_idle(case, pool) {
        (
            Severity::Warning,
            "traffic from its pods to nodes in another subnet is dropped; at present, all nodes are in one subnet",
        )
    } else {
        (
            Severity::Error,
            "traffic from its pods to other nodes is dropped",
        )
    };
    let field = if pool.existing.is_some() {
        "encapsulation".to_owned()
    } else {
        pool.field("encapsulation")
    };
    let encapsulation = pool.encapsulation.map(|it| it.to_string());
    Finding::new(
        &TUNNEL_FORCED.entry,
        severity,
        &told.from.object,
        format!(
            "{tunnel} is disabled in Felix, but {} needs it",
            named(pool)
        ),
    )
    .read(&told.from, false)
    .evidence(pool.object(), field, encapsulation.unwrap_or_default())
    .impact(impact)
}

fn unneeded(tunnel: &str, told: &Resolved<bool>) -> Finding {
    Finding::note(
        &TUNNEL_FORCED.entry,
        &told.from.object,
        format!("{tunnel} is enabled in Felix, but no pool needs it"),
    )
    .read(&told.from, true)
    .impact("the MTU of pods is lowered for a tunnel that nothing uses")
}

/// A pool in a sentence.
fn named(pool: &CandidatePool) -> String {
    match pool.existing {
        Some(existing) => the_pool(&existing.name),
        None => the_pool(pool.cidr),
    }
}

/// Whether no packet of a pool goes through its tunnel: BIRD programs routes of IPIPCrossSubnet without it, and all nodes
/// share a subnet. Felix programs those of VXLAN, with or without the tunnel, only if it is enabled.
/// Source: projectcalico/calico v3.32.1, confd/etc/calico/confd/templates/bird_ipam.cfg.template and
/// felix/dataplane/linux/vxlan_mgr.go.
fn is_idle(case: &Case, pool: &CandidatePool) -> bool {
    let by_felix = Felix::of(case.snapshot).get(&felix::CLUSTER_ROUTES);
    pool.encapsulation == Some(Encapsulation::IpipCrossSubnet)
        && by_felix.is_none_or(|told| told.value != "Enabled")
        && share_a_subnet(case.snapshot.nodes.items(), Family::V4)
}
