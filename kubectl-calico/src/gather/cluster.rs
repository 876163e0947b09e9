//! A cluster from its API server.

use std::cell::RefCell;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::pages::list;
use crate::connect::{Answer, RequestError, Server};
use crate::snapshot::resource::{Api, Resource, Select};
use crate::snapshot::{Absence, Origin, Reading, Source, Store, Unknown};

/// A server that answers, and what was asked of it.
pub struct Cluster {
    server: Server,
    kubernetes: Option<String>,
    asked: RefCell<Vec<Asked>>,
}

/// A request that was made, for `--verbose`.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Path and query.
    pub path: String,
    /// How long the answer's text was; `None` where there was none.
    pub bytes: Option<usize>,
    /// How long it took, with all that was tried again.
    pub elapsed: Duration,
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "gitVersion")]
    git_version: String,
}

impl Cluster {
    /// A first request, which every server answers to everybody that it knows: where that fails,
    /// all others would, and once is enough to say so.
    pub async fn reach(server: Server) -> Result<Self, RequestError> {
        let mut cluster = Self {
            server,
            kubernetes: None,
            asked: RefCell::default(),
        };
        match cluster.get("/version").await {
            Ok(answer) => cluster.kubernetes = Some(answer.json::<Version>()?.git_version),
            // Somebody took that permission away too; what can be read is read.
            Err(RequestError::Forbidden { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(cluster)
    }

    /// Every request so far, in the order of their answers.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.borrow().clone()
    }

    pub(super) async fn get(&self, path: &str) -> Result<Answer, RequestError> {
        let started = std::time::Instant::now();
        let answer = self.server.get(path).await;
        self.asked.borrow_mut().push(Asked {
            path: path.to_owned(),
            bytes: answer.as_ref().ok().map(|answer| answer.body.len()),
            elapsed: started.elapsed(),
        });
        answer
    }

    async fn read_from<T: DeserializeOwned>(
        &self,
        api: &Api,
        select: Select,
    ) -> Result<Vec<T>, RequestError> {
        let path = api.path(select);
        match select {
            Select::Named(..) => Ok(vec![self.get(&path).await?.json()?]),
            _ => list(self, &path, &select.query()).await,
        }
    }
}

impl Source for Cluster {
    async fn origin(&self) -> Origin {
        Origin {
            server: Some(self.server.url().to_owned()),
            context: self.server.context().map(str::to_owned),
            kubernetes: self.kubernetes.clone(),
        }
    }

    /// The first API that answers is read. One that is not served, or is forbidden, gives way to
    /// the next: a user of Calico's v3 API need not have rights on the CRDs behind it.
    async fn read<T: DeserializeOwned>(
        &self,
        resource: &'static Resource,
        store: Store,
    ) -> Reading<Vec<T>> {
        let mut reading = Reading::Absent(match resource.select {
            Select::Named(..) => Absence::NotFound,
            _ => Absence::NotServed,
        });
        for api in resource.apis_in_order(store) {
            let unknown = match self.read_from(api, resource.select).await {
                Ok(objects) => return Reading::Read(objects),
                Err(RequestError::NotFound { .. }) => continue,
                Err(RequestError::Forbidden { message, .. }) => Unknown::Forbidden(message),
                Err(error) => Unknown::Failed(error.to_string()),
            };
            if reading.unknown().is_none() {
                reading = Reading::Unknown(unknown);
            }
        }
        reading
    }
}
