//! What the CRD's schema says of `spec.calicoNetwork.ipPools`, by operator version.

use std::collections::HashSet;

use crate::pool::Field;
use crate::text::{closest, quoted, shown};

use super::case::{PoolCase, api_server_says};
use super::{Details, Enforcement, Rule};

pub(super) const FIELD_TYPE: Rule = Rule {
    name: "field-type",
    summary: "every field that pools depend on has the type of the CRD's schema",
    enforcement: Enforcement::ApiServer,
    check: |case| {
        let wrong = case.written.wrong_types.iter();
        wrong
            .map(|wrong| Details {
                path: wrong.path.clone(),
                fields: Vec::new(),
                problem: format!("it is {}, not {}", wrong.found, wrong.wanted),
                impact: api_server_says(&format!("{}: Invalid value", wrong.path)),
                fix: match (wrong.wanted, wrong.found) {
                    ("a string", found @ ("a boolean" | "an integer" | "a number")) => {
                        format!(
                            "put it in quotes: without them Go's YAML reader takes it for {found}"
                        )
                    }
                    (wanted, _) => format!("write {wanted}"),
                },
            })
            .collect()
    },
};

pub(super) const CIDR_MISSING: Rule = Rule {
    name: "cidr-missing",
    summary: "every pool has a cidr",
    enforcement: Enforcement::ApiServer,
    check: |case| {
        let wrong = case.written.wrong_types.iter().map(|w| w.path.as_str());
        let wrong: HashSet<&str> = wrong.collect();
        let missing = |pool: PoolCase| {
            let said_already = wrong.contains(pool.path("cidr").as_str());
            (pool.written.cidr.is_none() && !said_already).then(|| {
                pool.violation(
                    Field::Cidr,
                    format!("pool #{} has no cidr", pool.index + 1),
                    api_server_says(&format!("{}: Required value", pool.path("cidr"))),
                    "write the pool's cidr in the chart's values, or name the pool with --pool \
                     and give its --cidr",
                )
            })
        };
        case.pools().filter_map(missing).collect()
    },
};

pub(super) const NAT_OUTGOING_NAME: Rule = Rule {
    name: "nat-outgoing-name",
    summary: "natOutgoing is Enabled or Disabled",
    enforcement: Enforcement::ApiServer,
    check: |case| {
        let unknown = |pool: PoolCase| {
            // As written: the operator fills in an empty one, but the schema comes first.
            let nat = pool.written.nat_outgoing.as_deref()?;
            (!["Enabled", "Disabled"].contains(&nat)).then(|| {
                pool.violation_at(
                    "natOutgoing",
                    format!("{} is neither Enabled nor Disabled", quoted(nat)),
                    api_server_says(&format!("Unsupported value: \"{}\"", shown(nat))),
                    "write Enabled or Disabled (an IPPool's natOutgoing is true or false, \
                     the Installation's is not)",
                )
            })
        };
        case.pools().filter_map(unknown).collect()
    },
};

pub(super) const ALLOWED_USES_NAME: Rule = Rule {
    name: "allowed-uses-name",
    summary: "allowedUses holds Workload, Tunnel or, from operator 1.38 on, LoadBalancer",
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let known: &[&str] = match case.operator {
            operator if operator.since(38) => &["Workload", "Tunnel", "LoadBalancer"],
            operator if operator.since(34) => &["Workload", "Tunnel"],
            // The field came with 1.34; before, the API server drops it: `unknown-field`.
            _ => return Vec::new(),
        };
        let unknown = |pool: PoolCase| {
            let uses = pool.effective.allowed_uses.iter();
            let other = uses.clone().find(|used| !known.contains(&used.as_str()))?;
            Some(pool.of_new(pool.violation_at(
                "allowedUses",
                format!("operator {} does not know {}", case.operator, quoted(other)),
                // The CRDs of 1.34 to 1.42 say `items: {type: string}`: any text is taken.
                "the API server takes any text, and this operator knows nothing of this use"
                    .to_owned(),
                format!("use {}", known.join(", ")),
            )))
        };
        case.pools().filter_map(unknown).collect()
    },
};

pub(super) const POOLS_MAXIMUM: Rule = Rule {
    name: "pools-maximum",
    summary: "there are at most 25 pools (operator 1.34 and later)",
    enforcement: Enforcement::ApiServer,
    check: |case| {
        const MOST: usize = 25;
        let count = case.effective.pools.len();
        if !case.operator.since(34) || count <= MOST {
            return Vec::new();
        }
        vec![Details {
            path: "spec.calicoNetwork.ipPools".to_owned(),
            fields: Vec::new(),
            problem: format!("there are {count} pools; the Installation holds {MOST}"),
            impact: api_server_says(
                "spec.calicoNetwork.ipPools: Too many: must have at most 25 items",
            ),
            fix: "keep 25 here and add the others as IPPool resources once Calico runs".to_owned(),
        }]
    },
};

/// The fields of a pool, with the operator minor that brought each.
/// Source: the Installation's CRD of each release, Calico 3.26 to 3.32.
const POOL_FIELDS: [(&str, u32); 10] = [
    ("cidr", 0),
    ("blockSize", 0),
    ("encapsulation", 0),
    ("natOutgoing", 0),
    ("nodeSelector", 0),
    ("disableBGPExport", 30),
    ("name", 34),
    ("allowedUses", 34),
    ("disableNewAllocations", 36),
    ("assignmentMode", 38),
];

pub(super) const UNKNOWN_FIELD: Rule = Rule {
    name: "unknown-field",
    summary: "a pool has only fields that its operator's CRD has",
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let known: Vec<_> = POOL_FIELDS
            .into_iter()
            .filter(|(_, since)| case.operator.since(*since))
            .map(|(key, _)| key)
            .collect();
        let unknown = |pool: &PoolCase, key: &String| {
            let later = POOL_FIELDS.iter().find(|(known, _)| known == key);
            let fix = match (later, closest(key, &known)) {
                (Some((_, since)), _) => {
                    format!("remove it, or use operator 1.{since} or later")
                }
                (None, Some(meant)) => format!("did you mean {meant}?"),
                (None, None) => format!("remove it; a pool has {}", known.join(", ")),
            };
            pool.of_new(pool.violation_at(
                &shown(key),
                format!("a pool of operator {} has no such field", case.operator),
                "the API server drops it without a word".to_owned(),
                fix,
            ))
        };
        case.pools()
            .flat_map(|pool| {
                let keys = pool.written.keys.iter();
                let strange = keys.filter(|key| !known.contains(&key.as_str()));
                strange.map(|key| unknown(&pool, key)).collect::<Vec<_>>()
            })
            .collect()
    },
};
