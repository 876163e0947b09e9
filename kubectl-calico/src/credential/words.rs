//! The words by which a credential is recognized.

/// Names of credentials, in lower case, that a `:` or a `=` follows, perhaps after quotes.
pub(super) const NAMES: [&str; 17] = [
    "access-key",
    "access_key",
    "accesskey",
    "api-key",
    "api_key",
    "apikey",
    "authorization",
    "cookie",
    "passphrase",
    "passwd",
    "password",
    "private-key",
    "private_key",
    "privatekey",
    "secret",
    "signature",
    "token",
];

/// Names that are taken for one only if they are words of their own, in lower case.
pub(super) const SHORT_NAMES: [&str; 4] = ["pass", "psk", "pwd", "sig"];

/// Names whose value may also follow after a space, in lower case.
pub(super) const PASSWORDS: [&str; 3] = ["passphrase", "passwd", "password"];

/// What follows `password` in a sentence that does not have one.
pub(super) const ORDINARY: [&str; 44] = [
    "a",
    "an",
    "and",
    "are",
    "as",
    "at",
    "auth",
    "authentication",
    "been",
    "but",
    "by",
    "can",
    "cannot",
    "changed",
    "combination",
    "could",
    "does",
    "expired",
    "failed",
    "file",
    "for",
    "from",
    "has",
    "hash",
    "in",
    "incorrect",
    "invalid",
    "is",
    "may",
    "mismatch",
    "must",
    "not",
    "of",
    "on",
    "or",
    "provided",
    "required",
    "should",
    "that",
    "to",
    "was",
    "were",
    "with",
    "wrong",
];

/// How the error begins that another one wraps.
pub(super) const ERRORS: [&str; 14] = [
    "context",
    "dial",
    "failed",
    "get",
    "net/http",
    "parent",
    "pods",
    "post",
    "rpc",
    "secrets",
    "server",
    "serviceaccounts",
    "unexpected",
    "x509",
];

/// How the credentials of well-known services begin.
pub(super) const PREFIXES: [&str; 14] = [
    "AKIA",
    "ASIA",
    "AIza",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "hvs.",
    "xoxb-",
    "xoxp-",
    "eyJ",
];
