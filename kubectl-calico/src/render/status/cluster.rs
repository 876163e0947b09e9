//! The cluster, and how Calico was installed in it.

use super::words::in_words;
use crate::facts::cluster::{Cluster, NodeCounts};
use crate::facts::install::Install;
use crate::facts::installer::Installer;
use crate::facts::method::Method;
use crate::phrases::{counted, few};
use crate::render::page::UNKNOWN;
use crate::render::rows::Rows;

pub(crate) fn cluster(cluster: &Cluster) -> Rows {
    let mut rows = Rows::default();
    let version = cluster.origin.kubernetes.as_deref();
    let mut text = match version {
        Some(version) => format!("Kubernetes {version}"),
        None => "Kubernetes".to_owned(),
    };
    match (cluster.platform.value(), cluster.cloud.value()) {
        (Some(platform), Some(cloud)) => {
            text.push_str(&format!(" ({} on {})", platform.name(), cloud.name()));
        }
        (Some(platform), None) => text.push_str(&format!(" ({})", platform.name())),
        (None, Some(cloud)) => text.push_str(&format!(" (on {})", cloud.name())),
        (None, None) => {}
    }
    let nodes = in_words(&cluster.nodes, nodes);
    let text = match (version, nodes.as_str()) {
        (None, UNKNOWN) => UNKNOWN.to_owned(),
        (None, nodes) => format!("{text}, {}, {nodes}", kubelets(cluster)),
        (Some(_), UNKNOWN) => format!("{text}, nodes unknown"),
        (Some(_), nodes) => format!("{text}, {nodes}"),
    };
    rows.row("Cluster", &text);
    if let Some(server) = &cluster.origin.server {
        let context = cluster.origin.context.as_deref();
        let context = context.map(|context| format!(", context {context}"));
        rows.row("", &format!("{server}{}", context.unwrap_or_default()));
    }
    rows
}

/// `kubelets v1.34.2`
fn kubelets(cluster: &Cluster) -> String {
    let versions: Vec<&String> = cluster.kubelets.iter().collect();
    if versions.is_empty() {
        return "version unknown".to_owned();
    }
    format!("kubelets {}", few(&versions))
}

fn nodes(nodes: &NodeCounts) -> String {
    let mut text = format!("{}, {} ready", counted(nodes.total, "node"), nodes.ready);
    if nodes.cordoned > 0 {
        text.push_str(&format!(", {} cordoned", nodes.cordoned));
    }
    if nodes.windows > 0 {
        text.push_str(&format!(", {} with Windows", nodes.windows));
    }
    text
}

/// What installed Calico: `operator v1.42.3, Helm release calico in tigera-operator`.
pub(crate) fn installed_by(install: &Install) -> String {
    let operator = match install.operator.value() {
        Some(version) => format!("operator {version}"),
        None => "operator".to_owned(),
    };
    in_words(&install.method, |method| match method {
        Method::Operator { by } => format!("{operator}, {}", installer(by)),
        Method::Manifest { variant } => match install.bundled_with() {
            Some(bundle) => format!("bundled with {}", bundle.name()),
            None => format!("manifest {}", variant.file()),
        },
        Method::Canal if install.is_canal_of_rke2() => "Canal, bundled with RKE2".to_owned(),
        Method::Canal => "manifest canal.yaml".to_owned(),
        Method::Migrating => format!("manifest, migrating to {operator}"),
        Method::OperatorOnly => format!("not installed; {operator} runs without an Installation"),
        Method::InstallationOnly => {
            "not running; an Installation exists, but no operator reconciles it".to_owned()
        }
        Method::Remnants => "not running; resources of an earlier installation remain".to_owned(),
        Method::Nothing => "not installed".to_owned(),
    })
}

fn installer(by: &Installer) -> String {
    match by {
        Installer::Helm { release, namespace } => format!("Helm release {release} in {namespace}"),
        Installer::Owner { tool } => tool.name().to_owned(),
        Installer::Platform { platform } => format!("bundled with {}", platform.name()),
        Installer::Manifests => "manifests".to_owned(),
    }
}
