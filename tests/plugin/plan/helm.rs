//! Helm renders the same Installation with a plan in any format.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use calico_test_support::charts;
use calico_test_support::documents::{only, parse};
use calico_test_support::filter::filter;
use calico_test_support::helm::{Helm, each_helm, lay_out_plugin};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::case::{Case, case};

each_helm! { every_format_makes_the_same_installation, a_refused_plan_is_an_error_for_helm }

/// A home directory for a Helm that finds the filter: on PATH, and for Helm 4 as a plugin.
struct Home {
    helm: Helm,
    folder: TempDir,
}

impl Home {
    fn new(helm: Helm) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(filter(), bin.join("helm-postrender")).unwrap();
        if !helm.is_3() {
            let plugin = folder.path().join("data/plugins/helm-postrender");
            lay_out_plugin(&plugin, filter());
        }
        Self { helm, folder }
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// The Installation of `helm template` with arguments, which the shell splits.
    fn installation(&self, arguments: &str) -> Value {
        let output = self.template(arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments}\n{message}");
        let documents = parse(std::str::from_utf8(&output.stdout).unwrap());
        only(&documents, "Installation").clone()
    }

    fn template(&self, arguments: &str) -> Output {
        let chart = charts::own();
        let folder = |name: &str| self.folder.path().join(name);
        let line = format!(
            "{} template calico {} {arguments}",
            self.helm.binary().display(),
            chart.display()
        );
        Command::new("sh")
            .args(["-c", &line])
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", folder("bin").display()))
            .env("HOME", folder("home"))
            .env("HELM_DATA_HOME", folder("data"))
            .output()
            .unwrap()
    }
}

fn every_format_makes_the_same_installation(helm: Helm) {
    let home = Home::new(helm);
    for name in [
        "kubeadm",
        "dual-stack",
        "dual-stack-ipip-v4",
        "eks",
        "aks-no-plugin-given",
        "gke",
    ] {
        let case = case(name);
        let installation = only(&parse(&case.written("installation")), "Installation").clone();
        let spec = installation["spec"].clone();
        let flags = case.written("flags");

        let values = home.write("values.yaml", &case.written("values"));
        let by_values = home.installation(&format!("-f {}", values.display()));
        assert_eq!(
            by_values["spec"]["calicoNetwork"], spec["calicoNetwork"],
            "{name}"
        );
        assert_eq!(
            by_values["spec"]["controlPlaneReplicas"], 2,
            "the chart's own values are kept"
        );

        let by_flags = home.installation(flags.trim_end());
        assert_eq!(by_flags, by_values, "{name}: flags");

        let values = home.write("values.yaml", &json!({"installation": spec}).to_string());
        let by_installation = home.installation(&format!("-f {}", values.display()));
        assert_eq!(by_installation, by_values, "{name}: installation");

        let by_config = home.installation(&config_arguments(&home, &case, &flags));
        assert_eq!(by_config, by_values, "{name}: config");
    }
}

/// A shell continues with the output of a plan that was refused.
fn a_refused_plan_is_an_error_for_helm(helm: Helm) {
    let home = Home::new(helm);
    let written = |format| {
        let ran = case("no-source").run(&["-o", format]);
        assert_eq!(ran.exit, 2, "{format}");
        ran.stdout
    };
    let flags = written("flags");
    let values = home.write("values.yaml", &written("values"));
    for arguments in [flags.trim_end(), &format!("-f {}", values.display())] {
        let output = home.template(arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && output.stdout.is_empty());
        assert!(
            message.contains("plan-failed") || message.contains("values.yaml"),
            "{message}"
        );
    }
}

/// `--config`, with the settings of `-o flags`, which are not in a config.
fn config_arguments(home: &Home, case: &Case, flags: &str) -> String {
    let settings = flags.split("--post-renderer").next().unwrap().trim_end();
    let plan = home.write("plan.yaml", &case.written("config"));
    format!(
        "{settings} --post-renderer helm-postrender --post-renderer-args --config={}",
        plan.display()
    )
}
