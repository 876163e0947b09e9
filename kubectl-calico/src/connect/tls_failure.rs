//! Why a TLS handshake failed, and which flag helps.

use calico_core::text::shortened;
use rustls::{AlertDescription, CertificateError};

use super::error::LONGEST;

/// What went wrong in a TLS handshake with a server, and what to do about it.
pub(super) fn describe(error: &rustls::Error, server: &str) -> String {
    match error {
        rustls::Error::InvalidCertificate(error) => describe_certificate(error, server),
        rustls::Error::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::DecryptError
            | AlertDescription::UnknownCA,
        ) => format!(
            "{server} rejected the client certificate, or requires one: pass --client-certificate and \
                      --client-key, or choose another user with --user"
        ),
        rustls::Error::InvalidMessage(_) => {
            format!("{server} does not speak TLS: check the port, or use http://")
        }
        other => format!(
            "the TLS handshake with {server} failed: {}",
            shortened(other.to_string(), LONGEST)
        ),
    }
}

fn describe_certificate(error: &CertificateError, server: &str) -> String {
    use CertificateError::{
        BadSignature, Expired, ExpiredContext, NotValidForName, NotValidForNameContext,
        NotValidYet, NotValidYetContext, UnknownIssuer,
    };
    let (fault, fix) = match error {
        UnknownIssuer | BadSignature => (
            "is signed by an unknown authority".to_owned(),
            "pass the right one with --certificate-authority",
        ),
        NotValidForNameContext {
            expected,
            presented,
        } => (
            format!(
                "is valid for {}, not for {}",
                names(presented),
                expected.to_str()
            ),
            "if that is the right server, pass its name with --tls-server-name",
        ),
        NotValidForName => (
            "is valid for another name".to_owned(),
            "if that is the right server, pass its name with --tls-server-name",
        ),
        Expired | ExpiredContext { .. } => (
            "has expired".to_owned(),
            "renew it, or correct this machine's clock",
        ),
        NotValidYet | NotValidYetContext { .. } => (
            "is not valid yet".to_owned(),
            "correct this machine's clock",
        ),
        other => (
            format!("is invalid ({})", shortened(other.to_string(), LONGEST)),
            "reissue it",
        ),
    };
    format!(
        "the certificate of {server} {}: {fix}",
        shortened(fault, LONGEST)
    )
}

/// A certificate's names, which rustls gives as `DnsName("example.org")` and `IpAddress(10.0.0.1)`.
fn names(presented: &[String]) -> String {
    if presented.is_empty() {
        return "no name".to_owned();
    }
    let names: Vec<&str> = presented
        .iter()
        .map(|name| {
            let inner = name
                .split_once('(')
                .map_or(name.as_str(), |(_, inner)| inner);
            inner.trim_end_matches(')').trim_matches('"')
        })
        .collect();
    names.join(", ")
}
