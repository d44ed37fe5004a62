//! A Durable Object: a count in memory, in storage, in SQL, an alarm, and sockets that hibernate.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_channel::mpsc::{self, UnboundedReceiver, UnboundedSender};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use worker::durable::ListOptions;
use worker::{
    durable_object, Delay, DurableObject, Env, Error, Request, Response, Result, SqlStorageValue,
    State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
};

use crate::failures::{fail, hang};
use crate::request_routes::{number, query};
use crate::stream_routes;

#[durable_object]
pub struct Counter {
    state: State,
    env: Env,
    /// How many requests came since the object was made: lost when it is made anew.
    unstored_count: AssertUnwindSafe<Cell<u32>>,
    /// Requests that other requests tell what they counted.
    followers: AssertUnwindSafe<RefCell<Vec<UnboundedSender<u32>>>>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    id: u32,
    text: String,
    length: f64,
}

#[derive(Serialize, Deserialize)]
struct Kinds {
    text: String,
    truth: bool,
    whole: i32,
    large: u64,
    real: f64,
    bytes: Vec<u8>,
    list: Vec<Option<f64>>,
    map: BTreeMap<String, u32>,
    nothing: Option<u32>,
    pair: (u32, String),
    choice: Choice,
}

#[derive(Serialize, Deserialize)]
enum Choice {
    First,
    Second { with: u32 },
}

impl DurableObject for Counter {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            unstored_count: AssertUnwindSafe(Cell::new(0)),
            followers: AssertUnwindSafe(RefCell::default()),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        self.unstored_count.set(self.unstored_count.get() + 1);
        let path = request.path();
        match path.rsplit('/').next().unwrap_or_default() {
            "inc" => self.increment().await,
            "next" => self.next().await,
            "follow" => self.follow(&request),
            "get" => text(self.count("count").await?),
            "mem" => Response::ok(format!("unstored_count: {}", self.unstored_count.get())),
            "id" => Response::ok(format!("{} {:?}", self.state.id(), self.state.id().name())),
            "put" => self.put(&request).await,
            "read" => self.read(&request).await,
            "delete" => self.delete(&request).await,
            "values" => self.values().await,
            "list" => self.list(&request).await,
            "tx" => self.transact(&request).await,
            "sql" => self.insert(&request),
            "rows" => self.rows(),
            "exec" => self.execute(&request),
            "alarm" => self.set_alarm(&request).await,
            "alarmed" => self.alarmed().await,
            "wipe" => self.wipe().await,
            "later" => self.later(),
            "length" => stream_routes::count(request).await,
            "stream" => stream_routes::chunks(&request),
            "sleep" => self.sleep(&request).await,
            "block" => self.block(&request).await,
            "put-then" => self.put_then(&request).await,
            "call" => self.call(&request).await,
            "ws" => self.open(&request),
            "sockets" => self.sockets(&request),
            "hang" => hang().await,
            kind => fail(kind),
        }
    }

    /// Counts itself, or panics as often as it was told to.
    async fn alarm(&self) -> Result<Response> {
        let tries = self.add("alarm-tries", 1).await?;
        let failures = self.count("alarm-failures").await?;
        if failures > 0 {
            self.state.storage().put("alarm-failures", failures - 1).await?;
            self.state.storage().sync().await?;
            panic!("alarm try {tries} panics");
        }
        self.add("alarmed", 1).await?;
        Response::ok("alarmed")
    }

    /// Answers with the socket's attachment and what was said; `close` and failures do as named.
    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        self.unstored_count.set(self.unstored_count.get() + 1);
        let name: Option<String> = socket.deserialize_attachment()?;
        let name = name.unwrap_or_default();
        match message {
            WebSocketIncomingMessage::Binary(bytes) => socket.send_with_bytes(bytes),
            WebSocketIncomingMessage::String(said) => match said.as_str() {
                "close" => socket.close(Some(4001), Some("as asked")),
                "inc" => {
                    let count = self.add("count", 1).await?;
                    socket.send_with_str(format!("{name}: count {count}"))
                }
                "mem" => {
                    let count = self.unstored_count.get();
                    socket.send_with_str(format!("{name}: unstored_count {count}"))
                }
                "all" => self
                    .state
                    .get_websockets()
                    .iter()
                    .try_for_each(|each| each.send_with_str(format!("{name} to all"))),
                "panic" | "abort" => fail(&said),
                _ => socket.send_with_str(format!("{name}: {said}")),
            },
        }
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        code: usize,
        reason: String,
        was_clean: bool,
    ) -> Result<()> {
        let said = format!("{code} {reason:?} {was_clean}");
        self.state.storage().put("closed", said).await?;
        if code != 1005 && code != 1006 {
            socket.close(Some(1000), Some("goodbye"))?;
        }
        Ok(())
    }

    async fn websocket_error(&self, _: WebSocket, error: Error) -> Result<()> {
        self.state.storage().put("closed", error.to_string()).await
    }
}

impl Counter {
    async fn count(&self, key: &str) -> Result<u32> {
        Ok(self.state.storage().get(key).await?.unwrap_or(0))
    }

    async fn add(&self, key: &str, by: u32) -> Result<u32> {
        let count = self.count(key).await? + by;
        self.state.storage().put(key, count).await?;
        Ok(count)
    }

    /// Keeps `value` under `key`, or `size` times the letter x.
    async fn put(&self, request: &Request) -> Result<Response> {
        let key = query(request, "key").unwrap_or_default();
        let size = number(request, "size", 0) as usize;
        let value = query(request, "value").unwrap_or_else(|| "x".repeat(size));
        self.state.storage().put(&key, value).await?;
        Response::ok("kept")
    }

    async fn read(&self, request: &Request) -> Result<Response> {
        let key = query(request, "key").unwrap_or_default();
        let value: Option<serde_json::Value> = self.state.storage().get(&key).await?;
        Response::from_json(&value)
    }

    async fn delete(&self, request: &Request) -> Result<Response> {
        let key = query(request, "key").unwrap_or_default();
        let was_there = self.state.storage().delete(&key).await?;
        Response::ok(was_there.to_string())
    }

    /// Keeps a value of every kind that serde makes, and gives what comes back.
    async fn values(&self) -> Result<Response> {
        let kept = Kinds {
            text: "naïve ☃ 🦀".to_owned(),
            truth: true,
            whole: -7,
            large: 1 << 52,
            real: -0.5,
            bytes: vec![0, 255],
            list: vec![None, Some(1.5)],
            map: BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]),
            nothing: None,
            pair: (1, "two".to_owned()),
            choice: Choice::Second { with: 2 },
        };
        let storage = self.state.storage();
        storage.put("kinds", &kept).await?;
        storage.put_multiple(&kept).await?;
        let back: Option<Kinds> = storage.get("kinds").await?;
        let map: Option<BTreeMap<String, u32>> = storage.get("map").await?;
        let real: Option<f64> = storage.get("real").await?;
        Response::from_json(&(back, map, real))
    }

    /// The keys in order, between `start` and `end`, with `prefix`, in `reverse`, up to `limit`.
    async fn list(&self, request: &Request) -> Result<Response> {
        let (start, end) = (query(request, "start"), query(request, "end"));
        let prefix = query(request, "prefix");
        let mut options = ListOptions::new().reverse(query(request, "reverse").is_some());
        if let Some(key) = start.as_deref() {
            options = options.start(key);
        }
        if let Some(key) = end.as_deref() {
            options = options.end(key);
        }
        if let Some(key) = prefix.as_deref() {
            options = options.prefix(key);
        }
        if query(request, "limit").is_some() {
            options = options.limit(number(request, "limit", 1) as usize);
        }
        let found = self.state.storage().list_with_options(options).await?;
        let mut keys = Vec::new();
        for key in found.keys() {
            keys.extend(key?.as_string());
        }
        Response::ok(keys.join(" "))
    }

    async fn increment(&self) -> Result<Response> {
        let count = self.add("count", 1).await?;
        let mut followers = self.followers.borrow_mut();
        followers.retain(|follower| follower.unbounded_send(count).is_ok());
        text(count)
    }

    /// What is counted from now on.
    fn counts(&self) -> UnboundedReceiver<u32> {
        let (told, counts) = mpsc::unbounded();
        self.followers.borrow_mut().push(told);
        counts
    }

    /// Waits for another request that counts, and gives what it counted: a long poll.
    async fn next(&self) -> Result<Response> {
        let next = self.counts().next().await;
        text(next.ok_or("nobody counts any more")?)
    }

    /// As many `counts` as wanted, each as it comes.
    fn follow(&self, request: &Request) -> Result<Response> {
        let wanted = number(request, "counts", 3) as usize;
        let lines = self
            .counts()
            .take(wanted)
            .map(|count| Ok::<_, Error>(format!("{count}\n").into_bytes()));
        Response::from_stream(lines)
    }

    /// Adds to two counts in one transaction; with `fail`, the second write is never made, with
    /// `rollback` both are taken back, with `hang` it never ends.
    async fn transact(&self, request: &Request) -> Result<Response> {
        let fails = query(request, "fail").is_some();
        let rolls_back = query(request, "rollback").is_some();
        let hangs = query(request, "hang").is_some();
        let storage = self.state.storage();
        let done = storage.transaction(move |transaction| async move {
            let left: u32 = transaction.get("left").await.unwrap_or(0);
            transaction.put("left", left + 1).await?;
            if fails {
                return Err("the transaction fails".into());
            }
            if hangs {
                hang().await?;
            }
            let right: u32 = transaction.get("right").await.unwrap_or(0);
            transaction.put("right", right + 1).await?;
            if rolls_back {
                transaction.rollback()?;
            }
            Ok(())
        });
        let outcome = match done.await {
            Ok(()) => "done".to_owned(),
            Err(error) => error.to_string(),
        };
        let (left, right) = (self.count("left").await?, self.count("right").await?);
        Response::ok(format!("{outcome}: {left} {right}"))
    }

    fn insert(&self, request: &Request) -> Result<Response> {
        let said = query(request, "text").unwrap_or_else(|| "thing".to_owned());
        let sql = self.state.storage().sql();
        sql.exec(
            "CREATE TABLE IF NOT EXISTS things (id INTEGER PRIMARY KEY, text TEXT, length REAL)",
            None,
        )?;
        let bindings = vec![
            SqlStorageValue::from(said.as_str()),
            SqlStorageValue::from(said.len() as f64 / 2.0),
        ];
        let cursor = sql.exec("INSERT INTO things (text, length) VALUES (?, ?)", bindings)?;
        let count: Vec<Vec<SqlStorageValue>> = sql
            .exec("SELECT count(*) FROM things", None)?
            .raw()
            .collect::<Result<_>>()?;
        Response::ok(format!("{:?} {}", count[0][0], cursor.rows_written()))
    }

    fn rows(&self) -> Result<Response> {
        let sql = self.state.storage().sql();
        let cursor = sql.exec("SELECT * FROM things ORDER BY id", None)?;
        let names = cursor.column_names();
        let rows: Vec<Row> = cursor.to_array()?;
        Response::from_json(&serde_json::json!({ "columns": names, "rows": rows }))
    }

    /// Runs the SQL in `q`; gives its columns, its rows, and how many were read and written.
    fn execute(&self, request: &Request) -> Result<Response> {
        let sql = self.state.storage().sql();
        let cursor = sql.exec(&query(request, "q").unwrap_or_default(), None)?;
        let rows: Vec<Vec<SqlStorageValue>> = cursor.raw().collect::<Result<_>>()?;
        let (read, written) = (cursor.rows_read(), cursor.rows_written());
        Response::ok(format!("{:?} {rows:?} {read} {written}", cursor.column_names()))
    }

    /// Answers at once, and counts 20 ms later.
    fn later(&self) -> Result<Response> {
        let storage = self.state.storage();
        self.state.wait_until(async move {
            Delay::from(Duration::from_millis(20)).await;
            storage.put("count", 100).await.expect("storage keeps the count");
        });
        Response::ok("answered")
    }

    /// Sets the alarm `in` so many ms; the first `fail` tries of it panic.
    async fn set_alarm(&self, request: &Request) -> Result<Response> {
        let storage = self.state.storage();
        storage.put("alarm-failures", number(request, "fail", 0) as u32).await?;
        storage
            .set_alarm(Duration::from_millis(number(request, "in", 50)))
            .await?;
        Response::ok(storage.get_alarm().await?.is_some().to_string())
    }

    /// How often the alarm rang, how many tries there were, and whether one is set.
    async fn alarmed(&self) -> Result<Response> {
        let rang = self.count("alarmed").await?;
        let tries = self.count("alarm-tries").await?;
        let set = self.state.storage().get_alarm().await?.is_some();
        Response::ok(format!("{rang} {tries} {set}"))
    }

    async fn wipe(&self) -> Result<Response> {
        self.state.storage().delete_alarm().await?;
        self.state.storage().delete_all().await?;
        Response::ok("wiped")
    }

    async fn sleep(&self, request: &Request) -> Result<Response> {
        Delay::from(Duration::from_millis(number(request, "ms", 20))).await;
        Response::ok(format!("slept, count {}", self.count("count").await?))
    }

    /// Lets nothing else in for so many ms, and adds one at the end of them.
    async fn block(&self, request: &Request) -> Result<Response> {
        let wait = Duration::from_millis(number(request, "ms", 20));
        let storage = self.state.storage();
        let before = self.count("count").await?;
        let blocked = self.state.block_concurrency_while(async move {
            Delay::from(wait).await;
            storage.put("count", before + 1).await?;
            Ok::<u32, Error>(before + 1)
        });
        text(blocked.await?)
    }

    /// Writes a count, and fails in the way that `fail` names before the write is committed.
    async fn put_then(&self, request: &Request) -> Result<Response> {
        let count = self.add("count", 1).await?;
        match query(request, "fail") {
            Some(kind) => fail(&kind),
            None => text(count),
        }
    }

    /// Has the object named by `to` count, and gives what it says.
    async fn call(&self, request: &Request) -> Result<Response> {
        let other = query(request, "to").ok_or("the query has no name in `to`")?;
        let own = self.add("count", 1).await?;
        let stub = self.env.durable_object("COUNTER")?.id_from_name(&other)?.get_stub()?;
        let mut answer = stub.fetch_with_str("http://shop/do/other/inc").await?;
        Response::ok(format!("{own} {}", answer.text().await?))
    }

    /// Opens a socket that may hibernate, tagged with its `name`, which it carries along.
    fn open(&self, request: &Request) -> Result<Response> {
        let name = query(request, "name").unwrap_or_else(|| "guest".to_owned());
        let pair = WebSocketPair::new()?;
        self.state.accept_websocket_with_tags(&pair.server, &[&name]);
        let auto = worker::WebSocketRequestResponsePair::new("ping", "pong")?;
        self.state.set_websocket_auto_response(&auto);
        pair.server.serialize_attachment(&name)?;
        Response::from_websocket(pair.client)
    }

    /// How many sockets are open, and how many of them have the tag.
    fn sockets(&self, request: &Request) -> Result<Response> {
        let all = self.state.get_websockets();
        let tag = query(request, "tag").unwrap_or_default();
        let tagged = self.state.get_websockets_with_tag(&tag);
        let tags: Vec<String> = all.iter().flat_map(|one| self.state.get_tags(one)).collect();
        Response::ok(format!("{} {} {}", all.len(), tagged.len(), tags.join(" ")))
    }
}

fn text(count: u32) -> Result<Response> {
    Response::ok(count.to_string())
}
