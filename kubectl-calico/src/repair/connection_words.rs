//! The connection options of a run, as a program that a command calls takes them.

use super::cluster_option::{ClusterOption, Form, GivenOption, Program};

/// What a call needs to reach the cluster.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ConnectionWords {
    /// The variables before the program, each with a space after it.
    pub(super) variables: String,
    /// The flags after the program, each with a space before it.
    pub(super) flags: String,
    /// The options that the program does not have, so that a context stands for all of them.
    pub(super) missing: Vec<&'static str>,
}

impl ConnectionWords {
    /// The options in the words of a program.
    pub(super) fn of(options: &[GivenOption], program: Program) -> Self {
        let missing: Vec<&str> = options
            .iter()
            .filter(|given| given.option.form(program).is_none())
            .map(|given| given.option.flag())
            .collect();
        let mut options = options.to_vec();
        if !missing.is_empty() {
            let context = ClusterOption::Context;
            options.retain(|given| {
                matches!(
                    given.option,
                    ClusterOption::Kubeconfig | ClusterOption::ProxyUrl
                )
            });
            options.push(GivenOption::new(context, context.placeholder()));
        }
        let (mut variables, mut flags) = (String::new(), String::new());
        for GivenOption { option, value } in &options {
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
        Self {
            variables,
            flags,
            missing,
        }
    }

    /// What to do before the call, if a context stands for the options.
    pub(super) fn remark(&self, program: Program) -> Option<String> {
        let context = ClusterOption::Context.placeholder();
        (!self.missing.is_empty()).then(|| {
            format!(
                "replace {context} with a kubeconfig context for the same cluster and user, because {} has no {}",
                program.name(),
                self.missing.join(" or ")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(options: &[(ClusterOption, &str)], program: Program) -> (String, String) {
        let options: Vec<GivenOption> = options
            .iter()
            .map(|(option, value)| GivenOption::new(*option, *value))
            .collect();
        let words = ConnectionWords::of(&options, program);
        assert_eq!(words.remark(program), None);
        (words.variables, words.flags)
    }

    #[test]
    fn a_value_cannot_change_what_a_command_does() {
        for (value, expected) in [
            ("a b", " --context 'a b'"),
            ("$(id)", " --context '$(id)'"),
            ("-n", " --context=-n"),
            ("a\nid", " --context CONTEXT"),
            ("\u{1b}]0;a\u{7}", " --context CONTEXT"),
        ] {
            let (variables, flags) = words(&[(ClusterOption::Context, value)], Program::Kubectl);
            assert_eq!((variables.as_str(), flags.as_str()), ("", expected));
        }
    }

    #[test]
    fn a_proxy_and_an_unverified_server() {
        let options = [
            (ClusterOption::Server, "https://a:6443"),
            (ClusterOption::SkipTlsVerify, "true"),
            (ClusterOption::ProxyUrl, "socks5://b"),
        ];
        for (program, variables, flags) in [
            (
                Program::Kubectl,
                "HTTPS_PROXY=socks5://b ",
                " --server https://a:6443 --insecure-skip-tls-verify",
            ),
            (
                Program::Calicoctl,
                "K8S_API_ENDPOINT=https://a:6443 K8S_INSECURE_SKIP_TLS_VERIFY=true HTTPS_PROXY=socks5://b ",
                "",
            ),
            (
                Program::Plugin,
                "",
                " --server https://a:6443 --insecure-skip-tls-verify --proxy-url socks5://b",
            ),
        ] {
            let found = words(&options, program);
            assert_eq!(found, (variables.to_owned(), flags.to_owned()));
        }
    }
}
