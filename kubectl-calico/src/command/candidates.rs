//! Completions of the last word of a command line.

use std::path::Path;

use calico_core::pool::Encapsulation;
use calico_core::text::printable;
use clap::builder::StyledStr;
use clap::{Arg, Command, ValueHint};

use super::explain::CONNECTIVITY;
use crate::catalog;
use crate::connect::kubeconfig_names;
use crate::snapshot::flag_in;

/// The kind of completions for a word.
pub(super) enum Candidates {
    /// The paths of files, which the shell completes.
    Files,
    Words(Vec<Candidate>),
}

/// One completion.
pub(super) struct Candidate {
    pub(super) text: String,
    pub(super) description: String,
}

/// The candidates for the last of the words after `calico`.
pub(super) fn candidates(cli: &Command, words: &[String]) -> Candidates {
    let (word, before) = match words.split_last() {
        Some((word, before)) => (word.as_str(), before),
        None => ("", [].as_slice()),
    };
    let subcommand = before.iter().find_map(|word| cli.find_subcommand(word));
    let command = subcommand.unwrap_or(cli);
    if let Some((flag, value)) = word.split_once('=')
        && let Some(option) = option(command, flag)
    {
        return values(option, value, before);
    }
    if let Some(option) = before.last().and_then(|flag| option(command, flag))
        && !option.is_require_equals_set()
    {
        return values(option, word, before);
    }
    let all = match subcommand {
        _ if word.starts_with('-') => flags(command),
        None => commands(cli),
        Some(subcommand) if subcommand.get_name() == "explain" => codes(),
        Some(_) => Vec::new(),
    };
    starting_with(word, all)
}

/// The option of that name, which takes a value.
fn option<'a>(command: &'a Command, flag: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|argument| {
        let long = argument.get_long().map(|long| format!("--{long}"));
        let short = argument.get_short().map(|short| format!("-{short}"));
        argument.get_action().takes_values()
            && [long, short].into_iter().flatten().any(|name| name == flag)
    })
}

/// The values of an option. `before` are the words before its value.
fn values(option: &Arg, word: &str, before: &[String]) -> Candidates {
    let kubeconfig = flag_in(&mut before.iter(), "--kubeconfig").map(Path::new);
    let names = || kubeconfig_names(kubeconfig).unwrap_or_default();
    let values = match option.get_id().as_str() {
        "context" => plain(names().contexts),
        "contexts" => contexts(word, names().contexts),
        "cluster" => plain(names().clusters),
        "user" => plain(names().users),
        "encapsulation" => encapsulations(word),
        _ if matches!(
            option.get_value_hint(),
            ValueHint::AnyPath | ValueHint::FilePath
        ) =>
        {
            return Candidates::Files;
        }
        _ => option
            .get_possible_values()
            .iter()
            .map(|value| candidate(value.get_name(), value.get_help()))
            .collect(),
    };
    starting_with(word, values)
}

/// Encapsulations; after `v4=` or a comma, for one more family.
fn encapsulations(word: &str) -> Vec<Candidate> {
    let start = word.rfind([',', '=']).map_or(0, |separator| separator + 1);
    let (given, _) = word.split_at(start);
    plain(Encapsulation::NAMES.map(|name| format!("{given}{name}")))
}

/// Contexts; after a comma, one more.
fn contexts(word: &str, names: Vec<String>) -> Vec<Candidate> {
    let start = word.rfind(',').map_or(0, |comma| comma + 1);
    let (given, _) = word.split_at(start);
    plain(names.into_iter().map(|name| format!("{given}{name}")))
}

fn flags(command: &Command) -> Vec<Candidate> {
    command
        .get_arguments()
        .filter(|argument| !argument.is_hide_set())
        .filter_map(|argument| {
            let flag = format!("--{}", argument.get_long()?);
            Some(candidate(flag, argument.get_help()))
        })
        .collect()
}

fn commands(cli: &Command) -> Vec<Candidate> {
    cli.get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(|command| candidate(command.get_name(), command.get_about()))
        .collect()
}

fn codes() -> Vec<Candidate> {
    let codes = catalog::entries().map(|entry| (entry.code, entry.title));
    let connectivity = (
        CONNECTIVITY,
        "what to run if pods on other nodes do not answer",
    );
    codes
        .chain([connectivity])
        .map(|(text, description)| Candidate {
            text: text.to_owned(),
            description: description.to_owned(),
        })
        .collect()
}

fn candidate(text: impl Into<String>, description: Option<&StyledStr>) -> Candidate {
    Candidate {
        text: text.into(),
        description: description.map(ToString::to_string).unwrap_or_default(),
    }
}

/// Candidates without a description. A candidate that does not fit on one line is left out.
fn plain(texts: impl IntoIterator<Item = String>) -> Vec<Candidate> {
    texts
        .into_iter()
        .filter(|text| printable(text) == *text)
        .map(|text| candidate(text, None))
        .collect()
}

fn starting_with(word: &str, mut candidates: Vec<Candidate>) -> Candidates {
    candidates.retain(|candidate| candidate.text.starts_with(word));
    Candidates::Words(candidates)
}
