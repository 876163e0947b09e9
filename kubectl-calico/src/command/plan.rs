//! `kubectl calico plan`

use crate::cli::{FailOn, Plan as Arguments, PlanFormat};
use crate::exit::Exit;
use crate::plan::{Plan, plan};
use crate::render::plan as render;
use crate::terminal;

/// Gathers, plans, renders.
pub fn run(arguments: &Arguments) -> Exit {
    match answer(arguments) {
        Ok((text, exit)) => super::write(&text).err().unwrap_or(exit),
        Err((why, exit)) => {
            terminal::complain(&why);
            let instead = arguments.output.instead_of_a_plan();
            super::write(instead).err().unwrap_or(exit)
        }
    }
}

/// What to write, or why there is nothing to.
fn answer(arguments: &Arguments) -> Result<(String, Exit), (String, Exit)> {
    let snapshot = super::gather(&arguments.source);
    let snapshot = snapshot.map_err(|error| (error.to_string(), Exit::Unread))?;
    let plan = plan(&snapshot, &arguments.asked());
    let exit = exit(&plan, arguments.fail_on);
    if exit != Exit::Well && arguments.output.is_applied() {
        return Err((render::refused(&plan, arguments.fail_on), exit));
    }
    let text = rendered(&plan, arguments).map_err(|why| (why, Exit::Usage))?;
    Ok((text, exit))
}

fn rendered(plan: &Plan, arguments: &Arguments) -> Result<String, String> {
    let yaml = |text: Result<String, serde_yaml::Error>| text.map_err(|error| error.to_string());
    match arguments.output {
        PlanFormat::Text => Ok(render::text(plan, terminal::look(arguments.color))),
        PlanFormat::Flags => render::flags(plan),
        PlanFormat::Values => yaml(render::values(plan)),
        PlanFormat::Installation => yaml(render::installation(plan)),
        PlanFormat::Config => render::config(plan),
        PlanFormat::Json => crate::render::json(plan).map_err(|error| error.to_string()),
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
