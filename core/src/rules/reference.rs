//! docs/rules.md

use super::rule::Enforcement;
use super::table::{CLUSTER_RULES, RULES};

const INTRODUCTION: &str = "\
# Rules

`helm-postrender` fills in the operator's defaults and checks the resulting Installation against the
rules of the operator that will reconcile it. `kubectl calico plan` checks its own pools against the
same rules, and `kubectl calico status` the Installation of a running cluster
([CAL110](findings.md#cal110)).

If a rule that the API server or the operator enforces is violated, the run is refused, regardless of
who set the value. A rule that neither enforces (*unenforced*) is about values that both accept but
nobody can undo. The run is refused only if it sets the value itself; for an existing value, a warning
is printed. A few rules are enforced by `helm-postrender` only: the operator would apply the change to
pools that are in use. *Advice* is about values that work but are rarely intended; it refuses nothing,
and is a note or, with a cluster plan, a warning.

`--allow RULE` ignores violations of one rule, so that a wrong or outdated rule cannot block anyone.
The rules are those of the operator in the stream or, without one, of operator 1.42.3;
`--operator-version` selects another. Operator 1.30 ships with Calico 3.26, 1.32 with 3.27, 1.34 with
3.28, and so on to 1.42 with 3.32. The rules of 1.43 are those of v1.43.0, the rules of 1.44 those of
its release branch; later operators are assumed to have the rules of 1.44.

Where a rule mentions the TigeraStatus ippools or calico, that is where the operator's own message
would have appeared, minutes after an install that looked successful. Before operator 1.34, only
calico exists.
";

const CLUSTER_INTRODUCTION: &str = "\
The following rules compare the Installation with a cluster. They are skipped unless `--config` or
`--from-cluster` provides a cluster plan. With a plan, a pool that the cluster does not have yet is
treated as set by this run, regardless of who set it.
";

const NOT_COVERED: &str = "\
## Not covered

The operator and the API server also reject the following, which no rule checks:

- Overrides of pods and DaemonSets (`calicoNodeDaemonSet`, `calicoNodeWindowsDaemonSet`,
  `calicoWindowsUpgradeDaemonSet`, `calicoKubeControllersDeployment`, `typhaDeployment`,
  `csiNodeDriverDaemonSet`, and the metadata of `typhaPodDisruptionBudget`): names of containers and
  labels, `minReadySeconds`, priorities, and the init containers `mount-bpffs` and `ebpf-bootstrap`
  together. They follow Kubernetes' own schema and do not affect the network.
- `affinity`, `controlPlaneTolerations` and `resourceRequirements`, for the same reason.
- Patterns and formats of strings: `vxlanMACPrefix`, quantities, `caCert`, and the length of
  `calicoLibHostPath` and `calicoRunHostPath`. The API server names the field immediately.
- A `kubernetesProvider` other than the one that the operator detects, and the consequences of a
  provider or a CNI plugin that it detects. Checking this requires access to the cluster.
- With Windows nodes, a missing ConfigMap `kubernetes-services-endpoint`. Checking this requires
  access to the cluster.
- `nodeMetricsPort` and `typhaMetricsPort` outside the valid port range, an invalid
  `certificateManagement`, and missing pull secrets. They do not depend on the network.
- The pools of an Installation named `overlay`: the operator validates them in place of those of the default
  Installation, which are the ones that it creates. Those are checked with the settings of the overlay.
- An Installation that the operator generates when it migrates a manifest install. Checking this
  requires access to the cluster.
- Changes to an existing IPPool that Calico's own API rejects. With a cluster plan, the rules for
  existing pools cover the fields that helm-postrender sets.
";

/// The rules as a page of the documentation: docs/rules.md.
pub fn reference() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push('\n');
    page.extend(RULES.iter().map(|rule| rule.entry.list_item()));
    page.push('\n');
    page.push_str(CLUSTER_INTRODUCTION);
    page.push('\n');
    page.extend(CLUSTER_RULES.iter().map(|rule| rule.entry.list_item()));
    for rule in RULES.iter().chain(CLUSTER_RULES) {
        page.push('\n');
        page.push_str(&rule.entry.section(enforced_by(rule.enforcement)));
    }
    page.push('\n');
    page.push_str(NOT_COVERED);
    page
}

fn enforced_by(enforcement: Enforcement) -> &'static str {
    match enforcement {
        Enforcement::ApiServer => "Enforced by the API server.",
        Enforcement::Operator => "Enforced by the operator.",
        Enforcement::Unenforced => "Not enforced.",
        Enforcement::Advice => "Advice.",
        Enforcement::Safeguard => "Enforced by helm-postrender only.",
    }
}
