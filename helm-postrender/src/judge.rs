//! Judgements, with the place of each: a flag of this run, or a line of the stream.

use std::fmt;

use calico_core::defaults::Effective;
use calico_core::installation::{DEFAULT_NAME, Installation};
use calico_core::operator::OperatorVersion;
use calico_core::pool::Field;
use calico_core::rules::{self, Case, Judgement, RefusedBy, Verdict};

use crate::locate::Located;
use crate::plan::PoolPlan;
use crate::stream::{Place, Stream};
use crate::tree::NodeId;

/// A judgement and where what it judges was written.
pub struct Judged {
    /// The judgement.
    pub judgement: Judgement,
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
    /// In the stream. Where the field is not there, the place of what would hold it.
    Stream(Place),
}

/// Whose rules are applied, and to what this run wants.
pub(crate) struct Court<'a> {
    stream: &'a Stream,
    operator: OperatorVersion,
    allowed: Vec<&'a str>,
    plans: &'a [PoolPlan],
}

impl<'a> Court<'a> {
    pub(crate) fn new(
        stream: &'a Stream,
        operator: OperatorVersion,
        allowed: &'a [String],
        plans: &'a [PoolPlan],
    ) -> Self {
        Self {
            stream,
            operator,
            allowed: allowed.iter().map(String::as_str).collect(),
            plans,
        }
    }

    /// Judges an Installation by the rules of some, and gives each judgement its place in the
    /// document that it is from.
    pub(crate) fn judge(
        &self,
        located: &Located,
        written: &Installation,
        of: fn(RefusedBy) -> bool,
    ) -> Vec<Judged> {
        let plans = self.plans.iter();
        let asked = plans.flat_map(|plan| plan.fields.iter().map(|f| (plan.index, f.field)));
        let asked: Vec<(usize, Field)> = asked.collect();
        let effective = Effective::of(written, self.operator);
        let case = Case::new(written, &effective, self.operator);
        let judgements = rules::judge(&case, &asked, &self.allowed).into_iter();
        let judged = judgements
            .filter(|judgement| of(judgement.rule.refused_by))
            .map(|judgement| Judged {
                origin: self.origin(located, &judgement.breach.path),
                judgement,
            });
        judged.collect()
    }

    fn origin(&self, located: &Located, path: &str) -> Origin {
        let is_ours = located.name == DEFAULT_NAME;
        let flag = flag(path, self.plans).filter(|_| is_ours);
        flag.map_or_else(
            || {
                let at = located.offset + offset(located, path);
                Origin::Stream(self.stream.place(located.document, at))
            },
            Origin::Flag,
        )
    }
}

/// The flag that a path's value is from, if this run sets it.
fn flag(path: &str, plans: &[PoolPlan]) -> Option<String> {
    plans.iter().find_map(|plan| {
        plan.fields.iter().find_map(|field| {
            let key = field.field.key();
            let is_it = path == format!("spec.calicoNetwork.ipPools[{}].{key}", plan.index);
            let value = field.new.as_ref().filter(|_| is_it)?;
            let flag = match field.field {
                Field::Cidr => "--cidr",
                Field::BlockSize => "--block-size",
                Field::Encapsulation => "--encapsulation",
            };
            Some(format!("{flag} {value}"))
        })
    })
}

/// The byte of the document's text where `path` stands, or as much of it as is there.
pub(crate) fn offset(located: &Located, path: &str) -> usize {
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
            None => break,
        }
    }
    tree.node(node).span.start
}

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Judgement { rule, breach, .. } = &self.judgement;
        writeln!(f, "  [{}] {}: {}", rule.name, breach.path, breach.problem)?;
        match &self.origin {
            Origin::Flag(flag) => writeln!(f, "    at: {flag}")?,
            Origin::Stream(place) => writeln!(f, "    at: {place}")?,
        }
        writeln!(f, "    otherwise: {}", breach.outcome)?;
        write!(f, "    fix: {}", breach.fix)?;
        match (self.judgement.verdict, rule.refused_by) {
            (Verdict::Refused, RefusedBy::NoOne) => {
                write!(f, "\n    or take the risk: --allow {}", rule.name)?;
            }
            (Verdict::Refused, _) => {
                write!(
                    f,
                    "\n    or, if this rule is out of date: --allow {}",
                    rule.name
                )?;
            }
            (Verdict::Warned | Verdict::Allowed, _) => {}
        }
        match self.judgement.more {
            0 => Ok(()),
            more => write!(f, "\n  [{}] and {more} more like it", rule.name),
        }
    }
}
