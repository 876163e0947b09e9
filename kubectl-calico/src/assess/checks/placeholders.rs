//! Whether what Calico is configured with was filled in.

use calico_core::catalog::Entry;
use k8s_openapi::api::core::v1::ConfigMap;
use serde_yaml::Value;

use crate::assess::advice::placeholder;
use crate::assess::advice::services_endpoint::{self, HOST, PORT};
use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::assess::phrases::pasted;
use crate::assess::provenance::Provenance;
use crate::assess::views::calico_node::{CalicoNode, SERVICES_ENDPOINT};
use crate::assess::views::objects::default_installation;
use crate::assess::views::pods;
use crate::repair::Step;
use crate::snapshot::resources::DAEMON_SETS;
use crate::snapshot::{ObjectRef, Reading};

pub(crate) const PLACEHOLDER_LEFT: Check = Check {
    entry: Entry {
        code: "CAL118",
        title: "Calico's configuration still contains a placeholder",
        meaning: "A value of calico-node's environment, of its ConfigMaps or of the Installation is \
                  a placeholder of a manifest, of the documentation or of a template.",
        impact: "Calico uses the placeholder as the value. With a placeholder for the address of the API \
                 server or of etcd, its pods never become ready.",
        criteria: "The value contains <…>, ${…}, {{…}}, __…__ in capitals, CHANGEME, or a name that \
                   starts with \"your-\"; or the address of the API server is in capitals, such as \
                   HOST, or is x.x.x.x. The template cni_network_config, whose placeholders \
                   install-cni fills in, and the pools of the Installation, which CAL110 judges, are \
                   left out. The finding is an error, or a warning if all of Calico's pods are ready.",
        fix: "Replace the placeholder with the value.",
        source: "projectcalico/calico v3.32.1, manifests/calico-etcd.yaml; Calico documentation, \
                 Enable the eBPF data plane (kubernetes-services-endpoint)",
    },
    needs: &[&DAEMON_SETS],
    judges: Judges::Configured,
    find: placeholders,
};

/// A value that is a placeholder, and how it is changed.
struct Placeholder {
    from: Provenance,
    value: String,
    step: Step,
    /// Whether it stands for the address of the API server.
    is_address: bool,
}

/// A finding for each object with placeholders.
fn placeholders(case: &Case) -> Vec<Finding> {
    let mut found = in_config_maps(case);
    // The operator copies the address to the variables.
    let passed_on = found
        .iter()
        .any(|it| it.from.object.name.as_deref() == Some(SERVICES_ENDPOINT));
    let in_environment = in_environment(case).into_iter();
    found.extend(in_environment.filter(|it| !(passed_on && it.is_address)));
    found.extend(in_installation(case));
    let is_ready = is_ready(case);
    let mut findings: Vec<Finding> = Vec::new();
    for Placeholder {
        from,
        value,
        step,
        is_address,
    } in found
    {
        let subject = from.object.to_string();
        let same = findings.iter_mut().find(|found| found.subject == subject);
        if let Some(finding) = same {
            *finding = finding.clone().read(&from, value);
            if !finding.fix.contains(&step) {
                finding.fix.push(step);
            }
            continue;
        }
        let message = format!("{} still contains a placeholder", from.object);
        let finding = Finding::error(&PLACEHOLDER_LEFT.entry, subject, message)
            .excused(is_ready)
            .in_manifest(if is_address {
                "replace it with the address of the API server, or of its load balancer, as nodes \
                 reach it"
            } else {
                "replace it with the value"
            })
            .read(&from, value)
            .impact("Calico uses the placeholder as the value");
        findings.push(finding.then(Some(step)));
    }
    findings
}

/// Whether pods of Calico run, and all are ready.
fn is_ready(case: &Case) -> bool {
    let mut wanted = pods::wanted(case.snapshot).peekable();
    wanted.peek().is_some() && wanted.all(crate::snapshot::Pod::is_ready)
}

fn is_placeholder(field: &str, value: &str) -> bool {
    match field {
        HOST | PORT | "kubernetes_service_host" | "kubernetes_service_port" => {
            placeholder::is_host(value)
        }
        _ => placeholder::is_in(value),
    }
}

fn in_config_maps(case: &Case) -> Vec<Placeholder> {
    let snapshot = case.snapshot;
    let restart = case.facts.install.is_from_manifests();
    let edit = |config: &ConfigMap| {
        let meta = &config.metadata;
        let (namespace, name) = (
            pasted(meta.namespace.as_deref().unwrap_or_default()),
            pasted(meta.name.as_deref().unwrap_or_default()),
        );
        let mut commands = format!("kubectl edit configmaps -n {namespace} {name}");
        let node = CalicoNode::current(snapshot).filter(|_| restart);
        if let Some(name) = node.and_then(|node| node.set.metadata.name.as_deref()) {
            commands.push_str(&format!(
                "\nkubectl rollout restart -n {namespace} daemonset/{}",
                pasted(name)
            ));
        }
        let what = if restart {
            "replace it with the value, and restart calico-node"
        } else {
            "replace it with the value; the operator then restarts calico-node"
        };
        Step::new(what).run(commands)
    };
    let readings: [(&Reading<ConfigMap>, bool); 5] = [
        (&snapshot.calico_config, false),
        (&snapshot.canal_config, false),
        (&snapshot.rke2_canal_config, false),
        (&snapshot.services_endpoint, true),
        (&snapshot.manifest_services_endpoint, true),
    ];
    let configs = readings.iter().filter_map(|(reading, is_address)| {
        let config = reading.read()?;
        Some((config, *is_address))
    });
    configs
        .flat_map(|(config, is_address)| {
            let entries = config.data.iter().flatten();
            let templates = ["cni_network_config", "net-conf.json"];
            let entries = entries.filter(move |(key, value)| {
                !templates.contains(&key.as_str()) && is_placeholder(key, value)
            });
            entries.map(move |(key, value)| Placeholder {
                from: Provenance::new(
                    ObjectRef::of_object("ConfigMap", &config.metadata),
                    format!("data.{key}"),
                ),
                value: value.clone(),
                is_address,
                step: if is_address {
                    address(case, config)
                } else {
                    edit(config)
                },
            })
        })
        .collect()
}

/// Sets the address of the API server in the ConfigMap that has only that.
fn address(case: &Case, config: &ConfigMap) -> Step {
    let what = "put the address of the API server, or of its load balancer, in place of HOST";
    let node = CalicoNode::current(case.snapshot).filter(|node| !node.is_of_operator());
    let of_manifest = config.metadata.namespace.as_deref() == Some("kube-system");
    match node.filter(|_| of_manifest) {
        Some(node) => Step::new(format!("{what}, and restart calico-node")).run(format!(
            "{}\nkubectl rollout restart -n kube-system daemonset/{}",
            services_endpoint::set_in_manifest(case, &node),
            pasted(node.set.metadata.name.as_deref().unwrap_or_default())
        )),
        None => Step::new(format!("{what}; the operator then restarts calico-node"))
            .run(services_endpoint::set(case)),
    }
}

/// Variables that are set in the DaemonSet itself.
fn in_environment(case: &Case) -> Vec<Placeholder> {
    let mut found = Vec::new();
    for node in CalicoNode::all(case.snapshot) {
        let environment = node.container().and_then(|it| it.env.as_ref());
        for variable in environment.into_iter().flatten() {
            let Some(value) = &variable.value else {
                continue;
            };
            let (name, meta) = (&variable.name, &node.set.metadata);
            if !is_placeholder(name, value) {
                continue;
            }
            let is_address = node.is_of_operator() && matches!(name.as_str(), HOST | PORT);
            let step = if is_address {
                Step::new(
                    "put the address of the API server, or of its load balancer, in place of \
                     HOST; the operator then restarts calico-node",
                )
                .run(services_endpoint::set(case))
            } else {
                Step::new("replace it with the value; this restarts calico-node node by node").run(
                    format!(
                        "kubectl edit daemonsets -n {} {}",
                        pasted(meta.namespace.as_deref().unwrap_or_default()),
                        pasted(meta.name.as_deref().unwrap_or_default())
                    ),
                )
            };
            found.push(Placeholder {
                from: node.env(name),
                value: value.clone(),
                step,
                is_address,
            });
        }
    }
    found
}

/// Strings of the Installation, but those of its pools.
fn in_installation(case: &Case) -> Vec<Placeholder> {
    let Some(installation) = default_installation(case.snapshot) else {
        return Vec::new();
    };
    let mut strings = Vec::new();
    collect("spec", &installation.spec, &mut strings);
    let strings = strings
        .into_iter()
        .filter(|(field, value)| !field.contains(".ipPools") && placeholder::is_in(value));
    strings
        .map(|(field, value)| Placeholder {
            from: Provenance::new(ObjectRef::installation(), field),
            value,
            is_address: false,
            step: Step::new(case.facts.install.lasting("replace it with the value"))
                .run("kubectl edit installations.operator.tigera.io default".to_owned()),
        })
        .collect()
}

/// The strings in a value, by their paths.
fn collect(path: &str, value: &Value, strings: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => strings.push((path.to_owned(), text.clone())),
        Value::Sequence(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                collect(&format!("{path}[{index}]"), entry, strings);
            }
        }
        Value::Mapping(fields) => {
            for (name, field) in fields {
                let name = name.as_str().unwrap_or_default();
                collect(&format!("{path}.{name}"), field, strings);
            }
        }
        _ => {}
    }
}
