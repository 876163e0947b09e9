//! Every folder of tests/cases/postrender that holds a file `args` is a case: `in.yaml` goes in,
//! with those arguments, which may name other files of the folder, and `out.yaml` comes out, or what
//! `error.txt` says (the exit code, then stderr). Where there is a `stderr.txt`, a run that succeeds says just that.
//!
//! Each case runs twice: as it is, and with CRLF line ends.
//!
//! `UPDATE_CASES=1 cargo test --test postrender cases` writes the expected files anew: read the difference
//! before you commit it.

use std::fs;
use std::path::Path;

use calico_test_support::cases::cases;

use crate::filter::{self, Ran, command};

#[test]
fn every_case() {
    let cases = cases("postrender", "args");
    assert!(cases.len() > 100, "there are {} cases only", cases.len());
    let failures: Vec<String> = cases.iter().filter_map(|case| run(case).err()).collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases fail\n\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n\n")
    );
}

fn run(case: &Path) -> Result<(), String> {
    let read = |name: &str| fs::read(case.join(name));
    let input = read("in.yaml").map_err(|error| format!("{}: in.yaml: {error}", case.display()))?;
    let arguments = fs::read_to_string(case.join("args")).unwrap();
    let arguments: Vec<&str> = arguments.lines().collect();
    let filter = |input: &[u8]| filter::run(command(&arguments).current_dir(case), input);
    let ran = filter(&input);
    if std::env::var_os("UPDATE_CASES").is_some() {
        update(case, &ran);
    }
    let same = |what: &str, want: &[u8], got: &[u8]| {
        if want == got {
            return Ok(());
        }
        Err(format!(
            "{}: {what} differs\n--- wanted\n{}\n--- got\n{}",
            case.display(),
            String::from_utf8_lossy(want),
            String::from_utf8_lossy(got)
        ))
    };
    for crlf in [false, true] {
        let ran = if crlf {
            filter(&with_crlf(&input))
        } else {
            filter(&input)
        };
        match read("error.txt") {
            Ok(error) => {
                same("stdout", b"", &ran.stdout)?;
                let told = format!("exit {}\n\n{}", ran.exit, ran.stderr);
                same(
                    if crlf { "error (CRLF)" } else { "error" },
                    &error,
                    told.as_bytes(),
                )?;
            }
            Err(_) => {
                let out = read("out.yaml")
                    .map_err(|error| format!("{}: out.yaml: {error}", case.display()))?;
                let (out, what) = if crlf {
                    (with_crlf(&out), "output (CRLF)")
                } else {
                    (out, "output")
                };
                same("exit", b"0", format!("{}", ran.exit).as_bytes())
                    .map_err(|failure| format!("{failure}\n{}", ran.stderr))?;
                same(what, &out, &ran.stdout)?;
                // What came out needs no second change.
                let again = filter(&ran.stdout);
                same("a second run's output", &ran.stdout, &again.stdout)?;
                if let Ok(stderr) = read("stderr.txt") {
                    // A difference shows the line ends of what differs.
                    same("stderr", &stderr, ran.stderr.replace('\r', "").as_bytes())?;
                }
            }
        }
    }
    Ok(())
}

fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split_inclusive(|b| *b == b'\n');
    lines
        .flat_map(|line| match line {
            [.., b'\r', b'\n'] => line.to_vec(),
            [text @ .., b'\n'] => [text, b"\r\n"].concat(),
            text => text.to_vec(),
        })
        .collect()
}

fn update(case: &Path, ran: &Ran) {
    let (keep, drop) = if ran.exit == 0 {
        ("out.yaml", "error.txt")
    } else {
        ("error.txt", "out.yaml")
    };
    let text = match ran.exit {
        0 => ran.stdout.clone(),
        exit => format!("exit {exit}\n\n{}", ran.stderr).into_bytes(),
    };
    fs::write(case.join(keep), text).unwrap();
    let _ = fs::remove_file(case.join(drop));
    if case.join("stderr.txt").is_file() {
        fs::write(case.join("stderr.txt"), &ran.stderr).unwrap();
    }
}
