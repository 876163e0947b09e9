//! The well-known messages of the operator: what is behind each, and what to do.
//!
//! Their wording changes in case and punctuation between releases, so a message is looked at in
//! lower case, for the part that stays.

mod installation;
mod pods;
mod pools;

use crate::assess::check::{Case, Check};

/// What is behind a message.
pub(crate) struct Cause {
    /// What a message has in it, all of them, in lower case.
    texts: &'static [&'static str],
    /// What is wrong.
    pub(crate) means: &'static str,
    /// What to do.
    pub(crate) fix: &'static str,
    /// Whether the Installation has to be changed.
    pub(crate) in_installation: bool,
    /// Checks that say more of it, where they find it too.
    pub(crate) said_by: &'static [&'static Check],
    /// The component that this one waits for, which is to be mended first if it is ill too.
    pub(crate) waits_for: Option<&'static str>,
    /// The command for it; the message may hold names for it.
    pub(crate) paste: fn(&Case, &str) -> String,
}

/// Every cause, the more particular ones before those that a message may have besides.
fn causes() -> impl Iterator<Item = &'static Cause> {
    let all = [pools::CAUSES, installation::CAUSES, pods::CAUSES];
    all.into_iter().flatten()
}

/// The first cause whose texts a message has in it.
pub(crate) fn cause(message: &str) -> Option<&'static Cause> {
    let message = message.to_lowercase();
    let is_in = |cause: &&Cause| cause.texts.iter().all(|text| message.contains(text));
    causes().find(is_in)
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
        said_by: &[],
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

    const fn said_by(mut self, checks: &'static [&'static Check]) -> Self {
        self.said_by = checks;
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
                    "messages are looked at in lower case"
                );
            }
            let message = known.texts.join(" ");
            let found = cause(&message).map(|found| found.means);
            assert_eq!(found, Some(known.means), "{message} is taken for another");
        }
    }
}
