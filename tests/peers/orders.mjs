// Runs the scripts of orders.py, given on stdin, on the glue of the crate `matrix`; prints the logs.
//
//     node orders.mjs GLUE_DIRECTORY < SCRIPTS.json

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const require = createRequire(import.meta.url);
const path = resolve(process.argv[2], "matrix.js");
let log = [];

globalThis.answer = (kind) => {
    log.push(`answer ${kind}`);
    return chain(kind, kind % 10);
};

function chain(name, length) {
    let promise = Promise.resolve();
    for (let n = 0; n < length; n++) {
        promise = promise.then(() => log.push(`chain ${name} ${n}`));
    }
    return promise;
}

function note(promise, name) {
    promise.then((value) => log.push(`${name} ${value}`));
}

async function run(steps) {
    log = [];
    delete require.cache[path];
    const rust = require(path);
    const resolvers = new Map();
    const perform = {
        task: (n, turns) => note(rust.task(n, turns, 0), "task"),
        yielding: (n, times) => note(rust.yielding(n, times), "yielding"),
        spawn: (turns) => rust.spawn(turns, 0),
        chain,
        ask: (kind) => note(rust.ask(kind).then(() => kind), "ask"),
        wait: (n) => note(rust.wait_for(new Promise((done) => resolvers.set(n, done))), "wait"),
        resolve: (n) => resolvers.get(n)(n),
        bump: () => log.push(`bump ${rust.bump()}`),
    };
    for (const [kind, ...values] of steps) {
        log.push(kind);
        if (kind === "turn") await new Promise((done) => setTimeout(done, 0));
        else perform[kind](...values);
    }
    await new Promise((done) => setTimeout(done, 5));
    log.push(`bump ${rust.bump()}`, `drops ${rust.drops()}`);
    return log;
}

const recorded = {};
for (const [name, steps] of Object.entries(JSON.parse(readFileSync(0)))) {
    recorded[name] = await run(steps);
}
process.stdout.write(JSON.stringify(recorded));
