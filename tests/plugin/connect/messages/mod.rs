//! Every message about a connection: tests/snapshots/connect_*.snap.

mod configuration;
mod connection;
mod exec_plugin;
mod responses;

use std::fmt::Write as _;

use calico_test_support::snapshot::assert_snapshot;

use super::loopback::sandbox::Sandbox;

/// Situations, and the message in each.
#[derive(Default)]
struct Messages(String);

impl Messages {
    /// Adds the error of connecting with these flags, or of the GET after it. Passwords and tokens
    /// are `s3cret`, which no message may contain.
    async fn add(&mut self, situation: &str, sandbox: &Sandbox, flags: &str) {
        let flags: Vec<&str> = flags.split(' ').filter(|flag| !flag.is_empty()).collect();
        let error = match sandbox.connect(&flags).await {
            Err(error) => error.to_string(),
            Ok(server) => match server.get("/api/v1/nodes?limit=500").await {
                Err(error) => error.to_string(),
                Ok(answer) => match answer.json::<serde_json::Value>() {
                    Err(error) => error.to_string(),
                    Ok(_) => panic!("{situation}: no error"),
                },
            },
        };
        assert!(!error.contains("s3cret"), "{situation}: {error}");
        let error = error.replace(&sandbox.path(""), "~/");
        writeln!(self.0, "{situation}\n    {error}\n").unwrap();
    }

    /// Compares the messages with tests/snapshots/NAME.snap, except ports, which differ in every run.
    fn assert_snapshot(self, name: &str) {
        let mut parts = self.0.split("127.0.0.1:");
        let first = parts.next().unwrap_or_default().to_owned();
        let text = parts.fold(first, |text, part| {
            text + "127.0.0.1:PORT" + part.trim_start_matches(|c: char| c.is_ascii_digit())
        });
        assert_snapshot(name, &text);
    }
}
