//! Lines of text that may hold a credential. Programs should not log any, but snapshots are shared.

/// Names of credentials, in lower case, that a `:` or a `=` follows, perhaps after quotes.
const NAMES: [&str; 10] = [
    "apikey",
    "api-key",
    "api_key",
    "access-key",
    "access_key",
    "authorization",
    "passwd",
    "password",
    "secret",
    "token",
];

/// The shortest word that is taken for an encoded key, in characters.
const KEY: usize = 48;

/// Whether a line may hold a password, a token, a key, or a header with one. It errs on the side of
/// caution.
pub(super) fn may_hold_one(line: &str) -> bool {
    let lower = line.to_lowercase();
    NAMES.iter().any(|name| is_assigned(&lower, name))
        || lower.contains("bearer ")
        || lower.contains("basic ")
        || lower.contains("-----begin")
        || lower.contains("-key-data")
        || line.contains("eyJ")
        || has_user_in_url(line)
        || is_key(line.trim())
}

/// Whether a name ends before a `:` or a `=`, as in `"Password": "x"` or `TOKEN=x`, and a value follows.
fn is_assigned(lower: &str, name: &str) -> bool {
    lower.match_indices(name).any(|(at, _)| {
        let rest = lower.get(at + name.len()..).unwrap_or_default();
        let rest = rest.trim_start_matches(['"', '\'', '`', '\\', ' ']);
        let value = rest.strip_prefix([':', '=']);
        value.is_some_and(|value| !value.trim().is_empty())
    })
}

/// `https://user:password@host`
fn has_user_in_url(line: &str) -> bool {
    line.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', ' ', '"', '\'']).next().unwrap_or_default();
        authority.contains('@')
    })
}

/// Whether a line is nothing but a long word in base64, such as one of a PEM file.
fn is_key(line: &str) -> bool {
    let encoded = |c: char| c.is_ascii_alphanumeric() || "+/=-_.".contains(c);
    line.len() >= KEY && line.chars().all(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_credentials() {
        for line in [
            "Authorization: Bearer abc",
            "request headers: authorization=Basic dXNlcjpwYXNz",
            "{\"level\":\"info\",\"Password\": \"hunter2\"}",
            "ETCD_PASSWORD=hunter2",
            "using token: abcdef.0123456789abcdef",
            "aws_secret_access_key = x",
            "\\\"token\\\":\\\"x\\\"",
            "got eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.e30.x",
            "dial https://admin:pw@etcd.example.com:2379: refused",
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
            "MountVolume.SetUp failed for volume \"node-certs\" : secret \"node-certs\" not found",
            "dial tcp 10.96.0.1:443: connect: connection refused",
            "Get \"https://10.96.0.1:443/apis/crd.projectcalico.org/v1/clusterinformations/default\": x",
            "",
        ] {
            assert!(!may_hold_one(line), "{line}");
        }
    }
}
