//! What the CRD's schema demands of a pool, whatever the operator's version.

use crate::catalog::Entry;
use crate::installation::WrongType;
use crate::pool::Field;
use crate::text::{quoted, shown};

use super::details::Details;
use super::rejection::api_server_rejects;
use super::rule::{Enforcement, Rule};

const IMPACT: &str = "The API server rejects the Installation.";
const SOURCE: &str = "The Installation's CRD, projectcalico/calico 3.26 to 3.32";

pub(super) const FIELD_TYPE: Rule = Rule {
    entry: Entry {
        code: "field-type",
        title: "every field that pools depend on must have the type in the CRD's schema",
        meaning: "YAML is read as Go reads it: a blockSize in quotes is a string, an unquoted name \
                  of yes is a boolean, and 032 is 26. natOutgoing is a string here (Enabled), \
                  although that of an IPPool is true or false.",
        impact: IMPACT,
        criteria: "The rule covers the pools, and those settings of spec, spec.cni and \
                   spec.calicoNetwork that pools depend on. Null counts as not set, and 26.0 as an \
                   integer.",
        fix: "Write a value of the type that the message names. Quote text.",
        source: SOURCE,
    },
    enforcement: Enforcement::ApiServer,
    check: |case| {
        case.written
            .wrong_types
            .iter()
            .map(|wrong| Details {
                path: wrong.path.clone(),
                fields: Vec::new(),
                problem: format!("it is {}, not {}", wrong.found, wrong.expected),
                impact: api_server_rejects(&format!("{}: Invalid value", wrong.path)),
                fix: right_type(wrong),
            })
            .collect()
    },
};

fn right_type(wrong: &WrongType) -> String {
    match (wrong.expected, wrong.found) {
        ("a string", found @ ("a boolean" | "an integer" | "a number")) => {
            format!("quote it: without quotes, YAML reads it as {found}")
        }
        (expected, _) => format!("write {expected}"),
    }
}

pub(super) const CIDR_MISSING: Rule = Rule {
    entry: Entry {
        code: "cidr-missing",
        title: "every pool must have a cidr",
        meaning: "The cidr is the range of the pool's addresses. Values files can leave it out on \
                  purpose, for helm-postrender to set.",
        impact: IMPACT,
        criteria: "Null counts as not set. A cidr of another type is field-type.",
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
                        "set the pool's cidr in the chart's values, or select the pool with --pool \
                         and pass its --cidr",
                    )
                })
            })
            .collect()
    },
};

pub(super) const NAT_OUTGOING_NAME: Rule = Rule {
    entry: Entry {
        code: "nat-outgoing-name",
        title: "natOutgoing must be Enabled or Disabled",
        meaning: "The Installation's natOutgoing is an enum, unlike that of an IPPool, which is \
                  true or false. Values are case-sensitive.",
        impact: IMPACT,
        criteria: "The value counts as written. An empty one is rejected too, although the operator \
                   would replace it with its default.",
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
                        "use Enabled or Disabled (an IPPool's natOutgoing is true or false, the \
                         Installation's is not)",
                    )
                })
            })
            .collect()
    },
};
