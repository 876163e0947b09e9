//! The Helm 4 plugin as users install it: from the repository's plugin.yaml, or packaged with the binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use calico_test_support::documents::{only, parse};
use calico_test_support::helm::{Helm, each_helm_4};
use calico_test_support::{charts, repository};

use super::sandbox::{FILTER, Sandbox};

each_helm_4! {
    plugin_that_finds_the_filter_on_path,
    packaged_folder,
    packaged_archive,
}

#[test]
fn plugin_yaml_has_the_version_of_the_crate() {
    let text = fs::read_to_string(repository().join("plugin.yaml")).expect("read plugin.yaml");
    assert_eq!(parse(&text)[0]["version"], env!("CARGO_PKG_VERSION"));
}

fn plugin_that_finds_the_filter_on_path(helm: Helm) {
    let sandbox = Sandbox::without_plugin(helm);
    let folder = sandbox.path("checkout");
    fs::create_dir(&folder).expect("make the folder");
    fs::copy(repository().join("plugin.yaml"), folder.join("plugin.yaml"))
        .expect("copy plugin.yaml");
    install_use_uninstall(&sandbox, &folder, &[]);
}

fn packaged_folder(helm: Helm) {
    let sandbox = Sandbox::without_filter(helm);
    install_use_uninstall(&sandbox, &packages().join("helm-postrender"), &[]);
}

fn packaged_archive(helm: Helm) {
    let sandbox = Sandbox::without_filter(helm);
    let archive = fs::read_dir(packages())
        .expect("the packages")
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .expect("a .tgz among the packages");
    // The archive has no signature.
    install_use_uninstall(&sandbox, &archive, &["--verify=false"]);
}

/// The folder in which `scripts/package` packages the filter under test, once.
fn packages() -> &'static Path {
    static PACKAGES: LazyLock<PathBuf> = LazyLock::new(|| {
        let script = repository().join("scripts/package");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("package");
        let output = Command::new(&script)
            .args(["--bin", FILTER, "--out"])
            .arg(&folder)
            .output();
        let output = output.unwrap_or_else(|error| panic!("run {}: {error}", script.display()));
        assert!(
            output.status.success(),
            "scripts/package: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        folder
    });
    &PACKAGES
}

fn install_use_uninstall(sandbox: &Sandbox, source: &Path, options: &[&str]) {
    let source = source.to_str().expect("a UTF-8 path");
    sandbox
        .run([&["plugin", "install", source], options].concat())
        .succeeded();
    let list = sandbox.run(["plugin", "list"]).succeeded().stdout;
    let line = list
        .lines()
        .find(|line| line.starts_with("helm-postrender"))
        .unwrap_or_else(|| panic!("{list}"));
    assert!(
        line.contains(env!("CARGO_PKG_VERSION")) && line.contains("postrenderer/v1"),
        "{line}"
    );

    let template = |filter: &[&str]| sandbox.release("template", &charts::own(), &[], Some(filter));
    let documents = parse(&template(&["--cidr=172.16.0.0/16"]).succeeded().stdout);
    assert_eq!(
        only(&documents, "Installation")["spec"]["calicoNetwork"]["ipPools"][0]["cidr"],
        "172.16.0.0/16"
    );
    let output = template(&["--cidr=banana"]).failed().output();
    assert!(
        output.contains("helm-postrender: error: ") && output.contains("banana"),
        "{output}"
    );

    sandbox
        .run(["plugin", "uninstall", "helm-postrender"])
        .succeeded();
    let output = template(&["--cidr=172.16.0.0/16"]).failed().output();
    assert!(output.contains("not found"), "{output}");
}
