//! Which cluster kubectl-calico makes a plan for.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use calico_core::text::{quoted, shell_word, shown};

use crate::refusal::Refusal;

/// Which cluster kubectl-calico makes a plan for: its default cluster, if neither is set.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ClusterTarget {
    context: Option<OsString>,
    kubeconfig: Option<OsString>,
}

impl ClusterTarget {
    /// The target from the flags, or else from Helm's environment variables: Helm does not pass on its
    /// own flags.
    pub(crate) fn new(
        context: Option<&str>,
        kubeconfig: Option<PathBuf>,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Refusal> {
        let variable = |name: &str| environment(name).filter(|value| !value.is_empty());
        if context.is_none()
            && kubeconfig.is_none()
            && let Some(server) = variable("HELM_KUBEAPISERVER")
        {
            let server = quoted(server.as_encoded_bytes());
            return Err(Refusal::new(format!(
                "--from-cluster cannot use HELM_KUBEAPISERVER ({server})"
            ))
            .why("the plan might be for a different cluster than the one that Helm writes to")
            .fix("specify the cluster with --context or --kubeconfig"));
        }
        let context = context.map(OsString::from);
        let kubeconfig = kubeconfig.map(OsString::from);
        Ok(Self {
            context: context.or_else(|| variable("HELM_KUBECONTEXT")),
            kubeconfig: kubeconfig.or_else(|| variable("HELM_KUBECONFIG")),
        })
    }

    /// The arguments of kubectl-calico.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        // Findings are for people; the rules report those that matter to a stream.
        let mut arguments = ["plan", "-o", "config", "--fail-on=never"]
            .map(OsString::from)
            .to_vec();
        for (flag, value) in [
            ("--context=", &self.context),
            ("--kubeconfig=", &self.kubeconfig),
        ] {
            if let Some(value) = value {
                let mut argument = OsString::from(flag);
                argument.push(value);
                arguments.push(argument);
            }
        }
        arguments
    }
}

/// The arguments, as a person would type them.
impl fmt::Display for ClusterTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self
            .arguments()
            .iter()
            .map(|argument| shell_argument(&shown(argument.as_encoded_bytes())))
            .collect();
        f.write_str(&words.join(" "))
    }
}

fn shell_argument(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:@+".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        shell_word(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(
        context: Option<&str>,
        kubeconfig: Option<&str>,
        variables: &[(&str, &str)],
    ) -> Result<ClusterTarget, Refusal> {
        ClusterTarget::new(context, kubeconfig.map(PathBuf::from), |name| {
            let (_, value) = variables.iter().find(|(own, _)| *own == name)?;
            Some(value.into())
        })
    }

    #[test]
    fn flags_win_over_helms_variables_one_by_one() {
        let helm = [("HELM_KUBECONTEXT", "a"), ("HELM_KUBECONFIG", "/a b")];
        for (context, kubeconfig, variables, line) in [
            (None, None, &[][..], "plan -o config --fail-on=never"),
            (
                None,
                None,
                &helm,
                "plan -o config --fail-on=never --context=a '--kubeconfig=/a b'",
            ),
            (
                Some("b"),
                None,
                &helm,
                "plan -o config --fail-on=never --context=b '--kubeconfig=/a b'",
            ),
            (
                Some("b"),
                Some("/c"),
                &helm,
                "plan -o config --fail-on=never --context=b --kubeconfig=/c",
            ),
            (
                Some("it's"),
                None,
                &[],
                r"plan -o config --fail-on=never '--context=it'\''s'",
            ),
            (
                None,
                None,
                &[("HELM_KUBECONTEXT", "")],
                "plan -o config --fail-on=never",
            ),
        ] {
            let target = target(context, kubeconfig, variables).unwrap();
            assert_eq!(target.to_string(), line);
        }
    }

    #[test]
    fn a_server_that_only_helm_knows_is_refused() {
        let helm = [("HELM_KUBEAPISERVER", "https://10.0.0.1\u{1b}")];
        let refusal = target(None, None, &helm).unwrap_err().to_string();
        assert!(refusal.contains("\"https://10.0.0.1\\u{1b}\""), "{refusal}");
        assert!(target(Some("a"), None, &helm).is_ok());
        assert!(target(None, Some("/a"), &helm).is_ok());
    }
}
