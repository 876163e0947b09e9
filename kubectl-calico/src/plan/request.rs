//! What the command line asks of a plan.

use calico_core::cidr::{Cidr, Family};
use calico_core::operator::OperatorVersion;
use calico_core::per_family::{Encapsulations, PerFamily};
use calico_core::pool::{BlockSize, Encapsulation};

/// What is asked for; what is not follows from the cluster.
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
    /// `--filename`
    pub files: Vec<String>,
}

impl PlanRequest {
    /// Whether another flag than `--encapsulation` names a family.
    fn names(&self, family: Family) -> bool {
        self.cidr.of(family).is_some() || self.block_size.of(family).is_some()
    }

    /// The encapsulation for a family. As in helm-postrender, one that names no family is for
    /// those that other flags name, or else for all.
    pub fn encapsulation(&self, family: Family) -> Option<Encapsulation> {
        let named = |family: &Family| self.names(*family);
        let for_bare = self.names(family) || !Family::BOTH.iter().any(named);
        let bare = self.encapsulation.bare.filter(|_| for_bare);
        self.encapsulation.named.of(family).or(bare)
    }

    /// Whether a value is asked for that only this family can have.
    pub fn concerns(&self, family: Family) -> bool {
        self.names(family) || self.encapsulation.named.of(family).is_some()
    }

    /// Whether anything is asked of pools.
    pub fn concerns_pools(&self) -> bool {
        self.encapsulation.bare.is_some() || Family::BOTH.into_iter().any(|f| self.concerns(f))
    }

    /// The flags but for the files again, for a command that asks for the same.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        let mut add = |flag: &str, values: Vec<String>| {
            if !values.is_empty() {
                flags.push(format!("{flag} {}", values.join(",")));
            }
        };
        let both = Family::BOTH.into_iter();
        let each =
            |value: &dyn Fn(Family) -> Option<String>| both.clone().filter_map(value).collect();
        add("--nodes", self.nodes.iter().map(u32::to_string).collect());
        let pods = self.pods_per_node.iter();
        add("--pods-per-node", pods.map(u32::to_string).collect());
        add("--cidr", each(&|f| Some(self.cidr.of(f)?.to_string())));
        add(
            "--block-size",
            each(&|f| Some(self.block_size.of(f)?.to_string())),
        );
        let mut encapsulations: Vec<String> = self
            .encapsulation
            .bare
            .iter()
            .map(Encapsulation::to_string)
            .collect();
        encapsulations.extend(each(&|family| {
            let value = self.encapsulation.named.of(family)?;
            Some(format!("{}={value}", family.key()))
        }));
        add("--encapsulation", encapsulations);
        let operator = self.operator.iter();
        add(
            "--operator-version",
            operator.map(OperatorVersion::to_string).collect(),
        );
        flags
    }
}
