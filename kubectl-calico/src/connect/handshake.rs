//! Why a TLS handshake failed, and which flag settles it.

use calico_core::text::shortened;
use rustls::{AlertDescription, CertificateError};

use super::error::LONGEST;

/// What went wrong between TLS here and there.
pub(super) fn why(error: &rustls::Error, server: &str) -> String {
    match error {
        rustls::Error::InvalidCertificate(error) => certificate(error, server),
        rustls::Error::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::DecryptError
            | AlertDescription::UnknownCA,
        ) => format!("{server} does not accept the client certificate, or asks for one"),
        rustls::Error::InvalidMessage(_) => {
            format!("{server} does not speak TLS: check the port, or use http://")
        }
        other => format!(
            "TLS with {server} failed: {}",
            shortened(other.to_string(), LONGEST)
        ),
    }
}

fn certificate(error: &CertificateError, server: &str) -> String {
    use CertificateError::{
        BadSignature, Expired, ExpiredContext, NotValidForName, NotValidForNameContext,
        NotValidYet, NotValidYetContext, UnknownIssuer,
    };
    let (fault, remedy) = match error {
        UnknownIssuer | BadSignature => (
            "is signed by an unknown authority".to_owned(),
            "name the right one with --certificate-authority",
        ),
        NotValidForNameContext {
            expected,
            presented,
        } => {
            let names: Vec<&str> = presented.iter().map(|name| bare(name)).collect();
            let expected = expected.to_str();
            let names = match names.is_empty() {
                true => "no name".to_owned(),
                false => names.join(", "),
            };
            (
                format!("is for {names}, and not for {expected}"),
                "give its name with --tls-server-name",
            )
        }
        NotValidForName => (
            "is for another name".to_owned(),
            "give it with --tls-server-name",
        ),
        Expired | ExpiredContext { .. } => (
            "has expired".to_owned(),
            "renew it, or set this machine's clock",
        ),
        NotValidYet | NotValidYetContext { .. } => {
            ("is not valid yet".to_owned(), "set this machine's clock")
        }
        other => (
            format!("is not valid ({})", shortened(other.to_string(), LONGEST)),
            "have it issued anew",
        ),
    };
    format!(
        "the certificate of {server} {}: {remedy}",
        shortened(fault, LONGEST)
    )
}

/// rustls gives a certificate's names as `DnsName("example.org")` and `IpAddress(10.0.0.1)`.
fn bare(name: &str) -> &str {
    let inside = name.split_once('(').map_or(name, |(_, inside)| inside);
    inside.trim_end_matches(')').trim_matches('"')
}
