//! The cluster that commands are for. A run with connection options prints commands that change the same
//! one, and not that of kubectl's current context.

use std::cmp::Reverse;
use std::ops::Range;

use super::Step;
use super::calls::calls;
use super::cluster_option::{GivenOption, Program};
use super::command::word;
use super::connection_words::ConnectionWords;
use super::plugin_call::{Reads, mentions};

/// Where commands go: the connection options of this run, and the files that were read instead of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Destination {
    /// The options, in the order in which they are printed.
    pub options: Vec<GivenOption>,
    /// The values of `-f`.
    pub files: Vec<String>,
}

/// Stands for a file whose name cannot be printed.
const FILE: &str = "FILE";

/// A text to insert into another one, at a byte of it.
struct Insertion {
    at: usize,
    text: String,
}

/// What lets a call reach the cluster.
#[derive(Default)]
struct Address {
    insertions: Vec<Insertion>,
    /// What to do before the call.
    remark: Option<String>,
}

impl Destination {
    /// Without the names of the cluster: placeholders keep a command from reaching another one.
    pub fn redacted(mut self) -> Self {
        for given in &mut self.options {
            given.option.placeholder().clone_into(&mut given.value);
        }
        self.files.fill(FILE.to_owned());
        self
    }

    /// The same cluster as another user, who has more permissions than this one.
    pub fn as_another_user(&self) -> Self {
        let mut other = self.clone();
        other.options.retain(|given| !given.option.is_identity());
        other
    }

    /// Sends the commands of steps to the cluster.
    pub fn address_all(&self, steps: &mut [Step]) {
        for step in steps {
            self.address(step);
        }
    }

    /// Sends the commands of a step to the cluster.
    pub fn address(&self, step: &mut Step) {
        let files: &[String] = if step.reads_result() {
            &[]
        } else {
            &self.files
        };
        let mut remarks: Vec<String> = Vec::new();
        for command in &mut step.commands {
            let mut insertions = Vec::new();
            for words in calls(command) {
                let address = self.address_of(command, &words, files);
                insertions.extend(address.insertions);
                let remark = address.remark;
                remarks.extend(remark.filter(|remark| !remarks.contains(remark)));
            }
            *command = inserted(command, insertions);
        }
        // What a sentence names is for later, unless it is part of the command of the step.
        step.what = self.prose(
            &step.what,
            |before| {
                if before.ends_with("$(") { files } else { &[] }
            },
        );
        for remark in remarks {
            step.what.push_str(&format!("; {remark}"));
        }
    }

    /// A command of this plugin that reads the same again.
    pub fn again(&self, subcommand: &str, flags: &str) -> String {
        let read = self.read(&self.files);
        format!("kubectl calico {subcommand}{read}{flags}")
    }

    /// A text that names commands of this plugin.
    pub fn text(&self, text: &str) -> String {
        self.prose(text, |_| &self.files)
    }

    /// What to insert into a command, so that one of its calls reaches the cluster.
    fn address_of(&self, command: &str, words: &[Range<usize>], files: &[String]) -> Address {
        let text = |word: &Range<usize>| command.get(word.clone()).unwrap_or_default();
        let texts: Vec<&str> = words.iter().map(text).collect();
        let ends = |index: usize| words.get(index).map_or(command.len(), |word| word.end);
        let Some(program) = Program::of(&texts) else {
            return Address::default();
        };
        if program == Program::Plugin {
            let reads = Reads::of(texts.get(2..).unwrap_or_default());
            let read = self.read_by(reads, files);
            return Address {
                insertions: read
                    .map(|text| Insertion { at: ends(2), text })
                    .into_iter()
                    .collect(),
                remark: None,
            };
        }
        let connection = ConnectionWords::of(&self.options, program);
        let start = words.first().map_or(0, |word| word.start);
        Address {
            remark: connection.remark(program),
            insertions: vec![
                Insertion {
                    at: start,
                    text: connection.variables,
                },
                Insertion {
                    at: ends(0),
                    text: connection.flags,
                },
            ],
        }
    }

    /// The flags with which a call reads the cluster, or these files.
    fn read_by(&self, reads: Reads, files: &[String]) -> Option<String> {
        match reads {
            Reads::Same => Some(self.read(files)),
            Reads::Live => Some(self.read(&[])),
            Reads::Nothing => None,
        }
    }

    fn read(&self, files: &[String]) -> String {
        if files.is_empty() {
            return ConnectionWords::of(&self.options, Program::Plugin).flags;
        }
        let files = files.iter().map(|file| {
            // Standard input has been read.
            let word = word(file).filter(|word| word != "-");
            format!(" -f {}", word.unwrap_or_else(|| FILE.to_owned()))
        });
        files.collect()
    }

    /// `files` are those for a command, by the text before it.
    fn prose<'a>(&self, text: &str, files: impl Fn(&str) -> &'a [String]) -> String {
        let insertions = mentions(text).into_iter().filter_map(|mention| {
            let before = text.get(..mention.start).unwrap_or_default();
            Some(Insertion {
                at: mention.end,
                text: self.read_by(mention.reads, files(before))?,
            })
        });
        inserted(text, insertions.collect())
    }
}

/// A text with others inserted.
fn inserted(text: &str, mut insertions: Vec<Insertion>) -> String {
    // A command substitution comes after the start of the command that it is in.
    insertions.sort_by_key(|insertion| Reverse(insertion.at));
    let mut text = text.to_owned();
    for Insertion { at, text: other } in insertions {
        text.insert_str(at, &other);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repair::cluster_option::ClusterOption;

    fn to(options: &[(ClusterOption, &str)]) -> Destination {
        let options = options
            .iter()
            .map(|(option, value)| GivenOption::new(*option, *value));
        Destination {
            options: options.collect(),
            files: Vec::new(),
        }
    }

    fn step(destination: &Destination, step: Step) -> Step {
        let mut step = step;
        destination.address(&mut step);
        step
    }

    fn addressed(destination: &Destination, command: &str) -> String {
        let step = step(destination, Step::new("do").run(command));
        assert_eq!(step.what, "do");
        step.commands.concat()
    }

    #[test]
    fn every_program_is_sent_to_the_same_cluster() {
        let prod = to(&[
            (ClusterOption::Kubeconfig, "my config"),
            (ClusterOption::Context, "prod"),
        ]);
        for (command, expected) in [
            (
                "kubectl get nodes | grep a\nkubectl exec a -- ls",
                "kubectl --kubeconfig 'my config' --context prod get nodes | grep a\n\
                 kubectl --kubeconfig 'my config' --context prod exec a -- ls",
            ),
            (
                "calicoctl patch a -p '{}'",
                "KUBECONFIG='my config' calicoctl --context prod patch a -p '{}'",
            ),
            (
                "helm upgrade a b",
                "helm --kubeconfig 'my config' --kube-context prod upgrade a b",
            ),
            ("helm repo update a", "helm repo update a"),
            (
                "kubectl calico rbac | kubectl apply -f -",
                "kubectl calico rbac | kubectl --kubeconfig 'my config' --context prod apply -f -",
            ),
            (
                "kubectl calico plan -o values > a",
                "kubectl calico plan --kubeconfig 'my config' --context prod -o values > a",
            ),
            (
                "kubectl calico status",
                "kubectl calico status --kubeconfig 'my config' --context prod",
            ),
            (
                "# on a node\nkubectl --kubeconfig /etc/a get b",
                "# on a node\nkubectl --kubeconfig /etc/a get b",
            ),
            ("ip route get 10.0.0.1", "ip route get 10.0.0.1"),
        ] {
            assert_eq!(addressed(&prod, command), expected);
            assert_eq!(addressed(&Destination::default(), command), command);
        }
        assert_eq!(
            prod.text("until kubectl calico status shows none"),
            "until kubectl calico status --kubeconfig 'my config' --context prod shows none"
        );
    }

    #[test]
    fn a_here_document_stays_as_it_is() {
        let document = "kubectl create -f - <<'EOF'\na: kubectl\nEOF";
        assert_eq!(
            addressed(&to(&[(ClusterOption::Context, "a")]), document),
            "kubectl --context a create -f - <<'EOF'\na: kubectl\nEOF"
        );
    }

    #[test]
    fn a_context_stands_for_options_that_a_program_does_not_have() {
        let destination = to(&[
            (ClusterOption::Context, "prod"),
            (ClusterOption::Cluster, "b"),
            (ClusterOption::As, "jane"),
        ]);
        let step = step(
            &destination,
            Step::new("do")
                .run("calicoctl get a")
                .run("helm list")
                .run("calicoctl get b"),
        );
        assert_eq!(
            step.commands,
            [
                "calicoctl --context CONTEXT get a",
                "helm --kube-context CONTEXT list",
                "calicoctl --context CONTEXT get b"
            ]
        );
        assert_eq!(
            step.what,
            "do; replace CONTEXT with a kubeconfig context for the same cluster and user, because calicoctl has no \
             --cluster or --as; replace CONTEXT with a kubeconfig context for the same cluster and user, \
             because helm has no --cluster"
        );
    }

    #[test]
    fn files_are_read_again_unless_the_cluster_has_changed_since() {
        let destination = Destination {
            files: vec!["a b.yaml".to_owned(), "-".to_owned()],
            ..Destination::default()
        };
        let plan = "kubectl calico plan -o values";
        assert_eq!(
            addressed(&destination, plan),
            "kubectl calico plan -f 'a b.yaml' -f FILE -o values"
        );
        let after = step(&destination, Step::new("do").run(plan).after_the_change());
        assert_eq!(after.commands, [plan]);
        for live in ["kubectl calico status", "kubectl get a"] {
            assert_eq!(addressed(&destination, live), live);
        }
        assert_eq!(
            destination.again("status", " -o connectivity"),
            "kubectl calico status -f 'a b.yaml' -f FILE -o connectivity"
        );
        // Each call reads what it needs, whatever stands beside it, in a command as in a sentence.
        assert_eq!(
            addressed(
                &destination,
                "kubectl calico nodes\nkubectl calico status -o connectivity"
            ),
            "kubectl calico nodes\nkubectl calico status -f 'a b.yaml' -f FILE -o connectivity"
        );
        assert_eq!(
            destination
                .text("try kubectl calico nodes, then kubectl calico status -o connectivity"),
            "try kubectl calico nodes, then kubectl calico status -f 'a b.yaml' -f FILE -o connectivity"
        );
    }

    #[test]
    fn a_shared_report_has_placeholders() {
        let mut destination = to(&[
            (ClusterOption::Context, "prod"),
            (ClusterOption::SkipTlsVerify, "true"),
        ]);
        assert_eq!(
            addressed(&destination.clone().redacted(), "kubectl get a"),
            "kubectl --context CONTEXT --insecure-skip-tls-verify get a"
        );
        destination.files = vec!["prod.yaml".to_owned()];
        assert_eq!(
            destination.redacted().again("plan", ""),
            "kubectl calico plan -f FILE"
        );
    }

    #[test]
    fn another_user_has_other_credentials() {
        let jane = to(&[
            (ClusterOption::Context, "prod"),
            (ClusterOption::User, "jane"),
            (ClusterOption::As, "joe"),
        ]);
        assert_eq!(
            addressed(&jane.as_another_user(), "kubectl get a"),
            "kubectl --context prod get a"
        );
    }
}
