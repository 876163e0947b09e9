//! Which pools the fields of a family are set in: those that `--pool` selects or, if it selects none
//! of the family, the only pool of that family.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::BlockSize;
use calico_core::text::{listed, quoted, shown};

use crate::plan::model::{PoolPlan, has_cidr};
use crate::plan::request::{Fields, Request};
use crate::plan::view::PoolView;
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

/// The pools of the stream, the request, and the pools that `--pool` selects.
pub(crate) struct Selection<'a> {
    pools: &'a [PoolView<'a>],
    request: &'a Request,
    /// Indexes of the selected pools, in order; empty without `--pool`.
    selected: Vec<usize>,
}

impl<'a> Selection<'a> {
    /// Matches the selectors of `--pool`.
    pub(crate) fn new(pools: &'a [PoolView<'a>], request: &'a Request) -> Result<Self, Refusal> {
        let mut selection = Self {
            pools,
            request,
            selected: Vec::new(),
        };
        for selector in &request.selectors {
            let pools = selection.select(selector)?;
            selection.selected.extend(pools);
        }
        selection.selected.sort_unstable();
        selection.selected.dedup();
        Ok(selection)
    }

    /// The pools that a selector of `--pool` matches. One that matches none is fine after an earlier
    /// run has replaced what it matched: some pool has the values requested for its family.
    fn select(&self, selector: &str) -> Result<Vec<usize>, Refusal> {
        let matches = self.indexes(|pool| is_match(selector, pool));
        if matches.len() > 1 {
            return Err(Refusal::new(format!(
                "--pool {} matches more than one pool: {}",
                quoted(selector),
                self.list(&matches)
            ))
            .fix("select by CIDR"));
        }
        if matches.len() == 1 {
            return Ok(matches);
        }
        let already_set = self.indexes(|pool| self.is_already_set(pool));
        if already_set.is_empty() {
            return Err(self.no_match(selector));
        }
        Ok(already_set)
    }

    fn is_already_set(&self, pool: &PoolView) -> bool {
        let Some(family) = family_of(pool) else {
            return false;
        };
        let fields = self.request.family(family);
        fields.cidr.is_some() && !PoolPlan::of(0, pool.written, fields).changes()
    }

    /// The pools to set the fields of a family in.
    pub(crate) fn target(&self, family: Family) -> Result<Target, Refusal> {
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
                "--pool selects more than one {family} pool, but --cidr is for one: {}",
                self.list(&of_family)
            ))
            .why("two pools cannot have the same CIDR")
            .fix("select one of them")),
            _ => Ok(Target::Pools(of_family, fields)),
        }
    }

    /// The only pool of a family, not counting those for Services of type LoadBalancer: nobody means
    /// them by "the IPv4 pool".
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
                    self.list(several)
                ))
                .why("the family alone does not identify the pool to change")
                .fix("select it with --pool NAME or --pool CIDR")),
            },
        }
    }

    /// Refuses a selection that changes nothing.
    pub(crate) fn check_used(&self, plans: &[PoolPlan]) -> Result<(), Refusal> {
        let unused: Vec<usize> = self
            .selected
            .iter()
            .copied()
            .filter(|index| plans.iter().all(|plan| plan.index != *index))
            .collect();
        if !unused.is_empty() {
            return Err(Refusal::new(format!(
                "--pool selects a pool that no value applies to: {}",
                self.list(&unused)
            ))
            .why("values apply to the address family that they belong to or name")
            .fix("select another pool, or give a value for its family"));
        }
        if plans.is_empty() {
            return Err(self.no_pool_for_encapsulation());
        }
        Ok(())
    }

    fn indexes(&self, is_wanted: impl Fn(&PoolView) -> bool) -> Vec<usize> {
        self.pools
            .iter()
            .enumerate()
            .filter(|(_, pool)| is_wanted(pool))
            .map(|(index, _)| index)
            .collect()
    }

    fn selected_of(&self, family: Option<Family>) -> Vec<usize> {
        self.selected
            .iter()
            .copied()
            .filter(|index| self.pools.get(*index).and_then(family_of) == family)
            .collect()
    }

    fn for_pods(&self, family: Option<Family>) -> Vec<usize> {
        self.indexes(|pool| !pool.effective.is_for_load_balancers() && family_of(pool) == family)
    }

    fn with_cidr(&self, indexes: &[usize], cidr: Option<Cidr>) -> Option<usize> {
        indexes.iter().copied().find(|index| {
            self.pools
                .get(*index)
                .is_some_and(|pool| has_cidr(pool.written, cidr))
        })
    }

    fn is_only_requested(&self, family: Family) -> bool {
        Family::BOTH
            .into_iter()
            .all(|other| other == family || self.request.fields(other).is_empty())
    }

    fn list(&self, indexes: &[usize]) -> String {
        listed(indexes.iter().filter_map(|index| {
            let pool = self.pools.get(*index)?;
            let cidr = shown(pool.written.cidr.as_deref().unwrap_or("no cidr"));
            let name = pool
                .effective
                .name
                .as_deref()
                .map_or(String::new(), |name| format!(" ({})", shown(name)));
            Some(format!("#{} {cidr}{name}", index + 1))
        }))
    }

    fn list_all(&self) -> String {
        self.list(&self.indexes(|_| true))
    }

    fn no_match(&self, selector: &str) -> Refusal {
        Refusal::new(format!("--pool {} matches no pool", quoted(selector)))
            .why(if self.pools.is_empty() {
                "the Installation has no pools".to_owned()
            } else {
                format!("the pools are {}", self.list_all())
            })
            .fix("select by the name or the CIDR of one of the pools")
    }

    fn unknown_family(&self, family: Family, unknown: &[usize]) -> Refusal {
        Refusal::new(format!(
            "the family of a pool is unknown, and it may be the {family} one: {}",
            self.list(unknown)
        ))
        .why("its cidr is missing or not valid")
        .fix(if self.selected.is_empty() {
            "give it a cidr in the chart's values, or select it with --pool NAME"
        } else {
            "give it a cidr in the chart's values, or give values for one family only"
        })
    }

    fn no_pool_for_encapsulation(&self) -> Refusal {
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
                "pools for LoadBalancer only change if --pool selects them; the pools are {}",
                self.list_all()
            )
        })
        .fix("give a --cidr as well, or select with --pool")
    }
}

/// Whether a selector of `--pool` is the name or the CIDR of a pool.
fn is_match(selector: &str, pool: &PoolView) -> bool {
    let network = selector.parse::<Cidr>().ok();
    pool.effective.name.as_deref() == Some(selector)
        || pool.written.cidr.as_deref() == Some(selector)
        || network.is_some() && pool.effective.network() == network.as_ref()
}

/// The family of a pool, by its CIDR or else by its block size.
pub(crate) fn family_of(pool: &PoolView) -> Option<Family> {
    pool.effective.family().or_else(|| {
        let size = pool.written.block_size?.to_string();
        size.parse::<BlockSize>().ok().map(BlockSize::family)
    })
}

fn needs_cidr(family: Family, fields: &Fields) -> Refusal {
    let given: Vec<&str> = fields.values().map(|(field, _)| field.key()).collect();
    Refusal::new(format!(
        "there is no {family} pool to set {} on",
        given.join(" and ")
    ))
    .why("a new pool needs a cidr")
    .fix(match family {
        Family::V4 => "give one as well: --cidr 10.244.0.0/16",
        Family::V6 => "give one as well: --cidr fd00:10:244::/56",
    })
}
