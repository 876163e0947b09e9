//! The third stage: the plan for each field.

use crate::plan;
use crate::plan::model::PoolPlan;
use crate::plan::request::Request;
use crate::refusal::Refusal;
use crate::stages::Context;
use crate::stages::interpretation::Interpretation;

/// The plan for each field of each pool.
pub(crate) struct FieldPlans {
    pub(crate) pools: Vec<PoolPlan>,
}

impl FieldPlans {
    /// Decides where the requested fields are set, and what the cluster adds to them.
    pub(crate) fn of(
        context: &Context,
        interpretation: &Interpretation,
        request: &Request,
    ) -> Result<Self, Refusal> {
        match pools(interpretation, request) {
            Ok(pools) => Ok(Self { pools }),
            Err(refusal) => Err(context.at_pools(refusal)),
        }
    }
}

fn pools(interpretation: &Interpretation, request: &Request) -> Result<Vec<PoolPlan>, Refusal> {
    let pools = interpretation.view.pools();
    let plans = plan::plan(&pools, request)?;
    match &interpretation.fill {
        Some(fill) => fill.complete(plans, &pools),
        None => Ok(plans),
    }
}
