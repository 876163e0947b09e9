//! Whether the tunnels that pools need are enabled.

use std::collections::BTreeMap;
use std::fmt::Display;

use calico_core::catalog::Entry;
use calico_core::cidr::Family;
use calico_core::pool::Encapsulation;
use serde_json::json;

use crate::assess::advice::pool_fixes::set;
use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::phrases::the_pool;
use crate::repair::calico_node::unset_variable;
use crate::repair::command::Command;
use crate::repair::resource_writer::{self, ResourceWriter};
use crate::snapshot::Provenance;
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS, IP_POOLS, NODES};
use crate::views::felix::{self, Felix, FelixSetting, Resolved};
use crate::views::node_subnets::share_a_subnet;
use crate::views::pods;

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
        findings.extend(differing(case, "port", &felix::VXLAN_PORT, 4789));
        findings.extend(differing(case, "VNI", &felix::VXLAN_VNI, 4096));
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
    let finding = |told: &Resolved<bool>| {
        match (told.value, used) {
        (false, Some(pool)) => Some(
            Finding::new(
                &TUNNEL_FORCED.entry,
                if is_idle(case, pool) {
                    Severity::Warning
                } else {
                    Severity::Error
                },
                &told.from.object,
                format!("{tunnel} is disabled in Felix, but {} needs it", named(pool)),
            )
            .read(&told.from, false)
            .evidence(
                pool.object(),
                if pool.existing.is_some() {
                    "encapsulation".to_owned()
                } else {
                    pool.field("encapsulation")
                },
                pool.encapsulation.map(|it| it.to_string()).unwrap_or_default(),
            )
            .impact(if is_idle(case, pool) {
                "traffic from its pods to nodes in another subnet is dropped; now, all nodes are in the same one"
            } else {
                "traffic from its pods to other nodes is dropped"
            }),
        ),
        (true, _) if !any => Some(
            Finding::note(
                &TUNNEL_FORCED.entry,
                &told.from.object,
                format!("{tunnel} is enabled in Felix, but no pool needs it"),
            )
            .read(&told.from, true)
            .impact("the MTU of pods is lowered for a tunnel that nothing uses"),
        ),
        _ => None,
    }
    };
    let fixed = |told: &Resolved<bool>| {
        let found = finding(told)?.fix("remove the setting, so that Felix follows the pools");
        Some(found.paste(removed(case, told, setting)))
    };
    told.iter().filter_map(fixed).collect()
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

/// A setting of a node, and where it is set.
struct OnNode<T> {
    value: T,
    from: Provenance,
    is_linux: bool,
}

/// Nodes with another port or VNI for VXLAN than most: each Felix sends with its own to all other nodes.
/// Source: projectcalico/calico v3.32.1, felix/dataplane/linux/vxlan_mgr.go and
/// felix/dataplane/windows/win_dataplane.go.
fn differing<T: Copy + Ord + Display>(
    case: &Case,
    what: &str,
    setting: &FelixSetting<T>,
    default: T,
) -> Vec<Finding> {
    let felix = Felix::of(case.snapshot);
    let pools = case.facts.known_pools().iter();
    let mut used = pools.filter(|pool| pool.has_pods() && pool.encapsulation.is_vxlan());
    let windows = runs_on_windows(case);
    let nodes = case.snapshot.nodes.items().iter();
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    let told: Vec<OnNode<T>> = nodes
        .filter(|node| node.is_linux() || windows)
        .map(|node| {
            let is_linux = node.is_linux();
            let told = felix.get_on_node(setting, node);
            let value = told.as_ref().map_or(default, |told| told.value);
            *counts.entry(value).or_default() += 1;
            let from = told.map_or_else(|| felix::default_of(setting), |told| told.from);
            OnNode {
                value,
                from,
                is_linux,
            }
        })
        .collect();
    let most = counts.iter().max_by_key(|(_, count)| **count);
    let (Some((most, _)), Some(pool)) = (most, used.next()) else {
        return Vec::new();
    };
    let mut findings: Vec<Finding> = Vec::new();
    let mut seen: Vec<&Provenance> = Vec::new();
    for other in told.iter().filter(|told| told.value != *most) {
        if seen.contains(&&other.from) {
            continue;
        }
        seen.push(&other.from);
        let where_it_is = if other.is_linux {
            "a node"
        } else {
            "Windows nodes"
        };
        let mut usual = told.iter().filter(|told| told.value == *most);
        let usual = usual
            .clone()
            .find(|told| !told.from.default)
            .or_else(|| usual.next());
        let finding = Finding::error(
            &TUNNEL_FORCED.entry,
            &other.from.object,
            format!(
                "VXLAN uses the {what} {} on {where_it_is}, but {most} on others",
                other.value
            ),
        )
        .read(&other.from, other.value);
        let finding = usual.iter().fold(finding, |finding, usual| {
            finding.read(&usual.from, usual.value)
        });
        let finding = finding
            .evidence(pool.object(), "encapsulation", pool.encapsulation)
            .impact("traffic between the pods of such a node and those of other nodes is dropped");
        findings.push(if other.from.default || !other.is_linux {
            finding.fix(format!(
                "set the same {what} for all nodes, in the FelixConfiguration default: {}, and remove it everywhere else",
                setting.field
            ))
        } else {
            let told = Resolved { value: other.value, from: other.from.clone() };
            finding
                .fix("remove the setting, so that the node uses the same value as all others")
                .paste(removed(case, &told, setting))
        });
    }
    findings
}

/// Whether Calico runs on Windows nodes, where the environment of calico-node for Linux does not apply.
fn runs_on_windows(case: &Case) -> bool {
    let pods = pods::wanted(case.snapshot);
    let mut pods = pods.filter(|pod| pods::app(pod) == "calico-node-windows");
    pods.next().is_some()
}

/// Removes a setting.
fn removed<T>(case: &Case, told: &Resolved<T>, setting: &FelixSetting<T>) -> Command {
    let object = &told.from.object;
    match (object.kind, &object.name) {
        ("FelixConfiguration", Some(name)) => ResourceWriter::of(case.snapshot).patch_spec(
            resource_writer::FELIX_CONFIGURATIONS,
            name,
            &json!({ setting.field: null }),
        ),
        _ => unset_variable(object, setting.variable),
    }
}
