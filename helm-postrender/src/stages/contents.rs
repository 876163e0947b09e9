//! What a stream contains.

use calico_core::operator::OperatorVersion;

use crate::find::operator::{Operator, OperatorSource};
use crate::find::{self, Installations, other_documents};
use crate::notes;
use crate::read::stream::Stream;
use crate::refusal::Refusal;

/// What a stream contains.
pub(crate) struct Contents {
    pub(crate) installations: Installations,
    pub(crate) operator: Operator,
    pub(crate) notes: Vec<String>,
}

impl Contents {
    /// Finds the Installations, and the operator that will read them: `operator`, or the stream's.
    pub(crate) fn of(stream: &Stream, operator: Option<OperatorVersion>) -> Result<Self, Refusal> {
        let installations = find::installations(stream)?;
        let operator = match operator {
            Some(version) => Operator {
                version,
                source: OperatorSource::Flag,
            },
            None => Operator::of(stream),
        };
        let mut notes: Vec<String> = notes::unknown_operator(operator).into_iter().collect();
        notes.extend(notes::unreadable(&installations.unreadable));
        notes.extend(notes::not_yaml(&other_documents::not_yaml(stream)));
        if installations.default.is_some() {
            let misnamed = installations.misnamed.iter();
            notes.extend(misnamed.map(|located| notes::misnamed(stream, located)));
        }
        Ok(Self {
            installations,
            operator,
            notes,
        })
    }
}
