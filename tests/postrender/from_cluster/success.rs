//! Plans that are accepted.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::stand_in::{INSTALLATION, StandIn};
use crate::filter::run;
use crate::plans::{EXISTING, NEW, print};

/// The server in those plans.
const SERVER: &str = "https://10.0.0.1:6443";

#[test]
fn the_plan_supplies_what_no_flag_sets_and_the_report_has_the_server() {
    let stand_in = StandIn::on_path(&print(NEW));
    let ran = stand_in.run(&["--block-size", "24", "--report", "report.json"]);
    let out = String::from_utf8(ran.stdout).unwrap();
    assert!(
        out.contains("{cidr: 10.244.0.0/16, blockSize: 24, encapsulation: VXLANCrossSubnet}"),
        "{out}{}",
        ran.stderr
    );
    let program = stand_in.path("path/kubectl-calico");
    let line = format!("\n  cluster: {SERVER} (read by {})\n", program.display());
    assert!(ran.stderr.contains(&line), "{}", ran.stderr);
    let report: Value = serde_json::from_str(&stand_in.left("report.json")).unwrap();
    let cluster = serde_json::json!({
        "server": SERVER,
        "source": "fromCluster",
        "path": program.to_str().unwrap(),
    });
    assert_eq!(report["cluster"], cluster);
    let fields = report["fields"].as_array().unwrap();
    let sources: Vec<&Value> = fields.iter().map(|field| &field["source"]).collect();
    assert_eq!(sources, ["clusterPlan", "flag", "clusterPlan"]);
}

#[test]
fn a_refusal_contains_the_server() {
    let stand_in = StandIn::on_path(&print(EXISTING));
    let message = stand_in.refused(&["--block-size", "24", "--report", "report.json"]);
    assert!(
        message.contains("[existing-pool-block-size]") && message.contains(SERVER),
        "{message}"
    );
    let report: Value = serde_json::from_str(&stand_in.left("report.json")).unwrap();
    assert_eq!(report["cluster"]["server"], SERVER);
}

#[test]
fn a_second_run_changes_nothing() {
    let stand_in = StandIn::on_path(&print(EXISTING));
    let once = stand_in.written(&[]);
    assert!(
        once.contains("blockSize: 26, encapsulation: VXLAN"),
        "{once}"
    );
    let twice = run(&mut stand_in.command(&["--check"]), once.as_bytes());
    assert_eq!(twice.exit, 0, "{}", twice.stderr);
}

#[test]
fn a_flag_sets_what_the_plan_leaves_open() {
    let open = NEW.replace("\"cidr\": \"10.244.0.0/16\", ", "");
    let stand_in = StandIn::on_path(&format!("{}exit 2\n", print(&open)));
    let message = stand_in.refused(&[]);
    assert!(
        message.contains("the cidr of the IPv4 pool is unknown"),
        "{message}"
    );
    assert!(message.contains("--cidr 10.244.0.0/16"), "{message}");
    let out = stand_in.written(&["--cidr", "10.244.0.0/17"]);
    assert!(
        out.contains("{cidr: 10.244.0.0/17, blockSize: 25,"),
        "{out}"
    );
}

#[test]
fn kubectl_calico_next_to_the_filter_precedes_the_one_on_path() {
    let stand_in = StandIn::on_path("exit 7");
    stand_in.add("own", &format!("#!/bin/sh\n{}", print(NEW)));
    stand_in.written(&[]);
}

#[test]
fn the_cluster_is_not_read_without_the_flag_or_after_a_usage_error() {
    let stand_in = StandIn::on_path(&format!("touch was-run\n{}", print(NEW)));
    let mut without_flag = Command::new(stand_in.path("own/helm-postrender"));
    without_flag
        .env_clear()
        .env("PATH", stand_in.path("path"))
        .current_dir(stand_in.path(""));
    assert_eq!(run(&mut without_flag, INSTALLATION.as_bytes()).exit, 0);
    assert_eq!(stand_in.run(&["--cidr=x"]).exit, 64);
    assert!(!stand_in.path("was-run").exists());
    stand_in.written(&[]);
    assert!(stand_in.path("was-run").exists());
}

#[test]
fn kubectl_calico_has_an_empty_standard_input_and_may_write_much_to_standard_error() {
    let lines = "i=0\nwhile [ $i -lt 20000 ]; do echo 'I0101 client-side throttling'; i=$((i+1)); done >&2\n";
    let script = format!("[ -z \"$(cat)\" ] || exit 9\n{lines}{}", print(NEW));
    StandIn::on_path(&script).written(&[]);
}

#[test]
fn a_background_process_of_kubectl_calico_does_not_delay_the_run() {
    let stand_in = StandIn::on_path(&format!("sleep 60 &\necho $! > pid\n{}", print(NEW)));
    let start = Instant::now();
    stand_in.written(&[]);
    assert!(start.elapsed() < Duration::from_secs(30));
    let _ = Command::new("kill").arg(stand_in.left("pid")).status();
}

#[test]
fn a_plan_of_a_large_cluster_is_accepted() {
    let addresses: String = (0..15_000)
        .map(|node| format!("- \"10.9.{}.{}\"\n", node / 250, node % 250))
        .collect();
    let plan = format!("{NEW}nodeAddresses:\n{addresses}");
    let stand_in = StandIn::missing();
    fs::write(stand_in.path("plan.yaml"), plan).unwrap();
    stand_in.add("path", "#!/bin/sh\ncat plan.yaml\n");
    stand_in.written(&[]);
    let message = stand_in.refused(&["--cidr", "10.9.0.0/16", "--allow", "outside-pod-network"]);
    assert!(message.contains("10.9.0.9 and 14990 more"), "{message}");
}
