//! Existing pools that differ from their entry in the Installation.

use calico_core::catalog::Entry;
use calico_core::installation::path;
use serde_json::{Value, json};

use super::cure::{cured, not_applied, to_be_changed, without_harm};
use super::names::{has_other_name, with_other_name};
use crate::assess::advice::pool_fixes::set_listed;
use crate::assess::check::Case;
use crate::assess::checks::node_selectors::POOLS_FOR_SOME_NODES;
use crate::assess::finding::{Finding, FindingRef, Severity};
use crate::assess::pending_change::PendingChange;
use crate::facts::drift::{ComparedField, Difference};
use crate::facts::installation::InstallationFacts;
use crate::facts::pools::ExistingPool;
use crate::repair::Step;
use crate::repair::installer_step::api_server;
use crate::repair::pool_writer::PoolWriter;
use crate::snapshot::ObjectRef;

/// An existing pool, and the fields in which it differs from its entry.
pub(super) struct Differing<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) installation: &'a InstallationFacts,
    /// The index of the entry.
    pub(super) index: usize,
    pub(super) pool: &'a ExistingPool,
    pub(super) differences: Vec<Difference>,
}

impl Differing<'_> {
    pub(super) fn finding(&self, entry: &'static Entry) -> Finding {
        let message = format!(
            "{} differs from the Installation in {}",
            self.pool.cidr,
            self.keys()
        );
        // The operator stops at a change that is rejected.
        let stops = self.is_about(ComparedField::BlockSize)
            && self.pool.owned_by_operator
            && self.installation.changes_existing_pools();
        let severity = if stops {
            Severity::Error
        } else {
            Severity::Warning
        };
        let mut finding = Finding::new(entry, severity, self.pool.object(), message);
        for difference in &self.differences {
            finding = self.compared(finding, difference);
        }
        if self.has_other_name() {
            finding = with_other_name(finding, self.installation, self.index);
        }
        let cured = self.cured();
        let is_changed_by_operator =
            self.installation.changes_existing_pools() && self.pool.owned_by_operator;
        if !cured.is_empty() {
            let (harmful, right) = without_harm(self.case, self.pool, &self.differences);
            let (harm, right) = (keys(&harmful), keys(&right));
            let what = format!("set {harm} in the Installation to what the pool has");
            let first = match harmful.as_slice() {
                [] => Vec::new(),
                harmful => self.keep_pool(what, harmful),
            };
            return if is_changed_by_operator {
                not_applied(self.case, finding, first, &right, &cured)
            } else {
                to_be_changed(finding, first, &right, &cured)
            };
        }
        if !self.installation.changes_existing_pools() {
            finding
                .impact(
                    "the existing pool stays as it is: operators before 1.34 do not change \
                     existing pools; after an upgrade to Calico 3.28 or later, the operator would \
                     change it",
                )
                .fix("make the Installation match the pool, or change the pool")
        } else if self.pool.owned_by_operator {
            self.pending(finding)
                .impact(self.impact_if_owned())
                .fixed_by_all(self.keep_pool(
                    "if the pool is right, make the Installation match it".to_owned(),
                    &self.differences,
                ))
        } else {
            finding
                .impact(
                    "the existing pool stays as it is: the operator does not own it and never \
                     changes it, while every TigeraStatus reports Available",
                )
                .fixed_by_all(self.keep_pool(
                    format!(
                        "make the Installation match the pool; if the Installation is right, {}label \
                     the pool app.kubernetes.io/managed-by=tigera-operator instead, and the \
                     operator {}",
                        self.named_first(),
                        self.once_owned()
                    ),
                    &self.differences,
                ))
        }
    }

    /// Both values of a field, as evidence.
    fn compared(&self, finding: Finding, difference: &Difference) -> Finding {
        let listed = path::pool(self.index);
        let finding = match difference.field {
            ComparedField::Disabled {
                in_installation: false,
            } => finding.evidence(
                ObjectRef::installation(),
                listed,
                "no field for disabled before operator 1.36, which enables the pool",
            ),
            field => finding.evidence(
                ObjectRef::installation(),
                format!("{listed}.{}", field.key()),
                &difference.requested,
            ),
        };
        finding.evidence(
            self.pool.object(),
            difference.field.path(),
            &difference.existing,
        )
    }

    fn keys(&self) -> String {
        keys(&self.differences)
    }

    fn has_other_name(&self) -> bool {
        has_other_name(self.case, self.installation, self.index, self.pool)
    }

    fn is_about(&self, field: ComparedField) -> bool {
        self.differences.iter().any(|it| it.field == field)
    }

    /// The findings that would go away if the pool matched its entry, unless Calico's API rejects that.
    fn cured(&self) -> Vec<FindingRef> {
        if self.is_about(ComparedField::BlockSize) {
            return Vec::new();
        }
        let mut found = cured(self.case, self.pool, &self.differences);
        // Whoever manages a pool may give it to some nodes.
        if !self.pool.owned_by_operator {
            found.retain(|found| found.code != POOLS_FOR_SOME_NODES.entry.code);
        }
        found
    }

    /// What the operator changes as soon as it can. A change of the block size is rejected, and with it all
    /// others of the pool.
    fn pending(&self, finding: Finding) -> Finding {
        if self.is_about(ComparedField::BlockSize) {
            return finding;
        }
        finding.pending(PendingChange::Update {
            object: self.pool.object(),
            keys: self.keys(),
        })
    }

    /// What the operator does about the pool if it owns it.
    fn impact_if_owned(&self) -> &'static str {
        let lacks_server = api_server(self.case.snapshot, &self.case.facts.install).is_some();
        if self.is_about(ComparedField::BlockSize) && lacks_server {
            "the operator changes no pool without Calico's API server; once that runs, it tries to change this one, is \
             rejected, and does not change any other pool either: the block size of an existing pool is immutable"
        } else if self.is_about(ComparedField::BlockSize) {
            "the operator tries to change the pool, is rejected, and does not change any other \
             pool either: the block size of an existing pool is immutable"
        } else {
            "once the operator and Calico's API server both run, the operator changes the pool to match the \
             Installation"
        }
    }

    /// What the operator does to the pool once it owns it. That changes a working cluster, so there is no
    /// command for it.
    fn once_owned(&self) -> &'static str {
        if self.is_about(ComparedField::Encapsulation) {
            "changes its encapsulation immediately, which interrupts traffic between nodes"
        } else {
            "changes it to match the Installation"
        }
    }

    /// What comes before the label: under another name, the operator would try to create a second pool.
    fn named_first(&self) -> &'static str {
        if self.has_other_name() {
            "give its entry the name of the pool, and "
        } else {
            ""
        }
    }

    /// The steps that make these fields of the entry match the pool.
    fn keep_pool(&self, what: String, differences: &[Difference]) -> Vec<Step> {
        let mut fields = kept(self.installation, self.pool, differences);
        if self.has_other_name() {
            fields.push(("name", json!(self.pool.name)));
        }
        match self.case.facts.install.only_as_shipped() {
            Some(platform) => {
                let mut writer = PoolWriter::undoing(self.case.snapshot, self.case.facts);
                let undo = Step::new(format!(
                    "revert the change to the Installation: {} manages the Installation and reverts what \
                     others change, but until then the operator may change the pool",
                    platform.name()
                ));
                vec![undo.run(writer.set_listed(self.index, &fields))]
            }
            None => set_listed(self.case, self.index, what, &fields),
        }
    }
}

/// The fields of an entry that describe a pool, as far as it differs.
pub(super) fn kept(
    installation: &InstallationFacts,
    pool: &ExistingPool,
    differences: &[Difference],
) -> Vec<(&'static str, Value)> {
    let fields = differences.iter().map(|difference| {
        let value = match difference.field {
            ComparedField::Disabled { .. } => {
                return installation.enabled_field(!pool.spec.disabled);
            }
            ComparedField::BlockSize => json!(pool.block_size),
            ComparedField::DisableBgpExport => json!(pool.spec.disable_bgp_export),
            ComparedField::AllowedUses => {
                json!(difference.existing.split(", ").collect::<Vec<_>>())
            }
            ComparedField::Encapsulation
            | ComparedField::NatOutgoing
            | ComparedField::NodeSelector => json!(difference.existing),
        };
        (difference.field.key(), value)
    });
    fields.collect()
}

fn keys(differences: &[Difference]) -> String {
    let keys: Vec<&str> = differences.iter().map(|it| it.field.key()).collect();
    keys.join(", ")
}
