// Times the counter under wasm-bindgen's own glue: answers each line "<what> <n>" with seconds.
"use strict";
const readline = require("node:readline");

globalThis.risky = (n) => n * 2;
globalThis.thrower = () => {
  throw new Error("sold out");
};
globalThis.reenter = (n) => n;
globalThis.apply = (f, n) => f(n);
globalThis.apply_mut = (f, n) => f(n);
const counter = require(process.argv[2]);

function swallow(call) {
  try {
    call();
  } catch {
    return;
  }
  throw new Error("nothing was thrown");
}

const acc = new counter.Acc();

const operations = {
  add: () => counter.add(1, 2),
  greet: () => counter.greet("world"),
  method: () => acc.push(1.5),
  host_import: () => counter.call_back(3),
  panic: () => swallow(() => counter.boom()),
  host_throw: () => swallow(() => counter.call_thrower()),
  renewal: () => {
    counter.install_hook(7);
    swallow(() => counter.abort_now());
    if (counter.bump() !== 1) throw new Error("no fresh start");
  },
};

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [what, count] = line.split(" ");
  const operation = operations[what];
  const start = process.hrtime.bigint();
  for (let left = Number(count); left > 0; left--) operation();
  console.log(Number(process.hrtime.bigint() - start) / 1e9);
});
