//! The plugin as krew brings it: from the archive and the manifest that `scripts/package` makes.

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
    terminal.program("kubectl", &tool("kubectl", "1.37.1"));
    terminal.program("kubectl-krew", &krew.program);
    terminal.program("validate-krew-manifest", &krew.validator);
    let downloads = Downloads::serve(&terminal.home("."));
    let archive = package(&terminal.home("."), &downloads.url());

    its_index_would_take_the_manifest(&terminal);
    let index = index(&terminal);
    terminal.set("KREW_DEFAULT_INDEX_URI", &index);
    terminal.look_for_programs_in(&terminal.home(".krew/bin"));
    installs_from_the_archive(&terminal, &archive);
    installs_from_an_index(&terminal);

    terminal.heading("Used through kubectl");
    let version = terminal.types("kubectl calico --version").succeeded();
    version.says(concat!("kubectl-calico ", env!("CARGO_PKG_VERSION"), "\n"));
    let status = terminal.types("kubectl calico status").succeeded();
    status.says("Calico is not installed\n").says(&cluster.url);

    terminal.heading("kubectl completes its words");
    let hook = "own/kubectl_complete-calico";
    let save = format!("mkdir own && kubectl calico completion > {hook} && chmod +x {hook}");
    terminal.types(&save).succeeded();
    let words = terminal.types("PATH=~/own:$PATH kubectl __complete calico st");
    words
        .succeeded()
        .says("status\tShow how Calico is installed");

    terminal.heading("Gone again");
    terminal.types("kubectl krew uninstall calico").succeeded();
    terminal.types("kubectl calico status").failed();
    let left = fs::read_dir(terminal.home(".krew/bin")).unwrap();
    assert_eq!(left.count(), 0);
}

/// By its form, and by an install for the platform it is for, which has to bring the licence.
fn its_index_would_take_the_manifest(terminal: &Terminal) {
    terminal.heading("krew's index would take the manifest");
    let validate = "validate-krew-manifest -manifest calico.yaml";
    let form = terminal.types(&format!("{validate} -skip-install"));
    form.succeeded().says("structural validation OK");
    let install = terminal.types(validate).succeeded();
    install.says("all 1 spec.platforms installed fine");
}

fn installs_from_the_archive(terminal: &Terminal, archive: &str) {
    terminal.heading("Installed from the archive");
    terminal.types("kubectl krew update").succeeded();
    let install = format!("kubectl krew install --manifest=calico.yaml --archive={archive}");
    let installed = terminal.types(&install).succeeded();
    installed.says("Installed plugin: calico");
    // So krew calls a plugin that is not from an index.
    let list = terminal.types("kubectl krew list").succeeded();
    assert_eq!(list.text, "detached/calico\n");
    terminal.types("kubectl krew uninstall calico").succeeded();
}

fn installs_from_an_index(terminal: &Terminal) {
    terminal.heading("Installed from an index");
    let search = terminal.types("kubectl krew search calico").succeeded();
    search.says("Check Calico's networking and plan its install");
    let installed = terminal.types("kubectl krew install calico").succeeded();
    installed.says("calicoctl");
    let list = terminal.types("kubectl krew list").succeeded();
    assert_eq!(list.text, "calico\n");
    let plugins = terminal.types("kubectl plugin list").succeeded();
    let expected = "available:\n\n~/.krew/bin/kubectl-calico\n/bin/kubectl-krew\n";
    let plugins = plugins.says(expected).text;
    assert!(!plugins.contains("warning"), "{plugins}");
}

/// Packages the plugin, without what only a debugger reads, as a release is; the archive's name.
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
    let names = fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names = names.map(|name| name.into_string().unwrap());
    names
        .find(|name| name.ends_with(".tar.gz"))
        .expect("an archive")
}

/// An index that has the plugin, in the place of krew's own. krew lists nothing without one.
fn index(terminal: &Terminal) -> PathBuf {
    terminal.heading("An index with the plugin, in the place of krew's own");
    let plugins = terminal.home("index/plugins");
    fs::create_dir_all(&plugins).unwrap();
    fs::copy(terminal.home("calico.yaml"), plugins.join("calico.yaml")).unwrap();
    let index = terminal.home("index");
    let commit = "git -c user.name=test -c user.email=test commit --quiet --message=index";
    let make = format!("cd index && git init --quiet && git add . && {commit}");
    terminal.types(&make).succeeded();
    index
}

#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
