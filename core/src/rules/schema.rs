//! What the CRD's schema requires of every field of `spec`.

use crate::catalog::Entry;
use crate::crd::{Fault, Problem};
use crate::installation::path::pool_index;
use crate::pool::Field;
use crate::text::{closest, quoted, shown};

use super::case::Case;
use super::details::Details;
use super::rejection::{REJECTED_BY_API_SERVER, api_server_rejects};
use super::rule::{Enforcement, Rule};

pub(super) const SOURCE: &str = "The Installation's CRD, projectcalico/calico 3.26 to 3.32, tigera/operator v1.43.0 and \
     release-v1.44";

pub(super) const FIELD_TYPE: Rule = Rule {
    entry: Entry {
        code: "field-type",
        title: "every field must have the type in the CRD's schema",
        meaning: "YAML is read as Go reads it: a blockSize in quotes is a string, an unquoted yes \
                  is a boolean, and 032 is 26. natOutgoing is a string here (Enabled), although it \
                  is true or false in an IPPool.",
        impact: REJECTED_BY_API_SERVER,
        criteria: "Null is treated as unset, and 26.0 as an integer. Integers have 32 bits. The \
                   caCert of certificateManagement is base64; logFileMaxSize and the limits and \
                   requests of componentResources are quantities. A field that the operator's CRD \
                   does not have is reported by unknown-field, regardless of its type. Pod \
                   overrides are not checked.",
        fix: "Use a value of the type named in the message. Put strings in quotes.",
        source: SOURCE,
    },
    enforcement: Enforcement::ApiServer,
    check: |case| {
        case.faults()
            .into_iter()
            .filter_map(|fault| match &fault.problem {
                Problem::Type {
                    expected,
                    found,
                    allowed,
                } => {
                    let problem = format!("it is {found}, not {expected}");
                    Some(invalid(
                        &fault,
                        problem,
                        right_type(expected, found, allowed),
                    ))
                }
                Problem::Format { expected, value } => {
                    let problem = format!("{} is not {expected}", quoted(value));
                    Some(invalid(&fault, problem, right_format(expected)))
                }
                Problem::TooLarge(number) => {
                    let problem = format!("{number} does not fit into 32 bits");
                    Some(invalid(
                        &fault,
                        problem,
                        "write a smaller number".to_owned(),
                    ))
                }
                _ => None,
            })
            .collect()
    },
};

fn invalid(fault: &Fault, problem: String, fix: String) -> Details {
    let path = shown(&fault.path);
    Details::at(
        &fault.path,
        problem,
        api_server_rejects(&format!("{path}: Invalid value")),
        fix,
    )
}

fn right_type(expected: &str, found: &str, allowed: &[&str]) -> String {
    let allowed: Vec<&str> = allowed
        .iter()
        .copied()
        .filter(|name| !name.is_empty())
        .collect();
    match (expected, found) {
        _ if !allowed.is_empty() => format!("write {}", allowed.join(" or ")),
        ("a string", "a boolean" | "an integer" | "a number") => {
            format!("quote it: without quotes, YAML reads it as {found}")
        }
        _ => format!("write {expected}"),
    }
}

fn right_format(expected: &str) -> String {
    match expected {
        "base64" => "encode the value in base64, on one line".to_owned(),
        _ => "use a number with one suffix, such as 100Mi, 0.5 or 500m".to_owned(),
    }
}

pub(super) const CIDR_MISSING: Rule = Rule {
    entry: Entry {
        code: "cidr-missing",
        title: "every pool must have a cidr",
        meaning: "The cidr is the range of the pool's addresses. Values files may omit it on \
                  purpose, so that helm-postrender sets it.",
        impact: REJECTED_BY_API_SERVER,
        criteria: "Null is treated as unset. A cidr of another type is reported by field-type.",
        fix: "Set the pool's cidr in the chart's values, or select the pool with --pool and pass \
              its --cidr.",
        source: SOURCE,
    },
    enforcement: Enforcement::ApiServer,
    check: |case| {
        case.pools()
            .filter(|pool| pool.written.cidr.is_none())
            .filter_map(|pool| {
                let path = pool.path(Field::Cidr.key());
                let is_wrong_type = case.written.wrong_types.iter().any(|it| it.path == path);
                (!is_wrong_type).then(|| {
                    pool.violation(
                        Field::Cidr,
                        format!("pool #{} has no cidr", pool.index + 1),
                        api_server_rejects(&format!("{path}: Required value")),
                        "set the pool's cidr in the chart's values",
                    )
                    .flags("or select the pool with --pool and pass its --cidr")
                })
            })
            .collect()
    },
};

pub(super) const FIELD_MISSING: Rule = Rule {
    entry: Entry {
        code: "field-missing",
        title: "an object must have the fields that its schema requires",
        meaning: "cni and cni.ipam need a type, componentResources a componentName and \
                  resourceRequirements, certificateManagement a caCert and a signerName, and each \
                  entry of sysctl a key and a value.",
        impact: REJECTED_BY_API_SERVER,
        criteria: "Null is treated as unset. An object that is not set requires nothing: the \
                   operator fills in cni if it is missing, but not the type of an existing cni. A \
                   missing cidr of a pool is reported by cidr-missing.",
        fix: "Set the field, or remove the object.",
        source: SOURCE,
    },
    enforcement: Enforcement::ApiServer,
    check: |case| {
        case.faults()
            .into_iter()
            .filter(|fault| {
                matches!(fault.problem, Problem::Missing) && pool_index(&fault.path).is_none()
            })
            .map(|fault| {
                let (object, _) = fault.path.rsplit_once('.').unwrap_or_default();
                Details::at(
                    &fault.path,
                    "it is required, but not set",
                    api_server_rejects(&format!("{}: Required value", fault.path)),
                    format!("set it, or remove {object}"),
                )
            })
            .collect()
    },
};

pub(super) const SETTING_NAME: Rule = Rule {
    entry: Entry {
        code: "setting-name",
        title: "a setting with a fixed set of values must have one of those values",
        meaning: "Such settings are kubernetesProvider, variant, cni.type and cni.ipam.type, and in \
                  calicoNetwork bgp, hostPorts, linuxDataplane, windowsDataplane, \
                  clusterRoutingMode and others. Values are case-sensitive.",
        impact: REJECTED_BY_API_SERVER,
        criteria: "The allowed values are those of the operator's version: the provider TKG was \
                   introduced in 1.34 and Kind in 1.40, windowsDataplane in 1.32, the Nftables \
                   data plane in 1.36, clusterRoutingMode in 1.42 and its value FelixIPIPOnly in \
                   1.44. A setting that the CRD does not have is not checked, because the API \
                   server drops it. A pool's encapsulation and natOutgoing have their own rules.",
        fix: "Use one of the values that the message lists, or an operator version that has the \
              value.",
        source: SOURCE,
    },
    enforcement: Enforcement::ApiServer,
    check: |case| {
        case.faults()
            .into_iter()
            .filter(|fault| pool_index(&fault.path).is_none())
            .filter_map(|fault| unknown_name(case, fault))
            .collect()
    },
};

fn unknown_name(case: &Case, fault: Fault) -> Option<Details> {
    let Problem::Name {
        value,
        allowed,
        introduced,
    } = fault.problem
    else {
        return None;
    };
    let hint = match (introduced, closest(&value, &allowed)) {
        (Some(version), _) => format!("use operator {version} or later, or "),
        (None, Some(similar)) => format!("did you mean {similar}? Otherwise "),
        (None, None) => String::new(),
    };
    let allowed: Vec<&str> = allowed
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect();
    Some(Details::at(
        fault.path,
        format!(
            "operator {} does not know {}",
            case.operator,
            quoted(&value)
        ),
        api_server_rejects(&format!("Unsupported value: \"{}\"", shown(&value))),
        format!("{hint}use one of {}", allowed.join(", ")),
    ))
}

pub(super) const NAT_OUTGOING_NAME: Rule = Rule {
    entry: Entry {
        code: "nat-outgoing-name",
        title: "natOutgoing must be Enabled or Disabled",
        meaning: "natOutgoing in the Installation is an enum; in an IPPool, it is true or false. \
                  Values are case-sensitive.",
        impact: REJECTED_BY_API_SERVER,
        criteria: "The value is checked as written. An empty value is also rejected, although the \
                   operator would replace it with its default.",
        fix: "Use Enabled or Disabled.",
        source: SOURCE,
    },
    enforcement: Enforcement::ApiServer,
    check: |case| {
        case.pools()
            .filter_map(|pool| {
                let value = pool.written.nat_outgoing.as_deref()?;
                (!["Enabled", "Disabled"].contains(&value)).then(|| {
                    pool.violation_at(
                        "natOutgoing",
                        format!("{} is neither Enabled nor Disabled", quoted(value)),
                        api_server_rejects(&format!("Unsupported value: \"{}\"", shown(value))),
                        "use Enabled or Disabled (it is true or false only in an IPPool)",
                    )
                })
            })
            .collect()
    },
};
