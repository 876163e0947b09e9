//! Which pools the fields of a family are set in: those that `--pool` selects or, if it selects none
//! of the family, the only pool of that family.

use calico_core::cidr::{Cidr, Family};

use crate::plan::model::has_cidr;
use crate::plan::pool_list::{PoolList, family_of};
use crate::plan::request::{Fields, Request};
use crate::refusal::Refusal;

/// Which pools the fields of a family are set in.
pub(crate) enum Target {
    /// Pools of the stream.
    Pools(Vec<usize>, Fields),
    /// A new pool.
    New(Fields),
    /// None: nothing is requested for the family.
    Nothing,
}

/// What a target depends on.
pub(crate) struct Targets<'a> {
    pub(crate) pools: &'a PoolList<'a>,
    pub(crate) request: &'a Request,
    /// The indexes of the pools that `--pool` selects, in order.
    pub(crate) selected: &'a [usize],
}

impl Targets<'_> {
    /// The pools to set the fields of a family in.
    pub(crate) fn of(&self, family: Family) -> Result<Target, Refusal> {
        let fields = self.request.fields(family);
        if fields.is_empty() {
            return Ok(Target::Nothing);
        }
        let of_family = self.selected_of(Some(family));
        let of_unknown_family = self.selected_of(None);
        match (of_family.as_slice(), of_unknown_family.as_slice()) {
            ([], []) if self.selected.is_empty() || !self.request.family(family).is_empty() => {
                self.only_pool_of(family, fields)
            }
            // The encapsulation is for every selected pool, and none is of this family.
            ([], []) => Ok(Target::Nothing),
            ([], [index]) if self.is_only_requested(family) => {
                Ok(Target::Pools(vec![*index], fields))
            }
            ([], unknown) => Err(self.unknown_family(family, unknown)),
            ([_, _, ..], _) if fields.cidr.is_some() => Err(Refusal::new(format!(
                "--pool selects more than one {family} pool, but --cidr applies to only one: {}",
                self.pools.describe(&of_family)
            ))
            .why("two pools cannot have the same CIDR")
            .fix("select one of them")),
            _ => Ok(Target::Pools(of_family, fields)),
        }
    }

    /// The only pool for pods of a family. "The IPv4 pool" never means one for Services of type
    /// LoadBalancer or for tunnels only.
    fn only_pool_of(&self, family: Family, fields: Fields) -> Result<Target, Refusal> {
        let of_family = self.for_pods(Some(family));
        let of_unknown_family = self.for_pods(None);
        match of_family.as_slice() {
            [_] => Ok(Target::Pools(of_family, fields)),
            [] if !of_unknown_family.is_empty() => {
                Err(self.unknown_family(family, &of_unknown_family))
            }
            [] if fields.cidr.is_some() => Ok(Target::New(fields)),
            [] if self.request.family(family).is_empty() => Ok(Target::Nothing),
            [] => Err(needs_cidr(family, &fields)),
            // Two pools cannot have the same CIDR, so the pool that has it is the one to change.
            several => match self.with_cidr(several, fields.cidr) {
                Some(index) => Ok(Target::Pools(vec![index], fields)),
                None => Err(Refusal::new(format!(
                    "there is more than one {family} pool: {}",
                    self.pools.describe(several)
                ))
                .why("the family alone does not identify the pool to change")
                .fix("select it with --pool NAME or --pool CIDR")),
            },
        }
    }

    fn selected_of(&self, family: Option<Family>) -> Vec<usize> {
        self.selected
            .iter()
            .copied()
            .filter(|index| self.pools.family(*index) == family)
            .collect()
    }

    fn for_pods(&self, family: Option<Family>) -> Vec<usize> {
        self.pools
            .indexes(|pool| pool.is_for_pods() && family_of(pool) == family)
    }

    fn with_cidr(&self, indexes: &[usize], cidr: Option<Cidr>) -> Option<usize> {
        indexes.iter().copied().find(|index| {
            let pool = self.pools.get(*index);
            pool.is_some_and(|pool| has_cidr(pool.written, cidr))
        })
    }

    fn is_only_requested(&self, family: Family) -> bool {
        Family::BOTH
            .into_iter()
            .all(|other| other == family || self.request.fields(other).is_empty())
    }

    fn unknown_family(&self, family: Family, unknown: &[usize]) -> Refusal {
        Refusal::new(format!(
            "a pool of unknown family may be the {family} pool: {}",
            self.pools.describe(unknown)
        ))
        .why("its cidr is missing or not valid")
        .fix(if self.selected.is_empty() {
            "set its cidr in the chart's values, or select it with --pool NAME"
        } else {
            "set its cidr in the chart's values, or pass values for one family only"
        })
    }

    /// The refusal of an encapsulation for every pool if there is none to set it on.
    pub(crate) fn no_pool_for_encapsulation(&self) -> Refusal {
        let encapsulation = self
            .request
            .every_pool
            .map_or(String::new(), |encapsulation| encapsulation.to_string());
        Refusal::new(format!(
            "there is no pool to set encapsulation {encapsulation} on"
        ))
        .why(if self.pools.is_empty() {
            "the Installation has no pools, and a new pool needs a cidr".to_owned()
        } else {
            format!(
                "pools that are not for pods are changed only if --pool selects them; the pools \
                 are {}",
                self.pools.describe_all()
            )
        })
        .fix("also pass --cidr, or select a pool with --pool")
    }
}

fn needs_cidr(family: Family, fields: &Fields) -> Refusal {
    let given: Vec<&str> = fields.values().map(|(field, _)| field.key()).collect();
    Refusal::new(format!(
        "there is no {family} pool to set {} on",
        given.join(" and ")
    ))
    .why("a new pool needs a cidr")
    .fix(match family {
        Family::V4 => "also pass a CIDR, such as --cidr 10.244.0.0/16",
        Family::V6 => "also pass a CIDR, such as --cidr fd00:10:244::/56",
    })
}
