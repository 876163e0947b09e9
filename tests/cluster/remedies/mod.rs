//! The commands of every fix of `status` are run, as they stand, in a cluster with the real operator: the finding
//! must go, and nothing else may break. `scripts/remedies` runs all of them, a test only the quick ones.

mod base;
mod case;
mod complete;
mod fix;
mod report;
mod wait;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use calico_test_support::tools::tool;

use base::Healthy;
use case::Case;

use crate::needs::or_skip;
use crate::terminal::{Terminal, records};

/// Which cases run: `all`, or those with one of these texts, separated by commas, in their name; only the quick ones if it
/// is not set.
const CASES: &str = "REMEDIES";

#[test]
fn every_fix_removes_its_finding_and_does_no_harm() {
    let wanted = std::env::var(CASES).ok();
    let is_wanted = |case: &Case| match wanted.as_deref() {
        None => !case.slow,
        Some("all") => true,
        Some(parts) => parts.split(',').any(|part| case.name.contains(part)),
    };
    let mut cluster: Option<Healthy> = None;
    let mut table = String::new();
    let mut failures = Vec::new();
    for case in case::all().into_iter().filter(is_wanted) {
        if !cluster
            .as_ref()
            .is_some_and(|healthy| healthy.is_of(case.base) && healthy.is_as_new())
        {
            // Never two at a time.
            drop(cluster.take());
            cluster = or_skip(Healthy::start(case.base), "Calico's operator");
        }
        let Some(healthy) = &cluster else {
            return;
        };
        let result = fix::carry_out(&case, healthy);
        let line = format!("{:36} {:56} {result}", case.name, case.subject());
        eprintln!("{line}");
        writeln!(table, "{line}").unwrap();
        if result.is_failure() {
            failures.push(line);
        }
    }
    assert!(!table.is_empty(), "no cases");
    let folder = records("remedies");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("table"), &table).unwrap();
    assert!(
        failures.is_empty(),
        "{}\n\nThe records are in {}",
        failures.join("\n"),
        folder.display()
    );
}

/// A stand-in for calicoctl. It sends what calicoctl is given to Calico's API server, which validates and writes through
/// the same code; where there is none, into the CRDs, without validation. It writes what `ipam configure` and `datastore
/// migrate` of the real one write.
const CALICOCTL: &str = r#"#!/bin/bash
command=$1 kind=$2; shift 2
group=projectcalico.org version=v3
kubectl get --raw /apis/$group/$version > /dev/null 2>&1 || group=crd.projectcalico.org version=v1
case $command in
patch) exec kubectl patch "$kind.$group" "$1" --type merge "${@:2}" ;;
get | delete) exec kubectl "$command" "$kind.$group" "$@" ;;
ipam)
    [[ "$kind $*" =~ ^configure\ --strictaffinity=(true|false)$ ]] || exit 1
    kubectl apply --server-side -f - <<END
apiVersion: crd.projectcalico.org/v1
kind: IPAMConfig
metadata: {name: default}
spec: {strictAffinity: ${1#*=}, autoAllocateBlocks: true}
END
    ;;
datastore)
    [[ "$kind $*" =~ ^migrate\ (lock|unlock)$ ]] || exit 1
    [ "$1" = lock ] && ready=false || ready=true
    exec kubectl patch "clusterinformations.$group" default --type merge -p "{\"spec\":{\"datastoreReady\":$ready}}"
    ;;
create) sed "s#projectcalico.org/v3#$group/$version#" | kubectl create "$kind" "$@" ;;
*)
    echo "calicoctl $command $kind: not here" >&2
    exit 1
    ;;
esac
"#;

/// Puts what the commands of a fix run on PATH.
fn programs(terminal: &Terminal) {
    terminal.add_program("kubectl", &tool("kubectl", "1.37.1"));
    terminal.add_program(
        "kubectl-calico",
        Path::new(env!("CARGO_BIN_EXE_kubectl-calico")),
    );
    terminal.add_script("calicoctl", CALICOCTL);
}
