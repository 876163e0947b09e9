//! Judgements, with the place of each: a flag of this run, or a line of the stream.

use std::fmt;

use calico_core::pool::Field;
use calico_core::rules::{Judgement, RefusedBy, Verdict};

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

impl Judged {
    /// Gives each judgement its place.
    pub(crate) fn all(
        judgements: Vec<Judgement>,
        stream: &Stream,
        located: &Located,
        plans: &[PoolPlan],
    ) -> Vec<Self> {
        let origin = |judgement: &Judgement| {
            let path = &judgement.breach.path;
            flag(path, plans).map_or_else(
                || {
                    let at = located.offset + offset(located, path);
                    Origin::Stream(stream.place(located.document, at))
                },
                Origin::Flag,
            )
        };
        let judged = judgements.into_iter().map(|judgement| Self {
            origin: origin(&judgement),
            judgement,
        });
        judged.collect()
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
