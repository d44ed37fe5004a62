//! Bodies in pieces: made slowly, counted, passed through; how many were left half read, and what
//! the signal of a request says of a client that leaves.

use std::cell::Cell;
use std::time::Duration;

use futures_util::{stream, Stream, StreamExt};
use worker::{AbortSignal, Delay, Request, Response, Result, Router};

use crate::request_routes::{number, param};
use crate::Route;

thread_local! {
    static LEFT_EARLY: Cell<u32> = const { Cell::new(0) };
}

pub fn add(router: Router<'_, worker::Context>) -> Router<'_, worker::Context> {
    router
        .get("/stream", |request, _| chunks(&request))
        .post_async("/length", |request, _| count(request))
        .post_async("/pipe", pipe)
        .get("/left-early", |_, _| Response::ok(LEFT_EARLY.get().to_string()))
        .get_async("/signal/:key", watch)
}

/// Counts one when it is dropped before all chunks were made: the client has left.
struct Progress {
    made: u64,
    wanted: u64,
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.made < self.wanted {
            LEFT_EARLY.set(LEFT_EARLY.get() + 1);
        }
    }
}

/// As many `chunks` as wanted, one every so many `ms`.
pub fn chunks(request: &Request) -> Result<Response> {
    let wait = Duration::from_millis(number(request, "ms", 5));
    let wanted = number(request, "chunks", 5);
    Response::from_stream(slowly(Progress { made: 0, wanted }, wait))
}

fn slowly(progress: Progress, wait: Duration) -> impl Stream<Item = Result<Vec<u8>>> {
    stream::unfold(progress, move |mut progress| async move {
        if progress.made == progress.wanted {
            return None;
        }
        Delay::from(wait).await;
        let chunk = format!("chunk {}\n", progress.made);
        progress.made += 1;
        Some((Ok(chunk.into_bytes()), progress))
    })
}

/// Reads the body piece by piece; gives how many bytes there were.
pub async fn count(mut request: Request) -> Result<Response> {
    let mut body = request.stream()?;
    let mut length = 0;
    while let Some(chunk) = body.next().await {
        length += chunk?.len();
    }
    Response::ok(length.to_string())
}

async fn pipe(mut request: Request, _: Route) -> Result<Response> {
    Response::from_stream(request.stream()?)
}

/// Waits for `ms`, then answers; what the request's signal said by then is kept in KV, when the
/// client has left too.
async fn watch(request: Request, route: Route) -> Result<Response> {
    let key = param(&route, "key").to_owned();
    let store = route.kv("STORE")?;
    let signal = AbortSignal::from(request.inner().signal());
    let wait = number(&request, "ms", 20);
    route.data.wait_until(async move {
        let said = said_by(&signal, wait).await;
        let kept = async { store.put(&key, said)?.execute().await };
        kept.await.expect("KV keeps what the signal said");
    });
    Delay::from(Duration::from_millis(wait)).await;
    Response::ok("stayed")
}

/// Asks a signal every 10 ms, for `ms` at most; gives its reason.
async fn said_by(signal: &AbortSignal, ms: u64) -> String {
    for _ in 0..=ms / 10 {
        if let Some(reason) = signal.reason() {
            let error = worker::js_sys::Error::from(reason);
            return format!("{}: {}", error.name(), error.message());
        }
        Delay::from(Duration::from_millis(10)).await;
    }
    "nothing".to_owned()
}
