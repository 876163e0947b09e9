//! A stream without an Installation: refused, for a silent success would leave the values unset.

use calico_test_support::charts;
use calico_test_support::documents::parse;
use calico_test_support::helm::{HELM_3_17, Helm, each_helm, each_helm_4};

use super::sandbox::Sandbox;

const DISABLED: &[&str] = &["--set", "installation.enabled=false"];

each_helm! {
    disabled_installation_is_refused,
    disabled_installation_passes_if_asked,
}

mod only_4 {
    use super::*;
    each_helm_4! { output_folder_is_filtered }
}

fn disabled_installation_is_refused(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    for verb in ["template", "install"] {
        let outcome = sandbox.release(
            verb,
            &charts::own(),
            DISABLED,
            Some(&["--cidr=172.16.0.0/16"]),
        );
        let seen = outcome.failed().seen();
        assert!(seen.contains("helm-postrender: error: "), "{verb}:\n{seen}");
        assert!(
            seen.contains("Installation"),
            "{verb}: the message says what is missing:\n{seen}"
        );
    }
    assert!(sandbox.api.all_writes().is_empty());
}

fn disabled_installation_passes_if_asked(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let plain = sandbox
        .release("template", &charts::own(), DISABLED, None)
        .succeeded();
    let filter = ["--cidr=172.16.0.0/16", "--if-present"];
    let filtered = sandbox
        .release("template", &charts::own(), DISABLED, Some(&filter))
        .succeeded();
    assert_eq!(parse(&filtered.stdout), parse(&plain.stdout));
}

/// Helm 4 writes what the post-renderer made of each template into that template's file.
fn output_folder_is_filtered(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let options = ["--output-dir", "out"];
    sandbox
        .release(
            "template",
            &charts::own(),
            &options,
            Some(&["--cidr=172.16.0.0/16"]),
        )
        .succeeded();
    let file = sandbox.path("home/out/tigera-operator/templates/crs/custom-resources.yaml");
    let written = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert!(written.contains("cidr: 172.16.0.0/16"), "{written}");
}

/// Helm 3 writes the files unfiltered, and calls the post-renderer with an empty stream.
#[test]
fn helm_3_output_folder_is_refused() {
    let sandbox = Sandbox::new(HELM_3_17);
    let options = ["--output-dir", "out"];
    let outcome = sandbox.release(
        "template",
        &charts::own(),
        &options,
        Some(&["--cidr=172.16.0.0/16"]),
    );
    let seen = outcome.failed().seen();
    assert!(seen.contains("helm-postrender: error: "), "{seen}");
}
