"""The script that runs tests in a JavaScript host: the same for Node and for a page of a browser.

It loads `plan.json` beside it, runs each case in an instance that is fresh after one that ended,
and posts to the server that it came from: `ready` or `broken`, then for each case `start`, perhaps
`memory`, and `end`; at last `done`. Source: `wasm-bindgen-test` src/rt (mod.rs, node.rs,
detect.rs) for what the harness asks of its host.
"""

from __future__ import annotations

from typing import Final

PAGE: Final = """<!doctype html>
<meta charset="utf-8">
<script type="module" src="driver.mjs"></script>
"""

DRIVER: Final = r"""
const base = typeof document === "object" ? new URL("./", location.href).href : process.argv[2];
const { fetch, console } = globalThis;
const METHODS = ["debug", "log", "info", "warn", "error"];
const MAX_MEMORY = 1 << 28;
const post = (path, body) => fetch(`${base}${path}`, { method: "POST", body });
const tell = (path, what) => post(path, JSON.stringify(what));

let glue, exports, dead = true, starts = 0;
let handlers = {}, isRecording = false, standIn, fail = () => {};
let messages, printed, recorded, trap, memory;

const text = (error) => {
    const header = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const stack = typeof error?.stack === "string" ? error.stack : "";
    return stack.includes(header) ? stack : stack ? `${header}\n${stack}` : header;
};
const isFull = (error) => error instanceof RangeError && /call stack/.test(error.message);
const isTrap = (error) => error instanceof WebAssembly.RuntimeError || isFull(error);

// The instance is dead, also where somebody swallowed the trap itself.
function note(error) {
    if (trap) return;
    if (isTrap(error)) trap = error;
    else if (error instanceof Error && error.message === "Module terminated") trap = error.cause;
    if (!trap) return;
    handlers = {};
    // Where nothing unwinds the harness goes on, and frees the text of the panic.
    const { buffer } = exports.memory;
    if (plan.keeps_panics && buffer.byteLength <= MAX_MEMORY) memory = buffer.slice(0);
}

function told(method, values) {
    printed.push([method, values.map(String).join(" ")]);
    if (isRecording) {
        recorded[method] = `${recorded[method] ?? ""}${values.map(String).join(" ")}\n`;
    }
    handlers[method]?.(values);
}

function invoke(poll) {
    if (standIn) throw standIn;
    isRecording = true;
    try {
        poll();
    } catch (error) {
        note(error);
        throw error;
    } finally {
        isRecording = false;
    }
}

function lost(error) {
    note(error);
    if (trap) fail(error);
    else told("error", [text(error)]);
}

function install() {
    for (const method of METHODS) console[method] = (...values) => told(method, values);
    const write = (line) => messages.push(line);
    globalThis.__wbg_test_invoke = invoke;
    globalThis.__wbgtest_og_console_log = globalThis.__wbg_test_output_writeln = write;
    if (typeof document !== "object") {
        process.on("uncaughtException", lost);
        process.on("unhandledRejection", lost);
        return;
    }
    addEventListener("error", (event) => lost(event.error ?? event.message));
    addEventListener("unhandledrejection", (event) => lost(event.reason));
}

async function live() {
    if (!dead) return;
    glue = await import(`./${plan.stem}.js?${starts}`);
    exports = glue.initSync({ module });
    starts++;
    dead = false;
    handlers = {};
    for (const method of METHODS) handlers[method] = glue[`__wbgtest_console_${method}`];
}

// The harness writes as in Node: what it has for pages fails on a value that is no Error.
function makeContext() {
    if (typeof document === "object") globalThis.Deno = {};
    try {
        return new glue.WasmBindgenTestContext(false);
    } finally {
        if (typeof document === "object") delete globalThis.Deno;
    }
}

async function run(one, includesIgnored) {
    [messages, printed, recorded, trap, memory] = [[], [], {}];
    let passed = false, thrown;
    try {
        await live();
        const context = makeContext();
        context.include_ignored(includesIgnored);
        const lostOne = new Promise((_, reject) => (fail = reject));
        const test = (address) => exports[one.export](Number(address));
        passed = await Promise.race([context.run([test]), lostOne]);
        if (!trap) context.free(); // No more of an instance that ended runs.
    } catch (error) {
        note(error);
        thrown = text(error);
    }
    dead = trap !== undefined || thrown !== undefined;
    const ended = trap && text(trap);
    return { passed: Boolean(passed), messages, printed, recorded, thrown, trap: ended };
}

async function runCase(one, number) {
    await tell("start", number);
    const report = await run(one, plan.includes_ignored);
    if (report.trap && plan.keeps_panics) {
        if (memory) await post("memory", memory);
        // What a panic means for the test its harness knows, and the dead one is not asked.
        standIn = new Error("the instance ended");
        report.judged = await run(one, true);
        standIn = undefined;
    }
    await tell("end", { ...report, starts });
}

const plan = await (await fetch(`${base}plan.json`)).json();
let module;
try {
    const file = await fetch(`${base}${plan.stem}_bg.wasm`);
    module = await WebAssembly.compile(await file.arrayBuffer());
    [messages, printed, recorded] = [[], [], {}];
    install();
    await live();
    await tell("ready", null);
} catch (error) {
    await tell("broken", text(error));
    throw error;
}
for (const [number, one] of plan.cases.entries()) await runCase(one, number);
await tell("done", null);
if (typeof document !== "object") process.exit(0);
"""
