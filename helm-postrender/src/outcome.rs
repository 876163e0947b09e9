//! What a run found and decided.

use std::ops::Range;

use calico_core::defaults::Effective;

use crate::cluster::Cluster;
use crate::find::operator::Operator;
use crate::judge::JudgedViolation;
use crate::plan::model::PoolPlan;
use crate::read::place::Place;
use crate::read::stream::Stream;

/// What a run found and decided, up to the stage that it reached.
#[derive(Default)]
pub struct Outcome {
    /// The Installation to edit.
    pub installation: Option<InstallationPlace>,
    /// The operator whose rules apply.
    pub operator: Option<Operator>,
    /// What is known about the cluster.
    pub cluster: Option<Cluster>,
    /// The fields that are requested, or filled in from the cluster.
    pub pools: Vec<PoolPlan>,
    /// The fields that the operator will fill in.
    pub defaults: Vec<PoolDefaults>,
    /// The violations; none if no rule was checked.
    pub violations: Option<Vec<JudgedViolation>>,
    /// Notes for the user.
    pub notes: Vec<String>,
    /// The edit; none if the stream is written unchanged, or not at all.
    pub replacement: Option<Replacement>,
}

/// The name of an Installation, and where it starts.
pub struct InstallationPlace {
    /// `metadata.name`
    pub name: String,
    /// The index of its document.
    pub document: usize,
    /// The byte of the document where it starts.
    pub start: usize,
}

impl InstallationPlace {
    /// The place of the Installation. Counting the lines before it takes time, so this is only done
    /// for a reader.
    pub(crate) fn place(&self, stream: &Stream) -> Place {
        stream.place(self.document, self.start)
    }
}

/// The fields of a pool that the operator will fill in.
pub struct PoolDefaults {
    /// The index of the pool.
    pub pool: usize,
    /// Keys and values.
    pub fields: Vec<(&'static str, String)>,
}

impl PoolDefaults {
    /// The defaults of each pool of an Installation.
    pub(crate) fn of(effective: &Effective) -> Vec<Self> {
        effective
            .pools
            .iter()
            .enumerate()
            .map(|(pool, effective)| Self {
                pool,
                fields: effective.filled.clone(),
            })
            .collect()
    }
}

/// Bytes of the stream, and what replaces them.
pub struct Replacement {
    /// The bytes.
    pub range: Range<usize>,
    /// The text that replaces them.
    pub text: String,
}
