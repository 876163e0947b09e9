//! What implements Services, as evidence.

use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::snapshot::{ObjectRef, Provenance};
use crate::views::kube_proxy;
use crate::views::objects::setting;

/// What turns eBPF on or off.
fn data_plane(case: &Case) -> Provenance {
    let field = "spec.calicoNetwork.linuxDataplane";
    let requested = setting(case.snapshot, "linuxDataplane");
    let from = case.facts.dataplane.from().first().cloned();
    match from {
        Some(from) if requested.is_none() || !case.facts.install.is_left_to_operator() => from,
        _ => Provenance::new(ObjectRef::installation(), field),
    }
}

pub(super) fn subject(case: &Case) -> ObjectRef {
    data_plane(case).object
}

pub(super) fn with_data_plane(finding: Finding, case: &Case) -> Finding {
    let name = case.facts.dataplane.value().map_or("", |used| used.name());
    let requested = setting(case.snapshot, "linuxDataplane");
    finding.read(
        &data_plane(case),
        requested.unwrap_or_else(|| name.to_owned()),
    )
}

pub(super) fn with_kube_proxy(finding: Finding, case: &Case) -> Finding {
    let Some(set) = kube_proxy::daemon_set(case.snapshot) else {
        return finding.evidence(ObjectRef::all("DaemonSet"), "pods of kube-proxy", 0);
    };
    let object = ObjectRef::of_object("DaemonSet", &set.metadata);
    let pod = set
        .spec
        .as_ref()
        .and_then(|spec| spec.template.spec.as_ref());
    let selector = pod.and_then(|pod| pod.node_selector.as_ref());
    let selector = selector.into_iter().flatten();
    let selector: Vec<String> = selector
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    finding.evidence(
        object,
        "spec.template.spec.nodeSelector",
        selector.join(", "),
    )
}
