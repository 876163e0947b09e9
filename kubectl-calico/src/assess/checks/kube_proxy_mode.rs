//! Whether kube-proxy is in the mode that Calico's nftables mode requires.

use calico_core::catalog::Entry;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::dataplane::Dataplane;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS, KUBE_PROXY};
use crate::views::kube_proxy;

pub(crate) const OTHER_MODE: Check = Check {
    entry: Entry {
        code: "CAL318",
        title: "Calico uses nftables, but kube-proxy does not",
        meaning: "Calico is in nftables mode, but kube-proxy is in another mode, such as iptables.",
        impact: "Calico does not support this: kube-proxy's rules and Calico's are in different \
                 tables, whose order is not defined, so Services and policies may not work.",
        criteria: "nftablesMode of Felix is Enabled, eBPF is off, kube-proxy is scheduled to nodes, and \
                   mode in the ConfigMap kube-proxy is not nftables; empty means iptables. With \
                   nftablesMode Auto, Felix follows kube-proxy.",
        fix: "Set mode to nftables in the ConfigMap kube-proxy and restart kube-proxy, which requires \
              Kubernetes 1.31 and Linux 5.13; or turn nftables off in Calico.",
        source: "Calico documentation, Install Calico using the nftables data plane; \
                 projectcalico/calico v3.32.1, felix/dataplane/linux/int_dataplane.go",
    },
    needs: &[&DAEMON_SETS, &FELIX_CONFIGURATIONS, &KUBE_PROXY],
    excuses: &[],
    judges: Judges::Following,
    find: |case| other_mode(case).into_iter().collect(),
};

fn other_mode(case: &Case) -> Option<Finding> {
    let dataplane = &case.facts.dataplane;
    let is_nftables = dataplane.value() == Some(&Dataplane::Nftables);
    if !is_nftables || !kube_proxy::is_scheduled(case.snapshot) {
        return None;
    }
    let written = kube_proxy::mode(case.snapshot)?;
    let mode = match written.as_str() {
        "nftables" => return None,
        "" => "iptables",
        other => other,
    };
    let object = ObjectRef::config_map("kube-proxy");
    let finding = Finding::warning(
        &OTHER_MODE.entry,
        &object,
        format!("Calico uses nftables, but kube-proxy uses {mode}"),
    )
    .evidence(&object, "mode", format!("{written:?}"));
    let finding = match dataplane.from().first() {
        Some(from) => finding.read(from, "Enabled"),
        None => finding,
    };
    Some(
        finding
            .impact("Calico supports nftables only with kube-proxy in nftables mode; Services and policies may not work")
            .in_manifest(
                "leave the data plane as it is in the manifests, or set kube-proxy's mode to nftables first",
            )
            .fix(
                "set mode: nftables in the kube-proxy ConfigMap and restart kube-proxy (Kubernetes 1.31 and \
                 Linux 5.13 or later), or turn nftables off in Calico",
            )
            .paste(
                "kubectl edit configmaps -n kube-system kube-proxy\n\
                 kubectl rollout restart -n kube-system daemonset/kube-proxy",
            ),
    )
}
