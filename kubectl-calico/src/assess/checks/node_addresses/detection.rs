//! How calico-node detects the address of its node.

use calico_core::cidr::Cidr;
use serde_json::json;

use crate::assess::check::Case;
use crate::repair::Step;
use crate::repair::calico_node::set_variable;
use crate::repair::installation_change::change_installation;
use crate::snapshot::ObjectRef;
use crate::views::calico_node::CalicoNode;
use crate::views::objects::default_installation;

/// How the address is detected, if it is not the default way.
pub(super) struct Method {
    pub(super) object: ObjectRef,
    pub(super) field: String,
    pub(super) value: String,
    /// As the Installation calls it.
    name: String,
    pub(super) networks: Vec<Cidr>,
}

impl Method {
    pub(super) fn of(case: &Case) -> Option<Self> {
        if by_operator(case) {
            Self::of_installation(case)
        } else {
            Self::of_environment(case)
        }
    }

    fn of_installation(case: &Case) -> Option<Self> {
        let spec = &default_installation(case.snapshot)?.spec;
        let methods = spec
            .get("calicoNetwork")?
            .get("nodeAddressAutodetectionV4")?;
        let name = methods.as_mapping()?.iter().find_map(|(name, value)| {
            let name = name.as_str()?;
            (name != "firstFound" && !value.is_null()).then_some(name)
        })?;
        let cidrs = methods[name].as_sequence().into_iter().flatten();
        let cidrs = cidrs.filter_map(|cidr| cidr.as_str()?.parse().ok());
        Some(Self {
            object: ObjectRef::installation(),
            field: format!("spec.calicoNetwork.nodeAddressAutodetectionV4.{name}"),
            value: serde_json::to_string(&methods[name]).ok()?,
            name: name.to_owned(),
            networks: cidrs.collect(),
        })
    }

    fn of_environment(case: &Case) -> Option<Self> {
        let node = CalicoNode::current(case.snapshot)?;
        let value = node.value(VARIABLE).filter(|it| *it != "first-found")?;
        let (name, given) = value.split_once('=').unwrap_or((value, ""));
        let name = match name {
            "skip-interface" => "skipInterface",
            "cidr" => "cidrs",
            name => name,
        };
        let cidrs = given.split(',').filter(|_| name == "cidrs");
        Some(Self {
            object: node.object(),
            field: format!("env {VARIABLE}"),
            value: value.to_owned(),
            name: name.to_owned(),
            networks: cidrs.filter_map(|cidr| cidr.trim().parse().ok()).collect(),
        })
    }

    /// Whether it selects an interface, so that nodes without it can use another one. In a manifest, can-reach is often
    /// set by an installer, not by a person.
    pub(super) fn selects_interfaces(&self) -> bool {
        ["interface", "skipInterface", "canReach"].contains(&self.name.as_str())
    }
}

const VARIABLE: &str = "IP_AUTODETECTION_METHOD";

pub(super) fn by_operator(case: &Case) -> bool {
    case.facts.install.is_run_by_operator()
}

/// Makes calico-node use the InternalIPs. The operator rejects a second method.
pub(super) fn set_internal_ip(case: &Case, what: String) -> Step {
    if by_operator(case) {
        let methods = json!({
            "kubernetes": "NodeInternalIP",
            "firstFound": null,
            "interface": null,
            "skipInterface": null,
            "canReach": null,
            "cidrs": null,
        });
        let change = json!({"calicoNetwork": {"nodeAddressAutodetectionV4": methods}});
        return change_installation(&case.facts.install, what, &change);
    }
    let node = CalicoNode::current(case.snapshot);
    let command = node.map(|node| set_variable(&node.object(), VARIABLE, "kubernetes-internal-ip"));
    Step::new(what).run_all(command)
}
