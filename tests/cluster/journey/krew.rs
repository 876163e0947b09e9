//! The plugin, installed with krew from the archive and the manifest that `scripts/package` writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use calico_test_support::repository;
use calico_test_support::tools::tool;

use super::downloads::Downloads;
use super::krew_tools::Krew;
use super::terminal::Terminal;
use crate::api_server::Cluster;

#[test]
fn with_krew() {
    let Some(krew) = Krew::built() else {
        return;
    };
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut terminal = Terminal::new("krew");
    terminal.set("KUBECONFIG", &cluster.kubeconfig);
    terminal.add_program("kubectl", &tool("kubectl", "1.37.1"));
    terminal.add_program("kubectl-krew", &krew.program);
    terminal.add_program("validate-krew-manifest", &krew.validator);
    let downloads = Downloads::serve(&terminal.home("."));
    let archive = package(&terminal.home("."), &downloads.url());

    the_index_would_accept_the_manifest(&terminal);
    let index = index(&terminal);
    terminal.set("KREW_DEFAULT_INDEX_URI", &index);
    terminal.prepend_path(&terminal.home(".krew/bin"));
    installs_from_the_archive(&terminal, &archive);
    installs_from_an_index(&terminal);

    terminal.heading("Run the plugin with kubectl");
    let version = terminal.run("kubectl calico --version").succeeded();
    version.shows(concat!("kubectl-calico ", env!("CARGO_PKG_VERSION"), "\n"));
    let status = terminal.run("kubectl calico status").succeeded();
    status
        .shows("Calico is not installed\n")
        .shows(&cluster.url);

    terminal.heading("Complete in a shell");
    let hook = "own/kubectl_complete-calico";
    let save = format!("mkdir own && kubectl calico completion > {hook} && chmod +x {hook}");
    terminal.run(&save).succeeded();
    let words = terminal.run("PATH=~/own:$PATH kubectl __complete calico st");
    words
        .succeeded()
        .shows("status\tShow how Calico is installed");

    terminal.heading("Uninstall");
    terminal.run("kubectl krew uninstall calico").succeeded();
    terminal.run("kubectl calico status").failed();
    let left = fs::read_dir(terminal.home(".krew/bin")).unwrap();
    assert_eq!(left.count(), 0);
}

/// It checks the format, and installs the plugin for its platform, with the license.
fn the_index_would_accept_the_manifest(terminal: &Terminal) {
    terminal.heading("The krew index would accept the manifest");
    let validate = "validate-krew-manifest -manifest calico.yaml";
    let form = terminal.run(&format!("{validate} -skip-install"));
    form.succeeded().shows("structural validation OK");
    let install = terminal.run(validate).succeeded();
    install.shows("all 1 spec.platforms installed fine");
}

fn installs_from_the_archive(terminal: &Terminal, archive: &str) {
    terminal.heading("Install from the archive");
    terminal.run("kubectl krew update").succeeded();
    let install = format!("kubectl krew install --manifest=calico.yaml --archive={archive}");
    let installed = terminal.run(&install).succeeded();
    installed.shows("Installed plugin: calico");
    // The name of a plugin that is not from an index.
    let list = terminal.run("kubectl krew list").succeeded();
    assert_eq!(list.text, "detached/calico\n");
    terminal.run("kubectl krew uninstall calico").succeeded();
}

fn installs_from_an_index(terminal: &Terminal) {
    terminal.heading("Install from an index");
    let search = terminal.run("kubectl krew search calico").succeeded();
    search.shows("Check Calico's networking and plan its install");
    let installed = terminal.run("kubectl krew install calico").succeeded();
    installed.shows("calicoctl");
    let list = terminal.run("kubectl krew list").succeeded();
    assert_eq!(list.text, "calico\n");
    let plugins = terminal.run("kubectl plugin list").succeeded();
    let expected = "available:\n\n~/.krew/bin/kubectl-calico\n/bin/kubectl-krew\n";
    let plugins = plugins.shows(expected).text;
    assert!(!plugins.contains("warning"), "{plugins}");
}

/// Packages the plugin without debug information, as for a release, and returns the name of the archive.
fn package(out: &Path, url: &str) -> String {
    let stripped = tempfile::tempdir().unwrap();
    let binary = stripped.path().join("kubectl-calico");
    run(Command::new("strip")
        .arg("-o")
        .arg(&binary)
        .arg(env!("CARGO_BIN_EXE_kubectl-calico")));
    let mut package = Command::new(repository().join("scripts/package"));
    package
        .arg("--bin")
        .arg(&binary)
        .arg("--out")
        .arg(out)
        .args(["--uri-prefix", url]);
    run(&mut package);
    fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| name.ends_with(".tar.gz"))
        .expect("an archive")
}

/// An index with the plugin, instead of krew's own: krew needs one to list plugins.
fn index(terminal: &Terminal) -> PathBuf {
    terminal.heading("An index with the plugin, instead of krew's own");
    let plugins = terminal.home("index/plugins");
    fs::create_dir_all(&plugins).unwrap();
    fs::copy(terminal.home("calico.yaml"), plugins.join("calico.yaml")).unwrap();
    let index = terminal.home("index");
    let commit = "git -c user.name=test -c user.email=test commit --quiet --message=index";
    let make = format!("cd index && git init --quiet && git add . && {commit}");
    terminal.run(&make).succeeded();
    index
}

#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {message}");
}
