//! Lists, read page by page, so that no more than one page of each list is ever held as text.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::connect::{RequestError, Response};

/// Objects per page. A node with fifty images is 15 KB of JSON, so a page stays below 4 MB.
const LIMIT: usize = 250;

/// The most pages of a list: ten times what the largest clusters have. A longer list has no end.
const PAGES: usize = 4000;

/// How often a list is started again after its continue token has expired.
const RESTARTS: usize = 3;

#[derive(Deserialize)]
struct ListPage<T> {
    #[serde(default)]
    metadata: PageMeta,
    items: Option<Vec<T>>,
}

#[derive(Default, Deserialize)]
struct PageMeta {
    #[serde(default, rename = "continue")]
    continue_token: String,
}

/// Every object of a list, each reduced to a `T` as its page arrives. `get` sends a request for a path.
///
/// If the continue token has expired (410), the list goes on from a newer state of the cluster where the
/// server offers that, so that an object which changed in between is read in either state. Otherwise it
/// starts again. Source: kubernetes/apimachinery, `NewResourceExpired`, "inconsistent continue".
pub(super) async fn list<T: DeserializeOwned>(
    get: impl AsyncFn(&str) -> Result<Response, RequestError>,
    path: &str,
    query: &str,
) -> Result<Vec<T>, RequestError> {
    let mut objects = Vec::new();
    let mut token = String::new();
    let mut restarts = 0;
    let mut pages = 0;
    loop {
        match get(&page_path(path, query, &token)).await {
            Ok(response) => {
                let page: ListPage<T> = response.json()?;
                objects.extend(page.items.unwrap_or_default());
                let next = page.metadata.continue_token;
                // A token that leads to itself would never end.
                if next.is_empty() || next == token {
                    return Ok(objects);
                }
                token = next;
                pages += 1;
                if pages == PAGES {
                    return Err(RequestError::NotKubernetes {
                        request: response.request,
                        what: format!("a list of more than {PAGES} pages"),
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

fn page_path(path: &str, query: &str, token: &str) -> String {
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
    fn the_path_of_a_page() {
        assert_eq!(
            page_path("/api/v1/nodes", "", ""),
            "/api/v1/nodes?limit=250"
        );
        assert_eq!(
            page_path("/api/v1/pods", "labelSelector=a%3Db", "x+/=é"),
            "/api/v1/pods?limit=250&labelSelector=a%3Db&continue=x%2B%2F%3D%C3%A9"
        );
    }
}
