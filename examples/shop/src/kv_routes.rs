//! A KV namespace over HTTP.

use serde_json::Value;
use worker::{Request, Response, Result, Router};

use crate::request_routes::{number, param, query};
use crate::Route;

pub fn add(router: Router<'_, worker::Context>) -> Router<'_, worker::Context> {
    router
        .get_async("/kv", list)
        .get_async("/kv/:key", get)
        .get_async("/kv/:key/metadata", metadata)
        .get_async("/kv/:key/bytes", bytes)
        .get_async("/kv/:key/json", json)
        .put_async("/kv/:key", put)
        .delete_async("/kv/:key", delete)
}

async fn list(request: Request, route: Route) -> Result<Response> {
    let mut options = route.kv("STORE")?.list();
    if let Some(prefix) = query(&request, "prefix") {
        options = options.prefix(prefix);
    }
    if let Some(cursor) = query(&request, "cursor") {
        options = options.cursor(cursor);
    }
    if query(&request, "limit").is_some() {
        options = options.limit(number(&request, "limit", 0));
    }
    Response::from_json(&options.execute().await?)
}

async fn get(_: Request, route: Route) -> Result<Response> {
    let store = route.kv("STORE")?;
    match store.get(param(&route, "key")).text().await? {
        Some(text) => Response::ok(text),
        None => Response::error("no such key", 404),
    }
}

async fn metadata(_: Request, route: Route) -> Result<Response> {
    let store = route.kv("STORE")?;
    let pair = store.get(param(&route, "key")).text_with_metadata::<Value>();
    let (text, metadata) = pair.await?;
    Response::from_json(&serde_json::json!({ "value": text, "metadata": metadata }))
}

async fn bytes(_: Request, route: Route) -> Result<Response> {
    let store = route.kv("STORE")?;
    match store.get(param(&route, "key")).bytes().await? {
        Some(bytes) => Response::from_bytes(bytes),
        None => Response::error("no such key", 404),
    }
}

async fn json(_: Request, route: Route) -> Result<Response> {
    let store = route.kv("STORE")?;
    let value = store.get(param(&route, "key")).json::<Value>();
    Response::from_json(&value.await?)
}

/// Keeps the body; `metadata` is any JSON value, `ttl` and `expiration` are in seconds.
async fn put(mut request: Request, route: Route) -> Result<Response> {
    let store = route.kv("STORE")?;
    let value = request.bytes().await?;
    let mut options = store.put_bytes(param(&route, "key"), &value)?;
    if let Some(text) = query(&request, "metadata") {
        options = options.metadata(serde_json::from_str::<Value>(&text)?)?;
    }
    if query(&request, "ttl").is_some() {
        options = options.expiration_ttl(number(&request, "ttl", 0));
    }
    if query(&request, "expiration").is_some() {
        options = options.expiration(number(&request, "expiration", 0));
    }
    options.execute().await?;
    Ok(Response::ok("kept")?.with_status(201))
}

async fn delete(_: Request, route: Route) -> Result<Response> {
    route.kv("STORE")?.delete(param(&route, "key")).await?;
    Response::ok("deleted")
}
