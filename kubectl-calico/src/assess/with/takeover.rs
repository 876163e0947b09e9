//! The calico-node of a manifest install, which the operator of the manifests takes over or refuses.

use calico_core::catalog::Entry;

use super::convertible::{Refused, refused};
use crate::assess::check::Case;
use crate::assess::finding::Finding;
use crate::facts::Facts;
use crate::facts::bundle::Bundle;
use crate::phrases::few;
use crate::snapshot::{ObjectRef, Snapshot};
use crate::views::calico_node::{CalicoNode, MANIFEST_NAMESPACE};
use crate::views::objects::default_installation;

pub(super) static NOT_TAKEN_OVER: Entry = Entry {
    code: "CAL134",
    title: "the operator cannot take over the manifest install",
    meaning: "With the manifests, the operator finds a calico-node that it did not create. It converts the settings of that \
              install to an Installation, and refuses the install if it cannot convert one of them. Or a tool or \
              platform writes that calico-node again after the migration.",
    impact: "If the operator refuses the install, the TigeraStatus calico becomes degraded, and the operator neither \
             migrates nor upgrades Calico. What runs keeps running. A calico-node that comes back after a migration \
             programs the routes and policies of the nodes beside the operator's.",
    criteria: "Only with --with, if the manifests add the Installation to a manifest install. Of what the operator \
               converts, only what a snapshot contains is checked.\n\
               - Error: the operator refuses a variable of calico-node that it does not know, such as CALICO_MANAGE_CNI or \
               USE_POD_CIDR; a value of IP, IP6, IP6_AUTODETECTION_METHOD or FELIX_IPV6SUPPORT; a node selector, a node \
               affinity or an annotation of calico-node; the label addonmanager.kubernetes.io/mode; or pools in the CNI \
               configuration, and an IPv6 pool that the CNI configuration does not use.\n\
               - Warning: a tool or platform, such as kOps, installed Calico from manifests of its own.",
    fix: "Leave the Installation out of the manifests. Where no tool or platform manages calico-node, first change what the \
          operator refuses, if Calico works without it.",
    source: "tigera/operator v1.30.11 to v1.43.0, pkg/controller/migration/convert",
};

/// What becomes of a manifest install for which the manifests add the Installation.
pub(super) enum Takeover {
    /// The operator migrates it, as far as is known.
    Migrated,
    /// The operator refuses to.
    Refused(Vec<Refused>),
    /// A tool or platform writes it again.
    Rewritten(Bundle),
}

impl Takeover {
    /// The takeover, if there is one. The operator looks only for calico-node in kube-system.
    /// Source: tigera/operator v1.42.3, pkg/controller/migration/convert/components.go.
    pub(super) fn of(before: &Facts, cluster: &Snapshot, laid: &Case) -> Option<Self> {
        let install = &before.install;
        let is_asked = install.is_from_manifests()
            && !install.is_canal()
            && default_installation(cluster).is_none()
            && default_installation(laid.snapshot).is_some();
        let node = CalicoNode::current(laid.snapshot).filter(|node| is_asked && is_found(node))?;
        let refused = refused(laid, &node);
        Some(if !refused.is_empty() {
            Self::Refused(refused)
        } else if let Some(bundle) = install.bundled_with() {
            Self::Rewritten(bundle)
        } else {
            Self::Migrated
        })
    }

    /// Whether the operator migrates the install, and nothing brings it back.
    pub(super) fn is_complete(&self) -> bool {
        matches!(self, Self::Migrated)
    }

    /// Whether the operator changes nothing.
    pub(super) fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// The finding, unless the install is migrated.
    pub(super) fn finding(&self, before: &Facts, laid: &Case) -> Option<Finding> {
        let node = CalicoNode::current(laid.snapshot)?.object();
        let bundle = before.install.bundled_with();
        let finding = match self {
            Self::Migrated => return None,
            Self::Refused(refused) => of_refused(&node, refused),
            Self::Rewritten(bundle) => of_rewritten(&node, *bundle),
        };
        Some(finding.fix(match bundle {
            Some(bundle) => format!(
                "leave {} out of the manifests: {} manages this Calico, and applies its own manifest again",
                ObjectRef::installation(),
                bundle.name()
            ),
            None => format!(
                "leave {} out of the manifests; or, if Calico works without what the operator refuses, remove that first",
                ObjectRef::installation()
            ),
        }))
    }
}

fn is_found(node: &CalicoNode) -> bool {
    let meta = &node.set.metadata;
    meta.name.as_deref() == Some("calico-node")
        && meta.namespace.as_deref() == Some(MANIFEST_NAMESPACE)
}

fn of_refused(node: &ObjectRef, refused: &[Refused]) -> Finding {
    let whats: Vec<&str> = refused.iter().map(|it| it.what.as_str()).collect();
    let finding = Finding::error(
        &NOT_TAKEN_OVER,
        node,
        format!(
            "the operator refuses to take over this install because of {}",
            few(&whats)
        ),
    );
    let finding = refused
        .iter()
        .fold(finding, |finding, it| finding.read(&it.at, &it.value));
    finding.exists(ObjectRef::installation()).impact(
        "the TigeraStatus calico becomes degraded, and the operator neither migrates nor upgrades Calico; what runs keeps \
         running",
    )
}

fn of_rewritten(node: &ObjectRef, bundle: Bundle) -> Finding {
    let name = bundle.name();
    Finding::warning(
        &NOT_TAKEN_OVER,
        node,
        format!("the operator would take over the calico-node that {name} installed"),
    )
    .exists(node)
    .exists(ObjectRef::installation())
    .impact(format!(
        "the operator may refuse the settings of {name}; if it migrates the install, {name} creates its own calico-node \
         again later, and both program the routes and policies of each node"
    ))
}
