//! What holds for every stream. The property tests and the fuzzer check it.

use helm_postrender::{Options, Stream, filter};

use crate::oracle;

/// Filters a stream and checks the result. Returns the edited document before and after, if one was
/// edited.
pub(crate) fn check(input: &[u8], options: &Options) -> Option<(String, String)> {
    let stream = Stream::new(input.to_vec());
    // The documents are parts of the stream, in order, and not empty.
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
        "control character in {message:?}"
    );
    if result.is_err() {
        assert!(
            outcome.replacement.is_none(),
            "refused but edited: {message}"
        );
        return None;
    }
    let replacement = outcome.replacement?;
    let range = replacement.range.clone();
    let edited = stream
        .documents()
        .iter()
        .filter(|document| document.start <= range.start && range.end <= document.end);
    assert_eq!(edited.count(), 1, "the edit is not within one document");

    let before = std::str::from_utf8(&input[range.clone()]).expect("an edited document is UTF-8");
    // The oracle cannot read every document, and knows nothing of a cluster's pools, or of pools that are not
    // for pods.
    let is_known = options.cluster.is_none() && !before.contains("allowedUses");
    if let (true, Some(mut wanted)) = (is_known, oracle::read(before)) {
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
        result.err().map(|error| error.to_string())
    );
    assert!(
        again.replacement.is_none(),
        "a second run makes another edit:\n{}",
        replacement.text
    );
    Some((before.to_owned(), replacement.text))
}
