//! What several checks share: the causes behind the operator's messages, what stops working without
//! a part of Calico, and pools that the operator owns or lists.

pub(crate) mod causes;
pub(crate) mod impact;
pub(crate) mod new_pools;
pub(crate) mod ownership;
pub(crate) mod pool_fixes;
pub(crate) mod typha_scale;
