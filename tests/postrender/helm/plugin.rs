//! `helm-postrender install-plugin`, and the plugin that it installs.

use std::fs;
use std::path::Path;

use calico_test_support::charts;
use calico_test_support::documents::{only, parse};
use calico_test_support::helm::{HELM_3_17, HELM_4_3, Helm, each_helm_4};

use super::sandbox::{FILTER, Outcome, Sandbox};

each_helm_4! { installed_by_the_filter_itself }

/// A plugin as Helm 3 and Helm 4 read it.
const FOR_HELM_3: &str = "name: hello\nversion: 0.1.0\ncommand: echo hello\n";

fn install_plugin(sandbox: &Sandbox, options: &[&str]) -> Outcome {
    let helm = sandbox.helm.binary();
    let arguments = ["install-plugin", "--helm", helm.to_str().unwrap()];
    sandbox.run_program(Path::new(FILTER), [&arguments, options].concat())
}

fn installed_by_the_filter_itself(helm: Helm) {
    let sandbox = Sandbox::without_filter(helm);
    let first = install_plugin(&sandbox, &[]).succeeded().stdout;
    let place = sandbox.path("data/plugins/helm-postrender");
    assert!(first.contains(place.to_str().unwrap()), "{first}");
    // Again: an upgrade.
    let second = install_plugin(&sandbox, &[]).succeeded().stdout;
    assert_eq!(first, second);
    assert_eq!(fs::read_dir(sandbox.path("data")).unwrap().count(), 1);

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

/// `--from-cluster` looks for kubectl-calico next to the filter, and so it does from the plugin.
#[test]
fn the_kubectl_calico_next_to_the_filter_is_part_of_the_plugin() {
    let sandbox = Sandbox::without_filter(HELM_4_3);
    let tools = sandbox.path("tools");
    fs::create_dir_all(&tools).unwrap();
    let filter = tools.join("helm-postrender");
    fs::copy(FILTER, &filter).unwrap();
    let reader = tools.join("kubectl-calico");
    fs::write(&reader, "#!/bin/sh\necho 'no cluster here' >&2\nexit 2\n").unwrap();
    fs::set_permissions(&reader, fs::metadata(&filter).unwrap().permissions()).unwrap();

    let helm = sandbox.helm.binary();
    let install = ["install-plugin", "--helm", helm.to_str().unwrap()];
    let installed = sandbox.run_program(&filter, install).succeeded().stdout;
    assert!(
        installed.contains("tools/kubectl-calico, which --from-cluster runs"),
        "{installed}"
    );
    fs::remove_dir_all(&tools).unwrap();
    let output = sandbox
        .release("template", &charts::own(), &[], Some(&["--from-cluster"]))
        .failed()
        .output();
    assert!(output.contains("no cluster here"), "{output}");
}

#[test]
fn it_does_not_break_the_plugins_of_helm_3() {
    let helm_3 = Sandbox::without_filter(HELM_3_17);
    let hello = helm_3.path("data/plugins/hello");
    fs::create_dir_all(&hello).unwrap();
    fs::write(hello.join("plugin.yaml"), FOR_HELM_3).unwrap();
    helm_3.run(["hello"]).succeeded();

    // The data folder of Helm 3, as both have it by default.
    let helm_4 = HELM_4_3.binary();
    let install = ["install-plugin", "--helm", helm_4.to_str().unwrap()];
    let run =
        |options: &[&str]| helm_3.run_program(Path::new(FILTER), [&install, options].concat());
    let refused = run(&[]).failed().output();
    assert!(
        refused.contains("nothing was installed") && refused.contains("(hello)"),
        "{refused}"
    );
    helm_3.run(["hello"]).succeeded();

    run(&["--force"]).succeeded();
    let broken = helm_3.run(["hello"]).failed().output();
    assert!(broken.contains("failed to load plugins"), "{broken}");
}

#[test]
fn helm_3_needs_no_plugin() {
    let found = install_plugin(&Sandbox::without_plugin(HELM_3_17), &[]);
    let found = found.succeeded().stdout;
    assert!(found.contains("needs no plugin: it runs"), "{found}");

    let sandbox = Sandbox::without_filter(HELM_3_17);
    let absent = install_plugin(&sandbox, &[]).failed().output();
    assert!(absent.contains("fix: copy"), "{absent}");
    assert_eq!(fs::read_dir(sandbox.path("data")).unwrap().count(), 0);
}

#[test]
fn without_helm_it_says_how_to_pass_one() {
    let sandbox = Sandbox::without_filter(HELM_4_3);
    let options = ["install-plugin", "--helm", "no-such-helm"];
    let output = sandbox.run_program(Path::new(FILTER), options);
    let output = output.failed().output();
    assert!(output.contains("pass the path of Helm"), "{output}");
}
