//! Whether the operator reads podSubnet correctly: it does not parse kubeadm's configuration as YAML.

use calico_core::catalog::Entry;
use calico_core::cidr::Cidr;
use calico_core::pod_network::{OperatorReading, cidr_list, kubeadm_networking};
use calico_core::text::{printable, quoted, shortened};
use k8s_openapi::api::core::v1::ConfigMap;

use super::kubeadm::{EDIT, KEY, impact, object, read_by_operator, readings};
use crate::assess::check::{Case, Check, Judges, Remedy};
use crate::assess::finding::{Finding, Severity};
use crate::facts::networks::list;
use crate::snapshot::resources::{INSTALLATIONS, IP_POOLS, KUBEADM_CONFIG};
use crate::views::calico_node::entry;

pub(crate) const POD_SUBNET_MISREAD: Check = Check {
    entry: Entry {
        code: "CAL206",
        title: "the operator misreads kubeadm's podSubnet",
        meaning: "The operator reads a different value for podSubnet in the kubeadm-config \
                  ConfigMap than a YAML parser does.",
        impact: "The operator does not parse the ConfigMap as YAML: in the raw text of each value, \
                 it takes everything after \"podSubnet: \" up to the end of the line, and splits \
                 it at commas. Quotes, a space after a comma or at the end, a comment or a \
                 carriage return make that an invalid CIDR, and the operator stops. A comment that \
                 contains podSubnet is mistaken for the field, and a field written as \
                 {\"podSubnet\":…} is not found. Host bits end up in the first pool, which \
                 Calico's API then refuses to change.",
        criteria: "What the operator reads is compared with the YAML value. Host bits are reported \
                   only if the operator will create its pools from podSubnet. The finding is an \
                   error while the operator reads the ConfigMap, and a note otherwise; see \
                   CAL205.",
        fix: "Write it as kubeadm does: podSubnet: 10.244.0.0/16,fd00:10:244::/56, without quotes, \
              spaces or a comment, and nowhere else in the ConfigMap.",
        source: "tigera/operator v1.42.3, pkg/controller/ippool/kubeadm.go, unchanged since 1.30; \
                 projectcalico/calico#11311",
    },
    needs: &[&KUBEADM_CONFIG, &INSTALLATIONS, &IP_POOLS],
    excuses: &[],
    judges: Judges::Requested {
        remedy: Remedy::Elsewhere,
    },
    find: |case| {
        let Some((config, severity)) = read_by_operator(case) else {
            return Vec::new();
        };
        let yaml = kubeadm_networking(entry(config, KEY).unwrap_or_default());
        let subnet = yaml.ok().and_then(|networking| networking.pod_subnet);
        let subnet = cidr_list(subnet.as_deref().unwrap_or_default()).unwrap_or_default();
        let found = readings(config);
        let wrong = found
            .iter()
            .find_map(|(key, reading)| Some((*key, wrong(case, severity, reading, &subnet)?)));
        let hidden = || {
            let message = format!("the operator cannot find podSubnet {}", list(&subnet));
            let is_hidden = found.is_empty() && !subnet.is_empty();
            is_hidden.then(|| (KEY, Wrong::new(message, impact(case, severity))))
        };
        let Some((key, wrong)) = wrong.or_else(hidden) else {
            return Vec::new();
        };
        let clean: Vec<String> = subnet
            .iter()
            .map(|cidr| cidr.network().to_string())
            .collect();
        let finding = Finding::new(&POD_SUBNET_MISREAD.entry, severity, object(), wrong.message)
            .evidence(object(), format!("data.{key}"), line(config, key))
            .impact(wrong.impact)
            .fix(if clean.is_empty() {
                "remove the line, which is not the podSubnet field".to_owned()
            } else {
                correct(config, key, &clean.join(","))
            })
            .paste(EDIT);
        vec![finding]
    },
};

/// How the operator comes to read the subnet from the field, which is in one value of the ConfigMap only.
fn correct(config: &ConfigMap, key: &str, clean: &str) -> String {
    let field = format!(
        "podSubnet: {clean}, without quotes, and with no space other than the one after the colon"
    );
    if key == KEY {
        format!(
            "under networking in {KEY}, write exactly {field}; remove any other line that contains podSubnet"
        )
    } else {
        format!(
            "remove the line {} from data.{key}, which the operator reads as the setting; in data.{KEY}, keep the line \
             {field}",
            quoted(line(config, key))
        )
    }
}

/// What is wrong with the operator's reading.
struct Wrong {
    message: String,
    impact: &'static str,
}

impl Wrong {
    fn new(message: String, impact: &'static str) -> Self {
        Self { message, impact }
    }
}

/// A text in quotes, or the text as it is if it contains some itself.
fn with_its_quotes(text: &str) -> String {
    if text.contains(['"', '\'']) {
        format!("{}, including the quotes,", printable(text))
    } else {
        quoted(text)
    }
}

/// What is wrong with a reading, compared with that of YAML.
fn wrong(
    case: &Case,
    severity: Severity,
    reading: &OperatorReading,
    subnet: &[Cidr],
) -> Option<Wrong> {
    let later = impact(case, severity);
    match reading {
        OperatorReading::Misread(why) => Some(Wrong::new(
            format!(
                "the operator reads {} as a CIDR of kubeadm's podSubnet",
                with_its_quotes(&why.text)
            ),
            later,
        )),
        OperatorReading::Cidrs(cidrs) if cidrs != subnet => Some(Wrong::new(
            format!(
                "the operator reads kubeadm's podSubnet as {}, but it is {}",
                list(cidrs),
                match subnet {
                    [] => "missing".to_owned(),
                    subnet => list(subnet),
                }
            ),
            match severity {
                Severity::Error => {
                    "the operator creates its pools from this CIDR, and none that the Installation \
                     lists outside it"
                }
                _ => later,
            },
        )),
        OperatorReading::Cidrs(cidrs) => {
            let asked = case.facts.installation.as_ref()?;
            let makes_pools = severity == Severity::Error && asked.written.pools.is_none();
            let odd = cidrs.iter().find(|cidr| cidr.has_host_bits())?;
            makes_pools.then(|| {
                Wrong::new(
                    format!("the operator creates a pool from {odd}, which has host bits set"),
                    "Calico's API then refuses to change or delete the pool",
                )
            })
        }
        OperatorReading::Missing => None,
    }
}

/// The line that the operator reads, or should read.
fn line(config: &ConfigMap, key: &str) -> String {
    let text = entry(config, key).unwrap_or_default();
    let mut lines = text.split('\n');
    let line = lines.find(|line| line.contains("podSubnet"));
    shortened(line.unwrap_or_default().trim_start(), 80)
}
