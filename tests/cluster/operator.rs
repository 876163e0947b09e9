//! Clusters with the real operator, and waiting for what it does.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::api_server::{Cluster, launcher};

/// What it acts on, and what it says.
const READ: &str = "installations.operator.tigera.io,tigerastatuses.operator.tigera.io,ippools.crd.projectcalico.org,\
    daemonsets.apps,deployments.apps,jobs.batch";

/// Without a change for this long, nothing happens anymore.
const QUIET: Duration = Duration::from_secs(4);

/// The operator tries again after 30 seconds, and reports up to 10 seconds later.
const QUIET_AFTER_FAILURE: Duration = Duration::from_secs(40);

const PATIENCE: Duration = Duration::from_secs(240);

/// A cluster with controllers and the operator's CRDs, but without the operator, which a chart brings. `None` if there is
/// no Go to build it with.
pub(crate) fn start(nodes: u32, pod_network: &str) -> Option<Cluster> {
    let cluster = Cluster::launch(launcher().args([
        "--with-controllers",
        &format!("--nodes={nodes}"),
        &format!("--pod-network={pod_network}"),
        "--operator=v1.42.3",
    ]))?;
    cluster.wait_until_served();
    let run = |line: &str| cluster.kubectl(line.split(' ')).succeeded();
    run("delete namespace tigera-operator --timeout=60s");
    run("delete clusterrolebinding tigera-operator");
    // The role of the repository's chart is a sample.
    run(
        "create clusterrolebinding operator --clusterrole=cluster-admin --serviceaccount=tigera-operator:tigera-operator",
    );
    Some(cluster)
}

impl Cluster {
    /// Waits until the operator has done what it was told, or has failed to do it more than once.
    #[track_caller]
    pub(crate) fn settle(&self) {
        let start = Instant::now();
        let mut last = Vec::new();
        let mut since = Instant::now();
        loop {
            let objects = self.objects();
            let now: Vec<Value> = objects.iter().map(lasting).collect();
            if now != last {
                last = now;
                since = Instant::now();
            }
            let quiet = match progress(&objects) {
                Progress::Done => QUIET,
                Progress::Open => QUIET_AFTER_FAILURE,
            };
            if since.elapsed() > quiet {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "it does not settle: {last:#?}");
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    /// Waits for a new installation.
    #[track_caller]
    pub(crate) fn settle_after_install(&self) {
        self.settle();
        // The API server may have missed a tier (docs/testing.md).
        if matches!(progress(&self.objects()), Progress::Open) {
            let delete = "delete pods --all-namespaces --selector=apiserver=true";
            self.kubectl(delete.split(' ')).succeeded();
            self.settle();
        }
    }

    fn objects(&self) -> Vec<Value> {
        let get = ["get", READ, "--all-namespaces", "--output=json"];
        let list = self.kubectl(get).succeeded().stdout;
        let mut list: Value = serde_json::from_str(&list).expect("a list");
        match list["items"].take() {
            Value::Array(items) => items,
            _ => Vec::new(),
        }
    }
}

enum Progress {
    /// All that was told is done and reported, or nobody would do it.
    Done,
    Open,
}

fn progress(objects: &[Value]) -> Progress {
    let of = |kind: &'static str| objects.iter().filter(move |object| object["kind"] == kind);
    let runs = of("Deployment").any(|it| {
        it["metadata"]["name"] == "tigera-operator" && it["status"]["readyReplicas"] == 1
    });
    let installation = of("Installation").next();
    let Some(installation) = installation.filter(|_| runs) else {
        return Progress::Done;
    };
    if !installation["metadata"]["deletionTimestamp"].is_null() {
        return Progress::Open;
    }
    let generation = &installation["metadata"]["generation"];
    let mut conditions = of("TigeraStatus").flat_map(|it| {
        let name = it["metadata"]["name"].clone();
        let conditions = it["status"]["conditions"].as_array().cloned();
        let conditions = conditions.unwrap_or_else(|| vec![json!({})]);
        conditions.into_iter().map(move |it| (name.clone(), it))
    });
    let has_reported = of("TigeraStatus").any(|it| it["metadata"]["name"] == "calico");
    let all_is_well = conditions.all(|(name, condition)| {
        let wanted = if condition["type"] == "Available" {
            "True"
        } else {
            "False"
        };
        condition["status"] == wanted
            && (name != "calico" || condition["observedGeneration"] == *generation)
    });
    if has_reported && all_is_well {
        Progress::Done
    } else {
        Progress::Open
    }
}

/// What changes only if somebody acts.
fn lasting(object: &Value) -> Value {
    let metadata = &object["metadata"];
    let mut status = object["status"].clone();
    let conditions = status["conditions"].take();
    let conditions: Vec<Value> = conditions
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| json!([it["type"], it["status"], it["observedGeneration"]]))
        .collect();
    let identity = ["uid", "generation", "labels", "deletionTimestamp"].map(|key| &metadata[key]);
    json!([
        metadata["name"],
        identity,
        object["spec"],
        status,
        conditions
    ])
}
