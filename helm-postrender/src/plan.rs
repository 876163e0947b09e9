//! From what is wanted and the pools that are there to the fields to set. Data in, data out: how
//! the fields are written is [`crate::splice`]'s work.

use calico_core::cidr::{Cidr, Family};
use calico_core::defaults::EffectivePool;
use calico_core::installation::Pool;
use calico_core::pool::{BlockSize, Field};
use calico_core::text::{printable, quoted};

use crate::error::Refusal;
use crate::wanted::{Fields, Value, Wanted};

/// The fields to set in one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolPlan {
    /// Its place among the pools; one past the last for a new pool.
    pub index: usize,
    /// Whether the pool has to be made.
    pub is_new: bool,
    /// Each field that was asked for.
    pub fields: Vec<FieldPlan>,
}

/// A field that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPlan {
    /// Which.
    pub field: Field,
    /// The value it has, if any.
    pub old: Option<String>,
    /// The value to write; none where the field already means what is wanted, and keeps its bytes.
    pub new: Option<Value>,
}

/// A pool as this module sees it: what was written and what the operator makes of it.
#[derive(Clone, Copy)]
pub struct PoolView<'a> {
    /// As written.
    pub written: &'a Pool,
    /// With the operator's defaults.
    pub effective: &'a EffectivePool,
}

/// Decides which pool each wanted field goes to.
pub fn plan(pools: &[PoolView], wanted: &Wanted) -> Result<Vec<PoolPlan>, Refusal> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let chosen = Chosen::by_selectors(pools, wanted)?;
    let mut plans = Vec::new();
    let mut appended = 0;
    for family in Family::BOTH {
        let mut fields = *wanted.family(family);
        fields.encapsulation = fields.encapsulation.or(wanted.every);
        if fields.is_empty() {
            continue;
        }
        match chosen.target(pools, family, &fields)? {
            Target::Pool(index) => plans.extend(
                pools
                    .get(index)
                    .map(|pool| set(index, pool.written, &fields)),
            ),
            Target::New => {
                plans.push(PoolPlan {
                    index: pools.len() + appended,
                    is_new: true,
                    fields: set(0, &Pool::default(), &fields).fields,
                });
                appended += 1;
            }
            Target::None if wanted.every.is_some() && wanted.family(family).is_empty() => {}
            Target::None => return Err(needs_cidr(family, &fields)),
        }
    }
    if plans.is_empty() {
        return Err(no_pool_for_every(pools, wanted));
    }
    plans.sort_by_key(|plan| plan.index);
    Ok(plans)
}

fn set(index: usize, pool: &Pool, fields: &Fields) -> PoolPlan {
    let field = |(field, value): (Field, Value)| {
        let (old, same) = match (field, &value) {
            (Field::Cidr, _) => (pool.cidr.clone(), is_cidr(pool, fields.cidr)),
            (Field::BlockSize, Value::Integer(size)) => (
                pool.block_size.map(|size| size.to_string()),
                pool.block_size == Some(i64::from(*size)),
            ),
            _ => (
                pool.encapsulation.clone(),
                pool.encapsulation == Some(value.to_string()),
            ),
        };
        FieldPlan {
            field,
            old,
            new: (!same).then_some(value),
        }
    };
    PoolPlan {
        index,
        is_new: false,
        fields: fields.values().map(field).collect(),
    }
}

/// Whether the pool's CIDR is this network, however it is spelt. The operator knows a live pool
/// by the text of its CIDR: another spelling would have it delete the pool and make a new one.
fn is_cidr(pool: &Pool, wanted: Option<Cidr>) -> bool {
    let written = pool.cidr.as_deref().and_then(|cidr| cidr.parse().ok());
    written.is_some() && written == wanted
}

/// Where the fields of a family go.
enum Target {
    Pool(usize),
    New,
    None,
}

/// The pools that `--pool` chose.
struct Chosen {
    /// None without `--pool`.
    pools: Option<Vec<usize>>,
}

impl Chosen {
    fn by_selectors(pools: &[PoolView], wanted: &Wanted) -> Result<Self, Refusal> {
        let mut chosen = Vec::new();
        for selector in &wanted.pools {
            let matching: Vec<usize> = (0..pools.len())
                .filter(|index| {
                    pools
                        .get(*index)
                        .is_some_and(|pool| selects(selector, pool))
                })
                .collect();
            match matching.as_slice() {
                [index] => chosen.push(*index),
                [] => chosen.extend(already_as_wanted(pools, wanted, selector)?),
                _ => {
                    return Err(Refusal::new(format!(
                        "--pool {} matches more than one pool: {}",
                        quoted(selector),
                        list(pools, &matching)
                    ))
                    .fix("choose by CIDR"));
                }
            }
        }
        chosen.sort_unstable();
        chosen.dedup();
        Ok(Self {
            pools: (!wanted.pools.is_empty()).then_some(chosen),
        })
    }

    fn target(
        &self,
        pools: &[PoolView],
        family: Family,
        fields: &Fields,
    ) -> Result<Target, Refusal> {
        let is_for = |index: &usize, family| {
            pools
                .get(*index)
                .is_some_and(|pool| family_of(pool) == family)
        };
        let candidates: Vec<usize> = match &self.pools {
            Some(chosen) => chosen.clone(),
            None => (0..pools.len())
                .filter(|index| pools.get(*index).is_some_and(|pool| !is_for_services(pool)))
                .collect(),
        };
        let of_family: Vec<usize> = candidates
            .iter()
            .copied()
            .filter(|index| is_for(index, Some(family)))
            .collect();
        let unknown: Vec<usize> = candidates
            .into_iter()
            .filter(|index| is_for(index, None))
            .collect();
        match (of_family.as_slice(), unknown.as_slice(), &self.pools) {
            ([index], _, _) => Ok(Target::Pool(*index)),
            ([], [index], Some(_)) => Ok(Target::Pool(*index)),
            ([], [], None) if fields.cidr.is_some() => Ok(Target::New),
            ([], [], None) => Ok(Target::None),
            ([], [], Some(chosen)) => {
                if fields.cidr.is_none() && fields.block_size.is_none() {
                    return Ok(Target::None);
                }
                Err(Refusal::new(format!(
                    "--pool chooses no {family} pool, and a value for {family} was given; it chooses {}",
                    list(pools, chosen)
                ))
                .fix("name one pool for each family: --pool NAME,NAME"))
            }
            ([], unknown, _) => Err(Refusal::new(format!(
                "the family of a pool cannot be told, so that it may be the {family} one: {}",
                list(pools, unknown)
            ))
            .why("its cidr is missing or cannot be read")
            .fix("give it a cidr in the chart's values, or choose it with --pool NAME")),
            (several, _, _) => {
                let same = |index: &usize| {
                    pools
                        .get(*index)
                        .is_some_and(|pool| is_cidr(pool.written, fields.cidr))
                };
                // Two pools cannot have one CIDR: the pool that has it is the one that is meant.
                match several.iter().copied().find(same) {
                    Some(index) if self.pools.is_none() => Ok(Target::Pool(index)),
                    _ => Err(Refusal::new(format!(
                        "there is more than one {family} pool: {}",
                        list(pools, several)
                    ))
                    .why("which one the values are for cannot be told from the family alone")
                    .fix("choose with --pool NAME or --pool CIDR")),
                }
            }
        }
    }
}

/// A selector that matches nothing is fine when an earlier run has done its work: some pool has
/// every value that is wanted for its family.
fn already_as_wanted(
    pools: &[PoolView],
    wanted: &Wanted,
    selector: &str,
) -> Result<Vec<usize>, Refusal> {
    let is_done = |pool: &PoolView| {
        family_of(pool).is_some_and(|family| {
            let fields = wanted.family(family);
            let unchanged = |field: &FieldPlan| field.new.is_none();
            fields.cidr.is_some() && set(0, pool.written, fields).fields.iter().all(unchanged)
        })
    };
    let done: Vec<usize> = (0..pools.len())
        .filter(|index| pools.get(*index).is_some_and(is_done))
        .collect();
    if done.is_empty() {
        let all: Vec<usize> = (0..pools.len()).collect();
        let what = format!("--pool {} matches no pool", quoted(selector));
        return Err(Refusal::new(what)
            .why(match all.as_slice() {
                [] => "the Installation has no pools".to_owned(),
                all => format!("the pools are {}", list(pools, all)),
            })
            .fix("choose by the name or the CIDR of a pool that is there"));
    }
    Ok(done)
}

fn selects(selector: &str, pool: &PoolView) -> bool {
    let by_name = pool.effective.name.as_deref() == Some(selector);
    let by_text = pool.written.cidr.as_deref() == Some(selector);
    let network = selector.parse::<Cidr>().ok();
    by_name || by_text || network.is_some() && pool.effective.network() == network.as_ref()
}

/// The family that its CIDR tells, or else its block size.
fn family_of(pool: &PoolView) -> Option<Family> {
    pool.effective.family().or_else(|| {
        let size = pool.written.block_size?.to_string();
        size.parse::<BlockSize>().ok().map(BlockSize::family)
    })
}

/// Pools for Services of type LoadBalancer never match by family: nobody means them by "the
/// IPv4 pool".
fn is_for_services(pool: &PoolView) -> bool {
    pool.effective.is_for_load_balancers()
}

fn list(pools: &[PoolView], indexes: &[usize]) -> String {
    let describe = |index: &usize| {
        let pool = pools.get(*index)?;
        let cidr = pool.written.cidr.as_deref().unwrap_or("no cidr");
        let name = pool.effective.name.as_deref();
        Some(match name {
            Some(name) => format!("#{} {} ({})", index + 1, printable(cidr), printable(name)),
            None => format!("#{} {}", index + 1, printable(cidr)),
        })
    };
    let pools: Vec<String> = indexes.iter().filter_map(describe).collect();
    pools.join(", ")
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

fn no_pool_for_every(pools: &[PoolView], wanted: &Wanted) -> Refusal {
    let encapsulation = wanted.every.map(|e| e.to_string()).unwrap_or_default();
    let all: Vec<usize> = (0..pools.len()).collect();
    let what = format!("there is no pool to set encapsulation {encapsulation} in");
    Refusal::new(what)
        .why(match all.as_slice() {
            [] => "the Installation has no pools, and a new pool needs a cidr".to_owned(),
            all => format!(
                "pools for LoadBalancer are left alone unless --pool names them; there is {}",
                list(pools, all)
            ),
        })
        .fix("give a --cidr as well, or choose with --pool")
}

#[cfg(test)]
mod tests {
    use super::*;
    use calico_core::defaults::Effective;
    use calico_core::installation::Installation;
    use calico_core::operator::OperatorVersion;

    fn plan_for(pools: &str, wanted: &Wanted) -> Result<Vec<PoolPlan>, Refusal> {
        let document = format!("spec: {{calicoNetwork: {{ipPools: {pools}}}}}");
        let written = Installation::read(&serde_yaml::from_str(&document).unwrap());
        let effective = Effective::of(&written, OperatorVersion::NEWEST);
        let pools = written.pools.unwrap_or_default();
        let views: Vec<PoolView> = pools
            .iter()
            .zip(&effective.pools)
            .map(|(written, effective)| PoolView { written, effective })
            .collect();
        plan(&views, wanted)
    }

    fn cidr(text: &str) -> Wanted {
        let cidr: Cidr = text.parse().unwrap();
        let mut wanted = Wanted::default();
        wanted.family_mut(cidr.family()).cidr = Some(cidr);
        wanted
    }

    #[test]
    fn one_pool_of_the_family_is_the_one() {
        let plans = plan_for(
            "[{cidr: 10.0.0.0/16}, {cidr: 'fd00::/64'}]",
            &cidr("fd01::/64"),
        );
        let plans = plans.unwrap();
        assert_eq!(
            (plans.len(), plans[0].index, plans[0].is_new),
            (1, 1, false)
        );
        assert_eq!(plans[0].fields[0].old.as_deref(), Some("fd00::/64"));
    }

    #[test]
    fn no_pool_of_the_family_makes_one_behind_the_others() {
        let plans = plan_for("[{cidr: 10.0.0.0/16}]", &cidr("fd01::/64")).unwrap();
        assert_eq!((plans[0].index, plans[0].is_new), (1, true));
    }

    #[test]
    fn several_pools_need_a_choice() {
        let pools = "[{cidr: 10.0.0.0/16, name: a}, {cidr: 10.1.0.0/16, name: b}]";
        assert!(plan_for(pools, &cidr("10.9.0.0/16")).is_err());
        // Unless one of them has the CIDR already.
        assert_eq!(plan_for(pools, &cidr("10.1.0.0/16")).unwrap()[0].index, 1);
        for choice in ["b", "10.1.0.0/16", "10.001.0.0/16"] {
            let mut wanted = cidr("10.9.0.0/16");
            wanted.pools = vec![choice.to_owned()];
            let index = plan_for(pools, &wanted).map(|plans| plans[0].index);
            assert_eq!(
                index.ok(),
                (choice != "10.001.0.0/16").then_some(1),
                "{choice}"
            );
        }
    }

    #[test]
    fn a_choice_that_an_earlier_run_replaced_changes_nothing() {
        let mut wanted = cidr("10.9.0.0/16");
        wanted.pools = vec!["10.0.0.0/16".to_owned()];
        let plans = plan_for("[{cidr: 10.9.0.0/16}, {cidr: 10.1.0.0/16}]", &wanted).unwrap();
        assert_eq!(plans[0].index, 0);
        assert!(plans[0].fields.iter().all(|field| field.new.is_none()));
    }

    #[test]
    fn pools_for_services_are_not_meant_by_a_family() {
        let services = "[{cidr: 10.0.0.0/16, allowedUses: [LoadBalancer]}]";
        assert!(plan_for(services, &cidr("10.9.0.0/16")).unwrap()[0].is_new);
    }

    #[test]
    fn a_pool_without_a_cidr_is_not_passed_over() {
        assert!(plan_for("[{name: a}]", &cidr("10.9.0.0/16")).is_err());
        assert_eq!(
            plan_for("[{blockSize: 26}]", &cidr("10.9.0.0/16")).unwrap()[0].index,
            0
        );
        let mut wanted = cidr("10.9.0.0/16");
        wanted.pools = vec!["a".to_owned()];
        assert_eq!(plan_for("[{name: a}]", &wanted).unwrap()[0].index, 0);
    }

    #[test]
    fn an_equal_cidr_keeps_its_spelling() {
        let plans = plan_for("[{cidr: 'fd00:0::/64'}]", &cidr("fd00::/64")).unwrap();
        assert_eq!(plans[0].fields[0].new, None);
    }
}
