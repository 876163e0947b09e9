//! `kubectl calico completion`, and the command that its script runs.
//!
//! To complete the words after `calico`, kubectl passes them to `kubectl_complete-calico`, with the one
//! to complete last. It reads one candidate per line, each followed by a tab and its description, and
//! then a directive for the shell. Source: kubernetes/kubectl v0.35.1,
//! pkg/cmd/plugin/plugin_completion.go; spf13/cobra v1.10, completions.go.

use clap::CommandFactory as _;

use super::candidates::{Candidates, candidates};
use super::output;
use crate::cli::Cli;
use crate::exit::Exit;

/// Runs the plugin through kubectl, which finds it wherever it is installed: krew uses its own
/// directory.
const SCRIPT: &str = "#!/bin/sh\nexec kubectl calico __complete \"$@\"\n";

/// cobra's `ShellCompDirectiveNoFileComp`: the shell adds nothing.
const NO_FILES: &str = ":4\n";

/// cobra's `ShellCompDirectiveDefault`: the shell completes files.
const FILES: &str = ":0\n";

/// Prints the script.
pub(super) fn run() -> Exit {
    output::print(SCRIPT, Exit::Success)
}

/// Prints the candidates for the last word.
pub(super) fn complete(words: &[String]) -> Exit {
    output::print(&text(words), Exit::Success)
}

fn text(words: &[String]) -> String {
    let mut cli = Cli::command();
    cli.build();
    match candidates(&cli, words) {
        Candidates::Files => FILES.to_owned(),
        Candidates::Words(words) => words
            .iter()
            .map(|word| match word.description.lines().next() {
                Some(description) => format!("{}\t{description}\n", word.text),
                None => format!("{}\n", word.text),
            })
            .chain([NO_FILES.to_owned()])
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(words: &[&str]) -> Vec<String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        text(&words)
            .lines()
            .map(|line| line.split('\t').next().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn commands_flags_values_and_codes() {
        assert_eq!(completed(&["st"]), ["status", ":4"]);
        assert_eq!(completed(&["status", "--fail"]), ["--fail-on", ":4"]);
        assert_eq!(
            completed(&["status", "-o", ""]),
            [
                "text",
                "short",
                "wide",
                "connectivity",
                "json",
                "yaml",
                "markdown",
                "html",
                "prometheus",
                "junit",
                "sarif",
                ":4"
            ]
        );
        assert_eq!(completed(&["status", "-o=js"]), ["json", ":4"]);
        assert_eq!(completed(&["plan", "--output", "fl"]), ["flags", ":4"]);
        assert_eq!(completed(&["plan", "--output=fl"]), ["flags", ":4"]);
        assert_eq!(completed(&["explain", "CAL101"]), ["CAL101", ":4"]);
        assert_eq!(completed(&["status", "x"]), [":4"]);
        let all = completed(&[""]);
        assert!(all.contains(&"plan".to_owned()) && !all.contains(&"__complete".to_owned()));
        assert_eq!(completed(&[]), all);
    }

    #[test]
    fn encapsulations_also_per_family() {
        let names = completed(&["plan", "--encapsulation", "VX"]);
        assert_eq!(names, ["VXLAN", "VXLANCrossSubnet", ":4"]);
        let names = completed(&["plan", "--encapsulation=IPIP,v6=VXLANC"]);
        assert_eq!(names, ["IPIP,v6=VXLANCrossSubnet", ":4"]);
    }

    #[test]
    fn files_only_for_flags_that_take_one() {
        assert_eq!(completed(&["status", "--kubeconfig", ""]), [":0"]);
        assert_eq!(completed(&["status", "--client-key", ""]), [":0"]);
        assert_eq!(completed(&["status", "-f", ""]), [":0"]);
        assert_eq!(completed(&["plan", "--nodes", ""]), [":4"]);
        assert_eq!(
            completed(&["status", "--insecure-skip-tls-verify", "x"]),
            [":4"]
        );
    }
}
