//! Whether kube-proxy and Calico use the same of iptables and nftables.

use calico_core::catalog::Entry;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::{Finding, Severity};
use crate::facts::dataplane::Dataplane;
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS, KUBE_PROXY};
use crate::views::kube_proxy;

pub(crate) const OTHER_MODE: Check = Check {
    entry: Entry {
        code: "CAL318",
        title: "only one of Calico and kube-proxy uses nftables",
        meaning: "Calico is in nftables mode, but kube-proxy is in another mode, such as iptables; or kube-proxy is in \
                  nftables mode, and Calico uses iptables.",
        impact: "Calico does not support this: kube-proxy's rules and Calico's are in different \
                 tables, whose order is not defined, so Services and policies may not work. Up to Calico 3.28, Felix can \
                 stop at rules that were not written by iptables.",
        criteria: "nftablesMode of Felix is Enabled, eBPF is off, kube-proxy is scheduled to nodes, and \
                   mode in the ConfigMap kube-proxy is not nftables; empty means iptables. With \
                   nftablesMode Auto, Felix follows kube-proxy. If kube-proxy uses nftables and Felix iptables, the \
                   finding is a warning up to Calico 3.28, which has no nftables mode, and a note since.",
        fix: "Set mode to nftables in the ConfigMap kube-proxy and restart kube-proxy, which requires \
              Kubernetes 1.31 and Linux 5.13; or turn nftables off in Calico. If it is kube-proxy that uses nftables: \
              set linuxDataplane to Nftables in the Installation, or nftablesMode to Enabled in the FelixConfiguration \
              (3.29 and later); or set kube-proxy's mode to iptables.",
        source: "Calico documentation, Install Calico using the nftables data plane; projectcalico/calico#8025, #10582; \
                 projectcalico/calico v3.32.1, felix/dataplane/linux/int_dataplane.go",
    },
    needs: &[&DAEMON_SETS, &FELIX_CONFIGURATIONS, &KUBE_PROXY],
    excuses: &[],
    judges: Judges::Following,
    find: |case| {
        let found = other_mode(case).or_else(|| kube_proxy_alone(case));
        found.into_iter().collect()
    },
};

/// The first minor version of Calico that has an nftables mode.
const WITH_NFTABLES: u32 = 29;

/// kube-proxy uses nftables, and Calico does not.
fn kube_proxy_alone(case: &Case) -> Option<Finding> {
    let dataplane = &case.facts.dataplane;
    let is_iptables = dataplane.value() == Some(&Dataplane::Iptables);
    let mode = kube_proxy::mode(case.snapshot)?;
    if !is_iptables || mode != "nftables" || !kube_proxy::is_scheduled(case.snapshot) {
        return None;
    }
    let can_follow = case.facts.install.calico_minor()? >= WITH_NFTABLES;
    let object = ObjectRef::config_map("kube-proxy");
    let finding = Finding::new(
        &OTHER_MODE.entry,
        if can_follow {
            Severity::Note
        } else {
            Severity::Warning
        },
        &object,
        "kube-proxy uses nftables, but Calico uses iptables",
    )
    .evidence(&object, "mode", format!("{mode:?}"));
    let finding = match dataplane.from().first() {
        Some(from) if can_follow => finding.read(from, "Disabled"),
        _ => finding,
    };
    Some(if can_follow {
        finding
            .impact("Calico supports kube-proxy in nftables mode only in nftables mode itself; Services may not work")
            .fix(
                "set linuxDataplane: Nftables in the Installation, or nftablesMode: Enabled in the FelixConfiguration \
                 of a manifest install; or set kube-proxy's mode back to iptables",
            )
    } else {
        finding
            .impact("this Calico has no nftables mode: Services may not work, and Felix can stop at the rules of kube-proxy")
            .fix("set kube-proxy's mode back to iptables and restart it, or upgrade Calico to a release with an nftables mode")
    })
}

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
