//! The archive of the Helm 4 plugin that `scripts/package-helm-plugin` makes: signed, unsigned and changed, from a file, a
//! web server and a registry.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use calico_test_support::charts;
use calico_test_support::filter::filter;
use calico_test_support::helm::HELM_4_3;
use calico_test_support::repository;

use super::downloads::Downloads;
use crate::needs::{NO_GO, or_skip};
use crate::terminal::Terminal;

const KEY: &str = "Release test <release@example.com>";

fn archive() -> String {
    format!("helm-postrender-{}.tgz", env!("CARGO_PKG_VERSION"))
}

#[test]
fn verified_and_refused() {
    let terminal = terminal("helm-plugin");
    let archive = archive();
    let verify = "--keyring keyring.gpg";
    package(&terminal, "signed", Some(KEY));
    package(&terminal, "unsigned", None);
    let install =
        |terminal: &Terminal, what: &str| terminal.run(&format!("helm plugin install {what}"));

    terminal.heading("Signed, from a file");
    let signed = install(&terminal, &format!("signed/{archive} {verify}"));
    signed.succeeded().shows("Signed by: Release test");
    works_and_goes(&terminal);

    terminal.heading("Signed, but by a key that is not in the keyring");
    let unknown = install(&terminal, &format!("signed/{archive} --keyring empty.gpg"));
    unknown.failed().shows("verification failed");

    terminal.heading("Without a signature");
    let unsigned = install(&terminal, &format!("unsigned/{archive} {verify}"));
    unsigned.failed().shows("no provenance file (.prov) found");
    let insisted = install(&terminal, &format!("unsigned/{archive} --verify=false"));
    insisted.succeeded();
    works_and_goes(&terminal);

    terminal.heading("Changed after it was signed");
    fs::create_dir(terminal.home("changed")).unwrap();
    let change = format!(
        "cp signed/{archive}.prov changed && cp unsigned/{archive} changed && printf x >> changed/{archive}"
    );
    terminal.run(&change).succeeded();
    let changed = install(&terminal, &format!("changed/{archive} {verify}"));
    changed.failed().shows("verification failed");

    terminal.heading("From a web server");
    let url = Downloads::serve(&terminal.home(".")).url();
    let from_web = install(&terminal, &format!("{url}/signed/{archive} {verify}"));
    from_web.succeeded().shows("Signed by: Release test");
    works_and_goes(&terminal);
    let changed = install(&terminal, &format!("{url}/changed/{archive} {verify}"));
    changed.failed().shows("verification failed");
}

#[test]
fn from_a_registry() {
    let terminal = terminal("helm-plugin-registry");
    let Some(registry) = Registry::start() else {
        return;
    };
    package(&terminal, "signed", Some(KEY));
    let address = format!(
        "{}/plugins/helm-postrender:{}",
        registry.address,
        env!("CARGO_PKG_VERSION")
    );
    terminal.add_program("crane", &registry.crane);

    terminal.heading("From a registry");
    terminal
        .run(&format!("crane push signed/oci {address}"))
        .succeeded();
    let install = format!("helm plugin install oci://{address} --plain-http --keyring keyring.gpg");
    let installed = terminal.run(&install).succeeded();
    installed.shows("Signed by: Release test");
    works_and_goes(&terminal);
}

/// Helm 4, and a key to sign with.
fn terminal(name: &str) -> Terminal {
    let mut terminal = Terminal::new("journey", name);
    terminal.add_program("helm", &HELM_4_3.binary());
    terminal.link("chart", &charts::own());
    let gnupg = terminal.home("gnupg");
    terminal.set("GNUPGHOME", &gnupg);
    terminal.heading("A key");
    let make = format!(
        "mkdir -m 700 gnupg && gpg --batch --quiet --passphrase '' --quick-generate-key '{KEY}' rsa2048 sign never && \
         gpg --export > keyring.gpg && touch empty.gpg"
    );
    terminal.run(&make).succeeded();
    terminal
}

/// Packages the filter into a folder of the home directory.
fn package(terminal: &Terminal, folder: &str, key: Option<&str>) {
    let built = tempfile::tempdir().unwrap();
    let release = built.path().join("x86_64-unknown-linux-musl/release");
    fs::create_dir_all(&release).unwrap();
    fs::copy(filter(), release.join("helm-postrender")).unwrap();
    let output = Command::new(repository().join("scripts/package-helm-plugin"))
        .env("GNUPGHOME", terminal.home("gnupg"))
        .env("PACKAGE_KEY", key.unwrap_or_default())
        .arg("--built")
        .arg(built.path())
        .arg("--out")
        .arg(terminal.home(folder))
        .arg("--oci")
        .arg(terminal.home(folder).join("oci"))
        .output()
        .expect("scripts/package-helm-plugin starts");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
}

/// The installed plugin renders, and can be uninstalled.
fn works_and_goes(terminal: &Terminal) {
    let template = "helm template calico chart --post-renderer helm-postrender --post-renderer-args --cidr=10.9.0.0/16";
    let rendered = terminal.run(&format!("{template} | grep cidr"));
    rendered.succeeded().shows("cidr: 10.9.0.0/16");
    terminal
        .run("helm plugin uninstall helm-postrender")
        .succeeded();
}

/// A registry on loopback, which ends with the value.
struct Registry {
    crane: PathBuf,
    process: Child,
    address: String,
}

impl Registry {
    /// Starts one. `None` if there is no crane: the test is skipped, and must return.
    #[track_caller]
    fn start() -> Option<Self> {
        let output = Command::new(repository().join("scripts/build-release-tools"))
            .stderr(Stdio::inherit())
            .output()
            .expect("scripts/build-release-tools starts");
        let folder = match output.status.code() {
            Some(0) => Some(String::from_utf8(output.stdout).expect("a path")),
            Some(NO_GO) => None,
            _ => panic!("no crane; the message above has the reason"),
        };
        let crane = Path::new(or_skip(folder, "crane")?.trim_end()).join("crane");
        let mut process = Command::new(&crane)
            .args(["registry", "serve", "--address", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("crane starts");
        // 2026/11/28 10:00:00 serving on 127.0.0.1:35541
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let port = lines
            .find_map(|line| Some(line.unwrap().rsplit_once("port ")?.1.trim().to_owned()))
            .expect("crane says its port");
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self {
            crane,
            process,
            address: format!("127.0.0.1:{port}"),
        })
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
