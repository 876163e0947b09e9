//! A document as Go reads it.
//!
//! The second parser ([`crate::find::second_parser`]) follows YAML 1.2. So scalars that mean something
//! else to Go are first rewritten ([`calico_core::go_yaml`]).

use std::borrow::Cow;

use calico_core::go_yaml::in_yaml_1_2;
use calico_core::installation::Installation;
use calico_core::text::shown;
use serde_yaml::Value;

use crate::find::installation::LocatedInstallation;
use crate::find::second_parser;
use crate::read::text_edit::{self, Edit};
use crate::read::tree::Tree;
use crate::refusal::Refusal;

/// The Installation in a document, from its text, its nodes, and what the second parser read.
pub(crate) fn installation(
    located: &LocatedInstallation,
    text: &str,
    tree: &Tree,
    document: &Value,
) -> Result<Installation, Refusal> {
    let document = as_go_reads(text, tree, document).map_err(|error| {
        let what = "the document cannot be parsed as Go parses it";
        Refusal::new(format!("{what}: {}", shown(error.to_string())))
            .of(format!("Installation {}", shown(&located.name)))
            .fix("put values such as yes, on and 012 in quotes, and please report this problem")
    })?;
    Ok(Installation::read(second_parser::installation(
        &document, located,
    )))
}

/// What a document means to Go.
fn as_go_reads<'v>(
    text: &str,
    tree: &Tree,
    document: &'v Value,
) -> Result<Cow<'v, Value>, serde_yaml::Error> {
    let mut edits: Vec<Edit> = tree
        .plain_values()
        .filter_map(|(range, plain)| {
            let text = in_yaml_1_2(plain).filter(|text| text != plain)?;
            Some(Edit { range, text })
        })
        .collect();
    if edits.is_empty() {
        return Ok(Cow::Borrowed(document));
    }
    edits.sort_by_key(|edit| edit.range.start);
    serde_yaml::from_str(&text_edit::apply(text, &edits)).map(Cow::Owned)
}
