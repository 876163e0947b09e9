//! Lists, page by page: no more than one page of each is ever held as text.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::cluster::Cluster;
use crate::connect::RequestError;

/// Objects a page. A node with fifty images is 15 KB of JSON, so a page stays below 4 MB.
const LIMIT: usize = 250;

/// The most pages of a list: ten times what the largest clusters have. A list that is longer has no end.
const PAGES: usize = 4000;

/// How often a list that the server has forgotten the beginning of is begun anew.
const RESTARTS: usize = 3;

#[derive(Deserialize)]
struct Page<T> {
    #[serde(default)]
    metadata: PageMeta,
    items: Option<Vec<T>>,
}

#[derive(Default, Deserialize)]
struct PageMeta {
    #[serde(default, rename = "continue")]
    token: String,
}

/// Every object of a list, each reduced to a `T` as its page arrives.
///
/// Where the state that the list began with is gone (410), it goes on from a newer one if the
/// server offers that, so that an object which changed in between is seen in either state; else
/// it begins anew. Source: kubernetes/apimachinery, `NewResourceExpired`, "inconsistent continue".
pub(super) async fn list<T: DeserializeOwned>(
    cluster: &Cluster,
    path: &str,
    query: &str,
) -> Result<Vec<T>, RequestError> {
    let mut objects = Vec::new();
    let mut token = String::new();
    let mut restarts = 0;
    let mut pages = 0;
    loop {
        match cluster.get(&page(path, query, &token)).await {
            Ok(answer) => {
                let page: Page<T> = answer.json()?;
                objects.extend(page.items.unwrap_or_default());
                // A token that leads to itself would never end.
                if page.metadata.token.is_empty() || page.metadata.token == token {
                    return Ok(objects);
                }
                token = page.metadata.token;
                pages += 1;
                if pages == PAGES {
                    return Err(RequestError::NotKubernetes {
                        request: answer.request,
                        what: format!("goes on after {PAGES} pages"),
                    });
                }
            }
            Err(RequestError::Gone { continue_token, .. }) if restarts < RESTARTS => {
                restarts += 1;
                token = continue_token.unwrap_or_default();
                if token.is_empty() {
                    objects.clear();
                }
            }
            Err(error) => return Err(error),
        }
    }
}

fn page(path: &str, query: &str, token: &str) -> String {
    let mut page = format!("{path}?limit={LIMIT}");
    if !query.is_empty() {
        page.push('&');
        page.push_str(query);
    }
    if !token.is_empty() {
        page.push_str("&continue=");
        page.extend(utf8_percent_encode(token, NON_ALPHANUMERIC));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_page() {
        assert_eq!(page("/api/v1/nodes", "", ""), "/api/v1/nodes?limit=250");
        assert_eq!(
            page("/api/v1/pods", "labelSelector=a%3Db", "x+/=é"),
            "/api/v1/pods?limit=250&labelSelector=a%3Db&continue=x%2B%2F%3D%C3%A9"
        );
    }
}
