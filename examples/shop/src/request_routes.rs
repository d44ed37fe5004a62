//! Requests in, responses out: parameters, bodies, headers, variables, sub-requests, waitUntil.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use worker::{Delay, Fetch, Headers, Request, Response, Result, Router, Url};

use crate::Route;

pub fn add(router: Router<'_, worker::Context>) -> Router<'_, worker::Context> {
    router
        .get("/hello/:name", hello)
        .post_async("/json", json)
        .post_async("/echo", echo)
        .get("/headers", headers)
        .get("/url", url)
        .on("/method", |request, _| Response::ok(request.method().to_string()))
        .get("/status/:code", status)
        .get("/redirect", redirect)
        .get("/empty", |_, _| Ok(Response::empty()?.with_status(204)))
        .get("/error", |_, _| Err("this route gives an error".into()))
        .get("/var/:name", var)
        .get("/object-var", object_var)
        .get_async("/slow", slow)
        .get_async("/sub-request", sub_request)
        .get_async("/service", service)
        .get_async("/later/:key", later)
}

fn hello(_: Request, route: Route) -> Result<Response> {
    Response::ok(format!("Hello, {}!", param(&route, "name")))
}

#[derive(Deserialize)]
struct Order {
    item: String,
    price: f64,
    count: u32,
}

#[derive(Serialize)]
struct Bill {
    item: String,
    count: u32,
    total: f64,
}

async fn json(mut request: Request, _: Route) -> Result<Response> {
    let order: Order = request.json().await?;
    Response::from_json(&Bill {
        total: order.price * f64::from(order.count),
        item: order.item,
        count: order.count,
    })
}

async fn echo(mut request: Request, _: Route) -> Result<Response> {
    let kind = request.headers().get("content-type")?;
    let bytes = request.bytes().await?;
    let response = Response::from_bytes(bytes)?.with_status(201);
    let headers = Headers::new();
    headers.set("content-type", kind.as_deref().unwrap_or("text/plain"))?;
    Ok(response.with_headers(headers))
}

/// The headers of the request that begin with `x-`, and a few of its own in the response.
fn headers(request: Request, _: Route) -> Result<Response> {
    let seen: BTreeMap<_, _> = request.headers().entries().collect();
    let ours: BTreeMap<_, _> = seen.iter().filter(|(name, _)| name.starts_with("x-")).collect();
    let response = Response::from_json(&ours)?;
    response.headers().set("x-shop", "open")?;
    response.headers().append("x-list", "one")?;
    response.headers().append("x-list", "two")?;
    response.headers().append("set-cookie", "basket=1; Path=/")?;
    response.headers().append("set-cookie", "visit=2; Path=/")?;
    Ok(response)
}

/// What the worker sees of its own address, without the host, which each server has its own of.
fn url(request: Request, _: Route) -> Result<Response> {
    let url = request.url()?;
    Response::ok(format!("{} {:?}", url.path(), url.query()))
}

fn status(_: Request, route: Route) -> Result<Response> {
    let code = param(&route, "code").parse().map_err(|_| "no status code")?;
    Ok(Response::ok(format!("status {code}"))?.with_status(code))
}

fn redirect(_: Request, _: Route) -> Result<Response> {
    Response::redirect(Url::parse("http://shop.example/hello/redirect")?)
}

fn var(_: Request, route: Route) -> Result<Response> {
    Response::ok(route.var(param(&route, "name"))?.to_string())
}

#[derive(Serialize, Deserialize)]
struct Opening {
    from: u32,
    to: u32,
    days: Vec<String>,
}

fn object_var(_: Request, route: Route) -> Result<Response> {
    Response::from_json(&route.env.object_var::<Opening>("OPENING")?)
}

async fn slow(request: Request, _: Route) -> Result<Response> {
    let wait = number(&request, "ms", 20);
    Delay::from(Duration::from_millis(wait)).await;
    Response::ok(format!("waited {wait} ms"))
}

/// Fetches the address in `url`; gives its status and its text.
async fn sub_request(request: Request, _: Route) -> Result<Response> {
    let target = query(&request, "url").ok_or("the query has no url")?;
    let mut answer = Fetch::Url(Url::parse(&target)?).send().await?;
    let text = answer.text().await?;
    Response::ok(format!("{}: {text}", answer.status_code()))
}

async fn service(_: Request, route: Route) -> Result<Response> {
    let shop = route.service("SELF")?;
    let mut answer = shop.fetch("http://shop/hello/service", None).await?;
    let text = answer.text().await?;
    Response::ok(format!("{}: {text}", answer.status_code()))
}

/// Answers at once, and writes the key 20 ms later.
async fn later(_: Request, route: Route) -> Result<Response> {
    let key = param(&route, "key").to_owned();
    let store = route.kv("STORE")?;
    route.data.wait_until(async move {
        Delay::from(Duration::from_millis(20)).await;
        let kept = async { store.put(&key, "written later")?.execute().await };
        kept.await.expect("KV keeps the value");
    });
    Response::ok("answered")
}

pub fn param<'route>(route: &'route Route, name: &str) -> &'route str {
    route.param(name).map_or("", String::as_str)
}

pub fn query(request: &Request, name: &str) -> Option<String> {
    let url = request.url().ok()?;
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

pub fn number(request: &Request, name: &str, otherwise: u64) -> u64 {
    query(request, name)
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}
