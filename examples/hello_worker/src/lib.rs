//! The smallest Rust Worker: every request gets the same answer.

use worker::{event, Context, Env, Request, Response, Result};

#[event(fetch)]
async fn fetch(_: Request, _: Env, _: Context) -> Result<Response> {
    Response::ok("Hello, World!")
}
