//! A stream without an Installation is refused: otherwise the values would silently remain unset.

use calico_test_support::charts;
use calico_test_support::documents::parse;
use calico_test_support::helm::{HELM_3_17, Helm, each_helm, each_helm_4};

use super::sandbox::Sandbox;

const DISABLED: &[&str] = &["--set", "installation.enabled=false"];

each_helm! {
    disabled_installation_is_refused,
    disabled_installation_is_accepted_with_if_present,
}

mod only_4 {
    use super::*;
    each_helm_4! { output_directory_is_filtered }
}

fn disabled_installation_is_refused(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    for command in ["template", "install"] {
        let outcome = sandbox.release(
            command,
            &charts::own(),
            DISABLED,
            Some(&["--cidr=172.16.0.0/16"]),
        );
        let output = outcome.failed().output();
        assert!(
            output.contains("helm-postrender: error: "),
            "{command}:\n{output}"
        );
        assert!(
            output.contains("Installation"),
            "{command}: the message does not say what is missing:\n{output}"
        );
    }
    assert!(sandbox.api.all_writes().is_empty());
}

fn disabled_installation_is_accepted_with_if_present(helm: Helm) {
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

/// Helm 4 writes the post-renderer's output of each template to the file of that template.
fn output_directory_is_filtered(helm: Helm) {
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

/// Helm 3 writes the files without the post-renderer, which it calls with an empty stream.
#[test]
fn helm_3_output_directory_is_refused() {
    let sandbox = Sandbox::new(HELM_3_17);
    let options = ["--output-dir", "out"];
    let outcome = sandbox.release(
        "template",
        &charts::own(),
        &options,
        Some(&["--cidr=172.16.0.0/16"]),
    );
    let output = outcome.failed().output();
    assert!(output.contains("helm-postrender: error: "), "{output}");
}
