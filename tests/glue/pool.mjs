// The entry module of a Worker with exclusive isolation, over bindings and a clock of ours: what the
// pool does, to the millisecond. node pool.mjs INDEX.js
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const source = {
    "cloudflare:workers": `export class WorkerEntrypoint {
        constructor(ctx, env) { Object.assign(this, { ctx, env }); }
    }`,
    "./index_bg.js": `export function make(globals = globalThis, ended) {
        const self = { number: globalThis.made++, globals, ended };
        return { fetch: (run, env, ctx) => run(self, ctx), $now: () => 0,
            Counter: class { fetch() { return self.number; } } };
    }`,
};
registerHooks({
    resolve: (name, context, next) =>
        name in source ? { url: `made:${name}`, shortCircuit: true } : next(name, context),
    load: (url, context, next) => {
        const text = source[url.replace(/^made:/, "")];
        return text ? { source: text, format: "module", shortCircuit: true } : next(url, context);
    },
});

class Socket extends EventTarget {}
globalThis.WebSocketPair = class {
    0 = new Socket();
    1 = new Socket();
};
globalThis.IdentityTransformStream = TransformStream;

let now = 0;
const timers = [];
const turns = () => new Promise((done) => setImmediate(done));
Date.now = () => now;
globalThis.setTimeout = (run, ms) => void timers.push([now + ms, run]);

// Lets time pass, with every timer that is due in it.
async function pass(ms) {
    await turns();
    for (const end = now + ms; now < end; now++) {
        const due = timers.filter(([at]) => at <= now);
        for (const timer of due) timers.splice(timers.indexOf(timer), 1)[0][1]();
        if (due.length) await turns();
    }
}

let worker, log;

// Begins an event that does `run`, with a context of its own; its instance's number is in the log.
function begin(run) {
    const waited = [];
    const context = { waitUntil: (promise) => void waited.push(promise) };
    const event = async (self, ctx) => {
        log.push(self.number);
        return run(self, ctx);
    };
    return { answer: new worker.default(context, {}).fetch(event), waited };
}

function opened() {
    let open;
    return { wait: new Promise((done) => (open = done)), open: (value) => open(value) };
}

// Begins an event that waits until it is told to end.
function waiting() {
    const { wait, open } = opened();
    return { ...begin(() => wait), end: open };
}

// Whether an event that is begun now is served while `hold` holds, and once it has let go.
async function held(letGo) {
    const seen = log.length;
    begin(() => {});
    await pass(50);
    const before = log.length > seen;
    await letGo();
    await pass(50);
    return [before, log.length > seen];
}

const CASES = {
    async "a full pool has the next events wait, each for who ends first"() {
        const first = waiting(), second = waiting();
        await turns();
        waiting();
        waiting();
        await pass(9_000);
        const full = [...log];
        second.end();
        await pass(50);
        const one = [...log];
        first.end();
        await pass(50);
        return [full, one, [...log]];
    },
    async "who takes more than ten seconds no longer counts"() {
        const late = [waiting(), waiting()];
        await pass(10_000);
        waiting();
        await pass(1);
        const early = [...log];
        await pass(20);
        const grown = [...log];
        late[0].end("the late answer");
        const answer = await late[0].answer;
        late[1].end();
        await turns();
        waiting(); // Has the other late one's instance, which was not given up.
        await pass(50);
        return [early, grown, answer, [...log]];
    },
    async "an event that fails gives its instance back"() {
        const failed = [];
        for (let round = 0; round < 5; round++) {
            await begin(() => Promise.reject(new Error("no"))).answer.catch((e) => failed.push(e.message));
        }
        return [failed.length, [...log]];
    },
    async "what is waited for keeps the instance"() {
        waiting();
        const { wait, open } = opened();
        const event = begin((_, ctx) => (ctx.waitUntil(wait), "answered"));
        const answer = await event.answer;
        const held_ = await held(open);
        return [answer, held_, event.waited.length];
    },
    async "a failed promise that is waited for gives it back"() {
        waiting();
        const { wait, open } = opened();
        const event = begin((_, ctx) => ctx.waitUntil(wait.then(() => Promise.reject(new Error("no")))));
        await event.answer;
        event.waited.map((each) => each.catch(() => {}));
        return held(open);
    },
    async "a body of Rust keeps the instance until it is read"() {
        waiting();
        const body = begin(({ globals: { ReadableStream } }) => {
            const parts = ["one", "two"];
            const pull = (to) => (parts.length ? to.enqueue(new TextEncoder().encode(parts.shift())) : to.close());
            return new Response(new ReadableStream({ pull }));
        });
        const answer = await body.answer;
        let text;
        const seen = await held(async () => (text = await answer.text()));
        return [seen, text];
    },
    async "a body of Rust that nobody reads on keeps it no longer"() {
        waiting();
        let cancelled = false;
        const body = begin(({ globals: { ReadableStream } }) => {
            const pull = (to) => to.enqueue(new Uint8Array(9));
            return new Response(new ReadableStream({ pull, cancel: () => void (cancelled = true) }));
        });
        const answer = await body.answer;
        const seen = await held(() => answer.body.cancel());
        return [seen, cancelled];
    },
    async "another body keeps nothing"() {
        waiting();
        await begin(() => new Response("text")).answer;
        return held(() => {});
    },
    ...Object.fromEntries(["close", "error"].map((end) => [
        `a socket keeps the instance until its ${end}`,
        async () => {
            waiting();
            let socket;
            await begin(({ globals: { WebSocketPair } }) => {
                const pair = new WebSocketPair();
                socket = pair[1];
                return Object.assign(new Response(), { webSocket: pair[0] });
            }).answer;
            return held(() => socket.dispatchEvent(new Event(end)));
        },
    ])),
    async "sockets of an instance that ends are closed, one that was closed is not"() {
        const closed = [];
        const open = ({ ended, globals: { WebSocketPair } }) => {
            const pair = new WebSocketPair();
            const number = pairs.push(pair);
            pair[1].close = (...values) => void closed.push([number, ...values]);
            end = ended;
            return Object.assign(new Response(), { webSocket: pair[0] });
        };
        const pairs = [];
        let end;
        waiting();
        await begin(open).answer;
        pairs[0][1].dispatchEvent(new Event("close"));
        await begin(open).answer;
        end();
        const before = closed.length;
        await turns();
        end();
        await turns();
        return [before, closed];
    },
    async "each object has an instance that no event gets"() {
        const objects = [new worker.Counter({}, {}), new worker.Counter({}, {})];
        waiting();
        waiting();
        await turns();
        return [objects.map((object) => object.fetch()), [...log]];
    },
};

const results = {};
for (const [name, act] of Object.entries(CASES)) {
    log = [];
    timers.length = 0;
    globalThis.made = 0;
    worker = await import(`${pathToFileURL(process.argv[2])}?${encodeURI(name)}`);
    results[name] = await act();
}
process.stdout.write(JSON.stringify(results), () => process.exit(0));
