//! `kubectl calico plan`

use calico_core::cidr::Cidr;
use calico_core::operator::OperatorVersion;
use calico_core::per_family::{Encapsulations, PerFamily, block_sizes, cidrs, encapsulations};
use calico_core::pool::BlockSize;
use clap::{Args, ValueEnum, value_parser};

use super::run::RunArgs;
use crate::plan::request::PlanRequest;

/// The arguments of `kubectl calico plan`.
#[derive(Args, Debug)]
pub struct PlanArgs {
    /// Number of nodes to plan for [default: the current number]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    pub nodes: Option<u32>,

    /// Pods per node to plan for [default: the kubelet's limit]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    pub pods_per_node: Option<u32>,

    /// Pool CIDRs, one per address family: 172.16.0.0/16,fd00:10::/56
    #[arg(long, value_name = "CIDR[,CIDR]", value_parser = cidrs)]
    pub cidr: Option<PerFamily<Cidr>>,

    /// Pool block sizes: 20 to 32 for IPv4, 116 to 128 for IPv6
    #[arg(long, value_name = "N[,N]", value_parser = block_sizes)]
    pub block_size: Option<PerFamily<BlockSize>>,

    /// Encapsulation for the families in --cidr and --block-size, otherwise for every pool; per
    /// family: IPIP,v6=VXLAN
    #[arg(long, value_name = "NAME", value_parser = encapsulations)]
    pub encapsulation: Option<Encapsulations>,

    /// Operator version to plan for [default: the installed one, or the newest known one]
    #[arg(long, value_name = "VERSION")]
    pub operator_version: Option<OperatorVersion>,

    /// Output format: text; flags (for helm install and upgrade); values (for the tigera-operator
    /// chart); installation (for kubectl); config (for helm-postrender); json; yaml
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = PlanFormat::Text,
        hide_possible_values = true)]
    pub output: PlanFormat,

    #[command(flatten)]
    pub run: RunArgs,
}

impl PlanArgs {
    /// The requested properties of the plan.
    pub fn request(&self) -> PlanRequest {
        PlanRequest {
            nodes: self.nodes,
            pods_per_node: self.pods_per_node,
            cidr: self.cidr.unwrap_or_default(),
            block_size: self.block_size.unwrap_or_default(),
            encapsulation: self.encapsulation.unwrap_or_default(),
            operator: self.operator_version,
        }
    }
}

/// The format of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// Human-readable plan
    Text,
    /// Flags for helm install and helm upgrade, Helm 3 and 4
    Flags,
    /// Values file for the tigera-operator chart
    Values,
    /// Installation and APIServer manifests for kubectl
    Installation,
    /// Input for helm-postrender --config
    Config,
    /// Machine-readable plan
    Json,
    /// The same as YAML
    Yaml,
}

impl PlanFormat {
    /// Whether the output is applied as it is, so that an incomplete plan must not be written.
    pub fn is_applied(self) -> bool {
        matches!(self, Self::Flags | Self::Values | Self::Installation)
    }

    /// The output to print instead of a failed plan. A shell ignores the exit code of `$(…)`, and
    /// without flags or values Helm would install the operator's defaults; this makes it fail.
    pub fn failure(self) -> &'static str {
        match self {
            Self::Flags => "--kubectl-calico-plan-failed\n",
            Self::Values => "\"kubectl calico plan failed; see its error message\"\n",
            Self::Text | Self::Installation | Self::Config | Self::Json | Self::Yaml => "",
        }
    }
}
