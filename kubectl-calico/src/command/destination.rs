//! Where the commands of a run's output go: to the cluster that it has read.

use std::path::Path;

use crate::cli::SourceArgs;
use crate::connect::ConnectionFlags;
use crate::repair::cluster_option::{ClusterOption, GivenOption};
use crate::repair::destination::Destination;
use crate::snapshot::Origin;

/// The cluster that the flags name; or else, for a snapshot, the context that it was read with.
pub(super) fn destination(source: &SourceArgs, origin: &Origin, is_redacted: bool) -> Destination {
    let mut options = options(&source.connection);
    let is_of_file = !source.filename.is_empty();
    if options.is_empty() && is_of_file {
        let context = origin.context.clone();
        options.extend(context.map(|context| GivenOption::new(ClusterOption::Context, context)));
    }
    let destination = Destination {
        options,
        files: source.filename.iter().map(|file| text(file)).collect(),
    };
    if is_redacted {
        destination.redacted()
    } else {
        destination
    }
}

fn options(flags: &ConnectionFlags) -> Vec<GivenOption> {
    let kubeconfig = flags.kubeconfig.as_deref().map(text);
    let given = |value: &Option<String>| value.clone();
    let skips = flags.insecure_skip_tls_verify.then(|| "true".to_owned());
    let server = flags.server.as_deref().map(without_credentials);
    let proxy = flags.proxy_url.as_deref().map(without_credentials);
    let mut options = vec![
        (ClusterOption::Kubeconfig, kubeconfig),
        (ClusterOption::Context, given(&flags.context)),
        (ClusterOption::Cluster, given(&flags.cluster)),
        (ClusterOption::User, given(&flags.user)),
        (ClusterOption::Server, server),
        (ClusterOption::SkipTlsVerify, skips),
        (
            ClusterOption::CertificateAuthority,
            given(&flags.certificate_authority),
        ),
        (
            ClusterOption::ClientCertificate,
            given(&flags.client_certificate),
        ),
        (ClusterOption::ClientKey, given(&flags.client_key)),
        (ClusterOption::TlsServerName, given(&flags.tls_server_name)),
        (ClusterOption::As, given(&flags.as_user)),
        (ClusterOption::AsUid, given(&flags.as_uid)),
        (ClusterOption::ProxyUrl, proxy),
    ];
    let groups = flags.as_group.iter().cloned();
    options.extend(groups.map(|group| (ClusterOption::AsGroup, Some(group))));
    let options = options.into_iter();
    options
        .filter_map(|(option, value)| Some(GivenOption::new(option, value?)))
        // kubectl treats an empty value as unset.
        .filter(|given| !given.value.is_empty())
        .collect()
}

/// A path; what is not UTF-8 is replaced by a character that no command shows.
fn text(path: &Path) -> String {
    match path.to_str() {
        Some(path) => path.to_owned(),
        None => "\u{0}".to_owned(),
    }
}

/// The address alone: a URL may have a password before the host, or a secret in its query.
fn without_credentials(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let address = rest.rsplit('@').next().unwrap_or_default();
    format!("{scheme}{address}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_credentials() {
        for (url, shown) in [
            ("https://api:6443", "https://api:6443"),
            ("https://api/k8s/c-1", "https://api/k8s/c-1"),
            ("https://jane:s3@cret@api:6443/a", "https://api:6443/a"),
            ("https://jane:s3/cret@api", "https://api"),
            ("jane:s3cret@api:6443", "api:6443"),
            ("https://api?token=s3cret", "https://api"),
            ("https://api#s3cret", "https://api"),
            ("", ""),
        ] {
            assert_eq!(without_credentials(url), shown, "{url}");
        }
    }
}
