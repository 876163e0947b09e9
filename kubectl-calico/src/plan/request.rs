//! What the command line requests for a plan.

use calico_core::cidr::{Cidr, Family};
use calico_core::operator::OperatorVersion;
use calico_core::per_family::{Encapsulations, PerFamily};
use calico_core::pool::{BlockSize, Encapsulation};

/// The values that flags set. All others follow from the cluster.
#[derive(Clone, Debug, Default)]
pub struct PlanRequest {
    /// `--nodes`
    pub nodes: Option<u32>,
    /// `--pods-per-node`
    pub pods_per_node: Option<u32>,
    /// `--cidr`
    pub cidr: PerFamily<Cidr>,
    /// `--block-size`
    pub block_size: PerFamily<BlockSize>,
    /// `--encapsulation`
    pub encapsulation: Encapsulations,
    /// `--operator-version`
    pub operator: Option<OperatorVersion>,
}

impl PlanRequest {
    /// Whether `--cidr` or `--block-size` has a value for a family.
    fn names(&self, family: Family) -> bool {
        self.cidr.of(family).is_some() || self.block_size.of(family).is_some()
    }

    /// The encapsulation for a family. As in helm-postrender, a value without a family applies to the
    /// families that the other flags name, or else to all.
    pub fn encapsulation(&self, family: Family) -> Option<Encapsulation> {
        let names_none = !Family::BOTH.into_iter().any(|family| self.names(family));
        let takes_bare = self.names(family) || names_none;
        let bare = self.encapsulation.bare.filter(|_| takes_bare);
        self.encapsulation.named.of(family).or(bare)
    }

    /// Whether a value is requested for this family.
    pub fn concerns(&self, family: Family) -> bool {
        self.names(family) || self.encapsulation.named.of(family).is_some()
    }

    /// Whether a value of a pool is requested.
    pub fn concerns_pools(&self) -> bool {
        self.encapsulation.bare.is_some() || Family::BOTH.into_iter().any(|f| self.concerns(f))
    }

    /// The flags for a command that requests the same.
    pub fn flags(&self) -> Vec<String> {
        let mut encapsulations: Vec<String> = self
            .encapsulation
            .bare
            .iter()
            .map(Encapsulation::to_string)
            .collect();
        encapsulations.extend(Family::BOTH.iter().filter_map(|family| {
            let value = self.encapsulation.named.of(*family)?;
            Some(format!("{}={value}", family.key()))
        }));
        let flags = [
            ("--nodes", list(self.nodes)),
            ("--pods-per-node", list(self.pods_per_node)),
            ("--cidr", per_family(|family| self.cidr.of(family))),
            (
                "--block-size",
                per_family(|family| self.block_size.of(family)),
            ),
            ("--encapsulation", encapsulations),
            ("--operator-version", list(self.operator)),
        ];
        flags
            .into_iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(flag, values)| format!("{flag} {}", values.join(",")))
            .collect()
    }
}

fn list<T: ToString>(value: Option<T>) -> Vec<String> {
    value.iter().map(T::to_string).collect()
}

fn per_family<T: ToString>(value: impl Fn(Family) -> Option<T>) -> Vec<String> {
    Family::BOTH
        .into_iter()
        .filter_map(value)
        .map(|value| value.to_string())
        .collect()
}
