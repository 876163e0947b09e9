//! A twin that gives no answer, or no end of it.

use std::time::{Duration, Instant};

use super::stand_in::{StandIn, is_alive};

#[test]
fn a_twin_that_hangs_is_stopped() {
    // One that becomes the sleeping program, and one that waits for it.
    for script in [
        "echo $$ > pid\nexec sleep 600",
        "echo $$ > pid\nsleep 20\nsleep 600",
    ] {
        let twin = StandIn::on_path(&format!("echo 'dial tcp: no route' >&2\n{script}"));
        let start = Instant::now();
        let said = twin.refused(&["--cluster-timeout", "1"]);
        assert!(
            start.elapsed() < Duration::from_secs(15),
            "{:?}",
            start.elapsed()
        );
        assert_eq!(
            said,
            "helm-postrender: error: --from-cluster: [FOLDER]/path/kubectl-calico did not finish within 1 s (--cluster-timeout), and was stopped\n  \
             why: it wrote to stderr:\n    dial tcp: no route\n  \
             fix: run it directly: [FOLDER]/path/kubectl-calico plan -o config --fail-on=never\n"
        );
        assert!(!is_alive(&twin.left("pid")));
    }
}

#[test]
fn one_that_closes_its_outputs_and_hangs_is_stopped() {
    let twin = StandIn::on_path("echo $$ > pid\nexec sleep 600 >&- 2>&-");
    let said = twin.refused(&["--cluster-timeout", "1"]);
    assert!(said.contains("did not finish within 1 s"), "{said}");
    assert!(!is_alive(&twin.left("pid")));
}

#[test]
fn an_answer_without_end_is_refused() {
    for script in ["head -c 20000000 /dev/zero", "exec yes"] {
        let said = StandIn::on_path(script).refused(&["--cluster-timeout", "30"]);
        assert!(
            said.contains("did not write a plan: it is longer than 16 MiB"),
            "{said}"
        );
    }
}

#[test]
fn what_it_says_is_shown_in_part() {
    let script = "i=0\nwhile [ $i -lt 1000 ]; do echo \"line $i\"; i=$((i+1)); done >&2\nexit 2";
    let said = StandIn::on_path(script).refused(&[]);
    assert!(
        said.contains("line 999") && !said.contains("line 9\n"),
        "{said}"
    );
    assert!(said.lines().count() < 20, "{said}");
}

#[test]
fn the_time_is_at_least_a_second() {
    for time in ["0", "-1", "x", "3601"] {
        let ran = StandIn::missing().run(&[&format!("--cluster-timeout={time}")]);
        assert_eq!((ran.exit, ran.stdout.len()), (64, 0), "{}", ran.stderr);
    }
}
