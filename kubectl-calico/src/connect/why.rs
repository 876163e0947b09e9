//! Why a connection failed: the one cause, in a long chain of errors, that a person can act on.

use std::error::Error;
use std::io::{self, ErrorKind};

use calico_core::text::shortened;
use rustls::{AlertDescription, CertificateError};

use super::error::LONGEST;

/// Where a connection was to lead.
pub(super) struct Route {
    /// Host and port of the server.
    pub(super) server: String,
    /// Host and port of the proxy in between.
    pub(super) proxy: Option<String>,
}

/// What went wrong between here and the server.
pub(super) fn why(error: &(dyn Error + 'static), route: &Route) -> String {
    let through = match &route.proxy {
        Some(proxy) => format!(" (through the proxy {proxy})"),
        None => String::new(),
    };
    let next = route.proxy.as_ref().unwrap_or(&route.server);
    for cause in causes(error) {
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return format!("{}{through}", tls(error, &route.server));
        }
        let text = cause.to_string();
        if text == "dns error" {
            return format!(
                "the name in {next} cannot be resolved: check it, and the name service"
            );
        }
        if text.starts_with("tunnel error: ") && text.contains("proxy authorization required") {
            return format!(
                "the proxy {next} asks for a user and password: write them into its URL"
            );
        }
        if text == "tunnel error: unsuccessful" {
            return format!("the proxy {next} refuses to connect to {}", route.server);
        }
        match cause.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(ErrorKind::ConnectionRefused) => {
                return format!(
                    "{next} refuses the connection: check that it is the right address and that the server runs"
                );
            }
            Some(ErrorKind::TimedOut) => {
                return format!(
                    "no answer from {next}: check that it is the right address and that nothing is in the way"
                );
            }
            Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => {
                return format!("there is no route to {next}");
            }
            Some(ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof) => {
                return format!("the connection to {} broke{through}", route.server);
            }
            _ => {}
        }
    }
    let deepest = causes(error).last().map(ToString::to_string);
    format!(
        "the connection failed{through}: {}",
        shortened(deepest.unwrap_or_default(), LONGEST)
    )
}

/// An error and what is behind it. What an `io::Error` wraps is not its source, but itself.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

fn tls(error: &rustls::Error, server: &str) -> String {
    use rustls::Error::{AlertReceived, InvalidCertificate, InvalidMessage};
    match error {
        InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            format!(
                "the certificate of {server} is signed by an unknown authority: name the right one with --certificate-authority"
            )
        }
        InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => format!(
            "the certificate of {server} is for another name: say which with --tls-server-name"
        ),
        InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            format!(
                "the certificate of {server} has expired: renew it, or set this machine's clock"
            )
        }
        InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => {
            format!("the certificate of {server} is not valid yet: set this machine's clock")
        }
        InvalidCertificate(other) => format!(
            "the certificate of {server} is not valid: {}",
            shortened(other.to_string(), LONGEST)
        ),
        AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::UnknownCA,
        ) => format!("{server} does not accept the client certificate, or asks for one"),
        InvalidMessage(_) => format!("{server} does not speak TLS: check the port, or use http://"),
        other => format!(
            "TLS with {server} failed: {}",
            shortened(other.to_string(), LONGEST)
        ),
    }
}
