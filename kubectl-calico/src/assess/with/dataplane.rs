//! The data plane, once the operator has applied that of an Installation to Felix.
//! Source: tigera/operator v1.42.3, pkg/controller/installation/core_controller.go.

use crate::assess::views::objects::default_installation;
use crate::snapshot::{Reading, Snapshot};

/// Makes Felix follow the Installation, if that requests another data plane than the one of the cluster.
pub(super) fn follow(overlaid: &mut Snapshot, cluster: &Snapshot) {
    let Some(wanted) = requested(overlaid) else {
        return;
    };
    if requested(cluster).as_deref() == Some(wanted.as_str()) {
        return;
    }
    let Reading::Read(configurations) = &mut overlaid.felix_configurations else {
        return;
    };
    let mut configurations = configurations.iter_mut();
    if let Some(felix) = configurations.find(|felix| felix.metadata.name == "default") {
        let nftables = if wanted == "Nftables" {
            "Enabled"
        } else {
            "Disabled"
        };
        felix.spec.bpf_enabled = Some(wanted == "BPF");
        felix.spec.nftables_mode = Some(nftables.to_owned());
    }
}

fn requested(snapshot: &Snapshot) -> Option<String> {
    let spec = &default_installation(snapshot)?.spec;
    let wanted = spec.get("calicoNetwork")?.get("linuxDataplane")?.as_str()?;
    Some(wanted.to_owned())
}
