//! From the command line to a snapshot.

use crate::cli::SourceArgs;
use crate::connect::connect;
use crate::gather::cluster::ClusterReader;
use crate::gather::files::Files;
use crate::render;
use crate::snapshot::Snapshot;
use crate::terminal;

/// Reads the given files, or else the cluster.
pub(super) fn read(source: &SourceArgs) -> Result<Snapshot, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    if !source.filename.is_empty() {
        let files = Files::read(&source.filename)?;
        return Ok(runtime.block_on(Snapshot::gather(&files)));
    }
    runtime.block_on(read_cluster(source))
}

async fn read_cluster(source: &SourceArgs) -> Result<Snapshot, Box<dyn std::error::Error>> {
    let server = connect(&source.connection).await?;
    let url = server.url().to_owned();
    let cluster = terminal::with_progress(ClusterReader::reach(server), || {
        format!("connecting to {url}")
    })
    .await?;
    let log = cluster.log();
    let snapshot = terminal::with_progress(Snapshot::gather(&cluster), || {
        let responses = log.requests().len();
        format!("reading: {responses} responses, {} KB", log.bytes() / 1000)
    })
    .await;
    if source.verbose {
        terminal::write_error(&render::requests(log));
    }
    Ok(snapshot)
}
