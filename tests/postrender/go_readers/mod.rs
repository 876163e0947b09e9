//! What Helm and kubectl read in a stream before and after the filter, by their own readers
//! (tests/go-readers).
//!
//! If one of them reads an Installation in the input, then it reads the requested edit of it in the
//! output and everything else as before, or the run is refused.
//!
//! GO_READERS_STREAMS sets how many streams are generated.

mod streams;
mod verdict;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use calico_test_support::process::output_on;
use calico_test_support::repository;
use helm_postrender::{Options, Stream, filter};
use serde_json::Value;

use streams::Streams;
use verdict::{Output, Verdict, has_installation, verdict, without_blank_ends};

/// What each reader reads: the objects, or none if it reports an error.
type Read = BTreeMap<String, Option<Vec<Value>>>;

/// How many streams one process reads.
const BATCH: usize = 1000;

/// The exit code of `scripts/build-go-readers` if there is no Go.
const NO_GO: i32 = 69;

#[test]
fn whatever_go_reads_is_edited_or_refused() {
    let Some(program) = program() else {
        return;
    };
    let wanted: usize = std::env::var("GO_READERS_STREAMS").map_or(2000, |streams| {
        streams.parse().expect("a number of streams")
    });
    let mut streams = Streams::new();
    let mut counts: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut tried = 0;
    while tried < wanted {
        let inputs: Vec<(Vec<u8>, Options)> = (0..BATCH.min(wanted - tried))
            .map(|_| streams.next())
            .collect();
        tried += inputs.len();
        let outputs: Vec<Option<Vec<u8>>> = inputs
            .iter()
            .map(|(input, options)| output(input, options))
            .collect();
        let before = read(&program, inputs.iter().map(|(input, _)| input.as_slice()));
        let after = read(
            &program,
            outputs
                .iter()
                .map(|output| output.as_deref().unwrap_or_default()),
        );
        for (((input, _), output), (before, after)) in
            inputs.iter().zip(&outputs).zip(before.iter().zip(&after))
        {
            let any_finds_one = before
                .values()
                .flatten()
                .any(|objects| has_installation(objects));
            for (reader, before) in before {
                let after = match (output, &after[reader]) {
                    (None, _) => Output::Refused,
                    (Some(_), None) => Output::Error,
                    (Some(_), Some(objects)) => Output::Read(objects),
                };
                // What only Helm's splitter reads, no other reader gets to see.
                let others_do = any_finds_one || reader == "SplitManifests";
                let verdict = verdict(before.as_deref(), &after, others_do);
                *counts.entry((reader.clone(), verdict.name())).or_default() += 1;
                if let Verdict::Wrong(why) = verdict {
                    wrong.push(format!(
                        "{reader}: {why}\n{:?}",
                        String::from_utf8_lossy(input)
                    ));
                }
            }
        }
    }
    println!("{tried} streams");
    for ((reader, verdict), count) in &counts {
        println!("{reader:>16}  {verdict:<40}{count:>8}");
    }
    let edited = counts
        .iter()
        .any(|((_, name), _)| *name == Verdict::Edited.name());
    assert!(edited, "no stream is edited");
    let shown = wrong
        .iter()
        .take(20)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n\n");
    assert!(wrong.is_empty(), "{} wrong:\n{shown}", wrong.len());
}

/// What the filter writes; none if it refuses.
fn output(input: &[u8], options: &Options) -> Option<Vec<u8>> {
    let (outcome, result) = filter(&Stream::new(input.to_vec()), options);
    result.ok()?;
    let Some(replacement) = outcome.replacement else {
        return Some(input.to_vec());
    };
    let range = replacement.range;
    Some(
        [
            &input[..range.start],
            replacement.text.as_bytes(),
            &input[range.end..],
        ]
        .concat(),
    )
}

fn read<'a>(program: &str, streams: impl Iterator<Item = &'a [u8]>) -> Vec<Read> {
    let mut frames = Vec::new();
    for stream in streams {
        frames.extend(u32::try_from(stream.len()).unwrap().to_be_bytes());
        frames.extend(stream);
    }
    let output = output_on(&mut Command::new(program), &frames);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the readers fail: {errors}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let mut read: Read = serde_json::from_str(line).unwrap();
            if let Some(Some(objects)) = read.get_mut("SplitManifests") {
                objects.iter_mut().for_each(without_blank_ends);
            }
            read
        })
        .collect()
}

/// The program of tests/go-readers. Without Go, the test is skipped; with CI=true, it fails.
fn program() -> Option<String> {
    let built = Command::new(repository().join("scripts/build-go-readers"))
        .stderr(Stdio::inherit())
        .output()
        .expect("scripts/build-go-readers starts");
    match built.status.code() {
        Some(0) => Some(
            String::from_utf8(built.stdout)
                .unwrap()
                .trim_end()
                .to_owned(),
        ),
        Some(NO_GO) if std::env::var("CI").as_deref() != Ok("true") => {
            // The harness would hold back what eprintln! writes.
            let mut stderr = std::io::stderr();
            writeln!(stderr, "SKIPPED go_readers: it needs Go").unwrap();
            None
        }
        _ => panic!("no readers; the message above has the reason"),
    }
}
