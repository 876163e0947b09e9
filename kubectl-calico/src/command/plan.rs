//! `kubectl calico plan`

use crate::cli::{FailOn, Plan as Arguments, PlanFormat};
use crate::exit::Exit;
use crate::plan::{Plan, plan};
use crate::render;
use crate::terminal;

/// Gathers, plans, renders.
pub fn run(arguments: &Arguments) -> Exit {
    let snapshot = match super::gather(&arguments.source) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            terminal::complain(&error.to_string());
            return Exit::Unread;
        }
    };
    let plan = plan(&snapshot, &arguments.asked());
    let exit = exit(&plan, arguments.fail_on);
    let text = match arguments.output {
        PlanFormat::Text => render::plan::text(&plan, terminal::look(arguments.color)),
        _ => return Exit::Usage,
    };
    match super::write(&text) {
        Ok(()) => exit,
        Err(exit) => exit,
    }
}

/// Findings win over what is not settled.
fn exit(plan: &Plan, fail_on: FailOn) -> Exit {
    if plan.worst().is_some_and(|worst| fail_on.counts(worst)) {
        Exit::Findings
    } else if plan.is_settled() {
        Exit::Well
    } else {
        Exit::Unread
    }
}
