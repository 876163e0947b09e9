//! Why a connection failed: the one cause, in a long chain of errors, that a person can act on.

use std::error::Error;
use std::io::{self, ErrorKind};

use calico_core::text::shortened;

use super::error::LONGEST;
use super::handshake;

/// Where a connection was to lead.
pub(super) struct Route {
    /// Host and port of the server.
    pub(super) server: String,
    /// Host and port of the proxy in between.
    pub(super) proxy: Option<String>,
}

/// What went wrong between here and the server.
pub(super) fn why(error: &(dyn Error + 'static), route: &Route) -> String {
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
            return format!("{}{through}", handshake::why(error, server));
        }
        if let Some(why) = cause
            .downcast_ref::<io::Error>()
            .and_then(|error| io(error, &next))
        {
            return why;
        }
        // hyper and hyper-util have no types for these.
        match cause.to_string().as_str() {
            "dns error" => {
                return format!(
                    "the name of {next} cannot be resolved: check it, and the name service"
                );
            }
            "tunnel error: proxy authorization required" => {
                return format!("{next} asks for a user and password: write them into its URL");
            }
            "tunnel error: unsuccessful" => {
                return format!("{next} refuses to connect to {server}");
            }
            text if text.starts_with("SOCKS error: ") => {
                return format!(
                    "{next} does not connect to {server}: {}",
                    shortened(text, LONGEST)
                );
            }
            text if text.starts_with("invalid HTTP ")
                || text == "received unexpected message from connection" =>
            {
                return format!("{server} does not speak HTTP: check the port, or use https://");
            }
            "connection closed before message completed" => {
                return format!("the connection to {server} broke{through}");
            }
            _ => {}
        }
    }
    let deepest = causes(error).last().map(ToString::to_string);
    let deepest = shortened(deepest.unwrap_or_default(), LONGEST);
    format!("the connection to {server} failed{through}: {deepest}")
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

/// What the system says of a connection to `next`, where that is all there is to say.
fn io(error: &io::Error, next: &str) -> Option<String> {
    Some(match error.kind() {
        ErrorKind::ConnectionRefused => {
            format!(
                "{next} refuses the connection: check that the address is right and that it runs"
            )
        }
        ErrorKind::TimedOut => {
            format!(
                "no answer from {next}: check that the address is right and that nothing is in the way"
            )
        }
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            format!("there is no route to {next}")
        }
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof => {
            format!("the connection to {next} broke")
        }
        _ => return None,
    })
}
