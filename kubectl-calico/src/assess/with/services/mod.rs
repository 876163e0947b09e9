//! Manifests with which no component would implement Services.

mod evidence;
mod lack;

use calico_core::catalog::Entry;

use crate::assess::advice::services_endpoint::{HOST, by_config_map, config_map};
use crate::assess::check::Case;
use crate::assess::checks::ebpf::IPVS_FIRST;
use crate::assess::finding::{Finding, Severity};
use crate::facts::dataplane::Dataplane;
use crate::facts::platform::Platform;
use crate::snapshot::ObjectRef;
use crate::views::calico_node::CalicoNode;
use crate::views::kube_proxy;
use crate::views::objects::setting;
use evidence::{subject, with_data_plane, with_kube_proxy};
use lack::{Lack, lack};

pub(super) static NO_SERVICES: Entry = Entry {
    code: "CAL121",
    title: "the manifests leave Services without an implementation",
    meaning: "With the manifests, either eBPF is off and kube-proxy runs on no node; or eBPF is on, \
              kube-proxy runs on no node, and calico-node lacks an address of the Kubernetes API \
              server that works without Services; or kube-proxy, which is in IPVS mode, is turned off \
              for eBPF; or the operator refuses to turn eBPF on.",
    impact: "No Service works, cluster DNS included. In the second case, calico-node cannot reach \
             the API server either, and never gets to implement Services. In the third case, the \
             addresses of Services stay on the nodes' interface kube-ipvs0: nodes can lose all \
             connections, SSH included, until they are rebooted.",
    criteria: "Only with --with, and only if the cluster does not have the problem already. kube-proxy is \
               recognized by its DaemonSet; what the operator does to it with kubeProxyManagement is taken into \
               account. The address is KUBERNETES_SERVICE_HOST of kubernetes-services-endpoint, or what \
               bpfNetworkBootstrap finds out; in a manifest install, that of calico-node's environment.\n\
               - Error: nothing implements Services, calico-node has no address, or the operator refuses to \
               turn eBPF on.\n\
               - Warning: nothing implements Services, but no kube-proxy was there to show that it is needed: \
               there is no DaemonSet, the cluster is not kubeadm's, and no server runs with \
               --disable-kube-proxy.\n\
               - Not reported: platforms that run kube-proxy in another way (k3s, RKE2, k0s, MicroK8s, \
               OpenShift, GKE), unless servers of k3s or RKE2 run with --disable-kube-proxy.\n\
               - Not reported: clusters with another network plugin.",
    fix: "Before eBPF is turned off, bring kube-proxy back, and wait until it runs on every node. \
          Before kube-proxy is turned off, give calico-node the address of the API server, and wait \
          until eBPF is on. Before eBPF is turned on, change kube-proxy from IPVS to iptables, and \
          reboot the nodes one after the other.",
    source: "tigera/operator v1.42.3, pkg/controller/utils/bpf.go and \
             pkg/controller/kubeproxy/controller.go; Calico documentation, Enable the eBPF data \
             plane; projectcalico/calico#12476",
};

/// The finding, if something is missing that the cluster has without the manifests.
pub(super) fn no_services(before: &Case, after: &Case) -> Option<Finding> {
    if let Some(finding) = left_over(before, after) {
        return Some(finding);
    }
    let (was, lack) = (lack(before), lack(after)?);
    // Where kube-proxy is not known by its DaemonSet, something else implements Services already.
    let is_known = was != Some(Lack::Implementation) || lack == Lack::Choice;
    if was == Some(lack) || !is_known {
        return None;
    }
    Some(match lack {
        Lack::Implementation => implementation(before, after),
        Lack::Address => address(before, after)?,
        Lack::Choice => choice(after),
    })
}

/// Addresses of Services that kube-proxy leaves on the nodes.
fn left_over(before: &Case, after: &Case) -> Option<Finding> {
    let set = kube_proxy::daemon_set(after.snapshot)?;
    let is_turned_off = after.facts.dataplane.value() == Some(&Dataplane::Bpf)
        && kube_proxy::is_ipvs(before.snapshot)
        && kube_proxy::is_scheduled(before.snapshot)
        && !kube_proxy::is_scheduled(after.snapshot);
    if !is_turned_off {
        return None;
    }
    let set = ObjectRef::of_object("DaemonSet", &set.metadata);
    let finding = Finding::error(
        &NO_SERVICES,
        set,
        "the manifests turn kube-proxy off, but it is in IPVS mode",
    );
    Some(
        with_kube_proxy(with_data_plane(finding, after), after)
            .evidence(ObjectRef::config_map("kube-proxy"), "mode", "ipvs")
            .impact(
                "the addresses of Services stay on the interface kube-ipvs0: nodes can lose all connections, SSH \
                 included, until they are rebooted",
            )
            .fix(IPVS_FIRST),
    )
}

fn implementation(before: &Case, after: &Case) -> Finding {
    let turns_off = before.facts.dataplane.value() == Some(&Dataplane::Bpf);
    let set = kube_proxy::daemon_set(after.snapshot);
    let is_kubeadm = after.facts.cluster.platform.value() == Some(&Platform::Kubeadm);
    let disabled = kube_proxy::disabled(after.snapshot);
    let severity = if set.is_some() || is_kubeadm || disabled.is_some() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let subject = set.filter(|_| !turns_off).map_or_else(
        || subject(after),
        |set| ObjectRef::of_object("DaemonSet", &set.metadata),
    );
    let finding = Finding::new(
        &NO_SERVICES,
        severity,
        subject,
        if turns_off {
            "the manifests turn eBPF off, but kube-proxy runs on no node"
        } else {
            "the manifests keep kube-proxy off every node, and eBPF is off"
        },
    );
    let finding = with_kube_proxy(with_data_plane(finding, after), after)
        .impact("no Service works, cluster DNS included");
    let finding = match &disabled {
        Some(from) => finding.read(from, true),
        None => finding,
    };
    if !turns_off {
        return finding.fix("leave kube-proxy out of the manifests, or turn eBPF on first");
    }
    finding.fix(match set {
        Some(_) => {
            "before applying the manifests, bring kube-proxy back: remove the entry of its \
             DaemonSet's nodeSelector that no node matches, and wait until it is ready on every node"
        }
        None if disabled.is_some() => {
            "before applying the manifests, remove disable-kube-proxy from the configuration of all servers, and \
             restart k3s or RKE2 on every node, servers first"
        }
        None => {
            "before applying the manifests, install kube-proxy, and wait until it is ready on every \
             node"
        }
    })
}

fn address(before: &Case, after: &Case) -> Option<Finding> {
    let node = CalicoNode::current(after.snapshot)?;
    let config = config_map(after, &node);
    let field = entry_of(&node);
    let was = given(before);
    let manages = setting(after.snapshot, "kubeProxyManagement").as_deref() == Some("Enabled")
        && after.facts.install.is_left_to_operator();
    let message = if was.is_some() {
        "calico-node loses the address of the API server, and no kube-proxy implements Services"
    } else if manages {
        "the operator turns kube-proxy off, but calico-node does not get the address of the API server"
    } else {
        "eBPF is on and kube-proxy off, but calico-node does not get the address of the API server"
    };
    let subject = match was {
        Some(_) => config.clone(),
        None => subject(after),
    };
    let finding = Finding::error(&NO_SERVICES, subject, message);
    let finding = with_kube_proxy(with_data_plane(finding, after), after)
        .evidence(&config, &field, given(after).unwrap_or("not set"))
        .impact(
            "calico-node cannot reach the API server through its Service, and no Service works",
        );
    Some(match was {
        Some(host) => finding.fix(format!(
            "keep {field}: {host} in the manifest of {config}, or replace it with the address of the API server or of its load \
             balancer"
        )),
        None if manages => finding.fix(format!(
            "add {config} with the address of the API server, or of its load balancer, and apply it first"
        )),
        None => finding.fix(format!(
            "add {config} with the address of the API server, or of its load balancer, and apply it \
             first; turn kube-proxy off only once eBPF is on"
        )),
    })
}

/// The address that calico-node is given.
fn given<'a>(case: &Case<'a>) -> Option<&'a str> {
    if case.facts.install.is_left_to_operator() {
        return by_config_map(case);
    }
    CalicoNode::current(case.snapshot)?.value(HOST)
}

/// What the operator does if the address is another one, as a clause. Whether nodes reach it is not known.
pub(super) fn readdressed(before: &Case, after: &Case) -> Option<String> {
    let (was, is) = (given(before)?, given(after)?);
    let acts =
        before.facts.install.is_run_by_operator() && after.facts.install.is_run_by_operator();
    (acts && was != is).then(|| {
        format!(
            "restarts calico-node with {is} in place of {was} as the address of the API server; if it is wrong, \
             calico-node does not start"
        )
    })
}

/// The entry of the ConfigMap with the address.
fn entry_of(node: &CalicoNode) -> String {
    let key = if !node.is_of_operator() && node.takes_from_config(HOST) {
        "kubernetes_service_host"
    } else {
        HOST
    };
    format!("data.{key}")
}

fn choice(after: &Case) -> Finding {
    let config = after.snapshot.services_endpoint.read();
    let config = config.map_or_else(
        || ObjectRef::all("ConfigMap"),
        |config| ObjectRef::of_object("ConfigMap", &config.metadata),
    );
    Finding::error(
        &NO_SERVICES,
        ObjectRef::installation(),
        format!("the operator rejects bpfNetworkBootstrap while {config} exists"),
    )
    .evidence(
        ObjectRef::installation(),
        "spec.calicoNetwork.bpfNetworkBootstrap",
        "Enabled",
    )
    .evidence(
        config,
        format!("data.{HOST}"),
        by_config_map(after).unwrap_or_default(),
    )
    .impact("the operator stops reconciling, and TigeraStatus calico becomes Degraded")
    .fix("leave out bpfNetworkBootstrap, or delete the ConfigMap before applying the manifests")
}
