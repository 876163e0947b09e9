//! The rows of the table of resources, read from files.

use std::collections::BTreeSet;

use k8s_openapi::jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::super::file_object::FileObject;
use super::super::page;
use super::super::snapshot_header::SnapshotHeader;
use super::Files;

use crate::snapshot::addition::EDITION;
use crate::snapshot::resource::Resource;
use crate::snapshot::resources::{EVENTS, POD_ADDRESSES, POD_LOGS};
use crate::snapshot::select::Select;
use crate::snapshot::{
    Absence, Basis, Event, MessageRequests, Origin, Outlines, Places, PodAddress, PodLog,
    PodMessages, Reading, SnapshotSource, Store, Unknown,
};

impl Files {
    fn of_kind(&self, api_version: &str, kind: &str) -> Vec<&FileObject> {
        self.objects
            .iter()
            .filter(|((object_version, object_kind, ..), _)| {
                object_version == api_version && object_kind == kind
            })
            .map(|(_, object)| object)
            .collect()
    }

    /// The reading of a row without objects. `is_complete` is whether the other objects imply that there
    /// are none in the cluster, as a header also does.
    fn read_none<T>(&self, resource: &Resource, is_complete: bool) -> Reading<Vec<T>> {
        let none = match resource.select {
            Select::Named(..) => Reading::Absent(Absence::NotFound),
            _ => Reading::Read(Vec::new()),
        };
        match &self.header {
            Some(header) => header.missing(resource, none),
            None if is_complete || self.basis().defines(resource) => none,
            None => Reading::Unknown(Unknown::NotGiven),
        }
    }
}

impl SnapshotSource for Files {
    async fn origin(&self) -> Origin {
        let header = self.header.as_ref();
        let mut origin = header.map_or_else(Origin::default, |header| header.origin.clone());
        if origin.kubernetes.is_none() {
            origin.kubernetes.clone_from(&self.kubernetes);
        }
        if origin.cluster.is_none() {
            origin.cluster.clone_from(&self.name);
        }
        origin
    }

    fn basis(&self) -> Basis {
        Files::basis(self)
    }

    fn edition(&self) -> u32 {
        let header = self.header.as_ref();
        header.map_or(EDITION, SnapshotHeader::edition)
    }

    fn time(&self) -> Option<Timestamp> {
        self.header.as_ref()?.time()
    }

    fn places(&self) -> Places {
        let objects = self.objects.values();
        let places = objects.filter_map(|it| Some((it.reference(), it.place.clone()?)));
        Places::of(places.chain(self.rejected.iter().cloned()))
    }

    fn outlines(&self) -> Outlines {
        let objects = self.objects.values();
        let of_proposal = |it: &&FileObject| it.is_applied || self.basis().is_proposal();
        let outlines = objects.filter(of_proposal);
        Outlines::of(outlines.filter_map(|it| Some((it.meta.name.clone(), it.outline.clone()?))))
    }

    async fn read<T: DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> Reading<Vec<T>> {
        if let Some(skipped) = self
            .skipped
            .iter()
            .find(|skipped| skipped.may_hold.includes(resource))
        {
            return Reading::Unknown(Unknown::Failed(skipped.to_string()));
        }
        // What is laid over a snapshot does not make up for what could not be read.
        if let Some(header) = &self.header
            && let Reading::Unknown(why) = header.missing(resource, Reading::Read(()))
        {
            return Reading::Unknown(why);
        }
        let mut is_complete = false;
        // `kubectl get` of both of Calico's groups lists each of its resources twice. Manifests may have
        // some in one group and some in the other.
        let mut selected: Vec<&FileObject> = Vec::new();
        for api in resource.apis_in_order(store) {
            let api_version = api.api_version();
            let objects = self.of_kind(&api_version, resource.kind);
            is_complete |= objects.iter().any(|object| object.implies_all_of(resource));
            let list = (api_version, resource.kind_in(api).to_owned());
            is_complete |= self.empty_lists.contains(&list);
            let key =
                |object: &FileObject| (object.meta.namespace.clone(), object.meta.name.clone());
            let known: BTreeSet<_> = selected.iter().map(|object| key(object)).collect();
            let others = objects.into_iter().filter(|object| {
                object.is_selected_by(resource)
                    && (known.is_empty() || !known.contains(&key(object)))
            });
            selected.extend(others);
        }
        if selected.is_empty() {
            return self.read_none(resource, is_complete);
        }
        let parsed: Result<Vec<T>, String> = selected
            .into_iter()
            .map(|object| page::object(object.value.clone()))
            .collect();
        match parsed {
            Ok(objects) => Reading::Read(objects),
            Err(why) => Reading::Unknown(Unknown::Failed(format!("{} {why}", resource.kind))),
        }
    }

    /// What a snapshot holds: of other files, it is not known whether the pods are all that existed when the
    /// blocks were read.
    async fn pod_addresses(&self, store: Store) -> Reading<Vec<PodAddress>> {
        match &self.header {
            Some(header) if header.pods => self.read(&POD_ADDRESSES, store).await,
            _ => Reading::Unknown(Unknown::NotGiven),
        }
    }

    async fn messages(&self, requests: &MessageRequests) -> PodMessages {
        let mut events = self.read::<Event>(&EVENTS, Store::V1).await;
        if let Reading::Read(events) = &mut events {
            let is_wanted = |event: &Event| {
                let mut sets = requests.daemon_sets.iter();
                requests.events.iter().any(|pod| event.is_about(pod))
                    || sets.any(|set| event.is_about_a("DaemonSet", set))
            };
            events.retain(is_wanted);
        }
        let logs = self.read::<PodLog>(&POD_LOGS, Store::V1).await;
        let is_wanted = |log: &&PodLog| requests.logs.iter().any(|request| log.is_of(request));
        PodMessages {
            events,
            logs: logs.items().iter().filter(is_wanted).cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::apps::v1::Deployment;

    use super::*;
    use crate::gather::input_text::InputText;
    use crate::snapshot::IpPool;
    use crate::snapshot::resources::{IP_POOLS, OPERATORS};

    fn of_a_cluster() -> Files {
        Files {
            basis: Some(Basis::cluster()),
            ..Files::default()
        }
    }

    #[tokio::test]
    async fn an_empty_list_implies_that_there_are_none() {
        let mut files = of_a_cluster();
        let pools = files.read::<IpPool>(&IP_POOLS, Store::V1).await;
        assert_eq!(pools.unknown(), Some(Unknown::NotGiven));
        let list = "{apiVersion: crd.projectcalico.org/v1, kind: IPPoolList, items: []}";
        files.add(&InputText::new("pools.yaml", list)).unwrap();
        let pools = files.read::<IpPool>(&IP_POOLS, Store::V1).await;
        assert!(pools.read().is_some_and(Vec::is_empty));
    }

    #[tokio::test]
    async fn a_list_of_one_namespace_implies_nothing_about_others() {
        let mut files = of_a_cluster();
        let list = "{apiVersion: apps/v1, kind: DeploymentList, items: [{apiVersion: apps/v1, \
                    kind: Deployment, metadata: {name: x, namespace: calico-system}}]}";
        files
            .add(&InputText::new("deployments.yaml", list))
            .unwrap();
        let operators = files.read::<Deployment>(&OPERATORS, Store::V1).await;
        assert_eq!(operators.unknown(), Some(Unknown::NotGiven));
    }
}
