//! What is checked of the server's certificate.

use crate::authority::Authority;
use crate::cluster::Cluster;
use crate::world::{base64, kubeconfig};

#[tokio::test]
async fn certificates_of_the_server() {
    let cluster = Cluster::start().await;
    let address = cluster.server.address;
    let authority = base64(&cluster.authority.pem());
    let other = cluster.world.write("other.crt", &Authority::new().pem());
    let right = cluster.world.path("ca.crt");
    let config = |fields: &str| {
        cluster.world.kubeconfig(&kubeconfig(
            &format!("server: 'https://{address}', {fields}"),
            "token: t",
        ))
    };
    let by_name = "tls-server-name: api.example.test";
    let by_wrong_name = "tls-server-name: other.example.test";
    let signed = format!("certificate-authority-data: {authority}");
    let unsigned = "certificate-authority: ../other.crt";
    let insecure = "insecure-skip-tls-verify: true";
    let server = format!("--server=https://{address}");
    for (fields, flags, works) in [
        (signed.as_str(), &[][..], true),
        (unsigned, &[], false),
        ("certificate-authority: ../missing", &[], false),
        ("certificate-authority-data: AAAA", &[], false),
        (insecure, &[], true),
        ("", &[], false),
        (&format!("{signed}, {insecure}"), &[], false),
        (&format!("{signed}, {by_name}"), &[], true),
        (&format!("{signed}, {by_wrong_name}"), &[], false),
        (
            &format!("{signed}, {by_wrong_name}"),
            &["--tls-server-name=api.example.test"],
            true,
        ),
        (&format!("{signed}, {by_wrong_name}"), &[&server], true),
        (
            &format!("{signed}, {by_name}"),
            &[&server, "--tls-server-name=other.example.test"],
            false,
        ),
        (unsigned, &["--insecure-skip-tls-verify"], true),
        (unsigned, &["--insecure-skip-tls-verify=true"], true),
        (unsigned, &["--insecure-skip-tls-verify=false"], false),
        (unsigned, &["--certificate-authority", &right], true),
        (&signed, &["--certificate-authority", &other], false),
        (insecure, &["--certificate-authority", &right], true),
        (insecure, &["--certificate-authority", &other], false),
        (
            &signed,
            &[
                "--certificate-authority",
                &right,
                "--insecure-skip-tls-verify",
            ],
            false,
        ),
    ] {
        config(fields);
        assert_eq!(
            !cluster.both(flags).await.tls.is_empty(),
            works,
            "{fields} {flags:?}"
        );
    }
}
