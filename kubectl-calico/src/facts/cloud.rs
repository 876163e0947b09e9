//! The cloud that the nodes run in.

use serde::Serialize;

use crate::facts::fact::Fact;
use crate::snapshot::{Node, ObjectRef, Provenance, Snapshot};

/// A cloud provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Cloud {
    /// Amazon Web Services.
    #[serde(rename = "AWS")]
    Aws,
    /// Microsoft Azure.
    Azure,
    /// Google Cloud.
    #[serde(rename = "Google Cloud")]
    Google,
    /// DigitalOcean.
    DigitalOcean,
    /// Hetzner Cloud.
    Hetzner,
    /// VMware vSphere.
    #[serde(rename = "vSphere")]
    Vsphere,
    /// OpenStack.
    OpenStack,
    /// Oracle Cloud.
    #[serde(rename = "Oracle Cloud")]
    Oracle,
}

impl Cloud {
    /// The provider's own spelling of its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
            Self::Google => "Google Cloud",
            Self::DigitalOcean => "DigitalOcean",
            Self::Hetzner => "Hetzner",
            Self::Vsphere => "vSphere",
            Self::OpenStack => "OpenStack",
            Self::Oracle => "Oracle Cloud",
        }
    }

    /// The cloud for the scheme of a providerID.
    fn of(scheme: &str) -> Option<Self> {
        Some(match scheme {
            "aws" => Self::Aws,
            "azure" => Self::Azure,
            "gce" => Self::Google,
            "digitalocean" => Self::DigitalOcean,
            "hcloud" => Self::Hetzner,
            "vsphere" => Self::Vsphere,
            "openstack" => Self::OpenStack,
            "oci" => Self::Oracle,
            _ => return None,
        })
    }
}

/// The cloud of a cluster, by the first node that names a known one.
pub fn cloud(snapshot: &Snapshot) -> Fact<Cloud> {
    Fact::of(&snapshot.nodes, "no known cloud provider", |nodes| {
        nodes.iter().find_map(|node| {
            let object = ObjectRef::named("Node", &node.metadata.name);
            Some((cloud_of(node)?, Provenance::new(object, "spec.providerID")))
        })
    })
}

/// The cloud of a node, by its providerID.
pub fn cloud_of(node: &Node) -> Option<Cloud> {
    Cloud::of(scheme_of(node)?)
}

/// The scheme of a node's providerID, such as `oci` in `oci://…`. Distributions that run on any machine
/// use their own scheme, which does not name a cloud.
pub fn scheme_of(node: &Node) -> Option<&str> {
    const ANYWHERE: [&str; 3] = ["k3s", "k0s", "rke2"];
    let id = node.spec.provider_id.as_deref()?;
    // Oracle's cloud controller writes the identifier of the instance alone.
    if id.starts_with("ocid1.") {
        return Some("oci");
    }
    let (scheme, _) = id.split_once("://")?;
    (!ANYWHERE.contains(&scheme)).then_some(scheme)
}
