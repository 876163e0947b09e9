//! Well-known messages of the operator: the cause of each, and what to do.
//!
//! Case and punctuation change between releases, so messages are matched in lower case, by the part
//! that stays the same.

mod installation;
mod pods;
mod pools;

use crate::assess::check::{Case, Check};

/// The cause of a message.
pub(crate) struct Cause {
    /// The texts that a message must contain, all of them, in lower case.
    texts: &'static [&'static str],
    /// What is wrong, as a clause.
    pub(crate) means: &'static str,
    /// What to do, as a clause in the imperative.
    pub(crate) fix: &'static str,
    /// Whether the fix changes the Installation.
    pub(crate) in_installation: bool,
    /// Checks that explain the cause in more detail, if they find it, too.
    pub(crate) explained_by: &'static [&'static Check],
    /// The component that this one waits for, which must be fixed first if it is unhealthy, too.
    pub(crate) waits_for: Option<&'static str>,
    /// The command for the fix, which may take names from the message.
    pub(crate) paste: fn(&Case, &str) -> String,
}

/// Every cause, specific ones before general ones.
fn causes() -> impl Iterator<Item = &'static Cause> {
    let all = [pools::CAUSES, installation::CAUSES, pods::CAUSES];
    all.into_iter().flatten()
}

/// The first cause whose texts a message contains.
pub(crate) fn cause(message: &str) -> Option<&'static Cause> {
    let message = message.to_lowercase();
    causes().find(|cause| cause.texts.iter().all(|text| message.contains(text)))
}

const fn cause_of(
    texts: &'static [&'static str],
    means: &'static str,
    fix: &'static str,
    paste: fn(&Case, &str) -> String,
) -> Cause {
    Cause {
        texts,
        means,
        fix,
        in_installation: false,
        explained_by: &[],
        waits_for: None,
        paste,
    }
}

impl Cause {
    const fn in_installation(mut self) -> Self {
        self.in_installation = true;
        self
    }

    const fn waits_for(mut self, component: &'static str) -> Self {
        self.waits_for = Some(component);
        self
    }

    const fn explained_by(mut self, checks: &'static [&'static Check]) -> Self {
        self.explained_by = checks;
        self
    }
}

fn edit_installation(_: &Case, _: &str) -> String {
    "kubectl edit installations.operator.tigera.io default".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_can_be_found() {
        for known in causes() {
            for text in known.texts {
                assert_eq!(
                    *text,
                    text.to_lowercase(),
                    "messages are matched in lower case"
                );
            }
            let message = known.texts.join(" ");
            let found = cause(&message).map(|found| found.means);
            assert_eq!(found, Some(known.means), "{message} is taken for another");
        }
    }
}
