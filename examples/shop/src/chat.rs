//! A WebSocket that the worker itself answers, an echo; and one that it opens to another server.

use futures_util::StreamExt;
use worker::{
    Error, Request, Response, Result, Router, Url, WebSocket, WebSocketPair, WebsocketEvent,
};

use crate::request_routes::query;
use crate::Route;

pub fn add(router: Router<'_, worker::Context>) -> Router<'_, worker::Context> {
    router.get("/ws", open).get_async("/dial", dial)
}

/// Opens a WebSocket to the address in `url`, says `say`, and gives the first answer and the close.
async fn dial(request: Request, _: Route) -> Result<Response> {
    let target = query(&request, "url").ok_or("the query has no url")?;
    let socket = WebSocket::connect(Url::parse(&target)?).await?;
    let mut events = socket.events()?;
    socket.accept()?;
    socket.send_with_str(query(&request, "say").unwrap_or_default())?;
    let mut heard = Vec::new();
    while let Some(event) = events.next().await {
        match event? {
            WebsocketEvent::Message(message) => {
                heard.push(message.text().unwrap_or_else(|| format!("{:?}", message.bytes())));
                socket.close(Some(1000), Some("done"))?;
            }
            WebsocketEvent::Close(close) => {
                heard.push(format!("{} {}", close.code(), close.reason()));
                break;
            }
        }
    }
    Response::ok(heard.join(", "))
}

/// Opens the socket; the messages `close`, `panic` and `abort` do what they say, others come back.
fn open(_: Request, _: Route) -> Result<Response> {
    let pair = WebSocketPair::new()?;
    let server = pair.server;
    server.accept()?;
    wasm_bindgen_futures::spawn_local(async move {
        if let Err(error) = answer(&server).await {
            worker::console_error!("the socket failed: {error}");
        }
    });
    Response::from_websocket(pair.client)
}

async fn answer(server: &WebSocket) -> Result<()> {
    let mut events = server.events()?;
    while let Some(event) = events.next().await {
        match event? {
            WebsocketEvent::Message(message) => match (message.text(), message.bytes()) {
                (Some(text), _) => answer_text(server, &text)?,
                (_, Some(bytes)) => server.send_with_bytes(bytes)?,
                _ => return Err(Error::from("a message without data")),
            },
            WebsocketEvent::Close(close) => {
                worker::console_log!("closed by the client: {} {}", close.code(), close.reason());
                return server.close(Some(1000), Some("goodbye"));
            }
        }
    }
    Ok(())
}

fn answer_text(server: &WebSocket, text: &str) -> Result<()> {
    match text {
        "close" => server.close(Some(4000), Some("as asked")),
        "panic" | "abort" => crate::failures::fail(text),
        _ => server.send_with_str(text),
    }
}
