//! Invalid values that would garble a terminal, or the manifest that carries messages to Helm 4: the message has all of
//! the value, in printable form.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use calico_test_support::charts;
use calico_test_support::helm::{Helm, each_helm};

use super::sandbox::{Outcome, Sandbox, post_renderer};

/// A leading space, ESC, BEL, CR, tab, NEL, U+2028 and a second line. The words show whether both ends are in the message.
const UNPRINTABLE: &str = "  start-of-value\u{1b}[31m\u{7}\r\t\u{85}\u{2028}\n   end-of-value";

each_helm! { unprintable_argument, argument_that_is_not_utf_8, unprintable_value_in_the_installation }

/// The message has all of the value and no control character.
#[track_caller]
fn assert_complete(outcome: Outcome) {
    let output = outcome.failed().output();
    let message = output
        .split_once("helm-postrender: error: ")
        .unwrap_or_else(|| panic!("no message of the filter in:\n{output}"))
        .1;
    for mark in ["start-of-value", "end-of-value"] {
        assert!(message.contains(mark), "{mark} is missing in:\n{output}");
    }
    assert_printable(message);
}

#[track_caller]
fn assert_printable(message: &str) {
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

fn unprintable_argument(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    let options = ["--cidr", "--block-size", "--encapsulation", "--allow"];
    let mut arguments = options
        .map(|option| vec![format!("{option}={UNPRINTABLE}")])
        .to_vec();
    arguments.push(vec![
        format!("--pool={UNPRINTABLE}"),
        "--block-size=24".to_owned(),
    ]);
    arguments.push(vec![format!("--{UNPRINTABLE}")]);
    arguments.push(vec![UNPRINTABLE.to_owned()]);
    for filter in arguments {
        assert_complete(template(&sandbox, &filter));
    }
}

fn argument_that_is_not_utf_8(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    for argument in [&b"--cidr=\xff\xfe/16"[..], b"--\xff", b"\xff"] {
        let output = template(&sandbox, &[OsStr::from_bytes(argument)])
            .failed()
            .output();
        let message = output
            .split_once("helm-postrender: error: ")
            .unwrap_or_else(|| panic!("no message in:\n{output}"))
            .1;
        assert_printable(message);
    }
}

fn unprintable_value_in_the_installation(helm: Helm) {
    let sandbox = Sandbox::new(helm);
    for field in ["cidr", "encapsulation"] {
        // JSON is YAML, so the chart's value has the same characters.
        let mut pool = serde_json::json!({"cidr": "172.16.0.0/16"});
        pool[field] = UNPRINTABLE.into();
        let values = serde_json::json!({"installation": {"calicoNetwork": {"ipPools": [pool]}}});
        fs::write(sandbox.path("values.json"), values.to_string()).expect("write the values");
        let file = sandbox.path("values.json");
        let options = ["--values", file.to_str().expect("a UTF-8 path")];
        for command in ["template", "install"] {
            assert_complete(sandbox.release(
                command,
                &charts::own(),
                &options,
                Some(&["--block-size=24"]),
            ));
        }
    }
    assert!(sandbox.api.all_writes().is_empty());
}
