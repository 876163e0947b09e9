//! A well-known message of a container or the kubelet.

use super::server::Server;
use crate::assess::check::{Case, Check};
use crate::repair::Step;
use crate::snapshot::PodName;

/// A message whose cause is known.
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "docs/messages.md and the tests have the rest")
)]
pub(crate) struct KnownMessage {
    /// The strings that a line must contain, all of them, in lower case.
    pub(super) texts: &'static [&'static str],
    /// A line must contain at least one of the strings in these lists, in lower case, unless there are none.
    pub(super) any: &'static [&'static [&'static str]],
    /// The server that a line must be about: one of these, unless there are none.
    pub(super) to: &'static [Server],
    /// The strings that no such line contains.
    pub(super) without: &'static [&'static str],
    /// Whether the last of them ends the line.
    pub(super) at_end: bool,
    /// Whether it is a consequence that many causes have: any other known message counts more.
    pub(crate) is_general: bool,
    /// Whether it is about the path between nodes, which it does not explain.
    pub(crate) is_about_path: bool,
    /// Whether it may be the cause in this cluster.
    pub(crate) applies: fn(&Case) -> bool,
    /// What is wrong, as a clause.
    pub(crate) means: &'static str,
    /// What precedes a name in quotes that the cause gains, in lower case.
    pub(super) before_name: Option<&'static str>,
    /// What to do, as a clause in the imperative; empty if the finding says it.
    pub(crate) fix: &'static str,
    /// The command for it, which may take names from the pod that wrote the line.
    pub(crate) paste: fn(&Case, &PodName) -> String,
    /// What to do in this cluster, in place of `fix` and `paste`.
    pub(crate) remedy: Option<fn(&Case, &PodName) -> Step>,
    /// Checks that explain the cause in more detail, if they also find it.
    pub(crate) explained_by: &'static [&'static Check],
    /// The versions that write it, unless that is all of them.
    pub(super) versions: &'static str,
    /// Where it comes from: a project's file with its version, or a thread.
    pub(super) source: &'static str,
    /// Lines as the programs write them.
    pub(super) examples: &'static [&'static str],
}

impl KnownMessage {
    /// What most messages have in common.
    pub(super) const USUAL: Self = Self {
        texts: &[],
        any: &[],
        to: &[],
        without: &[],
        at_end: false,
        is_general: false,
        is_about_path: false,
        applies: |_| true,
        means: "",
        before_name: None,
        fix: "",
        paste: |_, _| String::new(),
        remedy: None,
        explained_by: &[],
        versions: "",
        source: "",
        examples: &[],
    };

    /// The cause, with the name that a line gives it.
    pub(crate) fn cause_in(&self, line: &str) -> String {
        let line = line.to_lowercase();
        if self.to.contains(&Server::Other)
            && let Some(server) = Server::name_in(&line)
        {
            return format!("{} ({server})", self.means);
        }
        let name = self.before_name.and_then(|before| {
            let (_, rest) = line.split_once(before)?;
            let (name, _) = rest.split_once('"')?;
            let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_');
            (!name.is_empty() && name.len() <= 40 && name.chars().all(is_name)).then_some(name)
        });
        match name {
            Some(name) => format!("{} ({name})", self.means),
            None => self.means.to_owned(),
        }
    }

    /// What to do in this cluster about what a pod says.
    pub(crate) fn step(&self, case: &Case, pod: &PodName) -> Step {
        match self.remedy {
            Some(remedy) => remedy(case, pod),
            None => Step::new(self.fix).run((self.paste)(case, pod)),
        }
    }

    /// The strings of which a line must contain one.
    pub(super) fn any(&self) -> impl Iterator<Item = &'static &'static str> {
        self.any.iter().flat_map(|texts| *texts)
    }

    /// Whether a line, in lower case, which is about a server, is this message.
    pub(super) fn is_in(&self, line: &str, server: Option<Server>) -> bool {
        let contains = |text: &&&str| line.contains(**text);
        let ends = || {
            self.texts
                .last()
                .is_some_and(|text| line.trim_end().ends_with(text))
        };
        self.texts.iter().all(|text| contains(&text))
            && (self.any.is_empty() || self.any().any(|text| contains(&text)))
            && (self.to.is_empty() || server.is_some_and(|server| self.to.contains(&server)))
            && !self.without.iter().any(|text| contains(&text))
            && (!self.at_end || ends())
    }
}

/// Whether the kubelet of every node responds: where one does not, its calico-node has no sessions either.
pub(super) fn every_node_responds(case: &Case) -> bool {
    let mut nodes = case.snapshot.nodes.items().iter();
    !nodes.any(crate::snapshot::Node::is_silent)
}
