//! Whether Felix uses the data plane that the Installation specifies, and how much it logs.

use calico_core::catalog::Entry;
use serde_json::json;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::facts::dataplane::Dataplane;
use crate::repair::calico_node::unset_variable;
use crate::repair::kubectl::tigera_status;
use crate::repair::resource_writer::{self, ResourceWriter};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS};
use crate::views::felix::{BPF, Felix, LOG_SEVERITY, NFTABLES};

pub(crate) const DATAPLANE_DRIFT: Check = Check {
    entry: Entry {
        code: "CAL310",
        title: "Felix does not use the configured data plane",
        meaning: "The Installation, the FelixConfiguration and calico-node's environment specify \
                  different data planes.",
        impact: "Felix uses its environment first, then its FelixConfiguration; the Installation \
                 only takes effect once the operator has applied it. The data plane in use is not \
                 the intended one: node ports, host endpoints and policies can behave differently, \
                 or kube-proxy can run alongside eBPF.",
        criteria: "linuxDataplane in the Installation is compared with what Felix uses: \
                   FELIX_BPFENABLED, bpfEnabled, nftablesMode. Nftables and Auto are treated as \
                   equal, because with Auto Felix follows kube-proxy. FELIX_BPFENABLED is compared \
                   with bpfEnabled if both are set. The operator enables eBPF only after \
                   calico-node has been rolled out everywhere, so a difference can be temporary.",
        fix: "Specify the data plane in one place only: in the Installation or, without the operator, in the \
              FelixConfiguration. Before eBPF is turned off, kube-proxy must run, or no Service works.",
        source: "tigera/operator v1.42.3, pkg/controller/installation/core_controller.go; \
                 projectcalico/calico v3.32.1, felix/config/config_params.go",
    },
    needs: &[&DAEMON_SETS, &FELIX_CONFIGURATIONS],
    excuses: &[],
    judges: Judges::Following,
    find: |case| {
        let by_installation = by_installation(case);
        by_installation
            .or_else(|| by_environment(case))
            .into_iter()
            .collect()
    },
};

fn by_installation(case: &Case) -> Option<Finding> {
    let asked = case
        .facts
        .installation
        .as_ref()
        .filter(|_| case.facts.install.is_left_to_operator())?;
    let wanted = asked.written.linux_dataplane.as_deref()?;
    let used = *case.facts.dataplane.value()?;
    let agrees = match wanted {
        "BPF" => used == Dataplane::Bpf,
        "Iptables" => matches!(used, Dataplane::Iptables | Dataplane::Auto),
        "Nftables" => matches!(used, Dataplane::Nftables | Dataplane::Auto),
        _ => true,
    };
    let from = case.facts.dataplane.from().first()?;
    let finding = Finding::warning(
        &DATAPLANE_DRIFT.entry,
        ObjectRef::installation(),
        format!(
            "the Installation specifies {wanted}, but Felix uses {}",
            used.name()
        ),
    )
    .evidence(
        ObjectRef::installation(),
        "spec.calicoNetwork.linuxDataplane",
        wanted,
    )
    .read(from, value(case, used))
    .impact("Felix does not follow the Installation")
    .fix(format!(
        "decide which one is right: set linuxDataplane in the Installation to what Felix uses, or \
         remove the manual setting.{} If nothing was set by hand, the operator is still applying the \
         change, or reports why it cannot",
        if wanted == "BPF" || used == Dataplane::Bpf {
            " Before eBPF is turned off, kube-proxy must run, or no Service works."
        } else {
            ""
        }
    ))
    .paste(tigera_status("calico"));
    (!agrees).then_some(finding)
}

/// The value of the field from which a data plane was read.
fn value(case: &Case, used: Dataplane) -> String {
    let mode = Felix::of(case.snapshot).get(&NFTABLES);
    match used {
        Dataplane::Bpf => true.to_string(),
        // Felix's default, by version.
        Dataplane::Auto => mode.map_or_else(|| "Auto".to_owned(), |told| told.value),
        _ => mode.map_or_else(|| "Disabled".to_owned(), |told| told.value),
    }
}

fn by_environment(case: &Case) -> Option<Finding> {
    let felix = Felix::of(case.snapshot);
    let environment = felix.by_environment(&BPF)?;
    let mut told = felix.get_everywhere(&BPF).into_iter();
    let configured =
        told.find(|told| told.from.object == ObjectRef::named("FelixConfiguration", "default"))?;
    if configured.value == environment.value {
        return None;
    }
    let uses = if environment.value {
        "eBPF is enabled by Felix's environment, but disabled by its configuration"
    } else {
        "eBPF is disabled by Felix's environment, but enabled by its configuration"
    };
    let used = environment.value;
    // What removing the variable, which works as well, would do.
    let other = if used {
        "turn eBPF off: before you do, kube-proxy must run on every node, or no Service works"
    } else {
        "turn eBPF on: before you do, Felix must know the address of the API server, and kube-proxy must not run"
    };
    let field = json!({BPF.field: used});
    Some(
        Finding::warning(&DATAPLANE_DRIFT.entry, &environment.from.object, uses)
            .read(&environment.from, used)
            .read(&configured.from, configured.value)
            .impact("the environment takes precedence, and the FelixConfiguration has no effect")
            .fix(format!(
                "set {} of the FelixConfiguration to {used}, which is what Felix uses: this changes nothing on the \
                 nodes. Removing the variable {} instead would {other}",
                BPF.field, BPF.variable
            ))
            .paste(ResourceWriter::of(case.snapshot).patch_spec(
                resource_writer::FELIX_CONFIGURATIONS,
                "default",
                &field,
            )),
    )
}

pub(crate) const DEBUG_LOG: Check = Check {
    entry: Entry {
        code: "CAL311",
        title: "Felix logs at debug level",
        meaning: "Felix's log level is Debug or Trace, which is meant for troubleshooting.",
        impact: "The logs fill the disks of nodes and log collectors, and cost Felix CPU time.",
        criteria: "logSeverityScreen in the FelixConfigurations default and node.NAME, or \
                   FELIX_LOGSEVERITYSCREEN in calico-node's environment, which takes precedence. \
                   The finding is a note.",
        fix: "Set it back to Info once the problem has been found.",
        source: "projectcalico/calico v3.32.1, felix/config/config_params.go",
    },
    needs: &[&DAEMON_SETS, &FELIX_CONFIGURATIONS],
    excuses: &[],
    judges: Judges::Configured,
    find: |case| {
        let felix = Felix::of(case.snapshot);
        let told = match felix.by_environment(&LOG_SEVERITY) {
            Some(told) => vec![told],
            None => felix.get_everywhere(&LOG_SEVERITY),
        };
        let loud = told.into_iter().find(|told| {
            let level = told.value.to_ascii_lowercase();
            level == "debug" || level == "trace"
        });
        let finding = loud.map(|told| {
            let object = &told.from.object;
            let command = match (object.kind, &object.name) {
                ("FelixConfiguration", Some(name)) => {
                    let info = json!({"logSeverityScreen": "Info"});
                    ResourceWriter::of(case.snapshot).patch_spec(
                        resource_writer::FELIX_CONFIGURATIONS,
                        name,
                        &info,
                    )
                }
                _ => unset_variable(object, LOG_SEVERITY.variable),
            };
            Finding::note(&DEBUG_LOG.entry, object, "Felix logs at debug level")
                .read(&told.from, told.value)
                .impact("the logs fill disks and cost CPU time")
                .fix("set it back to Info")
                .paste(command)
        });
        finding.into_iter().collect()
    },
};
