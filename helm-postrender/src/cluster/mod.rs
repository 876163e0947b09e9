//! What is known about the target cluster of a stream: from flags to a cluster plan.

pub(crate) mod child_process;
mod cluster_target;
pub(crate) mod kubectl_calico;
mod plan_file;

use std::path::{Path, PathBuf};
use std::time::Duration;

use calico_core::cluster_plan::ClusterPlan;
use calico_core::text::{listed, shown};
use clap::Args;
use serde::Serialize;

use crate::cluster::cluster_target::ClusterTarget;
use crate::refusal::Refusal;

/// The default time limit for kubectl-calico: for a few thousand nodes it takes seconds.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The flags that give a cluster plan.
#[derive(Args, Debug)]
#[command(next_help_heading = "Cluster")]
#[group(skip)]
pub(crate) struct Flags {
    /// Take unset values from a cluster plan written by `kubectl calico plan -o config`: the values of
    /// existing pools, or else the recommended ones
    #[arg(long, value_name = "FILE", conflicts_with = "from_cluster")]
    config: Option<PathBuf>,

    /// Like --config, but run kubectl-calico to make the plan now (found next to this program or on
    /// PATH)
    #[arg(long)]
    from_cluster: bool,

    /// Kubeconfig context to use [default: $HELM_KUBECONTEXT, else the current context]
    #[arg(long, value_name = "NAME", requires = "from_cluster")]
    context: Option<String>,

    /// Kubeconfig file to use [default: $HELM_KUBECONFIG, else the same as kubectl]
    #[arg(long, value_name = "FILE", requires = "from_cluster")]
    kubeconfig: Option<PathBuf>,

    /// Time limit for kubectl-calico [default: 60]
    #[arg(long, value_name = "SECONDS", requires = "from_cluster", value_parser = seconds)]
    cluster_timeout: Option<Duration>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=3600) => Ok(Duration::from_secs(seconds)),
        _ => Err("expected a whole number of seconds from 1 to 3600".to_owned()),
    }
}

/// What is known about a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// What the cluster needs and has.
    pub plan: ClusterPlan,
    /// Which flag gave the plan.
    pub source: PlanSource,
    /// The file that was read, or the program that made the plan.
    pub path: String,
}

/// Which flag gave a cluster plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PlanSource {
    /// `--config`
    Config,
    /// `--from-cluster`
    FromCluster,
}

impl Flags {
    /// Whether `path` is the file of `--config`.
    pub(crate) fn reads(&self, path: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().ok();
        let config = self.config.as_deref().and_then(real);
        config.is_some() && config == real(path)
    }

    /// What is known about the cluster, if a flag gives a plan.
    pub(crate) fn read(&self) -> Result<Option<Cluster>, Refusal> {
        let (source, path, plan) = if let Some(file) = &self.config {
            (PlanSource::Config, file.clone(), plan_file::open(file)?)
        } else if self.from_cluster {
            let target =
                ClusterTarget::new(self.context.as_deref(), self.kubeconfig.clone(), |name| {
                    std::env::var_os(name)
                })?;
            let timeout = self.cluster_timeout.unwrap_or(TIMEOUT);
            let (program, plan) = kubectl_calico::plan(&target, timeout)?;
            (PlanSource::FromCluster, program, plan)
        } else {
            return Ok(None);
        };
        let path = path.to_string_lossy().into_owned();
        let cluster = Cluster { plan, source, path };
        cluster.check_complete()?;
        Ok(Some(cluster))
    }
}

impl Cluster {
    /// Refuses a plan with objects that could not be read: without the existing pools, it looks like
    /// the plan of a cluster without pools.
    fn check_complete(&self) -> Result<(), Refusal> {
        let unread = &self.plan.unread;
        if unread.is_empty() {
            return Ok(());
        }
        let label = self.label();
        Err(
            Refusal::new(format!("the cluster plan is incomplete: {label}"))
                .why(format!(
                    "this could not be read: {}",
                    listed(unread.iter().map(shown))
                ))
                .fix("grant the permissions that kubectl calico rbac prints, and make a new plan"),
        )
    }

    /// The server and the source of the plan, in one line.
    pub(crate) fn label(&self) -> String {
        let server = match &self.plan.server {
            Some(server) => shown(server),
            None => "a server that the plan does not name".to_owned(),
        };
        let path = shown(&self.path);
        match self.source {
            PlanSource::Config => format!("{server} (--config {path})"),
            PlanSource::FromCluster => format!("{server} (read by {path})"),
        }
    }
}
