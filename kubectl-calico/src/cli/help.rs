//! The texts of `--help` other than those of the individual flags.

use std::fmt::Write as _;

use clap::builder::{StyledStr, Styles};

/// The maximum width of the help, in columns.
pub(super) const WIDTH: usize = 80;

/// The layout. clap prints `before_help` above everything else; here it contains the examples.
pub(super) const TEMPLATE: &str = "\
{about-with-newline}
{before-help}{usage-heading} {usage}

{all-args}{after-help}";

pub(super) const ABOUT: &str = "\
Check how Calico is installed, how it routes pod traffic, and what is wrong.

Read-only: only gets, lists and watches objects, and never reads Secrets. The
only exception is nodes --probe.";

pub(super) const EXIT_CODES: &str = "\
Exit codes, for every output format:
  0   no finding at or above --fail-on, and every check ran
  1   findings at or above --fail-on; with not-installed, also without Calico
  2   state unknown, checks skipped (data could not be read), or the run failed
  64  usage error";

pub(super) const NODES_EXIT_CODES: &str = "\
Exit codes, for every output format:
  0   everything was read
  2   something could not be read, or the run failed
  64  usage error";

/// A comment, and the commands that it is about.
type Example = (&'static str, &'static str);

pub(super) const CALICO: &[Example] = &[
    (
        "Check the cluster of the current context",
        "kubectl calico status",
    ),
    (
        "Recommend IP pools before Calico is installed",
        "kubectl calico plan",
    ),
];

pub(super) const STATUS: &[Example] = &[
    (
        "Check the cluster of the context prod",
        "kubectl calico status --context prod",
    ),
    (
        "Check a snapshot, and also fail on warnings",
        "kubectl calico status -f cluster.yaml --fail-on warning",
    ),
];

pub(super) const PLAN: &[Example] = &[
    (
        "Recommend IP pools for 500 nodes",
        "kubectl calico plan --nodes 500",
    ),
    (
        "Install Calico with the recommended pools (3.32 and later: after its CRDs)",
        "kubectl calico plan -o values > calico-pools.yaml\n\
         helm install calico projectcalico/tigera-operator \\\n  \
         -n tigera-operator --create-namespace -f calico-pools.yaml",
    ),
];

pub(super) const NODES: &[Example] = &[
    (
        "List the nodes of a zone, sorted by restarts",
        "kubectl calico nodes -l topology.kubernetes.io/zone=a --sort-by RESTARTS",
    ),
    (
        "Have calico-node on two nodes report their BGP sessions",
        "kubectl calico nodes --probe node-1 node-2",
    ),
];

pub(super) const EXPLAIN: &[Example] = &[
    ("Explain a finding", "kubectl calico explain CAL201"),
    ("List all codes", "kubectl calico explain --list"),
];

pub(super) const SNAPSHOT: &[Example] = &[
    (
        "Save a snapshot of the cluster",
        "kubectl calico snapshot > cluster.yaml",
    ),
    (
        "Check the cluster as it was then",
        "kubectl calico status -f cluster.yaml",
    ),
];

pub(super) const RBAC: &[Example] = &[
    (
        "Create the ClusterRole kubectl-calico",
        "kubectl calico rbac | kubectl apply -f -",
    ),
    (
        "Grant it to the user jane",
        "kubectl create clusterrolebinding kubectl-calico-jane \\\n  \
         --clusterrole=kubectl-calico --user=jane",
    ),
];

pub(super) const COMPLETION: &[Example] = &[
    (
        "Install the script in a directory on PATH",
        "kubectl calico completion > ~/.local/bin/kubectl_complete-calico\n\
         chmod +x ~/.local/bin/kubectl_complete-calico",
    ),
    (
        "Enable kubectl's own completion, which runs it",
        "source <(kubectl completion bash)",
    ),
];

pub(super) const VERSION: &[Example] = &[
    ("Print the version of the plugin", "kubectl calico version"),
    ("Print the version of calicoctl", "calicoctl version"),
];

/// Examples under a heading of their own.
pub(super) fn examples(examples: &[Example]) -> StyledStr {
    let heading = Styles::styled().get_header().to_owned();
    let mut text = StyledStr::new();
    // Writing to a string cannot fail.
    let _ = write!(text, "{heading}Examples:{heading:#}");
    for (comment, commands) in examples {
        let _ = write!(text, "\n  # {comment}");
        for line in commands.lines() {
            let _ = write!(text, "\n  {line}");
        }
        let _ = text.write_char('\n');
    }
    text
}
