//! Whether what Calico is configured with was filled in.

mod config_maps;
mod environment;
mod installation;
mod placeholder;
mod workloads;

use calico_core::catalog::Entry;

use crate::assess::check::{Case, Check, Judges};
use crate::assess::finding::Finding;
use crate::snapshot::resources::{
    self, CALICO_CONFIG, CALICO_PODS, CANAL_CONFIG, DAEMON_SETS, DEPLOYMENTS, INSTALLATIONS,
    MANIFEST_SERVICES_ENDPOINT, OPERATORS, RKE2_CANAL_CONFIG,
};
use crate::views::calico_node::SERVICES_ENDPOINT;
use crate::views::pods;
use placeholder::Placeholder;

pub(crate) const PLACEHOLDER_LEFT: Check = Check {
    entry: Entry {
        code: "CAL118",
        title: "Calico's configuration still contains a placeholder",
        meaning: "A value of calico-node's environment, of its ConfigMaps, of an image or of the Installation \
                  is a placeholder from a manifest, from the documentation or from a template.",
        impact: "Calico uses the placeholder as the value. With a placeholder for the address of the API \
                 server or of etcd, its pods never become ready.",
        criteria: "The value contains <…>, ${…}, {{…}}, __…__ in capitals, CHANGEME, or a name that starts \
                   with \"your-\"; or the address of the API server is in capitals, such as HOST, or is \
                   x.x.x.x. The template cni_network_config, whose placeholders install-cni fills in, and the \
                   pools of the Installation, which CAL110 checks, are left out. The finding is an error, or a \
                   warning if all of Calico's pods are ready.",
        fix: "Replace the placeholder with the value.",
        source: "projectcalico/calico v3.32.1, manifests/calico-etcd.yaml; Calico documentation, \
                 Enable the eBPF data plane (kubernetes-services-endpoint)",
    },
    needs: &[&DAEMON_SETS],
    // The objects around calico-node that may have a placeholder.
    excuses: &[
        &CALICO_CONFIG,
        &CANAL_CONFIG,
        &RKE2_CANAL_CONFIG,
        &resources::SERVICES_ENDPOINT,
        &MANIFEST_SERVICES_ENDPOINT,
        &INSTALLATIONS,
        &OPERATORS,
        &DEPLOYMENTS,
        &CALICO_PODS,
    ],
    judges: Judges::Configured,
    find: placeholders,
};

/// A finding for each object with placeholders.
fn placeholders(case: &Case) -> Vec<Finding> {
    let mut found = config_maps::placeholders(case);
    // The operator copies the address to the variables.
    let passed_on = found
        .iter()
        .any(|it| it.from.object.name.as_deref() == Some(SERVICES_ENDPOINT));
    let in_environment = environment::placeholders(case).into_iter();
    found.extend(in_environment.filter(|it| !(passed_on && it.is_address)));
    found.extend(workloads::placeholders(case));
    found.extend(installation::placeholders(case));
    let is_ready = is_ready(case);
    let mut findings: Vec<Finding> = Vec::new();
    for Placeholder {
        from,
        value,
        step,
        is_address,
    } in found
    {
        let mut known = findings.iter_mut();
        let same = known.find(|found| found.subject.is(&from.object));
        if let Some(finding) = same {
            *finding = finding.clone().read(&from, value);
            if !finding.fix.contains(&step) {
                finding.fix.push(step);
            }
            continue;
        }
        let message = format!("{} still contains a placeholder", from.object);
        let finding = Finding::error(&PLACEHOLDER_LEFT.entry, &from.object, message)
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
