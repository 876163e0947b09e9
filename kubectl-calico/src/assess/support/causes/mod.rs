//! Well-known messages of the operator: the cause of each, and what to do.
//!
//! Case and punctuation change between releases, so messages are matched in lower case, by the part
//! that stays the same.

mod installation;
mod known_cause;
mod pods;
mod pools;

pub(crate) use known_cause::KnownCause;

/// Every cause, specific ones before general ones.
fn causes() -> impl Iterator<Item = &'static KnownCause> {
    let all = [pools::CAUSES, installation::CAUSES, pods::CAUSES];
    all.into_iter().flatten()
}

/// The first cause whose texts a message contains.
pub(crate) fn cause(message: &str) -> Option<&'static KnownCause> {
    let message = message.to_lowercase();
    causes().find(|cause| cause.texts.iter().all(|text| message.contains(text)))
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
