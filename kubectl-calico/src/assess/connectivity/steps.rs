//! What to run on which node, in order, until it is known where packets are lost.
//!
//! Source: Calico's documentation, System requirements (network requirements); projectcalico/calico
//! v3.32.1, node/Dockerfile and node/clean-up-filesystem.sh (calico-node's image has birdcl, ip and nft,
//! but not ping).

use calico_core::cidr::Family;

use super::carrier::Carrier;
use super::ends::Ends;
use super::path::Path;
use crate::facts::dataplane::Dataplane;
use crate::facts::routing_mode::RoutesBy;
use crate::repair::Step;

/// The size of packets on most networks.
const USUAL: i64 = 1500;

/// The steps for packets on a path between two ends.
pub fn steps(path: &Path, ends: &Ends) -> Vec<Step> {
    let first = reach(path, ends);
    let further = [
        Some(route(path, ends)),
        sessions(path, ends),
        Some(arrival(path, ends)),
        Some(filters(path, ends)),
        checksums(path, ends),
        Some(size(path, ends)),
        backends(path, ends),
        counters(path, ends),
    ];
    let further = further.into_iter().flatten();
    [shells(ends)]
        .into_iter()
        .chain(first)
        .chain(further)
        .collect()
}

fn shells(ends: &Ends) -> Step {
    let shell = |node: &str| {
        format!("kubectl debug node/{node} -it --profile=sysadmin --image=nicolaka/netshoot")
    };
    Step::new("open a root shell on both nodes, in two terminals, with ssh or in a debug pod")
        .run(shell(&ends.from.node))
        .run(shell(&ends.to.node))
}

fn reach(path: &Path, ends: &Ends) -> Vec<Step> {
    let (from, to) = (&ends.from.node, &ends.to.node);
    let pods = format!("kubectl get pods -A -o wide --field-selector spec.nodeName={to}");
    let find = Step::new(format!(
        "find a pod on {to} with its own address (not hostNetwork)"
    ));
    let find = ends.pod.is_none().then(|| find.run(pods));
    let others = match path.dataplane {
        Some(Dataplane::Bpf) => "NetworkPolicies",
        _ => "NetworkPolicies and kube-proxy",
    };
    let ping = Step::new(format!(
        "on {from}, ping the pod. If it answers, the path is open: check {others} \
         instead. If it does not, ping it from {to}, too: if it does not answer there either, the pod is at \
         fault"
    ))
    .run(format!("ping -c 3 {}", ends.pod()));
    find.into_iter().chain([ping]).collect()
}

fn route(path: &Path, ends: &Ends) -> Step {
    let (from, to) = (&ends.from.node, &ends.to.address);
    let through = match path.carrier {
        Some(carrier) => carrier.interface().map(str::to_owned),
        None => Some("the interface of the mode".to_owned()),
    };
    let expected = match (through, path.carrier) {
        (Some(interface), Some(Carrier::WireGuard(..))) => format!("through {interface}"),
        (Some(interface), _) => format!("through {interface} to {to}"),
        (None, _) => format!("to {to}, or to a router that knows the pods' addresses"),
    };
    let typha = if path.typha {
        "; it must reach Typha on TCP 5473"
    } else {
        ""
    };
    let otherwise = match path.routes_by {
        Some(RoutesBy::Bird) => "BIRD has no session: see the next step".to_owned(),
        _ => format!("read the log of calico-node on {from}{typha}"),
    };
    Step::new(format!(
        "on {from}, the route to the pod must lead {expected}. If it does not, {otherwise}"
    ))
    .run(format!("ip route get {}", ends.pod()))
}

fn sessions(path: &Path, ends: &Ends) -> Option<Step> {
    if path.carrier.is_some() && path.routes_by != Some(RoutesBy::Bird) {
        return None;
    }
    let (program, socket) = match ends.family {
        Family::V4 => ("birdcl", "bird"),
        Family::V6 => ("birdcl6", "bird6"),
    };
    let only = if path.carrier.is_none() {
        "with BIRD, "
    } else {
        ""
    };
    Some(
        Step::new(format!(
            "{only}the BGP sessions of {} must be Established. If they are not, open TCP 179 between \
             the nodes",
            ends.from.node
        ))
        .run(format!(
            "kubectl exec {} -c calico-node -- {program} -s /var/run/calico/{socket}.ctl show protocols",
            ends.from.agent
        )),
    )
}

fn arrival(path: &Path, ends: &Ends) -> Step {
    let (what, filter, advice) = match path.carrier {
        Some(carrier) => (
            carrier.name(),
            carrier.filter(&ends.from.address, &ends.pod()),
            carrier.advice(),
        ),
        None => (
            "the packets",
            "FILTER".to_owned(),
            "a security group or a firewall drops the traffic of the mode".to_owned(),
        ),
    };
    let what = match path.carrier {
        Some(Carrier::Plain) => "the packets",
        _ => what,
    };
    Step::new(format!(
        "on {}, watch for {what} during the ping. If nothing arrives, {advice}",
        ends.to.node
    ))
    .run(format!("tcpdump -ni any -c 3 '{filter}'"))
}

fn filters(path: &Path, ends: &Ends) -> Step {
    let to = &ends.to.node;
    let accept = match path.carrier {
        Some(Carrier::Plain) => "forward the pods' addresses".to_owned(),
        Some(carrier) => format!("accept {}", carrier.traffic()),
        None => "accept the traffic of the mode".to_owned(),
    };
    Step::new(format!(
        "if it arrives but the ping is not answered, {to} drops it. A chain with policy drop (firewalld, ufw, \
         Docker), or one that rejects the rest (images of Oracle Cloud, CentOS), must {accept}. If the reverse \
         path counter grows, set net.ipv4.conf.INTERFACE.rp_filter of the receiving interface to 2"
    ))
    .run("nft list chains")
    .run("nft list ruleset | grep -w reject")
    .run("nstat -az TcpExtIPReversePathFilter")
}

/// Source: projectcalico/calico v3.32.1, felix/environment/feature_detect_linux.go and felix/ethtool.
fn checksums(path: &Path, ends: &Ends) -> Option<Step> {
    let interface = match path.carrier {
        Some(Carrier::Vxlan(..)) => path.carrier?.interface()?,
        Some(_) => return None,
        None => "vxlan.calico",
    };
    let with = if path.carrier.is_none() {
        "with VXLAN, "
    } else {
        ""
    };
    Some(
        Step::new(format!(
            "{with}if ping works but TCP hangs, turn off checksum offload on {} and {}, with this command on \
             each. If that helps, set featureDetectOverride: ChecksumOffloadBroken=true in the \
             FelixConfiguration",
            ends.from.node, ends.to.node
        ))
        .run(format!("ethtool -K {interface} tx off")),
    )
}

fn size(path: &Path, ends: &Ends) -> Step {
    let headers = match ends.family {
        Family::V4 => 28,
        Family::V6 => 48,
    };
    let packet = path.packet.unwrap_or(USUAL);
    let else_if = match path.packet {
        Some(_) => "",
        None => " (-s 8972 for jumbo frames)",
    };
    Step::new(format!(
        "if only large responses hang, test the MTU from {}{else_if}: if packets of {packet} bytes are \
         lost, the network carries less, so lower the MTU of pods",
        ends.from.node
    ))
    .run(format!(
        "ping -M do -c 3 -s {} {}",
        packet - headers,
        ends.to.address
    ))
}

fn backends(path: &Path, ends: &Ends) -> Option<Step> {
    let uses_iptables = |dataplane| matches!(dataplane, Dataplane::Iptables | Dataplane::Auto);
    if !path.dataplane.is_none_or(uses_iptables) {
        return None;
    }
    Some(
        Step::new(format!(
            "on {}, iptables rules must be in one backend. If the first command lists tables (legacy) \
             and the second counts chains (nft), set iptablesBackend in the FelixConfiguration to \
             kube-proxy's, then drain and reboot the node",
            ends.to.node
        ))
        .run("cat /proc/net/ip_tables_names")
        .run("nft list chains | grep -c cali-"),
    )
}

/// Source: projectcalico/calico v3.32.1, felix/cmd/calico-bpf/commands/counters.go.
fn counters(path: &Path, ends: &Ends) -> Option<Step> {
    if path.carrier.is_some() && path.dataplane != Some(Dataplane::Bpf) {
        return None;
    }
    let with = if path.carrier.is_none() {
        "with eBPF, "
    } else {
        ""
    };
    Some(
        Step::new(format!(
            "{with}the counters of {} show why its programs drop packets",
            ends.to.node
        ))
        .run(format!(
            "kubectl exec {} -c calico-node -- calico-node -bpf counters dump",
            ends.to.agent
        )),
    )
}
