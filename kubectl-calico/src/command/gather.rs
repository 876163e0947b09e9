//! From the command line to a snapshot.

use crate::cli::Source;
use crate::connect::connect;
use crate::gather::cluster::Cluster;
use crate::gather::files::Files;
use crate::render;
use crate::snapshot::Snapshot;
use crate::terminal;

/// Reads the files that are named, or else the cluster.
pub fn gather(source: &Source) -> Result<Snapshot, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    if !source.filename.is_empty() {
        let files = Files::read(&source.filename)?;
        return Ok(runtime.block_on(Snapshot::gather(&files)));
    }
    runtime.block_on(async {
        let server = connect(&source.connection).await?;
        let url = server.url().to_owned();
        let cluster = terminal::waiting(Cluster::reach(server), || format!("asking {url}")).await?;
        let snapshot = terminal::waiting(Snapshot::gather(&cluster), || {
            let asked = cluster.asked();
            let bytes: usize = asked.iter().filter_map(|asked| asked.bytes).sum();
            format!("reading: {} answers, {} KB", asked.len(), bytes / 1000)
        });
        let snapshot = snapshot.await;
        if source.verbose {
            terminal::tell(&render::requests(&cluster.asked()));
        }
        Ok(snapshot)
    })
}
