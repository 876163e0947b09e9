//! Commands that a reader copies from the screen, pasted into every shell in Debian, for clusters
//! with hostile texts.

mod commands;
mod connectivity;
mod hostile;
mod shells;

use serde_json::{Value, json};

use commands::{Call, clusters, commands};
use shells::{Shell, kubectl_patches, kubectl_reads};

/// A pasted command runs one program, with the arguments and the input on the screen.
#[test]
fn a_shell_runs_only_what_is_on_the_screen() {
    let commands = commands();
    let here_documents = commands.iter().filter(|text| text.contains("<<'EOF'"));
    assert!(here_documents.count() >= 50);
    assert!(commands.len() >= 80, "{}", commands.len());
    let calls: Vec<Call> = commands.iter().map(|text| Call::of(text)).collect();
    for shell in shells::posix() {
        assert_eq!(shell.paste(&commands.join("\n")).calls, calls, "{shell:?}");
    }
}

/// fish has no here-documents. It runs no command that has one, and every other command as it is.
#[test]
fn fish_refuses_a_here_document() {
    let Some(fish) = Shell::find("fish", &["--no-config"]) else {
        return;
    };
    let (documents, lines): (Vec<_>, Vec<_>) = commands()
        .iter()
        .cloned()
        .partition(|text| text.contains("<<'EOF'"));
    let calls: Vec<Call> = lines.iter().map(|text| Call::of(text)).collect();
    assert_eq!(fish.paste(&lines.join("\n")).calls, calls);
    for document in documents {
        let pasted = fish.paste(&document);
        assert_eq!(
            (pasted.calls, pasted.succeeded),
            (Vec::new(), false),
            "{document}"
        );
    }
}

/// A name in the options of the run is an argument of every command, or a placeholder: never more.
#[test]
fn a_context_stays_one_word_in_every_shell() {
    let (mut printed, mut placeholders) = (0, 0);
    let fish = Shell::find("fish", &["--no-config"]);
    let shells: Vec<Shell> = shells::posix().into_iter().chain(fish).collect();
    let [_, (subcommand, objects), ..] = clusters("all()");
    let mut scripts: Vec<(String, Vec<String>)> = Vec::new();
    for text in hostile::texts() {
        let context = format!("--context={text}");
        let steps = commands::steps_with(subcommand, &objects, &[&context]);
        let all = steps
            .iter()
            .flat_map(|step| step["commands"].as_array().into_iter().flatten());
        let lines = all
            .filter_map(Value::as_str)
            .filter(|command| !command.contains('\n') && command.starts_with("kubectl "));
        scripts.push((text, lines.map(str::to_owned).collect()));
    }
    for shell in &shells {
        for (text, lines) in &scripts {
            let pasted = shell.paste(&lines.join("\n"));
            assert_eq!(pasted.calls.len(), lines.len(), "{shell:?} {lines:?}");
            for call in &pasted.calls {
                let at = usize::from(call.words[1] == "calico") * 2 + 1;
                let named = match call.words[at].split_once('=') {
                    Some(("--context", name)) => name,
                    _ => {
                        assert_eq!(call.words[at], "--context", "{shell:?} {lines:?}");
                        &call.words[at + 1]
                    }
                };
                if named == "CONTEXT" {
                    placeholders += 1;
                } else {
                    assert_eq!(named, text, "{shell:?} {lines:?}");
                    printed += 1;
                }
            }
        }
    }
    assert!(
        printed > 100 && placeholders > 100,
        "{printed} {placeholders}"
    );
}

#[test]
fn a_selector_is_printed_exactly_or_left_out() {
    let (mut printed, mut left_out) = (0, 0);
    // No fix replaces a pool that no node uses.
    for text in hostile::texts().into_iter().filter(|text| text != "!all()") {
        let [(subcommand, objects), ..] = clusters(&text);
        let steps = commands::steps(subcommand, &objects);
        let command = steps
            .iter()
            .flat_map(|step| step["commands"].as_array().into_iter().flatten())
            .filter_map(Value::as_str)
            .find(|command| command.contains("create -f -"))
            .unwrap();
        let pool = kubectl_reads(&Call::of(command).input);
        let mut said = steps.iter().filter_map(|step| step["what"].as_str());
        if said.any(|what| what.contains("nodeSelector is not a valid selector")) {
            assert_eq!(pool["spec"].get("nodeSelector"), None, "{command}");
            left_out += 1;
        } else {
            assert_eq!(pool["spec"]["nodeSelector"], json!(text), "{command}");
            printed += 1;
        }
    }
    // Most of these texts are no selectors.
    assert!(printed >= 3 && left_out >= 10, "{printed} {left_out}");
}

/// kubectl reads the patch from a here-document. A `test` in it fails if the list has changed.
#[test]
fn kubectl_applies_a_patch_only_to_the_list_that_was_read() {
    let [_, (subcommand, objects), ..] = clusters("zone == 'a'");
    let installation = objects
        .iter()
        .find(|object| object["kind"] == "Installation")
        .unwrap();
    let steps = commands::steps(subcommand, &objects);
    let patches: Vec<&str> = steps
        .iter()
        .flat_map(|step| step["commands"].as_array().into_iter().flatten())
        .filter_map(Value::as_str)
        .filter(|command| command.starts_with("kubectl patch installations"))
        .collect();
    let mut patched = installation.clone();
    for patch in &patches {
        patched = kubectl_patches(&patched, &Call::of(patch)).unwrap();
    }
    let pools = &patched["spec"]["calicoNetwork"]["ipPools"];
    assert_eq!(pools.as_array().unwrap().len(), 1, "{pools}");
    assert_eq!(
        (&pools[0]["cidr"], &pools[0]["nodeSelector"]),
        (&json!("10.244.0.0/16"), &json!("zone == 'a'"))
    );
    let last = Call::of(patches.last().unwrap());
    let why = kubectl_patches(&patched, &last).unwrap_err();
    assert!(why.contains("test failed"), "{why}");
}
