//! The main journey: a cluster without Calico, and a person who installs it with Helm and `helm-postrender`, upgrades
//! it in every way that people do, and takes it away again.

use std::path::{Path, PathBuf};

use calico_test_support::charts;
use calico_test_support::clusters::manifest;
use calico_test_support::filter::filter;
use calico_test_support::helm::{HELM_3_17, HELM_4_3, Helm};
use calico_test_support::tools::tool;
use serde_json::{Value, json};

use super::operator::{Operator, objects};
use super::terminal::Terminal;
use crate::api_server::Cluster;

/// What the cluster needs, and what the operator would not choose by itself.
pub(super) const VALUES: &[&str] = &[
    "--cidr=172.16.0.0/16",
    "--block-size=24",
    "--encapsulation=VXLAN",
];

/// The pool that these ask for.
pub(super) fn wanted_pool() -> Value {
    json!({"cidr": "172.16.0.0/16", "blockSize": 24, "encapsulation": "VXLAN"})
}

pub(super) struct Journey {
    pub(super) helm: Helm,
    pub(super) chart: PathBuf,
    pub(super) calico: String,
    pub(super) cluster: Cluster,
    pub(super) terminal: Terminal,
}

#[test]
fn with_helm_3() {
    with_every_chart(HELM_3_17);
}

#[test]
fn with_helm_4() {
    with_every_chart(HELM_4_3);
}

fn with_every_chart(helm: Helm) {
    for chart in charts::all() {
        let Some(journey) = Journey::start("calico", helm, &chart) else {
            return;
        };
        let operator = journey.operator();
        journey.nothing_is_installed();
        journey.tell_helm_4_of_the_filter();
        journey.a_refused_value_installs_nothing();
        journey.install();
        operator.starts();
        journey.calico_runs();

        journey.upgrade_with_the_same_flags(&operator);
        journey.upgrade_with_fewer_flags(&operator);
        journey.upgrade_without_the_filter(&operator);

        journey.uninstall(&operator);
    }
}

impl Journey {
    /// A new cluster, and a person with Helm and both programs.
    #[track_caller]
    pub(super) fn start(name: &str, helm: Helm, chart: &Path) -> Option<Self> {
        let cluster = Cluster::start()?;
        let folder = chart.parent().and_then(Path::file_name);
        let folder = folder.unwrap().to_str().unwrap();
        // Our own chart is for the newest Calico.
        let (calico, label) = match chart == charts::own() {
            true => ("v3.32.1", "stand-in"),
            false => (folder, folder),
        };
        let mut terminal = Terminal::new(&format!("{name}-{label}-helm-{}", helm.version));
        terminal.set("KUBECONFIG", &cluster.kubeconfig);
        terminal.program("kubectl", &tool("kubectl", "1.37.1"));
        terminal.program(
            "kubectl-calico",
            Path::new(env!("CARGO_BIN_EXE_kubectl-calico")),
        );
        terminal.program("helm-postrender", filter());
        terminal.program("helm", &helm.binary());
        terminal.bring("tigera-operator", chart);
        cluster.apply(&manifest(&objects("kubeadm", calico)));
        Some(Self {
            helm,
            chart: chart.to_owned(),
            calico: calico.to_owned(),
            cluster,
            terminal,
        })
    }

    pub(super) fn operator(&self) -> Operator<'_> {
        Operator::of(&self.cluster, &self.calico)
    }

    /// Helm with the chart, and with the post-renderer if it is given arguments.
    pub(super) fn helm(verb: &str, options: &[&str], filter: Option<&[&str]>) -> String {
        let release = "calico ./tigera-operator --namespace tigera-operator";
        let mut command = format!("helm {verb} {release}");
        for option in options {
            command += &format!(" {option}");
        }
        if let Some(filter) = filter {
            command += " \\\n    --post-renderer helm-postrender";
            for argument in filter {
                command += &format!(" \\\n    --post-renderer-args {argument}");
            }
        }
        command
    }
}
