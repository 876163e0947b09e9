//! One case: the cluster is broken, the fix is run, and `status` is asked before and after.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::base::Healthy;
use super::case::Case;
use super::programs;
use super::report::{Finding, Report, Severity, Step, announcement};
use super::wait::until;
use crate::api_server::crds::Crds;
use crate::oracle::disagreements;
use crate::terminal::Terminal;

/// The operator retries after 30 seconds, and reports up to 10 seconds later.
const PATIENCE: Duration = Duration::from_secs(120);

/// While the API server of Kubernetes has no answer from that of Calico, kubectl says that its resources do not exist;
/// they are back with the next answer.
const DISCOVERY: Duration = Duration::from_secs(15);

pub(super) enum Outcome {
    /// The finding is gone, or the plan has been run, after this time.
    Gone(Duration),
    /// `status` never had the finding; it had these.
    NotBroken(Vec<String>),
    /// A command failed, with this output.
    CommandFailed(String, String),
    /// Still there, or new, after all patience.
    Left(Vec<String>),
    /// Networks that are gone and that the steps did not name.
    Lost(Vec<String>),
    /// The fix has no command.
    NoCommand,
    /// What the report says otherwise than the operator.
    Disagrees(Vec<String>),
    /// The script that says what the cluster was meant to be like failed.
    Wrong(String),
}

/// What is run, and how the cluster was before.
struct Remedy {
    before: Report,
    /// New findings from this severity on are harm.
    severity: Severity,
    steps: Vec<Step>,
}

pub(super) fn carry_out(case: &Case, healthy: &Healthy) -> Outcome {
    let mut terminal = Terminal::new("remedies", &case.name);
    terminal.set("KUBECONFIG", &healthy.cluster.kubeconfig);
    programs(&terminal);
    terminal.set("CRDS", &Crds::V3_32.of_calico());
    if let Some(edit) = &case.edit {
        terminal.add_script("editor", &format!("#!/bin/bash -e\n{edit}"));
        terminal.set("KUBE_EDITOR", "editor".as_ref());
    }
    let outcome = run(case, healthy, &terminal);
    terminal.run("kubectl calico status");
    outcome.unwrap_or_else(|failure| failure)
}

fn run(case: &Case, healthy: &Healthy, terminal: &Terminal) -> Result<Outcome, Outcome> {
    if let Some(broken_by) = &case.broken_by {
        terminal.heading("The cluster is broken");
        command(healthy, terminal, &format!("set -e; {broken_by}"))?;
    }
    let remedy = match &case.plan {
        Some(arguments) => planned(arguments, healthy, terminal),
        None => found(case, healthy, terminal)?,
    };
    if remedy.steps.iter().all(|step| step.commands.is_empty()) {
        return Err(Outcome::NoCommand);
    }
    terminal.heading("What is printed is carried out");
    // Only one of several ways is taken.
    let mut ways = remedy.steps.chunk_by(|_, next| !next.is_alternative);
    let way = ways.find(|way| way.iter().any(|step| !step.commands.is_empty()));
    for step in way.unwrap_or_default() {
        terminal.run(&format!(": {}", quoted(&step.what)));
        for text in &step.commands {
            let with_words = case
                .words
                .iter()
                .fold(text.clone(), |text, (word, with)| text.replace(word, with));
            command(healthy, terminal, &with_words)?;
        }
        wait_as_told(step, healthy)?;
    }
    if let Some(by_hand) = &case.by_hand {
        command(healthy, terminal, by_hand)?;
    }
    terminal.heading("Afterwards");
    let outcome = judge(case, healthy, &remedy)?;
    let disagreements = disagreements(&healthy.cluster);
    if !disagreements.is_empty() {
        return Err(Outcome::Disagrees(disagreements));
    }
    if let Some(then) = &case.then {
        let ran = terminal.run(&format!("set -ex; {then}"));
        if !ran.success {
            return Err(Outcome::Wrong(ran.text));
        }
    }
    Ok(outcome)
}

fn command(healthy: &Healthy, terminal: &Terminal, text: &str) -> Result<(), Outcome> {
    // In vain where a case breaks Calico's API server.
    let _ = until(DISCOVERY, || healthy.serves_all_groups().then_some(()));
    let ran = terminal.run(text);
    if ran.success {
        Ok(())
    } else {
        Err(Outcome::CommandFailed(text.to_owned(), ran.text))
    }
}

/// The steps of a plan.
fn planned(arguments: &str, healthy: &Healthy, terminal: &Terminal) -> Remedy {
    terminal.run(&format!("kubectl calico plan {arguments}"));
    let json = terminal.output(&format!("kubectl calico plan {arguments} -o json"));
    let mut plan: Value = serde_json::from_str(&json).expect("a plan as JSON");
    Remedy {
        before: healthy.report(),
        severity: Severity::Warning,
        steps: serde_json::from_value(plan["steps"].take()).expect("steps"),
    }
}

/// The fix of the finding, once `status` has it twice in a row.
fn found(case: &Case, healthy: &Healthy, terminal: &Terminal) -> Result<Remedy, Outcome> {
    let mut last: Option<Finding> = None;
    let found = until(PATIENCE / 2, || {
        let report = healthy.report();
        let finding = report.finding(&case.subject()).cloned();
        let finding = finding.filter(|found| announcement(&found.fix).contains(&case.command));
        let is_settled = finding.is_some() && last == finding;
        last.clone_from(&finding);
        finding.filter(|_| is_settled).map(|found| (report, found))
    });
    terminal.run("kubectl calico status");
    let Ok(((before, finding), _)) = found else {
        let names = healthy
            .report()
            .findings
            .iter()
            .map(Finding::name)
            .collect();
        return Err(Outcome::NotBroken(names));
    };
    Ok(Remedy {
        before,
        severity: finding.severity,
        steps: finding.fix,
    })
}

/// A reader waits where a step says so.
fn wait_as_told(step: &Step, healthy: &Healthy) -> Result<(), Outcome> {
    let told = step.what.strip_prefix("delete the pool ");
    let Some((pool, "wait until it is gone")) = told.and_then(|rest| rest.split_once(", and "))
    else {
        return Ok(());
    };
    until(PATIENCE, || {
        (!healthy.report().has_pool(pool)).then_some(())
    })
    .map(|_| ())
    .map_err(|_| Outcome::Left(vec![format!("IPPool/{pool}")]))
}

fn judge(case: &Case, healthy: &Healthy, remedy: &Remedy) -> Result<Outcome, Outcome> {
    let mut left = Vec::new();
    let mut clean = 0;
    let gone = until(PATIENCE, || {
        let after = healthy.report();
        left = after.new_since(&remedy.before, remedy.severity);
        left.retain(|name| !case.leaves.keys().any(|code| name.starts_with(code)));
        if let Some(finding) = &case.finding {
            left.extend(after.finding(finding).map(Finding::name));
        }
        // What the operator has not looked at yet may be clean only by accident.
        clean = if left.is_empty() { clean + 1 } else { 0 };
        (clean >= 3).then_some(after)
    });
    let Ok((after, time)) = gone else {
        return Err(Outcome::Left(left));
    };
    let announced = announcement(&remedy.steps);
    let lost: Vec<String> = remedy
        .before
        .networks()
        .difference(&after.networks())
        .filter(|(cidr, name)| {
            let is_named = !name.is_empty() && announced.contains(name.as_str());
            !is_named && !announced.contains(cidr.as_str()) && !case.loses.contains_key(cidr)
        })
        .map(|(cidr, name)| format!("{cidr} {name}"))
        .collect();
    if lost.is_empty() {
        Ok(Outcome::Gone(time))
    } else {
        Err(Outcome::Lost(lost))
    }
}

/// Text in single quotes for bash.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

impl Outcome {
    pub(super) fn is_failure(&self) -> bool {
        !matches!(self, Self::Gone(_))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone(time) => write!(f, "gone after {} s, no harm", time.as_secs()),
            Self::NotBroken(found) => write!(f, "not broken: {found:?}"),
            Self::CommandFailed(command, text) => write!(f, "command failed: {command}\n{text}"),
            Self::Left(left) => write!(f, "left: {left:?}"),
            Self::Lost(lost) => write!(f, "lost: {lost:?}"),
            Self::Disagrees(what) => write!(f, "the report disagrees: {what:?}"),
            Self::NoCommand => write!(f, "no command"),
            Self::Wrong(text) => write!(f, "not as meant:\n{text}"),
        }
    }
}
