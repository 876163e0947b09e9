//! From the command line to a snapshot.

use std::collections::BTreeSet;
use std::path::PathBuf;

use calico_core::text::{MOST, listed, quoted};

use super::time_limit::{AnyError, Stage, within_time};
use crate::assess::message_requests::message_requests;
use crate::cli::SourceArgs;
use crate::connect::connect;
use crate::gather::budget::Budget;
use crate::gather::cluster::ClusterReader;
use crate::gather::files::Files;
use crate::gather::skipped_documents::Skipped;
use crate::gather::snapshot_files::snapshot_files;
use crate::nodes::label_selector::LabelSelector;
use crate::render;
use crate::snapshot::resources::NODES;
use crate::snapshot::trim::keep;
use crate::snapshot::{Basis, FileOverlay, Node, Snapshot, SnapshotSource};
use crate::terminal;

/// What a command wants to know.
#[derive(Clone, Default)]
pub(super) struct Wanted {
    /// What files describe, unless their objects determine it.
    pub(super) basis: Option<Basis>,
    /// Whether to read what failing pods say.
    pub(super) messages: bool,
    /// Whether to compare the addresses in IPAM with all pods.
    pub(super) pods: bool,
    /// Files to lay over what is read.
    pub(super) with: Vec<PathBuf>,
}

/// What was read.
pub(super) struct Input {
    pub(super) snapshot: Snapshot,
    /// The same with other files laid over it.
    pub(super) overlaid: Option<Overlaid>,
}

/// A cluster with files laid over it.
pub(super) struct Overlaid {
    pub(super) snapshot: Snapshot,
    /// What these files contain.
    pub(super) overlay: FileOverlay,
}

/// Reads the cluster, or the given files as one.
pub(super) fn read(source: &SourceArgs, wanted: Wanted) -> Result<Snapshot, AnyError> {
    if let Some(files) = snapshot_files(&source.filename)? {
        let files = listed(files.iter().map(|file| file.display().to_string()));
        let why = format!(
            "these files are snapshots of several clusters: give one of them with -f ({files}); \
             only kubectl calico status takes several"
        );
        return Err(why.into());
    }
    let wanted = Wanted {
        basis: Some(Basis::cluster()),
        ..wanted
    };
    Ok(read_wanted(source, wanted)?.snapshot)
}

/// Reads the given files, or else the cluster.
pub(super) fn read_wanted(source: &SourceArgs, wanted: Wanted) -> Result<Input, AnyError> {
    let reads_input = |paths: &[PathBuf]| paths.iter().any(|path| path.as_os_str() == "-");
    if reads_input(&source.filename) && reads_input(&wanted.with) {
        let why = "-f and --with cannot both read standard input: give one of them a file";
        return Err(why.into());
    }
    let owned = source.clone();
    within_time(source, move |stage| read_source(&owned, &wanted, stage))
}

/// The names of the nodes that a selector selects. Of the labels of nodes, only some are kept: for others, the
/// API server selects.
pub(super) fn selected_nodes(
    source: &SourceArgs,
    selector: &LabelSelector,
    nodes: &[Node],
) -> Result<BTreeSet<String>, AnyError> {
    let is_kept = |key: &&str| keep::keeps(NODES.fields, &["metadata", "labels", key]);
    let Some(other) = selector.keys().find(|key| !is_kept(key)) else {
        let selected = nodes
            .iter()
            .filter(|node| selector.selects(&node.metadata.labels));
        return Ok(selected.map(|node| node.metadata.name.clone()).collect());
    };
    if !source.filename.is_empty() {
        let why = format!(
            "the label {} of nodes is not read from files; see docs/snapshot.md for those that are",
            quoted(other)
        );
        return Err(why.into());
    }
    let (owned, selector) = (source.clone(), selector.to_string());
    within_time(source, move |stage| {
        runtime()?.block_on(async {
            let cluster = reach(&owned, stage).await?;
            Ok(cluster.names_of_nodes(&selector).await?)
        })
    })
}

fn read_source(source: &SourceArgs, wanted: &Wanted, stage: &Stage) -> Result<Input, AnyError> {
    let starting = |name: &str| stage.set(format!("read {name}"));
    let runtime = runtime()?;
    let laid = match wanted.with.as_slice() {
        [] => None,
        paths => Some(Files::read_manifests(paths, starting)?),
    };
    laid.iter().for_each(name_remarks);
    let (snapshot, mut files) = if source.filename.is_empty() {
        let snapshot = runtime.block_on(read_cluster(source, wanted, stage))?;
        let files = laid.as_ref().map(|_| Files::of_snapshot(&snapshot));
        (snapshot, files.transpose()?)
    } else {
        let files = Files::read(&source.filename, wanted.basis.clone(), starting)?;
        name_skipped(files.skipped());
        name_remarks(&files);
        let snapshot = runtime.block_on(gathered(&files, wanted.messages, true));
        (snapshot, Some(files))
    };
    let overlaid = match (laid, &mut files) {
        (Some(laid), Some(files)) => {
            let overlay = files.lay(laid);
            let snapshot = runtime.block_on(gathered(&*files, wanted.messages, true));
            Some(Overlaid { snapshot, overlay })
        }
        _ => None,
    };
    Ok(Input { snapshot, overlaid })
}

/// The snapshot; with what pods say, if that is wanted and any of them fails; and with the addresses that no
/// pod has, if these are wanted.
pub(super) async fn gathered(
    source: &impl SnapshotSource,
    wants_messages: bool,
    wants_pods: bool,
) -> Snapshot {
    let mut snapshot = Snapshot::gather(source).await;
    if wants_pods {
        snapshot.gather_pod_addresses(source).await;
    }
    if wants_messages {
        let requests = message_requests(&snapshot);
        if !requests.is_empty() {
            snapshot.messages = source.messages(&requests).await;
        }
    }
    snapshot
}

pub(super) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

fn name_remarks(files: &Files) {
    let remarks = files.remarks();
    for remark in remarks.iter().take(MOST) {
        terminal::warn(remark);
    }
    if let Some(more) = remarks.len().checked_sub(MOST).filter(|more| *more > 0) {
        terminal::warn(&format!("{more} more remarks of this kind"));
    }
}

fn name_skipped(skipped: &[Skipped]) {
    for skipped in skipped.iter().take(MOST) {
        terminal::warn(&format!("skipped {skipped}"));
    }
    if let Some(more) = skipped.len().checked_sub(MOST).filter(|more| *more > 0) {
        terminal::warn(&format!("skipped {more} more documents"));
    }
}

/// Waits for `work`, and shows its progress unless other clusters are read at the same time.
async fn with_progress<T>(
    source: &SourceArgs,
    work: impl Future<Output = T>,
    progress: impl Fn() -> String,
) -> T {
    if source.is_quiet {
        work.await
    } else {
        terminal::with_progress(work, progress).await
    }
}

/// Connects to the cluster.
async fn reach(source: &SourceArgs, stage: &Stage) -> Result<ClusterReader, AnyError> {
    stage.set("connect".to_owned());
    let budget = Budget::new(source.time_limit());
    let connecting = connect(&source.connection);
    let server = budget
        .within_time(connecting)
        .await
        .map_err(|limit| format!("no credentials: {limit}"))??;
    let url = server.url().to_owned();
    stage.set(format!("read {url}"));
    let reaching = ClusterReader::reach(server, budget);
    Ok(with_progress(source, reaching, || format!("connecting to {url}")).await?)
}

async fn read_cluster(
    source: &SourceArgs,
    wanted: &Wanted,
    stage: &Stage,
) -> Result<Snapshot, AnyError> {
    let cluster = reach(source, stage).await?;
    let log = cluster.log();
    let gathering = gathered(&cluster, wanted.messages, wanted.pods);
    let snapshot = with_progress(source, gathering, || {
        let responses = log.requests().len();
        format!("reading: {responses} responses, {} KB", log.bytes() / 1000)
    })
    .await;
    if source.verbose {
        let requests = render::requests(log);
        let of_several = snapshot.origin.context.as_ref().filter(|_| source.is_quiet);
        let head = of_several.map(|context| format!("{context}:\n"));
        terminal::write_error(&(head.unwrap_or_default() + &requests));
    }
    Ok(snapshot)
}
