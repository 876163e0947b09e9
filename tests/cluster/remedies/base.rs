//! Clusters with Calico, all of whose controllers run.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::report::{Report, Severity};
use super::wait::until;
use crate::api_server::crds::Crds;
use crate::api_server::{Cluster, launcher};
use crate::terminal::Terminal;

/// How Calico was installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(super) enum Base {
    /// By operator v1.42.3, for the pod CIDR 10.244.0.0/16, with VXLAN.
    #[default]
    #[serde(rename = "operator")]
    Operator,
    /// The same with Calico's resources in projectcalico.org/v3.
    #[serde(rename = "operator-native")]
    Native,
    /// The same by operator v1.36.13.
    #[serde(rename = "operator-v1.36")]
    Operator1_36,
    /// From calico.yaml, as in tests/fixtures/clusters.
    #[serde(rename = "calico.yaml")]
    Manifest,
    /// From calico-typha.yaml.
    #[serde(rename = "calico-typha.yaml")]
    ManifestWithTypha,
}

/// What the operator is told to install, and kubeadm's configuration.
const INSTALLATION: &str = include_str!("installation.yaml");

/// The parts of a cluster that a case may break and its fix must restore.
const CONTENT: &str = "
    kubectl get installations.operator.tigera.io,apiservers.operator.tigera.io -o json
    kubectl get nodes -o json
    kubectl get configmaps,daemonsets,deployments -n kube-system -o json
    for group in crd.projectcalico.org projectcalico.org; do
        kubectl get ippools.$group,felixconfigurations.$group,bgpconfigurations.$group,bgppeers.$group -o json
        kubectl get kubecontrollersconfigurations.$group -o json
    done 2> /dev/null
    for kind in ipamblocks.crd ipamconfigs.crd ipamblocks ipamconfigurations; do
        kubectl get $kind.projectcalico.org -o json
    done 2> /dev/null";

pub(super) struct Healthy {
    base: Base,
    pub(super) cluster: Cluster,
    content: Vec<String>,
}

impl Healthy {
    /// A new cluster, once Calico is healthy in it. `None` if there is no Go to build it with.
    pub(super) fn start(base: Base) -> Option<Self> {
        let mut command = launcher();
        command.args([
            "--with-controllers",
            "--nodes=3",
            "--pod-network=10.244.0.0/16",
        ]);
        command.args(match base {
            Base::Operator => vec!["--operator=v1.42.3"],
            Base::Native => vec!["--operator=v1.42.3", "--native-crds"],
            Base::Operator1_36 => vec!["--operator=v1.36.13"],
            Base::Manifest | Base::ManifestWithTypha => vec![],
        });
        let cluster = Cluster::launch(&mut command)?;
        match base {
            Base::Manifest | Base::ManifestWithTypha => {
                cluster.install_crds(Crds::V3_32);
                cluster.install_from_manifest(if base == Base::Manifest {
                    "calico.yaml"
                } else {
                    "calico-typha.yaml"
                });
            }
            Base::Operator | Base::Native | Base::Operator1_36 => {
                // An administrator waits for the CRDs, too.
                cluster.wait_until_served();
                let create = ["create", "--filename=-"];
                cluster.kubectl_reading(INSTALLATION, create).succeeded();
            }
        }
        let mut healthy = Self {
            base,
            cluster,
            content: Vec::new(),
        };
        // The API server may have missed a tier (docs/testing.md).
        if !healthy.is_clean_within(Duration::from_secs(45)) {
            let delete = "delete pods --all-namespaces --selector=apiserver=true";
            healthy.cluster.kubectl(delete.split(' ')).succeeded();
            assert!(
                healthy.is_clean_within(Duration::from_secs(90)),
                "{base:?} is not healthy:\n{}",
                healthy.cluster.calico(["status"]).output()
            );
        }
        healthy.content = healthy.content();
        Some(healthy)
    }

    fn is_clean_within(&self, limit: Duration) -> bool {
        let is_clean = || {
            let findings = self.report().findings;
            findings.iter().all(|it| it.severity == Severity::Note)
        };
        until(limit, || is_clean().then_some(())).is_ok()
    }

    pub(super) fn is_of(&self, base: Base) -> bool {
        self.base == base
    }

    /// Whether the cluster is as it was at the start.
    pub(super) fn is_as_new(&self) -> bool {
        self.is_clean_within(Duration::from_secs(10)) && self.content() == self.content
    }

    /// Whether kubectl finds the resources of every API, aggregated ones too.
    pub(super) fn serves_all_groups(&self) -> bool {
        self.cluster.kubectl(["api-resources"]).is_success()
    }

    pub(super) fn report(&self) -> Report {
        let ran = self.cluster.calico(["status", "--output=json"]);
        serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}", ran.output()))
    }

    /// The spec of each object, or its data.
    fn content(&self) -> Vec<String> {
        let mut terminal = Terminal::new("remedies", "content");
        terminal.set("KUBECONFIG", &self.cluster.kubeconfig);
        super::programs(&terminal);
        let text = terminal.output(CONTENT);
        let lists = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
        let mut content: Vec<String> = lists
            .map(Result::unwrap)
            .flat_map(|mut list| match list["items"].take() {
                Value::Array(items) => items,
                _ => vec![list],
            })
            .map(|object| {
                let Value::Object(metadata) = object["metadata"].clone() else {
                    panic!("no metadata: {object}");
                };
                format!(
                    "{} {:?} {:?} {:?} {} {}",
                    object["kind"],
                    metadata.get("name"),
                    metadata.get("labels"),
                    metadata.get("deletionTimestamp"),
                    object["spec"],
                    object["data"],
                )
            })
            .collect();
        content.sort();
        content
    }
}
