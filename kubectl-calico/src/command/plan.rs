//! `kubectl calico plan`

use super::destination::destination;
use super::input::{self, Wanted};
use super::{clock, output};
use crate::cli::{PlanArgs, PlanFormat, RunArgs};
use crate::exit::Exit;
use crate::plan::{Plan, plan};
use crate::render::plan as render;
use crate::terminal;

/// Prints the plan for a cluster.
pub(super) fn run(arguments: &PlanArgs) -> Exit {
    match text(arguments) {
        Ok((text, exit)) => output::print(&text, exit),
        Err((error, exit)) => {
            terminal::complain(&error);
            output::print(arguments.output.failure(), exit)
        }
    }
}

/// The output, or an error.
fn text(arguments: &PlanArgs) -> Result<(String, Exit), (String, Exit)> {
    let snapshot = input::read(&arguments.run.source, Wanted::default())
        .map_err(|error| (error.to_string(), Exit::Incomplete))?;
    let mut plan = plan(&snapshot, &arguments.request(), clock::now());
    plan.address(destination(&arguments.run.source, &snapshot.origin, false));
    let exit = exit(&plan, &arguments.run);
    if is_withheld(arguments.output, exit) {
        let fails = |severity| arguments.run.fails_on(severity);
        let why = render::refused(&plan, fails);
        return Err((plan.destination.text(&why), exit));
    }
    match render_plan(&plan, arguments) {
        Ok(text) => Ok((text, exit)),
        Err(error) => Err((plan.destination.text(&error), Exit::Usage)),
    }
}

/// Whether a plan that ends like that must not be applied. An incomplete one is written for the filter,
/// which asks for what is missing.
fn is_withheld(format: PlanFormat, exit: Exit) -> bool {
    match exit {
        Exit::Success => false,
        Exit::Findings => format.is_applied() || format == PlanFormat::Config,
        Exit::Incomplete | Exit::Usage | Exit::Signal(_) => format.is_applied(),
    }
}

fn render_plan(plan: &Plan, arguments: &PlanArgs) -> Result<String, String> {
    if let Some(why) = plan
        .nothing_to_apply()
        .filter(|_| arguments.output.is_applied())
    {
        return Err(why);
    }
    match arguments.output {
        PlanFormat::Text => Ok(render::text(plan, terminal::look(arguments.run.color))),
        PlanFormat::Flags => render::flags(plan),
        PlanFormat::Values => render::values(plan).map_err(|error| error.to_string()),
        PlanFormat::Installation => render::installation(plan).map_err(|error| error.to_string()),
        PlanFormat::Config => render::config(plan),
        PlanFormat::Json => crate::render::json(plan).map_err(|error| error.to_string()),
        PlanFormat::Yaml => crate::render::yaml(plan).map_err(|error| error.to_string()),
    }
}

fn exit(plan: &Plan, run: &RunArgs) -> Exit {
    let missing = run.fails_if_not_installed() && plan.facts.install.is_missing();
    let fails = missing || plan.worst().is_some_and(|worst| run.fails_on(worst));
    Exit::of(fails, plan.is_complete())
}
