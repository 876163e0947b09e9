//! The health of each component, in the operator's words.

use serde::Serialize;

use crate::assess::fact::Fact;
use crate::assess::provenance::Provenance;
use crate::snapshot::{Reading, Snapshot, TigeraStatus};

/// A component that the operator looks after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Component {
    /// As `calico`, `apiserver`, `ippools`.
    pub name: String,
    /// How it is.
    pub state: State,
    /// What the operator says of it, as it wrote it; empty when all is well.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// How a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum State {
    /// It works.
    Available,
    /// It works, and something of it changes.
    Progressing,
    /// Something of it is wrong, whether it still works or not.
    Degraded,
    /// It does not work, or the operator has not looked yet.
    NotAvailable,
}

impl State {
    /// As a person reads it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Progressing => "progressing",
            Self::Degraded => "degraded",
            Self::NotAvailable => "not available",
        }
    }
}

/// The components of a snapshot, by name.
pub fn components(snapshot: &Snapshot) -> Fact<Vec<Component>> {
    match &snapshot.tigera_statuses {
        Reading::Read(statuses) if statuses.is_empty() => {
            Fact::absent("the operator reports on no component")
        }
        Reading::Read(statuses) => {
            let mut components: Vec<_> = statuses.iter().map(Component::of).collect();
            components.sort_by(|a, b| a.name.cmp(&b.name));
            Fact::known(components, Provenance::all("TigeraStatus"))
        }
        Reading::Absent(absence) => Fact::absent(absence.to_string()),
        Reading::Unknown(why) => why.clone().into(),
    }
}

impl Component {
    /// That there is no condition Available means that it is not: before the operator watches a
    /// component, only Degraded may exist.
    /// Source: tigera/operator v1.42.3, pkg/controller/status/status.go.
    fn of(status: &TigeraStatus) -> Self {
        let (state, says) = if status.is("Degraded") {
            (State::Degraded, Some("Degraded"))
        } else if !status.is("Available") {
            let says = if status.is("Progressing") {
                "Progressing"
            } else {
                "Available"
            };
            (State::NotAvailable, Some(says))
        } else if status.is("Progressing") {
            (State::Progressing, Some("Progressing"))
        } else {
            (State::Available, None)
        };
        let message = says.and_then(|kind| status.condition(kind));
        Self {
            name: status.metadata.name.clone(),
            state,
            message: message
                .map(|found| found.message.clone())
                .unwrap_or_default(),
        }
    }
}
