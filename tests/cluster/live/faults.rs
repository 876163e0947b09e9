//! What is said of a cluster that answers badly, and with which exit code.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use calico_test_support::clusters::Base;
use calico_test_support::http::Reply;
use serde_json::{Value, json};

use super::between::{Between, Fault};
use super::load::{Loaded, without_backends};
use super::plugin::{Ran, report};
use crate::api_server::Cluster;
use crate::api_server::crds::Crds;

/// The cluster that all of these tests ask, with Calico and five nodes.
fn cluster() -> Option<&'static Cluster> {
    static SERVER: OnceLock<Option<Cluster>> = OnceLock::new();
    SERVER
        .get_or_init(|| {
            let server = Cluster::start()?;
            server.install_crds(Crds::Own);
            Loaded::new(&server)
                .become_like(&without_backends(Base::new("helm", "v3.32.1", 5).objects()))
                .unwrap();
            Some(server)
        })
        .as_ref()
}

/// Runs `status` through a proxy with a script.
fn through(
    server: &Cluster,
    arguments: &[&str],
    script: impl Fn(&str, usize) -> Fault + Send + Sync + 'static,
) -> Ran {
    let proxy = Between::start(server, script);
    let url = proxy.url();
    let command = ["status", "--server", &url].into_iter();
    let mut ran = server.calico(command.chain(arguments.iter().copied()));
    ran.stdout = ran.stdout.replace(&url, "[SERVER]");
    ran.stderr = ran.stderr.replace(&url, "[SERVER]");
    ran
}

/// That all else was read, and what is said of the one thing that was not.
#[track_caller]
fn only_not_read(ran: &Ran, object: &str, why: &str) {
    let report = report(ran);
    let rows: Vec<&Value> = report["notRead"].as_array().unwrap().iter().collect();
    let [row] = rows.as_slice() else {
        panic!("not one thing: {rows:?}");
    };
    assert_eq!(row["object"], object);
    let said = row["why"].as_str().unwrap();
    assert!(said.contains(why), "{said}");
    assert!(said.len() < 400, "{said}");
    assert_eq!((ran.exit, ran.stderr.as_str()), (2, ""));
}

#[track_caller]
fn all_read(ran: &Ran) {
    let report = report(ran);
    assert_eq!(report["notRead"], json!([]));
    assert_eq!(report["facts"]["cluster"]["nodes"]["value"]["total"], 5);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
}

#[test]
fn pages_make_no_difference() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &["-o", "json"], |_, _| Fault::None);
    all_read(&ran);
    assert_eq!(
        report(&ran),
        report(&server.calico(["status", "-o", "json"]))
    );
}

#[test]
fn a_slow_server_is_waited_for() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &["-o", "json"], |_, _| {
        Fault::Late(Duration::from_millis(100))
    });
    all_read(&ran);
}

#[test]
fn a_request_that_takes_too_long_is_given_up() {
    let Some(server) = cluster() else { return };
    let arguments = ["-o", "json", "--request-timeout", "1s"];
    let ran = through(server, &arguments, |path, _| {
        match path.contains("/ippools") {
            true => Fault::Late(Duration::from_secs(600)),
            false => Fault::None,
        }
    });
    only_not_read(&ran, "ippools", "1s");
}

#[test]
fn a_connection_that_breaks_is_tried_once_more() {
    let Some(server) = cluster() else { return };
    let once = through(server, &["-o", "json"], |path, count| {
        match path.contains("/nodes") && count == 0 {
            true => Fault::Half,
            false => Fault::None,
        }
    });
    all_read(&once);
    let always = through(server, &["-o", "json"], |path, _| {
        match path.contains("/nodes") {
            true => Fault::Half,
            false => Fault::None,
        }
    });
    only_not_read(&always, "nodes", "[SERVER]/api/v1/nodes");
}

#[test]
fn a_busy_server_is_asked_again_when_it_says() {
    let Some(server) = cluster() else { return };
    for (status, headers) in [
        ("429 Too Many Requests", "Retry-After: 1\r\n"),
        ("503 Service Unavailable", ""),
        ("500 Internal Server Error", ""),
    ] {
        let ran = through(server, &["-o", "json"], move |path, count| {
            match path.contains("/nodes") && count == 0 {
                true => Fault::Instead(Reply::status(status, headers, "busy")),
                false => Fault::None,
            }
        });
        all_read(&ran);
    }
}

#[test]
fn a_server_that_stays_busy_is_left_alone() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &["-o", "json"], |path, _| {
        match path.contains("/ippools") {
            true => Fault::Instead(Reply::failure(
                503,
                "ServiceUnavailable",
                "please come back later",
            )),
            false => Fault::None,
        }
    });
    only_not_read(&ran, "ippools", "please come back later");
}

#[test]
fn a_page_of_html_is_no_answer() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &["-o", "json"], |path, _| {
        match path.contains("/ippools") {
            true => Fault::Instead(Reply::status(
                "200 OK",
                "Content-Type: text/html\r\n",
                &format!(
                    "<html><body>{}</body></html>",
                    "please log in ".repeat(1000)
                ),
            )),
            false => Fault::None,
        }
    });
    only_not_read(&ran, "ippools", "[SERVER]/apis/");
}

/// A gateway that knows the path of nothing but the version.
#[test]
fn a_404_of_somebody_else_says_nothing_of_what_there_is() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &["-o", "json"], |path, _| {
        match path.contains("/ippools") {
            true => Fault::Instead(Reply::status(
                "404 Not Found",
                "Content-Type: text/html\r\n",
                "<html>not found</html>",
            )),
            false => Fault::None,
        }
    });
    only_not_read(&ran, "ippools", "404 Not Found, text/html");
}

#[test]
fn a_list_without_end_ends() {
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
    only_not_read(&ran, "ippools", "more than 4000 pages");
}

/// The state that a list began with is forgotten: 410, with and without a token to go on with.
#[test]
fn a_list_that_expires_goes_on_or_begins_anew() {
    let Some(server) = cluster() else { return };
    fn gone(path: &str, with_token: bool) -> Fault {
        let token = path.split("continue=").nth(1).unwrap_or_default();
        let mut status = json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 410,
            "reason": "Expired", "message": "The provided continue parameter is too old",
        });
        if with_token {
            // The key that the list goes on from is in the token that came.
            let token = percent_encoding::percent_decode_str(token)
                .decode_utf8()
                .unwrap();
            status["metadata"] = json!({"continue": token});
        }
        let json = "Content-Type: application/json\r\n";
        Fault::Instead(Reply::status("410 Gone", json, &status.to_string()))
    }
    for with_token in [true, false] {
        // Once in all: a token is another one as soon as somebody else has written to the server.
        let is_gone = AtomicBool::new(false);
        let ran = through(server, &["-o", "json"], move |path, _| {
            let continued = path.contains("/nodes") && path.contains("continue=");
            match continued && !is_gone.swap(true, Ordering::Relaxed) {
                true => gone(path, with_token),
                false => Fault::None,
            }
        });
        all_read(&ran);
    }
    let ran = through(server, &["-o", "json"], |path, _| {
        match path.contains("/nodes") && path.contains("continue=") {
            true => gone(path, false),
            false => Fault::None,
        }
    });
    only_not_read(&ran, "nodes", "too old");
}

/// Nothing can be read from the first request on: one message, and no report.
#[test]
fn a_server_that_answers_nothing_at_all() {
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

/// The server goes away after the first answer.
#[test]
fn a_server_that_dies_in_the_middle() {
    let Some(server) = cluster() else { return };
    let ran = through(server, &[], |path, _| match path {
        "/version" => Fault::None,
        _ => Fault::Dead,
    });
    assert_eq!((ran.exit, ran.stderr.as_str()), (2, ""));
    let verdict = ran.stdout.lines().next().unwrap();
    assert!(
        verdict.starts_with("whether Calico is installed could not be read"),
        "{}",
        ran.stdout
    );
}

/// An aggregated API whose backend is gone disturbs nothing that does not need it.
#[test]
fn a_dead_aggregated_api_disturbs_nothing_else() {
    let Some(server) = Cluster::start() else {
        return;
    };
    server.install_crds(Crds::Own);
    Loaded::new(&server)
        .become_like(&Base::new("helm", "v3.32.1", 5).objects())
        .unwrap();
    let report = self::report(&server.calico(["status", "-o", "json"]));
    assert_eq!(report["notRead"], json!([]));
    let codes: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["code"])
        .collect();
    assert_eq!(
        codes,
        ["CAL112"],
        "that it is gone is said, and nothing else"
    );

    // Where the definitions of crd.projectcalico.org are gone, it is all that there is.
    let gone = [
        "delete",
        "customresourcedefinition",
        "ippools.crd.projectcalico.org",
    ];
    server.kubectl(gone).succeeded();
    let ran = server.calico(["status", "-o", "json"]);
    let report = self::report(&ran);
    let row = &report["notRead"][0];
    assert_eq!(row["object"], "ippools", "{}", ran.stdout);
    assert!(row["why"].as_str().unwrap().contains("503"), "{row}");
    assert_ne!(ran.exit, 0);
}
