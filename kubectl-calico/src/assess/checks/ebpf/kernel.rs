//! Kernels that are too old for eBPF.

use calico_core::catalog::Entry;

use super::{is_on, turned_on};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::phrases::few;
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS, NODES};
use crate::snapshot::{Node, ObjectRef};
use crate::views::kube_proxy;

pub(crate) const KERNEL_TOO_OLD: Check = Check {
    entry: Entry {
        code: "CAL312",
        title: "a kernel is too old for eBPF",
        meaning: "The eBPF data plane is on, and a node has a kernel that it does not support.",
        impact: "Felix falls back to iptables on that node. If kube-proxy is gone, no Service works \
                 there.",
        criteria: "The kernel version that the kubelet reports is older than 5.3, or than 4.18.0-193 \
                   for Red Hat's. Newer releases of Calico recommend a newer kernel.",
        fix: "Upgrade the nodes' operating system, or turn eBPF off and bring kube-proxy back.",
        source: "projectcalico/calico v3.32.1, felix/bpf/bpf.go and felix/dataplane/driver.go; \
                 Calico documentation, Enable the eBPF data plane",
    },
    needs: &[&NODES, &DAEMON_SETS, &FELIX_CONFIGURATIONS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        if !is_on(case) {
            return Vec::new();
        }
        kernel_too_old(case).into_iter().collect()
    },
};

fn kernel_too_old(case: &Case) -> Option<Finding> {
    let nodes = case.snapshot.nodes.items().iter();
    let old: Vec<&Node> = nodes
        .filter(|node| node.is_linux() && is_too_old(&node.status.node_info.kernel_version))
        .collect();
    let first = old.first()?;
    let names: Vec<&str> = old.iter().map(|node| node.metadata.name.as_str()).collect();
    let finding = Finding::error(
        &KERNEL_TOO_OLD.entry,
        ObjectRef::named("Node", &first.metadata.name),
        format!("the kernel is too old for eBPF on {}", few(&names)),
    );
    let finding = finding.for_few(old.iter(), |finding, node| {
        finding.evidence(
            ObjectRef::named("Node", &node.metadata.name),
            "status.nodeInfo.kernelVersion",
            &node.status.node_info.kernel_version,
        )
    });
    let without_proxy = !kube_proxy::is_scheduled(case.snapshot);
    Some(
        turned_on(case, finding)
            .in_manifest(
                "leave eBPF off in the manifests, or upgrade these nodes to kernel 5.10 or later \
                 before applying them",
            )
            .impact(if without_proxy {
                "Felix falls back to iptables there, and without kube-proxy no Service works"
            } else {
                "Felix falls back to iptables there"
            })
            .fix(if without_proxy {
                "upgrade these nodes to kernel 5.10 or later; to turn eBPF off instead, bring \
                 kube-proxy back first"
            } else {
                "upgrade these nodes to kernel 5.10 or later, or turn eBPF off"
            })
            .paste("kubectl get nodes -o wide"),
    )
}

/// Whether Felix refuses a kernel. A version that cannot be read is not judged.
fn is_too_old(version: &str) -> bool {
    let (numbers, build) = version.split_once('-').unwrap_or((version, ""));
    let mut numbers = numbers
        .split('.')
        .map_while(|part| part.parse::<u32>().ok());
    let (Some(major), Some(minor)) = (numbers.next(), numbers.next()) else {
        return false;
    };
    // Red Hat's 4.18 has what is needed from its build 193 on.
    let build = build
        .split('.')
        .next()
        .and_then(|build| build.parse::<u32>().ok());
    let red_hat = version.contains(".el") && (major, minor) == (4, 18);
    (major, minor) < (5, 3) && !(red_hat && build.is_some_and(|build| build >= 193))
}

#[cfg(test)]
mod tests {
    use super::is_too_old;

    #[test]
    fn kernels_are_compared_as_felix_does() {
        for (version, old) in [
            ("3.10.0-1160.el7.x86_64", true),
            ("4.18.0-80.el8.x86_64", true),
            ("4.18.0-513.el8.x86_64", false),
            ("4.19.0-21-amd64", true),
            ("5.4.0-1103-azure", false),
            ("6.8.0", false),
            ("", false),
        ] {
            assert_eq!(is_too_old(version), old, "{version}");
        }
    }
}
