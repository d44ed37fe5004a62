// Runs scenarios on the glue that wasm-bindgen's CLI wrote, and prints what was observed as JSON.
//
//     node record.mjs GLUE_DIRECTORY SCENARIOS.json CRATE
//
// Each scenario gets a fresh copy of the glue. An observation is ["value", v], ["raised", facts],
// ["pending"], ["log", text] or ["uncaught", facts], in the order in which they happened.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const [directory, scenarioFile, crate] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const PATIENCE_MS = 100;

let run = null;

function main(scenarios) {
    process.on("uncaughtException", (error) => run.seen.push(["uncaught", facts(error)]));
    process.on("unhandledRejection", (error) => run.seen.push(["uncaught", facts(error)]));
    // Without it the glue leaves collected objects alone: when a collection runs is no observation.
    delete globalThis.FinalizationRegistry;
    for (const name of ["log", "error"]) {
        console[name] = (...texts) => run.seen.push(["log", texts.join(" ")]);
    }
    return recordAll(scenarios.filter((one) => one.name && (one.crate ?? "counter") === crate));
}

async function recordAll(scenarios) {
    const recorded = {};
    for (const scenario of scenarios) {
        recorded[scenario.name] = await record(scenario);
    }
    process.stdout.write(JSON.stringify(recorded), () => process.exit(0));
}

async function record(scenario) {
    run = { seen: [], variables: new Map(), exports: null, given: scenario.imports ?? {} };
    installImports(scenario.imports ?? {});
    run.exports = crate === "rows" ? rowsGlue() : freshGlue();
    for (const step of scenario.steps) {
        await observe(step);
        await new Promise((done) => setTimeout(done, 0));
    }
    return run.seen;
}

function freshGlue() {
    for (const path of Object.keys(require.cache)) delete require.cache[path];
    return require(resolve(directory, `${crate}.js`));
}

async function observe(step) {
    try {
        const result = perform(step);
        run.seen.push(step[0] === "await" ? await settled(result) : ["value", encode(result)]);
    } catch (error) {
        run.seen.push(["raised", facts(error)]);
    }
}

async function settled(promise) {
    const late = new Promise((done) => setTimeout(() => done(["pending"]), PATIENCE_MS));
    return Promise.race([promise.then((value) => ["value", encode(value)]), late]);
}

const VERBS = {
    call: (path, ...values) => callPath(path, values),
    await: (path, ...values) => callPath(path, values),
    let: (name, path, ...values) => keep(name, callPath(path, values)),
    new: (name, path, ...values) => keep(name, new (lookUp(path).member)(...values.map(decode))),
    letm: (name, object, method, ...values) => keep(name, callMethod(object, method, values)),
    method: (object, method, ...values) => callMethod(object, method, values),
    get: (object, property) => run.variables.get(object)[property],
    set: (object, property, value) => void (run.variables.get(object)[property] = decode(value)),
    import: (name, behaviour) => void (run.given[name] = behaviour),
    free: (object) => run.variables.get(object).free(),
    invoke: (name, ...values) => run.variables.get(name)(...values.map(decode)),
};

function perform([verb, ...rest]) {
    return VERBS[verb](...rest);
}

function callPath(path, values) {
    const { owner, member } = lookUp(path);
    return member.apply(owner, values.map(decode));
}

function callMethod(object, method, values) {
    return run.variables.get(object)[method](...values.map(decode));
}

function lookUp(path) {
    let owner = undefined;
    let member = run.exports;
    for (const name of path.split(".")) [owner, member] = [member, member[name]];
    return { owner, member };
}

function keep(name, value) {
    run.variables.set(name, value);
    return value;
}

// What a host function does: run steps, then keep its first argument, throw, or return.
function behave(behaviour, values) {
    for (const step of behaviour.steps ?? []) {
        try {
            run.seen.push(["value", encode(perform(step))]);
        } catch (error) {
            run.seen.push(["raised", facts(error)]);
            if (!behaviour.swallow) throw error;
        }
    }
    if (behaviour.keep) keep(behaviour.keep, values[0]);
    if (behaviour.throw) throw new globalThis[behaviour.throw[0]](behaviour.throw[1]);
    if ("throw_value" in behaviour) throw behaviour.throw_value;
    return "return" in behaviour ? behaviour.return : values[0];
}

function installImports(given) {
    const define = (name, usual) => (...values) =>
        name in given ? behave(given[name], values) : usual(...values);
    const same = (value) => value;
    for (const name of ["risky", "reenter"]) globalThis[name] = define(name, same);
    globalThis.thrower = define("thrower", () => undefined);
    for (const name of ["apply", "apply_mut"]) globalThis[name] = define(name, (f, x) => f(x));
    globalThis.raw_hook = define("raw_hook", same);
    globalThis.raw_plain = define("raw_plain", (n, factor) => n * factor);
    globalThis.twice = (n) => 2 * n;
    globalThis.module_twice = (n) => 2 * n;
    globalThis.host = new Proxy({}, { get: (_, name) => define(`host.${name}`, hostFunction(name)) });
}

// One copy serves every scenario of this crate, which has no state.
function rowsGlue() {
    run.exports = require(resolve(directory, `${crate}.js`));
    if (!globalThis.Thing) installRows();
    return run.exports;
}

// The functions of each namespace of the crate `rows`, which the host provides.
function installRows() {
    globalThis.Thing = class Thing { constructor(name) { this.name = name; } };
    const define = (name, usual) => (...values) =>
        name in run.given ? behave(run.given[name], values) : usual(...values);
    const same = (value) => value;
    const see = (...values) => void run.seen.push(["seen", ...values.map(encode)]);
    for (const [name, space] of Object.entries(run.exports)) {
        if (typeof space !== "object") continue;
        globalThis[name] = { pass: same, risk: define(`${name}.risk`, same), see };
    }
    globalThis.modes = new Proxy({}, { get: () => see });
    const change = (view) => {
        run.seen.push(["seen", encode(view)]);
        view[0] = view[2];
        view.fill(view[1], 1, 2);
    };
    globalThis.change = new Proxy({}, { get: () => change });
}

function hostFunction(name) {
    return name === "look" ? (text, numbers) => text.length + numbers.length : (value) => value;
}

function decode(value) {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(decode);
    if ("var" in value) return run.variables.get(value.var);
    if ("undefined" in value) return undefined;
    if ("null" in value) return null;
    if ("number" in value) return Number(value.number);
    if ("bigint" in value) return BigInt(value.bigint);
    if ("point" in value) return new run.exports.Point(value.point);
    if ("thing" in value) return new globalThis.Thing(value.thing);
    if ("js_error" in value) return new globalThis[value.js_error[0]](value.js_error[1]);
    if ("array" in value) return new globalThis[value.array[0]](value.array[1].map(decode));
    return (...values) => behave(value.function, values);
}

function encode(value) {
    if (value === undefined) return null;
    if (value === null && crate === "rows") return { null: true };
    if (typeof value === "bigint") return { bigint: String(value) };
    if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value) };
    if (typeof value === "function") return { function: true };
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(encode);
    if (ArrayBuffer.isView(value)) return { array: [value.constructor.name, Array.from(value, encode)] };
    if (value instanceof Error) return { error: [value.name, value.message] };
    if (crate === "rows" && "x" in value) return { object: value.constructor.name, x: value.x };
    return { object: value.constructor.name };
}

function facts(error) {
    if (error instanceof WebAssembly.Exception) return { class: "WebAssembly.Exception" };
    if (!(error instanceof Error)) return { class: "value", value: encode(error) };
    return { class: error.constructor.name, name: error.name, message: error.message };
}

// A Worker may wait for nothing while its modules are loaded, so it starts this itself.
export const start = () => main(JSON.parse(readFileSync(scenarioFile, "utf8")));

if (!globalThis.startsLater) start();
