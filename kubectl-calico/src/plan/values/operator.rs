//! Which operator's rules apply.

use calico_core::operator::OperatorVersion;

use crate::assess::facts::Facts;
use crate::plan::choice::Choice;
use crate::plan::request::PlanRequest;

/// The one that is asked for, the one that is there, or the newest.
pub(crate) fn operator(facts: &Facts, request: &PlanRequest) -> (Choice<String>, OperatorVersion) {
    if let Some(version) = request.operator {
        let flag = "--operator-version";
        let choice = Choice::Given {
            value: version.to_string(),
            flag,
        };
        return (choice, version);
    }
    let newest = OperatorVersion::NEWEST;
    let assumed = |why: &str| (Choice::reasoned(newest.to_string(), why), newest);
    let Some(there) = facts.install.operator.value() else {
        return assumed("the newest that is known here");
    };
    match there.parse::<OperatorVersion>() {
        Ok(version) => {
            let choice = Choice::Known {
                value: version.to_string(),
                why: "the one that is there".to_owned(),
                from: facts.install.operator.from().to_vec(),
            };
            (choice, version)
        }
        Err(_) => {
            assumed("the newest that is known here, since the one that is there names no version")
        }
    }
}
