//! The man pages and the completion scripts of a program, made from its command line: release/man and
//! release/completions. They are files of the repository, so that packaging needs no build of them and
//! neither program has to contain them.

use std::fmt::Write as _;
use std::fs;
use std::iter;
use std::path::Path;

use clap::builder::{PossibleValuesParser, StyledStr};
use clap::{Arg, Command, ValueHint};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::repository;

/// The id of an argument, and the values that a shell offers for it.
pub type Offers = (&'static str, Vec<&'static str>);

/// Compares the files of a program with its command line. `UPDATE_CASES=1` writes them. `offers` are values that the
/// command line itself does not list, because it also takes others, such as one per address family.
pub fn is_up_to_date(command: Command, offers: &[Offers]) {
    let command = command.disable_help_subcommand(true);
    let name = command.get_name().to_owned();
    let mut files = Vec::new();
    let mut built = command.clone();
    built.build();
    pages(&built, &mut files);
    for (shell, file) in [
        (Shell::Bash, format!("{name}.bash")),
        (Shell::Zsh, format!("_{name}")),
        (Shell::Fish, format!("{name}.fish")),
        (Shell::PowerShell, format!("{name}.ps1")),
    ] {
        let mut script = Vec::new();
        let mut command = completed(&command, offers).bin_name(&name);
        clap_complete::generate(shell, &mut command, &name, &mut script);
        let mut script = String::from_utf8(script).unwrap();
        if shell == Shell::Bash {
            // clap_complete 4.6.11 (src/aot/shells/bash.rs) writes a hyphen of the program's name in two ways, so that no
            // subcommand is found.
            script = script.replace(&name.replace('-', "__subcmd__"), &name.replace('-', "__"));
        }
        if shell == Shell::Fish {
            script = completing_values_in_fish(&script);
        }
        files.push((format!("completions/{file}"), script));
    }
    let release = repository().join("release");
    let mut stale = Vec::new();
    for (file, text) in &files {
        let path = release.join(file);
        if std::env::var_os("UPDATE_CASES").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        }
        if fs::read_to_string(&path).ok().as_ref() != Some(text) {
            stale.push(file.as_str());
        }
    }
    for path in files_below(&release.join("man")) {
        let is_of_this_program =
            path.starts_with(&format!("{name}.")) || path.starts_with(&format!("{name}-"));
        let page = format!("man/{path}");
        if is_of_this_program && !files.iter().any(|(file, _)| *file == page) {
            stale.push("a page of a command that is gone");
        }
    }
    assert!(
        stale.is_empty(),
        "out of date in release/, UPDATE_CASES=1 writes them: {stale:?}"
    );
    // The bash of Windows is that of a Linux inside it, which knows none of these paths.
    if !cfg!(windows) {
        completes_in_bash(&completed(&command, offers), offers);
    }
}

/// The command as a script has it: without its hidden commands, and with what its options offer.
fn completed(command: &Command, offers: &[Offers]) -> Command {
    let commands = command.get_subcommands().filter(|c| !c.is_hide_set());
    let commands = commands.map(|c| c.clone().mut_args(|argument| offering(argument, offers)));
    let arguments = command.get_arguments().cloned();
    // Owned names need a feature of clap that the programs do not have.
    let name: &str = command.get_name().to_owned().leak();
    Command::new(name)
        .version("")
        .disable_help_subcommand(true)
        .args(arguments.map(|argument| offering(argument, offers)))
        .subcommands(commands)
}

/// The argument with the values that a shell offers for it: files only if it is one. `ValueHint::Unknown` means files, too,
/// and `ValueHint::AnyPath` would end the name of a directory with a space (`clap_complete` 4.6.11, src/aot/shells/bash.rs).
fn offering(argument: Arg, offers: &[Offers]) -> Arg {
    let id = argument.get_id().as_str();
    if let Some((_, values)) = offers.iter().find(|(of, _)| *of == id) {
        return argument.value_parser(PossibleValuesParser::new(values));
    }
    match argument.get_value_hint() {
        _ if !argument.get_action().takes_values() => argument,
        ValueHint::Unknown => argument.value_hint(ValueHint::Other),
        ValueHint::AnyPath => argument.value_hint(ValueHint::FilePath),
        _ => argument,
    }
}

/// `argparse` fails while the last option still lacks its value. `clap_complete` 4.6.11 (src/aot/shells/fish.rs) takes that for
/// a subcommand, so that the values of the program's own options are not offered.
fn completing_values_in_fish(script: &str) -> String {
    let mut fixed = String::new();
    for line in script.lines() {
        writeln!(fixed, "{line}").unwrap();
        if let Some(parse) = line.trim().strip_prefix("argparse ") {
            let parse = parse.replace(" $cmd ", " $cmd '' ");
            writeln!(fixed, "    or argparse {parse}").unwrap();
        }
    }
    fixed
}

/// Fails unless bash offers the flags of each subcommand, and the values of each of `offers`.
fn completes_in_bash(command: &Command, offers: &[Offers]) {
    let name = command.get_name();
    let subcommands = command.get_subcommands();
    for (subcommand, words) in iter::once((command, vec![name]))
        .chain(subcommands.map(|subcommand| (subcommand, vec![name, subcommand.get_name()])))
    {
        assert_eq!(offered_by_bash(&words, "--help"), ["--help"], "{words:?}");
        for (id, values) in offers {
            let mut arguments = subcommand.get_arguments();
            let Some(argument) = arguments.find(|argument| argument.get_id() == id) else {
                continue;
            };
            let option = argument.get_long().map(|long| format!("--{long}"));
            let words: Vec<&str> = words.iter().copied().chain(option.as_deref()).collect();
            let offered = offered_by_bash(&words, "");
            let missing = values
                .iter()
                .find(|value| !offered.contains(&(**value).to_owned()));
            assert_eq!(missing, None, "{words:?} offers {offered:?}");
        }
    }
}

/// What bash offers for a word after these.
fn offered_by_bash(words: &[&str], word: &str) -> Vec<String> {
    const SCRIPT: &str = r#"source "$1"; word=$2; shift 2; function=$(complete -p "$1"); function=${function##*-F }
        COMP_WORDS=("$@" "$word"); COMP_CWORD=$#; "${function%% *}" "$1" "$word" "${!#}"; echo "${COMPREPLY[@]}""#;
    let name = words.first().unwrap();
    let script = repository().join(format!("release/completions/{name}.bash"));
    let output = std::process::Command::new("bash")
        .args(["-c", SCRIPT, "bash"])
        .arg(script)
        .arg(word)
        .args(words)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().map(str::to_owned).collect()
}

fn files_below(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().flatten();
    names
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

/// The page of a command, and those of its commands.
fn pages(command: &Command, files: &mut Vec<(String, String)>) {
    let name = command.get_display_name().unwrap_or(command.get_name());
    files.push((format!("man/{name}.1"), page(command.clone())));
    for subcommand in command.get_subcommands() {
        if !subcommand.is_hide_set() {
            pages(subcommand, files);
        }
    }
}

/// A page without a version and a date: it changes only if the command line does.
fn page(mut command: Command) -> String {
    let usage = command.render_usage().to_string();
    let forms = usage.trim_start_matches("Usage:").trim().to_owned();
    let further = [command.get_before_help(), command.get_after_help()];
    let further: String = further.into_iter().flatten().map(sections).collect();
    let about = command.get_about().map(ToString::to_string);
    let about = about.unwrap_or_default();
    let line = about.lines().next().unwrap_or_default();
    let line = line.trim_end_matches('.').to_owned();
    let man = Man::new(command.clone().about(line)).source("").manual("");
    let mut page = Vec::new();
    man.render_title(&mut page).unwrap();
    man.render_name_section(&mut page).unwrap();
    let man = Man::new(command.override_usage(forms));
    man.render_synopsis_section(&mut page).unwrap();
    man.render_description_section(&mut page).unwrap();
    man.render_options_section(&mut page).unwrap();
    man.render_subcommands_section(&mut page).unwrap();
    ascii(&(String::from_utf8(page).unwrap() + &further))
}

/// groff reads other characters only after preconv, which `man` runs and groff itself does not.
fn ascii(page: &str) -> String {
    let mut text = String::new();
    for character in page.chars() {
        if character.is_ascii() {
            text.push(character);
        } else {
            write!(text, "\\[u{:04X}]", u32::from(character)).unwrap();
        }
    }
    text
}

/// Text of `--help` in roff: `Examples:` becomes a section, and indented lines stay as they are.
fn sections(text: &StyledStr) -> String {
    let text = text.to_string();
    let mut roff = String::new();
    let mut is_verbatim = false;
    let mut lines = text.trim_end().lines().peekable();
    while let Some(line) = lines.next() {
        let is_indented = line.is_empty() && is_verbatim || line.starts_with(' ');
        if is_verbatim != is_indented {
            roff.push_str(match (is_indented, line.ends_with(':')) {
                (true, _) => ".nf\n",
                (false, true) => ".fi\n",
                (false, false) => ".fi\n.PP\n",
            });
            is_verbatim = is_indented;
        }
        if line.is_empty() && lines.peek().is_some_and(|next| next.ends_with(':')) {
            continue;
        }
        if is_indented {
            writeln!(roff, "{}", escaped(line)).unwrap();
        } else if let Some(heading) = line.strip_suffix(':') {
            let heading = heading.split(',').next().unwrap().to_uppercase();
            writeln!(roff, ".SH \"{heading}\"").unwrap();
        } else if line.is_empty() {
            roff.push_str(".PP\n");
        } else {
            writeln!(roff, "{}", escaped(line)).unwrap();
        }
    }
    if is_verbatim {
        roff.push_str(".fi\n");
    }
    roff
}

fn escaped(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-");
    if line.starts_with(['.', '\'']) {
        format!("\\&{line}")
    } else {
        line
    }
}
