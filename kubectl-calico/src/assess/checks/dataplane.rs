//! Whether Felix carries out policies the way the Installation says, and how much it logs.

use calico_core::catalog::Entry;
use serde_json::json;

use super::paste;
use crate::assess::check::{Case, Check, Judges};
use crate::assess::facts::dataplane::Dataplane;
use crate::assess::finding::Finding;
use crate::assess::views::felix::{BPF, Felix, LOG_SEVERITY};
use crate::snapshot::ObjectRef;
use crate::snapshot::resources::{DAEMON_SETS, FELIX_CONFIGURATIONS};

pub(crate) const DATAPLANE_DRIFT: Check = Check {
    entry: Entry {
        code: "CAL310",
        title: "Felix does not use the dataplane that it is told to",
        meaning: "The Installation, the FelixConfiguration and the environment of calico-node name \
                different dataplanes.",
        impact: "Felix goes by its environment first, then by its FelixConfiguration; the \
                  Installation counts only as far as the operator has carried it over. What is \
                  believed to run does not, and node ports, host endpoints and policies can work \
                  differently, or kube-proxy can run beside eBPF.",
        criteria: "linuxDataplane of the Installation is compared with what Felix uses: \
                 FELIX_BPFENABLED, bpfEnabled, nftablesMode. Nftables and Auto agree, as Felix then \
                 follows kube-proxy. FELIX_BPFENABLED is compared with bpfEnabled where both are \
                 there. The operator turns eBPF on only after all of calico-node is rolled out, so \
                 that a difference can be on its way.",
        fix: "Take away what somebody set by hand, so that one place tells: the Installation, or \
              without the operator the FelixConfiguration.",
        source: "tigera/operator v1.42.3, pkg/controller/installation/core_controller.go; \
                 projectcalico/calico v3.32.1, felix/config/config_params.go",
    },
    needs: &[&DAEMON_SETS, &FELIX_CONFIGURATIONS],
    judges: Judges::Running,
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
        .filter(|_| case.facts.install.is_by_operator())?;
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
            "the Installation asks for {wanted}, and Felix uses {}",
            used.name()
        ),
    )
    .evidence(
        ObjectRef::installation(),
        "spec.calicoNetwork.linuxDataplane",
        wanted,
    )
    .read(from, used.name())
    .impact("Felix goes on with what it is told last, not with the Installation")
    .fix(
        "take away what somebody set by hand; if nobody did, the operator is still at it, or \
         says what keeps it from it",
    )
    .paste("kubectl get tigerastatus calico -o yaml");
    (!agrees).then_some(finding)
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
    let uses = match environment.value {
        true => "eBPF is on by Felix's environment, and off by its configuration",
        false => "eBPF is off by Felix's environment, and on by its configuration",
    };
    Some(
        Finding::warning(&DATAPLANE_DRIFT.entry, &environment.from.object, uses)
            .read(&environment.from, environment.value)
            .read(&configured.from, configured.value)
            .impact("the environment wins, and the FelixConfiguration has no effect")
            .fix("set both to what is meant, or remove the variable; then the configuration counts")
            .paste(paste::without_variable(
                &environment.from.object,
                BPF.variable,
            )),
    )
}

pub(crate) const DEBUG_LOG: Check = Check {
    entry: Entry {
        code: "CAL311",
        title: "Felix logs every detail",
        meaning: "The log level of Felix is Debug or Trace, which is for looking into a problem.",
        impact: "It fills the disks of nodes and of whatever collects their logs, and takes a \
                  part of Felix's time.",
        criteria: "logSeverityScreen of the FelixConfigurations default and node.NAME, or \
                 FELIX_LOGSEVERITYSCREEN of calico-node's environment, which wins. It is a note.",
        fix: "Set it back to Info once the problem is found.",
        source: "projectcalico/calico v3.32.1, felix/config/config_params.go",
    },
    needs: &[&DAEMON_SETS, &FELIX_CONFIGURATIONS],
    judges: Judges::Running,
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
                    paste::spec(case, "felixconfigurations", name, &info)
                }
                _ => paste::without_variable(object, LOG_SEVERITY.variable),
            };
            Finding::note(&DEBUG_LOG.entry, object, "Felix logs every detail")
                .read(&told.from, told.value)
                .impact("logs fill disks, and Felix spends time on them")
                .fix("set it back to Info")
                .paste(command)
        });
        finding.into_iter().collect()
    },
};
