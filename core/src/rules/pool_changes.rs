//! Rules against changing the pools of a cluster.

use crate::catalog::Entry;
use crate::cluster_plan::ExistingPool;
use crate::pool::Field;
use crate::text::shown;

use super::case::{Case, PoolCase};
use super::details::Details;
use super::existing_pools::never_created;
use super::rule::{Enforcement, Rule};

pub(super) const EXISTING_POOL_BLOCK_SIZE: Rule = Rule {
    entry: Entry {
        code: "existing-pool-block-size",
        title: "an existing pool that the operator owns must keep its block size",
        meaning: "The block size of a pool is immutable.",
        impact: "Calico's API rejects the operator's change. TigeraStatus ippools becomes Degraded \
                 with ResourceUpdateError.",
        criteria: "Checked for operators 1.34 and later. If blockSize is not set, the operator's \
                   default applies, not the block size of the existing pool.",
        fix: "Keep the block size. A different block size requires a new pool.",
        source: "projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go; Calico's \
                 documentation, Change IP pool block size",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        changes(case, Field::BlockSize)
            .filter(|change| case.manages(change.existing))
            .map(|change| {
                let fix = format!(
                    "keep {}; a different block size requires a new pool, as described in Calico's \
                     documentation (Change IP pool block size)",
                    change.old
                );
                change.violation(
                    case,
                    "Calico's API rejects the operator's change; TigeraStatus ippools becomes \
                     Degraded, ResourceUpdateError: Error creating / updating IPPools: \
                     … (IPPool BlockSize cannot be modified)",
                    fix,
                )
            })
            .collect()
    },
};

pub(super) const EXISTING_POOL_ENCAPSULATION: Rule = Rule {
    entry: Entry {
        code: "existing-pool-encapsulation",
        title: "an existing pool that the operator owns must keep its encapsulation",
        meaning: "A change to the encapsulation takes effect immediately, on all nodes and for all \
                  pods of the pool.",
        impact: "The operator changes the pool while pods use it. Traffic between nodes is \
                 interrupted, and Calico's API server can become unreachable.",
        criteria: "Checked for operators 1.34 and later. If encapsulation is not set, the \
                   operator's default applies (IPIP for IPv4), not the encapsulation of the \
                   existing pool.",
        fix: "Keep the encapsulation. If the change is intended, pass --allow \
              existing-pool-encapsulation.",
        source: "projectcalico/calico#5221; tigera/operator v1.42.3, \
                 pkg/controller/ippool/pool_controller.go",
    },
    enforcement: Enforcement::Safeguard,
    check: |case| {
        changes(case, Field::Encapsulation)
            .filter(|change| case.manages(change.existing))
            .map(|change| {
                change.violation(
                    case,
                    "the operator changes the pool while pods use it: traffic between nodes is \
                     interrupted, including traffic to Calico's API server",
                    format!("keep {}", change.old),
                )
            })
            .collect()
    },
};

pub(super) const EXISTING_POOL_NAME: Rule = Rule {
    entry: Entry {
        code: "existing-pool-name",
        title: "an existing pool that the operator owns must keep its name",
        meaning: "The operator finds its pools by their CIDR, and writes them under the name in the list.",
        impact: "The operator tries to create a second IPPool with the same CIDR, which Calico's API rejects. \
                 TigeraStatus ippools becomes Degraded with ResourceUpdateError, and the operator no longer \
                 changes or creates pools.",
        criteria: "Checked for operators 1.34 and later. A pool without a name keeps the name of the existing pool.",
        fix: "Write the name of the existing pool, or leave the name out.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/defaults.go and pool_controller.go; \
                 projectcalico/calico v3.32.1, libcalico-go/lib/clientv3/ippool.go",
    },
    enforcement: Enforcement::Operator,
    check: |case| {
        case.pools()
            .filter_map(|pool| {
                let name = pool.written.name.as_deref().filter(|name| !name.is_empty())?;
                let existing = case.existing(&pool)?;
                let is_same_text = pool.written.cidr.as_ref() == Some(&existing.cidr);
                let is_found = is_same_text || case.operator.since(44);
                (is_found && case.manages(existing) && name != existing.name).then(|| {
                    pool.violation_at(
                        "name",
                        format!("{} is another name for {}", shown(name), case.label(existing)),
                        "Calico's API rejects the operator's second pool with the same CIDR; TigeraStatus ippools \
                         becomes Degraded, ResourceUpdateError: Error creating / updating IPPools: … CIDR overlaps \
                         with IPPool(…)",
                        format!("write {}, or leave the name out", shown(&existing.name)),
                    )
                })
            })
            .collect()
    },
};

pub(super) const EXISTING_POOL_NOT_OWNED: Rule = Rule {
    entry: Entry {
        code: "existing-pool-not-owned",
        title: "an existing pool that the operator does not own cannot be changed through the \
                Installation",
        meaning: "The operator owns the IPPools with the label \
                  app.kubernetes.io/managed-by=tigera-operator and does not change any others. \
                  Before 1.34, it does not change pools at all.",
        impact: "The pool stays as it is, and TigeraStatus still reports Available.",
        criteria: "The block size and the encapsulation in the Installation are compared with \
                   those of the existing pool. Before 1.34, the CIDR is also compared: no pool is \
                   created for a CIDR other than that of the family's existing pool.",
        fix: "Write the values of the existing pool. Since 1.34, the operator takes over an IPPool \
              that has its label, and changes its encapsulation; the block size is immutable.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go; \
                 projectcalico/calico v3.27.5, node/pkg/lifecycle/startup/startup.go",
    },
    enforcement: Enforcement::Unenforced,
    check: |case| {
        let impact = if case.operator.since(34) {
            "the operator does not change a pool that it does not own, and only logs this"
        } else {
            "operators before 1.34 do not change existing pools"
        };
        [Field::BlockSize, Field::Encapsulation]
            .into_iter()
            .flat_map(|field| changes(case, field))
            .filter(|change| !case.manages(change.existing))
            .map(|change| {
                let more = match change.field {
                    Field::BlockSize => ": the block size of a pool is immutable",
                    Field::Encapsulation if case.operator.since(34) => {
                        ", or first label the IPPool app.kubernetes.io/managed-by=tigera-operator; \
                         the operator then changes it, which interrupts traffic between nodes"
                    }
                    _ => "",
                };
                change.violation(case, impact, format!("write {}{more}", change.old))
            })
            .chain(never_created(case))
            .collect()
    },
};

/// A field of a pool in the list that differs from the same pool in the cluster.
struct Change<'a> {
    pool: PoolCase<'a>,
    existing: &'a ExistingPool,
    field: Field,
    new: String,
    old: String,
}

fn changes<'a>(case: &'a Case<'a>, field: Field) -> impl Iterator<Item = Change<'a>> {
    case.pools().filter_map(move |pool| {
        let existing = case.existing(&pool)?;
        let (new, old) = match field {
            Field::Cidr => return None,
            Field::BlockSize => (
                pool.effective.block_size?.to_string(),
                existing.block_size.to_string(),
            ),
            Field::Encapsulation => (
                pool.effective.encapsulation.clone()?,
                existing.encapsulation.clone(),
            ),
        };
        (new != old).then(|| Change {
            pool,
            existing,
            field,
            new: shown(new),
            old: shown(old),
        })
    })
}

impl Change<'_> {
    fn violation(&self, case: &Case, impact: &str, fix: String) -> Details {
        let problem = format!(
            "{}{} differs from the {} of {}",
            self.new,
            self.pool.if_default(self.field),
            self.old,
            case.label(self.existing)
        );
        self.pool.violation(self.field, problem, impact, fix)
    }
}
