//! CRDs of Calico's resources: Calico's own if they are available, otherwise those in tests/fixtures/crds.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use calico_test_support::repository;
use serde_json::Value;

use super::Cluster;

/// A set of CRDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crds {
    /// Those of Calico 3.28.
    V3_28,
    /// Those of Calico 3.32.
    V3_32,
    /// Those of this repository, of the groups operator.tigera.io and crd.projectcalico.org.
    Own,
    /// Those of this repository for Calico 3.32 with its resources in projectcalico.org/v3.
    Native,
    /// Those of this repository for what `status` reads of OpenShift.
    OpenShift,
}

impl Crds {
    /// Calico's own, if they are available.
    pub(crate) fn real(self) -> Option<PathBuf> {
        let path = match self {
            Self::V3_28 => "../shared/charts/v3.28.2/tigera-operator/crds",
            Self::V3_32 => "../shared/manifests/v3.32.1/operator-crds.yaml",
            Self::Own | Self::Native | Self::OpenShift => return None,
        };
        let path = repository().join(path);
        path.exists().then_some(path)
    }

    /// A file with those of crd.projectcalico.org.
    pub(crate) fn of_calico(self) -> PathBuf {
        let own = || repository().join("tests/fixtures/crds/crd.projectcalico.org.yaml");
        self.real().unwrap_or_else(own)
    }

    fn paths(self) -> Vec<PathBuf> {
        let own: &[&str] = match self {
            Self::Native => &[
                "operator.tigera.io",
                "projectcalico.org",
                "migration.projectcalico.org",
            ],
            Self::OpenShift => &["config.openshift.io"],
            _ => &["operator.tigera.io", "crd.projectcalico.org"],
        };
        let own = own
            .iter()
            .map(|group| repository().join(format!("tests/fixtures/crds/{group}.yaml")));
        self.real().map_or_else(|| own.collect(), |real| vec![real])
    }
}

impl Cluster {
    /// Installs CRDs and waits until their resources are served.
    #[track_caller]
    pub(crate) fn install_crds(&self, crds: Crds) {
        let mut arguments = vec!["apply".to_owned(), "--server-side".to_owned()];
        for path in crds.paths() {
            arguments.push(format!("--filename={}", path.display()));
        }
        self.kubectl(arguments).succeeded();
        self.wait_until_served();
    }

    /// Waits until discovery lists the resources of every CRD, which takes a moment.
    #[track_caller]
    pub(crate) fn wait_until_served(&self) {
        let line = "{range .items[*]}{.spec.group}/{.spec.versions[0].name} {.spec.names.plural}{'\\n'}{end}";
        let output = format!("--output=jsonpath={line}");
        let defined = self.kubectl(["get", "customresourcedefinitions", &output]);
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in defined.succeeded().stdout.lines() {
            let (group, plural) = line.split_once(' ').expect("a group and a plural");
            groups
                .entry(group.to_owned())
                .or_default()
                .push(plural.to_owned());
        }
        let deadline = Instant::now() + Duration::from_secs(30);
        for (group, plurals) in groups {
            while !self.serves(&group, &plurals) {
                assert!(Instant::now() < deadline, "{group} is not served");
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }

    fn serves(&self, group: &str, plurals: &[String]) -> bool {
        let answer = self.kubectl(["get", "--raw", &format!("/apis/{group}")]);
        let list: Value = serde_json::from_str(&answer.stdout).unwrap_or_default();
        let resources = list["resources"].as_array().cloned().unwrap_or_default();
        let served = |plural: &String| resources.iter().any(|r| r["name"] == plural.as_str());
        plurals.iter().all(served)
    }
}
