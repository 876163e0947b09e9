//! Every message that a person can meet, in one place: tests/snapshots/connect_*.snap.

mod configuration;
mod connection;
mod plugin;
mod server;

use std::fmt::Write as _;

use super::loopback::world::World;

/// Situations with what is said in them, to be read in one go.
#[derive(Default)]
struct Said(String);

impl Said {
    /// Notes what connecting with these flags, or else a GET, comes to. Where a password or token
    /// is in play it is `s3cret`, which nothing may say.
    async fn when(&mut self, situation: &str, world: &World, flags: &str) {
        let flags: Vec<&str> = flags.split(' ').filter(|flag| !flag.is_empty()).collect();
        let error = match world.connect(&flags).await {
            Err(error) => error.to_string(),
            Ok(server) => match server.get("/api/v1/nodes?limit=500").await {
                Err(error) => error.to_string(),
                Ok(answer) => match answer.json::<serde_json::Value>() {
                    Err(error) => error.to_string(),
                    Ok(_) => panic!("{situation}: there is an answer"),
                },
            },
        };
        assert!(!error.contains("s3cret"), "{situation}: {error}");
        let error = error.replace(&world.path(""), "~/");
        writeln!(self.0, "{situation}\n    {error}\n").unwrap();
    }

    /// Compares all of it with what was said before, but for ports, which differ each time.
    fn compare(self, name: &str) {
        let mut parts = self.0.split("127.0.0.1:");
        let first = parts.next().unwrap_or_default().to_owned();
        let text = parts.fold(first, |text, part| {
            text + "127.0.0.1:PORT" + part.trim_start_matches(|c: char| c.is_ascii_digit())
        });
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
}
