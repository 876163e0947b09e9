//! Which cluster a plan is asked for.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use calico_core::text::{quoted, shell_word, shown};

use crate::refusal::Refusal;

/// Which cluster to ask about.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    context: Option<OsString>,
    kubeconfig: Option<OsString>,
}

impl Target {
    /// What the flags say and, where they say nothing, what Helm's variables do: Helm does not pass
    /// on its own flags.
    pub(crate) fn new(
        context: Option<&str>,
        kubeconfig: Option<PathBuf>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Refusal> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let is_told = context.is_some() || kubeconfig.is_some();
        if let Some(server) = variable("HELM_KUBEAPISERVER").filter(|_| !is_told) {
            let server = quoted(server.as_encoded_bytes());
            return Err(Refusal::new(format!(
                "--from-cluster does not follow Helm to HELM_KUBEAPISERVER, {server}"
            ))
            .why("the plan could be that of another cluster than the one that Helm writes to")
            .fix("say which one it is with --context or --kubeconfig"));
        }
        let context = context.map(OsString::from);
        let kubeconfig = kubeconfig.map(OsString::from);
        Ok(Self {
            context: context.or_else(|| variable("HELM_KUBECONTEXT")),
            kubeconfig: kubeconfig.or_else(|| variable("HELM_KUBECONFIG")),
        })
    }

    /// What the twin is told.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        // Findings are for people: what of them matters to a stream, the rules find again.
        let verb = ["plan", "-o", "config", "--fail-on=never"];
        let mut arguments = verb.map(OsString::from).to_vec();
        for (flag, value) in [
            ("--context=", &self.context),
            ("--kubeconfig=", &self.kubeconfig),
        ] {
            arguments.extend(value.as_ref().map(|value| {
                let mut argument = OsString::from(flag);
                argument.push(value);
                argument
            }));
        }
        arguments
    }
}

/// The arguments, for a person to repeat.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |argument: &OsString| {
            let text = shown(argument.as_encoded_bytes());
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:@+".contains(c);
            if text.chars().all(is_plain) {
                text
            } else {
                shell_word(&text)
            }
        };
        let words: Vec<String> = self.arguments().iter().map(word).collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(
        context: Option<&str>,
        kubeconfig: Option<&str>,
        variables: &[(&str, &str)],
    ) -> Result<Target, Refusal> {
        Target::new(context, kubeconfig.map(PathBuf::from), |name| {
            let mut variables = variables.iter();
            let found = variables.find(|(own, _)| *own == name)?;
            Some(found.1.into())
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
