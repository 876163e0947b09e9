//! Certificates and keys, from the kubeconfig's own text or from the files that it names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use calico_core::text::{quoted, shortened};
use kube::client::RustlsTlsError;
use kube::config::{AuthInfo, Cluster};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret, SecretString};

use super::error::{ConnectError, LONGEST, reason};

/// The authority that signs the server's certificate, as PEM.
pub(super) fn authority(cluster: &Cluster) -> Result<Option<Vec<u8>>, ConnectError> {
    pem(
        "certificate-authority",
        cluster.certificate_authority_data.as_deref(),
        cluster.certificate_authority.as_deref(),
    )
}

/// The certificates in a PEM text, of which there must be one at least.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<Vec<u8>>, ConnectError> {
    let bad = |why: String| ConnectError::Certificate {
        what: "the certificate authority".to_owned(),
        why,
    };
    let certificates: Vec<Vec<u8>> = CertificateDer::pem_slice_iter(pem)
        .map(|found| found.map(|certificate| certificate.as_ref().to_vec()))
        .collect::<Result<_, _>>()
        .map_err(|error| bad(error.to_string()))?;
    match certificates.is_empty() {
        true => Err(bad("it holds no certificate in PEM".to_owned())),
        false => Ok(certificates),
    }
}

/// Has a user's certificate and key read, so that what cannot be read is told by its name. A key
/// without a certificate is not looked at, as in client-go.
pub(super) fn load_identity(auth: &mut AuthInfo) -> Result<(), ConnectError> {
    let certificate = pem(
        "client-certificate",
        auth.client_certificate_data.take().as_deref(),
        auth.client_certificate.take().as_deref(),
    )?;
    let (data, file) = (auth.client_key_data.take(), auth.client_key.take());
    let Some(certificate) = certificate else {
        return Ok(());
    };
    let data = data.as_ref().map(ExposeSecret::expose_secret);
    let Some(key) = pem("client-key", data, file.as_deref())? else {
        return Err(ConnectError::Certificate {
            what: "the client certificate".to_owned(),
            why: "there is no client key with it".to_owned(),
        });
    };
    set_identity(auth, certificate, key);
    Ok(())
}

/// Sets a user's certificate and key, both PEM.
pub(super) fn set_identity(
    auth: &mut AuthInfo,
    certificate: impl AsRef<[u8]>,
    key: impl AsRef<[u8]>,
) {
    auth.client_certificate_data = Some(STANDARD.encode(certificate));
    auth.client_key_data = Some(SecretString::from(STANDARD.encode(key)));
}

/// What kube has against certificates, keys or names when it makes a client of them.
pub(super) fn refused(error: &kube::Error) -> ConnectError {
    use RustlsTlsError::{AddRootCertificate, InvalidServerName};
    let (what, why) = match error {
        kube::Error::RustlsTls(error) => {
            let what = match error {
                InvalidServerName(_) => "the server's name for TLS",
                AddRootCertificate(_) => "the certificate authority",
                _ => "the client certificate and key",
            };
            (what, error.to_string())
        }
        other => ("the configuration", other.to_string()),
    };
    ConnectError::Certificate {
        what: what.to_owned(),
        why: shortened(why, LONGEST),
    }
}

/// Text in the kubeconfig goes before a file.
fn pem(
    name: &str,
    data: Option<&str>,
    file: Option<&str>,
) -> Result<Option<Vec<u8>>, ConnectError> {
    let bad = |what: String, why: String| Err(ConnectError::Certificate { what, why });
    match (data, file) {
        (Some(data), _) => {
            // Go's decoder passes over line ends.
            let data: String = data.split_whitespace().collect();
            match STANDARD.decode(data) {
                Ok(pem) => Ok(Some(pem)),
                Err(_) => bad(
                    format!("the kubeconfig's {name}-data"),
                    "it is not base64".to_owned(),
                ),
            }
        }
        (None, Some(file)) => match std::fs::read(file) {
            Ok(pem) => Ok(Some(pem)),
            Err(error) => bad(format!("the {name} {}", quoted(file)), reason(&error)),
        },
        (None, None) => Ok(None),
    }
}
