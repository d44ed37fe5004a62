// Prints the seconds that loading the glue and its module takes, with a first call, and their CPU.
"use strict";
globalThis.host = globalThis.host_text = globalThis.host_fails = (value) => value;
const cpu = process.cpuUsage();
const start = process.hrtime.bigint();
require(process.argv[2]).bump();
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
const used = process.cpuUsage(cpu);
console.log(seconds, (used.user + used.system) / 1e6);
