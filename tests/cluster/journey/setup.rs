//! A cluster, a chart and a terminal with all programs.

use std::path::{Path, PathBuf};

use calico_test_support::charts;
use calico_test_support::clusters::{Base, RELEASES, manifest};
use calico_test_support::filter::filter;
use calico_test_support::helm::Helm;
use calico_test_support::tools::tool;
use serde_json::{Value, json};

use crate::api_server::Cluster;
use crate::needs::or_skip;
use crate::operator;
use crate::terminal::Terminal;

/// Values that the cluster needs and that are not the operator's defaults.
pub(super) const VALUES: &[&str] = &[
    "--cidr=172.16.0.0/16",
    "--block-size=24",
    "--encapsulation=VXLAN",
];

/// The pool with these values.
pub(super) fn requested_pool() -> Value {
    json!({"cidr": "172.16.0.0/16", "blockSize": 24, "encapsulation": "VXLAN"})
}

pub(super) struct Journey {
    pub(super) helm: Helm,
    pub(super) chart: PathBuf,
    pub(super) calico: String,
    pub(super) cluster: Cluster,
    pub(super) terminal: Terminal,
}

impl Journey {
    /// Starts a cluster for 172.16.0.0/16 without controllers, and a terminal with Helm and both programs.
    #[track_caller]
    pub(super) fn start(name: &str, helm: Helm, chart: &Path) -> Option<Self> {
        let journey = Self::on(Cluster::start()?, name, helm, chart);
        journey.cluster.apply(&manifest(&kubeadm(&journey.calico)));
        Some(journey)
    }

    /// The same with controllers, in which the chart's operator runs.
    #[track_caller]
    pub(super) fn with_the_operator(name: &str, helm: Helm, nodes: u32) -> Option<Self> {
        let cluster = or_skip(operator::start(nodes, "172.16.0.0/16"), "Calico's operator")?;
        let journey = Self::on(cluster, name, helm, &charts::own());
        let mut kubeadm = kubeadm(&journey.calico);
        kubeadm.retain(|object| object["kind"] == "ConfigMap");
        journey.cluster.apply(&manifest(&kubeadm));
        Some(journey)
    }

    fn on(cluster: Cluster, name: &str, helm: Helm, chart: &Path) -> Self {
        let folder = chart.parent().and_then(Path::file_name).unwrap();
        let folder = folder.to_str().unwrap();
        // The chart of this repository is for the newest Calico.
        let (calico, label) = if chart == charts::own() {
            ("v3.32.1", "own-chart")
        } else {
            (folder, folder)
        };
        let mut terminal =
            Terminal::new("journey", &format!("{name}-{label}-helm-{}", helm.version));
        terminal.set("KUBECONFIG", &cluster.kubeconfig);
        terminal.add_program("kubectl", &tool("kubectl", "1.37.1"));
        terminal.add_program(
            "kubectl-calico",
            Path::new(env!("CARGO_BIN_EXE_kubectl-calico")),
        );
        terminal.add_program("helm-postrender", filter());
        terminal.add_program("helm", &helm.binary());
        terminal.link("tigera-operator", chart);
        Self {
            helm,
            chart: chart.to_owned(),
            calico: calico.to_owned(),
            cluster,
            terminal,
        }
    }

    /// A command of Helm with the chart, and with the post-renderer if `filter` has its arguments.
    pub(super) fn helm(command: &str, options: &[&str], filter: Option<&[&str]>) -> String {
        let release = "calico ./tigera-operator --namespace tigera-operator";
        let mut line = format!("helm {command} {release}");
        for option in options {
            line += &format!(" {option}");
        }
        if let Some(filter) = filter {
            line += " \\\n    --post-renderer helm-postrender";
            for argument in filter {
                line += &format!(" \\\n    --post-renderer-args {argument}");
            }
        }
        line
    }
}

/// What kubeadm leaves in a cluster that it has made for 172.16.0.0/16.
fn kubeadm(calico: &str) -> Vec<Value> {
    let (minor, _) = calico.rsplit_once('.').expect("MAJOR.MINOR.PATCH");
    let (calico, _) = RELEASES
        .iter()
        .find(|(newest, _)| newest.starts_with(&format!("{minor}.")))
        .expect("a known release");
    let text = json!(Base::new("kubeadm", calico, 3).objects()).to_string();
    let mut objects: Vec<Value> =
        serde_json::from_str(&text.replace("10.244.", "172.16.")).unwrap();
    objects.retain(|object| object["kind"] != "Snapshot");
    objects
}
