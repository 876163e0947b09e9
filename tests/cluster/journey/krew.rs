//! The plugin, installed with krew from the archive and the manifest that `scripts/package` writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use calico_test_support::filter::filter;
use calico_test_support::repository;
use calico_test_support::tools::tool;

use super::downloads::Downloads;
use super::krew_tools::Krew;
use crate::api_server::Cluster;
use crate::needs::{NO_GO, or_skip};
use crate::terminal::Terminal;

#[test]
fn with_krew() {
    let Some(krew) = Krew::built() else {
        return;
    };
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut terminal = Terminal::new("journey", "krew");
    terminal.set("KUBECONFIG", &cluster.kubeconfig);
    terminal.add_program("kubectl", &tool("kubectl", "1.37.1"));
    terminal.add_program("kubectl-krew", &krew.program);
    terminal.add_program("validate-krew-manifest", &krew.validator);
    let downloads = Downloads::serve(&terminal.home("."));
    let Some(archive) = package(&terminal.home("."), &downloads.url()) else {
        return;
    };

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

/// Packages the programs without debug information, as for a release, and returns the name of the archive for krew. The
/// archive and the manifest are in `home`. `None` if there is no goreleaser: the test is skipped, and must return.
#[track_caller]
fn package(home: &Path, url: &str) -> Option<String> {
    let built = tempfile::tempdir().unwrap();
    let release = built.path().join("x86_64-unknown-linux-musl/release");
    fs::create_dir_all(&release).unwrap();
    for binary in [Path::new(env!("CARGO_BIN_EXE_kubectl-calico")), filter()] {
        let stripped = release.join(binary.file_name().unwrap());
        run(Command::new("strip").arg("-o").arg(&stripped).arg(binary));
    }
    // goreleaser reads and writes only below the repository.
    let target = repository().join("target");
    fs::create_dir_all(&target).unwrap();
    let out = tempfile::tempdir_in(target).unwrap();
    let output = Command::new(repository().join("scripts/package"))
        .args(["host", "--quick", "--downloads", url])
        .arg("--built")
        .arg(built.path())
        .arg("--out")
        .arg(out.path().join("dist"))
        .output()
        .expect("scripts/package starts");
    let message = String::from_utf8_lossy(&output.stderr);
    let built = match output.status.code() {
        Some(0) => Some(()),
        Some(NO_GO) => None,
        _ => panic!("scripts/package: {message}"),
    };
    or_skip(built, "goreleaser")?;
    let archive = format!(
        "kubectl-calico-v{}-linux-amd64.tar.gz",
        env!("CARGO_PKG_VERSION")
    );
    for (from, to) in [
        (archive.as_str(), archive.as_str()),
        ("krew/calico.yaml", "calico.yaml"),
    ] {
        fs::copy(out.path().join("dist").join(from), home.join(to)).unwrap();
    }
    Some(archive)
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
