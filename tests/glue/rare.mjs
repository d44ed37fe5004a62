// Calls what `rare` exports, and prints what came of it as JSON: `node rare.mjs GLUE.js`.

import { createRequire } from "node:module";
import { resolve } from "node:path";

const seen = [];
const show = (value) => typeof value === "bigint" ? `${value}n` : ArrayBuffer.isView(value)
    ? [value.constructor.name, ...[...value].map(show)] : Array.isArray(value) ? value.map(show)
    : typeof value === "function" ? "function" : value === undefined ? "undefined"
    : value?.__wbg_ptr !== undefined ? value.constructor.name : value;

const host = {
    VERSION: "v2",
    run_plain: (callback) => callback(1),
    run_changing: (callback) => callback(2) + callback(3),
    join_all: (...parts) => parts.join("-"),
    sum: (first, ...rest) => rest.reduce((a, b) => a + b, first),
};
globalThis.host = new Proxy(host, {
    get: (target, name) => target[name] ?? ((...values) => void seen.push([name, ...values.map(show)])),
});
const rare = createRequire(import.meta.url)(resolve(process.argv[2]));

const value = { name: "value" };
const calls = () => ({
    show_slices: [value], count_values: ["a", value, null, 7], spread: [[value, "x", undefined]],
    join_texts: ["one", "é", ""], keep_bytes: [], keep_texts: [], lend_closures: [],
    show_interned: ["kept"], interned: ["kept", true], clamped_sum: [new Uint8ClampedArray([1, 300])],
    maybe_nodes: [2], results: [0], level_result: [1], style_text: ["a-b"], ask: [],
    type: ["four", [1, 2]], borrowed_node: [null, new rare.Node(5, "text")],
});

function outcome(name, values) {
    try {
        return show(rare[name](...values));
    } catch (error) {
        return `${error?.name}: ${error?.message}`;
    }
}

const found = {};
// Often enough that slots are given up, and used again.
for (let round = 0; round < 50; round++) {
    for (const [name, values] of Object.entries(calls())) {
        const now = JSON.stringify([outcome(name, values), seen.splice(0)]);
        found[name] ??= now;
        if (found[name] !== now) found[`${name}, round ${round}`] = now;
    }
}
console.log(JSON.stringify(found));
