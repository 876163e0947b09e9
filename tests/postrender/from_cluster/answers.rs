//! Plans that are taken.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::stand_in::{INSTALLATION, StandIn};
use crate::filter::run;
use crate::plans::{LIVE, NEW, answer};

/// The server that those plans name.
const SERVER: &str = "https://10.0.0.1:6443";

#[test]
fn a_plan_fills_what_is_not_given_and_the_report_names_the_server() {
    let twin = StandIn::on_path(&answer(NEW));
    let ran = twin.run(&["--block-size", "24", "--report", "report.json"]);
    let out = String::from_utf8(ran.stdout).unwrap();
    assert!(
        out.contains("{cidr: 10.244.0.0/16, blockSize: 24, encapsulation: VXLANCrossSubnet}"),
        "{out}{}",
        ran.stderr
    );
    let program = twin.path("path/kubectl-calico");
    let line = format!("\n  cluster: {SERVER} (read by {})\n", program.display());
    assert!(ran.stderr.contains(&line), "{}", ran.stderr);
    let report: Value = serde_json::from_str(&twin.left("report.json")).unwrap();
    let cluster = serde_json::json!({
        "server": SERVER,
        "source": "fromCluster",
        "path": program.to_str().unwrap(),
    });
    assert_eq!(report["cluster"], cluster);
    let sources = report["fields"].as_array().unwrap().iter();
    let sources: Vec<&Value> = sources.map(|field| &field["source"]).collect();
    assert_eq!(sources, ["clusterPlan", "flag", "clusterPlan"]);
}

#[test]
fn a_refusal_names_the_server() {
    let twin = StandIn::on_path(&answer(LIVE));
    let said = twin.refused(&["--block-size", "24", "--report", "report.json"]);
    assert!(
        said.contains("[existing-pool-block-size]") && said.contains(SERVER),
        "{said}"
    );
    let report: Value = serde_json::from_str(&twin.left("report.json")).unwrap();
    assert_eq!(report["cluster"]["server"], SERVER);
}

#[test]
fn what_came_out_needs_no_second_change() {
    let twin = StandIn::on_path(&answer(LIVE));
    let once = twin.written(&[]);
    assert!(
        once.contains("blockSize: 26, encapsulation: VXLAN"),
        "{once}"
    );
    let twice = run(&mut twin.command(&["--check"]), once.as_bytes());
    assert_eq!((twice.exit, twice.stdout), (0, once.into_bytes()));
}

#[test]
fn a_flag_settles_what_is_open() {
    let open = NEW.replace("\"cidr\": \"10.244.0.0/16\", ", "");
    let twin = StandIn::on_path(&format!("{}exit 2\n", answer(&open)));
    let said = twin.refused(&[]);
    assert!(
        said.contains("the cidr of the IPv4 pool is unknown"),
        "{said}"
    );
    assert!(said.contains("--cidr 10.244.0.0/16"), "{said}");
    let out = twin.written(&["--cidr", "10.244.0.0/17"]);
    assert!(
        out.contains("{cidr: 10.244.0.0/17, blockSize: 25,"),
        "{out}"
    );
}

#[test]
fn the_twin_beside_the_filter_comes_first() {
    let twin = StandIn::on_path("exit 7");
    twin.add("own", &format!("#!/bin/sh\n{}", answer(NEW)));
    twin.written(&[]);
}

#[test]
fn nobody_is_asked_without_the_flag_or_with_a_wrong_one() {
    let twin = StandIn::on_path(&format!("touch asked\n{}", answer(NEW)));
    let mut without = twin.command(&[]);
    let mut without_flag = std::process::Command::new(without.get_program());
    without_flag
        .env_clear()
        .env("PATH", twin.path("path"))
        .current_dir(twin.path(""));
    assert_eq!(run(&mut without_flag, INSTALLATION.as_bytes()).exit, 0);
    assert_eq!(
        run(without.arg("--cidr=x"), INSTALLATION.as_bytes()).exit,
        64
    );
    assert!(!twin.path("asked").exists());
    twin.written(&[]);
    assert!(twin.path("asked").exists());
}

#[test]
fn the_twin_has_nothing_to_read_and_may_say_much() {
    let lines = "i=0\nwhile [ $i -lt 20000 ]; do echo 'I0101 client-side throttling'; i=$((i+1)); done >&2\n";
    let script = format!("[ -z \"$(cat)\" ] || exit 9\n{lines}{}", answer(NEW));
    StandIn::on_path(&script).written(&[]);
}

#[test]
fn a_program_that_the_twin_left_behind_is_not_waited_for() {
    let twin = StandIn::on_path(&format!("sleep 60 &\necho $! > pid\n{}", answer(NEW)));
    let start = Instant::now();
    twin.written(&[]);
    assert!(start.elapsed() < Duration::from_secs(30));
    let _ = std::process::Command::new("kill")
        .arg(twin.left("pid"))
        .status();
}

#[test]
fn a_large_cluster_is_no_problem() {
    let nodes = (0..15_000).map(|node| format!("- \"10.9.{}.{}\"\n", node / 250, node % 250));
    let plan = format!("{NEW}nodeAddresses:\n{}", nodes.collect::<String>());
    let twin = StandIn::missing();
    fs::write(twin.path("plan.yaml"), plan).unwrap();
    twin.add("path", "#!/bin/sh\ncat plan.yaml\n");
    twin.written(&[]);
    let said = twin.refused(&["--cidr", "10.9.0.0/16", "--allow", "outside-pod-network"]);
    assert!(said.contains("10.9.0.9 and 14990 more"), "{said}");
}
