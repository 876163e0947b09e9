//! Which pools the fields of a family go to: those that `--pool` chooses or, where it says nothing
//! of a family, the one pool of that family.

use calico_core::cidr::{Cidr, Family};
use calico_core::pool::BlockSize;
use calico_core::text::{listed, quoted, shown};

use crate::plan::model::{FieldPlan, PoolPlan, PoolView, is_cidr, set};
use crate::plan::request::{Fields, Wanted};
use crate::refusal::Refusal;

/// Where the fields of a family go, and which those are.
pub(crate) enum Target {
    /// To pools that are there.
    Pools(Vec<usize>, Fields),
    /// To a new one.
    New(Fields),
    /// Nowhere: nothing that was asked for concerns the family.
    Nothing,
}

/// The pools, what is wanted, and which pools `--pool` chose.
pub(crate) struct Choice<'a> {
    pools: &'a [PoolView<'a>],
    wanted: &'a Wanted,
    /// In order; none without `--pool`.
    chosen: Vec<usize>,
}

impl<'a> Choice<'a> {
    /// Finds the pools that the selectors name.
    pub(crate) fn new(pools: &'a [PoolView<'a>], wanted: &'a Wanted) -> Result<Self, Refusal> {
        let mut choice = Self {
            pools,
            wanted,
            chosen: Vec::new(),
        };
        for selector in &wanted.pools {
            match choice.those(|pool| selects(selector, pool)).as_slice() {
                [index] => choice.chosen.push(*index),
                [] => choice.chosen.extend(choice.already_as_wanted(selector)?),
                several => {
                    return Err(Refusal::new(format!(
                        "--pool {} matches more than one pool: {}",
                        quoted(selector),
                        choice.list(several)
                    ))
                    .fix("choose by CIDR"));
                }
            }
        }
        choice.chosen.sort_unstable();
        choice.chosen.dedup();
        Ok(choice)
    }

    /// Where what is wanted for a family goes.
    pub(crate) fn target(&self, family: Family) -> Result<Target, Refusal> {
        let fields = self.wanted.fields(family);
        if fields.is_empty() {
            return Ok(Target::Nothing);
        }
        let chosen = |family| {
            let mut chosen = self.chosen.clone();
            chosen.retain(|index| self.family(*index) == family);
            chosen
        };
        let (of_family, unknown) = (chosen(Some(family)), chosen(None));
        match (of_family.as_slice(), unknown.as_slice()) {
            ([], []) if self.chosen.is_empty() || !self.wanted.family(family).is_empty() => {
                self.by_family(family, fields)
            }
            // An encapsulation for every pool that is chosen, and none is of this family.
            ([], []) => Ok(Target::Nothing),
            ([], [index]) if self.is_only(family) => Ok(Target::Pools(vec![*index], fields)),
            ([], unknown) => Err(self.unknown_family(family, unknown)),
            ([_, _, ..], _) if fields.cidr.is_some() => Err(Refusal::new(format!(
                "--pool chooses more than one {family} pool, and --cidr is for one: {}",
                self.list(&of_family)
            ))
            .why("two pools cannot have the same cidr")
            .fix("choose one of them")),
            _ => Ok(Target::Pools(of_family, fields)),
        }
    }

    /// The one pool of the family, as far as pods take addresses from it: nobody means pools for
    /// Services of type LoadBalancer by "the IPv4 pool".
    fn by_family(&self, family: Family, fields: Fields) -> Result<Target, Refusal> {
        let for_pods = |family| {
            let mut pools = self.those(|pool| !pool.effective.is_for_load_balancers());
            pools.retain(|index| self.family(*index) == family);
            pools
        };
        let (of_family, unknown) = (for_pods(Some(family)), for_pods(None));
        match of_family.as_slice() {
            [_] => Ok(Target::Pools(of_family, fields)),
            [] if !unknown.is_empty() => Err(self.unknown_family(family, &unknown)),
            [] if fields.cidr.is_some() => Ok(Target::New(fields)),
            [] if self.wanted.family(family).is_empty() => Ok(Target::Nothing),
            [] => Err(needs_cidr(family, &fields)),
            several => {
                // Two pools cannot have one CIDR: the pool that has it is the one that is meant.
                let has_it = |index: &&usize| {
                    let pool = self.pools.get(**index);
                    pool.is_some_and(|pool| is_cidr(pool.written, fields.cidr))
                };
                match several.iter().find(has_it) {
                    Some(index) => Ok(Target::Pools(vec![*index], fields)),
                    None => Err(Refusal::new(format!(
                        "there is more than one {family} pool: {}",
                        self.list(several)
                    ))
                    .why("which one the values are for cannot be told from the family alone")
                    .fix("choose with --pool NAME or --pool CIDR")),
                }
            }
        }
    }

    /// Refuses a choice that comes to nothing.
    pub(crate) fn is_met(&self, plans: &[PoolPlan]) -> Result<(), Refusal> {
        let mut idle = self.chosen.clone();
        idle.retain(|index| plans.iter().all(|plan| plan.index != *index));
        if !idle.is_empty() {
            return Err(Refusal::new(format!(
                "--pool chooses a pool that no value is for: {}",
                self.list(&idle)
            ))
            .why("values are for the address family that they tell or name")
            .fix("choose another pool, or give a value for its family"));
        }
        if plans.is_empty() {
            return Err(self.no_pool_for_every());
        }
        Ok(())
    }

    /// A selector that matches nothing is fine when an earlier run has done its work: some pool
    /// has every value that is wanted for its family.
    fn already_as_wanted(&self, selector: &str) -> Result<Vec<usize>, Refusal> {
        let is_done = |pool: &PoolView| {
            family_of(pool).is_some_and(|family| {
                let fields = self.wanted.family(family);
                let unchanged = |field: &FieldPlan| field.new.is_none();
                fields.cidr.is_some() && set(0, pool.written, fields).fields.iter().all(unchanged)
            })
        };
        let done = self.those(is_done);
        if done.is_empty() {
            let what = format!("--pool {} matches no pool", quoted(selector));
            return Err(Refusal::new(what)
                .why(match self.pools {
                    [] => "the Installation has no pools".to_owned(),
                    _ => format!("the pools are {}", self.list(&self.those(|_| true))),
                })
                .fix("choose by the name or the CIDR of a pool that is there"));
        }
        Ok(done)
    }

    /// The pools of which `is` is true.
    fn those(&self, is: impl Fn(&PoolView) -> bool) -> Vec<usize> {
        let pools = self.pools.iter().enumerate();
        let those = pools.filter(|(_, pool)| is(pool));
        those.map(|(index, _)| index).collect()
    }

    fn family(&self, index: usize) -> Option<Family> {
        self.pools.get(index).and_then(family_of)
    }

    /// Whether all that is wanted is for this family.
    fn is_only(&self, family: Family) -> bool {
        let mut others = Family::BOTH.into_iter().filter(|other| *other != family);
        others.all(|other| self.wanted.fields(other).is_empty())
    }

    fn list(&self, indexes: &[usize]) -> String {
        listed(indexes.iter().filter_map(|index| {
            let pool = self.pools.get(*index)?;
            let cidr = shown(pool.written.cidr.as_deref().unwrap_or("no cidr"));
            let name = pool.effective.name.as_deref();
            let name = name.map(|name| format!(" ({})", shown(name)));
            Some(format!("#{} {cidr}{}", index + 1, name.unwrap_or_default()))
        }))
    }

    fn unknown_family(&self, family: Family, unknown: &[usize]) -> Refusal {
        Refusal::new(format!(
            "the family of a pool cannot be told, so that it may be the {family} one: {}",
            self.list(unknown)
        ))
        .why("its cidr is missing or cannot be read")
        .fix(match self.chosen.as_slice() {
            [] => "give it a cidr in the chart's values, or choose it with --pool NAME",
            _ => "give it a cidr in the chart's values, or give values for one family only",
        })
    }

    fn no_pool_for_every(&self) -> Refusal {
        let encapsulation = self.wanted.every.map(|e| e.to_string());
        Refusal::new(format!(
            "there is no pool to set encapsulation {} in",
            encapsulation.unwrap_or_default()
        ))
        .why(match self.pools {
            [] => "the Installation has no pools, and a new pool needs a cidr".to_owned(),
            _ => format!(
                "pools for LoadBalancer are left alone unless --pool names them; there is {}",
                self.list(&self.those(|_| true))
            ),
        })
        .fix("give a --cidr as well, or choose with --pool")
    }
}

fn selects(selector: &str, pool: &PoolView) -> bool {
    let by_name = pool.effective.name.as_deref() == Some(selector);
    let by_text = pool.written.cidr.as_deref() == Some(selector);
    let network = selector.parse::<Cidr>().ok();
    by_name || by_text || network.is_some() && pool.effective.network() == network.as_ref()
}

/// The family that its CIDR tells, or else its block size.
pub(crate) fn family_of(pool: &PoolView) -> Option<Family> {
    pool.effective.family().or_else(|| {
        let size = pool.written.block_size?.to_string();
        size.parse::<BlockSize>().ok().map(BlockSize::family)
    })
}

fn needs_cidr(family: Family, fields: &Fields) -> Refusal {
    let given: Vec<&str> = fields.values().map(|(field, _)| field.key()).collect();
    Refusal::new(format!(
        "there is no {family} pool to set {} in",
        given.join(" and ")
    ))
    .why("a new pool needs a cidr")
    .fix(match family {
        Family::V4 => "give one as well: --cidr 10.244.0.0/16",
        Family::V6 => "give one as well: --cidr fd00:10:244::/56",
    })
}
