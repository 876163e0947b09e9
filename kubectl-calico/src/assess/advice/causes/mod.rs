//! Well-known messages of the operator: the cause of each, and what to do.
//!
//! Case and punctuation change between releases, so messages are matched in lower case, by the part
//! that stays the same. A message that is not listed is quoted without a cause.
//! docs/operator-messages.md lists all of them.

mod commands;
mod installation;
mod known_cause;
mod migration;
mod pod_network;
mod pods;
mod pools;
mod waiting;
mod writing;

pub(crate) use known_cause::KnownCause;

/// Every cause, specific ones before general ones.
fn causes() -> impl Iterator<Item = &'static KnownCause> {
    let all = [
        pod_network::CAUSES,
        waiting::CAUSES,
        pools::CAUSES,
        migration::CAUSES,
        installation::CAUSES,
        writing::CAUSES,
        pods::CAUSES,
    ];
    all.into_iter().flatten()
}

/// The first cause whose texts a message contains.
pub(crate) fn cause(message: &str) -> Option<&'static KnownCause> {
    let message = message.to_lowercase();
    causes().find(|cause| {
        cause.texts.iter().all(|text| message.contains(text)) && (cause.is_meant)(&message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::{Redaction, RedactionKey};

    #[test]
    fn every_text_is_there_once_it_is_redacted() {
        let redaction = Redaction::of(&RedactionKey::random(), &[]);
        for text in causes().flat_map(|known| known.texts) {
            assert_eq!(redaction.text(text).to_lowercase(), **text);
        }
    }

    #[test]
    fn every_text_can_be_found() {
        for known in causes() {
            for text in known.texts {
                assert_eq!(
                    *text,
                    text.to_lowercase(),
                    "messages are matched in lower case"
                );
            }
            let message = known.texts.join(" ");
            if !(known.is_meant)(&message) {
                continue;
            }
            let found = cause(&message).map(|found| found.means);
            assert_eq!(found, Some(known.means), "{message} is taken for another");
        }
    }

    /// Messages as the operator writes them, with a part of their cause.
    #[test]
    fn real_messages_have_their_cause() {
        for (message, means) in [
            (
                "Error creating / updating resource: Internal error occurred: failed calling webhook \
                 \"validate.kyverno.svc-fail\": failed to call webhook: Post \"https://kyverno-svc.kyverno.svc:443/validate\": \
                 dial tcp 10.96.12.1:443: connect: connection refused",
                "webhook",
            ),
            (
                "Error querying installation: could not resolve CalicoNetwork IPPool and kubeadm \
                 configuration: IPPool 192.168.0.0/16 is not within the platform's configured pod \
                 network CIDR(s) [10.244.0.0/16]",
                "outside the cluster's pod CIDR",
            ),
            (
                "Error creating / updating IPPools: error with field IPPool.Spec.CIDR = '10.244.0.0/16' \
                 (IPPool(pods) CIDR overlaps with IPPool(default-ipv4-ippool) CIDR 10.244.0.0/16)",
                "another name",
            ),
            (
                "Error creating / updating IPPools: error with field IPPool.Spec.CIDR = '10.244.0.0/17' \
                 (IPPool(pods) CIDR overlaps with IPPool(default-ipv4-ippool) CIDR 10.244.0.0/16)",
                "a pool overlaps another one",
            ),
            (
                "Installation not found: Installation.operator.tigera.io \"default\" not found",
                "no Installation",
            ),
            (
                "Error creating / updating resource: namespaces \"calico-system\" not found",
                "create the calico-system namespace",
            ),
            (
                "Error creating / updating IPPools: IPPool.projectcalico.org \"default-ipv4-ippool\" \
                 is invalid: IPPool.Spec.CIDR: Invalid value: \"10.244.0.0/16\": IPPool CIDR is not \
                 strictly masked",
                "host bits",
            ),
            (
                "Error creating / updating resource: unable to create new content in namespace \
                 calico-system because it is being terminated",
                "being deleted",
            ),
            (
                "Error creating / updating resource: daemonsets.apps is forbidden: User \
                 \"system:serviceaccount:tigera-operator:tigera-operator\" cannot create resource",
                "lacks a permission",
            ),
            (
                "Error querying IPPools: the server could not find the requested resource",
                "CustomResourceDefinition",
            ),
            (
                "Failed to write defaults: Installation.operator.tigera.io \"default\" is invalid: \
                 spec.kubernetesProvider: Unsupported value: \"Kind\": supported values: \"\", \"EKS\", \
                 \"GKE\"",
                "older than the operator",
            ),
            (
                "error validating IP pool configuration: IP pool 10.244.0.0/16 is specified more \
                 than once",
                "rejects a pool",
            ),
        ] {
            let found = cause(message).map(|found| found.means).unwrap_or_default();
            assert!(found.contains(means), "{message}: {found}");
        }
    }

    #[test]
    fn the_page_is_up_to_date() {
        let mut page = String::from(
            "# Operator messages\n\
             \n\
             The messages of the Tigera operator that `kubectl calico status` knows (CAL107), listed by the \
             text that it looks for. Any other message is quoted without a cause. The versions are those of \
             the operator; 1.28 is the oldest one whose messages were compared. In the column *cause*, \"it\" \
             is the component that reports the message. This page is generated.\n\
             \n\
             | text | operator | cause | what to do |\n\
             | --- | --- | --- | --- |\n",
        );
        for cause in causes() {
            let (first, last) = cause.written_by;
            let versions = match last {
                Some(last) => format!("1.{first} to 1.{last}"),
                None => format!("1.{first} and later"),
            };
            let fix = match cause.waits_for {
                Some(other) => {
                    format!("if {other} is not available, fix that first; {}", cause.fix)
                }
                None => cause.fix.to_owned(),
            };
            page.push_str(&format!(
                "| {} | {versions} | {} | {fix} |\n",
                cause.texts.join(" … "),
                cause.means
            ));
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operator-messages.md");
        if std::env::var_os("UPDATE_CASES").is_some() {
            std::fs::write(path, &page).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            page,
            "UPDATE_CASES=1 cargo test -p kubectl-calico --lib causes writes it"
        );
    }
}
