//! Limits to how long kubectl-calico may run and how much it may write.

use std::time::{Duration, Instant};

use super::stand_in::{StandIn, is_alive};

#[test]
fn a_process_that_hangs_is_stopped() {
    // The script is replaced by `sleep`, or waits for it.
    for script in [
        "echo $$ > pid\nexec sleep 600",
        "echo $$ > pid\nsleep 20\nsleep 600",
    ] {
        let stand_in = StandIn::on_path(&format!("echo 'dial tcp: no route' >&2\n{script}"));
        let start = Instant::now();
        let message = stand_in.refused(&["--cluster-timeout", "1"]);
        assert!(
            start.elapsed() < Duration::from_secs(15),
            "{:?}",
            start.elapsed()
        );
        assert_eq!(
            message,
            "helm-postrender: error: --from-cluster: [FOLDER]/path/kubectl-calico did not finish within 1 s (--cluster-timeout), and was stopped\n  \
             why: it wrote to stderr:\n    dial tcp: no route\n  \
             fix: run it directly: [FOLDER]/path/kubectl-calico plan -o config --fail-on=never\n"
        );
        assert!(!is_alive(&stand_in.left("pid")));
    }
}

#[test]
fn a_process_that_closes_its_output_and_hangs_is_stopped() {
    let stand_in = StandIn::on_path("echo $$ > pid\nexec sleep 600 >&- 2>&-");
    let message = stand_in.refused(&["--cluster-timeout", "1"]);
    assert!(message.contains("did not finish within 1 s"), "{message}");
    assert!(!is_alive(&stand_in.left("pid")));
}

#[test]
fn endless_output_is_refused() {
    for script in ["head -c 20000000 /dev/zero", "exec yes"] {
        let message = StandIn::on_path(script).refused(&["--cluster-timeout", "30"]);
        assert!(
            message.contains("did not write a plan: it is longer than 16 MiB"),
            "{message}"
        );
    }
}

#[test]
fn only_the_end_of_a_long_standard_error_is_shown() {
    let script = "i=0\nwhile [ $i -lt 1000 ]; do echo \"line $i\"; i=$((i+1)); done >&2\nexit 2";
    let message = StandIn::on_path(script).refused(&[]);
    assert!(
        message.contains("line 999") && !message.contains("line 9\n"),
        "{message}"
    );
    assert!(message.lines().count() < 20, "{message}");
}

#[test]
fn the_timeout_is_between_a_second_and_an_hour() {
    for time in ["0", "-1", "x", "3601"] {
        let ran = StandIn::missing().run(&[&format!("--cluster-timeout={time}")]);
        assert_eq!((ran.exit, ran.stdout.len()), (64, 0), "{}", ran.stderr);
    }
}
