//! Offending text that would garble a terminal, or Helm 4's way out for messages: it arrives whole, in printable form.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use calico_test_support::charts;
use calico_test_support::helm::{Helm, each_helm};

use super::sandbox::{Outcome, Sandbox, post_renderer};

/// A leading space, ESC, BEL, CR, tab, NEL, U+2028 and a second line; the marks show whether both ends are there.
const STRANGE: &str = "  start-of-value\u{1b}[31m\u{7}\r\t\u{85}\u{2028}\n   end-of-value";

each_helm! { strange_argument, argument_that_is_not_utf_8, strange_value_in_the_installation }

/// The message came whole, and nothing in it moves a cursor or rings a bell.
#[track_caller]
fn arrives_whole(outcome: Outcome) {
    let seen = outcome.failed().seen();
    let message = seen
        .split_once("helm-postrender: error: ")
        .unwrap_or_else(|| panic!("no message of ours in:\n{seen}"))
        .1;
    for mark in ["start-of-value", "end-of-value"] {
        assert!(message.contains(mark), "{mark} is missing in:\n{seen}");
    }
    is_printable(message);
}

#[track_caller]
fn is_printable(message: &str) {
    let unprintable = |c: &char| {
        (c.is_control() && *c != '\n') || ['\u{2028}', '\u{2029}', '\u{feff}'].contains(c)
    };
    assert_eq!(message.chars().find(unprintable), None, "in:\n{message:?}");
}

fn template<A: AsRef<OsStr>>(sandbox: &Sandbox, filter: &[A]) -> Outcome {
    let chart = charts::own();
    let arguments = ["template", "calico"]
        .map(OsStr::new)
        .into_iter()
        .chain([chart.as_os_str()]);
    sandbox.run(arguments.map(OsStr::to_owned).chain(post_renderer(filter)))
}

fn strange_argument(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let options = ["--cidr", "--block-size", "--encapsulation", "--allow"];
    let mut arguments = options
        .map(|option| vec![format!("{option}={STRANGE}")])
        .to_vec();
    arguments.push(vec![
        format!("--pool={STRANGE}"),
        "--block-size=24".to_owned(),
    ]);
    arguments.push(vec![format!("--{STRANGE}")]);
    arguments.push(vec![STRANGE.to_owned()]);
    for filter in arguments {
        arrives_whole(template(&sandbox, &filter));
    }
}

fn argument_that_is_not_utf_8(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    for argument in [&b"--cidr=\xff\xfe/16"[..], b"--\xff", b"\xff"] {
        let seen = template(&sandbox, &[OsStr::from_bytes(argument)])
            .failed()
            .seen();
        let message = seen
            .split_once("helm-postrender: error: ")
            .unwrap_or_else(|| panic!("no message in:\n{seen}"))
            .1;
        is_printable(message);
    }
}

fn strange_value_in_the_installation(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    for field in ["cidr", "encapsulation"] {
        // JSON's escapes are YAML's, so the chart's value has the very characters.
        let mut pool = serde_json::json!({"cidr": "172.16.0.0/16"});
        pool[field] = STRANGE.into();
        let values = serde_json::json!({"installation": {"calicoNetwork": {"ipPools": [pool]}}});
        fs::write(sandbox.path("values.json"), values.to_string()).expect("write the values");
        let file = sandbox.path("values.json");
        let options = ["--values", file.to_str().expect("a UTF-8 path")];
        for verb in ["template", "install"] {
            arrives_whole(sandbox.release(
                verb,
                &charts::own(),
                &options,
                Some(&["--block-size=24"]),
            ));
        }
    }
    assert!(sandbox.api.all_writes().is_empty());
}
