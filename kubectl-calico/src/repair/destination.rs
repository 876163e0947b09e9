//! The cluster that commands are for. A run with connection options prints commands that change the same
//! one, and not that of kubectl's current context.

use std::ops::Range;

use super::Step;
use super::calls::calls;
use super::cluster_option::{ClusterOption, Form, Program};
use super::command::word;

/// Where commands go: the connection options of this run, and the files that were read instead of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Destination {
    /// The options, in the order in which they are printed.
    pub options: Vec<(ClusterOption, String)>,
    /// The values of `-f`.
    pub files: Vec<String>,
}

/// How commands of this plugin begin.
const PLUGIN: &str = "kubectl calico ";

/// Stands for a file whose name cannot be printed.
const FILE: &str = "FILE";

/// The commands of Helm that connect to a cluster.
const OF_HELM: [&str; 8] = [
    "get",
    "history",
    "install",
    "list",
    "rollback",
    "status",
    "uninstall",
    "upgrade",
];

impl Destination {
    /// Without the names of the cluster: placeholders keep a command from reaching another one.
    pub fn redacted(mut self) -> Self {
        for (option, value) in &mut self.options {
            option.placeholder().clone_into(value);
        }
        self.files.fill(FILE.to_owned());
        self
    }

    /// The same cluster as another user, who has more permissions than this one.
    pub fn as_another_user(&self) -> Self {
        let mut other = self.clone();
        other.options.retain(|(option, _)| !option.is_identity());
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
                insertions.extend(self.insertions(command, &words, files, &mut remarks));
            }
            *command = with(command, insertions);
        }
        // What a sentence names is for later, unless it is part of the command of the step.
        step.what = self.prose(&step.what, |before| {
            let is_part = before.ends_with("$(");
            if is_part { files.to_vec() } else { Vec::new() }
        });
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
        self.prose(text, |_| self.files.clone())
    }

    /// What to insert into a command at which byte, so that one of its programs reaches the cluster.
    fn insertions(
        &self,
        command: &str,
        words: &[Range<usize>],
        files: &[String],
        remarks: &mut Vec<String>,
    ) -> Vec<(usize, String)> {
        let ends = |index: usize| words.get(index).map_or(command.len(), |word| word.end);
        let text = |index: usize| {
            let word = words.get(index).cloned();
            word.and_then(|word| command.get(word)).unwrap_or_default()
        };
        let program = match (text(0), text(1)) {
            ("kubectl", "calico") => {
                // What to run on which node is derived from the files, too.
                let is_connectivity = command.contains("-o connectivity");
                let subcommand = if is_connectivity { "plan" } else { text(2) };
                let read = self.read_by(subcommand, files);
                return read.map(|read| (ends(2), read)).into_iter().collect();
            }
            // On a node, for example, with the kubeconfig that is there.
            ("kubectl", flag) if flag.starts_with("--") => return Vec::new(),
            ("kubectl" | "flux", _) => Program::Kubectl,
            ("calicoctl", _) => Program::Calicoctl,
            ("helm", command) if OF_HELM.contains(&command) => Program::Helm,
            _ => return Vec::new(),
        };
        let (variables, flags) = self.words(program, remarks);
        let start = words.first().map_or(0, |word| word.start);
        vec![(start, variables), (ends(0), flags)]
    }

    /// The variables before a program, and the flags after it. If it does not have all of the options, a context
    /// has to stand for them.
    fn words(&self, program: Program, remarks: &mut Vec<String>) -> (String, String) {
        let is_missing = |option: &&(ClusterOption, String)| option.0.form(program).is_none();
        let missing: Vec<&str> = self
            .options
            .iter()
            .filter(is_missing)
            .map(|(option, _)| option.flag())
            .collect();
        let mut options = self.options.clone();
        if !missing.is_empty() {
            let context = ClusterOption::Context;
            options.retain(|(option, _)| {
                matches!(option, ClusterOption::Kubeconfig | ClusterOption::ProxyUrl)
            });
            options.push((context, context.placeholder().to_owned()));
            let remark = format!(
                "replace {} with a kubeconfig context for the same cluster and user, because {} has no {}",
                context.placeholder(),
                program.name(),
                missing.join(" or ")
            );
            if !remarks.contains(&remark) {
                remarks.push(remark);
            }
        }
        let (mut variables, mut flags) = (String::new(), String::new());
        for (option, value) in &options {
            match option.form(program) {
                Some(form @ Form::Variable(_)) => {
                    variables.push_str(&option.written(&form, value));
                    variables.push(' ');
                }
                Some(form @ Form::Flag(_)) => {
                    flags.push(' ');
                    flags.push_str(&option.written(&form, value));
                }
                None => {}
            }
        }
        (variables, flags)
    }

    /// What a subcommand of this plugin needs to read the cluster; or these files, from which a plan can be made
    /// again. Others show what has become of the cluster.
    fn read_by(&self, subcommand: &str, files: &[String]) -> Option<String> {
        match subcommand {
            "plan" => Some(self.read(files)),
            "status" | "nodes" | "snapshot" => Some(self.read(&[])),
            _ => None,
        }
    }

    fn read(&self, files: &[String]) -> String {
        if files.is_empty() {
            let (_, flags) = self.words(Program::Plugin, &mut Vec::new());
            return flags;
        }
        let files = files.iter().map(|file| {
            // Standard input has been read.
            let word = word(file).filter(|word| word != "-");
            format!(" -f {}", word.unwrap_or_else(|| FILE.to_owned()))
        });
        files.collect()
    }

    fn prose(&self, text: &str, files: impl Fn(&str) -> Vec<String>) -> String {
        let mut insertions = Vec::new();
        for (start, name) in text.match_indices(PLUGIN) {
            let at = start + name.len();
            let rest = text.get(at..).unwrap_or_default();
            let length = rest
                .find(|c: char| !c.is_ascii_alphabetic())
                .unwrap_or(rest.len());
            let subcommand = rest.get(..length).unwrap_or_default();
            let before = text.get(..start).unwrap_or_default();
            let read = self.read_by(subcommand, &files(before));
            insertions.extend(read.map(|read| (at + length, read)));
        }
        with(text, insertions)
    }
}

/// A text with others inserted, each at a byte.
fn with(text: &str, mut insertions: Vec<(usize, String)>) -> String {
    // A command substitution comes after the start of the command that it is in.
    insertions.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut text = text.to_owned();
    for (at, inserted) in insertions {
        text.insert_str(at, &inserted);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(options: &[(ClusterOption, &str)]) -> Destination {
        let options = options.iter();
        Destination {
            options: options
                .map(|(option, value)| (*option, (*value).to_owned()))
                .collect(),
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
    fn a_value_cannot_change_what_a_command_does() {
        for (value, expected) in [
            ("a b", "kubectl --context 'a b' get c"),
            ("$(id)", "kubectl --context '$(id)' get c"),
            ("-n", "kubectl --context=-n get c"),
            ("a\nid", "kubectl --context CONTEXT get c"),
            ("\u{1b}]0;a\u{7}", "kubectl --context CONTEXT get c"),
        ] {
            let destination = to(&[(ClusterOption::Context, value)]);
            assert_eq!(addressed(&destination, "kubectl get c"), expected);
        }
    }

    #[test]
    fn a_proxy_and_an_unverified_server() {
        let destination = to(&[
            (ClusterOption::Server, "https://a:6443"),
            (ClusterOption::SkipTlsVerify, "true"),
            (ClusterOption::ProxyUrl, "socks5://b"),
        ]);
        assert_eq!(
            addressed(&destination, "a | kubectl apply -f -"),
            "a | HTTPS_PROXY=socks5://b kubectl --server https://a:6443 --insecure-skip-tls-verify apply -f -"
        );
        assert_eq!(
            addressed(&destination, "calicoctl get a"),
            "K8S_API_ENDPOINT=https://a:6443 K8S_INSECURE_SKIP_TLS_VERIFY=true HTTPS_PROXY=socks5://b \
             calicoctl get a"
        );
        assert_eq!(
            addressed(&destination, "kubectl calico status"),
            "kubectl calico status --server https://a:6443 --insecure-skip-tls-verify --proxy-url socks5://b"
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
