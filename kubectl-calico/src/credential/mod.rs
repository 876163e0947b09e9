//! Texts that may hold a credential. Programs should not write any to logs and messages, but snapshots are
//! shared.

mod words;

use words::{ERRORS, NAMES, ORDINARY, PASSWORDS, PREFIXES, SHORT_NAMES};

/// The shortest rest of a credential of a well-known service, in characters.
const SHORTEST_REST: usize = 10;

/// The shortest word that is taken for an encoded key, in characters.
const KEY: usize = 48;

/// A text without the lines that may hold a credential.
pub(crate) fn removed(text: &str) -> String {
    if text.lines().count() <= 1 {
        return if may_hold_one(text) {
            String::new()
        } else {
            text.to_owned()
        };
    }
    lines_without(text.lines()).collect::<Vec<_>>().join("\n")
}

/// The lines that hold no credential: also without those of a PEM block, of which the last one is short.
pub(crate) fn lines_without<'a>(
    lines: impl Iterator<Item = &'a str>,
) -> impl Iterator<Item = &'a str> {
    let mut is_in_block = false;
    lines.filter(move |line| {
        is_in_block = begins_block(line) || (is_in_block && is_encoded(line.trim()));
        !is_in_block && !may_hold_one(line)
    })
}

fn begins_block(line: &str) -> bool {
    line.to_ascii_lowercase().contains("-----begin")
}

/// Whether a line may hold a password, a token, a key, or a header with one. It errs on the side of
/// caution.
pub(crate) fn may_hold_one(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    NAMES
        .iter()
        .any(|name| is_assigned(&lower, name, Word::Part))
        || SHORT_NAMES
            .iter()
            .any(|name| is_assigned(&lower, name, Word::Whole))
        || PASSWORDS.iter().any(|name| is_followed(&lower, name))
        || has_flag(&lower)
        || has_bearer(&lower)
        || [
            "basic ",
            "negotiate ",
            "-----begin",
            "-----end",
            "-key-data",
        ]
        .iter()
        .any(|text| lower.contains(text))
        || has_prefix(line)
        || has_user(line)
        || is_key(line.trim())
}

/// What a name is in a line.
#[derive(Clone, Copy, PartialEq)]
enum Word {
    /// A word of its own.
    Whole,
    /// Also the end of a longer one.
    Part,
}

/// Whether a name ends before a `:` or a `=`, as in `"Password": "x"` or `TOKEN=x`, and a value follows.
fn is_assigned(lower: &str, name: &str, word: Word) -> bool {
    lower.match_indices(name).any(|(at, _)| {
        let before = lower.get(..at).unwrap_or_default();
        if word == Word::Whole && before.ends_with(char::is_alphanumeric) {
            return false;
        }
        let rest = lower.get(at + name.len()..).unwrap_or_default();
        let ends_url = is_url(before) && rest.starts_with(['"', '\\']);
        let rest = rest.trim_start_matches(['"', '\'', '`', '\\', ' ']);
        let value = rest.strip_prefix([':', '=']).unwrap_or_default().trim();
        // The working directory is called PWD, too.
        !value.is_empty()
            && (name != "pwd" || !value.starts_with('/'))
            && !ends_url
            && !before.ends_with("*v1.")
            && !is_error(before, value)
    })
}

/// Whether a text ends within the path of a URL: `Post "https://10.96.0.1:443/…/calico-node/`, where `token": dial tcp`
/// follows.
fn is_url(before: &str) -> bool {
    let word = before.rsplit([' ', '"', '\'']).next().unwrap_or_default();
    word.contains("://") && word.ends_with('/')
}

/// Whether what follows a name is the error that an error wraps, as Go's programs write it: `failed to fetch token: Get "…"`.
fn is_error(before: &str, value: &str) -> bool {
    let clause = before.rsplit(": ").next().unwrap_or_default();
    let fails = ["failed to", "unable to", "error ", "invalid ", "denied, "];
    let word = value.split([' ', ':']).next().unwrap_or_default();
    fails.iter().any(|fails| clause.contains(fails)) && ERRORS.contains(&word)
}

/// Whether a token follows its scheme; but not in `invalid bearer token`.
fn has_bearer(lower: &str) -> bool {
    lower.split("bearer ").skip(1).any(|rest| {
        let word = rest.split_whitespace().next().unwrap_or_default();
        word.trim_matches(|c: char| c.is_ascii_punctuation()) != "token"
    })
}

/// Whether a word that is not ordinary follows a name: `password hunter2`.
fn is_followed(lower: &str, name: &str) -> bool {
    lower.match_indices(name).any(|(at, _)| {
        let rest = lower.get(at + name.len()..).unwrap_or_default();
        let Some(rest) = rest.strip_prefix([' ', '\t']) else {
            return false;
        };
        let word = rest.split_whitespace().next().unwrap_or_default();
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
        !word.is_empty() && !ORDINARY.contains(&word)
    })
}

/// Whether a flag is named like a credential, and a value follows: `--token x`.
fn has_flag(lower: &str) -> bool {
    let mut words = lower.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let is_credential = word.starts_with('-')
            && NAMES
                .iter()
                .any(|name| word.trim_matches('"').ends_with(name));
        if is_credential && words.peek().is_some() {
            return true;
        }
    }
    false
}

/// `AKIAIOSFODNN7EXAMPLE`, `ghp_…`, or a JSON Web Token: also after other characters, such as quotes.
fn has_prefix(line: &str) -> bool {
    PREFIXES.iter().any(|prefix| {
        line.match_indices(prefix).any(|(at, _)| {
            let rest = line.get(at + prefix.len()..).unwrap_or_default();
            let encoded = |c: &char| c.is_ascii_alphanumeric() || "_-.".contains(*c);
            rest.chars().take_while(encoded).count() >= SHORTEST_REST
        })
    })
}

/// `https://user:password@host`, and without a scheme `user:password@host`; but not an image with a digest.
fn has_user(line: &str) -> bool {
    let in_url = line.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', ' ', '"', '\'']).next().unwrap_or_default();
        authority.contains('@')
    });
    in_url
        || line.split([' ', '\t', '"', '\'', '(', ')']).any(|word| {
            let Some((before, after)) = word.rsplit_once('@') else {
                return false;
            };
            let user = before.rsplit('/').next().unwrap_or_default();
            let has_password = user
                .split_once(':')
                .is_some_and(|(name, password)| !name.is_empty() && !password.is_empty());
            has_password && !after.is_empty() && !after.starts_with("sha256:")
        })
}

/// Whether a line is nothing but a long word in base64, such as one of a PEM file.
fn is_key(line: &str) -> bool {
    line.len() >= KEY && is_encoded(line)
}

fn is_encoded(line: &str) -> bool {
    let encoded = |c: char| c.is_ascii_alphanumeric() || "+/=-_.".contains(c);
    line.chars().all(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::advice::messages;

    #[test]
    fn lines_with_credentials() {
        for line in [
            "Authorization: Bearer abc",
            "request headers: authorization=Basic dXNlcjpwYXNz",
            "proxy-authorization: Negotiate abc",
            "Cookie: session=abc",
            "set-cookie=session",
            "{\"level\":\"info\",\"Password\": \"hunter2\"}",
            "ETCD_PASSWORD=hunter2",
            "login with password hunter2 failed",
            "user admin, password \"correct-horse\"",
            "mount -o username=a,pwd=b",
            "DB_PASS=x",
            "etcdctl --password hunter2 get /",
            "kubectl --token abc get nodes",
            "using token: abcdef.0123456789abcdef",
            "aws_secret_access_key = x",
            "credentials AKIAIOSFODNN7EXAMPLE were rejected",
            "remote: ghp_0123456789abcdefghijABCDEFGHIJ012345",
            "github_pat_11ABCDEFG0123456789_abc",
            "\\\"token\\\":\\\"x\\\"",
            "got eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.e30.x",
            "dial https://admin:pw@etcd.example.com:2379: refused",
            "cannot open admin:pw@tcp(db:3306)/calico",
            "GET /blob?sv=2022&sig=abc%3D",
            "failed to log in with token: abc123",
            "https://example.com/?token=abc",
            "{\"https://example.com/\": {\"token\": \"abc\"}}",
            "invalid bearer abc",
            "GET https://example.com/token: abc",
            "-----BEGIN RSA PRIVATE KEY-----",
            "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MRMN9fLZ4Xk+",
            "    client-key-data: LS0tLS1CRUdJTg==",
        ] {
            assert!(may_hold_one(line), "{line}");
        }
    }

    #[test]
    fn lines_of_calico_without_any() {
        for line in [
            "2026-01-01 00:00:00.000 [ERROR][9] cni-installer/<nil> <nil>: Unable to create token for \
             CNI kubeconfig error=serviceaccounts \"calico-cni-plugin\" is forbidden",
            "error getting ClusterInformation: connection is unauthorized: Unauthorized",
            "etcdserver: authentication failed, invalid user ID or password",
            "the password is incorrect, or the password has expired",
            "MountVolume.SetUp failed for volume \"node-certs\" : secret \"node-certs\" not found",
            "dial tcp 10.96.0.1:443: connect: connection refused",
            "Get \"https://10.96.0.1:443/apis/crd.projectcalico.org/v1/clusterinformations/default\": x",
            "Back-off pulling image \"quay.io/calico/node:v3.32.1@sha256:0123456789abcdef\"",
            "PWD=/opt/cni",
            "Unable to create token for CNI kubeconfig error=Post \"https://10.96.0.1:443/api/v1/namespaces/\
             calico-system/serviceaccounts/calico-cni-plugin/token\": dial tcp 10.96.0.1:443: i/o timeout",
            "failed to authorize: failed to fetch anonymous token: Get \"https://auth.example.com/token?\
             scope=pull\": dial tcp: lookup auth.example.com: no such host",
            "failed to fetch oauth token: unexpected status: 401 Unauthorized",
            "pull access denied, repository does not exist or may require authorization: server message: x",
            "Failed to watch *v1.Secret: failed to list *v1.Secret: Get \"https://10.96.0.1:443/api\": x",
            "error getting secret: secrets \"bgp-secrets\" not found",
            "x509: invalid signature: parent certificate cannot sign this kind of certificate",
            "[invalid bearer token, service account token has expired]",
            "",
        ] {
            assert!(!may_hold_one(line), "{line}");
        }
        for example in messages::examples() {
            assert_eq!(removed(example), example);
        }
    }

    #[test]
    fn the_lines_of_a_key_are_removed_with_it() {
        let text = "one\n-----BEGIN PRIVATE KEY-----\nMIIEow==\nab==\n-----END PRIVATE KEY-----\ntwo is left";
        assert_eq!(removed(text), "one\ntwo is left");
    }

    #[test]
    fn a_long_line_takes_no_longer() {
        let line = "password ".repeat(100_000);
        let started = std::time::Instant::now();
        may_hold_one(&line);
        may_hold_one(&"a:b".repeat(300_000));
        assert!(started.elapsed() < std::time::Duration::from_secs(5));
    }
}
