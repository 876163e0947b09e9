//! The scripts of the guides about pipelines and Argo CD do what the pages say, with every release of Helm.

use std::fs;
use std::process::Command;

use calico_test_support::documents::{only, parse, pool};
use calico_test_support::helm::{Helm, each_helm};
use calico_test_support::{charts, repository};
use serde_json::Value;

use super::sandbox::{Outcome, Sandbox};

/// The plan of a cluster with a pod CIDR, and without Calico.
const PLAN: &str = r#"
apiVersion: kubectl-calico/v1alpha1
kind: ClusterPlan
complete: true
pools: [{cidr: 10.244.0.0/16, blockSize: 26, encapsulation: VXLAN}]
podNetwork: {cidrs: [10.244.0.0/16], source: kubeadm, enforced: true}
services: [10.96.0.0/12]
"#;

each_helm! { the_check_in_ci, the_plugin_of_argo_cd }

/// The block after the comment that gives it this file name.
fn file(page: &str, name: &str) -> String {
    let page = fs::read_to_string(repository().join("docs/guides").join(page)).unwrap();
    let (_, rest) = page
        .split_once(&format!("<!-- file: {name} -->\n```"))
        .unwrap();
    let (block, _) = rest.split_once("\n```").unwrap();
    let (_, content) = block.split_once('\n').unwrap();
    format!("{content}\n")
}

/// Runs a script in a folder of the sandbox, with Helm and the filter on PATH.
fn run(sandbox: &Sandbox, script: &str, environment: &[(&str, &str)]) -> Outcome {
    let helm = sandbox.path("bin/helm");
    if !helm.exists() {
        std::os::unix::fs::symlink(sandbox.helm.binary(), &helm).unwrap();
    }
    let output = Command::new("sh")
        .args(["-c", script])
        .current_dir(sandbox.path("app"))
        .env_clear()
        .env(
            "PATH",
            format!("{}:/usr/bin:/bin", sandbox.path("bin").display()),
        )
        .env("HOME", sandbox.path("home"))
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    Outcome::of(&output)
}

/// The folder of an application, with values for the pools.
fn application(helm: Helm) -> Sandbox {
    let sandbox = Sandbox::without_plugin(helm);
    fs::create_dir(sandbox.path("app")).unwrap();
    write(&sandbox, "calico-plan.yaml", PLAN);
    sandbox
}

fn write(sandbox: &Sandbox, name: &str, text: &str) {
    fs::write(sandbox.path("app").join(name), text).unwrap();
}

fn the_check_in_ci(helm: Helm) {
    let sandbox = application(helm);
    let script = file("pipeline.md", "check.sh");
    let chart = charts::own();
    let check = |pools: &str| {
        let values = format!("installation: {{calicoNetwork: {{ipPools: [{pools}]}}}}\n");
        write(&sandbox, "values.yaml", &values);
        run(&sandbox, &script, &[("CHART", chart.to_str().unwrap())])
    };
    let same = check("{cidr: 10.244.0.0/16, blockSize: 26, encapsulation: VXLAN}");
    assert_eq!(same.exit, 0, "{}", same.stderr);
    let without_fields = check("{cidr: 10.244.0.0/16}");
    assert_eq!(without_fields.exit, 1, "{}", without_fields.stderr);
    assert!(without_fields.stderr.contains("encapsulation: VXLAN"));
    let outside = check("{cidr: 192.168.0.0/16, blockSize: 26, encapsulation: VXLAN}");
    assert_eq!(outside.exit, 2, "{}", outside.stderr);
    assert!(outside.stderr.contains("[outside-pod-network]"));
    let broken = run(&sandbox, &script, &[("CHART", "/no/such/chart")]);
    assert_ne!(broken.exit, 0);
}

fn the_plugin_of_argo_cd(helm: Helm) {
    let sandbox = application(helm);
    let plugin: Value = serde_yaml::from_str(&file("gitops.md", "plugin.yaml")).unwrap();
    assert_eq!(plugin["kind"], "ConfigManagementPlugin");
    assert_eq!(plugin["spec"]["generate"]["command"][1], "-c");
    let script = plugin["spec"]["generate"]["args"][0].as_str().unwrap();
    let chart = charts::own();
    let application = format!(
        "apiVersion: v2\nname: calico\nversion: 1.0.0\ndependencies:\n\
         - {{name: tigera-operator, version: 0.1.0, repository: \"file://{}\"}}\n",
        chart.display()
    );
    write(&sandbox, "Chart.yaml", &application);
    let generate = |values: &str| {
        write(&sandbox, "values.yaml", values);
        let environment = [
            ("ARGOCD_APP_NAME", "calico"),
            ("ARGOCD_APP_NAMESPACE", "tigera-operator"),
        ];
        run(&sandbox, script, &environment)
    };
    let generated = generate("{}\n").succeeded().stdout;
    let documents = parse(&generated);
    assert_eq!(
        only(&documents, "Installation")["spec"]["calicoNetwork"]["ipPools"][0],
        pool("10.244.0.0/16", 26, "VXLAN")
    );
    assert!(documents.iter().any(|found| found["kind"] == "Deployment"));
    let refused = generate(
        "tigera-operator: {installation: {calicoNetwork: {ipPools: [{cidr: 192.168.0.0/16}]}}}\n",
    );
    assert_eq!((refused.exit, refused.stdout.as_str()), (2, ""));
}
