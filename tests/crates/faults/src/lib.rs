//! A Worker that fails: `how` says in which way, the route or the name of an object at which place.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::{stream, StreamExt};
use worker::*;

fn q(req: &Request, key: &str) -> Option<String> {
    req.url()
        .ok()?
        .query_pairs()
        .find(|(k, _)| k == key)
        .map(|(_, v)| v.into_owned())
}

struct PanicsInDrop;
impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        panic!("panic in drop");
    }
}

struct Noisy;
impl Drop for Noisy {
    fn drop(&mut self) {
        console_log!("dropped");
    }
}

#[allow(unconditional_recursion)]
#[inline(never)]
fn deep(n: u64) -> u64 {
    let a = [n; 64];
    std::hint::black_box(&a);
    deep(n + 1) + a[(n % 64) as usize]
}

#[derive(Debug)]
struct Payload;

/// Fails as it is told; a way that it does not know is none.
pub fn fail(how: &str) {
    let _noisy = Noisy;
    match how {
        "panic" => panic!("faults panic"),
        "any" => std::panic::panic_any(42u32),
        "any-struct" => std::panic::panic_any(Payload),
        "empty" => panic!(""),
        "long" => panic!("{}", "x".repeat(100_000)),
        "uni" => panic!("caf\u{e9} \u{1F980}\n\u{0}second"),
        "drop" => {
            let _p = PanicsInDrop;
        }
        "drop-twice" => {
            let _p = PanicsInDrop;
            panic!("first");
        }
        "resume" => std::panic::resume_unwind(Box::new("resumed")),
        "index" => {
            let v: Vec<u8> = vec![];
            std::hint::black_box(v[std::hint::black_box(3)]);
        }
        "unwrap" => {
            None::<u8>.unwrap();
        }
        "divide" => {
            std::hint::black_box(1 / std::hint::black_box(0));
        }
        "borrow" => {
            let c = std::cell::RefCell::new(1);
            let _a = c.borrow_mut();
            let _b = c.borrow_mut();
        }
        "throw" => wasm_bindgen::throw_str("thrown by rust"),
        "throw-val" => wasm_bindgen::throw_val(wasm_bindgen::JsValue::from(7)),
        "abort" => trap(),
        "process-abort" => std::process::abort(),
        "exit" => std::process::exit(3),
        "loop" => loop {
            std::hint::black_box(());
        },
        "spin-alloc" => loop {
            std::hint::black_box(vec![0u8; 100]);
        },
        "recurse" => {
            std::hint::black_box(deep(0));
        }
        "oom" => {
            let mut v = vec![];
            loop {
                v.push(vec![1u8; 1 << 20]);
                std::hint::black_box(&v);
            }
        }
        "oom-big" => {
            let mut v = vec![];
            loop {
                v.push(vec![0u8; 1 << 30]);
                std::hint::black_box(&v);
            }
        }
        "capacity" => {
            std::hint::black_box(Vec::<u8>::with_capacity(usize::MAX));
        }
        "wild" => unsafe {
            std::hint::black_box(std::ptr::read_volatile(0xffff_fff0 as *const u32));
        },
        "null-call" => unsafe {
            let f: fn() = std::mem::transmute(0x7fff_ffffusize);
            f()
        },
        "instant" => {
            std::hint::black_box(std::time::Instant::now());
        }
        "thread" => {
            let _ = std::thread::spawn(|| {}).join();
        }
        "microloop" => {
            fn again() {
                js_sys::futures::spawn_local(async { again() });
            }
            again();
        }
        "timers" => {
            for _ in 0..100_000 {
                js_sys::futures::spawn_local(async {
                    Delay::from(Duration::from_secs(3600)).await;
                });
            }
        }
        _ => {}
    }
}

thread_local!(static COUNT: Cell<u32> = const { Cell::new(0) });

#[event(start)]
fn start() {
    console_log!("faults start");
}

#[event(fetch)]
async fn fetch(req: Request, env: Env, ctx: Context) -> Result<Response> {
    let path = req.path();
    let how = q(&req, "how").unwrap_or_default();
    match path.as_str() {
        "/count" => {
            COUNT.set(COUNT.get() + 1);
            Response::ok(COUNT.get().to_string())
        }
        "/now" => {
            fail(&how);
            Response::ok("survived")
        }
        "/after" => {
            Delay::from(Duration::from_millis(10)).await;
            fail(&how);
            Response::ok("survived")
        }
        "/wait" => {
            ctx.wait_until(async move {
                Delay::from(Duration::from_millis(10)).await;
                fail(&how);
            });
            Response::ok("answered")
        }
        "/wait-now" => {
            ctx.wait_until(async move {
                fail(&how);
            });
            Response::ok("answered")
        }
        "/spawn" => {
            js_sys::futures::spawn_local(async move {
                fail(&how);
            });
            Response::ok("answered")
        }
        "/spawn-await" => {
            js_sys::futures::spawn_local(async move {
                fail(&how);
            });
            Delay::from(Duration::from_millis(30)).await;
            Response::ok("answered")
        }
        "/stream" => {
            let s = stream::iter(0..3).then(move |i| {
                let how = how.clone();
                async move {
                    if i == 1 {
                        Delay::from(Duration::from_millis(10)).await;
                    }
                    if i == 2 {
                        fail(&how);
                    }
                    Ok::<_, Error>(vec![b'a' + i as u8; 10])
                }
            });
            Response::from_stream(s)
        }
        "/stream-first" => {
            let s = stream::once(async move {
                fail(&how);
                Ok::<_, Error>(vec![b'a'])
            });
            Response::from_stream(s)
        }
        "/stream-drop" => {
            // dropped when the stream ends or is cancelled
            let p = PanicsInDrop;
            let s = stream::iter(0..3).map(move |_| {
                let _ = &p;
                Ok::<_, Error>(vec![b'd'; 10])
            });
            Response::from_stream(s)
        }
        "/pending" => {
            std::future::pending::<()>().await;
            Response::ok("never")
        }
        "/pending-timer" => {
            js_sys::futures::spawn_local(async {
                Delay::from(Duration::from_millis(100)).await;
            });
            std::future::pending::<()>().await;
            Response::ok("never")
        }
        "/random" => {
            let mut b = [0u8; 32];
            getrandom::fill(&mut b).map_err(|e| e.to_string())?;
            Response::ok((b != [0u8; 32]).to_string())
        }
        "/slow" => {
            Delay::from(Duration::from_millis(100)).await;
            Response::ok("slow")
        }
        "/drop-result" => {
            let _p = AssertUnwindSafe(PanicsInDrop);
            Delay::from(Duration::from_millis(5)).await;
            Response::ok("x")
        }
        "/err" => Err(Error::RustError("plain failure".into())),
        "/err-js" => Err(Error::JsError("js failure".into())),
        "/err-json" => Err(Error::Json(("json failure".into(), 400))),
        "/bad-status" => Ok(Response::ok("x")?.with_status(99)),
        "/body-204" => Ok(Response::ok("x")?.with_status(204)),
        p if p.starts_with("/o/") => {
            let name = p.split('/').nth(2).unwrap().to_owned();
            env.durable_object("OBJ")?
                .get_by_name(&name)?
                .fetch_with_request(req)
                .await
        }
        "/caught" => {
            let stub = env.durable_object("OBJ")?.get_by_name("caught")?;
            let r = stub.fetch_with_str(&format!("http://x/o/caught/do?how={how}")).await;
            let mut again = stub.fetch_with_str("http://x/o/caught/count").await?;
            Response::ok(format!(
                "{:?} then {}",
                r.map(|r| r.status_code()).map_err(|e| e.to_string()),
                again.text().await?
            ))
        }
        _ => Response::error("no route", 404),
    }
}

#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, _env: Env, ctx: ScheduleContext) {
    let cron = event.cron();
    if let Some(how) = cron.strip_prefix("wait ") {
        let how = how.to_owned();
        ctx.wait_until(async move {
            Delay::from(Duration::from_millis(5)).await;
            fail(&how);
        });
        return;
    }
    fail(&cron);
}

/// Fails in its constructor (`ctor-<how>`), in what that blocks others for (`block-<how>`), or when
/// it is asked to.
#[durable_object]
pub struct Obj {
    state: State,
    count: AssertUnwindSafe<Cell<u32>>,
}

impl DurableObject for Obj {
    fn new(state: State, _env: Env) -> Self {
        let name = state.id().name().unwrap_or_default();
        if let Some(how) = name.strip_prefix("ctor-") {
            fail(how);
        }
        if let Some(how) = name.strip_prefix("block-") {
            let how = how.to_owned();
            let _init = state.block_concurrency_while(async move {
                Delay::from(Duration::from_millis(5)).await;
                fail(&how);
                Ok(())
            });
        }
        Self {
            state,
            count: AssertUnwindSafe(Cell::new(0)),
        }
    }
    async fn fetch(&self, req: Request) -> Result<Response> {
        let path = req.path();
        let how = q(&req, "how").unwrap_or_default();
        let s = self.state.storage();
        match path.rsplit('/').next().unwrap() {
            "count" => {
                self.count.set(self.count.get() + 1);
                let n = s.get::<u32>("n").await?.unwrap_or(0);
                Response::ok(format!("{} {n}", self.count.get()))
            }
            "do" => {
                fail(&how);
                Response::ok("survived")
            }
            "write-do" => {
                s.put("n", 1).await?;
                s.sync().await?;
                s.put("n", 2).await?;
                fail(&how);
                Response::ok("survived")
            }
            "after" => {
                Delay::from(Duration::from_millis(10)).await;
                fail(&how);
                Response::ok("survived")
            }
            "wait" => {
                self.state.wait_until(async move {
                    Delay::from(Duration::from_millis(10)).await;
                    fail(&how);
                });
                Response::ok("answered")
            }
            "stream" => {
                let st = stream::iter(0..3).then(move |i| {
                    let how = how.clone();
                    async move {
                        Delay::from(Duration::from_millis(5)).await;
                        if i == 2 {
                            fail(&how);
                        }
                        Ok::<_, Error>(vec![b'a'; 10])
                    }
                });
                Response::from_stream(st)
            }
            "alarm" => {
                s.put("how", how).await?;
                s.put("tries", 0).await?;
                s.set_alarm(Duration::from_millis(10)).await?;
                Response::ok("set")
            }
            "tries" => Response::ok(format!(
                "{:?} {:?}",
                s.get::<u32>("tries").await?,
                s.get_alarm().await?.is_some()
            )),
            "tx" => {
                let r = s
                    .transaction(move |tx| async move {
                        tx.put("n", 9).await?;
                        fail(&how);
                        Ok(())
                    })
                    .await;
                Response::ok(format!("{r:?}"))
            }
            "pending" => {
                std::future::pending::<()>().await;
                Response::ok("never")
            }
            "slow" => {
                Delay::from(Duration::from_millis(100)).await;
                Response::ok("slow")
            }
            _ => Response::error("no", 404),
        }
    }
    async fn alarm(&self) -> Result<Response> {
        let s = self.state.storage();
        let tries = s.get::<u32>("tries").await?.unwrap_or(0) + 1;
        s.put("tries", tries).await?;
        s.sync().await?;
        let how: String = s.get("how").await?.unwrap_or_default();
        if how == "err" {
            return Err("alarm err".into());
        }
        if tries < 3 {
            fail(&how);
        }
        Response::ok("")
    }
}

fn trap() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    std::process::abort()
}
