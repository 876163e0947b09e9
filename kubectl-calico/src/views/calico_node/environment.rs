//! The environment of calico-node.

use k8s_openapi::api::core::v1::{ConfigMap, EnvVar};

use super::CalicoNode;
use crate::snapshot::resources::{CALICO_CONFIG, MANIFEST_SERVICES_ENDPOINT};
use crate::snapshot::trim::keep;
use crate::snapshot::{Gap, ObjectRef, Provenance, Reading};

/// The ConfigMap with the address of the API server that needs no Services.
pub const SERVICES_ENDPOINT: &str = "kubernetes-services-endpoint";

/// A variable of calico-node's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable<'a> {
    /// The value, which may come from a ConfigMap.
    Set(&'a str),
    /// The variable is not set.
    Unset,
    /// The variable comes from something that was not read.
    Unknown(Gap),
}

impl<'a> CalicoNode<'a> {
    /// A variable of calico-node's environment.
    pub fn env(&self, variable: &str) -> Provenance {
        self.at(format!("env {variable}"))
    }

    /// Where the value of a variable is written: in the environment, or in a ConfigMap.
    pub fn written(&self, variable: &str) -> Provenance {
        let mut taken = self.taken_from_config_maps().into_iter();
        let taken = taken.find(|(name, _)| *name == variable);
        taken.map_or_else(|| self.env(variable), |(_, from)| from)
    }

    /// The variables that are entries of a ConfigMap, with that entry.
    pub fn taken_from_config_maps(&self) -> Vec<(&'a str, Provenance)> {
        let environment = self.container().and_then(|it| it.env.as_ref());
        let variables = environment.into_iter().flatten().filter_map(|variable| {
            let from = variable.value_from.as_ref()?.config_map_key_ref.as_ref()?;
            let namespace = self.set.metadata.namespace.as_deref().unwrap_or_default();
            let config = ObjectRef::in_namespace("ConfigMap", namespace, &from.name);
            let key = Provenance::new(config, format!("data.{}", from.key));
            Some((variable.name.as_str(), key))
        });
        variables.collect()
    }

    /// A variable of calico-node's environment.
    pub fn variable(&self, name: &str) -> Variable<'a> {
        let environment = self
            .container()
            .and_then(|container| container.env.as_ref());
        let variable = environment
            .into_iter()
            .flatten()
            .find(|variable| variable.name == name);
        match variable {
            None => self.by_config_map(name),
            Some(variable) => self.resolve(variable),
        }
    }

    /// A variable that comes from a whole ConfigMap.
    fn by_config_map(&self, name: &str) -> Variable<'a> {
        let is_kept = keep::keeps(MANIFEST_SERVICES_ENDPOINT.fields, &["data", name]);
        if !is_kept || !self.takes_services_endpoint() {
            return Variable::Unset;
        }
        let config = &self.snapshot.manifest_services_endpoint;
        match (config.read(), config.failure()) {
            (Some(config), _) => entry(config, name).map_or(Variable::Unset, Variable::Set),
            (None, Some(why)) => Variable::Unknown(why.into()),
            (None, None) => Variable::Unset,
        }
    }

    /// The value of a variable, if it is known and not empty.
    pub fn value(&self, name: &str) -> Option<&'a str> {
        match self.variable(name) {
            Variable::Set(value) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// Whether a variable is an entry of the manifest's ConfigMap.
    pub fn takes_from_config(&self, name: &str) -> bool {
        let environment = self.container().and_then(|it| it.env.as_ref());
        let variable = environment.into_iter().flatten().find(|it| it.name == name);
        let from = variable.and_then(|it| it.value_from.as_ref());
        let from = from.and_then(|from| from.config_map_key_ref.as_ref());
        from.is_some_and(|from| from.name == self.config().1)
    }

    /// Whether it takes every entry of the ConfigMap with the address of the API server, if that exists.
    pub fn takes_services_endpoint(&self) -> bool {
        let from = self.container().and_then(|it| it.env_from.as_ref());
        let mut maps = from
            .into_iter()
            .flatten()
            .filter_map(|it| it.config_map_ref.as_ref());
        maps.any(|map| map.name == SERVICES_ENDPOINT)
    }

    fn resolve(&self, variable: &'a EnvVar) -> Variable<'a> {
        if let Some(value) = &variable.value {
            return Variable::Set(value);
        }
        let from = variable.value_from.as_ref();
        let Some(key) = from.and_then(|from| from.config_map_key_ref.as_ref()) else {
            return Variable::Unset;
        };
        let config = match key.name.as_str() {
            "calico-config" => &self.snapshot.calico_config,
            "canal-config" => &self.snapshot.canal_config,
            "rke2-canal-config" => &self.snapshot.rke2_canal_config,
            other => {
                return Variable::Unknown(Gap::Other(format!("ConfigMap {other} is not read")));
            }
        };
        match config {
            Reading::Read(config) => match entry(config, &key.key) {
                Some(value) => Variable::Set(value),
                None if !keep::keeps(CALICO_CONFIG.fields, &["data", &key.key]) => {
                    let (name, key) = (&key.name, &key.key);
                    Variable::Unknown(Gap::Other(format!("{key} of ConfigMap {name} is not read")))
                }
                None => Variable::Unset,
            },
            Reading::Absent(_) => Variable::Unset,
            Reading::Unknown(why) => Variable::Unknown(why.clone().into()),
        }
    }
}

/// An entry of a ConfigMap.
pub fn entry<'a>(config: &'a ConfigMap, key: &str) -> Option<&'a str> {
    config.data.as_ref()?.get(key).map(String::as_str)
}
