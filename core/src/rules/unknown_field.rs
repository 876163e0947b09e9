//! Fields that the operator's CRD does not have.

use crate::catalog::Entry;
use crate::crd::Problem;
use crate::installation::path::pool_index;
use crate::text::{listed, shown};

use super::case::Case;
use super::details::Details;
use super::rule::{Enforcement, Rule};
use super::schema::SOURCE;

pub(super) const UNKNOWN_FIELD: Rule = Rule {
    entry: Entry {
        code: "unknown-field",
        title: "an Installation must have only fields that its operator's CRD has",
        meaning: "In a pool, name and allowedUses were introduced with operator 1.34, \
                  disableNewAllocations with 1.36, assignmentMode with 1.38. Some fields have \
                  another name elsewhere: the vethMTU of Calico's ConfigMap is mtu here.",
        impact: "The API server drops any other field, so that encapsulaton: VXLAN becomes IPIP. \
                 Helm 4 does not mention it; Helm 3 and server-side apply print a warning, and \
                 kubectl refuses the object.",
        criteria: "Field names are case-sensitive and are compared with the CRD of the operator's \
                   version. Pod overrides are not checked.",
        fix: "Correct the name, move the field, remove it, or use an operator version that has it.",
        source: SOURCE,
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        case.faults()
            .into_iter()
            .filter_map(|fault| {
                let Problem::Unknown {
                    known,
                    introduced,
                    meant,
                } = fault.problem
                else {
                    return None;
                };
                let fix = match (introduced, meant) {
                    (Some(version), _) => format!("remove it, or use operator {version} or later"),
                    (None, Some(meant)) => format!("did you mean {meant}?"),
                    (None, None) => {
                        let known = known.into_iter().map(str::to_owned);
                        format!("remove it; the fields here are {}", listed(known))
                    }
                };
                Some(unknown(case, &fault.path, fix))
            })
            .collect()
    },
};

fn unknown(case: &Case, path: &str, fix: String) -> Details {
    let pool = pool_index(path).and_then(|index| case.pools().nth(index));
    let details = Details::at(
        shown(path),
        match pool {
            Some(_) => format!("a pool of operator {} has no such field", case.operator),
            None => format!("operator {} has no such field", case.operator),
        },
        "the API server drops it; Helm 4 does not mention it, Helm 3 and server-side apply print \
         a warning, and kubectl refuses the object",
        fix,
    );
    match pool {
        Some(pool) => pool.of_new(details),
        None => details,
    }
}
