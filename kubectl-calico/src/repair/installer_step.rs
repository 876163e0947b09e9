//! What the Installation depends on besides itself when its pools are changed: the tool that manages it, which
//! must not revert the change halfway, and Calico's API server.

use super::command::Command;
use super::pool_writer::PoolWriter;
use super::step::Step;
use crate::facts::Facts;
use crate::facts::install::Install;
use crate::facts::installer::{Installer, RKE2_VALUES};
use crate::facts::method::Method;
use crate::facts::owner::{Hold, Owner};
use crate::facts::platform::Platform;
use crate::phrases::pasted;
use crate::snapshot::{Snapshot, Store};
use crate::views::objects::default_installation;

/// The values file that pools are written to, with a name that is unlikely to be in use.
pub const VALUES: &str = "calico-pools.yaml";

/// Creates the APIServer.
const CREATE_API_SERVER: &str = "kubectl create -f - <<'EOF'\n\
                                     apiVersion: operator.tigera.io/v1\n\
                                     kind: APIServer\n\
                                     metadata:\n\
                                     \x20 name: default\n\
                                     EOF";

/// The steps of `writer`, with what must precede and follow a change to the Installation. `values` is the
/// command that prints a values file, and `version` is the chart version to use if the cluster does not
/// show it.
pub fn lasting(
    snapshot: &Snapshot,
    facts: &Facts,
    writer: &PoolWriter,
    mut steps: Vec<Step>,
    values: &str,
    version: Option<&str>,
) -> Vec<Step> {
    if !writer.changed_list() {
        return steps;
    }
    if writer.asks_operator()
        && let Some(mut step) = api_server(snapshot, &facts.install)
    {
        // Pools must be listed again before the operator can delete them; and what it has yet to carry out, it does at
        // once.
        let awaited = steps.iter().position(Step::awaits_operator);
        if awaited.is_some() {
            step.what.push_str(
                ". Begin the maintenance window of the next step before this: as soon as Calico's API server is \
                 ready, the operator makes that change",
            );
        }
        let at = awaited.unwrap_or(writer.restored()).min(steps.len());
        steps.insert(at, step);
    }
    if let Some(step) = before(snapshot, &facts.install).filter(|_| writer.writes_list()) {
        steps.insert(0, step);
    }
    steps.extend(after(snapshot, &facts.install, values, version));
    steps
}

fn installer(install: &Install) -> Option<&Installer> {
    match install.method.value() {
        Some(Method::Operator { by }) => Some(by),
        _ => None,
    }
}

/// Keeps the tool that manages the Installation from reverting the changes halfway: the operator would delete
/// a new pool, which is then no longer listed, under its pods.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/pool_controller.go.
fn before(snapshot: &Snapshot, install: &Install) -> Option<Step> {
    let what = |tool: &str, suspend: &str| {
        format!(
            "first {suspend}; otherwise {tool} reverts each change, and the operator then deletes pools that \
             are no longer listed while pods still use them"
        )
    };
    match installer(install)? {
        Installer::Owner { tool } => match tool.hold() {
            Hold::Suspend(how) => {
                let step = Step::new(what(tool.name(), how));
                Some(step.run(suspend(snapshot, *tool)))
            }
            Hold::ThereOnly => Some(Step::new(format!(
                "change the Installation only {}, one step at a time: {} reverts patches, and the operator then deletes \
                 pools while pods still use them",
                tool.place(),
                tool.name()
            ))),
            Hold::NotNeeded => None,
        },
        Installer::Platform {
            platform: Platform::Rke2,
        } => Some(Step::new(format!(
            "change the Installation only through installation.calicoNetwork.ipPools in the values of {RKE2_VALUES}, one \
                 step at a time: RKE2 reverts patches, and the operator then deletes pools while pods still use them"
        ))),
        Installer::Platform { platform } => Some(Step::new(format!(
            "change the Installation only through {0}, which manages it and reverts patches; if {0} does \
             not offer this change, stop here",
            platform.name()
        ))),
        Installer::Helm { .. } | Installer::Manifests => None,
    }
}

/// The command that suspends a tool, if it can be given in the cluster.
fn suspend(snapshot: &Snapshot, tool: Owner) -> Command {
    match tool {
        Owner::ArgoCd => set_argo_cd(snapshot, "none"),
        Owner::Flux => set_flux(snapshot, "suspend"),
        _ => "".into(),
    }
}

/// Lets a tool that was suspended act again.
fn resume(snapshot: &Snapshot, tool: Owner) -> Step {
    let what = format!(
        "only once the change is {}, let {} reconcile again",
        tool.place(),
        tool.name()
    );
    match tool {
        Owner::ArgoCd => Step::new(format!(
            "{what}, with --self-heal and --auto-prune if it had them"
        ))
        .run(set_argo_cd(snapshot, "automated")),
        Owner::Flux => Step::new(what).run(set_flux(snapshot, "resume")),
        _ => Step::new(what),
    }
}

/// A mark that a tool left on the Installation: a label or an annotation.
fn mark<'a>(snapshot: &'a Snapshot, key: &str) -> Option<&'a str> {
    let meta = &default_installation(snapshot)?.metadata;
    meta.label(key).or_else(|| meta.annotation(key))
}

/// A tracking id is `APPLICATION:GROUP/KIND:NAMESPACE/NAME`. An Application outside Argo CD's namespace is
/// named `NAMESPACE_NAME` in it.
/// Source: Argo CD documentation, Resource Tracking and Applications in any namespace.
fn set_argo_cd(snapshot: &Snapshot, policy: &str) -> Command {
    let tracked = mark(snapshot, "argocd.argoproj.io/tracking-id");
    let application = tracked
        .and_then(|id| id.split(':').next())
        .or_else(|| mark(snapshot, "argocd.argoproj.io/instance"))
        .unwrap_or("APPLICATION");
    let application = match application.split_once('_') {
        Some((namespace, name)) => format!("{}/{}", pasted(namespace), pasted(name)),
        None if application == "APPLICATION" => application.to_owned(),
        None => pasted(application).to_owned(),
    };
    format!("argocd app set {application} --sync-policy {policy}").into()
}

fn set_flux(snapshot: &Snapshot, verb: &str) -> Command {
    let of = |kind: &str, group: &str| {
        let name = mark(snapshot, &format!("{group}/name"))?;
        let namespace = mark(snapshot, &format!("{group}/namespace"));
        let namespace = namespace.map_or("NAMESPACE", pasted);
        Some(format!(
            "flux {verb} {kind} {} -n {namespace}",
            pasted(name)
        ))
    };
    let commands = [
        of("kustomization", "kustomize.toolkit.fluxcd.io"),
        of("helmrelease", "helm.toolkit.fluxcd.io"),
    ];
    let commands: Vec<String> = commands.into_iter().flatten().collect();
    commands.join("\n").into()
}

/// What the operator needs to change an existing pool: an APIServer that is Ready, unless projectcalico.org is
/// the datastore.
/// Source: tigera/operator v1.34.0 and v1.42.3, pkg/controller/ippool/pool_controller.go (`apiAvailable`).
pub fn api_server(snapshot: &Snapshot, install: &Install) -> Option<Step> {
    let servers = snapshot.api_servers.read()?;
    let is_ready = servers
        .iter()
        .any(|found| found.status.state.as_deref() == Some("Ready"));
    if is_ready || snapshot.store == Store::V3 {
        return None;
    }
    let name = servers
        .first()
        .map_or("default", |found| pasted(&found.metadata.name));
    let wait = format!(
        "kubectl wait --for=jsonpath='{{.status.state}}'=Ready \\\n  apiservers.operator.tigera.io/{name} --timeout=5m"
    );
    if servers.is_empty() {
        let mut step = create_api_server(install);
        step.what.push_str(
            ", and wait until it is ready: without Calico's API server, the operator does not change pools",
        );
        return Some(step.run(wait));
    }
    let step = Step::new(
        "get Calico's API server ready: until it is, the operator does not change pools, and what follows \
         has no effect",
    );
    Some(step.run(wait))
}

/// Creates the APIServer. RKE2's chart could no longer create one that is there already.
/// Source: rancher/rke2-charts, packages/rke2-calico/generated-changes/patch/values.yaml.patch (`apiServer.enabled`).
pub fn create_api_server(install: &Install) -> Step {
    if install.is_by_rke2() {
        return Step::new(format!(
            "set apiServer.enabled: true in the values of {RKE2_VALUES}"
        ));
    }
    Step::new("create the APIServer").run(CREATE_API_SERVER)
}

/// What comes after the change, once the values describe the new state.
fn after(snapshot: &Snapshot, install: &Install, values: &str, version: Option<&str>) -> Vec<Step> {
    let Some(installer) = installer(install) else {
        return Vec::new();
    };
    match installer {
        Installer::Helm { release, namespace } => {
            let step = Step::new(
                "once that is done, save the pools in the release's values; otherwise the release's next \
                 upgrade reverts the change",
            );
            vec![
                step.run(format!("{values} > {VALUES}"))
                    .run(upgrade(install, release, namespace, version))
                    .after_the_change(),
            ]
        }
        Installer::Owner { tool } => {
            let also = tool.also_change();
            match tool.hold() {
                Hold::Suspend(_) => vec![Step::new(also), resume(snapshot, *tool)],
                Hold::ThereOnly => Vec::new(),
                Hold::NotNeeded => vec![Step::new(also)],
            }
        }
        Installer::Platform { .. } | Installer::Manifests => Vec::new(),
    }
}

/// An upgrade of the installed release with the values, and nothing else.
pub fn upgrade(install: &Install, release: &str, namespace: &str, version: Option<&str>) -> String {
    format!(
        "{} -f {VALUES}",
        upgrade_only(install, release, namespace, version)
    )
}

/// An upgrade of the installed release with the values that it has.
pub fn upgrade_only(
    install: &Install,
    release: &str,
    namespace: &str,
    version: Option<&str>,
) -> String {
    let version = install
        .release()
        .or(version)
        .map(|version| format!(" --version {version}"))
        .unwrap_or_default();
    format!(
        "helm upgrade {} projectcalico/tigera-operator{version} --namespace {} --reuse-values",
        pasted(release),
        pasted(namespace)
    )
}
