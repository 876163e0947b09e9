//! Every folder of tests/cases/postrender with a file `args` is a case: its arguments, one per
//! line. `in.yaml` is the input. `out.yaml` is the expected output, or `error.txt` the expected exit
//! code and standard error. A `stderr.txt` is the expected standard error of a run that succeeds.
//!
//! Each case runs as it is, and again with CRLF line ends.
//!
//! `UPDATE_CASES=1 cargo test --test postrender cases` writes the expected files. Read the
//! difference before you commit it.

use std::fs;
use std::path::Path;

use calico_test_support::cases::cases;

use crate::filter::{self, Ran, command};

#[test]
fn every_case() {
    let cases = cases("postrender", "args");
    let is_part = std::env::var_os("CASES").is_some();
    assert!(is_part || cases.len() > 100, "only {} cases", cases.len());
    let failures: Vec<String> = cases.iter().filter_map(|case| check(case).err()).collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases fail\n\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n\n")
    );
}

fn check(case: &Path) -> Result<(), String> {
    let input = fs::read(case.join("in.yaml")).unwrap();
    let ran = run(case, &input);
    if std::env::var_os("UPDATE_CASES").is_some() {
        update(case, &ran);
    }
    compare(case, &ran, |expected| expected)
        .and_then(|()| {
            compare(case, &run(case, &with_crlf(&input)), |text| {
                with_crlf(&text)
            })
        })
        .map_err(|difference| format!("{}: {difference}", case.display()))
}

fn run(case: &Path, input: &[u8]) -> Ran {
    let arguments = fs::read_to_string(case.join("args")).unwrap();
    let arguments: Vec<&str> = arguments.lines().collect();
    filter::run(command(&arguments).current_dir(case), input)
}

/// Compares a run with the expected files, whose output has `line_ends`.
fn compare(case: &Path, ran: &Ran, line_ends: fn(Vec<u8>) -> Vec<u8>) -> Result<(), String> {
    if let Ok(error) = fs::read(case.join("error.txt")) {
        same("standard output", b"", &ran.stdout)?;
        return same("error.txt", &error, ran.error().as_bytes());
    }
    let out = fs::read(case.join("out.yaml")).map_err(|error| format!("out.yaml: {error}"))?;
    if ran.exit != 0 {
        return Err(ran.error());
    }
    same("out.yaml", &line_ends(out), &ran.stdout)?;
    let again = run(case, &ran.stdout);
    same("the output of a second run", &ran.stdout, &again.stdout)?;
    if let Ok(stderr) = fs::read(case.join("stderr.txt")) {
        // The message about a difference shows its line ends.
        same(
            "stderr.txt",
            &stderr,
            ran.stderr.replace('\r', "").as_bytes(),
        )?;
    }
    Ok(())
}

fn same(what: &str, expected: &[u8], actual: &[u8]) -> Result<(), String> {
    if expected == actual {
        return Ok(());
    }
    Err(format!(
        "{what} differs\n--- expected\n{}\n--- actual\n{}",
        String::from_utf8_lossy(expected),
        String::from_utf8_lossy(actual)
    ))
}

fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .flat_map(|line| match line {
            [.., b'\r', b'\n'] => line.to_vec(),
            [text @ .., b'\n'] => [text, b"\r\n"].concat(),
            text => text.to_vec(),
        })
        .collect()
}

fn update(case: &Path, ran: &Ran) {
    let (keep, remove, text) = if ran.exit == 0 {
        ("out.yaml", "error.txt", ran.stdout.clone())
    } else {
        ("error.txt", "out.yaml", ran.error().into_bytes())
    };
    fs::write(case.join(keep), text).unwrap();
    let _ = fs::remove_file(case.join(remove));
    if case.join("stderr.txt").is_file() {
        fs::write(case.join("stderr.txt"), &ran.stderr).unwrap();
    }
}
