// Runs the recorder of the peers in a browser, on the `web` target: what it needs of Node is here.
//
// The recorder takes a fresh copy of the glue for each scenario, and at once; so all are loaded first.
import { processFor } from "./recorder_process.mjs";

const { crate, copies } = await (await fetch("page.json")).json();
const bytes = await (await fetch(`${crate}_bg.wasm`)).arrayBuffer();
const module = await WebAssembly.compile(bytes);
const glue = [];
for (let number = 0; number < copies; number++) glue.push(await import(`./${crate}.js?${number}`));

function require() {
    const fresh = glue.pop();
    fresh.initSync({ module });
    return fresh;
}

const scenarios = await (await fetch("scenarios.json")).text();
globalThis.node = {
    createRequire: () => Object.assign(require, { cache: {} }),
    readFileSync: () => scenarios,
    resolve: (_, name) => name,
};
globalThis.process = processFor(crate, (text) => fetch("result", { method: "POST", body: text }));
await import("./record.mjs");
