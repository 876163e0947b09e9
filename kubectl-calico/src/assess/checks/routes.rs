//! Whether a component programs the routes between nodes.

use calico_core::catalog::Entry;
use calico_core::pool::Encapsulation;
use serde_json::json;

use crate::assess::advice::bundled::bundled;
use crate::assess::advice::pool_fixes::{encapsulate, set};
use crate::assess::candidate_pools::{CandidatePool, candidate_pools};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::agents::Agents;
use crate::facts::bgp;
use crate::facts::bundle::BundledSetting;
use crate::facts::routing_mode::{RoutesBy, RoutingMode};
use crate::repair::step::either;
use crate::repair::{Step, resource_writer};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{
    BGP_CONFIGURATIONS, DAEMON_SETS, FELIX_CONFIGURATIONS, INSTALLATIONS, IP_POOLS, IPAM_BLOCKS,
};
use crate::views::calico_node::{CalicoNode, Variable};

pub(crate) const NO_ROUTES: Check = Check {
    entry: Entry {
        code: "CAL303",
        title: "no component programs the routes of a pool",
        meaning: "A pool uses IPIP or no encapsulation, for which BIRD normally programs the \
                  routes. But BIRD is not running, or is configured not to program them, and Felix \
                  is not configured to do so instead. Or the pool has disableBGPExport: then BIRD \
                  advertises its blocks to no other node, not even in the node-to-node mesh.",
        impact: "No node has routes to the pods of other nodes: pods can reach only pods on their \
                 own node.",
        criteria: "BIRD runs if calico-node's CALICO_NETWORKING_BACKEND is bird or unset; the \
                   operator sets vxlan or none if spec.calicoNetwork.bgp is Disabled. Since Calico \
                   3.32, programClusterRoutes in BGPConfiguration can stop BIRD from programming \
                   the routes. Felix always programs the routes of VXLAN, and all others if \
                   programClusterRoutes in FelixConfiguration (3.31 and later) is Enabled. With \
                   host-local IPAM, unencapsulated routes can come from the cloud; with VPP, they \
                   can come from the data plane itself. Neither is checked. With a single node, \
                   the finding is a warning.",
        fix: "Use VXLAN (not with host-local IPAM), or enable \
              BGP; or let Felix program the routes. Remove disableBGPExport from the pool: to keep \
              routes from routers outside the cluster, use a BGPFilter.",
        source: "tigera/operator v1.42.3, pkg/controller/installation/validation.go; \
                 projectcalico/calico v3.32.1, api/pkg/apis/projectcalico/v3/bgpconfig.go and \
                 confd/pkg/backends/calico/bgp_processor.go (processIPPool)",
    },
    needs: &[
        &IP_POOLS,
        &DAEMON_SETS,
        &FELIX_CONFIGURATIONS,
        &BGP_CONFIGURATIONS,
    ],
    // A disabled pool without addresses in use; the data plane VPP, which programs routes itself.
    excuses: &[&IPAM_BLOCKS, &INSTALLATIONS],
    judges: Judges::Configured,
    find: |case| {
        let modes = case.facts.routing.known_modes().iter();
        let unrouted = modes.filter(|mode| mode.routes_by.is_none());
        let unrouted = unrouted.filter_map(|mode| finding(case, mode));
        unrouted.chain(not_exported(case)).collect()
    },
};

/// The pools whose routes only BIRD could bring to other nodes, and that it tells none about. With host-local IPAM,
/// unencapsulated routes can come from the cloud.
fn not_exported(case: &Case) -> Vec<Finding> {
    if is_one_node(case) {
        return Vec::new();
    }
    let modes = case.facts.routing.known_modes().iter();
    let by_bird = modes.filter(|mode| {
        let by_cloud = mode.encapsulation == Some(Encapsulation::None) && case.facts.by_pod_cidr();
        mode.routes_by == Some(RoutesBy::Bird) && !by_cloud
    });
    let pools: Vec<&String> = by_bird.flat_map(|mode| &mode.pools).collect();
    let candidates = candidate_pools(case);
    let kept = candidates.iter().filter(|pool| {
        let existing = pool.existing.filter(|it| it.spec.disable_bgp_export);
        existing.is_some_and(|it| pools.contains(&&it.name))
    });
    kept.map(|pool| kept_from_nodes(case, pool)).collect()
}

fn kept_from_nodes(case: &Case, pool: &CandidatePool) -> Finding {
    let one_node = is_one_node(case);
    let severity = if one_node {
        Severity::Warning
    } else {
        Severity::Error
    };
    let off = json!(false);
    let spec = json!({ "disableBGPExport": off });
    let encapsulation = pool
        .encapsulation
        .map_or_else(String::new, |it| it.to_string());
    Finding::new(
        &NO_ROUTES.entry,
        severity,
        pool.object(),
        format!("no node learns the pool's routes: encapsulation {encapsulation} needs BGP, and disableBGPExport is true"),
    )
    .evidence(pool.object(), pool.field("disableBGPExport"), true)
    .evidence(pool.object(), pool.field("encapsulation"), encapsulation)
    .impact(only_on_their_own(one_node))
    .fixed_by_all(set(
        case,
        pool,
        "let BIRD advertise the pool; to keep its routes from routers outside the cluster, use a BGPFilter",
        &[("disableBGPExport", off)],
        &spec,
    ))
}

fn is_one_node(case: &Case) -> bool {
    let agents = case.facts.agents.value();
    agents
        .and_then(Agents::desired)
        .is_none_or(|desired| desired <= 1)
}

fn finding(case: &Case, mode: &RoutingMode) -> Option<Finding> {
    let encapsulation = mode.encapsulation?;
    let by_calico = case.facts.by_calico_ipam() != Some(false);
    if encapsulation == Encapsulation::None && !by_calico {
        return None;
    }
    let name = mode.pools.first()?;
    let pools = candidate_pools(case);
    let pool = pools
        .iter()
        .find(|pool| pool.existing.is_some_and(|existing| existing.name == *name))?;
    let one_node = is_one_node(case);
    let severity = if one_node {
        Severity::Warning
    } else {
        Severity::Error
    };
    let node = CalicoNode::current(case.snapshot)?;
    let runs = case.facts.routing.bgp.runs.value() != Some(&false);
    let backend = match node.variable("CALICO_NETWORKING_BACKEND") {
        Variable::Set(backend) => backend,
        _ => "bird",
    };
    let why = if runs {
        "BIRD leaves them to Felix, and Felix is not configured to program them"
    } else {
        "it needs BGP, and BIRD is not running"
    };
    let mut finding = Finding::new(
        &NO_ROUTES.entry,
        severity,
        pool.object(),
        format!("no component programs routes for encapsulation {encapsulation}: {why}"),
    )
    .evidence(pool.object(), pool.field("encapsulation"), encapsulation)
    .read(&node.written("CALICO_NETWORKING_BACKEND"), backend);
    let told = bgp::configuration(case.snapshot)
        .and_then(|found| found.spec.program_cluster_routes.as_deref());
    if let Some(told) = told {
        finding = finding.evidence(
            ObjectRef::named("BGPConfiguration", "default"),
            "spec.programClusterRoutes",
            told,
        );
    }
    Some(
        finding
            .impact(only_on_their_own(one_node))
            .fixed_by_all(fix(case, pool, runs)),
    )
}

/// The impact of missing routes between nodes.
pub(crate) fn only_on_their_own(one_node: bool) -> &'static str {
    if one_node {
        "with a second node, pods can reach only pods on their own node"
    } else {
        "pods can reach only pods on their own node"
    }
}

fn fix(case: &Case, pool: &CandidatePool, bird_runs: bool) -> Vec<Step> {
    let of_bundle = bundled(case, BundledSetting::Bird).filter(|_| !bird_runs);
    if let Some(mut step) = of_bundle {
        step.what.insert_str(0, "enable BGP: ");
        if case.facts.by_pod_cidr() {
            return vec![step];
        }
        return either([encapsulate(case, pool, Encapsulation::Vxlan), vec![step]]);
    }
    if !bird_runs && case.facts.by_pod_cidr() {
        let how = if case.facts.install.is_left_to_operator() {
            "spec.calicoNetwork.bgp: Enabled in the Installation"
        } else {
            "calico_backend: bird in the ConfigMap kube-system/calico-config, and USE_POD_CIDR: true \
             in the environment of calico-node, which this restarts"
        };
        let enable = format!("enable BGP, because VXLAN does not work with host-local IPAM: {how}");
        return vec![Step::new(case.facts.install.lasting(enable))];
    }
    if !bird_runs {
        let how = if case.facts.install.is_left_to_operator() {
            "spec.calicoNetwork.bgp: Enabled in the Installation"
        } else {
            "calico_backend: bird in the ConfigMap kube-system/calico-config; then restart calico-node"
        };
        let enable = case.facts.install.lasting(format!("enable BGP: {how}"));
        return either([
            encapsulate(case, pool, Encapsulation::Vxlan),
            vec![Step::new(enable)],
        ]);
    }
    let spec = json!({"programClusterRoutes": "Enabled"});
    let enable = resource_writer::ResourceWriter::of(case.snapshot).patch_spec(
        resource_writer::FELIX_CONFIGURATIONS,
        "default",
        &spec,
    );
    vec![
        Step::new(
            "let Felix program the routes, or remove programClusterRoutes from BGPConfiguration",
        )
        .run(enable),
    ]
}
