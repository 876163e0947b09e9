//! Domain names, and the registries of images.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::tokens;

/// Domains that are the same everywhere: API groups, public registries, clouds.
const PUBLIC: [&str; 27] = [
    "amazonaws.com",
    "argoproj.io",
    "azure.com",
    "azmk8s.io",
    "cluster.local",
    "cni.cncf.io",
    "coreos.com",
    "docker.com",
    "docker.io",
    "fluxcd.io",
    "gcr.io",
    "ghcr.io",
    "github.com",
    "helm.sh",
    "k3s.io",
    "k8s.io",
    "kubernetes.io",
    "mcr.microsoft.com",
    "microk8s.io",
    "openshift.io",
    "openshift.org",
    "pkg.dev",
    "projectcalico.org",
    "quay.io",
    "rancher.io",
    "rke2.io",
    "tigera.io",
];

/// Last labels that are those of a file or a field, not of a domain.
const NOT_DOMAINS: [&str; 18] = [
    "cfg", "conf", "conflist", "crt", "ctl", "go", "io/v1", "json", "key", "log", "pem", "sh",
    "slice", "so", "sock", "txt", "yaml", "yml",
];

/// Parts of an image's path that are the same everywhere.
const PATHS: [&str; 6] = ["calico", "coredns", "flannel", "k8s", "rancher", "tigera"];

/// The replacements that were needed so far.
#[derive(Default)]
pub(super) struct Domains(RefCell<BTreeMap<String, String>>);

impl Domains {
    /// The text with other domains.
    pub(super) fn replace(&self, text: &str) -> String {
        let belongs = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
        tokens::replace(text, belongs, |word| {
            let end = word.trim_end_matches(['.', '-']).len();
            let (domain, after) = word.split_at(end);
            is_private(domain).then(|| format!("{}{after}", self.other(domain)))
        })
    }

    /// An image with another registry, and without the folders that name a team.
    pub(super) fn image(&self, image: &str) -> String {
        let mut parts: Vec<&str> = image.split('/').collect();
        let Some(name) = parts.pop() else {
            return image.to_owned();
        };
        let is_registry = |part: &&str| part.contains(['.', ':']) || *part == "localhost";
        let registry = parts.first().copied().filter(is_registry);
        let mut kept: Vec<String> = Vec::new();
        if let Some(registry) = registry {
            parts.remove(0);
            let host = registry.split(':').next().unwrap_or_default();
            kept.push(if is_public(host) {
                registry.to_owned()
            } else {
                "registry.example.com".to_owned()
            });
        }
        let is_public = registry.is_none_or(is_public);
        let parts = parts
            .into_iter()
            .filter(|part| is_public || PATHS.contains(part));
        kept.extend(parts.map(str::to_owned));
        kept.push(name.to_owned());
        kept.join("/")
    }

    fn other(&self, domain: &str) -> String {
        let mut others = self.0.borrow_mut();
        let number = others.len() + 1;
        let other = others.entry(domain.to_owned());
        other
            .or_insert_with(|| format!("host-{number}.example.com"))
            .clone()
    }
}

/// Whether a word is a domain name that is not the same everywhere.
fn is_private(word: &str) -> bool {
    let Some((before, last)) = word.rsplit_once('.') else {
        return false;
    };
    let labels = before.split('.').count() + 1;
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let is_domain = word.split('.').all(is_label)
        && last.len() >= 2
        && last.bytes().all(|b| b.is_ascii_lowercase())
        && before.bytes().any(|b| b.is_ascii_lowercase())
        && !NOT_DOMAINS.contains(&last);
    // A field such as `spec.nodeselector` looks like a domain of two labels.
    let is_field = ["spec.", "status.", "metadata.", "data.", "env."]
        .iter()
        .any(|start| word.starts_with(start));
    is_domain && labels >= 2 && !is_field && !is_public(word)
}

fn is_public(domain: &str) -> bool {
    PUBLIC.iter().any(|public| {
        let host = domain.strip_suffix(public);
        host.is_some_and(|host| host.is_empty() || host.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_domains_are_replaced_alike() {
        let domains = Domains::default();
        assert_eq!(
            domains.replace("node-1.corp.local (https://api.corp.local:6443), node-1.corp.local."),
            "host-1.example.com (https://host-2.example.com:6443), host-1.example.com."
        );
        for text in [
            "operator.tigera.io/v1",
            "spec.calicoNetwork.ipPools",
            "/etc/cni/net.d/10-calico.conflist",
            "v3.32.1",
            "10.0.0.1",
            "/var/run/bird/bird.ctl",
            "system.slice",
        ] {
            assert_eq!(domains.replace(text), text);
        }
    }

    #[test]
    fn an_image_keeps_its_name() {
        let domains = Domains::default();
        for (image, other) in [
            ("quay.io/calico/node:v3.32.1", "quay.io/calico/node:v3.32.1"),
            ("calico/node:v3.32.1", "calico/node:v3.32.1"),
            (
                "harbor.corp:5000/team/calico/node:v3.32.1",
                "registry.example.com/calico/node:v3.32.1",
            ),
        ] {
            assert_eq!(domains.image(image), other);
        }
    }
}
