//! What holds for every stream, however odd. The property tests and the fuzzer check it.

use helm_postrender::{Options, Stream, filter};

use crate::oracle;

/// Filters `input` and checks all that must hold of what comes out. Returns what came out of the
/// document that was edited, if one was, and what went in.
pub(crate) fn check(input: &[u8], options: &Options) -> Option<(String, String)> {
    let stream = Stream::new(input.to_vec());
    // The documents are the stream, in order, without blanks.
    let mut last = 0;
    for range in stream.documents() {
        assert!(last <= range.start && range.start < range.end && range.end <= input.len());
        last = range.end;
    }
    let (outcome, result) = filter(&stream, options);
    let message = result
        .as_ref()
        .err()
        .map(ToString::to_string)
        .unwrap_or_default();
    assert!(
        !message.chars().any(|c| c.is_control() && c != '\n'),
        "a control character in {message:?}"
    );
    if result.is_err() {
        assert!(
            outcome.replacement.is_none(),
            "refused, and yet edited: {message}"
        );
        return None;
    }
    let replacement = outcome.replacement?;
    let range = replacement.range.clone();
    let own = stream
        .documents()
        .iter()
        .filter(|d| d.start <= range.start && range.end <= d.end);
    assert_eq!(own.count(), 1, "an edit outside of one document");

    let before = std::str::from_utf8(&input[range.clone()]).expect("an edited document is UTF-8");
    // What the reader of this test does not take, it cannot judge, nor what a cluster adds.
    if let (None, Some(mut wanted)) = (&options.cluster, oracle::read(before)) {
        oracle::set(&mut wanted, &options.request);
        let after = oracle::read(&replacement.text);
        let change = format!("from\n{before}\nto\n{}", replacement.text);
        assert_eq!(Some(wanted), after, "{change}");
    }

    let output = [
        &input[..range.start],
        replacement.text.as_bytes(),
        &input[range.end..],
    ]
    .concat();
    let (again, result) = filter(&Stream::new(output), options);
    assert!(
        result.is_ok(),
        "a second run is refused: {:?}",
        result.err().map(|e| e.to_string())
    );
    assert!(
        again.replacement.is_none(),
        "a second run edits again:\n{}",
        replacement.text
    );
    Some((before.to_owned(), replacement.text))
}
