//! Typha, calico-node and the operator's components.

use super::words::{in_words, why_unknown};
use crate::facts::agents::Agents;
use crate::facts::components::{Component, ComponentState};
use crate::facts::fact::Fact;
use crate::facts::typha::Typha;
use crate::render::page::UNKNOWN;
use crate::render::rows::Rows;
use crate::views::calico_node::NOT_FOUND;

pub(super) fn typha(rows: &mut Rows, typha: &Typha) {
    let deployment = in_words(&typha.deployment, |typha| {
        let (ready, replicas) = (typha.ready, typha.replicas);
        format!("{ready} of {replicas} ready in {}", typha.namespace)
    });
    let wanted = in_words(&typha.wanted, |wanted| wanted.why.clone());
    let text = if deployment == wanted || wanted.starts_with(UNKNOWN) {
        deployment
    } else {
        format!("{deployment}; {wanted}")
    };
    rows.fact("Typha", &text);
}

pub(super) fn calico_node(rows: &mut Rows, agents: &Fact<Agents>, sources: bool) {
    let text = in_words(agents, |agents| {
        let counts = match &agents.counts {
            Some(counts) => format!("{} of {} ready", counts.ready, counts.desired),
            None => "readiness not reported".to_owned(),
        };
        if sources {
            format!("{counts} ({})", agents.daemon_set)
        } else {
            counts
        }
    });
    let text = if text == NOT_FOUND {
        "not found"
    } else {
        &text
    };
    rows.fact("calico-node", text);
}

/// A line for each component that is not available, and one for the others. A finding quotes the message of
/// one that is degraded or not available.
pub(super) fn components(rows: &mut Rows, components: &Fact<Vec<Component>>, messages: bool) {
    let components = match components {
        Fact::Known { value, .. } => value,
        Fact::Absent { .. } => return,
        Fact::Unknown { unknown } => {
            return rows.fact("Components", &why_unknown(unknown));
        }
    };
    let (available, others): (Vec<_>, Vec<_>) = components
        .iter()
        .partition(|component| component.state == ComponentState::Available);
    let mut lines: Vec<String> = others
        .into_iter()
        .map(|component| line(component, messages))
        .collect();
    if !available.is_empty() {
        let names: Vec<&str> = available
            .iter()
            .map(|component| component.name.as_str())
            .collect();
        lines.push(format!("{} available", names.join(", ")));
    }
    rows.row("Components", &lines.join("\n"));
}

fn line(component: &Component, messages: bool) -> String {
    let state = component.state.word();
    let is_shown = messages || component.state == ComponentState::Progressing;
    match component.message.as_str() {
        message if is_shown && !message.is_empty() => {
            format!("{} {state}: {message}", component.name)
        }
        _ => format!("{} {state}", component.name),
    }
}
