//! A Worker with one route for each thing that a Worker can do, and for each way to fail.

mod chat;
mod counter;
mod failures;
mod kv_routes;
mod object_routes;
mod request_routes;
mod stream_routes;

use std::cell::Cell;

use worker::{
    event, Context, Env, Request, Response, Result, RouteContext, Router, ScheduleContext,
    ScheduledEvent,
};

/// What a route gets besides the request: the environment, and the context of the event.
pub type Route = RouteContext<Context>;

thread_local! {
    static STARTED: Cell<bool> = const { Cell::new(false) };
    static HITS: Cell<u32> = const { Cell::new(0) };
}

#[event(start)]
fn start() {
    STARTED.set(true);
}

#[event(fetch, respond_with_errors)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    HITS.set(HITS.get() + 1);
    let router = Router::with_data(context)
        .get("/", |_, _| Response::ok("shop"))
        .get("/hits", |_, _| Response::ok(HITS.get().to_string()))
        .get("/started", |_, _| Response::ok(STARTED.get().to_string()));
    let router = request_routes::add(router);
    let router = stream_routes::add(router);
    let router = kv_routes::add(router);
    let router = object_routes::add(router);
    let router = chat::add(router);
    failures::add(router).run(request, env).await
}

/// Keeps in KV which cron ran, first at once and then, through waitUntil, once more.
#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, context: ScheduleContext) {
    let cron = event.cron();
    let at = format!("{} at {}", cron, event.schedule());
    put(&env, "cron", at).await;
    context.wait_until(async move { put(&env, "cron-later", cron).await });
}

async fn put(env: &Env, key: &str, value: String) {
    let store = env.kv("STORE").expect("the binding STORE");
    let options = store.put(key, value).expect("a value that KV takes");
    options.execute().await.expect("KV keeps the value");
}
