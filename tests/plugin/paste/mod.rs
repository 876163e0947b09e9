//! What a reader copies from a screen, pasted into every shell that Debian has, with text in the
//! cluster that its owner chose.

mod commands;
mod hostile;
mod shells;

use serde_json::{Value, json};

use commands::{Call, clusters, commands};
use shells::{Shell, kubectl_patches, kubectl_reads};

/// Whatever a cluster says, a pasted command runs one program, with the arguments and the input that
/// are on the screen.
#[test]
fn a_shell_runs_what_is_on_the_screen_and_nothing_else() {
    let commands = commands();
    let here_documents = commands.iter().filter(|text| text.contains("<<'EOF'"));
    assert!(here_documents.count() >= 50);
    assert!(commands.len() >= 100, "{}", commands.len());
    let calls: Vec<Call> = commands.iter().map(|text| Call::of(text)).collect();
    for shell in shells::posix() {
        assert_eq!(shell.paste(&commands.join("\n")).calls, calls, "{shell:?}");
    }
}

/// fish has no here-documents: it runs nothing of one, and every other command as it is.
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

/// Text that has a safe form arrives as it is, and no other is printed.
#[test]
fn a_value_arrives_as_it_is_or_the_step_says_that_it_is_withheld() {
    let (mut arrived, mut withheld) = (0, 0);
    // A pool that no node uses is nothing that a fix would replace.
    for text in hostile::texts().into_iter().filter(|text| text != "!all()") {
        let [(subcommand, objects), ..] = clusters(&text);
        let steps = commands::steps(subcommand, &objects);
        let created = steps
            .iter()
            .flat_map(|step| step["commands"].as_array().into_iter().flatten())
            .filter_map(Value::as_str)
            .find(|command| command.contains("create -f -"));
        match created {
            Some(command) => {
                let pool = kubectl_reads(&Call::of(command).input);
                assert_eq!(pool["spec"]["nodeSelector"], json!(text), "{command}");
                arrived += 1;
            }
            None => {
                let what = steps.iter().filter_map(|step| step["what"].as_str());
                let said = what.filter(|what| what.contains("spec.nodeSelector holds"));
                assert_eq!(said.count(), 1, "{text:?}");
                withheld += 1;
            }
        }
    }
    assert!(arrived >= 10 && withheld >= 10, "{arrived} {withheld}");
}

/// kubectl reads a patch in YAML from a here-document, and refuses it where the list is another one.
#[test]
fn kubectl_applies_a_patch_to_the_list_that_was_read_and_to_no_other() {
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
