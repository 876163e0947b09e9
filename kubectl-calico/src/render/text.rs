//! The report for a person: the summary, what is so, what is wrong, and what could not be read.

use super::page::{BOLD, CYAN, GREEN, Look, Page, RED, YELLOW};
use crate::assess::fact::Fact;
use crate::assess::facts::Facts;
use crate::assess::facts::cluster::Cluster;
use crate::assess::facts::components::{Component, ComponentState};
use crate::assess::facts::install::Install;
use crate::assess::facts::installer::Installer;
use crate::assess::facts::ipam::CALICO;
use crate::assess::facts::method::Method;
use crate::assess::facts::mtu::Mtu;
use crate::assess::facts::networks::ConfiguredNetwork;
use crate::assess::facts::pools::{ALL_NODES, ExistingPool};
use crate::assess::facts::ports::{Port, in_a_row};
use crate::assess::facts::routing::Routing;
use crate::assess::facts::routing_mode::{RoutesBy, RoutingMode};
use crate::assess::facts::typha::Typha;
use crate::assess::finding::{Finding, Severity};
use crate::assess::report::{NotRead, Report};

/// The whole report.
pub fn text(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    let style = match report.worst() {
        Some(Severity::Error) => RED,
        Some(Severity::Warning) => YELLOW,
        Some(Severity::Note) | None => GREEN,
    };
    page.line(&report.summary, style);
    page.blank();
    facts(&mut page, &report.facts);
    for found in &report.findings {
        page.blank();
        finding(&mut page, found);
    }
    if !report.not_read.is_empty() {
        page.blank();
        page.line("Not read", BOLD);
        report
            .not_read
            .iter()
            .for_each(|row| not_read(&mut page, row));
    }
    page.finish()
}

fn facts(page: &mut Page, facts: &Facts) {
    cluster(page, &facts.cluster);
    page.row("Install", &install(&facts.install));
    let runs = !matches!(
        facts.install.method.value(),
        Some(Method::Nothing | Method::OperatorOnly | Method::Remnants)
    );
    if runs {
        routing(page, &facts.routing);
        dataplane(page, facts);
    }
    networks(page, "Pod network", &facts.networks.pods);
    networks(page, "Services", &facts.networks.services);
    for unreadable in &facts.networks.unreadable {
        page.row("", &format!("{}: {}", unreadable.from, unreadable.why));
    }
    pools(page, facts);
    if runs {
        page.row("Typha", &typha(&facts.typha));
        page.row(
            "calico-node",
            &told(&facts.agents, |agents| {
                let counts = match &agents.counts {
                    Some(counts) => format!("{} of {} ready", counts.ready, counts.desired),
                    None => "no status says on how many nodes it is ready".to_owned(),
                };
                format!("{counts} (DaemonSet {})", agents.daemon_set)
            }),
        );
    }
    components(page, &facts.components);
}

/// A fact in words, or why there is none.
fn told<T>(fact: &Fact<T>, tell: impl FnOnce(&T) -> String) -> String {
    match fact {
        Fact::Known { value, .. } => tell(value),
        Fact::Absent { absent } => absent.clone(),
        Fact::Unknown { unknown } => format!("unknown: {unknown}"),
    }
}

pub(super) fn cluster(page: &mut Page, cluster: &Cluster) {
    let kubernetes = cluster.origin.kubernetes.as_deref();
    let mut text = format!("Kubernetes {}", kubernetes.unwrap_or("of unknown version"));
    if let Some(platform) = cluster.platform.value() {
        text.push_str(&format!(", {}", platform.name()));
    }
    if let Some(cloud) = cluster.cloud.value() {
        text.push_str(&format!(" on {}", cloud.name()));
    }
    let nodes = told(&cluster.nodes, |nodes| {
        let mut text = format!("{} nodes, {} ready", nodes.total, nodes.ready);
        if nodes.cordoned > 0 {
            text.push_str(&format!(", {} cordoned", nodes.cordoned));
        }
        if nodes.windows > 0 {
            text.push_str(&format!(", {} with Windows", nodes.windows));
        }
        text
    });
    page.row("Cluster", &format!("{text}; {nodes}"));
    if let Some(server) = &cluster.origin.server {
        let context = cluster.origin.context.as_deref();
        let context = context.map(|context| format!(", context {context}"));
        page.row(
            "",
            &format!("read from {server}{}", context.unwrap_or_default()),
        );
    }
}

pub(super) fn install(install: &Install) -> String {
    let calico = install
        .calico
        .value()
        .map(|version| format!("Calico {version}, "));
    let operator = install
        .operator
        .value()
        .map(|version| format!(" {version}"));
    let operator = operator.unwrap_or_default();
    let how = told(&install.method, |method| match method {
        Method::Operator { by } => format!("by the operator{operator}{}", brought_by(by)),
        Method::Manifest { variant } => format!("from manifests ({})", variant.file()),
        Method::Canal if install.is_canal_of_rke2() => "Canal, bundled by RKE2".to_owned(),
        Method::Canal => "from manifests (canal.yaml)".to_owned(),
        Method::Migrating => {
            format!("from manifests, and the operator{operator} is taking over")
        }
        Method::OperatorOnly => format!("the operator{operator} is there, and no Installation"),
        Method::InstallationOnly => "an Installation, and nothing that acts on it".to_owned(),
        Method::Remnants => "none; resources of an earlier one are left".to_owned(),
        Method::Nothing => "none".to_owned(),
    });
    format!("{}{how}", calico.unwrap_or_default())
}

fn brought_by(by: &Installer) -> String {
    match by {
        Installer::Helm { release, namespace } => {
            format!(", with Helm (release {release} in {namespace})")
        }
        Installer::ArgoCd => ", with Argo CD".to_owned(),
        Installer::Platform { platform } => format!(", which {} brings", platform.name()),
        Installer::Manifests => ", with manifests".to_owned(),
    }
}

fn routing(page: &mut Page, routing: &Routing) {
    let mut lines = told(&routing.modes, |modes| {
        let lines: Vec<String> = modes.iter().map(mode).collect();
        lines.join("\n")
    });
    let mtu = told(&routing.mtu, |mtu| match mtu {
        Mtu::Bytes(bytes) => bytes.to_string(),
        Mtu::Auto(_) => "found out by each node".to_owned(),
    });
    if let Some(bgp) = bgp(routing) {
        lines.push_str(&format!("\n{bgp}"));
    }
    lines.push_str(&format!("\nMTU of pods {mtu}{}", room(routing)));
    page.row("Routing", &lines);
    open(page, &routing.ports);
}

/// What has to be open, where anything has to be.
pub(super) fn open(page: &mut Page, ports: &[Port]) {
    if !ports.is_empty() {
        page.row("Open", &format!("{} between nodes", in_a_row(ports)));
    }
}

/// Who peers with whom, where that is not just each node with every other.
fn bgp(routing: &Routing) -> Option<String> {
    let routes = |mode: &RoutingMode| mode.encapsulation.is_some();
    if routing.bgp.runs.value() != Some(&true) || !routing.known_modes().iter().any(routes) {
        return None;
    }
    let peers = match routing.bgp.peers.value() {
        None | Some(0) => String::new(),
        Some(1) => " and with 1 BGPPeer".to_owned(),
        Some(peers) => format!(" and with {peers} BGPPeers"),
    };
    match routing.bgp.mesh.value() {
        Some(true) if peers.is_empty() => None,
        Some(true) => Some(format!("BGP of each node with every other{peers}")),
        Some(false) if peers.is_empty() => Some("BGP with nobody".to_owned()),
        Some(false) => Some(format!("BGP without a mesh{peers}")),
        None => Some("BGP, with whom is unknown".to_owned()),
    }
}

/// What the MTU leaves free, where the modes do not say so already.
fn room(routing: &Routing) -> String {
    let told = routing.known_modes().iter().map(|mode| mode.overhead).max();
    match &routing.overhead {
        Some(room) if Some(room.bytes) > told => {
            format!("; {} takes {} bytes a packet", room.purpose, room.bytes)
        }
        _ => String::new(),
    }
}

fn mode(mode: &RoutingMode) -> String {
    let family = mode.family.map(|family| format!("{family}: "));
    let mut text = format!("{}{}", family.unwrap_or_default(), mode.summary);
    if let Some(interface) = mode.interface {
        text.push_str(&format!(" ({interface}, {} bytes a packet)", mode.overhead));
    }
    text.push_str(match mode.routes_by {
        Some(RoutesBy::Bird) => "; BIRD programs the routes",
        Some(RoutesBy::Felix) => "; Felix programs the routes",
        Some(RoutesBy::Vpp) => "; VPP programs the routes",
        None if mode.encapsulation.is_some() => "; nobody programs the routes",
        None => "",
    });
    text
}

fn dataplane(page: &mut Page, facts: &Facts) {
    let dataplane = told(&facts.dataplane, |dataplane| dataplane.name().to_owned());
    let encryption = match &facts.encryption {
        Fact::Unknown { unknown } => format!("encryption unknown: {unknown}"),
        fact => told(fact, |encryption| {
            if encryption.wireguard {
                format!(
                    "WireGuard asked for, {} of {} nodes have a key",
                    encryption.nodes_with_key, encryption.nodes
                )
            } else {
                "no encryption between nodes".to_owned()
            }
        }),
    };
    page.row("Dataplane", &format!("{dataplane}; {encryption}"));
}

/// One row for each answer, with everybody who gives it. The nodes' own parts of a pod network are
/// shown where nothing better is.
fn networks(page: &mut Page, label: &str, networks: &[ConfiguredNetwork]) {
    let better = networks.iter().filter(|network| !network.is_lower_bound());
    let mut shown: Vec<&ConfiguredNetwork> = better.collect();
    if shown.is_empty() {
        shown = networks.iter().collect();
    }
    if shown.is_empty() {
        return page.row(label, "nothing tells");
    }
    let mut answers: Vec<(String, Vec<&str>)> = Vec::new();
    for network in shown {
        let list = short_list(network);
        match answers.iter_mut().find(|(answer, _)| *answer == list) {
            Some((_, sources)) => sources.push(&network.source),
            None => answers.push((list, vec![&network.source])),
        }
    }
    let lines: Vec<String> = answers
        .iter()
        .map(|(list, sources)| format!("{list} ({})", sources.join(", ")))
        .collect();
    page.row(label, &lines.join("\n"));
}

/// A network's CIDRs; thousands of nodes have thousands of parts.
fn short_list(network: &ConfiguredNetwork) -> String {
    match network.cidrs.as_slice() {
        [first, .., last] if network.cidrs.len() > 4 => {
            format!("{first} … {last}, {} in all", network.cidrs.len())
        }
        _ => network.list(),
    }
}

fn pools(page: &mut Page, facts: &Facts) {
    let Fact::Known { value: pools, .. } = &facts.pools else {
        return page.row("Pools", &told(&facts.pools, |_| String::new()));
    };
    let mut lines: Vec<String> = pools.iter().flat_map(pool).collect();
    if lines.is_empty() {
        lines.push("none".to_owned());
    }
    if let Some(ipam) = facts.ipam.value().filter(|ipam| *ipam != CALICO) {
        lines.push(format!("pods have their addresses from {ipam} IPAM"));
    }
    page.row("Pools", &lines.join("\n"));
}

/// What a pool is, and how much of it is used.
fn pool(pool: &ExistingPool) -> [String; 2] {
    let mut what = format!(
        "{} {} {} /{}",
        pool.name, pool.cidr, pool.encapsulation, pool.block_size
    );
    let mut add = |text: &str| {
        what.push_str(", ");
        what.push_str(text);
    };
    if !pool.enabled {
        add("disabled");
    }
    if pool.for_load_balancers {
        add("for Services");
    } else if pool.serves_pods() && !pool.serves_any_pod() {
        add("for pods that ask for it");
    }
    if !pool.nat_outgoing && pool.serves_pods() {
        add("no NAT");
    }
    if pool.node_selector != ALL_NODES {
        add(&format!("nodes {}", pool.node_selector));
    }
    let used = told(&pool.usage, |usage| {
        format!(
            "{} of {} addresses in use, {} of {} blocks; room for {} more nodes",
            usage.in_use,
            usage.total,
            usage.blocks,
            usage.blocks_possible,
            usage.nodes_that_fit()
        )
    });
    [what, format!("  {used}")]
}

fn typha(typha: &Typha) -> String {
    let there = told(&typha.deployment, |typha| {
        let (ready, replicas) = (typha.ready, typha.replicas);
        format!("{ready} of {replicas} ready in {}", typha.namespace)
    });
    format!(
        "{there}; {}",
        told(&typha.wanted, |wanted| wanted.why.clone())
    )
}

fn components(page: &mut Page, components: &Fact<Vec<Component>>) {
    let Fact::Known {
        value: components, ..
    } = components
    else {
        if let Fact::Unknown { unknown } = components {
            page.row("Components", &format!("unknown: {unknown}"));
        }
        return;
    };
    let (well, ill): (Vec<_>, Vec<_>) = components
        .iter()
        .partition(|component| component.state == ComponentState::Available);
    let mut label = "Components";
    for component in ill {
        let message = match component.message.as_str() {
            "" => String::new(),
            message => format!(": {message}"),
        };
        page.row(
            label,
            &format!("{} {}{message}", component.name, component.state.word()),
        );
        label = "";
    }
    if !well.is_empty() {
        let names: Vec<&str> = well
            .iter()
            .map(|component| component.name.as_str())
            .collect();
        page.row(label, &format!("{} available", names.join(", ")));
    }
}

pub(super) fn finding(page: &mut Page, found: &Finding) {
    let style = match found.severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Note => CYAN,
    };
    let heading = format!("{} {}", found.code, found.subject);
    page.heading(found.severity.word(), style, &heading);
    page.note("", &found.message);
    let mut label = "evidence";
    for evidence in &found.evidence {
        page.note(label, &evidence.to_string());
        label = "";
    }
    page.note("impact", &found.impact);
    let mut label = "fix";
    for (index, step) in found.fix.iter().enumerate() {
        if found.fix.len() > 1 {
            page.note(label, &format!("{}. {}", index + 1, step.what));
        } else {
            page.note(label, &step.what);
        }
        step.commands.iter().for_each(|command| page.paste(command));
        label = "";
    }
}

fn not_read(page: &mut Page, row: &NotRead) {
    page.note("", &format!("{}: {}", row.object, row.why));
    if let Some(permission) = &row.permission {
        page.note(
            "fix",
            &format!("grant: {permission}; kubectl calico rbac prints all that is read"),
        );
    }
    let codes: Vec<&str> = row.codes.iter().copied().collect();
    if !codes.is_empty() {
        page.note("impact", &format!("skipped: {}", codes.join(", ")));
    }
}
