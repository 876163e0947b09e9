//! kubeadm's ConfigMap, whose entries also contain etcd addresses and control plane arguments.

use calico_core::nesting;
use calico_core::pod_network::{KubeadmNetworking, kubeadm_networking};
use serde_json::{Map, Value};

/// The value that kubeadm writes its configuration to.
const CONFIGURATION: &str = "ClusterConfiguration";

/// What the operator looks for in the text of every value.
/// Source: tigera/operator v1.42.3, pkg/controller/ippool/kubeadm.go.
const RAW_FIELD: &str = "podSubnet: ";

/// What is kept of a value in its `data`: enough to give the same results as a YAML parser, and as the
/// operator, which does not parse YAML. `None` if neither finds anything in it.
pub(super) fn reduced(key: &str, text: &str) -> Option<String> {
    let reading = Networking::of(text);
    if key != CONFIGURATION {
        return Some(format!("{RAW_FIELD}{}\n", reading.raw?));
    }
    let lines = lines(text);
    Some(if Networking::of(&lines) == reading {
        lines
    } else {
        reading.to_text()
    })
}

/// What is read from a text.
#[derive(PartialEq)]
struct Networking {
    /// As YAML; `None` if it is not valid YAML.
    networking: Option<KubeadmNetworking>,
    /// What the operator takes for the podSubnet.
    raw: Option<String>,
}

impl Networking {
    fn of(text: &str) -> Self {
        let networking = if nesting::obstacle(text).is_some() {
            None
        } else {
            kubeadm_networking(text).ok()
        };
        let raw = text
            .split_once(RAW_FIELD)
            .and_then(|(_, rest)| rest.split('\n').next());
        Self {
            networking,
            raw: raw.map(str::to_owned),
        }
    }

    /// A text that reads like this.
    fn to_text(&self) -> String {
        let mut text = String::new();
        if let Some(raw) = &self.raw {
            text.push_str(&format!("# {RAW_FIELD}{raw}\n"));
        }
        match &self.networking {
            Some(networking) => {
                let fields = [
                    ("podSubnet", &networking.pod_subnet),
                    ("serviceSubnet", &networking.service_subnet),
                ];
                let fields: Map<String, Value> = fields
                    .into_iter()
                    .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?.into())))
                    .collect();
                text.push_str(&format!("networking: {}\n", Value::Object(fields)));
            }
            None => text.push('{'),
        }
        text
    }
}

/// The lines of a text in kubeadm's own style that hold its networks.
fn lines(text: &str) -> String {
    let is_kept = |line: &str| {
        let key = line.trim_start().trim_start_matches(['"', '\'']);
        key.trim_end() == "networking:"
            || ["podSubnet", "serviceSubnet"]
                .iter()
                .any(|field| key.starts_with(field))
    };
    text.split_inclusive('\n')
        .filter(|line| is_kept(line))
        .collect()
}
