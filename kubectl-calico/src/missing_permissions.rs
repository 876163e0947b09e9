//! A test: what could not be read is never reported as absent. Every case of tests/cases/status, with each kind
//! and object forbidden in turn, and each request that is one of several for a kind failing in turn.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use calico_test_support::cases::cases;
use calico_test_support::clusters::{cluster, manifest};
use k8s_openapi::jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::assess::assess;
use crate::gather::files::Files;
use crate::plan::plan;
use crate::plan::request::PlanRequest;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{POD_ADDRESSES, RESOURCES};
use crate::snapshot::{
    Basis, MessageRequests, ObjectRef, Origin, Outlines, Places, PodAddress, PodMessages, Reading,
    Snapshot, SnapshotSource, Store, Unknown,
};

/// The files, without permission to read some of it.
struct Restricted<'a> {
    files: &'a Files,
    unread: Option<&'a Unread>,
}

/// What cannot be read.
#[derive(Debug)]
enum Unread {
    /// Objects, without the permission: every row that reads them.
    Forbidden(ObjectRef),
    /// One row, whose request fails.
    Failed(&'static Resource),
}

impl Unread {
    /// Each of them, one by one. Rows that alone read their objects are forbidden only.
    fn all() -> Vec<Self> {
        let objects: BTreeSet<ObjectRef> = RESOURCES.iter().map(|row| row.object()).collect();
        let shares = |row: &&&Resource| {
            let mut rows = RESOURCES.iter();
            rows.any(|other| !std::ptr::eq(*other, **row) && other.object() == row.object())
        };
        let rows = RESOURCES.iter().filter(shares);
        let failed: Vec<Self> = rows.map(|row| Self::Failed(row)).collect();
        objects
            .into_iter()
            .map(Self::Forbidden)
            .chain(failed)
            .collect()
    }

    fn why(&self, resource: &'static Resource) -> Option<Unknown> {
        match self {
            Self::Forbidden(object) => (*object == resource.object()).then(|| {
                let said = "it is forbidden: User \"jane\" cannot list resource";
                Unknown::Forbidden(said.to_owned())
            }),
            Self::Failed(row) => std::ptr::eq(*row, resource)
                .then(|| Unknown::Failed("no complete response within 30s".to_owned())),
        }
    }
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Forbidden(object) => write!(f, "{object}"),
            Self::Failed(row) => write!(f, "{} for {}", row.kind, row.why),
        }
    }
}

impl SnapshotSource for Restricted<'_> {
    async fn origin(&self) -> Origin {
        self.files.origin().await
    }

    fn basis(&self) -> Basis {
        SnapshotSource::basis(self.files)
    }

    fn time(&self) -> Option<Timestamp> {
        self.files.time()
    }

    fn places(&self) -> Places {
        self.files.places()
    }

    fn outlines(&self) -> Outlines {
        self.files.outlines()
    }

    async fn read<T: DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> Reading<Vec<T>> {
        if let Some(why) = self.unread.and_then(|unread| unread.why(resource)) {
            return Reading::Unknown(why);
        }
        self.files.read(resource, store).await
    }

    async fn pod_addresses(&self, store: Store) -> Reading<Vec<PodAddress>> {
        if let Some(why) = self.unread.and_then(|unread| unread.why(&POD_ADDRESSES)) {
            return Reading::Unknown(why);
        }
        self.files.pod_addresses(store).await
    }

    async fn messages(&self, requests: &MessageRequests) -> PodMessages {
        self.files.messages(requests).await
    }
}

/// The report or the plan, as JSON.
fn document(kind: &str, files: &Files, unread: Option<&Unread>) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let source = Restricted { files, unread };
    let snapshot = runtime.unwrap().block_on(async {
        let mut snapshot = Snapshot::gather(&source).await;
        snapshot.gather_pod_addresses(&source).await;
        snapshot
    });
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    if kind == "plan" {
        json(&plan(&snapshot, &PlanRequest::default(), now))
    } else {
        json(&assess(&snapshot, now))
    }
}

fn json(document: &impl serde::Serialize) -> Value {
    serde_json::from_str(&serde_json::to_string(document).unwrap()).unwrap()
}

/// What is wrong with a document, compared with the one for which everything was read.
fn wrong(whole: &Value, part: &Value) -> Vec<String> {
    let mut wrong = absent("", &whole["facts"], &part["facts"]);
    let known = codes(whole);
    // That a container keeps a pod from being ready is not known without the pods.
    let fails = known
        .iter()
        .any(|code| matches!(*code, "CAL502" | "CAL503"));
    let noted = noted(whole);
    for code in codes(part).difference(&known) {
        let is_not_ready = matches!(*code, "CAL103" | "CAL501" | "CAL508");
        // Advice that a known number of nodes makes needless.
        let is_advice = *code == "few-blocks";
        // That a node has just joined is not known without the nodes and their pods.
        let is_joining = *code == "CAL501" && noted.contains(code);
        let is_excused = is_advice || is_joining || (fails && is_not_ready);
        if !is_excused && !is_incomplete_plan(part) {
            wrong.push(format!("{code} appears"));
        }
    }
    let (before, after) = (whole["state"].as_str(), part["state"].as_str());
    let is_better = match after {
        Some("healthy") => before != Some("healthy"),
        Some("passed") => before != Some("passed"),
        Some("warning") => !matches!(before, Some("healthy" | "passed" | "warning")),
        Some("notInstalled") => before != Some("notInstalled"),
        _ => false,
    };
    if is_better {
        wrong.push(format!("state {after:?} instead of {before:?}"));
    }
    let method = |document: &Value| document["facts"]["install"]["method"]["value"]["kind"].clone();
    let absence = ["nothing", "remnants", "operatorOnly", "installationOnly"];
    if method(part) != method(whole) && absence.iter().any(|kind| method(part) == **kind) {
        wrong.push(format!(
            "method {} instead of {}",
            method(part),
            method(whole)
        ));
    }
    wrong
}

/// The codes of errors and warnings.
fn codes(document: &Value) -> BTreeSet<&str> {
    codes_of(document, |severity| severity != "note")
}

/// The codes of notes.
fn noted(document: &Value) -> BTreeSet<&str> {
    codes_of(document, |severity| severity == "note")
}

fn codes_of(document: &Value, is_wanted: fn(&str) -> bool) -> BTreeSet<&str> {
    let findings = document["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| is_wanted(finding["severity"].as_str().unwrap()))
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

/// Whether it is a plan that says that it lacks something that it needs.
fn is_incomplete_plan(document: &Value) -> bool {
    let mut unread = document["notRead"].as_array().unwrap().iter();
    document["kind"] == "Plan" && unread.any(|row| row["needed"] == true)
}

/// The facts that are absent only in part of what was read.
fn absent(path: &str, whole: &Value, part: &Value) -> Vec<String> {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            if let Some(why) = part.get("absent") {
                let appears = !whole.contains_key("absent");
                return appears
                    .then(|| format!("{path} is absent: {why}"))
                    .into_iter()
                    .collect();
            }
            let below = part
                .iter()
                .filter_map(|(key, part)| Some((key, whole.get(key)?, part)));
            below
                .flat_map(|(key, whole, part)| absent(&format!("{path}.{key}"), whole, part))
                .collect()
        }
        (Value::Array(whole), Value::Array(part)) if whole.len() == part.len() => whole
            .iter()
            .zip(part)
            .flat_map(|(whole, part)| absent(path, whole, part))
            .collect(),
        _ => Vec::new(),
    }
}

/// Checks the cases that are wanted, by the path of their folder.
fn check(kind: &str, wanted: impl Fn(&str) -> bool) {
    let unread = Unread::all();
    let mut failures: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let folder = tempfile::tempdir().unwrap();
    for case in cases(kind, "cluster.yaml") {
        if !wanted(&case.to_string_lossy()) {
            continue;
        }
        let file = folder.path().join("cluster.yaml");
        let text = fs::read_to_string(case.join("cluster.yaml")).unwrap();
        fs::write(&file, manifest(&cluster(&text))).unwrap();
        let files = Files::read(&[file], None, |_| ()).unwrap();
        let whole = document(kind, &files, None);
        for unread in &unread {
            let part = document(kind, &files, Some(unread));
            for wrong in wrong(&whole, &part) {
                let failure = format!("without {unread}: {wrong}");
                let case = case.display().to_string();
                failures.entry(failure).or_default().push(case);
            }
        }
    }
    let lines: Vec<String> = failures
        .iter()
        .map(|(failure, cases)| format!("{failure} ({} cases, such as {})", cases.len(), cases[0]))
        .collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

// One test for each part, so that they run at the same time.

#[test]
fn what_is_forbidden_is_not_absent_for_checks_of_pools() {
    check("status", |path| path.contains("/CAL2"));
}

#[test]
fn what_is_forbidden_is_not_absent_for_other_checks() {
    check("status", |path| !path.contains("/CAL2"));
}

#[test]
fn what_is_forbidden_is_not_absent_for_plans() {
    check("plan", |_| true);
}
