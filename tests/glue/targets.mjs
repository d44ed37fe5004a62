// Uses the glue of `counter` in one target: node targets.mjs FOLDER TARGET
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, target] = process.argv.slice(2);
Object.assign(globalThis, { reenter: (n) => n, risky: (n) => n, thrower() {} });
const url = (name) => new URL(name, pathToFileURL(`${folder}/`)).href;
const rust = await import(url("counter.js"));

const told = (act) => {
    try {
        return act();
    } catch (error) {
        return `${error.name}: ${error.message}`;
    }
};

async function start() {
    if (target !== "web") return [];
    const bytes = readFileSync(`${folder}/counter_bg.wasm`);
    const type = { headers: { "Content-Type": "application/wasm" } };
    const other = await import(url("counter.js?streamed"));
    const streamed = await other.default({ module_or_path: new Response(bytes, type) });
    const third = await import(url("counter.js?module"));
    const compiled = third.initSync({ module: new WebAssembly.Module(bytes) });
    const exports = await rust.default(bytes);
    return [streamed === other.initSync(bytes), compiled.memory !== exports.memory,
        exports === (await rust.default())];
}

const started = await start();
const acc = new rust.Acc();
acc.push(2.5);
const seen = [
    rust.greet("you"),
    acc.total,
    told(() => rust.boom()),
    await rust.slow(3),
    told(() => rust.abort_now()),
    told(() => rust.greet("you")),
];
process.stdout.write(JSON.stringify([seen, started]), () => process.exit(0));
