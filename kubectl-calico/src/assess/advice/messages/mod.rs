//! Well-known lines of the logs of Calico's containers, and of events: the cause of each, and what to do.
//!
//! To add one: an entry of a few lines in the file of its subject, with a line that it matches and no other
//! entry does. docs/messages.md lists all of them.

mod admission;
mod bird;
mod cni;
mod commands;
mod connection;
mod datastore;
mod felix;
mod kernel;
mod known_message;
mod kube_proxy;
mod node_files;
mod operator;
mod runtime;
mod server;
mod service_path;
mod start;
mod typha;

pub(crate) use known_message::KnownMessage;
use server::Server;

use crate::assess::check::Case;

/// The subjects, and their messages.
const SUBJECTS: [(&str, &[KnownMessage]); 12] = [
    ("CNI plugin and IPAM", cni::MESSAGES),
    (
        "CNI configuration and binaries of a node",
        node_files::MESSAGES,
    ),
    ("Start of calico-node", start::MESSAGES),
    ("BIRD, and the readiness of calico-node", bird::MESSAGES),
    ("Felix", felix::MESSAGES),
    ("Kernel", kernel::MESSAGES),
    ("Typha", typha::MESSAGES),
    ("API server and datastore", datastore::MESSAGES),
    ("Kubelet and container runtime", runtime::MESSAGES),
    ("Creation of pods", admission::MESSAGES),
    ("Operator and Calico's API server", operator::MESSAGES),
    ("kube-proxy", kube_proxy::MESSAGES),
];

/// The message that a line is in this cluster: a specific one, if a general one is in it, too.
pub(crate) fn known(case: &Case, line: &str) -> Option<&'static KnownMessage> {
    let line = line.to_lowercase();
    let server = Server::of(case, &line);
    all()
        .filter(|message| message.is_in(&line, server) && (message.applies)(case))
        .min_by_key(|message| message.is_general)
}

/// The message that a line about kube-proxy is: its own, the kubelet's or the container runtime's. What others say about
/// connections is meant for Calico.
pub(crate) fn known_of_kube_proxy(case: &Case, line: &str) -> Option<&'static KnownMessage> {
    let line = line.to_lowercase();
    let server = Server::of(case, &line);
    kube_proxy::MESSAGES
        .iter()
        .chain(runtime::MESSAGES)
        .filter(|message| message.is_in(&line, server) && (message.applies)(case))
        .min_by_key(|message| message.is_general)
}

fn all() -> impl Iterator<Item = &'static KnownMessage> {
    SUBJECTS.iter().flat_map(|(_, messages)| *messages)
}

/// Lines that are known.
#[cfg(test)]
pub(crate) fn examples() -> impl Iterator<Item = &'static str> {
    all().flat_map(|message| message.examples.iter().copied())
}

/// What a line means where every address that it dials is that of the API server's Service.
#[cfg(test)]
pub(crate) fn meanings(line: &str) -> Vec<&'static str> {
    let line = line.to_lowercase();
    let server = Server::of_example(&line);
    let messages = all().filter(|message| message.is_in(&line, server));
    messages.map(|message| message.means).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_that_message_and_no_other() {
        for message in all() {
            assert!(!message.examples.is_empty(), "{}", message.means);
            for example in message.examples {
                assert_eq!(meanings(example), [message.means], "{example}");
            }
        }
    }

    #[test]
    fn every_message_is_complete() {
        for message in all() {
            let (means, fix) = (message.means, message.fix);
            for text in message
                .texts
                .iter()
                .chain(message.any())
                .chain(message.without)
            {
                assert_eq!(
                    *text,
                    text.to_lowercase(),
                    "lines are matched in lower case"
                );
            }
            assert!(message.texts.len() + message.any().count() > 0, "{means}");
            assert!(!message.source.is_empty(), "{means}");
            assert!(
                !means.is_empty() && !means.ends_with('.') && !fix.ends_with('.'),
                "{means}"
            );
        }
    }

    #[test]
    fn what_healthy_programs_write_is_no_known_message() {
        for line in [
            "2026-01-01 00:00:00.000 [INFO][60] felix/summary.go 100: Summarising 12 dataplane \
             reconciliation loops over 1m4s: avg=5ms longest=10ms ()",
            "bird: Mesh_192_168_100_12: State changed to feed",
            "2026-01-01 00:00:00.000 [INFO][9] startup/startup.go 430: Early log level set to info",
            "{\"level\":\"info\",\"ts\":\"2026-01-01T00:00:00Z\",\"logger\":\"controller_installation\",\
             \"msg\":\"Installation is ready\"}",
            "Successfully assigned default/a to node-1",
            "Back-off restarting failed container calico-node in pod calico-node-1",
        ] {
            assert!(meanings(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn the_page_is_up_to_date() {
        let mut page = String::from(
            "# Pod messages\n\nThe log lines and events that `kubectl calico status` knows, listed by the text \
             that it looks for, in upper or lower case. `…` stands for any text; what follows `, to` is the \
             server that the line names. A finding about a pod with such a line names the cause, and quotes \
             the line. If several lines are known, a specific one takes precedence over a *general* one, which \
             is only a consequence; an event over a log line; and a later line over an earlier one. Other \
             lines are quoted without a cause. This page is generated.\n",
        );
        for (subject, messages) in SUBJECTS {
            page.push_str(&format!(
                "\n## {subject}\n\n| text | cause | what to do | source |\n| --- | --- | --- | --- |\n"
            ));
            for message in messages {
                let mut texts = message.texts.to_vec();
                let any = message.any().copied().collect::<Vec<_>>().join(" or ");
                if !any.is_empty() {
                    texts.push(&any);
                }
                let mut text = texts.join(" … ").replace('|', "\\|");
                let to: Vec<&str> = message.to.iter().map(|server| server.name()).collect();
                if !to.is_empty() {
                    text.push_str(&format!(", to {}", to.join(" or ")));
                }
                if message.is_general {
                    text.push_str(" (*general*)");
                }
                let source = match message.versions {
                    "" => message.source.to_owned(),
                    versions => format!("{versions}: {}", message.source),
                };
                let fix = match message.fix {
                    "" => "depends on the cluster: see the finding",
                    fix => fix,
                };
                page.push_str(&format!(
                    "| {text} | {} | {fix} | {source} |\n",
                    message.means
                ));
            }
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/messages.md");
        if std::env::var_os("UPDATE_CASES").is_some() {
            std::fs::write(path, &page).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            page,
            "UPDATE_CASES=1 cargo test -p kubectl-calico --lib messages writes it"
        );
    }
}
