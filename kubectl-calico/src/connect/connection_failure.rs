//! Why a connection failed: the one cause in a long chain of errors that a user can act on.

use std::error::Error;
use std::io::{self, ErrorKind};

use calico_core::text::shortened;

use super::error::LONGEST;
use super::tls_failure;

/// The route to a server.
pub(super) struct Route {
    /// Host and port of the server.
    pub(super) server: String,
    /// Host and port of the proxy, if there is one.
    pub(super) proxy: Option<String>,
}

/// What went wrong on the way to the server, and what to do about it.
pub(super) fn describe(error: &(dyn Error + 'static), route: &Route) -> String {
    let server = &route.server;
    let (next, through) = match &route.proxy {
        Some(proxy) => (
            format!("the proxy {proxy}"),
            format!(" (through the proxy {proxy})"),
        ),
        None => (server.clone(), String::new()),
    };
    for cause in causes(error) {
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return format!("{}{through}", tls_failure::describe(error, server));
        }
        if let Some(text) = cause
            .downcast_ref::<io::Error>()
            .and_then(|error| describe_io(error, &next))
        {
            return text;
        }
        // hyper and hyper-util have no types for these.
        match cause.to_string().as_str() {
            "dns error" => {
                return format!("cannot resolve {next}: check the name and your DNS");
            }
            "tunnel error: proxy authorization required" => {
                return format!(
                    "{next} requires authentication: put the username and password in its URL"
                );
            }
            "tunnel error: unsuccessful" => {
                return format!("{next} refused to connect to {server}");
            }
            text if text.starts_with("SOCKS error: ") => {
                return format!(
                    "{next} cannot connect to {server}: {}",
                    shortened(text, LONGEST)
                );
            }
            text if text.starts_with("invalid HTTP ")
                || text == "received unexpected message from connection" =>
            {
                return format!("{server} does not speak HTTP: check the port, or use https://");
            }
            "connection closed before message completed" => {
                return format!("the connection to {server} was lost{through}");
            }
            _ => {}
        }
    }
    let root = causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default();
    format!(
        "the connection to {server} failed{through}: {}",
        shortened(root, LONGEST)
    )
}

/// An error and its causes, outermost first. The error that an `io::Error` wraps is not its source, but
/// the error itself.
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

/// What the operating system reports about a connection to `next`; `None` if a later cause is more
/// specific.
fn describe_io(error: &io::Error, next: &str) -> Option<String> {
    Some(match error.kind() {
        ErrorKind::ConnectionRefused => format!(
            "{next} refused the connection: check the address and that the server is running"
        ),
        ErrorKind::TimedOut => {
            format!("{next} does not respond: check the address and any firewall in between")
        }
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            format!("no route to {next}: check the address and this machine's network")
        }
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof => {
            format!("the connection to {next} was lost")
        }
        _ => return None,
    })
}
