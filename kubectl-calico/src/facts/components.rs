//! The components that the operator reports on, by their TigeraStatuses.

use serde::Serialize;

use super::method::Method;
use crate::facts::fact::Fact;
use crate::snapshot::{Provenance, Reading, Snapshot, TigeraStatus};

/// A component that the operator reports on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Component {
    /// The name, such as `calico`, `apiserver` or `ippools`.
    pub name: String,
    /// The component's state.
    pub state: ComponentState,
    /// The operator's message; absent if the component is available.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// The state of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum ComponentState {
    /// The component works.
    Available,
    /// The component works, and a change to it is in progress.
    Progressing,
    /// Part of the component does not work.
    Degraded,
    /// The component does not work, or the operator has not checked it yet.
    NotAvailable,
}

impl ComponentState {
    /// The state in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Progressing => "progressing",
            Self::Degraded => "degraded",
            Self::NotAvailable => "not available",
        }
    }
}

/// The components of a snapshot, by name. An uninstall leaves TigeraStatuses behind: operator 1.42.3 that of the tiers,
/// and one that is deleted too early all of them.
pub fn components(snapshot: &Snapshot, method: &Fact<Method>) -> Fact<Vec<Component>> {
    match &snapshot.tigera_statuses {
        Reading::Read(statuses) if statuses.is_empty() => {
            Fact::absent("the operator reports no component")
        }
        Reading::Read(_) if matches!(method.value(), Some(Method::Nothing | Method::Remnants)) => {
            Fact::absent("neither an operator nor an Installation exists")
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
    /// Without a condition Available, the component is not available: until the operator watches it, only
    /// Degraded may exist.
    /// Source: tigera/operator v1.42.3, pkg/controller/status/status.go.
    fn of(status: &TigeraStatus) -> Self {
        let (state, says) = if status.is("Degraded") {
            (ComponentState::Degraded, Some("Degraded"))
        } else if !status.is("Available") {
            let says = if status.is("Progressing") {
                "Progressing"
            } else {
                "Available"
            };
            (ComponentState::NotAvailable, Some(says))
        } else if status.is("Progressing") {
            (ComponentState::Progressing, Some("Progressing"))
        } else {
            (ComponentState::Available, None)
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
