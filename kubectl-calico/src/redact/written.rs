//! Addresses as they are written in texts: `10.0.0.1`, `fd00::1`, and in names `ip-10-0-0-1`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WrittenAddress {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) address: IpAddr,
    /// The length of the prefix that follows, as in `10.0.0.0/8`.
    pub(super) prefix: Option<u8>,
    /// What is between its numbers, if not dots or colons.
    pub(super) separator: Option<&'static str>,
    /// Whether it is written as programs do.
    pub(super) is_usual: bool,
}

/// The addresses in a text, in order; none of them overlap.
pub(super) fn addresses(text: &str) -> Vec<WrittenAddress> {
    let mut found: Vec<WrittenAddress> = Vec::new();
    for find in [ipv6, dotted, dashed, underscored, dashed_ipv6] {
        for address in find(text) {
            let is_free = found
                .iter()
                .all(|other| address.end <= other.start || other.end <= address.start);
            if is_free {
                found.push(address);
            }
        }
    }
    found.sort_by_key(|address| address.start);
    found
}

/// The longest runs of characters, and where each begins.
fn runs(text: &str, belongs: impl Fn(char) -> bool) -> Vec<(usize, &str)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (index, c) in text.char_indices() {
        match (start, belongs(c)) {
            (None, true) => start = Some(index),
            (Some(from), false) => {
                runs.push((from, text.get(from..index).unwrap_or_default()));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        runs.push((from, text.get(from..).unwrap_or_default()));
    }
    runs
}

fn new(text: &str, start: usize, written: &str, address: IpAddr) -> WrittenAddress {
    let end = start + written.len();
    WrittenAddress {
        start,
        end,
        address,
        prefix: prefix(text.get(end..).unwrap_or_default(), '/'),
        separator: None,
        is_usual: address.to_string() == written,
    }
}

/// The prefix at the beginning of what follows an address.
fn prefix(after: &str, slash: char) -> Option<u8> {
    let digits = after.strip_prefix(slash)?;
    let end = digits.find(|c: char| !c.is_ascii_digit());
    digits.get(..end.unwrap_or(digits.len()))?.parse().ok()
}

/// `fd00::1`, also after a word and a colon; the mapped `::ffff:10.0.0.1`.
fn ipv6(text: &str) -> Vec<WrittenAddress> {
    let belongs = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
    let mut found = Vec::new();
    for (at, run) in runs(text, belongs) {
        if run.matches(':').count() < 2 {
            continue;
        }
        let after = text.get(at + run.len()..).unwrap_or_default();
        if after.starts_with(char::is_alphanumeric) {
            continue;
        }
        let is_after_word = text
            .get(..at)
            .is_some_and(|before| before.ends_with(char::is_alphanumeric));
        let run = run.trim_end_matches('.');
        let run = match run.strip_suffix("::") {
            Some(_) => run,
            None => run.trim_end_matches(':'),
        };
        let starts = run.match_indices(':').map(|(index, _)| index + 1);
        let first = (!is_after_word).then_some(0);
        let address = first.into_iter().chain(starts).find_map(|start| {
            let written = run.get(start..)?;
            let address: Ipv6Addr = written.parse().ok()?;
            Some(new(text, at + start, written, address.into()))
        });
        found.extend(address);
    }
    found
}

/// `10.0.0.1`, but not the version `v1.2.3.4`.
fn dotted(text: &str) -> Vec<WrittenAddress> {
    let belongs = |c: char| c.is_ascii_digit() || c == '.';
    let runs = runs(text, belongs).into_iter();
    let found = runs.filter_map(|(at, run)| {
        let trimmed = run.trim_start_matches('.');
        let at = at + run.len() - trimmed.len();
        let written = trimmed.trim_end_matches('.');
        let before = text.get(..at).unwrap_or_default();
        let is_version = before
            .strip_suffix(['v', 'V'])
            .is_some_and(|before| !before.ends_with(char::is_alphanumeric));
        let address: Ipv4Addr = written.parse().ok().filter(|_| !is_version)?;
        Some(new(text, at, written, address.into()))
    });
    found.collect()
}

fn dashed(text: &str) -> Vec<WrittenAddress> {
    numbers(text, '-', "-")
}

fn underscored(text: &str) -> Vec<WrittenAddress> {
    numbers(text, '_', "_")
}

/// `10-0-0-1`, and `10-0-0-0-8` with a prefix: the name of an IPAMBlock. Other numbers may be before them.
fn numbers(text: &str, separator: char, written_as: &'static str) -> Vec<WrittenAddress> {
    let belongs = |c: char| c.is_ascii_digit() || c == separator;
    let mut found = Vec::new();
    for (at, run) in runs(text, belongs) {
        let mut words: Vec<(usize, &str)> = Vec::new();
        let mut start = 0;
        for word in run.split(separator) {
            words.push((start, word));
            start += word.len() + separator.len_utf8();
        }
        // The first one may be the end of a word.
        let is_after_word = text
            .get(..at)
            .is_some_and(|before| before.ends_with(char::is_alphanumeric));
        let mut rest = words.as_slice();
        if is_after_word && rest.len() > 4 {
            rest = rest.get(1..).unwrap_or_default();
        }
        while let [(start, _), .., (last, end)] = rest.get(..4).unwrap_or_default() {
            let written = run.get(*start..last + end.len()).unwrap_or_default();
            let Ok(address) = written.replace(separator, ".").parse::<Ipv4Addr>() else {
                rest = rest.get(1..).unwrap_or_default();
                continue;
            };
            let mut address = new(text, at + start, written, address.into());
            let after = text.get(address.end..).unwrap_or_default();
            address.prefix = prefix(after, separator);
            address.separator = Some(written_as);
            address.is_usual = true;
            found.push(address);
            rest = rest.get(4..).unwrap_or_default();
        }
    }
    found
}

/// `fd00-10-244--1`
fn dashed_ipv6(text: &str) -> Vec<WrittenAddress> {
    let belongs = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut found = Vec::new();
    for (at, run) in runs(text, belongs) {
        if run.matches('-').count() < 2 {
            continue;
        }
        let starts = run.match_indices('-').map(|(index, _)| index + 1);
        let address = [0].into_iter().chain(starts).find_map(|start| {
            let written = run.get(start..)?.trim_end_matches('-');
            let address: Ipv6Addr = written.replace('-', ":").parse().ok()?;
            let mut address = new(text, at + start, written, address.into());
            address.separator = Some("-");
            address.is_usual = true;
            Some(address)
        });
        found.extend(address);
    }
    found
}
