//! The operator whose rules apply.

use calico_core::operator::OperatorVersion;

use crate::facts::Facts;
use crate::facts::fact::Fact;
use crate::plan::choice::Choice;
use crate::plan::request::PlanRequest;
use crate::snapshot::{Gap, Unknown};

/// The requested version, else the installed one, else the newest known one.
pub(crate) fn operator(facts: &Facts, request: &PlanRequest) -> (Choice<String>, OperatorVersion) {
    if let Some(version) = request.operator {
        let flag = "--operator-version";
        let choice = Choice::Given {
            value: version.to_string(),
            flag,
        };
        return (choice, version);
    }
    let Some(installed) = facts.install.operator.value() else {
        return newest(match &facts.install.operator {
            // Files need not contain an operator.
            Fact::Unknown { unknown } if *unknown != Gap::Unread(Unknown::NotGiven) => {
                "the newest released version known, because the installed one could not be read"
            }
            _ => "the newest released version known",
        });
    };
    let Ok(version) = installed.parse::<OperatorVersion>() else {
        return newest(
            "the newest released version known, because the installed operator's version cannot be read",
        );
    };
    let choice = Choice::Known {
        value: version.to_string(),
        why: "the installed version".to_owned(),
        from: facts.install.operator.from().to_vec(),
    };
    (choice, version)
}

fn newest(why: &str) -> (Choice<String>, OperatorVersion) {
    let version = OperatorVersion::NEWEST;
    (Choice::reasoned(version.to_string(), why), version)
}
