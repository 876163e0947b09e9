//! The report on a cluster whose server responds badly.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use calico_test_support::clusters::Base;
use calico_test_support::http::Reply;
use calico_test_support::outcome::Outcome;
use serde_json::{Value, json};

use super::faulty_proxy::{Fault, FaultyProxy};
use super::load::{Loaded, without_backends};
use super::run::report;
use crate::api_server::Cluster;
use crate::api_server::crds::Crds;

/// The server that these tests share, with Calico and five nodes.
fn cluster() -> Option<&'static Cluster> {
    static SERVER: OnceLock<Option<Cluster>> = OnceLock::new();
    SERVER
        .get_or_init(|| {
            let server = Cluster::start()?;
            server.install_crds(Crds::Own);
            Loaded::new(&server)
                .replace(&without_backends(Base::new("helm", "v3.32.1", 5).objects()))
                .unwrap();
            Some(server)
        })
        .as_ref()
}

/// Runs `status` through a proxy.
fn through(
    server: &Cluster,
    arguments: &[&str],
    script: impl Fn(&str, usize) -> Fault + Send + Sync + 'static,
) -> Outcome {
    let proxy = FaultyProxy::start(server, script);
    let url = proxy.url();
    let command = ["status", "--server", &url].into_iter();
    let mut ran = server.calico(command.chain(arguments.iter().copied()));
    ran.stdout = ran.stdout.replace(&url, "[SERVER]");
    ran.stderr = ran.stderr.replace(&url, "[SERVER]");
    ran
}

/// The report says of one resource why it was not read; everything else was read.
#[track_caller]
fn assert_one_not_read(ran: &Outcome, kind: &str, why: &str) {
    let report = report(ran);
    let rows: Vec<&Value> = report["notRead"].as_array().unwrap().iter().collect();
    let [row] = rows.as_slice() else {
        panic!("not one thing: {rows:?}");
    };
    assert_eq!(row["object"], json!({"kind": kind}));
    let said = row["why"].as_str().unwrap();
    assert!(said.contains(why), "{said}");
    assert!(said.len() < 400, "{said}");
    assert_eq!((ran.exit, ran.stderr.as_str()), (2, ""));
}

#[track_caller]
fn assert_all_read(ran: &Outcome) {
    let report = report(ran);
    assert_eq!(report["notRead"], json!([]));
    assert_eq!(report["facts"]["cluster"]["nodes"]["value"]["total"], 5);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
}

#[test]
fn pages_make_no_difference() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &["-o", "json"], |_, _| Fault::None);
    assert_all_read(&ran);
    assert_eq!(
        report(&ran),
        report(&server.calico(["status", "-o", "json"]))
    );
}

#[test]
fn a_slow_server_gives_the_same_report() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &["-o", "json"], |_, _| {
        Fault::Late(Duration::from_millis(100))
    });
    assert_all_read(&ran);
}

#[test]
fn a_request_times_out() {
    let Some(server) = cluster() else { return };
    let arguments = ["-o", "json", "--request-timeout", "1s"];
    let ran = through(server, &arguments, |path, _| {
        if path.contains("/ippools") {
            Fault::Late(Duration::from_secs(600))
        } else {
            Fault::None
        }
    });
    assert_one_not_read(&ran, "IPPool", "1s");
}

#[test]
fn a_broken_connection_is_retried_once() {
    let Some(server) = cluster() else { return };
    let once = through(server, &["-o", "json"], |path, count| {
        if path.contains("/nodes") && count == 0 {
            Fault::Half
        } else {
            Fault::None
        }
    });
    assert_all_read(&once);
    let always = through(server, &["-o", "json"], |path, _| {
        if path.contains("/nodes") {
            Fault::Half
        } else {
            Fault::None
        }
    });
    assert_one_not_read(&always, "Node", "[SERVER]/api/v1/nodes");
}

#[test]
fn a_busy_server_is_retried() {
    let Some(server) = cluster() else { return };
    for (status, headers) in [
        ("429 Too Many Requests", "Retry-After: 1\r\n"),
        ("503 Service Unavailable", ""),
        ("500 Internal Server Error", ""),
    ] {
        let ran = through(server, &["-o", "json"], move |path, count| {
            if path.contains("/nodes") && count == 0 {
                Fault::Instead(Reply::status(status, headers, "busy"))
            } else {
                Fault::None
            }
        });
        assert_all_read(&ran);
    }
}

#[test]
fn retries_end() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &["-o", "json"], |path, _| {
        if path.contains("/ippools") {
            Fault::Instead(Reply::failure(
                503,
                "ServiceUnavailable",
                "please come back later",
            ))
        } else {
            Fault::None
        }
    });
    assert_one_not_read(&ran, "IPPool", "please come back later");
}

#[test]
fn a_page_of_html_is_an_error() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &["-o", "json"], |path, _| {
        if path.contains("/ippools") {
            Fault::Instead(Reply::status(
                "200 OK",
                "Content-Type: text/html\r\n",
                &format!(
                    "<html><body>{}</body></html>",
                    "please log in ".repeat(1000)
                ),
            ))
        } else {
            Fault::None
        }
    });
    assert_one_not_read(&ran, "IPPool", "[SERVER]/apis/");
}

/// As from a gateway that forwards only /version.
#[test]
fn a_404_without_a_status_does_not_mean_that_a_resource_is_absent() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &["-o", "json"], |path, _| {
        if path.contains("/ippools") {
            Fault::Instead(Reply::status(
                "404 Not Found",
                "Content-Type: text/html\r\n",
                "<html>not found</html>",
            ))
        } else {
            Fault::None
        }
    });
    assert_one_not_read(&ran, "IPPool", "404 Not Found, text/html");
}

#[test]
fn an_endless_list_is_an_error() {
    let Some(server) = cluster() else { return };
    let pages = AtomicUsize::new(0);
    let ran = through(server, &["-o", "json"], move |path, _| {
        if !path.contains("/ippools") {
            return Fault::None;
        }
        let token = pages.fetch_add(1, Ordering::Relaxed).to_string();
        let list = json!({"kind": "IPPoolList", "metadata": {"continue": token}, "items": []});
        Fault::Instead(Reply::json(&list.to_string()))
    });
    assert_one_not_read(&ran, "IPPool", "more than 1000 pages");
}

/// Status 410, with and without a token to continue with.
#[test]
fn an_expired_list_is_continued_or_restarted() {
    let Some(server) = cluster() else { return };
    for with_token in [true, false] {
        // Only once: the token changes with every write to the server.
        let is_gone = AtomicBool::new(false);
        let ran = through(server, &["-o", "json"], move |path, _| {
            let continued = path.contains("/nodes") && path.contains("continue=");
            if continued && !is_gone.swap(true, Ordering::Relaxed) {
                gone(path, with_token)
            } else {
                Fault::None
            }
        });
        assert_all_read(&ran);
    }
    let ran = through(server, &["-o", "json"], |path, _| {
        if path.contains("/nodes") && path.contains("continue=") {
            gone(path, false)
        } else {
            Fault::None
        }
    });
    assert_one_not_read(&ran, "Node", "too old");
}

/// Status 410 for a page of a list.
fn gone(path: &str, with_token: bool) -> Fault {
    let token = path.split("continue=").nth(1).unwrap_or_default();
    let mut status = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 410,
        "reason": "Expired", "message": "The provided continue parameter is too old",
    });
    if with_token {
        // The request's token has the key to continue from.
        let token = percent_encoding::percent_decode_str(token)
            .decode_utf8()
            .unwrap();
        status["metadata"] = json!({"continue": token});
    }
    let json = "Content-Type: application/json\r\n";
    Fault::Instead(Reply::status("410 Gone", json, &status.to_string()))
}

#[test]
fn a_server_that_fails_from_the_first_request_gives_an_error_and_no_report() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &[], |_, _| {
        Fault::Instead(Reply::failure(
            500,
            "InternalError",
            "etcdserver: no leader",
        ))
    });
    assert_eq!((ran.exit, ran.stdout.as_str()), (2, ""));
    assert_eq!(
        ran.stderr,
        "error: GET [SERVER]/version: the server responded with 500 Internal Server Error after 3 attempts: \
         etcdserver: no leader\n"
    );
}

#[test]
fn a_server_that_fails_after_the_first_request_gives_a_report() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &[], |path, _| match path {
        "/version" => Fault::None,
        _ => Fault::Dead,
    });
    assert_eq!((ran.exit, ran.stderr.as_str()), (2, ""));
    let verdict = ran.stdout.lines().next().unwrap();
    assert!(
        verdict.contains("it is unknown whether Calico is installed"),
        "{}",
        ran.stdout
    );
}

#[test]
fn an_unavailable_aggregated_api_affects_nothing_else() {
    let Some(server) = Cluster::start() else {
        return;
    };
    server.install_crds(Crds::Own);
    Loaded::new(&server)
        .replace(&Base::new("helm", "v3.32.1", 5).objects())
        .unwrap();
    let report = self::report(&server.calico(["status", "-o", "json"]));
    assert_eq!(report["notRead"], json!([]));
    let codes: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["code"])
        .collect();
    assert_eq!(codes, ["CAL112"], "not just the finding about it");

    // Without the CRD in crd.projectcalico.org, the aggregated API is the only source.
    let gone = [
        "delete",
        "customresourcedefinition",
        "ippools.crd.projectcalico.org",
    ];
    server.kubectl(gone).succeeded();
    let ran = server.calico(["status", "-o", "json"]);
    let report = self::report(&ran);
    let row = &report["notRead"][0];
    assert_eq!(row["object"]["kind"], "IPPool", "{}", ran.stdout);
    assert!(row["why"].as_str().unwrap().contains("503"), "{row}");
    assert_ne!(ran.exit, 0);
}
