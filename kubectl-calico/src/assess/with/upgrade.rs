//! A newer operator in manifests, which upgrades Calico.

use calico_core::operator::OperatorVersion;

use crate::facts::Facts;
use crate::facts::fact::Fact;

/// What the operator does because of its new version, as a clause. Calico's version becomes that which it
/// installs.
pub(super) fn upgrade(before: &Facts, facts: &mut Facts) -> Option<String> {
    let (was, is) = (&before.install, &facts.install);
    let parsed = |version: &Fact<String>| version.value()?.parse::<OperatorVersion>().ok();
    let operator = parsed(&is.operator)?;
    let takes_over = was.is_from_manifests() && !was.is_canal() && facts.installation.is_some();
    if parsed(&was.operator).is_some_and(|was| was >= operator)
        || !(was.is_run_by_operator() || takes_over)
        || is.enterprise.is_some()
    {
        return None;
    }
    let old = was.calico.value()?;
    let is_same = |calico: &String| old.starts_with(&format!("v{calico}."));
    let Some(calico) = operator.calico().filter(|calico| !is_same(calico)) else {
        let version = is.operator.value()?;
        // Of one minor version, the patch that an operator installs is not known.
        return (!takes_over).then(|| {
            format!("upgrades Calico from {old} to the release of operator {version}, node by node")
        });
    };
    let is_newer = minor(&calico)? > was.calico_minor()?;
    let from = is.operator.from().to_vec();
    facts.install.calico = Fact::Known {
        value: format!("v{calico}"),
        from,
    };
    is_newer.then(|| {
        format!(
            "upgrades Calico from {old} to v{calico}, node by node; the CRDs of v{calico} must be applied first"
        )
    })
}

/// 32 of `3.32`.
fn minor(calico: &str) -> Option<u32> {
    calico.strip_prefix("3.")?.parse().ok()
}
