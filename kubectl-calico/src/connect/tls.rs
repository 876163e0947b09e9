//! Certificates and keys, from the kubeconfig itself or from the files that it names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use calico_core::text::{quoted, shortened};
use kube::client::RustlsTlsError;
use kube::config::{AuthInfo, Cluster};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret, SecretString};

use super::error::{ConnectError, LONGEST, reason};

/// The certificate of the authority that signed the server's certificate, in PEM; `None` if none is
/// set.
pub(super) fn certificate_authority(cluster: &Cluster) -> Result<Option<Vec<u8>>, ConnectError> {
    read_pem(
        "certificate-authority",
        cluster.certificate_authority_data.as_deref(),
        cluster.certificate_authority.as_deref(),
    )
}

/// The certificates in a PEM text, at least one, in DER.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<Vec<u8>>, ConnectError> {
    let certificates: Vec<Vec<u8>> = CertificateDer::pem_slice_iter(pem)
        .map(|certificate| Ok(certificate?.as_ref().to_vec()))
        .collect::<Result<_, rustls::pki_types::pem::Error>>()
        .map_err(|error| ConnectError::unusable("the certificate authority", error.to_string()))?;
    if certificates.is_empty() {
        return Err(ConnectError::unusable(
            "the certificate authority",
            "it contains no PEM certificate",
        ));
    }
    Ok(certificates)
}

/// Reads a user's client certificate and key, so that an error names what cannot be read. A key without
/// a certificate is ignored, as in client-go.
pub(super) fn load_client_certificate(user: &mut AuthInfo) -> Result<(), ConnectError> {
    let certificate = read_pem(
        "client-certificate",
        user.client_certificate_data.take().as_deref(),
        user.client_certificate.take().as_deref(),
    )?;
    let key_data = user.client_key_data.take();
    let key_file = user.client_key.take();
    let Some(certificate) = certificate else {
        return Ok(());
    };
    let key = read_pem(
        "client-key",
        key_data.as_ref().map(ExposeSecret::expose_secret),
        key_file.as_deref(),
    )?;
    let Some(key) = key else {
        return Err(ConnectError::unusable(
            "the client certificate",
            "its key is not set",
        ));
    };
    set_client_certificate(user, certificate, key);
    Ok(())
}

/// Sets a user's client certificate and key, both PEM.
pub(super) fn set_client_certificate(
    user: &mut AuthInfo,
    certificate: impl AsRef<[u8]>,
    key: impl AsRef<[u8]>,
) {
    user.client_certificate_data = Some(STANDARD.encode(certificate));
    user.client_key_data = Some(SecretString::from(STANDARD.encode(key)));
}

/// The error for certificates, keys or names from which kube cannot create a client.
pub(super) fn client_error(error: &kube::Error) -> ConnectError {
    use RustlsTlsError::{AddRootCertificate, InvalidServerName};
    let (what, why) = match error {
        kube::Error::RustlsTls(error) => {
            let what = match error {
                InvalidServerName(_) => "the TLS server name",
                AddRootCertificate(_) => "the certificate authority",
                _ => "the client certificate and key",
            };
            (what, error.to_string())
        }
        other => ("the configuration", other.to_string()),
    };
    ConnectError::unusable(what, shortened(why, LONGEST))
}

/// The PEM text of a setting. The kubeconfig's own data takes precedence over a file.
fn read_pem(
    setting: &str,
    data: Option<&str>,
    file: Option<&str>,
) -> Result<Option<Vec<u8>>, ConnectError> {
    match (data, file) {
        (Some(data), _) => {
            // Go's decoder ignores line ends.
            let data: String = data.split_whitespace().collect();
            match STANDARD.decode(data) {
                Ok(pem) => Ok(Some(pem)),
                Err(_) => Err(ConnectError::unusable(
                    format!("the kubeconfig's {setting}-data"),
                    "it is not valid base64",
                )),
            }
        }
        (None, Some(file)) => match std::fs::read(file) {
            Ok(pem) => Ok(Some(pem)),
            Err(error) => Err(ConnectError::unusable(
                format!("the {setting} {}", quoted(file)),
                reason(&error),
            )),
        },
        (None, None) => Ok(None),
    }
}
