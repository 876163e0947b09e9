//! What is known of the cluster that a stream goes to: flags in, a plan of its pools out.

mod child;
mod cluster_target;
mod kubectl_calico;
mod plan_file;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use calico_core::cluster_plan::ClusterPlan;
use calico_core::text::{listed, quoted, shown};
use clap::Args;
use serde::Serialize;

use crate::cluster::cluster_target::Target;
use crate::refusal::Refusal;

/// How long the twin may take when nobody says: a cluster of some thousand nodes takes seconds.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Where what is not given is taken from.
#[derive(Args, Debug)]
#[command(next_help_heading = "What the cluster says")]
#[group(skip)]
pub(crate) struct Flags {
    /// Takes what is not given from a plan: live pools first, then what
    /// `kubectl calico plan -o config` found that the cluster needs
    #[arg(long, value_name = "FILE", conflicts_with = "from_cluster")]
    config: Option<PathBuf>,

    /// The same, from a plan that kubectl-calico makes now: it is looked for beside this program,
    /// then on PATH
    #[arg(long)]
    from_cluster: bool,

    /// The context of the kubeconfig [default: $HELM_KUBECONTEXT, else the current one]
    #[arg(long, value_name = "NAME", requires = "from_cluster")]
    context: Option<String>,

    /// The kubeconfig [default: $HELM_KUBECONFIG, else as kubectl finds it]
    #[arg(long, value_name = "FILE", requires = "from_cluster")]
    kubeconfig: Option<PathBuf>,

    /// How long kubectl-calico may take [default: 60]
    #[arg(long, value_name = "SECONDS", requires = "from_cluster", value_parser = seconds)]
    cluster_timeout: Option<Duration>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text
        .parse()
        .ok()
        .filter(|seconds| (1..=3600).contains(seconds));
    let seconds = seconds.map(Duration::from_secs);
    seconds.ok_or_else(|| "it is a whole number of seconds, from 1 to 3600".to_owned())
}

/// What is known of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Its pools, and what they have to go with.
    pub plan: ClusterPlan,
    /// Who told it.
    pub source: Source,
    /// The file that was read, or the program that was asked.
    pub path: String,
}

/// Who told what is known of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// `--config`
    Config,
    /// `--from-cluster`
    FromCluster,
}

impl Flags {
    /// The cluster, as far as the flags ask for one.
    pub(crate) fn read(&self) -> Result<Option<Cluster>, Refusal> {
        let (source, path, plan) = if let Some(file) = &self.config {
            (Source::Config, file.clone(), from_file(file)?)
        } else if self.from_cluster {
            let (context, kubeconfig) = (self.context.as_deref(), self.kubeconfig.clone());
            let target = Target::new(context, kubeconfig, |name| std::env::var_os(name))?;
            let (program, plan) =
                kubectl_calico::plan(&target, self.cluster_timeout.unwrap_or(TIMEOUT))?;
            (Source::FromCluster, program, plan)
        } else {
            return Ok(None);
        };
        let path = path.to_string_lossy().into_owned();
        let cluster = Cluster { plan, source, path };
        cluster.is_whole().map(|()| Some(cluster))
    }
}

impl Cluster {
    /// Refuses a plan that cannot be relied on.
    fn is_whole(&self) -> Result<(), Refusal> {
        let unread = &self.plan.unread;
        if unread.is_empty() {
            return Ok(());
        }
        let label = self.label();
        Err(
            Refusal::new(format!("the plan cannot be relied on: {label}"))
                .why(format!(
                    "it lacks what could not be read: {}",
                    listed(unread.iter().map(shown))
                ))
                .fix("let it be read (kubectl calico rbac prints the permissions), and plan again"),
        )
    }

    /// Which one it is, and who told, in one line.
    pub(crate) fn label(&self) -> String {
        let server = self.plan.server.as_deref().map(shown);
        let server = server.unwrap_or_else(|| "a server that the plan does not name".to_owned());
        let path = shown(&self.path);
        match self.source {
            Source::Config => format!("{server} (--config {path})"),
            Source::FromCluster => format!("{server} (read by {path})"),
        }
    }
}

fn from_file(path: &Path) -> Result<ClusterPlan, Refusal> {
    let refuse = |what: String| {
        let path = quoted(path.as_os_str().as_encoded_bytes());
        Refusal::new(format!("--config {path}: {what}"))
            .fix("write the file with: kubectl calico plan -o config")
    };
    let text = text(path).map_err(|error| refuse(format!("it cannot be read: {error}")))?;
    plan_file::read(&text).map_err(refuse)
}

/// What a file holds, up to a byte more than a plan may have.
fn text(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let file = File::open(path)?;
    file.take(plan_file::LONGEST + 1).read_to_end(&mut text)?;
    Ok(text)
}
