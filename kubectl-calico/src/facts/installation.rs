//! The Installation, with the operator's defaults.

use calico_core::cidr::Cidr;
use calico_core::defaults::Effective;
use calico_core::installation::Installation;
use calico_core::operator::OperatorVersion;
use serde_json::Value;

use super::install::Install;
use super::pools::ExistingPool;
use crate::snapshot::Snapshot;
use crate::views::objects::{default_installation, overlay_installation};

/// The Installation that the operator reconciles.
#[derive(Clone, Debug)]
pub struct InstallationFacts {
    /// The Installation `default` merged with `overlay`, as written.
    pub written: Installation,
    /// The same with the operator's defaults.
    pub effective: Effective,
    /// The operator that reconciles it.
    pub operator: OperatorVersion,
    /// `spec.calicoNetwork.mtu`, if it is a positive number.
    pub mtu: Option<i64>,
}

impl InstallationFacts {
    /// The Installation of a snapshot; `None` if it does not exist or could not be read.
    pub fn of(snapshot: &Snapshot, install: &Install) -> Option<Self> {
        let default = default_installation(snapshot)?;
        let overlay = overlay_installation(snapshot);
        let written = Installation::read(&default.document());
        let written = match overlay {
            Some(overlay) => written.overlaid(Installation::read(&overlay.document())),
            None => written,
        };
        let operator = operator(install);
        let mut specs = overlay.into_iter().chain([default]);
        Some(Self {
            effective: Effective::of(&written, operator),
            mtu: specs
                .find_map(|found| found.spec.get("calicoNetwork")?.get("mtu")?.as_i64())
                .filter(|mtu| *mtu > 0),
            written,
            operator,
        })
    }

    /// Whether the operator owns existing pools and updates them from the Installation, as it does since
    /// 1.34 (Calico 3.28). Before that, calico-node creates the first pool of each address family, and
    /// no component changes it afterwards.
    pub fn changes_existing_pools(&self) -> bool {
        self.operator.since(34)
    }

    /// Whether the operator owns an existing pool that is no longer listed in any notation, and
    /// therefore deletes it. A deletion that has begun cannot be undone.
    pub fn has_unlisted(&self, pool: &ExistingPool) -> bool {
        self.is_unlisted(pool) && self.index_of_name(&pool.name).is_none()
    }

    /// The index of the entry that has an owned pool's name but another CIDR. The operator first updates
    /// the pool by name, which Calico's API rejects, and so does not get to delete anything.
    /// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.
    pub fn renumbered(&self, pool: &ExistingPool) -> Option<usize> {
        self.is_unlisted(pool)
            .then(|| self.index_of_name(&pool.name))?
    }

    /// The index of the entry that has an owned pool's CIDR but another name. The operator tries to create that pool,
    /// which Calico's API rejects as an overlap, and so does not get to change or delete anything.
    /// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go; projectcalico/calico v3.32.1,
    /// libcalico-go/lib/clientv3/ippool.go.
    pub fn renamed(&self, pool: &ExistingPool) -> Option<usize> {
        let index = self.index_of(&pool.cidr)?;
        (pool.owned_by_operator && self.has_other_name(index, pool)).then_some(index)
    }

    /// Whether an entry has another name than a pool. To one without a name, the operator gives that of the pool with its
    /// CIDR; one with another name keeps it from taking over a pool that it does not own.
    /// Source: tigera/operator v1.34.13 to v1.42.3, pkg/controller/ippool/defaults.go (`fillDefaults`) and
    /// pool_controller.go (`FromProjectCalico`, `reflect.DeepEqual`).
    pub fn has_other_name(&self, index: usize, pool: &ExistingPool) -> bool {
        let written = self.written.pools.as_deref().unwrap_or_default();
        let name = written.get(index).and_then(|entry| entry.name.as_deref());
        let differs = name.is_some_and(|name| !name.is_empty() && name != pool.name);
        differs && self.changes_existing_pools()
    }

    fn is_unlisted(&self, pool: &ExistingPool) -> bool {
        let network = pool.network.map(|network| network.network());
        self.changes_existing_pools()
            && pool.owned_by_operator
            && !pool.is_being_deleted()
            && self.index_of(&pool.cidr).is_none()
            && !self
                .effective
                .pools
                .iter()
                .any(|listed| listed.network().map(Cidr::network) == network)
    }

    fn index_of_name(&self, name: &str) -> Option<usize> {
        self.effective
            .pools
            .iter()
            .position(|listed| listed.name.as_deref() == Some(name))
    }

    /// The index of the listed pool with that CIDR, in the same notation.
    pub fn index_of(&self, cidr: &str) -> Option<usize> {
        let mut listed = self.written.pools.iter().flatten();
        listed.position(|listed| listed.cidr.as_deref() == Some(cidr))
    }

    /// The field of a listed pool that enables or disables it, and its value.
    pub fn enabled_field(&self, enabled: bool) -> (&'static str, Value) {
        enabled_field(self.operator, enabled)
    }
}

/// The field of a listed pool that enables or disables it, and its value. Before operator 1.36 added a
/// field, Calico's documentation recommended to select no node.
pub fn enabled_field(operator: OperatorVersion, enabled: bool) -> (&'static str, Value) {
    match (operator.since(36), enabled) {
        (true, enabled) => ("disableNewAllocations", Value::Bool(!enabled)),
        (false, true) => ("nodeSelector", "all()".into()),
        (false, false) => ("nodeSelector", "!all()".into()),
    }
}

/// The operator's version; if it cannot be read, that of the operator that installs this Calico.
pub fn operator(install: &Install) -> OperatorVersion {
    let version = install.operator.value();
    version
        .and_then(|version| version.parse().ok())
        .or_else(|| OperatorVersion::that_installs(install.calico_minor()?))
        .unwrap_or(OperatorVersion::NEWEST)
}
