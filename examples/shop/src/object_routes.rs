//! The way to a Counter: by its name, by its id as text, or to a new one.

use worker::{Request, Response, Result, Router};

use crate::request_routes::param;
use crate::Route;

pub fn add(router: Router<'_, worker::Context>) -> Router<'_, worker::Context> {
    router
        .on_async("/do/:name/:action", by_name)
        .on_async("/id/:id/:action", by_id)
        .get_async("/unique", unique)
        .get("/id-of/:name", id_of)
}

async fn by_name(request: Request, route: Route) -> Result<Response> {
    let counters = route.durable_object("COUNTER")?;
    let stub = counters.id_from_name(param(&route, "name"))?.get_stub()?;
    stub.fetch_with_request(request).await
}

async fn by_id(request: Request, route: Route) -> Result<Response> {
    let counters = route.durable_object("COUNTER")?;
    let stub = counters.id_from_string(param(&route, "id"))?.get_stub()?;
    stub.fetch_with_request(request).await
}

/// Makes a new object and counts in it; gives its id and whether the id read back is equal.
async fn unique(_: Request, route: Route) -> Result<Response> {
    let counters = route.durable_object("COUNTER")?;
    let id = counters.unique_id()?;
    let equal = counters.id_from_string(&id.to_string())? == id;
    let mut answer = id.get_stub()?.fetch_with_str("http://shop/id/new/inc").await?;
    let count = answer.text().await?;
    Response::ok(format!("{id} {equal} {count}"))
}

fn id_of(_: Request, route: Route) -> Result<Response> {
    let counters = route.durable_object("COUNTER")?;
    Response::ok(counters.id_from_name(param(&route, "name"))?.to_string())
}
