//! The flags that choose which findings are shown.

use std::path::PathBuf;

use clap::Args;

use crate::assess::checks::CHECKS;
use crate::assess::ignores::Ignore;
use crate::assess::with;

/// Which findings are shown, and count.
#[derive(Args, Clone, Debug)]
pub struct SelectionArgs {
    /// Show what changes if these manifests are applied: the findings that appear and those that disappear; a
    /// file, a directory, or - for standard input; can be repeated
    #[arg(long, value_name = "FILE")]
    pub with: Vec<PathBuf>,

    /// Compare with an earlier report (-o json): show which findings are new, more severe, changed
    /// or gone
    #[arg(long, value_name = "FILE", conflicts_with = "with")]
    pub baseline: Option<PathBuf>,

    /// Ignore findings for a reason, CODE=REASON or CODE:OBJECT=REASON:
    /// CAL216:IPPool/internal='routed by tor-1'; can be repeated
    #[arg(long, value_name = "FINDING", value_parser = ignore)]
    pub ignore: Vec<Ignore>,

    /// Ignore the findings listed in a file; each entry has code and reason, and optionally object
    /// and until (a date)
    #[arg(long, value_name = "FILE")]
    pub ignore_file: Option<PathBuf>,
}

fn ignore(text: &str) -> Result<Ignore, String> {
    let (finding, reason) = text
        .split_once('=')
        .ok_or("a reason is missing: CODE[:OBJECT]=REASON")?;
    let (code, object) = match finding.split_once(':') {
        Some((code, object)) => (code, Some(object.to_owned())),
        None => (finding, None),
    };
    checked(Ignore {
        code: code.to_owned(),
        object,
        reason: reason.to_owned(),
        until: None,
        number: 0,
    })
}

/// An entry whose code exists, and that has a reason.
pub fn checked(mut ignore: Ignore) -> Result<Ignore, String> {
    let code = &ignore.code;
    let checks = CHECKS.iter().map(|check| check.entry.code);
    let mut codes = checks.chain(with::ENTRIES.iter().map(|entry| entry.code));
    let Some(code) = codes.find(|known| known.eq_ignore_ascii_case(code)) else {
        return Err(format!(
            "status has no finding {code}: see kubectl calico explain --list"
        ));
    };
    code.clone_into(&mut ignore.code);
    if ignore
        .object
        .as_ref()
        .is_some_and(|it| it.trim().is_empty())
    {
        return Err(format!(
            "the object after '{code}:' is empty: name one as reports do, such as \
             IPPool/default-ipv4-ippool, or omit the colon"
        ));
    }
    if ignore.reason.trim().is_empty() {
        return Err(format!("the reason to ignore {code} is empty"));
    }
    Ok(ignore)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_an_object_and_a_reason() {
        let parsed = ignore("cal216:IPPool/internal=routers know it: a=b").unwrap();
        assert_eq!(parsed.code, "CAL216");
        assert_eq!(parsed.object.as_deref(), Some("IPPool/internal"));
        assert_eq!(parsed.reason, "routers know it: a=b");
        assert_eq!(ignore("CAL216=because").unwrap().object, None);
    }

    #[test]
    fn no_reason_and_no_such_code() {
        for (text, error) in [
            ("CAL216", "a reason is missing: CODE[:OBJECT]=REASON"),
            ("CAL216=", "the reason to ignore CAL216 is empty"),
            (
                "CAL216:=x",
                "the object after 'CAL216:' is empty: name one as reports do, such as \
                 IPPool/default-ipv4-ippool, or omit the colon",
            ),
            (
                "CAL999=x",
                "status has no finding CAL999: see kubectl calico explain --list",
            ),
        ] {
            assert_eq!(ignore(text).unwrap_err(), error);
        }
    }
}
