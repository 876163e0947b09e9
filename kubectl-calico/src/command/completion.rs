//! `kubectl calico completion`, and what its script asks for.
//!
//! To complete the words behind `calico`, kubectl runs `kubectl_complete-calico` with them, the one to
//! complete last, and reads a choice a line, each with a tab and its description, and at the end what
//! the shell is to do besides. Source: kubernetes/kubectl v0.35.1,
//! pkg/cmd/plugin/plugin_completion.go; spf13/cobra v1.10, completions.go.

use clap::builder::{PossibleValue, StyledStr};
use clap::{Arg, Command, CommandFactory as _};

use crate::assess::checks::CHECKS;
use crate::cli::Cli;
use crate::exit::Exit;

/// It runs the plugin by kubectl, wherever that finds it: krew's is in a folder of its own.
const SCRIPT: &str = "#!/bin/sh\nexec kubectl calico __complete \"$@\"\n";

/// The shell completes nothing by itself.
const NO_FILES: &str = ":4\n";

/// It completes files.
const FILES: &str = ":0\n";

/// Prints the script.
pub fn run() -> Exit {
    super::write(SCRIPT).err().unwrap_or(Exit::Well)
}

/// Prints the choices for the last word.
pub fn complete(words: &[String]) -> Exit {
    super::write(&choices(words)).err().unwrap_or(Exit::Well)
}

fn choices(words: &[String]) -> String {
    let mut cli = Cli::command();
    cli.build();
    let (word, before) = match words.split_last() {
        Some((word, before)) => (word.as_str(), before),
        None => ("", &[][..]),
    };
    let verb = before.iter().find_map(|word| cli.find_subcommand(word));
    let command = verb.unwrap_or(&cli);
    let option = before.last().and_then(|word| option(command, word));
    let mut choices = match (option, verb) {
        (Some(option), _) => match option.get_possible_values() {
            values if values.is_empty() => return FILES.to_owned(),
            values => {
                let values = values.into_iter();
                let choice = |value: PossibleValue| choice(value.get_name(), value.get_help());
                values.map(choice).collect()
            }
        },
        (None, _) if word.starts_with('-') => flags(command),
        (None, None) => verbs(&cli),
        (None, Some(verb)) if verb.get_name() == "explain" => codes(),
        (None, Some(_)) => Vec::new(),
    };
    choices.retain(|(choice, _)| choice.starts_with(word));
    let line = |(choice, about): (String, String)| match about.lines().next() {
        Some(about) => format!("{choice}\t{about}\n"),
        None => format!("{choice}\n"),
    };
    let lines: String = choices.into_iter().map(line).collect();
    lines + NO_FILES
}

/// The option that a word names, if it takes a value.
fn option<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    let is_it = |argument: &&Arg| {
        let long = argument
            .get_long()
            .is_some_and(|long| word.strip_prefix("--") == Some(long));
        let short = argument
            .get_short()
            .is_some_and(|short| *word == format!("-{short}"));
        (long || short) && argument.get_action().takes_values()
    };
    command.get_arguments().find(is_it)
}

/// A word, and what it is for.
fn choice(word: impl Into<String>, about: Option<&StyledStr>) -> (String, String) {
    let about = about.map(ToString::to_string);
    (word.into(), about.unwrap_or_default())
}

fn flags(command: &Command) -> Vec<(String, String)> {
    let arguments = command.get_arguments();
    let shown = arguments.filter(|argument| !argument.is_hide_set());
    let flag = |argument: &Arg| {
        let long = format!("--{}", argument.get_long()?);
        Some(choice(long, argument.get_help()))
    };
    shown.filter_map(flag).collect()
}

fn verbs(cli: &Command) -> Vec<(String, String)> {
    let shown = cli.get_subcommands().filter(|verb| !verb.is_hide_set());
    shown
        .map(|verb| choice(verb.get_name(), verb.get_about()))
        .collect()
}

fn codes() -> Vec<(String, String)> {
    let checks = CHECKS.iter();
    checks
        .map(|check| (check.code.to_owned(), check.title.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(words: &[&str]) -> Vec<String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let text = choices(&words);
        let word = |line: &str| line.split('\t').next().unwrap().to_owned();
        text.lines().map(word).collect()
    }

    #[test]
    fn verbs_flags_values_and_codes() {
        assert_eq!(completed(&["st"]), ["status", ":4"]);
        assert_eq!(completed(&["status", "--fail"]), ["--fail-on", ":4"]);
        assert_eq!(completed(&["status", "-o", ""]), ["text", "json", ":4"]);
        assert_eq!(completed(&["plan", "--output", "fl"]), ["flags", ":4"]);
        assert_eq!(completed(&["explain", "CAL101"]), ["CAL101", ":4"]);
        assert_eq!(completed(&["status", "--kubeconfig", ""]), [":0"]);
        assert_eq!(completed(&["status", "x"]), [":4"]);
        let all = completed(&[""]);
        assert!(all.contains(&"plan".to_owned()) && !all.contains(&"__complete".to_owned()));
        assert_eq!(completed(&[]), all);
    }
}
