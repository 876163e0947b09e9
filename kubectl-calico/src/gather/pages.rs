//! Lists, read page by page, so that no more than one page of each list is ever held as text.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;

use super::budget::Budget;
use super::continue_token::continue_token;
use super::page::{self, ListPage};
use super::read_error::ReadError;
use crate::connect::{RequestError, Response};
use crate::snapshot::resource::{PAGE, Resource};

/// The maximum number of pages in a list: enough for all objects of a run, with some empty pages.
const PAGES: usize = 1000;

/// How often a list is started again after its continue token has expired.
const RESTARTS: usize = 3;

/// Through how many tasks a request goes before it is on its way, in hyper and above it. With fewer, a page may be
/// parsed before the next one is requested, which only takes longer.
const TASKS: usize = 4;

/// Every object of a list, each reduced to a `T` as its page arrives. `get` sends a request for a path, and `query` selects objects.
/// The next page is requested before a page is parsed, so that the server need not wait.
///
/// If the continue token has expired (410), the list goes on from a newer state of the cluster where the
/// server offers that, so that an object which changed in between is read in either state. Otherwise it
/// starts again. Source: kubernetes/apimachinery, `NewResourceExpired`, "inconsistent continue".
pub(super) async fn list<T: DeserializeOwned>(
    get: impl AsyncFn(&str) -> Result<Response, ReadError>,
    path: &str,
    query: &str,
    resource: &Resource,
    budget: &Budget,
) -> Result<Vec<T>, ReadError> {
    let get_page = async |token: &str| get(&page_path(path, query, token)).await;
    let mut objects = Vec::new();
    let mut token = String::new();
    let mut restarts = 0;
    let mut requested = None;
    for _ in 0..PAGES {
        let response = match requested.take() {
            Some(response) => response,
            None => get_page(&token).await,
        };
        match response {
            Ok(response) => {
                let next = continue_token(&response.body, resource.kind);
                let next = next.filter(|next| *next != token);
                let listed = objects.len();
                let parse = async {
                    for _ in 0..TASKS {
                        tokio::task::yield_now().await;
                    }
                    parsed(response, resource, budget, listed, &token)
                };
                let request = async {
                    Ok(match &next {
                        Some(next) => Some(get_page(next).await),
                        None => None,
                    })
                };
                let (page, after) = tokio::try_join!(parse, request)?;
                objects.extend(page.objects);
                token = page.continue_token;
                if token.is_empty() {
                    return Ok(objects);
                }
                requested = after.filter(|_| next.as_ref() == Some(&token));
            }
            Err(ReadError::Request(RequestError::Gone { continue_token, .. }))
                if restarts < RESTARTS =>
            {
                restarts += 1;
                token = continue_token.unwrap_or_default();
                if token.is_empty() {
                    objects.clear();
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(ReadError::Endless(PAGES))
}

/// A page that follows the one with `token`, after `listed` objects.
fn parsed<T: DeserializeOwned>(
    response: Response,
    resource: &Resource,
    budget: &Budget,
    listed: usize,
    token: &str,
) -> Result<ListPage<T>, ReadError> {
    let page = page::parse(&response.body, resource, budget, listed)
        .map_err(|error| ReadError::unparsed(&response, &error, budget))?;
    if let Some(limit) = page.limit {
        return Err(limit.into());
    }
    check(&page, token).map_err(|what| RequestError::NotKubernetes {
        request: response.request,
        what,
    })?;
    Ok(page)
}

/// What is wrong with a page that follows the one with `token`. Some servers ignore the limit and return
/// the whole list at once (kubernetes/api, meta/v1 `ListOptions`), but not if they continue a list.
fn check<T>(page: &ListPage<T>, token: &str) -> Result<(), String> {
    let next = &page.continue_token;
    if next.is_empty() {
        Ok(())
    } else if next == token {
        Err("a list whose continue token refers to the same page".to_owned())
    } else if page.objects.len() > PAGE {
        Err(format!(
            "a page of {} objects, although {PAGE} were requested",
            page.objects.len()
        ))
    } else {
        Ok(())
    }
}

fn page_path(path: &str, query: &str, token: &str) -> String {
    let mut page = format!("{path}?limit={PAGE}");
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
    use std::cell::RefCell;
    use std::future::pending;

    use super::*;
    use crate::snapshot::IpPool;
    use crate::snapshot::resources::IP_POOLS;

    fn page(pool: &str, token: &str) -> Response {
        let pool = format!(r#"{{"metadata":{{"name":"{pool}"}}}}"#);
        let metadata = format!(r#"{{"continue":"{token}","resourceVersion":"1"}}"#);
        Response::with_body(&format!(r#"{{"items":[{pool}],"metadata":{metadata}}}"#))
    }

    #[tokio::test]
    async fn each_page_is_requested_once() {
        let requests = RefCell::new(Vec::new());
        let get = async |path: &str| {
            requests.borrow_mut().push(path.to_owned());
            Ok(match path.rsplit_once("&continue=") {
                None => page("a", "2"),
                Some((_, "2")) => page("b", "3"),
                Some(_) => page("c", ""),
            })
        };
        let budget = Budget::new(None);
        let pools: Vec<IpPool> = list(get, "/pools", "", &IP_POOLS, &budget).await.unwrap();
        let names: Vec<&str> = pools.iter().map(|it| it.metadata.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        let expected = ["", "&continue=2", "&continue=3"];
        let expected = expected.map(|end| format!("/pools?limit=250{end}"));
        assert_eq!(*requests.borrow(), expected);
    }

    #[tokio::test]
    async fn the_next_page_is_requested_before_a_page_is_parsed() {
        let requests = RefCell::new(0);
        let get = async |path: &str| {
            *requests.borrow_mut() += 1;
            if path.contains("continue") {
                return pending().await;
            }
            let text = r#"{"items":[{"spec":{"cidr":5}}],"metadata":{"continue":"2"}}"#;
            Ok(Response::with_body(text))
        };
        let budget = Budget::new(None);
        let pools = list::<IpPool>(get, "/pools", "", &IP_POOLS, &budget).await;
        assert!(pools.is_err(), "{pools:?}");
        assert_eq!(*requests.borrow(), 2);
    }

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
