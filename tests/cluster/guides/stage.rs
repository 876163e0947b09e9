//! Where the commands of a page run: a home directory, all programs, a chart repository on loopback, and a cluster.

use std::fs;
use std::path::Path;
use std::process::Command;

use calico_test_support::clusters::{cluster, manifest};
use calico_test_support::filter::filter;
use calico_test_support::helm::HELM_4_3;
use calico_test_support::tools::tool;
use calico_test_support::{charts, repository};
use serde_json::json;
use tempfile::TempDir;

use crate::api_server::Cluster;
use crate::journey::downloads::Downloads;
use crate::manifest_install::{MIGRATABLE, objects_of};
use crate::terminal::{Shown, Terminal};

/// Calico's chart repository, and the API server of the cluster, as the pages have them.
const CHARTS: &str = "https://docs.tigera.io/calico/charts";
const SERVER: &str = "https://10.0.0.10:6443";

/// `kubectl calico` for clusters from files: a context is a file.
const PLUGIN: &str = r#"#!/bin/bash
[[ $1 =~ ^(status|plan|nodes|snapshot)$ && " $* " != *" -f "* ]] || exec -a kubectl-calico PROGRAM "$@"
arguments=() context=$(cat ~/.clusters/current)
while [ $# -gt 0 ]; do
  case $1 in
  --context) context=$2; shift ;;
  *) arguments+=("$1") ;;
  esac
  shift
done
exec -a kubectl-calico PROGRAM "${arguments[@]}" -f ~/.clusters/"$context.yaml"
"#;

/// Waits until `status` has no finding. The API server may have missed a tier (docs/testing.md).
const UNTIL_HEALTHY: &str = r#"#!/bin/bash
for second in {1..150}; do
  kubectl calico status --fail-on warning > /dev/null 2>&1 && exit
  [ "$second" != 45 ] || kubectl delete pods --all-namespaces --selector apiserver=true
  sleep 1
done
kubectl calico status
exit 1
"#;

/// Runs the commands of a plan, one after the other, as a reader pastes them.
const RUN_STEPS: &str = r#"#!/usr/bin/env python3
import json, subprocess, sys, time
plan = subprocess.run(["kubectl", "calico", "plan", *sys.argv[1:], "-o", "json"], stdout=subprocess.PIPE)
for step in json.loads(plan.stdout)["steps"]:
    for command in step["commands"]:
        subprocess.run(["bash", "-c", command.replace("NAMESPACE", "default")], check=True)
    if step["what"].endswith("wait until it is gone"):
        pool = step["what"].rpartition(", and")[0].split()[-1]
        get = ["kubectl", "get", "ippools.crd.projectcalico.org", pool]
        while subprocess.run(get, capture_output=True).returncode == 0:
            time.sleep(0.5)
"#;

/// Installs calico.yaml, in a form that the operator can take over.
const INSTALL_CALICO_YAML: &str = r"#!/bin/bash
set -e
kubectl apply --server-side --force-conflicts -f - > /dev/null <<'EOF'
OBJECTS
EOF
kubectl patch -n kube-system daemonset calico-node --patch-file /dev/stdin > /dev/null <<'EOF'
PATCH
EOF
";

/// The versions of Calico in the chart repository, and of the operator that each installs: those that the test cluster runs.
const VERSIONS: [(&str, &str); 2] = [("v3.29.5", "v1.36.13"), ("v3.32.1", "v1.42.3")];

/// A repository with the charts of this repository, under the names and the versions of Calico's.
pub(super) struct Charts {
    url: String,
    _folder: TempDir,
}

impl Charts {
    pub(super) fn serve() -> Self {
        let folder = TempDir::new().unwrap();
        for (calico, operator) in VERSIONS {
            package_charts(folder.path(), calico, operator);
        }
        let url = Downloads::serve(folder.path()).url();
        helm(folder.path(), &["repo", "index", ".", "--url", &url]);
        Self {
            url,
            _folder: folder,
        }
    }
}

/// As in Calico's repository, the CRDs are in the chart of the operator until 3.31, and a chart of their own from 3.32 on.
fn package_charts(folder: &Path, calico: &str, operator: &str) {
    let sources = folder.join(calico);
    let chart = sources.join("tigera-operator");
    copy(&charts::own(), &chart);
    let own = repository().join("tests/cluster/guides/chart");
    copy(&own, &chart.join("templates/tigera-operator"));
    let values = chart.join("values.yaml");
    let text = fs::read_to_string(&values).unwrap();
    assert!(text.contains("version: v1.42.3"), "{text}");
    fs::write(values, text.replace("v1.42.3", operator)).unwrap();
    let mut all = vec![chart.clone()];
    let crds = if calico == "v3.29.5" {
        chart.join("crds")
    } else {
        let chart = sources.join("crd.projectcalico.org.v1");
        all.push(chart.clone());
        chart.join("templates")
    };
    fs::create_dir_all(&crds).unwrap();
    for group in ["operator.tigera.io.yaml", "crd.projectcalico.org.yaml"] {
        let from = repository().join("tests/fixtures/crds").join(group);
        fs::copy(from, crds.join(group)).unwrap();
    }
    for chart in all {
        let name = chart.file_name().unwrap().to_str().unwrap();
        let text =
            format!("apiVersion: v2\nname: {name}\nversion: {calico}\nappVersion: {calico}\n");
        fs::write(chart.join("Chart.yaml"), text).unwrap();
        helm(folder, &["package", chart.to_str().unwrap()]);
    }
}

fn helm(folder: &Path, arguments: &[&str]) {
    let output = Command::new(HELM_4_3.binary())
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(path, target).unwrap();
        }
    }
}

pub(super) struct Stage<'a> {
    terminal: Terminal,
    charts: &'a Charts,
    server: Option<&'a str>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(page: &str, charts: &'a Charts) -> Self {
        let mut terminal = Terminal::new("guides", page);
        terminal.set("LANG", "C.UTF-8".as_ref());
        terminal.add_program("kubectl", &tool("kubectl", "1.37.1"));
        terminal.add_program("helm", &HELM_4_3.binary());
        terminal.add_program("helm-postrender", filter());
        terminal.add_script("until-healthy", UNTIL_HEALTHY);
        terminal.add_script("run-steps", RUN_STEPS);
        let install = INSTALL_CALICO_YAML
            .replace("OBJECTS", &objects_of("calico.yaml"))
            .replace("PATCH", MIGRATABLE);
        terminal.add_script("install-calico-yaml", &install);
        fs::create_dir_all(terminal.home(".kube")).unwrap();
        fs::create_dir_all(terminal.home(".clusters")).unwrap();
        Self {
            terminal,
            charts,
            server: None,
        }
    }

    /// The next commands read a cluster from a file: `FOLDER`, or `FOLDER as CONTEXT`.
    pub(super) fn use_case(&mut self, name: &str) {
        let (folder, context) = name.split_once(" as ").unwrap_or((name, "prod"));
        let text = fs::read_to_string(repository().join(folder).join("cluster.yaml"))
            .unwrap_or_else(|error| panic!("{folder}: {error}"));
        let clusters = self.terminal.home(".clusters");
        let file = clusters.join(format!("{context}.yaml"));
        fs::write(file, manifest(&cluster(&text))).unwrap();
        fs::write(clusters.join("current"), context).unwrap();
        let mut contexts: Vec<String> = fs::read_dir(&clusters)
            .unwrap()
            .filter_map(|entry| Some(entry.unwrap().path().file_stem()?.to_str()?.to_owned()))
            .filter(|name| name != "current")
            .collect();
        contexts.sort();
        let contexts: Vec<_> = contexts
            .iter()
            .map(|name| json!({"name": name, "context": {"cluster": name, "user": name}}))
            .collect();
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": context, "contexts": contexts,
        });
        fs::write(self.terminal.home(".kube/config"), config.to_string()).unwrap();
        let plugin = env!("CARGO_BIN_EXE_kubectl-calico");
        self.terminal
            .add_script("kubectl-calico", &PLUGIN.replace("PROGRAM", plugin));
    }

    /// The next commands reach the test cluster.
    pub(super) fn use_cluster(&mut self, cluster: &'a Cluster) {
        let config = fs::read_to_string(&cluster.kubeconfig).unwrap();
        let config = config.replace("test", "prod");
        fs::write(self.terminal.home(".kube/config"), config).unwrap();
        let plugin = Path::new(env!("CARGO_BIN_EXE_kubectl-calico"));
        self.terminal.add_program("kubectl-calico", plugin);
        self.server = Some(&cluster.url);
    }

    pub(super) fn write(&self, name: &str, content: &str) {
        let path = self.terminal.home(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Runs a command. Its output has the addresses of the page, and no white space at the end of a line.
    pub(super) fn run(&self, command: &str) -> Shown {
        let command = command.replace(CHARTS, &self.charts.url);
        let Shown { success, text } = self.terminal.run(&command);
        let mut text = text.replace(&self.charts.url, CHARTS);
        if let Some(server) = self.server {
            text = text.replace(server, SERVER);
        }
        let text = without_files(&text);
        let lines = text.trim_end().lines();
        let text = lines.map(|line| format!("{}\n", line.trim_end())).collect();
        Shown { success, text }
    }
}

/// Without the files that stand for the clusters, which follow-up commands repeat.
fn without_files(text: &str) -> String {
    let mut parts = text.split(" -f ~/.clusters/");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (_, rest) = part.split_once(".yaml").unwrap();
        text + rest
    })
}
