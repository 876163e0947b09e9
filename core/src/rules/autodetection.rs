//! Rules for how Calico finds the address of each node.

use serde_yaml::Value;

use crate::catalog::Entry;
use crate::cidr::Cidr;
use crate::text::{quoted, shown};

use super::case::Case;
use super::details::Details;
use super::rejection::{CORE_VALIDATION, REJECTED_BY_CORE_CONTROLLER, api_server_rejects};
use super::rule::{Enforcement, Rule};

const MEANING: &str = "spec.calicoNetwork.nodeAddressAutodetectionV4 and …V6 select the address of \
                       each node: firstFound, kubernetes, interface, skipInterface, canReach or \
                       cidrs.";
const FIELDS: [&str; 2] = [
    "calicoNetwork.nodeAddressAutodetectionV4",
    "calicoNetwork.nodeAddressAutodetectionV6",
];

pub(super) const AUTODETECTION_METHODS: Rule = Rule {
    entry: Entry {
        code: "autodetection-methods",
        title: "no more than one node address autodetection method must be set per family",
        meaning: MEANING,
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "Empty strings and lists are treated as unset, and so is firstFound: false. \
                   Since operator 1.43, the API server already rejects more than one.",
        fix: "Keep one method.",
        source: "tigera/operator v1.42.3, pkg/controller/installation/validation.go; v1.43.0, the \
                 Installation's CRD",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        settings(case)
            .filter_map(|(path, value)| {
                let methods = methods(value);
                if methods.len() < 2 {
                    return None;
                }
                let impact = if case.operator.since(43) {
                    api_server_rejects("no more than one autodetection method can be specified")
                } else {
                    case.core_controller_rejects(
                        "no more than one node address autodetection method can be specified \
                         per-family",
                    )
                };
                Some(Details::at(
                    format!("spec.{path}"),
                    format!(
                        "{} are set, but only one method is allowed",
                        methods.join(" and ")
                    ),
                    impact,
                    format!("keep one of {}", methods.join(", ")),
                ))
            })
            .collect()
    },
};

fn settings<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'static str, &'a Value)> {
    FIELDS
        .into_iter()
        .filter_map(|path| Some((path, case.setting(path)?)))
}

/// The methods that are considered set.
fn methods(value: &Value) -> Vec<&'static str> {
    [
        "firstFound",
        "kubernetes",
        "interface",
        "skipInterface",
        "canReach",
        "cidrs",
    ]
    .into_iter()
    .filter(|method| match value.get(method) {
        None | Some(Value::Null) => false,
        Some(Value::Bool(is_on)) => *is_on,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Sequence(list)) => !list.is_empty(),
        Some(_) => true,
    })
    .collect()
}

pub(super) const AUTODETECTION_CIDR: Rule = Rule {
    entry: Entry {
        code: "autodetection-cidr",
        title: "the cidrs in nodeAddressAutodetection must be valid CIDRs",
        meaning: MEANING,
        impact: REJECTED_BY_CORE_CONTROLLER,
        criteria: "The operator parses them with Go's net.ParseCIDR, as it does a pool's cidr. It \
                   does not check their address family.",
        fix: "Write each CIDR as an address, a slash and a prefix length.",
        source: CORE_VALIDATION,
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        settings(case)
            .filter_map(|(path, value)| {
                let cidrs = value.get("cidrs")?.as_sequence()?;
                cidrs.iter().enumerate().find_map(|(index, cidr)| {
                    let cidr = cidr.as_str()?;
                    cidr.parse::<Cidr>().err().map(|_| {
                        Details::at(
                            format!("spec.{path}.cidrs[{index}]"),
                            format!("{} is not a CIDR", quoted(cidr)),
                            case.core_controller_rejects(&format!(
                                "invalid CIDR provided for node address autodetection: {}",
                                shown(cidr)
                            )),
                            "write it like 10.0.0.0/16",
                        )
                    })
                })
            })
            .collect()
    },
};
