// Answers each line "<operation> <n>" with seconds: the module under wasm-bindgen's own glue.
// node node.cjs GLUE OPERATIONS: the glue's JavaScript, and a JSON object of the operations' texts.
"use strict";
const readline = require("node:readline");

globalThis.host = (n) => n;
globalThis.host_text = (text) => text;
globalThis.host_fails = () => {
  throw new Error("sold out");
};
const work = require(process.argv[2]);
const texts = JSON.parse(process.argv[3]);
const operations = Object.fromEntries(
  Object.entries(texts).map(([name, text]) => [name, new Function("work", "count", text)]),
);

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [name, count] = line.split(" ");
  console.log(operations[name](work, Number(count)));
});
