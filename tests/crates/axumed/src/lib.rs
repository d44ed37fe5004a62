use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use rand::Rng;
use serde::{Deserialize, Serialize};
use tower_service::Service;
use uuid::Uuid;
use worker::{event, send, Context, Delay, Env, HttpRequest, Result};

#[event(fetch)]
async fn fetch(request: HttpRequest, env: Env, _context: Context) -> Result<Response<Body>> {
    Ok(router(env).call(request).await?)
}

fn router(env: Env) -> Router {
    Router::new()
        .route("/hello/{name}", get(hello))
        .route("/json", post(add_one))
        .route("/query", get(query))
        .route("/headers", get(headers))
        .route("/stream", get(stream))
        .route("/sleep", get(sleep))
        .route("/year", get(year))
        .route("/random", get(random))
        .route("/kv/{key}", get(read).put(write))
        .route("/panic", get(panics))
        .with_state(env)
}

async fn hello(Path(name): Path<String>) -> String {
    format!("Hello, {name}!")
}

#[derive(Deserialize, Serialize)]
struct Item {
    name: String,
    count: u32,
}

async fn add_one(Json(item): Json<Item>) -> Json<Item> {
    Json(Item { count: item.count + 1, ..item })
}

#[derive(Deserialize)]
struct Asked {
    a: i32,
    b: Option<String>,
}

async fn query(Query(asked): Query<Asked>) -> String {
    format!("{} {:?}", asked.a, asked.b)
}

async fn headers(given: HeaderMap) -> impl IntoResponse {
    let value = given.get("x-in").map(|value| value.to_str().unwrap().to_owned());
    ([("x-out", value.unwrap_or_default())], "answered")
}

async fn stream() -> Body {
    let parts = (0..3).map(|part| Ok::<_, Infallible>(format!("part {part}\n")));
    Body::from_stream(futures_util::stream::iter(parts))
}

#[send]
async fn sleep() -> &'static str {
    Delay::from(Duration::from_millis(5)).await;
    "slept"
}

async fn year() -> String {
    chrono::Utc::now().format("%Y").to_string()
}

/// Tells of sources of random numbers, which all ask the host.
async fn random() -> String {
    let number: f64 = rand::rng().random();
    let mut bytes = [0; 32];
    getrandom_02::getrandom(&mut bytes).unwrap();
    assert_ne!(bytes, [0; 32]);
    let (four, seven) = (Uuid::new_v4(), Uuid::now_v7());
    format!("{} {} {}", (0.0..1.0).contains(&number), four.get_version_num(), seven.get_version_num())
}

#[send]
async fn read(State(env): State<Env>, Path(key): Path<String>) -> (StatusCode, String) {
    match env.kv("STORE").unwrap().get(&key).text().await.unwrap() {
        Some(value) => (StatusCode::OK, value),
        None => (StatusCode::NOT_FOUND, "nothing".to_owned()),
    }
}

#[send]
async fn write(State(env): State<Env>, Path(key): Path<String>, value: String) -> StatusCode {
    env.kv("STORE").unwrap().put(&key, value).unwrap().execute().await.unwrap();
    StatusCode::CREATED
}

async fn panics() -> &'static str {
    panic!("a handler of axum's panics")
}
