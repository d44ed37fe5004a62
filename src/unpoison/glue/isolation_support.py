"""Helpers of a Worker's entry module that decide which instance serves an event, or has an object.

Words in capitals stand for what `worker_source.py` puts there.
"""

from __future__ import annotations

SOCKETS = """
// The bindings over an instance, and what closes the sockets of its events when it has ended.
function bound(globals) {
    const servers = new WeakMap(), open = new Set();
    const pairs = new Proxy(WebSocketPair, {
        construct(of, values, as) {
            const pair = Reflect.construct(of, values, as);
            servers.set(pair[0], pair[1]);
            return pair;
        },
    });
    const rust = make({ ReadableStream, ...globals, WebSocketPair: pairs }, () => {
        for (const end of open) end();
        open.clear();
    });
    return { rust, socket: (answer) => heeded(servers.get(answer?.webSocket), open) };
}

function heeded(socket, open) {
    if (socket === undefined) return undefined;
    // What follows a promise runs in the request that made it: only there the socket may be closed.
    const end = new Promise((resolve) => {
        open.add(resolve);
        for (const name of ["close", "error"]) {
            socket.addEventListener(name, () => open.delete(resolve));
        }
    });
    end.then(() => socket.close(1011, "the instance ended")).catch(() => {}); // It was closed.
    return socket;
}
"""
"""Who has a WebSocket of an instance that died hears of it, instead of nothing for ever."""

SHARED = """
const { rust, socket } = bound({});

async function visit(answer) {
    const given = await answer;
    socket(given);
    return given;
}

function objects() {
    return rust;
}
"""
"""One instance for all, as worker-build has it."""

EXCLUSIVE = """
const LEASE = 10_000; // ms: who has an instance for longer keeps it, and the pool makes another

const guests = [guest()];

function objects() {
    return make();
}

function guest() {
    const made = { uses: 0, since: 0, streams: 0 };
    const streams = new Proxy(ReadableStream, {
        construct(of, values, as) {
            made.streams++;
            return Reflect.construct(of, values, as);
        },
    });
    return Object.assign(made, bound({ ReadableStream: streams }));
}

function free() {
    let found = guests.find(({ uses }) => uses === 0);
    if (found === undefined) {
        if (guests.length >= INSTANCES) {
            const late = guests.findIndex(({ since }) => Date.now() - since > LEASE);
            if (late < 0) return undefined;
            guests.splice(late, 1);
        }
        found = guest();
        guests.push(found);
    }
    return Object.assign(found, { uses: 1, since: Date.now(), streams: 0 });
}

async function lend() {
    for (;;) {
        const found = free();
        if (found !== undefined) return found;
        // A timer of its own: a promise of another request would count as a hang.
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}

function keep(guest) {
    let held = true;
    guest.uses++;
    return () => {
        if (held) guest.uses--;
        held = false;
    };
}

function watched(context, guest) {
    return new Proxy(context, {
        get(target, name) {
            const value = Reflect.get(target, name, target);
            if (typeof value !== "function") return value;
            if (name !== "waitUntil") return value.bind(target);
            return (promise) => target.waitUntil(Promise.resolve(promise).finally(keep(guest)));
        },
    });
}

function sent(answer, context, guest) {
    if (!(answer instanceof Response)) return answer;
    if (answer.webSocket) {
        const socket = guest.socket(answer);
        const done = socket && keep(guest);
        for (const name of ["close", "error"]) socket?.addEventListener(name, done);
        return answer;
    }
    if (guest.streams === 0 || answer.body === null) return answer;
    const { readable, writable } = new IdentityTransformStream();
    const piped = answer.body.pipeTo(writable).catch(() => {}); // Who reads it is told.
    context.waitUntil(piped.finally(keep(guest)));
    return new Response(readable, answer);
}

function visit(context, run) {
    const answer = serve(context, run);
    context.waitUntil(answer.catch(() => {})); // It ends, and gives its instance back, in any case.
    return answer;
}

async function serve(context, run) {
    const guest = await lend();
    try {
        return sent(await run(guest.rust, watched(context, guest)), context, guest);
    } finally {
        guest.uses--;
    }
}
"""
"""An instance of a bounded pool for each event, until all of it is done; one for each object."""

LIFE = """
function begin(name, values) {
    const rust = objects();
    let made = rust.$now();
    let object = new rust[name](...values);
    return () => {
        const now = rust.$now();
        if (now !== made) {
            object = new rust[name](...values);
            made = now;
        }
        return object;
    };
}
"""
"""A Durable Object: the one of Rust, made again where its instance has been replaced."""
