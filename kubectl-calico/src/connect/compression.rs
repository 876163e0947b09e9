//! Responses that are compressed with gzip. They are decompressed when they are complete: while many are on their way,
//! none of them takes its full size.

use std::io::{Error, Read as _};

use flate2::read::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

/// As in `Accept-Encoding` and `Content-Encoding`.
pub(super) const GZIP: &str = "gzip";

/// At most this much of a byte is compressed.
/// Source: zlib's "Maximum Compression Factor".
const HIGHEST_RATIO: usize = 1032;

pub(super) fn is_gzip(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding == GZIP)
}

/// The first `limit` bytes of what is compressed, and whether that is the whole of it; or of what can be decompressed,
/// if `bytes` are not complete.
pub(super) fn decompressed(
    bytes: &[u8],
    is_complete: bool,
    limit: usize,
) -> Result<(Vec<u8>, bool), Error> {
    // One byte more than allowed shows that there is more.
    let most = limit + 1;
    let mut text = Vec::with_capacity(size(bytes).min(most));
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    let mut decoder = MultiGzDecoder::new(bytes).take(most);
    match decoder.read_to_end(&mut text) {
        Err(error) if is_complete => return Err(error),
        _ => {}
    }
    let is_whole = is_complete && text.len() <= limit;
    text.truncate(limit);
    Ok((text, is_whole))
}

/// The size that the last four bytes claim. Source: RFC 1952, ISIZE.
fn size(bytes: &[u8]) -> usize {
    let claimed = bytes
        .last_chunk()
        .map_or(0, |size| u32::from_le_bytes(*size));
    let claimed = usize::try_from(claimed).unwrap_or_default();
    claimed.min(bytes.len().saturating_mul(HIGHEST_RATIO))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn compressed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_text_is_decompressed_up_to_its_limit() {
        let text = b"a pool, a node, a block".repeat(50);
        let bytes = compressed(&text);
        assert_eq!(size(&bytes), text.len());
        let whole = decompressed(&bytes, true, text.len()).unwrap();
        assert_eq!(whole, (text.clone(), true));
        let most = text.len() - 1;
        let start = decompressed(&bytes, true, most).unwrap();
        assert_eq!(start, (text[..most].to_vec(), false));
        let cut = &bytes[..bytes.len() - 9];
        assert!(decompressed(cut, true, 1 << 20).is_err());
        let (start, is_whole) = decompressed(cut, false, 1 << 20).unwrap();
        assert!(text.starts_with(&start) && !is_whole);
        assert!(decompressed(b"{}", true, 1 << 20).is_err());
    }

    #[test]
    fn no_memory_is_taken_for_a_size_that_is_impossible() {
        let mut bytes = compressed(b"{}");
        let end = bytes.len() - 4;
        bytes[end..].fill(0xff);
        assert!(size(&bytes) < 100_000);
    }
}
