//! Rules for values that the Installation's CRD accepts, but not that of the `IPPool` that the
//! operator creates.

use crate::catalog::Entry;
use crate::pool::Field;
use crate::text::{closest, quoted, shown};

use super::rejection::ip_pool_rejected;
use super::rule::{Enforcement, Rule};

const IMPACT: &str = "The operator cannot create the pool: the API server rejects the IPPool.";

/// `maxLength` of `spec.cidr`.
const LONGEST_CIDR: usize = 48;

pub(super) const CIDR_LENGTH: Rule = Rule {
    entry: Entry {
        code: "cidr-length",
        title: "with operator 1.42 or 1.43, a pool's cidr must not be longer than 48 characters",
        meaning: "The operator creates the IPPool with the cidr as it is written. An IPv6 address \
                  with leading zeros and an IPv4 part, or a prefix length with leading zeros, can \
                  exceed the limit.",
        impact: IMPACT,
        criteria: "Checked for operators 1.42 (Calico 3.32) and 1.43. The Installation's CRD has \
                   no limit, but the IPPool's CRD does. Later operators write the short form \
                   themselves.",
        fix: "Write the cidr in its short form.",
        source: "The CRD of IPPool, projectcalico/calico 3.32; tigera/operator release-v1.44, \
                 pkg/controller/ippool/pool_controller.go (ToProjectCalico)",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if !case.operator.since(42) || case.operator.since(44) {
            return Vec::new();
        }
        case.networks()
            .filter_map(|(pool, network)| {
                let length = pool.written.cidr.as_deref()?.chars().count();
                (length > LONGEST_CIDR).then(|| {
                    pool.violation(
                        Field::Cidr,
                        format!("the cidr has {length} characters, more than {LONGEST_CIDR}"),
                        ip_pool_rejected(&format!(
                            "spec.cidr: Too long: may not be more than {LONGEST_CIDR} bytes"
                        )),
                        format!("write it like {network}"),
                    )
                })
            })
            .collect()
    },
};

pub(super) const POOL_NAME: Rule = Rule {
    entry: Entry {
        code: "pool-name",
        title: "a pool's name must be a valid Kubernetes object name",
        meaning: "The operator creates an IPPool with this name: lowercase letters, digits, - and \
                  ., with a letter or digit at either end of each part between dots, and at most \
                  253 characters.",
        impact: IMPACT,
        criteria: "Checked for operators 1.34 and later. An empty name is treated as unset.",
        fix: "Use a name such as default-ipv4-ippool.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go \
                 (ToProjectCalico); Kubernetes, names of objects (RFC 1123 subdomain)",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if !case.operator.since(34) {
            return Vec::new();
        }
        case.pools()
            .filter_map(|pool| {
                let name = pool.written.name.as_deref()?;
                (!name.is_empty() && !is_subdomain(name)).then(|| {
                    pool.violation_at(
                        "name",
                        format!("{} is not a valid Kubernetes object name", quoted(name)),
                        ip_pool_rejected(&format!(
                            "IPPool \"{}\" is invalid: metadata.name: Invalid value",
                            shown(name)
                        )),
                        "use lowercase letters, digits, - and . only, as in default-ipv4-ippool",
                    )
                })
            })
            .collect()
    },
};

/// Whether a string is an RFC 1123 subdomain, as Kubernetes checks it.
fn is_subdomain(text: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= 253
        && text.split('.').all(|part| {
            part.starts_with(is_alphanumeric)
                && part.ends_with(is_alphanumeric)
                && part.chars().all(|c| is_alphanumeric(c) || c == '-')
        })
}

pub(super) const ASSIGNMENT_MODE_NAME: Rule = Rule {
    entry: Entry {
        code: "assignment-mode-name",
        title: "assignmentMode must be Automatic or Manual",
        meaning: "From a pool with mode Manual, Calico assigns addresses only to pods or Services \
                  that request them.",
        impact: IMPACT,
        criteria: "Checked for operators 1.38 and later. The Installation's CRD accepts any \
                   string, but the IPPool's CRD does not. An empty string is treated as unset.",
        fix: "Use Automatic or Manual.",
        source: "The CRD of IPPool, projectcalico/calico 3.30 to 3.32",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if !case.operator.since(38) {
            return Vec::new();
        }
        case.pools()
            .filter_map(|pool| {
                let mode = pool.written.assignment_mode.as_deref()?;
                let known = ["Automatic", "Manual"];
                (!mode.is_empty() && !known.contains(&mode)).then(|| {
                    let hint = closest(mode, &known)
                        .map(|similar| format!("did you mean {similar}? Otherwise "));
                    pool.violation_at(
                        "assignmentMode",
                        format!("{} is neither Automatic nor Manual", quoted(mode)),
                        ip_pool_rejected(&format!(
                            "spec.assignmentMode: Unsupported value: \"{}\"",
                            shown(mode)
                        )),
                        format!("{}use Automatic or Manual", hint.unwrap_or_default()),
                    )
                })
            })
            .collect()
    },
};

pub(super) const ALLOWED_USES_REJECTED: Rule = Rule {
    entry: Entry {
        code: "allowed-uses-rejected",
        title: "with operator 1.42 and later, allowedUses must contain only Workload, Tunnel and \
                LoadBalancer, each at most once",
        meaning: "allowedUses lists what the addresses of a pool are assigned to: pods (Workload), \
                  the tunnel devices of nodes (Tunnel), or Services of type LoadBalancer.",
        impact: IMPACT,
        criteria: "Checked for operators 1.42 (Calico 3.32) and later. The Installation's CRD \
                   accepts any string, but the IPPool's CRD does not. Earlier IPPool CRDs accept \
                   it: see allowed-uses-name.",
        fix: "Use each of the three names at most once.",
        source: "The CRD of IPPool, projectcalico/calico 3.32; tigera/operator release-v1.44, \
                 pkg/controller/ippool/pool_controller.go (ToProjectCalico)",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        if !case.operator.since(42) || case.operator.since(44) {
            return Vec::new();
        }
        case.pools()
            .filter_map(|pool| {
                let uses = &pool.effective.allowed_uses;
                let known = super::pool_fields::known_uses(case.operator);
                let unknown = uses.iter().find(|value| !known.contains(&value.as_str()));
                let twice = uses.iter().enumerate().find_map(|(index, value)| {
                    uses.iter()
                        .take(index)
                        .any(|other| other == value)
                        .then_some(value)
                });
                let (fix, problem, message) = match (unknown, twice) {
                    (Some(value), _) => (
                        super::pool_fields::right_uses(case.operator),
                        format!("operator {} does not know {}", case.operator, quoted(value)),
                        format!("spec.allowedUses: Unsupported value: \"{}\"", shown(value)),
                    ),
                    (None, Some(value)) => (
                        "list each use once".to_owned(),
                        format!("{} is listed twice", quoted(value)),
                        format!("spec.allowedUses: Duplicate value: \"{}\"", shown(value)),
                    ),
                    (None, None) => return None,
                };
                Some(pool.violation_at("allowedUses", problem, ip_pool_rejected(&message), fix))
            })
            .collect()
    },
};
