//! Violations, with the place of each: a flag of this run, or a line of the stream.

use std::fmt;

use calico_core::cluster_plan::{self, ExistingPool};
use calico_core::defaults::Effective;
use calico_core::installation::{DEFAULT_NAME, Installation};
use calico_core::operator::OperatorVersion;
use calico_core::pool::Field;
use calico_core::rules::{self, Case, Enforcement, Verdict, Violation};

use crate::find::located::Located;
use crate::plan::model::{PoolPlan, Source};
use crate::plan::request::flag;
use crate::read::stream::{Place, Stream};
use crate::read::tree::NodeId;

/// Where pools are, of which an overlay has none that count.
const POOLS: &str = "spec.calicoNetwork.ipPools";

/// A violation and where what it judges was written.
pub struct Judged {
    /// The violation.
    pub violation: Violation,
    /// Where.
    pub origin: Origin,
}

impl fmt::Debug for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where a value was written.
pub enum Origin {
    /// By this run, because of a flag.
    Flag(String),
    /// By this run, because of what the cluster has or needs.
    Cluster(String),
    /// In the stream. Where the field is not there, the place of what would hold it.
    Stream(Place),
}

/// Whose rules are applied, and to what this run wants.
pub(crate) struct Court<'a> {
    stream: &'a Stream,
    operator: OperatorVersion,
    cluster: Option<&'a cluster_plan::ClusterPlan>,
    allowed: Vec<&'a str>,
    plans: &'a [PoolPlan],
}

impl<'a> Court<'a> {
    pub(crate) fn new(
        stream: &'a Stream,
        operator: OperatorVersion,
        cluster: Option<&'a cluster_plan::ClusterPlan>,
        allowed: &'a [String],
        plans: &'a [PoolPlan],
    ) -> Self {
        Self {
            stream,
            operator,
            cluster,
            allowed: allowed.iter().map(String::as_str).collect(),
            plans,
        }
    }

    /// Judges an Installation by the rules of some, and gives each violation its place in the
    /// document that it is from, or that of the settings laid over it.
    pub(crate) fn judge(
        &self,
        located: &Located,
        over: Option<&Located>,
        written: &Installation,
        of: fn(Enforcement) -> bool,
    ) -> Vec<Judged> {
        let effective = effective(written, self.operator, self.cluster);
        let case = Case::new(written, &effective, self.operator).on(self.cluster);
        // What this run brings about: what it sets, but for what a live pool has already and,
        // where the cluster is known, each pool that is not there yet.
        let plans = self.plans.iter();
        let set = plans.flat_map(|plan| plan.fields.iter().map(|field| (plan.index, field)));
        let set = set.filter(|(_, field)| !matches!(field.source, Source::ExistingPool(_)));
        let set = set.map(|(index, field)| (index, field.field));
        let asked: Vec<(usize, Field)> = set.chain(case.new_fields()).collect();
        let violations = rules::check(&case, &asked, &self.allowed).into_iter();
        let judged = violations
            .filter(|violation| of(violation.rule.enforcement))
            .map(|violation| Judged {
                origin: self.origin(located, over, &violation.path),
                violation,
            });
        judged.collect()
    }

    fn origin(&self, located: &Located, over: Option<&Located>, path: &str) -> Origin {
        let says = |over: &&Located| find(over, path).1 && !path.starts_with(POOLS);
        let located = over.filter(says).unwrap_or(located);
        let is_ours = located.name == DEFAULT_NAME;
        let set_by = set_by(path, self.plans).filter(|_| is_ours);
        set_by.unwrap_or_else(|| {
            let at = located.offset + offset(located, path);
            Origin::Stream(self.stream.place(located.document, at))
        })
    }
}

/// An Installation with the operator's defaults, as far as the cluster is known.
pub(crate) fn effective(
    written: &Installation,
    operator: OperatorVersion,
    cluster: Option<&cluster_plan::ClusterPlan>,
) -> Effective {
    let live: &[ExistingPool] = cluster.map_or(&[], |plan| &plan.existing_pools);
    Effective::of(written, operator).with_names_of(written, live)
}

/// Who a path's value is from, if this run sets it.
fn set_by(path: &str, plans: &[PoolPlan]) -> Option<Origin> {
    plans.iter().find_map(|plan| {
        plan.fields.iter().find_map(|field| {
            let key = field.field.key();
            let is_it = path == format!("spec.calicoNetwork.ipPools[{}].{key}", plan.index);
            let value = field.new.as_ref().filter(|_| is_it)?;
            Some(match &field.source {
                Source::Flag => Origin::Flag(format!("{} {value}", flag(field.field))),
                source => Origin::Cluster(format!("{key} {value}, {source}")),
            })
        })
    })
}

/// The byte of the document's text where `path` stands, or as much of it as is there.
pub(crate) fn offset(located: &Located, path: &str) -> usize {
    let (node, _) = find(located, path);
    located.tree.node(node).span.start
}

/// The node of `path`, or of as much of it as is there, and whether that is all.
fn find(located: &Located, path: &str) -> (NodeId, bool) {
    let tree = &located.tree;
    let step = |node: NodeId, key: &str| -> Option<NodeId> {
        match key.split_once('[') {
            None => tree.get(node, key),
            Some((key, index)) => {
                let index: usize = index.trim_end_matches(']').parse().ok()?;
                tree.items(tree.get(node, key)?).get(index).copied()
            }
        }
    };
    let mut node = located.root;
    for key in path.split('.') {
        match step(node, key) {
            Some(next) => node = next,
            None => return (node, false),
        }
    }
    (node, true)
}

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let violation = &self.violation;
        let rule = violation.rule;
        writeln!(
            f,
            "  [{}] {}: {}",
            rule.entry.code, violation.path, violation.problem
        )?;
        match &self.origin {
            Origin::Flag(told) | Origin::Cluster(told) => writeln!(f, "    at: {told}")?,
            Origin::Stream(place) => writeln!(f, "    at: {place}")?,
        }
        writeln!(f, "    otherwise: {}", violation.impact)?;
        write!(f, "    fix: {}", violation.fix)?;
        match (violation.verdict, rule.enforcement) {
            (Verdict::Refused, Enforcement::Unenforced | Enforcement::Safeguard) => {
                write!(f, "\n    or take the risk: --allow {}", rule.entry.code)?;
            }
            (Verdict::Refused, _) => {
                write!(
                    f,
                    "\n    or, if this rule is out of date: --allow {}",
                    rule.entry.code
                )?;
            }
            (Verdict::Warned | Verdict::Allowed, _) => {}
        }
        match violation.more {
            0 => Ok(()),
            more => write!(f, "\n  [{}] and {more} more like it", rule.entry.code),
        }
    }
}
