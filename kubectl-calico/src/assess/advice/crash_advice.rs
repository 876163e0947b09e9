//! What to do about a container that crash-loops, by what it is and what else was found.

use super::agent_advice::suspects;
use super::pod_commands;
use crate::assess::check::Case;
use crate::assess::checks::crds::{KINDS_NOT_SERVED, apply};
use crate::assess::checks::ebpf::NO_API_ADDRESS;
use crate::assess::finding::{Finding, Suspect};
use crate::facts::thresholds::PROBE_TIMEOUT;
use crate::facts::typha::is_used;
use crate::phrases::pasted;
use crate::snapshot::{ObjectRef, PodName};
use crate::views::calico_node::OPERATOR_NAMESPACE;
use crate::views::container_failure::FailingPods;
use crate::views::log_errors::has_errors;
use crate::views::objects::{KUBE_CONTROLLERS, deployments};

/// Adds what to do about a container that ends by itself.
pub(crate) fn crashed(
    case: &Case,
    finding: Finding,
    stopped: &FailingPods,
    log: String,
) -> Finding {
    let read = "read the log of the previous run, and fix the reported problem";
    // What usually happens is a guess, which errors that were read replace.
    let usually = |cause: String| {
        if has_errors(case.snapshot, stopped.pod) {
            "fix what its log reports (see evidence, and the whole log for more)".to_owned()
        } else {
            format!("{read}: usually {cause}")
        }
    };
    match stopped.container.name.as_str() {
        "install-cni" | "upgrade-ipam" => finding
            .suspects(suspects())
            .fix(usually(
                "it cannot reach the API server through its Service, because kube-proxy does not run on the \
                 node, or the node's network is broken"
                    .to_owned(),
            ))
            .paste(log),
        "calico-node" => {
            let unreachable = if is_used(case.snapshot) {
                "Typha on TCP 5473 of other nodes, or the API server"
            } else {
                "the API server"
            };
            finding
                .suspects(suspects())
                .fix(usually(format!("it does not reach {unreachable}")))
                .paste(log)
        }
        "tigera-operator" => {
            let finding = finding
                .suspects([
                    Suspect::Code(KINDS_NOT_SERVED.entry.code),
                    Suspect::Code(NO_API_ADDRESS.entry.code),
                ])
                .fix(read)
                .paste(log);
            let definitions = apply(case);
            if definitions.is_empty() {
                return finding;
            }
            finding
                .fix(
                    "if it reports \"no matches for kind\", apply the definitions of its release, \
                     which helm upgrade does not do",
                )
                .paste(definitions)
        }
        KUBE_CONTROLLERS => {
            let store = if case.facts.install.is_in_etcd() {
                "etcd"
            } else {
                "the API server through its Service"
            };
            finding
                .suspects(suspects())
                .fix(usually(format!("it does not reach {store}")))
                .paste(log)
        }
        _ => finding.fix(read).paste(log),
    }
}

/// Adds what to do about a container that the kubelet kills, usually since its liveness probe fails.
pub(crate) fn killed(case: &Case, finding: Finding, stopped: &FailingPods) -> Finding {
    let name = &stopped.container.name;
    let pod = PodName::of(&stopped.pod.metadata);
    let probe = timeout(case, &stopped.workload, name);
    if let Some(seconds) = probe.filter(|seconds| *seconds < PROBE_TIMEOUT)
        && stopped.workload.namespace.as_deref() != Some(OPERATOR_NAMESPACE)
    {
        let container = pasted(name);
        // Not of the readiness probe, too: one that does not exist would be a probe without a handler.
        let timeout = format!(r#"{{"timeoutSeconds":{PROBE_TIMEOUT}}}"#);
        return finding
            .evidence(
                &stopped.workload,
                format!("spec.template.spec.containers[{name}] livenessProbe.timeoutSeconds"),
                seconds,
            )
            .fix(format!(
                "set the timeout of its liveness probe to {PROBE_TIMEOUT} seconds, as in Calico's manifest: \
                 the kubelet restarts the container when the probe takes longer. Set that of a readiness \
                 probe, too. This restarts its pods one by one"
            ))
            .paste(format!(
                "kubectl patch {} -n {} {} -p \\\n  \
                 '{{\"spec\":{{\"template\":{{\"spec\":{{\"containers\":[{{\"name\":\"{container}\",\"livenessProbe\":{timeout}}}]}}}}}}}}'",
                stopped.workload.kind.to_lowercase(),
                pasted(&pod.namespace),
                pasted(stopped.workload.name.as_deref().unwrap_or_default())
            ));
    }
    finding
        .fix(
            "find out in the pod's events why its liveness probe fails: the kubelet killed it, and \
             its log has no error. Usually the node is overloaded, or a CPU limit is too low",
        )
        .paste(pod_commands::describe(&pod))
}

/// The timeout of a container's liveness probe, in seconds, if it has one. The default is 1.
fn timeout(case: &Case, workload: &ObjectRef, container: &str) -> Option<i32> {
    let sets = case.snapshot.daemon_sets.items().iter();
    let sets = sets.map(|set| {
        (
            "DaemonSet",
            &set.metadata,
            set.spec.as_ref().map(|it| &it.template),
        )
    });
    let deployments = deployments(case.snapshot).map(|it| {
        let template = it.spec.as_ref().map(|spec| &spec.template);
        ("Deployment", &it.metadata, template)
    });
    let (.., template) = sets
        .chain(deployments)
        .find(|(kind, meta, _)| ObjectRef::of_object(kind, meta) == *workload)?;
    let containers = template?.spec.as_ref()?.containers.iter();
    let probe = containers
        .filter(|it| it.name == container)
        .find_map(|it| it.liveness_probe.as_ref())?;
    Some(probe.timeout_seconds.unwrap_or(1))
}
